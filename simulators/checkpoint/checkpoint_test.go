package checkpoint

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

func TestParseID(t *testing.T) {
	for _, c := range []struct {
		id string
		n  uint64
		ok bool
	}{
		{"1628077538799978", 1628077538799978, true},
		{"1", 1, true},
		{"18446744073709551615", 1<<64 - 1, true},
		{"18446744073709551616", 0, false},
		{"4b8312c5b04d4a6d884662237fa2e25d", 0, false},
		{"00000000000000000000000000000001", 0, false}, // hex digits, whatever they spell
		{"-1", 0, false},
		{"", 0, false},
	} {
		if n, ok := parseID(c.id); ok != c.ok || ok && n != c.n {
			t.Errorf("%q: %d %v", c.id, n, ok)
		}
	}
}

func TestIDsBeginWithOne(t *testing.T) {
	for _, c := range []struct {
		at   time.Time
		want uint64
	}{
		{time.Date(2021, 8, 4, 11, 45, 38, 799978000, time.UTC), 1628077538799978},
		{time.Unix(0, 0), 1},
		{time.Date(1901, 1, 1, 0, 0, 0, 0, time.UTC), 1},
	} {
		if got := micros(c.at); got != c.want {
			t.Errorf("%s: %d, want %d", c.at, got, c.want)
		}
	}
}

// Every task, in any state, keeps the promises that its numbers and dates make
// to one another.
func TestAnyTask(t *testing.T) {
	spec := load(t)
	rapid.Check(t, func(t *rapid.T) {
		tasks := rapid.IntRange(1, 3000).Draw(t, "tasks")
		holds(t, spec, sample{
			tasks: tasks, which: rapid.IntRange(0, tasks-1).Draw(t, "which"),
			subtasks: rapid.IntRange(1, 5).Draw(t, "subtasks"),
			profile:  rapid.SampledFrom([]string{sim.Documented, sim.Observed}).Draw(t, "profile"),
			seed:     rapid.Int64().Draw(t, "seed"),
			age:      time.Duration(rapid.IntRange(0, 12000).Draw(t, "ms")) * time.Millisecond,
		})
	})
}

// A task with more actions than there are e-mails still meets none twice.
func TestTaskBeyondTheFleet(t *testing.T) {
	spec := load(t)
	for _, subtasks := range []int{fleet - 1, fleet, fleet + 1} {
		holds(t, spec, sample{tasks: 1, subtasks: subtasks, profile: sim.Observed, seed: 7, age: 5 * time.Second})
	}
}

func load(t *testing.T) *openapi.Spec {
	t.Helper()
	spec, err := openapi.Load("checkpoint")
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

// sample is one of so many tasks, each of so many subtasks, at an age.
type sample struct {
	tasks, which, subtasks int
	profile                string
	seed                   int64
	age                    time.Duration
}

func holds(t rapid.TB, spec *openapi.Spec, x sample) {
	began := time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)
	s := &scenarios.Scenario{
		Version: 1, Name: "any", Vendors: []string{"checkpoint"}, Seed: x.seed,
		Profiles: map[string]string{"checkpoint": x.profile}, Default: "life",
		Lifecycles: map[string]scenarios.Lifecycle{"life": life},
		Tasks:      []scenarios.Task{{Count: x.tasks, Subtasks: &scenarios.Subtasks{Count: x.subtasks, Stagger: time.Millisecond}}},
		Clock:      scenarios.Clock{Start: began, Mode: scenarios.ClockMode{Kind: scenarios.Real, Speed: 1}},
	}
	source := clock.NewManual(began)
	id := micros(began) + uint64(x.which)
	d := ask(t, handler(t, spec, s, source), source, began.Add(x.age), id)

	if d.ID != id || d.Total != x.subtasks || len(d.Actions) != x.subtasks {
		t.Fatalf("id %d, total %d, %d actions", d.ID, d.Total, len(d.Actions))
	}
	if d.Progress > d.Total || d.Failed != nil && *d.Failed+*d.Succeed != d.Progress {
		t.Fatalf("progress %d of %d, failed %v, succeed %v", d.Progress, d.Total, d.Failed, d.Succeed)
	}
	created := read(t, d.Created)
	if after := created.Sub(time.UnixMicro(int64(id))); after <= 0 || after > 10*time.Microsecond {
		t.Fatalf("created %s after the id", after)
	}
	if read(t, d.Updated).Before(created) {
		t.Fatalf("updated %s before created %s", d.Updated, d.Created)
	}
	checkActions(t, d, created)
}

// life ends well, badly or with a warning, and rests in between.
var life = scenarios.Lifecycle{
	{Name: "pending", Phase: scenarios.Pending, After: between(0, 3000), To: []scenarios.Branch{{State: "running"}}},
	{Name: "running", Phase: scenarios.Running, After: between(1, 3000), To: []scenarios.Branch{{State: "paused"}, {State: "done"}, {State: "failed"}}},
	{Name: "paused", Phase: scenarios.Paused, After: between(1, 3000), To: []scenarios.Branch{{State: "warned"}, {State: "done"}, {State: "stopped"}}},
	{Name: "done", Phase: scenarios.Succeeded},
	{Name: "warned", Phase: scenarios.Warning},
	{Name: "failed", Phase: scenarios.Failed},
	{Name: "stopped", Phase: scenarios.Cancelled},
}

func between(least, most int) *scenarios.Duration {
	return &scenarios.Duration{Min: time.Duration(least) * time.Millisecond, Max: time.Duration(most) * time.Millisecond}
}

func handler(t rapid.TB, spec *openapi.Spec, s *scenarios.Scenario, source clock.Source) http.Handler {
	v := New()
	world := tenant.NewWorld(s, []tenant.Vendor{v.Tenants(spec)}, nil)
	logger := slog.New(slog.DiscardHandler)
	registry := tenant.NewRegistry(s.Name, 1, func(string) (*tenant.World, error) { return world, nil }, source, logger)
	h, err := sim.Handler(v, spec, sim.Env{Tenants: registry, Source: source, Logger: logger, Contract: sim.Enforce})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// ask makes the tenant begin, moves the clock and reads a task.
func ask(t rapid.TB, h http.Handler, source *clock.Manual, now time.Time, id uint64) document {
	var w *httptest.ResponseRecorder
	for range 2 {
		r := httptest.NewRequest("GET", fmt.Sprintf("/app/hec-api/v1.0/task/%d", id), nil)
		r.Header.Set("Authorization", "Bearer demo")
		r.Header.Set(requestID, "1")
		w = httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if err := source.Set(now); err != nil {
			t.Fatal(err)
		}
	}
	var answer struct {
		Data document `json:"responseData"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d %v %s", w.Code, err, w.Body)
	}
	return answer.Data
}

// checkActions holds a task's actions to the task and to one another.
func checkActions(t rapid.TB, d document, created time.Time) {
	names, ids, ended := map[string]bool{}, map[string]bool{}, 0
	for _, a := range d.Actions {
		names[a.Name], ids[a.ID] = true, true
		if read(t, a.Created).Before(created) || read(t, a.Updated).Before(read(t, a.Created)) {
			t.Fatalf("action created %s, updated %s, of a task created %s", a.Created, a.Updated, d.Created)
		}
		switch a.Status {
		case "completed", "failed", "stopped":
			ended++
		}
		if a.Message != "" && a.Status != "failed" {
			t.Fatalf("%s: %q", a.Status, a.Message)
		}
	}
	if len(names) != len(d.Actions) || len(ids) != len(d.Actions) || ended != d.Progress {
		t.Fatalf("%d entities, %d ids of %d actions; %d ended, progress %d", len(names), len(ids), len(d.Actions), ended, d.Progress)
	}
}

func read(t rapid.TB, date string) time.Time {
	at, err := time.Parse("2006-01-02 15:04:05.000000", date)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
