package task

import (
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// tally counts the subtasks of a task by what its own phase depends on.
type tally struct {
	all, started, gone                    int // gone: forgotten by the vendor
	succeeded, warning, failed, cancelled int
}

// count adds n subtasks of a phase (or, below 0, takes them away).
func (y *tally) count(p scenarios.Phase, n int) {
	switch p {
	case scenarios.Succeeded:
		y.succeeded += n
	case scenarios.Warning:
		y.warning += n
	case scenarios.Failed:
		y.failed += n
	case scenarios.Cancelled:
		y.cancelled += n
	}
}

func (y *tally) ended() int { return y.succeeded + y.warning + y.failed + y.cancelled }

// phase rolls the subtasks up: pending until one has left pending, running
// until all have ended, then what became of them. A verdict, from somebody who
// ended the whole task, goes before that.
func (y *tally) phase(verdict scenarios.Phase) scenarios.Phase {
	switch {
	case verdict != "":
		return verdict
	case y.started == 0:
		return scenarios.Pending
	case y.ended() < y.all:
		return scenarios.Running
	case y.succeeded == y.all:
		return scenarios.Succeeded
	case y.cancelled == y.all:
		return scenarios.Cancelled
	case y.succeeded+y.warning == 0:
		return scenarios.Failed
	}
	return scenarios.Warning
}

// tally counts the courses as they stand.
func (f *fold) tally() tally {
	courses := f.courses()
	y := tally{all: len(courses)}
	for i := range courses {
		c := &courses[i]
		y.count(c.present(), 1)
		if c.started != never {
			y.started++
		}
		if c.expired {
			y.gone++
		}
	}
	return y
}

// sum is a task with subtasks as it shows.
func (f *fold) sum(r *Record) Snapshot {
	sum := f.parts(make([]Snapshot, len(f.many)), r)
	sum.Entered = f.turned(&sum, r)
	return sum
}

// parts is the sum but for Entered, with the room that its subtasks take. One that
// stands there already is asked anew only at its Until.
func (f *fold) parts(room []Snapshot, r *Record) Snapshot {
	t, y := &f.task, f.tally()
	sum := Snapshot{
		Phase: y.phase(f.verdict), Created: t.instant(0), Stepped: t.instant(0), Changed: t.instant(0),
		Subtasks: room, Done: y.ended(), Expired: y.gone == y.all,
	}
	progress, now := 0, t.instant(f.at)
	for i := range f.many {
		s := &sum.Subtasks[i]
		if s.Created.IsZero() || !s.Until.IsZero() && !s.Until.After(now) {
			*s = t.snapshot(&f.many[i], f.at, r)
		}
		progress += s.Progress
		sum.Reads += s.Reads
		sum.Steps += s.Steps
		sum.Messages = append(sum.Messages, s.Messages...)
		sum.Stepped = latest(sum.Stepped, s.Stepped)
		sum.Changed = latest(sum.Changed, s.Changed)
		sum.Ended = latest(sum.Ended, s.Ended)
		sum.Started = earliest(sum.Started, s.Started)
		sum.Until = earliest(sum.Until, s.Until)
		if sum.Error == nil {
			sum.Error = s.Error
		}
	}
	sum.Progress = progress / y.all
	sum.Messages = newest(sum.Messages)
	if !sum.Phase.Ended() {
		sum.Ended = time.Time{}
	}
	return sum
}

// turned is when the phase of a task with subtasks began. Only where an end can
// be undone does it take the edges to know.
func (f *fold) turned(sum *Snapshot, r *Record) time.Time {
	switch t := f.task; {
	case t.Lifecycle.returns || r.forced():
		entered := sum.Created
		for _, e := range t.Edges(sum.Created.Add(-1), t.instant(f.at), r) {
			if e.Sub == Whole && !e.Expired {
				entered = e.At
			}
		}
		return entered
	case sum.Phase.Ended():
		return sum.Ended
	case sum.Phase == scenarios.Pending:
		return sum.Created
	}
	return sum.Started
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// earliest leaves out what is zero.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
