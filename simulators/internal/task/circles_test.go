package task

import (
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"pgregory.net/rapid"
)

func TestCircles(t *testing.T) {
	step := func(name string, to ...string) scenarios.State {
		s := scenarios.State{Name: name, Phase: scenarios.Running, After: fixed(time.Second)}
		for _, next := range to {
			s.To = append(s.To, scenarios.Branch{State: next, Weight: 1})
		}
		return s
	}
	end := scenarios.State{Name: "end", Phase: scenarios.Succeeded}
	byReads := scenarios.State{Name: "read", Phase: scenarios.Running, Polls: 2, To: to("a")}
	for name, c := range map[string]struct {
		states []scenarios.State
		want   bool
	}{
		"a line":           {threeSteps(), false},
		"two ways to one":  {[]scenarios.State{step("a", "b", "c"), step("b", "c"), step("c", "end"), end}, false},
		"a circle":         {circle(), true},
		"to itself":        {[]scenarios.State{step("a", "a")}, true},
		"after a line":     {[]scenarios.State{step("x", "a"), step("a", "b", "end"), step("b", "a"), end}, true},
		"reads are needed": {[]scenarios.State{step("a", "read"), byReads}, false},
	} {
		if got := Compile("test", c.states).Circles(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Busy is the number of edges, as long as there are few.
func TestBusyIsTheNumberOfEdges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := newTask(rapid.SampledFrom([][]scenarios.State{threeSteps(), polled(), circle()}).Draw(t, "lifecycle")...)
		if n := rapid.IntRange(0, 3).Draw(t, "subtasks"); n > 0 {
			k = withSubtasks(k, n, time.Second)
		}
		moment := func(what string) time.Time {
			return at(time.Duration(rapid.Int64Range(-5000, 60_000).Draw(t, what)) * time.Millisecond)
		}
		from, until := moment("from"), moment("to")
		want := 0
		for _, e := range k.Edges(from, until, nil) {
			if k.Subtasks == 0 || e.Sub != Whole {
				want++
			}
		}
		if got := k.Busy(from, until, nil, 1_000_000); got != max(want, 0) {
			t.Fatalf("%d, want %d", got, want)
		}
	})
}

// A circle without an end is not played to its end, which no test would see.
func TestBusyStops(t *testing.T) {
	k := withSubtasks(newTask(circle()...), 100, 0)
	if got := k.Busy(born, born.AddDate(200, 0, 0), nil, 10_000); got <= 10_000 || got > 50_000 {
		t.Errorf("%d", got)
	}
}
