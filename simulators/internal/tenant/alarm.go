package tenant

import (
	"cmp"
	"container/heap"
	"slices"
	"sync"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// Change is one edge of one task, and the task as it stood at the edge's
// instant, all edges of that instant included.
type Change struct {
	Vendor string
	Entry
	Edge task.Edge
}

// alarm tells of the edges of one tenant's tasks at one vendor, though nobody
// reads them. There is one only while somebody listens. It has no goroutine that
// waits: its timer is set to the next edge, on a frozen clock to nothing, and
// whoever moves the clock or changes a task sets it to now.
//
// Edges are told apart by their number within their course, not by their
// instant: on a frozen clock a read may cross at an instant of which the alarm
// has told already.
type alarm struct {
	tasks *Tasks

	ringing sync.Mutex // held while it rings; guards these:
	since   time.Time  // what happens after it is told
	made    int        // created tasks from this one on are told of from their beginning
	first   int        // templates from this one on came since
	planned int        // templates up to this one have been planned
	begun   bool       // the tasks created before it have been planned
	told    map[Ref]*told
	due     dueHeap

	mu        sync.Mutex // guards these; nothing else is locked under it
	touched   map[Ref]bool
	woken     bool // the timer is set to now
	closed    bool
	timer     *time.Timer
	listeners []*listener
}

type listener struct{ tell func([]Change) }

// Listen calls tell with every edge of the tasks from now on, each once, those
// of one instant by the tasks' number. It is called from another goroutine, for
// one batch at a time; it must not block, and must neither listen nor stop. stop
// ends it: a batch under way may still come. Once the tenant is forgotten it is
// called no more.
func (t *Tasks) Listen(tell func([]Change)) (stop func()) {
	t.listening.Lock()
	defer t.listening.Unlock()
	if t.gone {
		return func() {}
	}
	a := t.alarm.Load()
	if a == nil {
		a = &alarm{tasks: t, told: map[Ref]*told{}, touched: map[Ref]bool{}}
		a.timer = time.AfterFunc(scenarios.MaxDuration, a.ring) // it is set below
		t.alarm.Store(a)                                        // from here on changes are noted
		a.begin()
	} else {
		a.ring() // what is due already is not for the new listener
	}
	l := &listener{tell}
	a.mu.Lock()
	a.listeners = append(a.listeners, l)
	a.mu.Unlock()
	a.wake()
	return sync.OnceFunc(func() { t.hangUp(a, l) })
}

func (t *Tasks) hangUp(a *alarm, l *listener) {
	t.listening.Lock()
	defer t.listening.Unlock()
	a.mu.Lock()
	a.listeners = slices.DeleteFunc(slices.Clone(a.listeners), func(x *listener) bool { return x == l })
	left := len(a.listeners)
	a.mu.Unlock()
	if left == 0 && t.alarm.CompareAndSwap(a, nil) {
		a.close()
	}
}

// silence ends listening for good.
func (t *Tasks) silence() {
	t.listening.Lock()
	defer t.listening.Unlock()
	t.gone = true
	if a := t.alarm.Swap(nil); a != nil {
		a.close()
	}
}

// settle tells what is due by now before it returns.
func (t *Tasks) settle() {
	if a := t.alarm.Load(); a != nil {
		a.ring()
	}
}

// wake makes the alarm look at these tasks, and at those that are due.
func (t *Tasks) wake(refs ...Ref) {
	if a := t.alarm.Load(); a != nil {
		a.wake(refs...)
	}
}

func (a *alarm) wake(refs ...Ref) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return
	}
	for _, ref := range refs {
		a.touched[ref] = true
	}
	a.woken = true
	a.timer.Reset(0)
}

func (a *alarm) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
	a.timer.Stop()
}

// begin notes where the tasks that have a history stand. What time did to the
// others can be worked out later.
func (a *alarm) begin() {
	a.ringing.Lock()
	defer a.ringing.Unlock()
	a.first, a.made = len(a.tasks.layout.Load().templates), len(a.tasks.madeSoFar())
	a.since = a.tasks.clock.Now()
	for i := range a.tasks.shards {
		for ref, r := range a.tasks.shards[i].all() {
			k := a.tasks.task(ref)
			r.mu.Lock()
			a.told[ref] = newTold(k, k.At(a.since, &r.history), a.since)
			r.mu.Unlock()
			a.plan(ref, a.told[ref], a.since)
		}
	}
}

// plan puts a task among those due.
func (a *alarm) plan(ref Ref, u *told, at time.Time) {
	u.next = at
	heap.Push(&a.due, due{at, ref})
}

// ring tells what has happened and sets the timer to what comes next.
func (a *alarm) ring() {
	a.ringing.Lock()
	defer a.ringing.Unlock()
	a.mu.Lock()
	if a.closed {
		a.mu.Unlock()
		return
	}
	look, listeners := a.touched, a.listeners
	a.touched, a.woken = map[Ref]bool{}, false
	a.mu.Unlock()
	now := a.tasks.clock.Now()
	a.planAll()
	for len(a.due) > 0 && !a.due[0].at.After(now) {
		d := heap.Pop(&a.due).(due)
		if u := a.told[d.ref]; u == nil || u.next.Equal(d.at) { // else it was planned anew
			look[d.ref] = true
		}
	}
	var changes []Change
	for ref := range look {
		changes = append(changes, a.look(ref, now)...)
	}
	slices.SortStableFunc(changes, func(x, y Change) int {
		return cmp.Or(x.Edge.At.Compare(y.Edge.At), cmp.Compare(x.Number, y.Number))
	})
	if len(changes) > 0 {
		for _, l := range listeners {
			l.tell(changes)
		}
	}
	a.sleep(now)
}

// planAll plans the tasks without a history that are not planned yet: at first
// all, then those that a new scenario brought. It is not done in begin, since
// there may be a million of them and somebody waits for begin.
func (a *alarm) planAll() {
	templates := a.tasks.layout.Load().templates
	if a.begun && a.planned == len(templates) {
		return
	}
	for ; a.planned < len(templates); a.planned++ {
		for j := range templates[a.planned].count {
			a.planFirst(Ref{template: a.planned, index: j})
		}
	}
	if !a.begun {
		for i := range a.made {
			a.planFirst(Ref{template: onCreated, index: i})
		}
	}
	a.begun = true
	heap.Init(&a.due)
}

func (a *alarm) planFirst(ref Ref) {
	if a.told[ref] != nil {
		return
	}
	if next, ok := a.tasks.task(ref).NextEdge(a.from(ref), nil); ok {
		a.due = append(a.due, due{next.At, ref})
	}
}

// from is the instant after which a task is told of that has not been yet. Of one
// that a new scenario brought everything is told from that instant on: what it is
// said to have done before is not news.
func (a *alarm) from(ref Ref) time.Time {
	if ref.template >= a.first {
		return a.tasks.layout.Load().templates[ref.template].began.Truncate(time.Millisecond).Add(-1)
	}
	return a.since
}

// sleep sets the timer to the next edge, unless somebody woke the alarm while it
// rang.
func (a *alarm) sleep(now time.Time) {
	c := a.tasks.clock
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed || a.woken || len(a.due) == 0 || c.Mode().Kind == scenarios.Frozen || a.due[0].at.After(c.Last()) {
		return
	}
	a.timer.Reset(c.Wall(a.due[0].at.Sub(now)))
}

// look finds what has happened to a task since the last look.
func (a *alarm) look(ref Ref, now time.Time) []Change {
	t := a.tasks
	k := t.task(ref)
	history := &task.Record{} // of a task without one: a place to go on from
	r := t.record(ref, false)
	if r != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		history = &r.history
	}
	u := a.toldOf(ref, k)
	s := k.At(now, history)
	if s.Future {
		a.plan(ref, u, s.Created)
		return nil
	}
	edges := u.fresh(k, s, k.Edges(u.at.Add(-1), now, history), now)
	u.count(k, s)
	u.at, u.next = now, time.Time{}
	if next, ok := k.NextEdge(now, history); ok {
		a.plan(ref, u, next.At)
	}
	changes, vendor := make([]Change, 0, len(edges)), t.layout.Load().vendor
	for i, e := range edges {
		if i == 0 || !e.At.Equal(edges[i-1].At) {
			s = k.At(e.At, history)
			if r != nil {
				s = r.written(s)
			}
		}
		changes = append(changes, Change{Vendor: vendor, Entry: t.entry(ref, k, s), Edge: e})
	}
	return changes
}

// toldOf is what has been told of a task. One that was created since is told of
// from its creation on, which lies before the instant of the request by less
// than a millisecond.
func (a *alarm) toldOf(ref Ref, k task.Task) *told {
	u := a.told[ref]
	if u == nil {
		if ref.template == onCreated && ref.index >= a.made {
			u = newTold(k, task.Snapshot{Future: true}, k.Created)
		} else {
			from := a.from(ref)
			u = newTold(k, k.At(from, nil), from)
		}
		a.told[ref] = u
	}
	return u
}
