// Package mine is somebody else's: it has a client, and tests it with simtest.
package mine

import (
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vendorsim/vendorsim/simulators/simtest"
)

// TestMain tells of goroutines that the tests leave behind.
func TestMain(m *testing.M) {
	before := runtime.NumGoroutine()
	code := m.Run()
	http.DefaultClient.CloseIdleConnections()
	for i := 0; i < 1_000_000 && runtime.NumGoroutine() > before; i++ {
		runtime.Gosched() // one on its last instructions gets the time for them
	}
	fmt.Println("goroutines left behind:", runtime.NumGoroutine()-before)
	os.Exit(code)
}

// poll is the client.
func poll(t testing.TB, client *http.Client, sim *simtest.Sim, id string) int {
	req, err := http.NewRequest(http.MethodGet, sim.URL("sailpoint")+"/v2025/task-status/"+id, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = sim.Auth("sailpoint")
	req.Header.Set("X-SailPoint-Experimental", "true")
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// The first of all is in a bubble: what is made once a process must not be of it.
func TestBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := simtest.Start(t)
		time.Sleep(time.Minute)
		if code := poll(t, sim.Client(), sim, "id12345"); code != http.StatusOK {
			t.Errorf("%d", code)
		}
	})
}

func TestOwnScenario(t *testing.T) {
	t.Parallel()
	sim := simtest.Start(t, simtest.Scenario("testdata/mine.yaml"))
	sim.Clock.AdvanceUntil("mine", simtest.Ended)
	if code := poll(t, http.DefaultClient, sim, "mine"); code != http.StatusOK {
		t.Errorf("%d", code)
	}
	sim.Verify(t)
}

// A client that polls on after the end: Verify says so.
func TestBadClient(t *testing.T) {
	t.Parallel()
	sim := simtest.Start(t, simtest.Scenario("testdata/mine.yaml"))
	sim.Clock.AdvanceUntil("mine", simtest.Ended)
	for range 3 {
		poll(t, http.DefaultClient, sim, "mine")
	}
	sim.Verify(t)
}

// A test that is wrong: there is no such state.
func TestWrong(t *testing.T) {
	sim := simtest.Start(t)
	sim.Clock.AdvanceUntil("id12345", strings.ToUpper(simtest.Ended)) // this line
}
