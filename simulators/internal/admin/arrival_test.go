package admin

import (
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/replay"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// A control call that fails leaves no number out: it is remembered whole, whether a
// request comes meanwhile or not.
func TestNumbersOfCallsThatFail(t *testing.T) {
	g := newRig(t, nil)
	path := g.tenant("t")
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for range 25 {
				if i%2 == 0 {
					if w := g.ask("POST", path+"/tasks/sailpoint/report/force", `{"state":"nowhere"}`); w.Code != 422 {
						t.Errorf("status %d: %s", w.Code, w.Body)
					}
				} else {
					r := httptest.NewRequest("GET", "/sailpoint/beta/task-status/nope", nil) // 404, or 429
					r.Header.Set("Authorization", "Bearer steer~t")
					g.ServeHTTP(httptest.NewRecorder(), r)
				}
			}
		})
	}
	all.Wait()
	page := read[api.Journal](t, g.must(200, "GET", path+"/journal?limit=1000", ""))
	g.must(200, "GET", path+"/journal.har", "")
	numbers := map[string]bool{}
	failed := 0
	for _, e := range page.Entries {
		numbers[e.ID] = true
		if e.Control != nil && e.Control.Status == 422 && e.Control.Body.Text == `{"state":"nowhere"}` {
			failed++
		}
	}
	if len(numbers) != 100 || !numbers["steer~t.1"] || !numbers["steer~t.100"] || failed != 50 {
		t.Errorf("%d numbers, %d calls that failed", len(numbers), failed)
	}
	n, _ := g.tenants.Find("steer~t")
	var f replay.File
	if err := f.Record(n.Journal, func(string) journal.Secrets { return journal.Secrets{} }); err != nil || len(f.Entries) != 100 {
		t.Errorf("%d entries recorded, %v", len(f.Entries), err)
	}
}

// A call that replaces the scenario leaves the whole text of what it brought.
func TestReplacingLeavesTheText(t *testing.T) {
	g := newRig(t, nil)
	n, err := g.tenants.Accept(tenant.Credential{Name: tenant.Demo}, "sailpoint")
	if err != nil {
		t.Fatal(err)
	}
	g.must(200, "PUT", "/tenants/demo/scenario", `{"scenario":"happy","set":["seed=5"]}`)
	entries, _ := n.Journal.Entries(journal.Filter{}, 0)
	c := entries[0].Control
	if want := string(n.Scenario().YAML()); c.Scenario != "happy" || c.YAML != want || want == "" {
		t.Errorf("%q: %s", c.Scenario, c.YAML)
	}
}
