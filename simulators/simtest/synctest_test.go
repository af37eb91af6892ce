package simtest_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vendorsim/vendorsim/simulators/simtest"
)

// course is what a client sees that polls a task every so often until it has
// ended, and how long it took by its own watch and by the tenant's clock.
func course(t *testing.T, sim *simtest.Sim, id string, every time.Duration) (saw []string, own, tenant time.Duration) {
	t.Helper()
	began := sim.Clock.Now()
	for polls := 0; polls < 10_000; polls++ {
		now := status(t, sim.Client(), sim, id)
		if len(saw) == 0 || saw[len(saw)-1] != now {
			saw = append(saw, now)
		}
		if now == simtest.Succeeded {
			return saw, time.Duration(polls) * every, sim.Clock.Now().Sub(began)
		}
		time.Sleep(every)
	}
	t.Fatalf("it saw %v and no end", saw)
	return nil, 0, 0
}

const wholeCourse = "[pending running succeeded]"

// In a bubble a client sleeps as it does in production, and sees the whole life
// of a task in no real time.
func TestSleepingClient(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mode, scenario string
		every          time.Duration
		least, most    time.Duration // of its own waiting
		speed          time.Duration // the tenant's seconds one of its own
	}{
		{"real", "happy", 2 * time.Second, 8 * time.Second, 12 * time.Second, 1},
		{"real", "slow", 2 * time.Second, 10 * time.Minute, 3 * time.Hour, 1},
		{"x60", "slow", 2 * time.Second, 10 * time.Second, 3 * time.Minute, 60},
	} {
		t.Run(c.mode+" "+c.scenario, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sim := simtest.Start(t, simtest.Scenario(c.scenario), simtest.ClockMode(c.mode))
				saw, own, tenant := course(t, sim, sailpointTask, c.every)
				if fmt.Sprint(saw) != wholeCourse {
					t.Errorf("it saw %v", saw)
				}
				if own < c.least || own > c.most || tenant != own*c.speed {
					t.Errorf("it slept for %s, and the tenant's clock went on by %s", own, tenant)
				}
			})
		})
	}
}

// With skip nobody waits at all, and frozen, only the test moves the clock.
func TestSkipAndFrozenInBubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim := simtest.Start(t, simtest.Scenario("slow"), simtest.ClockMode("skip"))
		saw, own, tenant := course(t, sim, sailpointTask, time.Millisecond)
		if fmt.Sprint(saw) != wholeCourse || own > time.Second || tenant < 10*time.Minute {
			t.Errorf("skip: it saw %v, in %s of its own and %s of the tenant's", saw, own, tenant)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		sim := simtest.Start(t, simtest.ClockMode("frozen"))
		began := sim.Clock.Now()
		time.Sleep(time.Hour)
		if now := sim.Clock.Now(); !now.Equal(began) {
			t.Errorf("frozen: the clock went on by %s", now.Sub(began))
		}
		sim.Clock.AdvanceUntil("sailpoint/"+sailpointTask, simtest.Running)
		if got := status(t, sim.Client(), sim, sailpointTask); got != simtest.Running {
			t.Errorf("frozen: it is %s", got)
		}
		sim.Clock.Speed(1)
		time.Sleep(time.Minute)
		if got := status(t, sim.Client(), sim, sailpointTask); got != simtest.Succeeded {
			t.Errorf("a minute later it is %s", got)
		}
	})
}

// Several tenants in one bubble, each with clients of its own in goroutines.
func TestSeveralInOneBubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var clients sync.WaitGroup
		saw := make([]string, 5)
		for i := range saw {
			sim := simtest.Start(t, simtest.Seed(int64(i)))
			clients.Go(func() {
				states, own, _ := course(t, sim, sailpointTask, 2*time.Second)
				saw[i] = fmt.Sprint(states, own)
			})
		}
		clients.Wait()
		for i, got := range saw {
			if !strings.HasPrefix(got, wholeCourse) {
				t.Errorf("client %d saw %s", i, got)
			}
		}
	})
}

// WaitFor in a bubble is a sleep until then.
func TestWaitInBubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim := simtest.Start(t, simtest.Scenario("slow"), simtest.ClockMode("x60"))
		ended := sim.WaitFor("sailpoint/"+sailpointTask, simtest.Ended, 5*time.Minute)
		if now := sim.Clock.Now(); ended.Phase != simtest.Succeeded || now.Sub(*ended.Ended) > time.Second {
			t.Errorf("at %s it is %s, since %s", now, ended.Phase, ended.Ended)
		}
		sim.WaitIdle(10*time.Second, time.Minute)
		sim.WaitPushes(time.Minute)
	})
}

// A bubble can end whatever its client left open: an answer that is not read to
// its end, a request that nobody waits for.
func TestBubbleEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim := simtest.Start(t, simtest.YAML("version: 1\nname: many\nextends: happy\ntasks: [{vendor: sailpoint, count: 250}]\n"))
		for range 3 {
			res, err := sim.Client().Do(request(t, sim, "/v2025/task-status?limit=250"))
			if err != nil || res.StatusCode != http.StatusOK {
				t.Fatal(res, err)
			}
			// A client that forgets the body.
		}
		go func() {
			for {
				res, err := sim.Client().Do(request(t, sim, "/v2025/task-status?limit=1"))
				if err != nil {
					return // the test is over
				}
				_ = res.Body.Close()
				time.Sleep(time.Second)
			}
		}()
		time.Sleep(time.Minute)
	})
}

func request(t *testing.T, sim *simtest.Sim, path string) *http.Request {
	req, err := http.NewRequest(http.MethodGet, sim.URL("sailpoint")+path, nil)
	if err != nil {
		t.Error(err)
		return nil
	}
	req.Header = sim.Auth("sailpoint")
	req.Header.Set("X-SailPoint-Experimental", "true")
	return req
}

// A failure in a bubble leaves its artifacts too.
func TestArtifactsInBubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, f := try(t, func(ft testing.TB) {
			sim := simtest.Start(ft)
			time.Sleep(5 * time.Second)
			status(ft, sim.Client(), sim, sailpointTask)
			ft.Errorf("no")
		})
		replays(t, f.dir+"/replay.json", 1)
	})
}
