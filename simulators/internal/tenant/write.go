package tenant

import (
	"maps"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// What people and clients do to a task becomes history; no document is stored.
// A field that a client writes is kept beside it and shown in place of the
// computed one.

// Force puts a task into a state now, or its subtask where sub is not
// task.Whole.
func (t *Tasks) Force(ref Ref, now time.Time, sub int, state string) error {
	return t.change(ref, func(r *record, k task.Task) error {
		return r.history.Force(r.now(now), k, sub, state)
	})
}

// End ends a task in a phase now, as a cancel does.
func (t *Tasks) End(ref Ref, now time.Time, phase scenarios.Phase) error {
	return t.change(ref, func(r *record, k task.Task) error {
		return r.history.End(r.now(now), k, phase)
	})
}

// Expire makes the vendor forget a task now.
func (t *Tasks) Expire(ref Ref, now time.Time) {
	t.lists.irregular(ref, wasForgotten)
	_ = t.change(ref, func(r *record, k task.Task) error {
		r.history.Expire(r.now(now), k)
		return nil
	})
}

// Write keeps what a client wrote into fields of a task's document, by their
// wire name.
func (t *Tasks) Write(ref Ref, fields map[string]any) {
	t.lists.irregular(ref, wasWritten)
	_ = t.change(ref, func(r *record, _ task.Task) error {
		if r.set == nil {
			r.set = map[string]any{}
		}
		maps.Copy(r.set, fields)
		r.writes++
		return nil
	})
}

func (t *Tasks) change(ref Ref, f func(*record, task.Task) error) error {
	r := t.record(ref, true)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := f(r, t.task(ref)); err != nil {
		return err
	}
	t.changed(ref)
	return nil
}

// changed tells those who follow a task that somebody changed it, and not time.
func (t *Tasks) changed(ref Ref) {
	t.lists.mark(ref)
	t.lists.changes.Add(1)
	t.wake(ref)
}

// Changes counts what happens to the vendor's tasks but for time: creations, reads
// that count, changes by people and clients, another scenario. What was listed at
// one count stays listed at that count until the Until with which it was.
func (t *Tasks) Changes() uint64 { return t.lists.changes.Load() }

// written is the snapshot with what clients have written. It is called under
// the record's lock.
func (r *record) written(s task.Snapshot) task.Snapshot {
	if len(r.set) == 0 {
		return s
	}
	set := maps.Clone(s.Set) // the state's own is shared
	if set == nil {
		set = map[string]any{}
	}
	maps.Copy(set, r.set)
	s.Set = set
	return s
}
