package tenant

import (
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// What is asked of tasks by those who are no clients. None of it counts as a
// read, or moves the instant behind which clients do not look back.

// Total is how many tasks there are, those included that the vendor does not know
// yet or no more.
func (t *Tasks) Total() int { return t.layout.Load().total + len(t.madeSoFar()) }

// Lifecycle is the name of the lifecycle by which a task lives or, if it has
// subtasks, by which each of those does.
func (t *Tasks) Lifecycle(ref Ref) string { return t.task(ref).Lifecycle.Name() }

// States are the names of that lifecycle's states, in the order written.
func (t *Tasks) States(ref Ref) []string { return t.task(ref).Lifecycle.States() }

// History is what reads and people did to a task, oldest first.
func (t *Tasks) History(ref Ref) []task.Event {
	var events []task.Event
	t.ask(ref, func(_ task.Task, h *task.Record) { events = h.History() })
	return events
}

// Explain says of each edge of a task until now why it was, as task.Explain does.
func (t *Tasks) Explain(ref Ref, now time.Time) []task.Step {
	var steps []task.Step
	t.ask(ref, func(k task.Task, h *task.Record) { steps = k.Explain(now, h) })
	return steps
}

// Reach finds the first instant from now on at which a task is as match wants it
// by time alone, as task.Reach does.
func (t *Tasks) Reach(ref Ref, now time.Time, match func(task.Snapshot) bool) (at time.Time, course []task.Edge, ok bool) {
	t.ask(ref, func(k task.Task, h *task.Record) { at, course, ok = k.Reach(now, h, match) })
	return at, course, ok
}

// Ways are the states to which a task, or each of its subtasks, may go next.
func (t *Tasks) Ways(ref Ref, now time.Time) []task.Way {
	var ways []task.Way
	t.ask(ref, func(k task.Task, h *task.Record) { ways = k.Ways(now, h) })
	return ways
}

// ask calls f with a task and its history, nil where it has none, under the
// record's lock.
func (t *Tasks) ask(ref Ref, f func(task.Task, *task.Record)) {
	k := t.task(ref)
	r := t.record(ref, false)
	if r == nil {
		f(k, nil)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	f(k, &r.history)
}
