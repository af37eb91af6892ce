package task

import (
	"slices"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// Cause says what made an edge happen.
type Cause uint8

// The causes.
const (
	Created    Cause = iota + 1 // it began to exist
	ByTime                      // the state had lasted its time
	ByRead                      // a read more than the state shows itself to
	ByForce                     // somebody put it into the state
	ByEnd                       // somebody ended it
	ByExpiry                    // the vendor forgot it when its time was over
	ByOrder                     // somebody made the vendor forget it
	BySubtasks                  // the task's own follows from its subtasks'
)

// Step is an edge and why it happened.
type Step struct {
	Edge
	Reason Reason
}

// Reason says why an edge happened. What After and Branches point to is shared:
// it is to be read, never written. The task's own edge, where it has subtasks,
// has a Cause alone: Created, BySubtasks, or what somebody did to the whole task.
type Reason struct {
	Cause Cause
	Visit int // which visit of the state left behind, from 0

	// Length is, ByTime, how long that state lasted, as drawn; ByExpiry, for how
	// long from its end on the vendor kept it, as drawn. After is what it was drawn
	// from: nil where a subtask ends its wait for its turn, for which nothing is
	// drawn.
	Length time.Duration
	After  *scenarios.Duration

	Reads int // ByRead: how many reads had shown the state left behind

	// ByTime and ByRead: the ways out of the state left behind, nil where there is
	// one. Drew is the draw among them, below Of, the sum of their weights: the
	// first n draws fall to the first way if its weight is n, and so on.
	Branches []scenarios.Branch
	Drew, Of uint64
}

// log keeps edges in the engine's own time.
type log struct {
	steps []step
	why   Reason // of the next one
}

// step is an edge in the engine's own time.
type step struct {
	at       int64
	sub      int
	from, to string
	phase    scenarios.Phase
	expired  bool
	why      Reason
}

func (g *log) add(at int64, sub int, from, to string, phase scenarios.Phase, expired bool) {
	g.steps = append(g.steps, step{at, sub, from, to, phase, expired, g.why})
}

// because says why the edge happens that comes next, if anybody wants to know.
// The present state is the one to be left behind.
func (c *course) because(cause Cause, reads int) {
	if c.log != nil {
		c.log.why = c.reason(cause, reads)
	}
}

// reason is because's, in words for others. It draws again what the course has
// drawn, by the same functions: a draw depends on nothing but its key.
func (c *course) reason(cause Cause, reads int) Reason {
	why := Reason{Cause: cause, Reads: reads}
	switch {
	case c.steps == 0:
		return why
	case c.waiting:
		if cause == ByTime {
			why.Length = time.Duration(c.birth)
		}
		return why
	}
	s := &c.l.states[c.state]
	why.Visit = int(c.visit)
	switch cause {
	case ByTime:
		why.Length, why.After = time.Duration(c.length), s.lasts
	case ByExpiry:
		why.Length, why.After = time.Duration(c.kept(s)), s.kept
	}
	if (cause == ByTime || cause == ByRead) && len(s.to) > 1 {
		why.Branches, why.Drew, why.Of = s.ways, c.drew(s), s.weights
	}
	return why
}

// maxExplained is how many steps are explained: the latest.
const maxExplained = 1000

// Explain is every edge up to now, creation included, and why it happened, in
// the order of Edges: at most the 1000 latest. Of the record the same holds as
// for At.
func (t Task) Explain(now time.Time, r *Record) []Step {
	end := t.offset(now)
	if end < 0 {
		return nil
	}
	var steps []Step
	f := t.latest(end, maxExplained, r)
	f.follow().advance(end, r, func(e Edge, why *Reason) { steps = append(steps, Step{e, *why}) })
	return steps[max(len(steps)-maxExplained, 0):]
}

// latest is a fold of the task that has at least n steps to go until an instant,
// if there are so many, and not many more. It halves the time in which they lie:
// all halves together are played once.
func (t Task) latest(end int64, n int, r *Record) *fold {
	var room fold
	f, total := &fold{}, t.fold(end, r, &room).steps()
	f.begin(t)
	for to := end; to-f.at > 1 && total-f.steps() > 2*n; {
		middle := f.copy()
		middle.advance(f.at+(to-f.at)/2, r)
		if total-middle.steps() >= n {
			f = middle
		} else {
			to = middle.at
		}
	}
	return f
}

// steps are the edges so far, a task's own with subtasks not counted.
func (f *fold) steps() int {
	n := 0
	courses := f.courses()
	for i := range courses {
		n += courses[i].steps
	}
	return n
}

// copy is a fold that can be played on without touching this one. It has no
// messages.
func (f *fold) copy() *fold {
	g := *f
	g.many = slices.Clone(f.many)
	courses := g.courses()
	for i := range courses {
		courses[i].many, courses[i].said, courses[i].log = slices.Clone(courses[i].many), nil, nil
	}
	return &g
}
