package simtest_test

import (
	"flag"
	"fmt"
	"testing"
)

// run does for an example what go test does for a function whose name begins
// with Test: it runs it, as a test that may fail, and prints what became of it.
// An example has no *testing.T of its own.
func run(test func(t *testing.T)) {
	// The lines that -v adds are no part of an example's output.
	if v := flag.Lookup("test.v"); v != nil {
		before := v.Value.String()
		_ = v.Value.Set("false") // a flag takes its own values
		defer func() { _ = v.Value.Set(before) }()
	}
	all := func(string, string) (bool, error) { return true, nil }
	if testing.RunTests(all, []testing.InternalTest{{Name: "Example", F: test}}) {
		fmt.Println("PASS")
	}
}
