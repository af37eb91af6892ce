package traffic

import (
	"testing"

	"github.com/vendorsim/vendorsim/scenarios"
)

func TestNone(t *testing.T) {
	f := NewFaults(nil, 1)
	if !f.None() {
		t.Error("there is one at first")
	}
	if err := f.Add(scenarios.Fault{Name: "x"}); err != nil || f.None() {
		t.Errorf("%v, none: %v", err, f.None())
	}
	if !f.Remove("x") || !f.None() {
		t.Error("there is one left")
	}
}
