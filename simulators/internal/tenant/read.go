package tenant

import (
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// Look shows a task without counting a read. It answers false where the vendor
// does not know it: not created yet, or expired.
func (t *Tasks) Look(ref Ref, now time.Time) (Entry, bool) {
	k := t.task(ref)
	s := t.at(ref, k, now)
	return t.entry(ref, k, s), known(s)
}

func known(s task.Snapshot) bool { return !s.Future && !s.Expired }

func (t *Tasks) at(ref Ref, k task.Task, now time.Time) task.Snapshot {
	r := t.record(ref, false)
	if r == nil {
		return k.At(now, nil)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.written(k.At(r.now(now), &r.history))
}

// now is the instant for which a request of an instant uses the record, and is
// called under its lock: a request that waited for the lock must not look back
// behind those that came first. The clock is not asked again, so the same
// requests at the same instants are answered the same.
func (r *record) now(request time.Time) time.Time {
	if request.After(r.latest) {
		r.latest = request
	}
	return r.latest
}

// Version grows with each event in a task's history: what was shown of the task
// at one version stays true at that version until the Until it was shown with.
// The answer is false where that does not hold, since reads move the task.
func (t *Tasks) Version(ref Ref) (version int, ok bool) {
	if t.counted(ref) || t.clock.Mode().Kind == scenarios.Skip {
		return 0, false
	}
	r := t.record(ref, false)
	if r == nil {
		return 0, true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.history.Len() + r.writes, true
}

func (t *Tasks) counted(ref Ref) bool {
	if ref.template == onCreated {
		return t.createdTask(ref.index).counted
	}
	return t.layout.Load().templates[ref.template].counted
}

// Read counts one read of each task and shows those that the vendor knows, at
// the instant that it answers: under a skip clock, a read that would show
// nothing new first jumps to the next edge of the tasks asked for.
func (t *Tasks) Read(now time.Time, refs ...Ref) ([]Entry, time.Time) {
	skipping := t.clock.Mode().Kind == scenarios.Skip
	if skipping {
		now = t.skip(now, refs)
	}
	entries := make([]Entry, 0, len(refs))
	for _, ref := range refs {
		if e, ok := t.readOne(ref, now, skipping); ok {
			entries = append(entries, e)
		}
	}
	return entries, now
}

// ReadOne is Read of one task; false where the vendor does not know it.
func (t *Tasks) ReadOne(now time.Time, ref Ref) (Entry, time.Time, bool) {
	skipping := t.clock.Mode().Kind == scenarios.Skip
	if skipping {
		now = t.skip(now, []Ref{ref})
	}
	e, ok := t.readOne(ref, now, skipping)
	return e, now, ok
}

func (t *Tasks) readOne(ref Ref, now time.Time, skipping bool) (Entry, bool) {
	k := t.task(ref)
	s := t.read(ref, k, now, skipping)
	if !known(s) {
		return Entry{}, false
	}
	return t.entry(ref, k, s), true
}

func (t *Tasks) read(ref Ref, k task.Task, now time.Time, skipping bool) task.Snapshot {
	if !k.NeedsRecord() && !skipping {
		return t.at(ref, k, now)
	}
	r := t.record(ref, false)
	if r == nil {
		if s := k.At(now, nil); !known(s) {
			return s
		}
		r = t.record(ref, true)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now = r.now(now)
	if s := k.At(now, &r.history); !known(s) {
		return s
	}
	crossed := r.history.Len()
	k.Read(now, &r.history)
	switch {
	case r.history.Len() > crossed:
		t.changed(ref)
	case k.NeedsRecord():
		t.lists.changes.Add(1)
	}
	s := k.At(now, &r.history)
	r.read, r.seen = true, s.Steps
	return r.written(s)
}

// skip jumps the tenant's clock where no task asked for has crossed an edge
// since its last read, and answers the instant at which to read.
func (t *Tasks) skip(now time.Time, refs []Ref) time.Time {
	var next time.Time
	for _, ref := range refs {
		edge, unchanged := t.unchanged(ref, now)
		if !unchanged {
			return now
		}
		if !edge.IsZero() && (next.IsZero() || edge.Before(next)) {
			next = edge
		}
	}
	if next.IsZero() {
		return now
	}
	// Time, or another request, may have gone further meanwhile. Then the task is
	// read at that edge all the same, as it would be if they had not.
	_ = t.clock.Skip(next)
	t.jumped()
	return next
}

// unchanged tells whether a task shows what its last read showed, and when time
// alone next changes it.
func (t *Tasks) unchanged(ref Ref, now time.Time) (next time.Time, unchanged bool) {
	r := t.record(ref, false)
	if r == nil {
		return time.Time{}, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now = r.now(now)
	k := t.task(ref)
	s := k.At(now, &r.history)
	if !known(s) || !r.read || s.Steps != r.seen {
		return time.Time{}, false
	}
	edge, ok := k.NextEdge(now, &r.history)
	if !ok {
		return time.Time{}, true
	}
	return edge.At, true
}
