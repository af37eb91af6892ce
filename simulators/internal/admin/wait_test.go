package admin

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/push"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// waiting begins a wait, and returns once it has begun. The function that it
// answers waits for the wait's answer. Only in a bubble.
func waiting(ctx context.Context, g *rig, path, body string) func() (int, api.Waited) {
	g.Helper()
	w, done := httptest.NewRecorder(), make(chan struct{})
	go func() {
		defer close(done)
		r := httptest.NewRequestWithContext(ctx, "POST", path+"/wait", strings.NewReader(body))
		r.Host = "localhost"
		r.Header.Set("Content-Type", "application/json")
		g.ServeHTTP(w, r)
	}()
	synctest.Wait()
	select {
	case <-done:
		g.Errorf("wait %s: %d %s at once", body, w.Code, w.Body)
	default:
	}
	return func() (int, api.Waited) {
		<-done
		var waited api.Waited
		if err := json.Unmarshal(w.Body.Bytes(), &waited); err != nil {
			g.Errorf("%s: %v", w.Body, err)
		}
		return w.Code, waited
	}
}

func TestWaitUntil(t *testing.T) {
	const untilDone = `{"until":{"vendor":"sailpoint","task":"report","state":"done"},"timeout":"10m"}`
	for _, c := range []struct {
		name, wait string
		then       func(g *rig, path string)
		status     int
		state      string
	}{
		{"the clock is moved there", untilDone, func(g *rig, path string) {
			g.must(200, "POST", path+"/clock/advance", `{"by":"1h"}`)
		}, 200, "done"},
		{"the clock is moved past a state", strings.Replace(untilDone, `"done"`, `"running"`, 1), func(g *rig, path string) {
			g.must(200, "POST", path+"/clock/advance", `{"by":"1h"}`)
		}, 200, "done"}, // it answers the task as it is now
		{"somebody forces it", untilDone, func(g *rig, path string) {
			g.must(200, "POST", path+"/tasks/sailpoint/report/force", `{"state":"done"}`)
		}, 200, "done"},
		{"a phase", strings.Replace(untilDone, `"done"`, `"cancelled"`, 1), func(g *rig, path string) {
			g.must(200, "POST", path+"/tasks/sailpoint/report/cancel", "")
		}, 200, "cancelled"},
		{"it ends otherwise", untilDone, func(g *rig, path string) {
			g.must(200, "POST", path+"/tasks/sailpoint/report/cancel", "")
		}, 409, ""},
		{"it is forgotten", untilDone, func(g *rig, path string) {
			g.must(200, "POST", path+"/tasks/sailpoint/report/expire", "")
		}, 409, ""},
		{"its tenant is deleted", untilDone, func(g *rig, path string) { g.must(204, "DELETE", path, "") }, 404, ""},
		{"its tenant is reset", untilDone, func(g *rig, path string) { g.must(200, "POST", path+"/reset", "") }, 404, ""},
		{"reads end the state", `{"until":{"task":"polled","state":"done"}}`, func(g *rig, path string) {
			g.must(200, "POST", path+"/clock/advance", `{"by":"10s"}`)
			for range 3 {
				g.poll(200, "steer~w", "polled")
				g.must(200, "POST", path+"/clock/advance", `{"by":"10s"}`)
			}
		}, 200, "done"},
		{"it begins to exist", `{"until":{"task":"later","state":"queued"}}`, func(g *rig, path string) {
			g.must(200, "POST", path+"/clock/advance", `{"by":"1h"}`)
		}, 200, "queued"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := newRig(t, nil)
				path := g.tenant("w")
				answer := waiting(context.Background(), g, path, c.wait)
				c.then(g, path)
				status, waited := answer()
				if status != c.status || waited.Done != (status == 200) {
					t.Fatalf("%d %+v, want %d", status, waited, c.status)
				}
				if waited.Task != nil && waited.Task.State != c.state {
					t.Errorf("in state %s, want %s", waited.Task.State, c.state)
				}
			})
		})
	}
}

// A wait changes nothing: the reads of a task that waits for them stay as they are.
func TestWaitIsNoRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t, nil)
		path := g.tenant("w")
		g.must(200, "POST", path+"/clock/advance", `{"by":"10s"}`)
		for range 5 {
			g.must(200, "POST", path+"/wait", `{"until":{"task":"polled","state":"done"},"timeout":"1ms"}`)
		}
		w := g.must(200, "GET", path+"/tasks/sailpoint/polled", "")
		if !strings.Contains(w.Body.String(), `"reads":0`) {
			t.Errorf("%s", w.Body)
		}
	})
}

func TestWaitTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t, nil)
		path := g.tenant("w")
		for body, why := range map[string]string{
			`{"until":{"task":"report","state":"done"}}`:                   "the tenant's clock stands at 2026-01-15T09:00:00Z; the task is there at 2026-01-15T09:40:04Z",
			`{"until":{"task":"stuck","state":"ended"},"timeout":"10m0s"}`: "by itself the task goes queued",
			`{"idle":"1h"}`: "the last request came 0s ago, which is less than 1h0m0s",
		} {
			status, waited := waiting(context.Background(), g, path, body)()
			if status != 200 || waited.Done || !strings.HasPrefix(waited.Why, why) {
				t.Errorf("%s: %d %+v", body, status, waited)
			}
		}
	})
}

// Who has gone is waited for no longer.
func TestWaitOfOneWhoGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t, nil)
		path := g.tenant("w")
		ctx, cancel := context.WithCancel(context.Background())
		answer := waiting(ctx, g, path, `{"until":{"task":"report","state":"done"},"timeout":"10m"}`)
		cancel()
		if _, waited := answer(); waited.Done {
			t.Errorf("%+v", waited)
		}
	})
}

// What a tenant has to push is waited for to its delivery; another's is not.
func TestWaitForPushes(t *testing.T) {
	var queue *push.Queue
	g := newRig(t, func(o *Options) { queue = o.Push })
	path := g.tenant("w")
	mine, _ := g.tenants.Find("steer~w")
	arrived, release := make(chan struct{}), make(chan struct{})
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		arrived <- struct{}{}
		<-release
	}))
	defer receiver.Close()
	send := func(owner *tenant.Tenant) {
		if !queue.Send(push.Message{URL: receiver.URL, Owner: owner}) {
			t.Fatal("dropped")
		}
		<-arrived
	}
	g.must(201, "POST", "/tenants", `{"label":"x"}`)
	other, _ := g.tenants.Find("steer~x")
	send(other)
	if w := g.must(200, "POST", path+"/wait", `{"pushes":true,"timeout":"0s"}`); !strings.Contains(w.Body.String(), `"done":true`) {
		t.Errorf("waits for another's: %s", w.Body)
	}
	send(mine)
	if w := g.must(200, "POST", path+"/wait", `{"pushes":true,"timeout":"0s"}`); !strings.Contains(w.Body.String(), `"done":false`) ||
		!strings.Contains(w.Body.String(), `"why":"messages on their way: 1"`) {
		t.Errorf("waits for nothing: %s", w.Body)
	}
	close(release)
	if w := g.must(200, "POST", path+"/wait", `{"pushes":true,"timeout":"10m"}`); !strings.Contains(w.Body.String(), `"done":true`) {
		t.Errorf("waits for ever: %s", w.Body)
	}
}
