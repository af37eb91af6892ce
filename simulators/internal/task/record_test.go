package task

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// The first n reads show a state, the next shows the following one: read k at
// k seconds. Time does nothing here.
func TestPolls(t *testing.T) {
	k, r := newTask(polled()...), &Record{}
	if !k.NeedsRecord() || newTask(threeSteps()...).NeedsRecord() {
		t.Error("NeedsRecord")
	}
	checkShows(t, k, nil, []moment{{time.Hour, "queued 0% pending"}})
	for i, want := range []string{
		"queued 0% pending reads=1", "queued 0% pending reads=2",
		"running 0% reads=1", "running 30% reads=2", "running 60% reads=3",
		"done 100% succeeded", "done 100% succeeded",
	} {
		now := at(time.Duration(i+1) * time.Second)
		k.Read(now, r)
		if got := brief(k.At(now, r)); got != want {
			t.Errorf("read %d: %s, want %s", i+1, got, want)
		}
		if got := brief(k.At(now.Add(500*time.Millisecond), r)); got != want {
			t.Errorf("half a second after read %d: %s, want %s", i+1, got, want)
		}
	}
	want := []Event{{At: at(3 * time.Second), Kind: Crossed, Sub: Whole}, {At: at(6 * time.Second), Kind: Crossed, Sub: Whole}}
	if !reflect.DeepEqual(r.History(), want) || r.Len() != 2 {
		t.Errorf("history %v", r.History())
	}
	if s := k.At(at(time.Hour), r); s.Started != at(3*time.Second) || s.Ended != at(6*time.Second) || s.Steps != 3 {
		t.Errorf("%+v", s)
	}
	if r.reads.have.count != 0 || len(r.reads.more) != 0 {
		t.Errorf("counts of states long left are kept: %v", r.reads)
	}
}

// Changed tells the read that moved the progress, and no other.
func TestReadsMoveChanged(t *testing.T) {
	k, r := newTask(polled()[1:]...), &Record{}
	for i, want := range []time.Duration{0, 2 * time.Second, 3 * time.Second, 4 * time.Second, 4 * time.Second} {
		now := at(time.Duration(i+1) * time.Second)
		k.Read(now, r)
		if got := k.At(now.Add(time.Minute), r).Changed; got != at(want) {
			t.Errorf("read %d: changed at %v, want %v", i+1, got.Sub(born), want)
		}
	}
}

// A read that meets a state of no time, or one that time has ended, counts in
// the state that it shows.
func TestReadsAndTime(t *testing.T) {
	k := newTask(
		scenarios.State{Name: "a", Phase: scenarios.Pending, Polls: 1, To: to("b")},
		scenarios.State{Name: "b", Phase: scenarios.Running, After: fixed(0), To: to("c")},
		scenarios.State{Name: "c", Phase: scenarios.Running, Polls: 1, To: to("d")},
		scenarios.State{Name: "d", Phase: scenarios.Running, After: fixed(5 * time.Second), To: to("e")},
		scenarios.State{Name: "e", Phase: scenarios.Paused, Polls: 1, To: to("f")},
		scenarios.State{Name: "f", Phase: scenarios.Succeeded},
	)
	r := &Record{}
	for _, step := range []struct {
		at   time.Duration
		want string
	}{
		{time.Second, "a 0% pending reads=1"}, {2 * time.Second, "c 0% running reads=1"}, {3 * time.Second, "d 0% running"},
		{4 * time.Second, "d 0% running"}, {20 * time.Second, "e 0% paused reads=1"}, {20 * time.Second, "f 100% succeeded"},
	} {
		k.Read(at(step.at), r)
		if got := brief(k.At(at(step.at), r)); got != step.want {
			t.Errorf("read at %v: %s, want %s", step.at, got, step.want)
		}
	}
	if s := k.At(at(10*time.Second), r); s.Entered != at(8*time.Second) {
		t.Errorf("e began at %v, want 8 s", s.Entered)
	}
}

// A read of a task reads each subtask that has begun.
func TestReadsOfSubtasks(t *testing.T) {
	k, r := withSubtasks(newTask(polled()...), 3, 10*time.Second), &Record{}
	for _, d := range []time.Duration{0, 1, 2, 11, 12} {
		k.Read(at(d*time.Second), r)
	}
	var got []string
	for _, s := range k.At(at(12*time.Second), r).Subtasks {
		got = append(got, brief(s))
	}
	if want := []string{"running 60% reads=3", "queued 0% pending reads=2", "queued 0% pending"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if s := k.At(at(12*time.Second), r); s.Reads != 5 || s.Phase != scenarios.Running || s.Started != at(2*time.Second) {
		t.Errorf("%+v", s)
	}
	if want := []Event{{At: at(2 * time.Second), Kind: Crossed, Sub: 0}}; !reflect.DeepEqual(r.History(), want) {
		t.Errorf("history %v", r.History())
	}
}

func TestForce(t *testing.T) {
	k, r := newTask(threeSteps()...), &Record{}
	mustForce(t, r.Force(at(7*time.Second), k, Whole, "queued")) // from 50%
	checkShows(t, k, r, []moment{
		{7*time.Second - 1, "running 49%"}, {7 * time.Second, "queued 0% pending"},
		{9 * time.Second, "running 0%"}, {12 * time.Second, "running 30%"}, {19 * time.Second, "done 100% succeeded"},
	})
	mustForce(t, r.Force(at(time.Minute), k, Whole, "done"))
	if s := k.At(at(time.Hour), r); s.Ended != at(time.Minute) || s.Started != at(2*time.Second) || s.Steps != 6 {
		t.Errorf("%+v", s)
	}
	want := `2s task: queued -> running [running]
7s task: running -> queued [pending]
9s task: queued -> running [running]
19s task: running -> done [succeeded]
1m0s task: done -> done [succeeded]
`
	if got := briefEdges(k.Edges(born, at(time.Hour), r)); got != want {
		t.Errorf("edges:\n%swant:\n%s", got, want)
	}
}

// A forced state is another visit, with luck of its own.
func TestForceDrawsAnew(t *testing.T) {
	uniform := &scenarios.Duration{Min: time.Second, Max: time.Hour}
	k := newTask(scenarios.State{Name: "a", Phase: scenarios.Running, After: uniform, To: to("b")}, scenarios.State{Name: "b", Phase: scenarios.Succeeded})
	first := k.At(born, nil).Until.Sub(born)
	r := &Record{}
	mustForce(t, r.Force(born, k, Whole, "a"))
	if second := k.At(born, r).Until.Sub(born); second == first {
		t.Errorf("both visits take %v", first)
	}
}

// Whoever forces a counted state away keeps the progress that its reads showed.
func TestForceAfterReads(t *testing.T) {
	k, r := newTask(append(polled()[1:], scenarios.State{Name: "broken", Phase: scenarios.Failed})...), &Record{}
	for range 3 { // on a frozen clock all at once
		k.Read(born, r)
	}
	mustForce(t, r.Force(born, k, Whole, "broken"))
	checkShows(t, k, r, []moment{{time.Minute, "broken 60% failed"}})
	checkShows(t, k, forgetful(r), []moment{{time.Minute, "broken 60% failed"}})
}

func TestEnd(t *testing.T) {
	k, r := newTask(append(threeSteps(), scenarios.State{Name: "broken", Phase: scenarios.Failed, Error: &scenarios.Error{Message: "no"}})...), &Record{}
	if err := r.End(at(7*time.Second), k, scenarios.Cancelled); err != nil {
		t.Fatal(err)
	}
	// The lifecycle has no end of this phase, so it is a bare one of its name.
	checkShows(t, k, r, []moment{{7*time.Second - 1, "running 49%"}, {7 * time.Second, "cancelled 49%"}, {time.Hour, "cancelled 49%"}})
	if s := k.At(at(time.Hour), r); s.Ended != at(7*time.Second) || !s.Until.IsZero() {
		t.Errorf("%+v", s)
	}
	r = &Record{}
	if err := r.End(at(7*time.Second), k, scenarios.Failed); err != nil {
		t.Fatal(err)
	}
	if s := k.At(at(time.Hour), r); s.State != "broken" || s.Error == nil || s.Error.Message != "no" {
		t.Errorf("%+v", s)
	}
}

// Ending a task with subtasks ends those that have not ended, begun or not, and
// the word about the whole is that of whoever ended it.
func TestEndWithSubtasks(t *testing.T) {
	k, r := withSubtasks(newTask(threeSteps()...), 3, 10*time.Second), &Record{}
	if err := r.End(at(15*time.Second), k, scenarios.Cancelled); err != nil {
		t.Fatal(err)
	}
	s := k.At(at(time.Hour), r)
	if got := []string{brief(s), brief(s.Subtasks[0]), brief(s.Subtasks[1]), brief(s.Subtasks[2])}; !reflect.DeepEqual(got,
		[]string{"43% cancelled", "done 100% succeeded", "cancelled 29%", "cancelled 0%"}) {
		t.Errorf("got %q", got)
	}
	if s.Ended != at(15*time.Second) || s.Entered != s.Ended || s.Done != 3 || s.Subtasks[2].Created != at(15*time.Second) {
		t.Errorf("%+v", s)
	}
	want := `15s sub 1: running -> cancelled [cancelled]
15s sub 2: queued -> cancelled [cancelled]
15s task: running -> cancelled [cancelled]
`
	if got := briefEdges(k.Edges(at(14*time.Second), at(time.Hour), r)); got != want {
		t.Errorf("edges:\n%swant:\n%s", got, want)
	}
	// Who forces a part after that leaves the word to the parts again.
	mustForce(t, r.Force(at(time.Minute), k, 2, "running"))
	if s := k.At(at(time.Minute), r); s.Phase != scenarios.Running || s.Entered != at(time.Minute) || !s.Ended.IsZero() {
		t.Errorf("%+v", s)
	}
	if s := k.At(at(time.Hour), r); s.Phase != scenarios.Warning || s.Entered != at(70*time.Second) {
		t.Errorf("%+v", s)
	}
}

// Ending looks for a state that is an end, and keeps subtasks in the ends they
// have, even in those that time would leave again.
func TestEndIsForGood(t *testing.T) {
	k, r := withSubtasks(newTask(
		scenarios.State{Name: "flaky", Phase: scenarios.Failed, After: fixed(10 * time.Second), To: to("again")},
		scenarios.State{Name: "again", Phase: scenarios.Running, Forever: true},
		scenarios.State{Name: "lost", Phase: scenarios.Failed},
	), 2, 20*time.Second), &Record{}
	mustForce(t, r.Force(at(time.Second), k, 1, "again"))
	if err := r.End(at(5*time.Second), k, scenarios.Failed); err != nil {
		t.Fatal(err)
	}
	s := k.At(at(time.Hour), r)
	if got := []string{brief(s.Subtasks[0]), brief(s.Subtasks[1])}; !reflect.DeepEqual(got, []string{"flaky 0% failed", "lost 0% failed"}) {
		t.Errorf("got %q", got)
	}
}

func TestExpire(t *testing.T) {
	k, r := withSubtasks(newTask(threeSteps()...), 2, 10*time.Second), &Record{}
	r.Expire(at(5*time.Second), k)
	r.Expire(at(6*time.Second), k) // once is enough
	if s := k.At(at(time.Hour), r); !s.Expired || s.Phase != scenarios.Running || s.Progress != 15 || r.Len() != 1 {
		t.Errorf("%+v", s)
	}
	want := `5s sub 0: running -> (forgotten) [running]
5s sub 1: queued -> (forgotten) [pending]
5s task: running -> (forgotten) [running]
`
	if got := briefEdges(k.Edges(at(4*time.Second), at(time.Hour), r)); got != want {
		t.Errorf("edges:\n%swant:\n%s", got, want)
	}
}

func TestRefusals(t *testing.T) {
	one, two := newTask(threeSteps()...), withSubtasks(newTask(threeSteps()...), 2, 0)
	gone := &Record{}
	gone.Expire(born, one)
	for _, tt := range []struct {
		what string
		err  error
		want error
	}{
		{"no such state", (&Record{}).Force(born, one, Whole, "nowhere"), ErrState},
		{"a bare end is no state", (&Record{}).Force(born, one, Whole, "cancelled"), ErrState},
		{"subtask of a task without", (&Record{}).Force(born, one, 0, "done"), ErrSubtask},
		{"one too many", (&Record{}).Force(born, two, 2, "done"), ErrSubtask},
		{"below whole", (&Record{}).Force(born, two, -2, "done"), ErrSubtask},
		{"the last", (&Record{}).Force(born, two, 1, "done"), nil},
		{"before creation", (&Record{}).Force(at(-1), one, Whole, "done"), ErrUnknown},
		{"forgotten", gone.Force(at(1), one, Whole, "done"), ErrUnknown},
		{"running is no end", (&Record{}).End(born, one, scenarios.Running), ErrPhase},
		{"an unknown phase", (&Record{}).End(born, one, "great"), ErrPhase},
		{"ended already", (&Record{}).End(at(time.Hour), one, scenarios.Failed), ErrEnded},
		{"all subtasks have ended", (&Record{}).End(at(time.Hour), two, scenarios.Failed), ErrEnded},
		{"ending what is forgotten", gone.End(at(1), one, scenarios.Failed), ErrUnknown},
	} {
		if !errors.Is(tt.err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.what, tt.err, tt.want)
		}
	}
	if gone.Len() != 1 {
		t.Errorf("a refused change is in the history: %v", gone.History())
	}
}

// An event with an instant before the last one's happens at that one's.
func TestEventsNeverGoBack(t *testing.T) {
	k, r := newTask(polled()...), &Record{}
	mustForce(t, r.Force(at(10*time.Second), k, Whole, "queued"))
	for range 3 {
		k.Read(at(time.Second), r)
	}
	mustForce(t, r.Force(at(2*time.Second), k, Whole, "done"))
	for _, e := range r.History() {
		if e.At != at(10*time.Second) {
			t.Errorf("%+v, want 10 s", e)
		}
	}
	if r.Len() != 3 || k.At(at(10*time.Second), r).State != "done" {
		t.Errorf("history %v", r.History())
	}
}

// A record is no use to others: what History gives away is a copy, and a memo
// of another task is not believed.
func TestRecordKeepsToItself(t *testing.T) {
	k, r := newTask(threeSteps()...), &Record{}
	mustForce(t, r.Force(at(time.Second), k, Whole, "done"))
	r.History()[0].State = "queued"
	checkShows(t, k, r, []moment{{time.Minute, "done 100% succeeded"}})
	later := Task{k.Definition, k.Luck, born.Add(-time.Hour)}
	if s := later.At(at(time.Minute), r); s.Ended != at(time.Second) || s.Steps != 4 {
		t.Errorf("%+v", s)
	}
	var none *Record
	if none.Len() != 0 || none.History() != nil {
		t.Error("no record has a history")
	}
	newTask(polled()...).Read(born, none) // nobody keeps the count
}
