package simtest_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vendorsim/vendorsim/simulators/simtest"
)

// await is the client under test: it polls every two seconds until the task has
// come to its end.
func await(client *http.Client, url string, auth http.Header, id string) error {
	for {
		done, err := completed(client, url, auth, id)
		if done || err != nil {
			return err
		}
		time.Sleep(2 * time.Second)
	}
}

// testAwait waits for a real tenant's time, and for none of its own: in a bubble
// of testing/synctest, time passes when everybody sleeps.
func testAwait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := simtest.Start(t, simtest.Scenario("slow"))
		began := sim.Clock.Now()
		if err := await(sim.Client(), sim.URL("sailpoint"), sim.Auth("sailpoint"), "id12345"); err != nil {
			t.Fatal(err)
		}
		if took := sim.Clock.Now().Sub(began); took < 10*time.Minute {
			t.Errorf("slow was done after %s", took)
		}
	})
}

// A client that sleeps between its polls, in a bubble: no change to the client,
// no waiting.
func ExampleSim_Client() {
	run(testAwait)
	// Output: PASS
}
