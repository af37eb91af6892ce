package simtest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/simtest"
)

// testFortyMinutes sees a backup of forty minutes from its beginning to its end.
func testFortyMinutes(t *testing.T) {
	sim := simtest.Start(t, simtest.Scenario("slow"),
		simtest.Set("lifecycles.task.pending.after=90s"), simtest.Set("lifecycles.task.running.after=40m"),
		simtest.ClockMode("frozen"), simtest.StartAt(time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)))
	backup := sim.Create(simtest.NewTask{Vendor: "cisco", Operation: "createDeviceBackup"})

	moved := sim.Clock.AdvanceUntil(backup.ID, simtest.Ended)
	for _, edge := range moved.Edges {
		if edge.Task == backup.ID {
			fmt.Println(edge.At.Format(time.TimeOnly), edge.From, "->", edge.To)
		}
	}
}

// Forty minutes in a millisecond, and what happened on the way.
func ExampleClock_AdvanceUntil() {
	run(testFortyMinutes)
	// Output:
	// 09:01:30 pending -> running
	// 09:41:30 running -> succeeded
	// PASS
}
