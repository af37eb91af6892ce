package simtest_test

import (
	"testing"
	"testing/synctest"

	"github.com/vendorsim/vendorsim/simulators/simtest"
)

// polite is what a good client does, beside a shipped scenario; it may as well
// be in a file of yours.
const polite = `
version: 1
name: polite
extends: slow
vendors: [sailpoint]
expect:
  - {call: getTaskStatus, min_gap: 1s}
  - {no_calls_after: end}
  - {every_task: seen_end}
`

// testPolite fails where the client polls more than once a second, goes on
// after the end, or gives up before it.
func testPolite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := simtest.Start(t, simtest.YAML(polite))
		if err := await(sim.Client(), sim.URL("sailpoint"), sim.Auth("sailpoint"), "id12345"); err != nil {
			t.Fatal(err)
		}
		sim.Verify(t)
	})
}

// The scenario says what a good client does; Verify holds yours to it.
func ExampleSim_Verify() {
	run(testPolite)
	// Output: PASS
}
