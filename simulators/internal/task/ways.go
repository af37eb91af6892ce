package task

import (
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// Way is one state to which the present one may lead, by time or by reads.
// Being forgotten is no state.
type Way struct {
	Sub   int // which subtask, or Whole
	State string
	Phase scenarios.Phase

	ByReads bool
	At      time.Time // by time: when, as drawn; zero by reads
	Reads   int       // by reads: how many more still show the present state, before one shows this

	Weight int  // the chance, relative to the other ways'
	Drawn  bool // this is the way that it will go
}

// Ways are the states to which the task, or each subtask by its number, may go
// next if nobody interferes: none for one that stays, or that is forgotten before
// it leaves. Before the creation that is the first state. Of the record the same
// holds as for At.
func (t Task) Ways(now time.Time, r *Record) []Way {
	at := t.offset(now)
	var room fold
	f := &room
	if at < 0 {
		f.begin(t)
	} else {
		f = t.fold(at, r, &room)
	}
	var ways []Way
	courses := f.courses()
	for i := range courses {
		ways = append(ways, t.ways(&courses[i], r)...)
	}
	return ways
}

// ways are those of one course.
func (t *Task) ways(c *course, r *Record) []Way {
	s := &c.l.states[c.state]
	base := Way{Sub: Whole}
	if t.Subtasks > 0 {
		base.Sub = c.sub
	}
	switch {
	case c.expired:
		return nil
	case c.steps == 0 || c.waiting:
		base.At, base.State, base.Phase = t.instant(c.leave), s.name, s.phase
		base.Weight, base.Drawn = 1, true
		if c.steps == 0 && c.birth > 0 {
			base.Phase = scenarios.Pending // it waits for its turn first
		}
		return []Way{base}
	case s.polls > 0:
		base.ByReads, base.Reads = true, s.polls-r.readsIn(c).count
	case c.leave == never || c.forget <= c.leave:
		return nil
	default:
		base.At = t.instant(c.leave)
	}
	ways := make([]Way, len(s.ways))
	for i, b := range s.ways {
		way := base
		way.State, way.Phase, way.Weight = b.State, c.l.states[s.to[i].state].phase, b.Weight
		way.Drawn = i == c.branch(s)
		ways[i] = way
	}
	return ways
}
