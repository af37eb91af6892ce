package admin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
)

// read is an answer as a type of api.
func read[T any](t testing.TB, w *httptest.ResponseRecorder) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	return v
}

// A label left out is made up; two are never alike.
func TestMadeUpLabels(t *testing.T) {
	g := newRig(t, nil)
	form := regexp.MustCompile(`^steer~[a-z2-7]{12}$`)
	seen := map[string]bool{}
	for range 20 {
		name := read[api.Tenant](t, g.must(http.StatusCreated, "POST", "/tenants", "")).Name
		if !form.MatchString(name) || seen[name] {
			t.Errorf("name %s", name)
		}
		seen[name] = true
	}
}

func TestTooManyTenants(t *testing.T) {
	g := newRig(t, nil)
	for i := range 100 { // as many as the rig has room for; those made on purpose never make room
		g.tenant(fmt.Sprint(i))
	}
	g.must(http.StatusServiceUnavailable, "POST", "/tenants", "")
	g.must(http.StatusNoContent, "DELETE", "/tenants/steer~7", "")
	g.must(http.StatusCreated, "POST", "/tenants", "")
}

// One tenant's calls never touch another.
func TestTenantsAreApart(t *testing.T) {
	g := newRig(t, nil)
	a, b := g.tenant("a"), g.tenant("b")
	before := g.must(http.StatusOK, "GET", b+"/tasks", "").Body.String()
	g.must(http.StatusOK, "POST", a+"/clock/advance", `{"by":"1h"}`)
	g.must(http.StatusOK, "POST", a+"/tasks/sailpoint/stuck/force", `{"state":"queued"}`)
	g.must(http.StatusCreated, "POST", a+"/tasks", `{"vendor":"cisco"}`)
	g.must(http.StatusOK, "PUT", a+"/scenario", `{"scenario":"polls"}`)
	g.must(http.StatusOK, "POST", a+"/reset", "")
	if after := g.must(http.StatusOK, "GET", b+"/tasks", "").Body.String(); after != before {
		t.Errorf("before: %s\nafter: %s", before, after)
	}
}

// Calls that changed the tenant, or failed to, stand in its journal, in order among
// its clients' requests; those that only ask do not.
func TestControlCallsAreJournalled(t *testing.T) {
	g := newRig(t, nil)
	path := g.tenant("t")
	poll := func() string {
		r := httptest.NewRequest("GET", "/sailpoint/v2025/task-status/report", nil)
		r.Header.Set("Authorization", "Bearer steer~t")
		r.Header.Set("X-SailPoint-Experimental", "true")
		w := httptest.NewRecorder()
		g.ServeHTTP(w, r)
		return w.Header().Get("X-Vendorsim-Request")
	}
	ids := []string{poll()}
	g.must(http.StatusOK, "POST", path+"/clock/advance", ` {"by":"4s"} `)
	g.must(http.StatusOK, "GET", path+"/clock", "")
	g.must(http.StatusUnprocessableEntity, "POST", path+"/clock/advance", `{"by":"-4s"}`)
	g.must(http.StatusConflict, "POST", path+"/tasks/sailpoint/later/cancel", "")
	ids = append(ids, poll())
	g.must(http.StatusCreated, "POST", path+"/tasks", `{"vendor":"sailpoint"}`)
	g.must(http.StatusOK, "POST", path+"/tasks/cisco/78/force", `{"state":"done","subtask":0}`)
	ids = append(ids, poll())
	if want := []string{"steer~t.1", "steer~t.5", "steer~t.8"}; strings.Join(ids, " ") != strings.Join(want, " ") {
		t.Errorf("requests have the ids %v, want %v", ids, want)
	}
	tenant, _ := g.tenants.Find("steer~t")
	entries, _ := tenant.Journal.Entries(journal.Filter{}, 100)
	var got []string
	for _, e := range entries {
		line := fmt.Sprintf("%s at %s", e.ID, e.At.Format("15:04:05"))
		if e.Control != nil {
			line += fmt.Sprintf(" %s %s %s %d", e.Control.Method, e.Control.Path, e.Control.Body, e.Control.Status)
		}
		got = append(got, line)
	}
	want := []string{
		"steer~t.1 at 09:00:00",
		`steer~t.2 at 09:00:00 POST /clock/advance {"by":"4s"} 200`,
		`steer~t.3 at 09:00:04 POST /clock/advance {"by":"-4s"} 422`,
		"steer~t.4 at 09:00:04 POST /tasks/sailpoint/later/cancel  409",
		"steer~t.5 at 09:00:04",
		`steer~t.6 at 09:00:04 POST /tasks {"vendor":"sailpoint"} 201`,
		`steer~t.7 at 09:00:04 POST /tasks/cisco/78/force {"state":"done","subtask":0} 200`,
		"steer~t.8 at 09:00:04",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("journal:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if n := read[api.Tenant](t, g.must(http.StatusOK, "GET", path, "")).Requests; n != 3 {
		t.Errorf("%d requests, want the 3 of the client", n)
	}
}

// ticking goes on by a second whenever it is asked.
type ticking struct {
	mu sync.Mutex
	*clock.Manual
}

func (s *ticking) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.Advance(time.Second) // which cannot fail
	return s.Manual.Now()
}

// A clock that runs gets there while it is being moved: that is no error, and it
// goes on running.
func TestUntilOnAClockThatRuns(t *testing.T) {
	source := &ticking{Manual: clock.NewManual(start)}
	g := newRigOn(t, source, nil, "clock.mode=x1000000", "lifecycles.work.queued.after=1ms")
	path := g.tenant("t")
	m := read[api.Moved](t, g.must(http.StatusOK, "POST", path+"/clock/advance", `{"until":{"vendor":"cisco","task":"77","state":"ended"}}`))
	k := read[api.Task](t, g.must(http.StatusOK, "GET", path+"/tasks/cisco/77", ""))
	if k.Phase != "succeeded" || m.To.Before(*k.Ended) || m.Clock.Mode != "x1000000" {
		t.Errorf("moved to %s, the task is %+v", m.To, k)
	}
}

// The 40 minutes of a task pass in one call; what it crossed is told with it.
func TestFortyMinutes(t *testing.T) {
	g := newRig(t, nil)
	path := g.tenant("t")
	m := read[api.Moved](t, g.must(http.StatusOK, "POST", path+"/clock/advance", `{"until":{"task":"report","state":"ended"}}`))
	if got := m.To.Sub(m.From); got != 40*time.Minute+4*time.Second {
		t.Errorf("moved %s", got)
	}
	var edges []string
	for _, e := range m.Edges {
		if e.Task == "report" {
			edges = append(edges, fmt.Sprintf("%s %s->%s", e.At.Format("15:04:05"), e.From, e.To))
		}
	}
	if got, want := strings.Join(edges, ", "), "09:00:04 queued->running, 09:40:04 running->done"; got != want {
		t.Errorf("edges %s, want %s", got, want)
	}
}

// Of a million tasks a page shows its own and does not touch the others.
func TestAPageOfAMillion(t *testing.T) {
	g := newRig(t, nil)
	g.must(http.StatusCreated, "POST", "/tenants", `{"label":"t","yaml":"version: 1\nname: million\nclock: {mode: frozen}\ntasks: [{vendor: sailpoint, count: 1000000}]\n"}`)
	const page = "/tenants/million~t/tasks?limit=2&offset=999999"
	got := read[api.Tasks](t, g.must(http.StatusOK, "GET", page, ""))
	if len(got.Tasks) != 1 || got.Total != 1000000 {
		t.Errorf("%d of %d tasks", len(got.Tasks), got.Total)
	}
	if n := testing.AllocsPerRun(3, func() { g.must(http.StatusOK, "GET", page, "") }); n > 5000 {
		t.Errorf("%.0f allocations for a page of one task", n)
	}
}

// Pages follow one another without a gap, over both vendors.
func TestPagesMeet(t *testing.T) {
	g := newRig(t, nil)
	path := g.tenant("t")
	for _, filter := range []string{"", "phase=pending&", "vendor=cisco&", "vendor=sailpoint&phase=running&"} {
		whole := read[api.Tasks](t, g.must(http.StatusOK, "GET", path+"/tasks?"+strings.TrimSuffix(filter, "&"), ""))
		if len(whole.Tasks) == 0 || len(whole.Tasks) != whole.Total {
			t.Fatalf("%q: %d tasks of %d", filter, len(whole.Tasks), whole.Total)
		}
		var ids, want []string
		for offset := range whole.Total + 1 {
			page := read[api.Tasks](t, g.must(http.StatusOK, "GET", fmt.Sprintf("%s/tasks?%slimit=1&offset=%d", path, filter, offset), ""))
			if page.Total != whole.Total {
				t.Errorf("%q: total %d", filter, page.Total)
			}
			for _, k := range page.Tasks {
				ids = append(ids, k.Vendor+"/"+k.ID)
			}
		}
		for _, k := range whole.Tasks {
			want = append(want, k.Vendor+"/"+k.ID)
		}
		if strings.Join(ids, " ") != strings.Join(want, " ") {
			t.Errorf("%q: pages %v, whole %v", filter, ids, want)
		}
	}
}

// A task that a test creates is one that the vendor's clients see as any other.
func TestCreatedTasksAreTheVendors(t *testing.T) {
	g := newRig(t, nil)
	path := g.tenant("t")
	for vendor, target := range map[string]string{
		"sailpoint": "/sailpoint/v2025/task-status/%s",
		"cisco":     "/cisco/api/fmc_config/v1/domain/e276abec-e0f2-11e3-8169-6d9ed49b625f/job/taskstatuses/%s",
	} {
		k := read[api.Task](t, g.must(http.StatusCreated, "POST", path+"/tasks", `{"vendor":"`+vendor+`","name":"Mine"}`))
		r := httptest.NewRequest("GET", fmt.Sprintf(target, k.ID), nil)
		r.Header.Set("X-SailPoint-Experimental", "true")
		header := read[api.Tenant](t, g.must(http.StatusOK, "GET", path, "")).Credentials[vendor].Header
		for name, value := range header {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		g.ServeHTTP(w, r)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), k.ID) {
			t.Errorf("%s: status %d\n%s\n%s", vendor, w.Code, w.Body, g.logged())
		}
	}
}

// Everything that a tenant's calls do at once is done, under -race.
func TestSteeringAtOnce(t *testing.T) {
	g := newRig(t, nil)
	path := g.tenant("t")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 20 {
				switch i % 4 {
				case 0:
					g.ask("POST", path+"/clock/advance", `{"by":"1s"}`)
				case 1:
					g.ask("POST", path+"/clock/freeze", "")
					g.ask("POST", path+"/clock/resume", "")
				case 2:
					g.ask("POST", path+"/tasks/sailpoint/polled/force", `{"state":"watched"}`)
					g.ask("POST", path+"/tasks", `{"vendor":"sailpoint"}`)
				case 3:
					g.ask("PUT", path+"/scenario", `{"scenario":"steer"}`)
					g.ask("GET", path+"/tasks", "")
				}
			}
		})
	}
	all.Wait()
	if lived := read[api.Clock](t, g.must(http.StatusOK, "GET", path+"/clock", "")).Lived; lived != "40s" {
		t.Errorf("lived %s after 40 moves of a second", lived)
	}
	if total := read[api.Tasks](t, g.must(http.StatusOK, "GET", path+"/tasks", "")).Total; total != 8+40 {
		t.Errorf("%d tasks, want 8 declared and 40 created", total)
	}
}
