package task

import (
	"errors"
	"slices"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// What a forced change of a task may be refused for.
var (
	ErrState   = errors.New("the lifecycle has no such state")
	ErrPhase   = errors.New("not a way to end: want succeeded, warning, failed or cancelled")
	ErrSubtask = errors.New("the task has no such subtask")
	ErrUnknown = errors.New("the task does not exist yet, or has been forgotten")
	ErrEnded   = errors.New("the task has ended already")
)

// Record is the mutable part of one task: the history of what reads and people
// did to it, and the count of reads in its present state. The zero value is
// ready. It has no lock of its own: its owner's lock guards it, and everything
// that is given a record may write to it, At and Edges too.
//
// No event is earlier than the one before it: what comes with an earlier
// instant happens at the instant of the last event. Reads that ended no state
// have no instant: whoever asks for one before them is told their count too.
type Record struct {
	history []Event
	reads   counts

	// memo is the fold of the last instant asked for, so that the next one need
	// not start from the creation; nil of a task that is soon played again. It is
	// never the truth: without it, or for an earlier instant, everything comes out
	// the same.
	memo *fold
}

// counts are the counts of state entries that have any. Most tasks have one, and
// there may be very many tasks.
type counts struct {
	one  entry
	have counted // of one; no count: there is none
	more map[entry]counted
}

func (s *counts) of(key entry) counted {
	if s.have.count > 0 && s.one == key {
		return s.have
	}
	return s.more[key]
}

func (s *counts) set(key entry, have counted) {
	if _, elsewhere := s.more[key]; !elsewhere && (s.have.count == 0 || s.one == key) {
		s.one, s.have = key, have
		return
	}
	if s.more == nil {
		s.more = map[entry]counted{}
	}
	s.more[key] = have
}

func (s *counts) drop(key entry) {
	if s.one == key {
		s.have = counted{}
	}
	delete(s.more, key)
}

// entry is one state entry: which course, and how many edges it had had.
type entry struct{ sub, steps int }

// counted is how often a state entry was read, and when a read last moved its
// progress (nanoseconds after creation; 0: never).
type counted struct {
	count int
	moved int64
}

// History is a copy of the events so far.
func (r *Record) History() []Event {
	if r == nil {
		return nil
	}
	return slices.Clone(r.history)
}

// Len is how many events there are.
func (r *Record) Len() int {
	if r == nil {
		return 0
	}
	return len(r.history)
}

// NeedsRecord tells whether reads matter to the task. One of which they do not
// needs a record only once somebody forces it.
func (t Task) NeedsRecord() bool { return t.Lifecycle.counted }

// Read counts one read of the task at an instant: of each of its subtasks that
// has begun. A read of a counted state that has had its reads ends that state
// first; the state after it, if it is counted too, counts this read as its
// first. On a task of which reads do not matter it does nothing.
func (t Task) Read(now time.Time, r *Record) {
	if r == nil || !t.Lifecycle.counted {
		return
	}
	at := max(t.offset(now), r.last(t))
	if at < 0 {
		return
	}
	f := t.fold(at, r, &fold{})
	courses := f.courses()
	for i := range courses {
		r.read(f, &courses[i], at)
	}
}

// read counts one read of one course.
func (r *Record) read(f *fold, c *course, at int64) {
	s := &c.l.states[c.state]
	if c.expired || c.birth > at || s.polls == 0 {
		return
	}
	key := entry{c.sub, c.steps}
	have := r.reads.of(key)
	if have.count < s.polls {
		r.count(c, key, have, at)
		return
	}
	r.reads.drop(key) // history says it from now on
	sub := c.sub
	if f.many == nil {
		sub = Whole
	}
	r.history = append(r.history, Event{At: f.task.instant(at), Kind: Crossed, Sub: sub})
	f.events++
	c.cross(at, s.polls)
	c.play(at)
	if key := (entry{c.sub, c.steps}); !c.expired && c.l.states[c.state].polls > 0 {
		r.count(c, key, r.reads.of(key), at)
	}
}

func (r *Record) count(c *course, key entry, have counted, at int64) {
	before := c.progress(at, have.count)
	have.count++
	if c.progress(at, have.count) != before {
		have.moved = at
	}
	r.reads.set(key, have)
}

// readsIn is how often the course's present state was read.
func (r *Record) readsIn(c *course) counted {
	if r == nil {
		return counted{}
	}
	return r.reads.of(entry{c.sub, c.steps})
}

// last is the offset of the last event; before any, of the dawn of time.
func (r *Record) last(t Task) int64 {
	if len(r.history) == 0 {
		return -never
	}
	return t.offset(r.history[len(r.history)-1].At)
}

// forced tells whether somebody forced anything.
func (r *Record) forced() bool {
	return r != nil && slices.ContainsFunc(r.history, func(e Event) bool { return e.Kind == Forced })
}

// Force puts a subtask, or with Whole the task or all its subtasks, into a
// state. The state starts anew at this instant, as another visit; what time
// would have done afterwards is cut off. Errors: ErrState, ErrSubtask,
// ErrUnknown.
func (r *Record) Force(now time.Time, t Task, sub int, state string) error {
	if !t.Lifecycle.Has(state) {
		return ErrState
	}
	if sub != Whole && (sub < 0 || sub >= t.Subtasks) {
		return ErrSubtask
	}
	shot, err := r.known(now, t)
	if err != nil {
		return err
	}
	if sub != Whole && shot.Subtasks[sub].Expired {
		return ErrUnknown
	}
	r.add(now, t, Event{Kind: Forced, Sub: sub, State: state})
	return nil
}

// End ends the task in a phase, as a cancel does: in the lifecycle's first end
// of that phase, else in a bare state of the phase's name. Subtasks that have
// ended keep their end; the task as a whole is in the phase all the same.
// Errors: ErrPhase, ErrUnknown, ErrEnded.
func (r *Record) End(now time.Time, t Task, phase scenarios.Phase) error {
	if !phase.Ended() {
		return ErrPhase
	}
	shot, err := r.known(now, t)
	if err != nil {
		return err
	}
	if shot.Phase.Ended() {
		return ErrEnded
	}
	r.add(now, t, Event{Kind: Ended, Sub: Whole, Phase: phase})
	return nil
}

// Expire makes the vendor forget the task, now and for good. One that does not
// exist yet or is forgotten already stays as it is.
func (r *Record) Expire(now time.Time, t Task) {
	if _, err := r.known(now, t); err == nil {
		r.add(now, t, Event{Kind: Expired, Sub: Whole})
	}
}

// known is the task now, if the vendor knows it.
func (r *Record) known(now time.Time, t Task) (Snapshot, error) {
	at := max(t.offset(now), r.last(t))
	if at < 0 {
		return Snapshot{}, ErrUnknown
	}
	shot := t.At(t.instant(at), r)
	if shot.Expired {
		return shot, ErrUnknown
	}
	return shot, nil
}

func (r *Record) add(now time.Time, t Task, e Event) {
	e.At = t.instant(max(t.offset(now), r.last(t)))
	r.history = append(r.history, e)
}
