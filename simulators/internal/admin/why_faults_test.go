package admin

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"testing"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
)

// whyOf explains an answer by its id.
func (g *rig) whyOf(id string) api.Why {
	g.Helper()
	var w api.Why
	if err := json.Unmarshal(g.must(200, "GET", "/requests/"+id, "").Body.Bytes(), &w); err != nil {
		g.Fatal(err)
	}
	return w
}

// What faults make of an answer is said beside what would else have decided it.
func TestWhyFaults(t *testing.T) {
	g := newRig(t, nil)
	path := g.tenant("y")
	add := func(fault string) { g.must(201, "POST", path+"/faults", fault) }
	expect := func(id, because string, faults ...api.WhyFault) {
		t.Helper()
		w := g.whyOf(id)
		if w.Because != because {
			t.Errorf("%s: because %s\nwant %s", id, w.Because, because)
		}
		if len(w.Faults) != len(faults) {
			t.Fatalf("%s: %+v, want %+v", id, w.Faults, faults)
		}
		for i, f := range faults {
			if w.Faults[i] != f {
				t.Errorf("%s: %+v, want %+v", id, w.Faults[i], f)
			}
		}
	}
	const queued = "task report is queued since 2026-01-15T09:00:00Z: it began to exist"

	g.poll(200, "steer~y", "report")
	expect("steer~y.1", queued)

	add(`{"name":"late","answer":{"latency":"1ms"}}`)
	add(`{"name":"down","on":"poll","nth":2,"answer":{"kind":"rate-limited"}}`)
	g.poll(200, "steer~y", "report")
	late := api.WhyFault{Fault: "late", Fired: true, Because: "it matches"}
	expect("steer~y.4", queued+"; the fault late fired: later by 1ms", late, api.WhyFault{Fault: "down", Because: "not its turn: nth 2, this is 1"})

	// The limit of two requests comes before them.
	g.poll(429, "steer~y", "report")
	const before = "the request was refused before faults are asked"
	expect("steer~y.5", "a limit is used up: 2 requests in 10s a credential, on getTaskStatus, at sailpoint; the client was told to wait 10 real seconds",
		api.WhyFault{Fault: "late", Because: before}, api.WhyFault{Fault: "down", Because: before})

	g.must(200, "POST", path+"/clock/advance", `{"by":"10s"}`)
	g.poll(429, "steer~y", "report")
	expect("steer~y.7", "the fault down fired: rate-limited, instead of the vendor's own answer; the fault late fired: later by 1ms",
		late, api.WhyFault{Fault: "down", Fired: true, Because: "its turn: nth 2, this is 2"})

	// What is gone since has no words.
	g.must(204, "DELETE", path+"/faults/late", "")
	expect("steer~y.7", "the fault down fired: rate-limited, instead of the vendor's own answer; the fault late fired",
		late, api.WhyFault{Fault: "down", Fired: true, Because: "its turn: nth 2, this is 2"})
}

// A client that does not wait for a late answer gets none.
func TestWhyNobodyWaited(t *testing.T) {
	g := newRig(t, nil)
	path := g.tenant("y")
	g.must(201, "POST", path+"/faults", `{"name":"late","answer":{"latency":"1h"}}`)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r := httptest.NewRequestWithContext(ctx, "GET", "/sailpoint/beta/task-status/report", nil)
	r.Header.Set("Authorization", "Bearer steer~y")
	if got := api.Ask(g, r).StatusCode; got != 0 {
		t.Fatalf("it was answered %d", got)
	}
	const want = "the client got no answer: the client has gone; the fault late fired: later by 1h0m0s"
	if w := g.whyOf("steer~y.2"); w.Because != want || w.Status != 0 {
		t.Errorf("%d because %s\nwant %s", w.Status, w.Because, want)
	}
}

// More faults than a request can be held to are refused.
func TestTooManyFaults(t *testing.T) {
	g := newRig(t, nil)
	path := g.tenant("y")
	for n := range 1000 {
		g.must(201, "POST", path+"/faults", `{"name":"f`+string(rune('a'+n/100))+string(rune('a'+n/10%10))+string(rune('a'+n%10))+`","on":"login","answer":{"reset":true}}`)
	}
	w := g.must(409, "POST", path+"/faults", `{"name":"one-more","answer":{"reset":true}}`)
	var p api.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Type != typePrefix+string(tooManyFaults) || p.Detail != "at most 1000 a tenant" {
		t.Errorf("%v, %+v", err, p)
	}
	g.must(204, "DELETE", path+"/faults/faaa", "")
	g.must(201, "POST", path+"/faults", `{"name":"one-more","answer":{"reset":true}}`)
}
