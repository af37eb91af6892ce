package plan

import (
	"math"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// Timeline is the course that one task takes.
type Timeline struct {
	Steps []Step `json:"steps"`
	More  bool   `json:"more,omitempty"` // there are further steps that nobody followed

	// Subtasks says for a task with subtasks where they come to rest: how many
	// in each state.
	Subtasks []Count `json:"subtasks,omitempty"`
}

// Step is one change of state: for a task with subtasks, of its phase.
type Step struct {
	State     string          `json:"state,omitempty"` // "" where the vendor forgets the task
	Phase     scenarios.Phase `json:"phase"`
	Forgotten bool            `json:"forgotten,omitempty"`

	// At is how long after the task's creation; nil from the first step on that
	// needed reads: then it depends on the client. Later is how long after the
	// step before, the reads between them not counted.
	At    *Length `json:"at_ms,omitempty"`
	Later Length  `json:"later_ms"`
	// Reads is how many reads since the step before show it unchanged. The next
	// read shows this step.
	Reads int `json:"reads,omitempty"`
}

// Count is how many subtasks, or tasks, came to something.
type Count struct {
	What  string `json:"what"`
	Count int    `json:"count"`
}

// Ends is where the last step leaves the task.
func (t *Timeline) Ends() string {
	if len(t.Steps) == 0 {
		return ""
	}
	last := t.Steps[len(t.Steps)-1]
	if last.Forgotten && len(t.Steps) > 1 {
		last = t.Steps[len(t.Steps)-2]
	}
	switch {
	case t.More:
		return "(more than could be followed)"
	case !last.Phase.Ended():
		return last.State + " for ever"
	}
	return last.State
}

// What is followed of one task at most: edges of each course (its own, or a
// subtask's), and reads.
const (
	maxSteps = 1000
	maxReads = 100_000
)

// Budget is how much work timelines may take in all: each time that the engine
// moves a task, or a subtask, costs 1. A new plan has NewBudget.
type Budget int

// NewBudget is enough for some hundred thousand plain tasks, and takes a second
// or two.
const NewBudget Budget = 1_000_000

// walk follows one task.
type walk struct {
	task     task.Task
	record   task.Record
	budget   *Budget
	window   time.Duration
	now      time.Time
	edges    int // so far
	reads    int // of the task in all
	since    int // of these, since the last step
	first    int // 1 if the read that led to the last step counts for the next
	last     time.Time
	timeline Timeline
}

// Timeline follows a task that lives by the lifecycle, or whose subtasks do.
// Its client reads only when time alone changes nothing more and all subtasks
// have begun.
func (p *Lifecycle) Timeline(t task.Task, b *Budget) Timeline {
	t.Created = origin
	w := &walk{task: t, budget: b, window: p.window(max(t.Subtasks, 1)), last: origin}
	w.pass(origin.Add(-1), origin) // its creation
	for w.wait() && w.read() {
	}
	if t.Subtasks > 0 && !w.timeline.More {
		w.count(p)
	}
	return w.timeline
}

// window is how much time may be asked of the engine at once. A lifecycle
// without a cycle has few edges in all eternity; one with a cycle, which takes
// scenarios.MinCycle or about that, could have any number.
func (p *Lifecycle) window(courses int) time.Duration {
	if !p.chain.cyclic() {
		return math.MaxInt64
	}
	rounds := min(maxSteps, 200_000/courses) / len(p.States)
	return time.Duration(max(rounds, 1)) * scenarios.MinCycle
}

// wait lets time change the task until it changes nothing more. It answers
// false where that is too much to follow.
func (w *walk) wait() bool {
	for {
		e, ok := w.task.NextEdge(w.now, &w.record)
		if !ok {
			return true
		}
		to := e.At
		if w.window > time.Duration(math.MaxInt64)-w.now.Sub(origin) {
			to = origin.Add(math.MaxInt64 - 1)
		} else if far := w.now.Add(w.window); far.After(to) {
			to = far
		}
		if !w.pass(w.now, to) {
			return false
		}
	}
}

// pass takes in what happens after an instant up to and with another. It stands
// afterwards at the last of it, so that time goes on from there after a read.
func (w *walk) pass(from, to time.Time) bool {
	edges := w.task.Edges(from, to, &w.record)
	w.now = to
	for _, e := range edges {
		w.now = e.At
		if e.Sub == task.Whole {
			w.step(e)
		}
	}
	courses := max(w.task.Subtasks, 1)
	*w.budget -= Budget(courses + len(edges))
	w.edges += len(edges)
	w.timeline.More = *w.budget <= 0 || w.edges > maxSteps*courses
	return !w.timeline.More
}

func (w *walk) step(e task.Edge) {
	s := Step{State: e.To, Phase: e.Phase, Forgotten: e.Expired, Reads: w.since}
	s.Later = Length(e.At.Sub(w.last).Truncate(time.Millisecond)) // see read
	if w.reads == 0 {
		at := Length(e.At.Sub(origin))
		s.At = &at
	}
	w.since, w.first, w.last = 0, 0, e.At
	w.timeline.Steps = append(w.timeline.Steps, s)
}

// read reads the task until something happens. It answers false where nothing
// does any more. Each read has an instant of its own, a nanosecond after what
// was before, so that what it causes can be told from that.
func (w *walk) read() bool {
	if !w.task.NeedsRecord() {
		return false
	}
	if begun := w.begun(); w.now.Before(begun) {
		w.now, w.last = begun, begun
	}
	w.since, w.first = w.since+w.first, 0
	for events := w.record.Len(); ; {
		before := w.now
		w.now = before.Add(1)
		w.task.Read(w.now, &w.record)
		reading := w.task.At(w.now, &w.record).Reads > 0
		w.reads++
		w.since++
		*w.budget -= Budget(max(w.task.Subtasks, 1))
		switch {
		case w.record.Len() > events:
			w.since-- // this one shows what comes now,
			steps := len(w.timeline.Steps)
			follow := w.pass(before, w.now)
			switch {
			case len(w.timeline.Steps) == steps:
				w.since++
			case reading:
				w.first = 1 // and is the first to do so
			}
			return follow
		case !reading:
			return false
		case w.reads >= maxReads || *w.budget <= 0:
			w.timeline.More = true
			return false
		}
	}
}

// begun is when all subtasks have begun, at most half of the engine's time.
func (w *walk) begun() time.Time {
	const most = math.MaxInt64 / 2
	later := time.Duration(max(w.task.Subtasks-1, 1))
	return origin.Add(min(w.task.Stagger, most/later) * later)
}

// count tells where the subtasks have come to rest.
func (w *walk) count(p *Lifecycle) {
	counts := make([]int, len(p.States))
	for _, s := range w.task.At(w.now, &w.record).Subtasks {
		counts[p.chain.index[s.State]]++
	}
	for i, n := range counts {
		if n > 0 {
			w.timeline.Subtasks = append(w.timeline.Subtasks, Count{p.States[i].Name, n})
		}
	}
}
