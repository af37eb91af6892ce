package simulators

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// listScenario has tasks of all that lists go by, in the entry and in a state.
const listScenario = `version: 1
name: listed
limits: []
default: steps
%s
lifecycles:
  steps:
    pending: {after: 3s, to: running}
    running: {after: 10s, to: succeeded, progress: 0..100, set: {launcher: robot, hidden_by: ann, name: Changed}}
    succeeded: {}
    failed: {}
  lucky:
    pending: {after: 1s..20s, to: running}
    running: {after: 1s..20s, to: [{state: succeeded, weight: 1}, {state: failed, weight: 1}]}
    succeeded: {expires: {after: 30s}}
    failed: {set: {completionStatus: TEMPERROR}}
  reads:
    pending: {polls: 2, to: running}
    running: {polls: 3, to: succeeded}
    succeeded: {}
    failed: {}
tasks:
- {vendor: sailpoint, count: 45}
- {vendor: sailpoint, lifecycle: lucky, count: 40, set: {launcher: nobody}}
- {vendor: sailpoint, lifecycle: lucky, count: 3, created: 20s, set: {target: {id: "0123", type: APPLICATION, name: Own}}}
- {vendor: sailpoint, lifecycle: reads, count: 5, created: -2159h59m50s}
- {vendor: cisco, count: 30}
- {vendor: cisco, lifecycle: lucky, count: 30, set: {taskType: DEVICE_BACKUP}}
- {vendor: cisco, lifecycle: reads, count: 3, subtasks: {count: 2}}
- {vendor: bitdefender, lifecycle: lucky, count: 30, subtasks: {count: 2, stagger: 2s}}
- {vendor: bitdefender, lifecycle: reads, count: 30, set: {name: Nightly}}
- {vendor: bitdefender, count: 5}
- {vendor: dbvisit, lifecycle: lucky, count: 6, set: {configuration_id: 2}}
- {vendor: dbvisit, count: 4}
- {vendor: dbvisit, lifecycle: reads, count: 3, set: {configuration_id: 99}}
`

// listFields are what SailPoint's filters go by, as the documents show it.
var listFields = map[string]func(doc map[string]any) string{
	"completionStatus": func(d map[string]any) string { s, _ := d["completionStatus"].(string); return s },
	"launcher":         func(d map[string]any) string { s, _ := d["launcher"].(string); return s },
	"id":               func(d map[string]any) string { s, _ := d["id"].(string); return s },
	"sourceId": func(d map[string]any) string {
		target, _ := d["target"].(map[string]any)
		s, _ := target["id"].(string)
		return s
	},
}

func listTwin(t *testing.T, dir, mode string, counts bool) twin {
	extra := ""
	if counts {
		extra = "count_lists: true"
	}
	file := filepath.Join(dir, fmt.Sprint(counts)+".yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, listScenario, extra), 0o600); err != nil {
		t.Fatal(err)
	}
	s, source := testServer(t, Options{File: file, Clock: mode})
	if _, err := s.tenants.Demo(); err != nil {
		t.Fatal(err)
	}
	return twin{s, source}
}

// A list that was kept equals one rendered anew, and a filter finds what the
// documents of the whole list say, whatever moves the clock or the tasks.
func TestListsAreFresh(t *testing.T) {
	dir, twins := t.TempDir(), map[string][2]twin{}
	for _, mode := range []string{"real", "x60", "skip", "frozen"} {
		for _, counts := range []bool{false, true} {
			twins[fmt.Sprint(mode, counts)] = [2]twin{listTwin(t, dir, mode, counts), listTwin(t, dir, mode, counts)}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		mode := rapid.SampledFrom([]string{"real", "x60", "skip", "frozen"}).Draw(t, "clock")
		counts := rapid.IntRange(0, 3).Draw(t, "counts lists") == 0
		both := twins[fmt.Sprint(mode, counts)]
		keeping, forgetting := both[0], both[1]
		for _, w := range both {
			if _, err := w.tenants.Reset(tenant.Demo); err != nil {
				t.Fatal(err)
			}
		}
		for range 3 {
			l := rapid.SampledFrom(listRequests).Draw(t, "list")
			moveLists(t, keeping, forgetting, l.vendor)
			target := strings.NewReplacer("DEEP", "20", "HALF", "10").Replace(l.target)
			forgetting.vendorTenant(t, l.vendor).Answers.Drop()
			kept, fresh := askList(keeping, l.method, l.vendor, target, l.body), askList(forgetting, l.method, l.vendor, target, l.body)
			if a, b := show(kept), show(fresh); a != b || kept.Code >= 300 {
				t.Fatalf("%s %s kept:\n%s\nfresh:\n%s", l.vendor, l.what, a, b)
			}
			if l.vendor == "sailpoint" && !counts {
				checkFilters(t, keeping)
				checkFilters(t, forgetting) // both have asked the same
			}
		}
	})
}

func (w twin) vendorTenant(t *rapid.T, name string) *tenant.Tenant {
	return w.tenant(t, w.vendors[slices.IndexFunc(w.vendors, func(v *vendor) bool { return v.Name == name })])
}

// moveLists does the same to both.
func moveLists(t *rapid.T, keeping, forgetting twin, vendor string) {
	step := time.Duration(rapid.SampledFrom([]int{0, 0, 1, 400, 3000, 20000}).Draw(t, "step")) * time.Millisecond
	what := rapid.SampledFrom([]string{"nothing", "nothing", "force", "cancel", "expire", "write", "create", "read", "advance"}).Draw(t, "what")
	number := rapid.IntRange(0, 60).Draw(t, "task")
	for _, w := range []twin{keeping, forgetting} {
		if err := w.source.Advance(step); err != nil {
			t.Fatal(err)
		}
		d := w.vendorTenant(t, vendor)
		tasks, now := d.Tasks(vendor), d.Clock.Now()
		refs := slices.Collect(tasks.All())
		ref := refs[number%len(refs)]
		switch what {
		case "force":
			_ = tasks.Force(ref, now, task.Whole, "failed")
		case "cancel":
			_ = tasks.End(ref, now, scenarios.Cancelled)
		case "expire":
			tasks.Expire(ref, now)
		case "write":
			tasks.Write(ref, map[string]any{"launcher": "ann", "hidden_by": "bob", "name": "Quick"})
		case "create":
			if _, err := tasks.Create(now, tenant.Creation{Body: []byte("{}")}); err != nil {
				t.Fatal(err)
			}
		case "read":
			tasks.Read(now, ref)
		case "advance":
			d.AdvanceBy(time.Second)
		}
	}
}

func askList(w twin, method, name, target, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://127.0.0.1:7800/"+name+target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("X-SailPoint-Experimental", "true")
	v := w.vendors[slices.IndexFunc(w.vendors, func(v *vendor) bool { return v.Name == name })]
	v.Login(r.Header, "/"+strings.Split(target, "/")[1], tenant.Demo)
	got := httptest.NewRecorder()
	w.ServeHTTP(got, r)
	return got
}

// checkFilters holds SailPoint's filters to the documents of the list without one.
func checkFilters(t *rapid.T, w twin) {
	all := documents(t, w, "")
	d, known := w.vendorTenant(t, "sailpoint"), 0
	for ref := range d.Tasks("sailpoint").All() {
		if e, ok := d.Tasks("sailpoint").Look(ref, d.Clock.Now()); ok && d.Clock.Now().Before(e.Created.Add(90*24*time.Hour)) {
			known++
		}
	}
	if len(all) != known {
		t.Fatalf("%d tasks are listed, want %d", len(all), known)
	}
	field := rapid.SampledFrom([]string{"completionStatus", "launcher", "id", "sourceId"}).Draw(t, "field")
	if len(all) == 0 {
		return
	}
	value := listFields[field](rapid.SampledFrom(all).Draw(t, "like"))
	filter := fmt.Sprintf("%s eq %q", field, value)
	if value == "" {
		filter = field + " isnull"
	}
	var want, got []string
	for _, doc := range all {
		if listFields[field](doc) == value {
			want = append(want, doc["id"].(string))
		}
	}
	for _, doc := range documents(t, w, filter) {
		got = append(got, doc["id"].(string))
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%s: %v\nwant %v", filter, got, want)
	}
}

func documents(t *rapid.T, w twin, filter string) (all []map[string]any) {
	got := askList(w, http.MethodGet, "sailpoint", "/v2026/task-status?count=true&filters="+url.QueryEscape(filter), "")
	if err := json.Unmarshal(got.Body.Bytes(), &all); err != nil || got.Code != http.StatusOK {
		t.Fatal(err, got.Code, got.Body)
	}
	if total := got.Header().Get("X-Total-Count"); total != fmt.Sprint(len(all)) {
		t.Fatalf("%s of %d", total, len(all))
	}
	return all
}
