package simtest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/simtest"
)

// 200 tests at once on one server, each with its own tenant, clock and seed: what
// each sees is, byte by byte, what it sees alone.
func TestTwoHundredInParallel(t *testing.T) {
	const tests = 200
	// One server for all of it, and one client, as a test with an http.Client of
	// its own has.
	hold := simtest.Start(t)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: tests}}
	t.Cleanup(client.CloseIdleConnections)
	alone, seen := make([]string, tests), map[string]int{}
	for i := range tests {
		t.Run(fmt.Sprintf("alone/%d", i), func(t *testing.T) { alone[i] = story(t, client, hold, i) })
		if other, ok := seen[alone[i]]; ok {
			t.Fatalf("%d and %d see the same: nobody could tell them apart", i, other)
		}
		seen[alone[i]] = i
	}
	t.Run("together", func(t *testing.T) {
		for i := range tests {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				if got := story(t, client, hold, i); got != alone[i] {
					t.Errorf("beside others it sees\n%s\nalone it saw\n%s", got, alone[i])
				}
			})
		}
	})
	if requests := len(hold.Journal(simtest.Filter{}).Entries); requests > 0 {
		t.Errorf("a tenant that nobody asked for has %d entries in its journal", requests)
	}
}

// story is what one test of many does: it asks, moves its clock, creates, lets
// time run and waits for the end. It answers all that it saw, which is the same
// whenever it is told: where bytes depend on the instant the clock stands.
func story(t *testing.T, client *http.Client, hold *simtest.Sim, i int) string {
	mode := []string{"frozen", "real", "x60", "skip"}[i%4]
	sim := simtest.Start(t, simtest.Scenario("../../testdata/simtest/parallel.yaml"),
		simtest.Seed(int64(i)), simtest.ClockMode(mode), simtest.Profile("sailpoint", []string{"documented", "observed"}[i/4%2]))
	if sim.URL("cisco") != hold.URL("cisco") {
		t.Fatal("it has a server of its own")
	}
	var saw strings.Builder
	look := func(vendor, path string) {
		code, body := get(t, client, sim, vendor, path)
		fmt.Fprintln(&saw, code, body)
	}
	moved := func(m simtest.Moved) {
		for _, e := range m.Edges {
			fmt.Fprintln(&saw, e.At, e.Vendor, e.Task, e.From, e.To)
		}
	}
	sim.Clock.Freeze()
	// An instant that no machine is too slow for: x60 is there after a minute.
	at := time.Date(2026, 1, 15, 10, 0, 0, 0, time.UTC).Add(time.Duration(i) * 10 * time.Second)
	moved(sim.Clock.AdvanceTo(at))
	for range 5 {
		look("sailpoint", "/v2025/task-status/counted")
	}
	look("sailpoint", "/v2025/task-status")
	id := sim.Create(simtest.NewTask{Vendor: "sailpoint", Operation: "importAccounts", Name: fmt.Sprint("task ", i)}).ID
	for _, task := range sim.Tasks("cisco") {
		look("cisco", "/v1/cdfmc/api/fmc_config/v1/domain/e276abec-e0f2-11e3-8169-6d9ed49b625f/job/taskstatuses/"+task.ID)
	}
	moved(sim.Clock.AdvanceUntil(id, simtest.Running))
	look("sailpoint", "/v2025/task-status/"+id)
	if mode != "frozen" {
		sim.Clock.Resume()
	}
	sim.Clock.AdvanceUntil(id, simtest.Ended)
	look("sailpoint", "/v2025/task-status/"+id) // at its end: no later instant changes it
	task := sim.Task(id)
	fmt.Fprintln(&saw, task.State, task.Ended, task.Name)
	sim.Verify(t)
	fmt.Fprintln(&saw, sim.Report().Calls)
	return saw.String()
}
