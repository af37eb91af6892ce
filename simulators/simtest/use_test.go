package simtest_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/simtest"
)

// A task that takes about forty minutes, in no time: its states, what the client
// is shown in each, and what the move passed.
func TestFortyMinutes(t *testing.T) {
	t.Parallel()
	sim := simtest.Start(t, simtest.Scenario("slow"), simtest.ClockMode("frozen"))
	began := sim.Clock.Now()
	if got := status(t, sim.Client(), sim, sailpointTask); got != simtest.Pending {
		t.Errorf("it begins %s", got)
	}
	sim.Clock.AdvanceUntil("sailpoint/"+sailpointTask, simtest.Running)
	if got := status(t, sim.Client(), sim, sailpointTask); got != simtest.Running {
		t.Errorf("then it is %s", got)
	}
	moved := sim.Clock.AdvanceUntil("sailpoint/"+sailpointTask, simtest.Ended)
	if got := status(t, sim.Client(), sim, sailpointTask); got != simtest.Succeeded {
		t.Errorf("in the end it is %s", got)
	}
	took := sim.Clock.Now().Sub(began)
	if took < 10*time.Minute || !moved.To.Equal(sim.Clock.Now()) {
		t.Errorf("it took %s and the clock moved to %s", took, moved.To)
	}
	last := moved.Edges[len(moved.Edges)-1]
	if last.Task != sailpointTask || last.From != simtest.Running || last.To != simtest.Succeeded || !last.At.Equal(moved.To) {
		t.Errorf("the last change on the way is %+v", last)
	}
	task := sim.Task("sailpoint/" + sailpointTask)
	if task.Ended == nil || !task.Ended.Equal(moved.To) {
		t.Errorf("%+v", task)
	}
}

// The test steers tasks; looking at them is no read.
func TestSteering(t *testing.T) {
	t.Parallel()
	sim := simtest.Start(t, simtest.Scenario("polls"))
	for range 10 {
		sim.Task(sailpointTask)
	}
	if got := status(t, sim.Client(), sim, sailpointTask); got != simtest.Pending {
		t.Errorf("after looking ten times it is %s", got)
	}
	sim.Force(sailpointTask, simtest.Running)
	if got := status(t, sim.Client(), sim, sailpointTask); got != simtest.Running {
		t.Errorf("forced, it is %s", got)
	}
	if got := sim.Cancel(sailpointTask); got.Phase != simtest.Cancelled {
		t.Errorf("cancelled, it is %s", got.Phase)
	}
	made := sim.Create(simtest.NewTask{Vendor: "sailpoint", Name: "mine"})
	if all := sim.Tasks("sailpoint"); len(all) != 2 || made.Name != "mine" || made.Origin != "created" {
		t.Errorf("%+v among %d", made, len(all))
	}
	if all, one := len(sim.Tasks("")), len(sim.Tasks("cisco")); one != 1 || all < 5 {
		t.Errorf("%d tasks, %d of them cisco's", all, one)
	}
	sim.Expire(made.ID)
	if code, _ := get(t, sim.Client(), sim, "sailpoint", "/v2025/task-status/"+made.ID); code != http.StatusNotFound {
		t.Errorf("expired, it answers %d", code)
	}
}

// Tasks are all of them, however many pages that takes.
func TestAllTasks(t *testing.T) {
	t.Parallel()
	sim := simtest.Start(t, simtest.YAML("version: 1\nname: many\nextends: happy\nvendors: [sailpoint]\ntasks: [{vendor: sailpoint, count: 1001}]\n"))
	ids := map[string]bool{}
	for _, task := range sim.Tasks("sailpoint") {
		ids[task.ID] = true
	}
	if len(ids) != 1001 {
		t.Errorf("%d", len(ids))
	}
}

// WaitFor sees what a client's reads do.
func TestWaitForReads(t *testing.T) {
	t.Parallel()
	sim := simtest.Start(t, simtest.Scenario("polls"))
	client, done := sim.Client(), make(chan struct{})
	go func() {
		defer close(done)
		for range 6 {
			status(t, client, sim, sailpointTask)
		}
	}()
	if got := sim.WaitFor(sailpointTask, simtest.Ended, time.Minute); got.Phase != simtest.Succeeded {
		t.Errorf("%s", got.Phase)
	}
	<-done
	sim.WaitIdle(time.Millisecond, time.Minute)
}

// The journal, by filters, and why.
func TestJournal(t *testing.T) {
	t.Parallel()
	sim := simtest.Start(t)
	status(t, sim.Client(), sim, sailpointTask)
	get(t, sim.Client(), sim, "sailpoint", "/v2025/task-status/"+unknownTask)
	sim.Clock.Advance(time.Second)
	for _, c := range []struct {
		name string
		f    simtest.Filter
		want int
	}{
		{"all", simtest.Filter{}, 3},
		{"polls", simtest.Filter{Kind: "poll"}, 2},
		{"of a task", simtest.Filter{Vendor: "sailpoint", Task: sailpointTask}, 1},
		{"not found", simtest.Filter{Status: "404"}, 1},
		{"refused", simtest.Filter{Refused: true}, 1},
		{"of another vendor", simtest.Filter{Vendor: "cisco"}, 0},
		{"of a method", simtest.Filter{Method: "GET", Operation: "getTaskStatus", Status: "2xx"}, 1},
	} {
		if got := sim.Journal(c.f); len(got.Entries) != c.want || got.Lost != 0 {
			t.Errorf("%s: %d entries, %d lost", c.name, len(got.Entries), got.Lost)
		}
	}
	entry := sim.Journal(simtest.Filter{Status: "404"}).Entries[0]
	why := sim.Why(entry.ID)
	if why.Status != http.StatusNotFound || why.Because == "" || why.ID != entry.ID {
		t.Errorf("%+v", why)
	}
}

// More entries than there are in one page of the control API.
func TestLongJournal(t *testing.T) {
	t.Parallel()
	sim := simtest.Start(t, simtest.ClockMode("frozen"))
	const n = 1001
	for range n {
		status(t, sim.Client(), sim, sailpointTask)
	}
	all := sim.Journal(simtest.Filter{}).Entries
	if len(all) != n || all[0].Seq >= all[n-1].Seq {
		t.Errorf("%d entries", len(all))
	}
}

// Verify fails the test for a client that does what it should not.
func TestVerify(t *testing.T) {
	t.Parallel()
	const expecting = "version: 1\nname: polite\nextends: happy\nvendors: [sailpoint]\nexpect:\n  - {call: getTaskStatus, max: 2}\n"
	for _, c := range []struct {
		name, yaml string
		polls      int
		fails      bool
		want       string
	}{
		{"met", expecting, 2, false, ""},
		{"not met", expecting, 3, true, "did not meet the expectations of scenario polite"},
		{"not decided", expecting, 0, true, "inconclusive"},
		{"nothing expected", "version: 1\nname: polite\nextends: happy\n", 1, false, "scenario polite expects nothing"},
	} {
		said, f := try(t, func(ft testing.TB) {
			sim := simtest.Start(ft, simtest.YAML(c.yaml))
			for range c.polls {
				status(ft, sim.Client(), sim, sailpointTask)
			}
			if report := sim.Report(); report.Calls != int64(c.polls) {
				ft.Errorf("%d calls", report.Calls)
			}
			sim.Verify(ft)
		})
		if f.Failed() != c.fails || !strings.Contains(said, c.want) || (c.want == "") != (said == "") {
			t.Errorf("%s: fails %v: %s", c.name, f.Failed(), said)
		}
	}
}

// Another scenario while the test runs, and a new beginning.
func TestReplaceAndReset(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)
	sim := simtest.Start(t, simtest.ClockMode("frozen"), simtest.StartAt(at), simtest.YAML("version: 1\nname: one\nextends: happy\nvendors: [sailpoint]\n"))
	made := sim.Create(simtest.NewTask{Vendor: "sailpoint"})
	replaced := sim.Replace(simtest.Scenario("fails"))
	if replaced.Scenario != "fails" || replaced.Kept != 2 {
		t.Errorf("%+v", replaced)
	}
	sim.URL("cisco") // which one had not
	sim.Clock.AdvanceUntil(made.ID, simtest.Succeeded)
	later := sim.Create(simtest.NewTask{Vendor: "sailpoint"})
	sim.Clock.AdvanceUntil(later.ID, simtest.Failed)

	sim.Reset()
	if now := sim.Clock.Now(); !now.Equal(at) {
		t.Errorf("anew, it is %s", now)
	}
	if all, old := sim.Tasks("sailpoint"), sim.Journal(simtest.Filter{}).Entries; len(all) != 1 || len(old) != 0 {
		t.Errorf("anew, there are %d tasks and %d entries", len(all), len(old))
	}
	if got := status(t, sim.Client(), sim, sailpointTask); got != simtest.Pending {
		t.Errorf("anew, it is %s", got)
	}
}

// The options arrive.
func TestOptions(t *testing.T) {
	t.Parallel()
	same := func(options ...simtest.Option) time.Time {
		options = append(options, simtest.StartAt(time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)), simtest.ClockMode("frozen"))
		sim := simtest.Start(t, options...)
		return sim.Clock.AdvanceUntil("sailpoint/"+sailpointTask, simtest.Ended).To
	}
	seeded := same(simtest.Seed(7))
	if other := same(simtest.Seed(8)); seeded.Equal(other) || !seeded.Equal(same(simtest.Seed(7))) {
		t.Error("the seed does not decide")
	}
	if quick := same(simtest.Set("lifecycles.task.pending.after=1ms"), simtest.Set("lifecycles.task.running.after=1ms")); quick.Nanosecond() != 2_000_000 {
		t.Errorf("it ends at %s", quick)
	}
	sim := simtest.Start(t, simtest.Profile("sailpoint", "observed"), simtest.Secret("sesame"))
	status(t, sim.Client(), sim, sailpointTask)
	if got := sim.Journal(simtest.Filter{}).Entries[0].Profile; got != "observed" {
		t.Errorf("profile %s", got)
	}
	if env := strings.Join(sim.Env("checkpoint"), " "); !strings.Contains(env, "=sesame") {
		t.Errorf("%s", env)
	}
}

// A failed test leaves what explains it: the journal, the report and a replay
// file, for each of its tenants, and the last requests in its log.
func TestArtifacts(t *testing.T) {
	t.Parallel()
	_, f := try(t, func(ft testing.TB) {
		for n := range 2 {
			sim := simtest.Start(ft, simtest.Scenario("slow"))
			for range n + 1 {
				status(ft, sim.Client(), sim, sailpointTask)
			}
			sim.Clock.AdvanceUntil("sailpoint/"+sailpointTask, simtest.Ended)
			status(ft, sim.Client(), sim, sailpointTask)
		}
		ft.Errorf("no")
	})
	for _, c := range []struct {
		suffix  string
		entries int
	}{{"", 4}, {"-2", 3}} { // the last that began is the first that ends
		data, err := os.ReadFile(filepath.Join(f.dir, "journal"+c.suffix+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var journal simtest.Journal
		if err := json.Unmarshal(data, &journal); err != nil || len(journal.Entries) != c.entries {
			t.Errorf("%d entries, %v; want %d", len(journal.Entries), err, c.entries)
		}
		report, err := os.ReadFile(filepath.Join(f.dir, "report"+c.suffix+".txt"))
		if err != nil || !strings.Contains(string(report), journal.Entries[0].Tenant) {
			t.Errorf("%s, %v", report, err)
		}
		replays(t, filepath.Join(f.dir, "replay"+c.suffix+".json"), c.entries)
	}
	for _, want := range []string{"/v2025/task-status/" + sailpointTask + " -> 200 " + sailpointTask + "=succeeded", "the test: POST /clock/advance -> 200", "replay-2.json", f.dir} {
		if !strings.Contains(f.text, want) {
			t.Errorf("the log is without %s:\n%s", want, f.text)
		}
	}
	if _, good := try(t, func(ft testing.TB) { simtest.Start(ft) }); good.text != "" {
		t.Errorf("a good test says %s", good.text)
	}
}

// What a test costs that sees forty minutes go by: Start, poll, AdvanceUntil,
// poll, Verify, end.
func BenchmarkFortyMinutes(b *testing.B) {
	hold := simtest.Start(b) // as in a package with other tests under way
	_ = hold
	for b.Loop() {
		fortyMinutes(b)
	}
}

// The same as the only test of a package: its server begins and ends with it.
func BenchmarkFortyMinutesAlone(b *testing.B) {
	for b.Loop() {
		fortyMinutes(b)
	}
}

func fortyMinutes(b *testing.B) {
	t := &fake{TB: b}
	sim := simtest.Start(t, simtest.Scenario("slow"))
	status(b, sim.Client(), sim, sailpointTask)
	sim.Clock.AdvanceUntil("sailpoint/"+sailpointTask, simtest.Ended)
	if got := status(b, sim.Client(), sim, sailpointTask); got != simtest.Succeeded {
		b.Fatalf("it is %s", got)
	}
	sim.Verify(t)
	for _, end := range t.cleanups {
		end()
	}
	if t.failed {
		b.Fatal(t.text)
	}
}
