package task

import (
	"cmp"
	"slices"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// NextEdge is the next edge after an instant by time alone, of the task or, of
// several at once, of its first subtask; false if time changes no state any
// more. Of the record the same holds as for At.
func (t Task) NextEdge(now time.Time, r *Record) (Edge, bool) {
	at := t.offset(now)
	var room fold
	f := &room
	if at < 0 {
		f.begin(t)
	} else {
		f = t.fold(at, r, &room)
	}
	first := f.first()
	if first == nil {
		return Edge{}, false
	}
	var log log
	next := *first // a copy: asking is not living
	next.many, next.said, next.log = slices.Clone(first.many), nil, &log
	next.play(first.due())
	return t.edge(&log.steps[0]), true
}

// due is when time next changes the course's state: never if it does not.
func (c *course) due() int64 { return min(c.leave, c.forget) }

// first is the course whose state time changes next; nil if it changes none.
func (f *fold) first() *course {
	var first *course
	courses := f.courses()
	for i := range courses {
		c := &courses[i]
		if due := c.due(); due != never && (first == nil || due < first.due()) {
			first = c
		}
	}
	return first
}

// edge is a step as others see it.
func (t *Task) edge(s *step) Edge {
	sub := s.sub
	if t.Subtasks == 0 {
		sub = Whole
	}
	return Edge{At: t.instant(s.at), Sub: sub, From: s.from, To: s.to, Phase: s.phase, Expired: s.expired}
}

// Edges are exactly the edges with from < At <= to, in order of time; at one
// instant those of subtasks by their number, then the task's own. Of the record
// the same holds as for At.
func (t Task) Edges(from, to time.Time, r *Record) []Edge {
	if !to.After(from) {
		return nil
	}
	f := t.copyAt(t.offset(from), r)
	edges := []Edge{}
	f.follow().advance(t.offset(to), r, func(e Edge, _ *Reason) { edges = append(edges, e) })
	return edges
}

// copyAt is the task at an instant, before its creation too, as a copy without
// messages: what is asked of the future leaves the memo alone.
func (t Task) copyAt(at int64, r *Record) *fold {
	f := &fold{}
	if r != nil && r.memo != nil && r.memo.at <= at && r.memo.task == t {
		f = r.memo.copy()
	} else {
		f.begin(t)
	}
	f.advance(at, r)
	return f
}

// follower tells the edges of a fold that is played on.
type follower struct {
	fold  *fold
	log   log
	whole *summary // nil without subtasks
}

// follow tells the edges from where the fold stands.
func (f *fold) follow() *follower {
	w := &follower{fold: f}
	if f.many != nil {
		w.whole = newSummary(f)
	}
	courses := f.courses()
	for i := range courses {
		courses[i].log = &w.log
	}
	return w
}

// advance plays the fold on, as its own advance does, and tells each edge on the
// way in order.
func (w *follower) advance(to int64, r *Record, tell func(Edge, *Reason)) {
	w.log.steps = w.log.steps[:0]
	w.fold.advance(to, r)
	steps, t := w.log.steps, &w.fold.task
	if w.whole == nil {
		for i := range steps {
			tell(t.edge(&steps[i]), &steps[i].why)
		}
		return
	}
	slices.SortStableFunc(steps, func(a, b step) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.sub, b.sub)) })
	for i := range steps {
		s := &steps[i]
		tell(t.edge(s), &s.why)
		w.whole.step(s)
		if i+1 == len(steps) || steps[i+1].at > s.at {
			w.whole.edges(s.at, r, tell)
		}
	}
}

// summary follows a task with subtasks through the steps of those.
type summary struct {
	task    *Task
	tally   tally
	phases  []scenarios.Phase // of the subtasks
	started []bool
	phase   scenarios.Phase // the task's own; "" before creation
	verdict scenarios.Phase
	events  int
}

// newSummary begins where a fold stands.
func newSummary(f *fold) *summary {
	u := &summary{task: &f.task, tally: f.tally(), verdict: f.verdict, events: f.events}
	for i := range f.many {
		u.phases = append(u.phases, f.many[i].present())
		u.started = append(u.started, f.many[i].started != never)
	}
	if len(f.many) > 0 && f.many[0].steps > 0 {
		u.phase = u.tally.phase(u.verdict)
	}
	return u
}

// step takes in one step of one subtask.
func (u *summary) step(s *step) {
	u.tally.count(u.phases[s.sub], -1)
	u.tally.count(s.phase, 1)
	u.phases[s.sub] = s.phase
	if !u.started[s.sub] && s.phase != scenarios.Pending {
		u.started[s.sub] = true
		u.tally.started++
	}
	if s.expired {
		u.tally.gone++
	}
}

// edges tells the task's own at an instant of which all steps are in: at most
// one of its phase, and its being forgotten.
func (u *summary) edges(at int64, r *Record, tell func(Edge, *Reason)) {
	changed, gone := Reason{Cause: BySubtasks}, Reason{Cause: BySubtasks}
	for ; u.events < r.Len() && u.task.offset(r.history[u.events].At) <= at; u.events++ {
		e := &r.history[u.events]
		u.verdict = e.verdict(u.verdict)
		if e.Sub != Whole || u.task.offset(e.At) < at {
			continue
		}
		switch e.Kind {
		case Forced:
			changed.Cause = ByForce
		case Ended:
			changed.Cause = ByEnd
		case Expired:
			gone.Cause = ByOrder
		}
	}
	if u.phase == "" {
		changed.Cause = Created
	}
	when := u.task.instant(at)
	if phase := u.tally.phase(u.verdict); phase != u.phase {
		tell(Edge{At: when, Sub: Whole, From: string(u.phase), To: string(phase), Phase: phase}, &changed)
		u.phase = phase
	}
	if u.tally.gone == u.tally.all { // after which there are no steps, nor calls of this
		tell(Edge{At: when, Sub: Whole, From: string(u.phase), Phase: u.phase, Expired: true}, &gone)
	}
}
