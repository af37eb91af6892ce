package task

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// chain is states of 10 s each, one after the other; the last is the end.
func chain(states ...scenarios.State) Task {
	for i := range states[:len(states)-1] {
		states[i].Name, states[i].After, states[i].To = fmt.Sprint("s", i), fixed(10*time.Second), to(fmt.Sprint("s", i+1))
	}
	states[len(states)-1].Name = fmt.Sprint("s", len(states)-1)
	return newTask(states...)
}

// What a state shows that says nothing of progress, after one that moved from
// 20 to 70.
func TestProgressLeftOut(t *testing.T) {
	for _, tt := range []struct {
		phase scenarios.Phase
		want  int
	}{
		{scenarios.Pending, 0}, {scenarios.Running, 70}, {scenarios.Paused, 70}, {scenarios.Succeeded, 100},
		{scenarios.Warning, 100}, {scenarios.Failed, 70}, {scenarios.Cancelled, 70},
	} {
		k := chain(
			scenarios.State{Phase: scenarios.Running, Progress: &scenarios.Progress{From: 20, To: 70}},
			scenarios.State{Phase: tt.phase}, scenarios.State{Phase: tt.phase},
		)
		for _, d := range []time.Duration{10 * time.Second, 20 * time.Second} {
			if got := k.At(at(d), nil).Progress; got != tt.want {
				t.Errorf("%s at %v: %d%%, want %d%%", tt.phase, d, got, tt.want)
			}
		}
	}
}

// Each tick has its whole millisecond, up and down, however the length divides.
func TestProgressTicks(t *testing.T) {
	for _, tt := range []struct {
		from, to int
		length   time.Duration
		ticks    []moment // every change after the first
	}{
		{0, 3, 10 * time.Millisecond, []moment{{4 * time.Millisecond, "1"}, {7 * time.Millisecond, "2"}}},
		{3, 0, 10 * time.Millisecond, []moment{{4 * time.Millisecond, "2"}, {7 * time.Millisecond, "1"}}},
		{50, 50, 10 * time.Millisecond, nil},
		{0, 100, 2 * time.Millisecond, []moment{{time.Millisecond, "50"}}},
		{90, 94, time.Second, []moment{{250 * time.Millisecond, "91"}, {500 * time.Millisecond, "92"}, {750 * time.Millisecond, "93"}}},
	} {
		k := newTask(
			scenarios.State{Name: "a", Phase: scenarios.Running, After: fixed(tt.length), To: to("b"), Progress: &scenarios.Progress{From: tt.from, To: tt.to}},
			scenarios.State{Name: "b", Phase: scenarios.Failed},
		)
		var got []moment
		for s := k.At(born, nil); s.State == "a"; s = k.At(s.Until, nil) {
			if d := s.Changed.Sub(born); d > 0 {
				got = append(got, moment{d, fmt.Sprint(s.Progress)})
			}
		}
		if !reflect.DeepEqual(got, tt.ticks) {
			t.Errorf("%d..%d in %v: %v, want %v", tt.from, tt.to, tt.length, got, tt.ticks)
		}
		if s := k.At(born, nil); s.Progress != tt.from {
			t.Errorf("%d..%d begins with %d", tt.from, tt.to, s.Progress)
		}
	}
}

func TestMessages(t *testing.T) {
	say := func(text string, percent int, after time.Duration) scenarios.Message {
		return scenarios.Message{Level: "info", Text: text, When: scenarios.Moment{Percent: percent, After: after}}
	}
	k := chain(
		scenarios.State{Phase: scenarios.Running, Messages: []scenarios.Message{
			say("half", 50, 0), say("start", 0, 0), say("2 s", 0, 2*time.Second), say("end", 100, 0), say("too late", 0, 11*time.Second), say("also half", 50, 0),
		}},
		scenarios.State{Phase: scenarios.Failed, Messages: []scenarios.Message{say("failed", 0, 0), say("no length, so never", 1, 0), say("later", 0, time.Minute)}},
	)
	for _, tt := range []struct {
		at   time.Duration
		want []string
	}{
		{0, []string{"start"}},
		{2 * time.Second, []string{"start", "2 s"}},
		{5*time.Second - 1, []string{"start", "2 s"}},
		{5 * time.Second, []string{"start", "2 s", "half", "also half"}},
		{10 * time.Second, []string{"start", "2 s", "half", "also half", "end", "failed"}},
		{time.Hour, []string{"start", "2 s", "half", "also half", "end", "failed", "later"}},
	} {
		var got []string
		s := k.At(at(tt.at), nil)
		for _, m := range s.Messages {
			got = append(got, m.Text)
		}
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("at %v: %q, want %q", tt.at, got, tt.want)
		}
		if last := s.Messages[len(s.Messages)-1].At; last.After(s.Stepped) {
			t.Errorf("at %v: stepped at %v, before the last message", tt.at, s.Stepped)
		}
	}
	if until := k.At(at(20*time.Second), nil).Until; until != at(70*time.Second) {
		t.Errorf("the next message is at %v", until)
	}
	// Whoever ends a state early ends its messages too.
	r := &Record{}
	mustForce(t, r.Force(at(3*time.Second), k, Whole, "s1"))
	if got := k.At(at(time.Minute), r).Messages; len(got) != 3 || got[2].Text != "failed" || got[2].At != at(3*time.Second) {
		t.Errorf("forced at 3 s: %v", got)
	}
}

// Of a circle's messages the latest are kept.
func TestManyMessages(t *testing.T) {
	states := circle()
	states[0].Messages = []scenarios.Message{{Text: "up"}}
	k := newTask(states...)
	r := &Record{}
	for _, d := range []time.Duration{50 * time.Second, 390 * time.Second, 395 * time.Second, 400 * time.Second, 1000 * time.Second, 3000 * time.Second} {
		s, again := k.At(at(d), r), k.At(at(d), nil)
		if want := min(int(d/(200*time.Millisecond))+1, MaxMessages); len(s.Messages) != want || s.Messages[want-1].At != at(d) {
			t.Errorf("at %v: %d messages, the last at %v; want %d", d, len(s.Messages), s.Messages[len(s.Messages)-1].At, want)
		}
		if !reflect.DeepEqual(s, again) {
			t.Errorf("at %v: with and without a record differ", d)
		}
		k.Edges(at(d), at(d+700*time.Second), r) // a look ahead says nothing
		k.NextEdge(at(d), r)
	}
}

func TestErrorAndSet(t *testing.T) {
	failure := &scenarios.Error{Code: "1", Message: "lost"}
	k := chain(scenarios.State{Phase: scenarios.Running, Set: map[string]any{"x": 1}}, scenarios.State{Phase: scenarios.Failed, Error: failure})
	if s := k.At(born, nil); s.Error != nil || s.Set["x"] != 1 {
		t.Errorf("%+v", s)
	}
	if s := k.At(at(10*time.Second), nil); s.Error != failure || s.Set != nil {
		t.Errorf("%+v", s)
	}
	two := withSubtasks(k, 2, time.Second)
	if s := two.At(at(10*time.Second), nil); s.Error != failure || s.Set != nil {
		t.Errorf("%+v", s)
	}
}

func TestExpiry(t *testing.T) {
	expires := &scenarios.Expiry{After: scenarios.Duration{Min: time.Hour, Max: time.Hour}}
	k := chain(
		scenarios.State{Phase: scenarios.Running, Expires: &scenarios.Expiry{}},
		scenarios.State{Phase: scenarios.Succeeded, Expires: expires, Messages: []scenarios.Message{{When: scenarios.Moment{After: time.Hour}}}},
	)
	checkShows(t, k, nil, []moment{
		{0, "s0 0% running"}, // only what has ended expires
		{10 * time.Second, "s1 100% succeeded"},
		{10*time.Second + time.Hour - 1, "s1 100% succeeded"},
		{10*time.Second + time.Hour, "s1 100% succeeded expired"},
	})
	if got, want := briefEdges(k.Edges(born, at(48*time.Hour), nil)), "10s task: s0 -> s1 [succeeded]\n1h0m10s task: s1 -> (forgotten) [succeeded]\n"; got != want {
		t.Errorf("edges %s", got)
	}
	if s := k.At(at(2*time.Hour), nil); !s.Until.IsZero() || s.Steps != 3 || len(s.Messages) != 1 {
		t.Errorf("%+v", s)
	}
	// A task with subtasks is forgotten with the last of them.
	two := withSubtasks(k, 2, time.Minute)
	for _, tt := range []struct {
		at           time.Duration
		first, whole bool
	}{
		{time.Hour, false, false}, {time.Hour + 10*time.Second, true, false}, {time.Hour + 70*time.Second, true, true},
	} {
		if s := two.At(at(tt.at), nil); s.Subtasks[0].Expired != tt.first || s.Expired != tt.whole {
			t.Errorf("at %v: first %v, whole %v", tt.at, s.Subtasks[0].Expired, s.Expired)
		}
	}
}

// A lifecycle may leave an end again: Started stays, Ended follows the state.
func TestLeavingAnEnd(t *testing.T) {
	k := chain(
		scenarios.State{Phase: scenarios.Succeeded}, scenarios.State{Phase: scenarios.Succeeded}, scenarios.State{Phase: scenarios.Failed},
		scenarios.State{Phase: scenarios.Pending}, scenarios.State{Phase: scenarios.Warning},
	)
	for _, tt := range []struct {
		at    time.Duration
		ended time.Time
	}{
		{0, born}, {10 * time.Second, born}, {20 * time.Second, at(20 * time.Second)}, {30 * time.Second, time.Time{}}, {40 * time.Second, at(40 * time.Second)},
	} {
		if s := k.At(at(tt.at), nil); s.Ended != tt.ended || s.Started != born {
			t.Errorf("at %v: started %v, ended %v, want %v", tt.at, s.Started, s.Ended, tt.ended)
		}
	}
}
