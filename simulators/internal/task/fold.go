package task

import (
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// fold is where a task's courses stand at an instant: everything that time and
// the history's first events did until then. Instants are nanoseconds after the
// task's creation.
type fold struct {
	task    Task
	at      int64
	events  int             // how many of the history are in
	verdict scenarios.Phase // how somebody ended the whole task; "" if nobody did

	// A task without subtasks has its course in place: a fold allocates nothing.
	one  [1]course
	many []course
}

// courses are its courses, to be changed in place.
func (f *fold) courses() []course {
	if f.many != nil {
		return f.many
	}
	return f.one[:]
}

// offset is an instant as nanoseconds after the creation, short of never.
func (t *Task) offset(at time.Time) int64 { return min(int64(at.Sub(t.Created)), never-1) }

// instant is the offset's instant.
func (t *Task) instant(offset int64) time.Time {
	return t.Created.Add(time.Duration(offset)).Round(0).UTC()
}

// begin sets the fold before the task's creation.
func (f *fold) begin(t Task) {
	*f = fold{task: t, at: -1}
	if t.Subtasks > 0 {
		f.many = make([]course, t.Subtasks)
	}
	courses := f.courses()
	for i := range courses {
		c := &courses[i]
		c.l, c.sub, c.luck = t.Lifecycle, i, t.Luck
		c.forget, c.talk, c.started, c.ended = never, never, never, never
		if t.Subtasks > 0 {
			c.luck = join(t.Luck, uint64(i)+1)
			c.birth = times(int64(t.Stagger), int64(i))
		}
	}
}

// advance plays the courses on, through the history and by time, up to and with
// the instant to.
func (f *fold) advance(to int64, r *Record) {
	if r != nil {
		for ; f.events < len(r.history); f.events++ {
			e := &r.history[f.events]
			at := f.task.offset(e.At)
			if at > to {
				break
			}
			f.apply(e, at, r)
		}
	}
	courses := f.courses()
	for i := range courses {
		courses[i].play(to)
	}
	f.at = to
}

// apply does what one event did.
func (f *fold) apply(e *Event, at int64, r *Record) {
	f.verdict = e.verdict(f.verdict)
	courses := f.courses()
	if e.Sub >= 0 && e.Sub < len(courses) && f.many != nil {
		courses = courses[e.Sub : e.Sub+1]
	}
	for i := range courses {
		courses[i].apply(e, at, r)
	}
}

// verdict is how somebody ended the whole task, after this event: forcing any
// part of it leaves the word to the parts again.
func (e *Event) verdict(before scenarios.Phase) scenarios.Phase {
	switch e.Kind {
	case Ended:
		return e.Phase
	case Forced:
		return ""
	}
	return before
}

// worthKeeping is how many edges a task must have had for its fold to be kept: to
// play fewer again costs less than the room for a fold in each of very many
// records.
const worthKeeping = 16

// fold is where the task stands at an instant, not before its creation. It uses and
// renews the record's memo, if there is one or is to be one; else the room that it
// is given.
func (t Task) fold(now int64, r *Record, room *fold) *fold {
	f := room
	if r != nil && r.memo != nil {
		f = r.memo
		if f.at <= now && f.task == t {
			f.advance(now, r)
			return f
		}
	}
	f.begin(t)
	f.advance(now, r)
	if r != nil && r.memo == nil && (f.many != nil || f.one[0].steps > worthKeeping) {
		kept := *f
		r.memo = &kept
		return r.memo
	}
	return f
}
