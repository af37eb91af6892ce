package tenant

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

const s = time.Second

// read is what a read of the tasks at the tenant's present shows.
func read(tasks *Tasks, refs ...Ref) string {
	entries, _ := tasks.Read(tasks.clock.Now(), refs...)
	return states(entries...)
}

// Reads end a counted state, looks do not.
func TestPollsCount(t *testing.T) {
	_, tasks, source := tasksOf(t, "name: served"+life+"tasks: [{id: a}, {id: b}]", "acme")
	a, b := find(t, tasks, "a"), find(t, tasks, "b")
	var got []string
	for range 2 {
		for range 5 {
			if e, ok := tasks.Look(a, source.Now()); !ok || e.State != "queued" {
				t.Fatalf("a look shows %q", e.State)
			}
		}
		got = append(got, read(tasks, a))
	}
	_ = source.Advance(time.Hour) // time does not end it
	got = append(got, read(tasks, a), read(tasks, a))
	_ = source.Advance(10 * s)
	got = append(got, read(tasks, a, b), read(tasks, b), read(tasks, b))
	want := []string{"queued", "queued", "running", "running", "done queued", "queued", "running"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	e, _ := tasks.Look(a, source.Now())
	if e.ID != "a" || e.Number != 0 || !e.Started.Equal(start.Add(time.Hour)) || !e.Ended.Equal(start.Add(time.Hour+10*s)) {
		t.Errorf("got %+v", e)
	}
}

// A read that was late at the lock must not show the task as it was before the
// read that overtook it.
func TestALateReadShowsNoEarlierState(t *testing.T) {
	_, tasks, source := tasksOf(t, "name: served"+life+"tasks: [{id: a}]", "acme")
	a := find(t, tasks, "a")
	early := source.Now()
	_ = source.Advance(2 * s)
	read(tasks, a)
	read(tasks, a)
	if got := read(tasks, a); got != "running" {
		t.Fatalf("the third read shows %s", got)
	}
	if entries, _ := tasks.Read(early, a); states(entries...) != "running" {
		t.Errorf("a read after it shows %s", states(entries...))
	}
	if e, _ := tasks.Look(a, early); e.State != "running" {
		t.Errorf("a look after it shows %s", e.State)
	}
}

// A request has one instant: how long it takes to get to the task, and what the
// clock does meanwhile, does not change its answer.
func TestARequestHasOneInstant(t *testing.T) {
	for _, do := range []string{"look", "read", "force"} {
		_, tasks, source := tasksOf(t, "name: served"+life+"tasks: [{id: a}, {id: b, lifecycle: timed}]", "acme")
		a, b := find(t, tasks, "a"), find(t, tasks, "b")
		if err := tasks.Force(b, start, task.Whole, "queued"); err != nil { // both have a record
			t.Fatal(err)
		}
		read(tasks, a)
		early := source.Now().Add(time.Second)
		_ = source.Advance(time.Hour) // a request of early is slow
		switch do {
		case "look":
			if e, _ := tasks.Look(b, early); e.State != "queued" {
				t.Errorf("a look shows %s", e.State)
			}
		case "read":
			if entries, now := tasks.Read(early, a, b); states(entries...) != "queued queued" || !now.Equal(early) {
				t.Errorf("a read shows %s at %v", states(entries...), now)
			}
		case "force":
			if err := tasks.Force(b, early, task.Whole, "running"); err != nil {
				t.Fatal(err)
			}
			if h := tasks.History(b); !h[1].At.Equal(early) {
				t.Errorf("forced at %v", h[1].At)
			}
		}
	}
}

// Many reads at once: exactly so many show the counted state as it has polls.
// Run with -race.
func TestPollsAtOnce(t *testing.T) {
	_, tasks, source := tasksOf(t, `name: served
lifecycles:
  l:
    queued: {phase: pending, polls: 100, to: running}
    running: {phase: running, polls: 50, to: done}
    done: {phase: succeeded}
tasks: [{id: a}]
`, "acme")
	a := find(t, tasks, "a")
	var wg sync.WaitGroup
	var mu sync.Mutex
	count := map[string]int{}
	for range 16 {
		wg.Go(func() {
			for range 20 {
				state := read(tasks, a)
				_ = source.Advance(time.Millisecond)
				mu.Lock()
				count[state]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if count["queued"] != 100 || count["running"] != 50 || count["done"] != 170 {
		t.Errorf("got %v", count)
	}
}

// What the vendor does not know yet, or no more, is not shown, and to ask for
// it leaves nothing behind.
func TestFutureAndExpiredTasks(t *testing.T) {
	_, tasks, source := tasksOf(t, "name: served"+life+`tasks: [{id: soon, created: 5s}, {id: gone, lifecycle: timed, created: -2m}, {id: here, lifecycle: timed}]`, "acme")
	soon, gone, here := find(t, tasks, "soon"), find(t, tasks, "gone"), find(t, tasks, "here")
	look := func(ref Ref) bool { _, ok := tasks.Look(ref, source.Now()); return ok }
	if look(soon) || look(gone) || !look(here) {
		t.Errorf("soon %v, gone %v, here %v", look(soon), look(gone), look(here))
	}
	for range 5 { // no reads: soon is not there
		if got := read(tasks, soon, gone, here); got != "queued" {
			t.Errorf("read shows %q", got)
		}
	}
	if n := records(tasks); n != 0 {
		t.Errorf("%d records", n)
	}
	_ = source.Advance(5 * s)
	var got []string
	for range 3 {
		got = append(got, read(tasks, soon))
	}
	if want := []string{"queued", "queued", "running"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	_ = source.Advance(2*s + 5*s + time.Minute)
	if read(tasks, here) != "" || look(here) {
		t.Error("here has not expired")
	}
}

// Only a task that has history or reads has a record.
func TestRecordsAreMadeLate(t *testing.T) {
	_, tasks, source := tasksOf(t, "name: served"+life+`tasks: [{count: 1000}, {lifecycle: timed, count: 1000}]`, "acme")
	for ref := range tasks.All() {
		if _, ok := tasks.Look(ref, source.Now()); !ok {
			t.Fatalf("%v is unknown", ref)
		}
		if ref.template == 1 {
			read(tasks, ref)
		}
	}
	if n := records(tasks); n != 0 {
		t.Errorf("%d records after looks and reads that do not matter", n)
	}
	read(tasks, Ref{0, 3})
	if err := tasks.Force(Ref{1, 7}, source.Now(), task.Whole, "done"); err != nil {
		t.Fatal(err)
	}
	if n := records(tasks); n != 2 {
		t.Errorf("%d records, want 2", n)
	}
	if read(tasks, Ref{1, 7}) != "done" || read(tasks, Ref{1, 8}) != "queued" {
		t.Error("forced the wrong task")
	}
}

func TestForceRefuses(t *testing.T) {
	_, tasks, source := tasksOf(t, "name: served"+life+`tasks: [{id: a, lifecycle: timed}]`, "acme")
	a := find(t, tasks, "a")
	if err := tasks.Force(a, source.Now(), task.Whole, "nowhere"); err != task.ErrState {
		t.Errorf("got %v", err)
	}
	if err := tasks.Force(a, source.Now(), 0, "done"); err != task.ErrSubtask {
		t.Errorf("got %v", err)
	}
	if got := read(tasks, a); got != "queued" {
		t.Errorf("a refused force left %s", got)
	}
}

// A kept answer is asked for by version: it grows with each event, and there is
// none where reads move the task.
func TestVersion(t *testing.T) {
	_, tasks, source := tasksOf(t, "name: served"+life+"tasks: [{id: a, lifecycle: timed}, {id: b}]", "acme")
	a, b := find(t, tasks, "a"), find(t, tasks, "b")
	if v, ok := tasks.Version(a); v != 0 || !ok {
		t.Errorf("version %d %v", v, ok)
	}
	if err := tasks.Force(a, source.Now(), task.Whole, "running"); err != nil {
		t.Fatal(err)
	}
	if v, ok := tasks.Version(a); v != 1 || !ok {
		t.Errorf("version %d %v after a force", v, ok)
	}
	if _, ok := tasks.Version(b); ok {
		t.Error("a counted task has a version")
	}
	_, tasks, _ = tasksOf(t, "name: served\nclock: {mode: skip}"+life+"tasks: [{id: a, lifecycle: timed}]", "acme")
	if _, ok := tasks.Version(find(t, tasks, "a")); ok {
		t.Error("a task under a skip clock has a version")
	}
}
