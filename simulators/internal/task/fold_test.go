package task

import (
	"fmt"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// moment is what a task shows at an instant after its creation.
type moment struct {
	at   time.Duration
	want string
}

// checkShows holds a task to a table of moments.
func checkShows(t *testing.T, k Task, r *Record, moments []moment) {
	t.Helper()
	for _, m := range moments {
		if got := brief(k.At(at(m.at), r)); got != m.want {
			t.Errorf("at %v: %s, want %s", m.at, got, m.want)
		}
	}
}

func TestThreeSteps(t *testing.T) {
	k := newTask(threeSteps()...)
	checkShows(t, k, nil, []moment{
		{-time.Nanosecond, "queued 0% pending future"},
		{0, "queued 0% pending"},
		{2*time.Second - 1, "queued 0% pending"},
		{2 * time.Second, "running 0%"},
		{7 * time.Second, "running 50%"},
		{12*time.Second - 1, "running 99%"},
		{12 * time.Second, "done 100% succeeded"},
		{1000 * time.Hour, "done 100% succeeded"},
		{math.MaxInt64, "done 100% succeeded"}, // the last instant of a task's time
	})
	s := k.At(at(20*time.Second), nil)
	for _, tt := range []struct {
		what      string
		got, want time.Time
	}{
		{"created", s.Created, born}, {"started", s.Started, at(2 * time.Second)}, {"ended", s.Ended, at(12 * time.Second)},
		{"entered", s.Entered, at(12 * time.Second)}, {"stepped", s.Stepped, at(12 * time.Second)}, {"until", s.Until, time.Time{}},
	} {
		if tt.got != tt.want {
			t.Errorf("%s %v, want %v", tt.what, tt.got, tt.want)
		}
	}
	if s.Steps != 3 {
		t.Errorf("%d steps, want 3", s.Steps)
	}
}

func TestFuture(t *testing.T) {
	s := newTask(threeSteps()...).At(at(-time.Hour), nil)
	if !s.Future || s.Until != born || s.Steps != 0 {
		t.Errorf("an hour before its creation: %+v", s)
	}
	r := &Record{}
	k := newTask(polled()...)
	k.Read(at(-1), r)
	if r.Len() != 0 || k.At(born, r).Reads != 0 {
		t.Error("a read before its creation counted")
	}
}

// However late a task is looked at, each edge has its own exact instant.
func TestElapsedEdgesHaveTheirOwnInstants(t *testing.T) {
	k := newTask(threeSteps()...)
	got := briefEdges(k.Edges(at(-1), at(time.Hour), nil))
	want := `0s task:  -> queued [pending]
2s task: queued -> running [running]
12s task: running -> done [succeeded]
`
	if got != want {
		t.Errorf("edges:\n%swant:\n%s", got, want)
	}
}

func TestStatesThatTakeNoTime(t *testing.T) {
	k := newTask(
		scenarios.State{Name: "a", Phase: scenarios.Pending, After: fixed(0), To: to("b"), Messages: []scenarios.Message{{Text: "was here"}}},
		scenarios.State{Name: "b", Phase: scenarios.Running, After: fixed(0), To: to("c"), Progress: &scenarios.Progress{From: 40, To: 60}},
		scenarios.State{Name: "c", Phase: scenarios.Failed},
	)
	checkShows(t, k, nil, []moment{{0, "c 0% failed"}}) // b took no time and showed nothing
	s := k.At(born, nil)
	if s.Steps != 3 || s.Started != born || s.Ended != born || len(s.Messages) != 1 {
		t.Errorf("%+v", s)
	}
}

// What would take longer than the engine's time simply never happens.
func TestHugeLengths(t *testing.T) {
	k := newTask(
		scenarios.State{Name: "a", Phase: scenarios.Pending, After: fixed(200 * 365 * 24 * time.Hour), To: to("b")},
		scenarios.State{Name: "b", Phase: scenarios.Running, After: fixed(200 * 365 * 24 * time.Hour), To: to("a"), Progress: &scenarios.Progress{To: 100},
			Messages: []scenarios.Message{{When: scenarios.Moment{After: math.MaxInt64}}}},
	)
	s := k.At(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), nil)
	if s.State != "b" || s.Steps != 2 || len(s.Messages) != 0 {
		t.Errorf("%+v", s)
	}
	if e, have := k.NextEdge(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), nil); have {
		t.Errorf("next edge %+v", e)
	}
	many := Task{&Definition{Lifecycle: k.Lifecycle, Subtasks: 6, Stagger: math.MaxInt64/4 + 1}, 1, born}
	if s := many.At(born, nil); s.Subtasks[5].Created.Before(s.Subtasks[3].Created) {
		t.Errorf("%+v", s.Subtasks[5])
	}
}

// A circle is affordable, and each visit has its own luck.
func TestCircle(t *testing.T) {
	k := newTask(
		scenarios.State{Name: "up", Phase: scenarios.Running, After: &scenarios.Duration{Min: 100 * time.Millisecond, Max: 10 * time.Second}, To: to("down")},
		scenarios.State{Name: "down", Phase: scenarios.Paused, After: fixed(time.Second), To: to("up")},
	)
	edges := k.Edges(at(-1), at(24*time.Hour), nil)
	lengths := map[time.Duration]bool{}
	for i := 1; i < len(edges); i += 2 {
		lengths[edges[i].At.Sub(edges[i-1].At)] = true
	}
	if len(edges) < 20_000 || len(lengths) < 4000 {
		t.Errorf("%d edges in a day, with %d different lengths", len(edges), len(lengths))
	}
}

// The same with more states than a course counts in place, and with looks ahead
// from a memo, which leave the memo as it was.
func TestLargeCircle(t *testing.T) {
	const n = 12
	var states []scenarios.State
	for i := range n {
		states = append(states, scenarios.State{
			Name: fmt.Sprint("s", i), Phase: scenarios.Running, To: to(fmt.Sprint("s", (i+1)%n)),
			After: &scenarios.Duration{Min: 100 * time.Millisecond, Max: 10 * time.Second},
		})
	}
	k, r := newTask(states...), &Record{}
	lengths := map[time.Duration]bool{}
	last := born
	for _, e := range k.Edges(born, at(time.Hour), nil) {
		if e.From == "s11" {
			lengths[e.At.Sub(last)] = true
		}
		last = e.At
	}
	if len(lengths) < 50 {
		t.Errorf("s11 took %d different lengths in an hour", len(lengths))
	}
	for d := time.Duration(0); d < time.Hour; d += time.Minute {
		if got, want := k.At(at(d), r), k.At(at(d), nil); !reflect.DeepEqual(got, want) {
			t.Fatalf("at %v: with a memo %+v, without %+v", d, got, want)
		}
		k.Edges(at(d), at(d+10*time.Minute), r)
		k.NextEdge(at(d), r)
	}
}

// A visit's draws depend on nothing but its own key: not on the states around.
func TestStatesHaveTheirOwnLuck(t *testing.T) {
	uniform := &scenarios.Duration{Min: time.Second, Max: time.Hour}
	b := scenarios.State{Name: "b", Phase: scenarios.Running, After: uniform, To: to("c")}
	c := scenarios.State{Name: "c", Phase: scenarios.Succeeded}
	one := newTask(scenarios.State{Name: "a", Phase: scenarios.Pending, After: uniform, To: to("b")}, b, c)
	two := newTask(scenarios.State{Name: "other", Phase: scenarios.Pending, After: fixed(time.Second), To: to("b")}, b, c)
	length := func(k Task) time.Duration {
		e := k.Edges(born, at(3*time.Hour), nil)
		return e[1].At.Sub(e[0].At)
	}
	if length(one) != length(two) {
		t.Errorf("b took %v after one state, %v after another", length(one), length(two))
	}
	if first := one.Edges(born, at(time.Hour), nil)[0].At.Sub(born); first == length(one) {
		t.Errorf("a and b both took %v", first)
	}
}

func TestCompile(t *testing.T) {
	l := Compile("scan", append(lucky(), scenarios.State{Name: "cancelled"}))
	if l.Name() != "scan" || l.Counted() || !Compile("", polled()).Counted() {
		t.Error("name or counted")
	}
	if got := l.States(); len(got) != 5 || got[0] != "queued" || got[4] != "cancelled" {
		t.Errorf("states %v", got)
	}
	for name, want := range map[string]bool{"queued": true, "cancelled": true, "warning": false, "": false} {
		if l.Has(name) != want {
			t.Errorf("Has(%q) = %v", name, !want)
		}
	}
	l.States()[0] = "changed"
	if l.States()[0] != "queued" {
		t.Error("States gives its own slice away")
	}
}
