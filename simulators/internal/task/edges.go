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
	var first *course
	courses := f.courses()
	for i := range courses {
		c := &courses[i]
		if due := min(c.leave, c.forget); due != never && (first == nil || due < min(first.leave, first.forget)) {
			first = c
		}
	}
	if first == nil {
		return Edge{}, false
	}
	var log []step
	next := *first // a copy: asking is not living
	next.many, next.said, next.log = slices.Clone(first.many), nil, &log
	next.play(min(first.leave, first.forget))
	return t.edge(log[0]), true
}

// edge is a step as others see it.
func (t *Task) edge(s step) Edge {
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
	start, end := t.offset(from), t.offset(to)
	var room fold
	f := &room
	if r != nil && r.memo.begun && r.memo.at <= start && r.memo.task == t {
		*f = r.memo // a copy: what is asked of the future leaves the memo alone
		f.many = slices.Clone(r.memo.many)
	} else {
		f.begin(t)
	}
	courses := f.courses()
	for i := range courses {
		courses[i].many, courses[i].said = slices.Clone(courses[i].many), nil
	}
	f.advance(start, r)
	whole := newSummary(f)
	var log []step
	for i := range courses {
		courses[i].log = &log
	}
	f.advance(end, r)
	slices.SortStableFunc(log, func(a, b step) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.sub, b.sub)) })
	edges := make([]Edge, 0, len(log))
	for i, s := range log {
		edges = append(edges, t.edge(s))
		if t.Subtasks > 0 {
			whole.step(s)
			if i+1 == len(log) || log[i+1].at > s.at {
				edges = append(edges, whole.edges(s.at, r)...)
			}
		}
	}
	return edges
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
func (u *summary) step(s step) {
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

// edges are the task's own at an instant of which all steps are in: at most one
// of its phase, and its being forgotten.
func (u *summary) edges(at int64, r *Record) []Edge {
	for ; u.events < r.Len() && u.task.offset(r.history[u.events].At) <= at; u.events++ {
		u.verdict = r.history[u.events].verdict(u.verdict)
	}
	var edges []Edge
	when := u.task.instant(at)
	if phase := u.tally.phase(u.verdict); phase != u.phase {
		edges = append(edges, Edge{At: when, Sub: Whole, From: string(u.phase), To: string(phase), Phase: phase})
		u.phase = phase
	}
	if u.tally.gone == u.tally.all { // after which there are no steps, nor calls of this
		edges = append(edges, Edge{At: when, Sub: Whole, From: string(u.phase), Phase: u.phase, Expired: true})
	}
	return edges
}
