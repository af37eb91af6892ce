package tenant

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// ear writes down what it is told.
type ear struct {
	mu      sync.Mutex
	changes []Change
}

func (e *ear) hear(changes []Change) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.changes = append(e.changes, changes...)
}

// take is what was heard since the last take.
func (e *ear) take() []Change {
	e.mu.Lock()
	defer e.mu.Unlock()
	heard := e.changes
	e.changes = nil
	return heard
}

// words is what was heard since the last time, one word a change: id, which
// subtask if any, what it came to, and the seconds since start.
func (e *ear) words() string {
	synctest.Wait()
	var out []string
	for _, c := range e.take() {
		part := ""
		if c.Edge.Sub != task.Whole {
			part = fmt.Sprint("/", c.Edge.Sub)
		}
		to := c.Edge.To
		if c.Edge.Expired {
			to = "gone"
		}
		out = append(out, fmt.Sprintf("%s%s:%s@%v", c.ID, part, to, c.Edge.At.Sub(start).Seconds()))
	}
	return strings.Join(out, " ")
}

// bubbled is a tenant whose clock goes by the time of the bubble, which begins
// at another instant than the tests.
func bubbled(t *testing.T, yaml string) (*Tenant, *Tasks) {
	t.Helper()
	n := aTenant("served~x", world(t, yaml), clock.System())
	return n, n.Tasks("acme")
}

func (e *ear) want(t *testing.T, want string) {
	t.Helper()
	if got := e.words(); got != want {
		t.Errorf("told %q\nwant %q", got, want)
	}
}

const begins = "clock: {start: 2026-01-15T09:00:00Z, mode: "

// Edges are told when they fall due on the tenant's clock, at its speed, though
// nobody reads; what was before is not told.
func TestAlarmByTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, tasks := bubbled(t, "name: served\n"+begins+"x60}"+life+"tasks: [{id: a, lifecycle: timed}, {id: b, lifecycle: timed, created: 6s}, {id: c}]")
		var e ear
		stop := tasks.Listen(e.hear)
		e.want(t, "")
		<-time.After(time.Second / 30) // rounded down: less than 2 s of the tenant's
		e.want(t, "")
		<-time.After(1)
		e.want(t, "a:running@2")
		<-time.After(time.Second / 5) // 14 s
		e.want(t, "b:queued@6 b:running@8 a:done@12")
		stop()
		<-time.After(time.Hour)
		e.want(t, "")
	})
}

// On a frozen clock nothing comes due by itself. A read may cross at an instant
// of which the alarm has told already, and a forced change may follow it there.
func TestAlarmOnFrozenClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, tasks := bubbled(t, "name: served\n"+begins+"frozen}"+life+"tasks: [{id: a, lifecycle: timed}, {id: b}]")
		var e ear
		tasks.Listen(e.hear)
		a, b := find(t, tasks, "a"), find(t, tasks, "b")
		<-time.After(time.Hour)
		e.want(t, "")
		for range 3 {
			read(tasks, b) // the third of a state that takes two
		}
		e.want(t, "b:running@0")
		if err := n.Clock.Advance(start.Add(2 * s)); err != nil {
			t.Fatal(err)
		}
		e.want(t, "")
		n.Wake()
		e.want(t, "a:running@2")
		for _, state := range []string{"queued", "queued", "done"} {
			if err := tasks.Force(a, n.Clock.Now(), task.Whole, state); err != nil {
				t.Fatal(err)
			}
			e.want(t, "a:"+state+"@2")
		}
		if err := tasks.End(b, n.Clock.Now(), scenarios.Failed); err != nil {
			t.Fatal(err)
		}
		e.want(t, "b:failed@2")
		tasks.Expire(b, n.Clock.Now())
		e.want(t, "b:gone@2")
		if _, err := tasks.Create(n.Clock.Now(), Creation{Operation: "begin"}); err != nil {
			t.Fatal(err)
		}
		if got := e.words(); !strings.HasSuffix(got, ":queued@2") {
			t.Errorf("of a created task %q was told", got)
		}
	})
}

// The phase of a task as a whole may go on and back at one instant.
func TestAlarmOfAWholeTaskAtOneInstant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, tasks := bubbled(t, "name: served\n"+begins+"frozen}"+life+"tasks: [{id: a, lifecycle: timed, created: -3s, subtasks: {count: 2}}, {id: b, lifecycle: timed, created: -3s}, {id: c, lifecycle: timed, created: -3s}]")
		var e ear
		tasks.Listen(e.hear)
		a := find(t, tasks, "a")
		for _, step := range []struct{ state, want string }{
			{"done", "a/0:done@0 a/1:done@0 a:succeeded@0"},
			{"running", "a/0:running@0 a/1:running@0 a:running@0"},
			{"done", "a/0:done@0 a/1:done@0 a:succeeded@0"},
		} {
			if err := tasks.Force(a, n.Clock.Now(), task.Whole, step.state); err != nil {
				t.Fatal(err)
			}
			e.want(t, step.want)
		}
		_ = n.Clock.Advance(start.Add(9 * s))
		n.Wake()
		e.want(t, "b:done@9 c:done@9")
	})
}

// A jump of a skipping clock tells at every vendor of the tenant.
func TestAlarmOnSkip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, tasks := bubbled(t, "name: served\nvendors: [acme, bolt]\n"+begins+"skip}"+life+"tasks: [{name: a, lifecycle: timed, id: a, vendor: acme}, {id: b, lifecycle: timed, vendor: bolt}]")
		var here, there ear
		tasks.Listen(here.hear)
		n.Tasks("bolt").Listen(there.hear)
		a := find(t, tasks, "a")
		read(tasks, a)
		read(tasks, a)
		here.want(t, "a:running@2")
		there.want(t, "b:running@2")
	})
}

// The task is shown as it stood at its edge, whatever has become of it since.
func TestAlarmShowsTheTaskAtItsEdge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, tasks := bubbled(t, "name: served\n"+begins+"frozen}"+life+"tasks: [{id: a, lifecycle: timed, subtasks: {count: 2, stagger: 1s}}]")
		var e ear
		tasks.Listen(e.hear)
		tasks.Write(find(t, tasks, "a"), map[string]any{"note": "mine"})
		_ = n.Clock.Advance(start.Add(time.Minute))
		n.Wake()
		synctest.Wait()
		var got []string
		for _, c := range e.changes {
			got = append(got, fmt.Sprintf("%s %d", c.Phase, c.Done))
			if c.Set["note"] != "mine" {
				t.Errorf("shown without what a client wrote: %v", c.Set)
			}
		}
		if want := "running 0|running 0|running 0|running 1|succeeded 2|succeeded 2"; strings.Join(got, "|") != want {
			t.Errorf("shown as %q", strings.Join(got, "|"))
		}
		e.want(t, "a/0:running@2 a:running@2 a/1:running@3 a/0:done@12 a/1:done@13 a:succeeded@13")
	})
}

// A listener that comes later is not told what was due before; one that stops
// leaves the others theirs. Whoever stops twice stops once.
func TestAlarmForSeveral(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, tasks := bubbled(t, "name: served\n"+begins+"frozen}"+life+"tasks: [{id: a, lifecycle: timed}]")
		var first, second ear
		stop := tasks.Listen(first.hear)
		_ = n.Clock.Advance(start.Add(2 * s)) // nobody wakes the alarm
		tasks.Listen(second.hear)
		first.want(t, "a:running@2")
		second.want(t, "")
		stop()
		stop()
		_ = n.Clock.Advance(start.Add(12 * s))
		n.Wake()
		first.want(t, "")
		second.want(t, "a:done@12")
	})
}

// A tenant that is forgotten tells nothing more, and cannot be listened to.
func TestAlarmEndsWithTheTenant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, source, _ := testRegistry(t, 5, map[string]*World{"served": world(t, "name: served\n"+life+"tasks: [{id: a, lifecycle: timed}]")})
		n, err := g.Accept(Credential{Name: "served~x"}, "acme")
		if err != nil {
			t.Fatal(err)
		}
		tasks := n.Tasks("acme")
		var e ear
		tasks.Listen(e.hear)
		e.want(t, "")
		_ = source.Advance(IdleAfter + 1)
		g.Sweep()
		tasks.Listen(e.hear)
		n.Wake()
		e.want(t, "")
		if tasks.alarm.Load() != nil {
			t.Error("the alarm is kept")
		}
	})
}
