package tenant

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

// Under a skip clock the first read never jumps; the next, which would show
// nothing new, jumps to the next edge.
func TestSkip(t *testing.T) {
	n, tasks, source := tasksOf(t, "name: served\nclock: {mode: skip}"+life+"tasks: [{id: a, lifecycle: timed}]", "acme")
	a := find(t, tasks, "a")
	step := func(want string, at time.Duration) {
		t.Helper()
		entries, now := tasks.Read(n.Clock.Now(), a)
		if got := states(entries...); got != want || !now.Equal(start.Add(at)) || !n.Clock.Now().Equal(now) {
			t.Fatalf("shows %q at %v (clock %v), want %q at %v", got, now.Sub(start), n.Clock.Now().Sub(start), want, at)
		}
	}
	step("queued", 0)
	step("running", 2*s)
	_ = source.Advance(3 * s) // it runs as real, too
	step("done", 12*s)
	_ = source.Advance(4 * s)
	step("", 12*s+time.Minute) // to the edge of its expiry
	step("", 12*s+time.Minute) // and no further: refusals never jump
	if n.Clock.Lived() != 7*s {
		t.Errorf("lived %v, want 7s", n.Clock.Lived())
	}
}

// A read after an edge that time brought shows it without a jump.
func TestSkipNotNeeded(t *testing.T) {
	n, tasks, source := tasksOf(t, "name: served\nclock: {mode: skip}"+life+"tasks: [{id: a, lifecycle: timed}]", "acme")
	a := find(t, tasks, "a")
	read(tasks, a)
	_ = source.Advance(3 * s)
	if got := read(tasks, a); got != "running" || !n.Clock.Now().Equal(start.Add(3*s)) {
		t.Errorf("shows %s at %v", got, n.Clock.Now())
	}
	for range 3 { // a look never jumps
		tasks.Look(a, n.Clock.Now())
	}
	if !n.Clock.Now().Equal(start.Add(3 * s)) {
		t.Error("a look jumped")
	}
}

// Of several tasks at once: they jump only if none has anything new, to the
// first edge of any.
func TestSkipOfSeveral(t *testing.T) {
	n, tasks, _ := tasksOf(t, "name: served\nclock: {mode: skip}"+life+"tasks: [{id: a, lifecycle: timed}, {id: b, lifecycle: timed, created: -1s}, {id: c, lifecycle: timed, created: 30s}]", "acme")
	a, b, c := find(t, tasks, "a"), find(t, tasks, "b"), find(t, tasks, "c")
	step := func(want string, at time.Duration, refs ...Ref) {
		t.Helper()
		if got := read(tasks, refs...); got != want || !n.Clock.Now().Equal(start.Add(at)) {
			t.Fatalf("shows %q at %v, want %q at %v", got, n.Clock.Now().Sub(start), want, at)
		}
	}
	step("queued", 0, a)
	step("queued queued", 0, a, b) // b is new
	step("queued running", s, a, b)
	step("running running", 2*s, a, b)
	step("running", 2*s, a, c) // c is not there yet: nothing to say of it, so no jump
	step("running done", 11*s, a, b)
	step("", 11*s)
}

// Reads that count under a skip clock need no jump, and what ends by time after
// them does.
func TestSkipOfCountedStates(t *testing.T) {
	n, tasks, _ := tasksOf(t, "name: served\nclock: {mode: skip}"+life+"tasks: [{id: a}]", "acme")
	a := find(t, tasks, "a")
	var got []string
	for range 5 {
		got = append(got, fmt.Sprint(read(tasks, a), n.Clock.Now().Sub(start)))
	}
	want := []string{"queued0s", "queued0s", "running0s", "done10s", "done10s"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A read that jumps is of the edge to which it jumps, whatever time has passed
// meanwhile: the same requests at the same instants are answered the same.
func TestTheInstantOfASkip(t *testing.T) {
	n, tasks, source := tasksOf(t, "name: served\nclock: {mode: skip}"+life+"tasks: [{id: a, lifecycle: timed}]", "acme")
	a := find(t, tasks, "a")
	read(tasks, a)
	tasks.jumped = func() { _ = source.Advance(3 * s) } // between the jump and the answer
	entries, now := tasks.Read(n.Clock.Now(), a)
	if states(entries...) != "running" || !now.Equal(start.Add(2*s)) || !n.Clock.Now().Equal(start.Add(5*s)) {
		t.Errorf("shows %q at %v", states(entries...), now.Sub(start))
	}
	tasks.jumped = func() {}
	early := n.Clock.Now()
	_ = source.Advance(20 * s) // a request of early is slow
	if entries, now := tasks.Read(early, a); states(entries...) != "done" || !now.Equal(start.Add(12*s)) || !n.Clock.Now().Equal(start.Add(25*s)) {
		t.Errorf("shows %q at %v", states(entries...), now.Sub(start))
	}
}

// Many at once under a skip clock: no edge is passed over, and time never goes
// back. Run with -race.
func TestSkipAtOnce(t *testing.T) {
	n, tasks, _ := tasksOf(t, "name: served\nclock: {mode: skip}"+life+"tasks: [{id: a, lifecycle: timed}]", "acme")
	a := find(t, tasks, "a")
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			order := map[string]int{"queued": 0, "running": 1, "done": 2, "": 3}
			last := 0
			for range 10 {
				at := order[read(tasks, a)]
				if at < last {
					t.Errorf("state %d after %d", at, last)
				}
				last = at
			}
		})
	}
	wg.Wait()
	if got := n.Clock.Now(); !got.Equal(start.Add(12*s + time.Minute)) {
		t.Errorf("the clock stands at %v", got.Sub(start))
	}
}
