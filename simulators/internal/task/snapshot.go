package task

import (
	"slices"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// At is the task at an instant. r is its record, nil if it has none; with one,
// At renews the record's memo, so the caller holds the owner's lock as for a
// write, and has taken now while holding it.
func (t Task) At(now time.Time, r *Record) Snapshot {
	at := t.offset(now)
	if at < 0 {
		first := &t.Lifecycle.states[0]
		return Snapshot{
			State: t.ownState(first), Phase: scenarios.Pending, Created: t.instant(0), Until: t.instant(0),
			Stepped: now, Changed: now, Future: true,
		}
	}
	var room fold
	f := t.fold(at, r, &room)
	if t.Subtasks > 0 {
		return f.sum(r)
	}
	return f.task.snapshot(&f.one[0], at, r)
}

func (t *Task) ownState(s *state) string {
	if t.Subtasks > 0 {
		return ""
	}
	return s.name
}

// snapshot is one course as it shows at an instant to which it was played.
func (t *Task) snapshot(c *course, at int64, r *Record) Snapshot {
	s := &c.l.states[c.state]
	read := r.readsIn(c)
	if c.expired {
		at = min(at, c.stepped)
	}
	last, next := c.moves(at)
	shot := Snapshot{
		State: s.name, Phase: c.present(), Error: s.err, Set: s.set,
		Created: t.instant(c.birth), Entered: t.instant(c.entered),
		Stepped: t.instant(c.stepped), Changed: t.instant(max(c.stepped, last, min(read.moved, at))),
		Progress: c.progress(at, read.count), Messages: t.messages(c.said),
		Expired: c.expired, Reads: read.count, Steps: c.steps,
	}
	if c.waiting {
		shot.Error, shot.Set = nil, nil
	}
	if c.started != never {
		shot.Started = t.instant(c.started)
	}
	if c.ended != never {
		shot.Ended = t.instant(c.ended)
	}
	if until := min(c.leave, c.forget, c.talk, next); until != never {
		shot.Until = t.instant(until)
	}
	return shot
}

func (t *Task) messages(all []said) []Message {
	if len(all) == 0 {
		return nil
	}
	all = all[max(len(all)-MaxMessages, 0):]
	shown := make([]Message, len(all))
	for i, m := range all {
		shown[i] = Message{t.instant(m.at), m.message.Level, m.message.Text}
	}
	return shown
}

// newest sorts messages by instant and keeps the MaxMessages latest.
func newest(all []Message) []Message {
	slices.SortStableFunc(all, func(a, b Message) int { return a.At.Compare(b.At) })
	return all[max(len(all)-MaxMessages, 0):]
}
