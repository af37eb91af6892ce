package admin

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/vendorsim/vendorsim/simulators/cisco"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/sailpoint"
)

// A request that met no vendor, since it forgot the vendor's name or misspelt it,
// is led to the paths that it meant.
func TestWhyAstray(t *testing.T) {
	for target, want := range map[string]string{
		"/v2025/task-status/x":           "sailpoint.getTaskStatus GET /sailpoint/v2025/task-status/x",
		"/sailpont/v2025/task-status/x":  "sailpoint.getTaskStatus GET /sailpoint/v2025/task-status/{id}",
		"/api/fmc_platform/v1/auth/x?y":  "cisco.",
		"/favicon.ico":                   "",
		"/a-key-of-theirs-24-bytes/v1/x": "",
	} {
		e := journal.Entry{
			ID: "@1", Real: start, Operation: "none", Note: "the path begins with no vendor's name",
			Request: journal.Request{Method: "GET", Host: "127.0.0.1:7800", Target: target},
			Reply:   journal.Reply{Status: 404}, Refusal: &journal.Refusal{Kind: "not-found"},
		}
		q := question{entry: &e, view: e.View(journal.Secrets{})}
		var vendors []Vendor
		for _, v := range []*sim.Vendor{sailpoint.New(), cisco.New()} {
			vendors = append(vendors, Vendor{v, specOf(t, v.Name)})
		}
		w := q.astray(vendors)
		if len(w.Misses) == 0 || !strings.HasPrefix(w.Misses[0].Operation+" "+w.Misses[0].Expected, want) {
			t.Errorf("%s: %+v, want %s", target, w.Misses, want)
		}
		text, err := json.Marshal(w)
		if err != nil || strings.Contains(string(text), "contract") || strings.Contains(string(text), `"vendor"`) || strings.Contains(string(text), "a-key-of-theirs") {
			t.Errorf("%s: %s, %v", target, text, err)
		}
	}
	// It is asked for like any other.
	refused := journal.New(journal.NewBudget(1<<20), 10)
	g := newRig(t, func(o *Options) { o.Refused = refused })
	refused.Add(&journal.Entry{
		ID: "@1", Real: start, Operation: "none", Request: journal.Request{Method: "GET", Target: "/v2025/task-status/x"},
		Reply: journal.Reply{Status: 404}, Refusal: &journal.Refusal{Kind: "not-found"},
	})
	w := read[api.Why](t, g.must(200, "GET", "/requests/@1", ""))
	if w.Vendor != "" || w.Misses[0].Expected != "GET /sailpoint/v2025/task-status/x" {
		t.Errorf("%+v", w)
	}
	g.must(200, "GET", "/refused", "")
}

// Limits that looked at a request stand before those that were not asked.
func TestWhyLimitsInOrder(t *testing.T) {
	g := newRig(t, nil, `limits=[{vendor: sailpoint, on: list, per: tenant, requests: 9, window: 10s}, {vendor: sailpoint, on: poll, per: tenant, requests: 1, window: 10s}]`)
	path := g.tenant("l")
	g.poll(200, "steer~l", "report")
	g.poll(429, "steer~l", "report")
	for id, want := range map[string]string{".1": "true false, false false", ".2": "true true, false false"} {
		w := read[api.Why](t, g.must(200, "GET", "/requests/"+strings.TrimPrefix(path, "/tenants/")+id, ""))
		var got []string
		for _, l := range w.Limits {
			got = append(got, fmt.Sprint(l.Applied, " ", l.Fired))
		}
		if strings.Join(got, ", ") != want || !strings.HasPrefix(w.Limits[1].Because, "not asked") {
			t.Errorf("%s: %v: %+v", id, got, w.Limits)
		}
	}
}
