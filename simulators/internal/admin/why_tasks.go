package admin

import (
	"fmt"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// How much is explained of an answer: so many of its tasks, each by its latest
// steps.
const (
	maxWhyTasks = 20
	maxWhySteps = 100
)

// tasks explain how the tasks of the answer came to be as it shows them.
func (q *question) tasks() []api.WhyTask {
	var all []api.WhyTask
	for _, shown := range q.entry.Tasks {
		if w, known := q.task(shown); known && len(all) < maxWhyTasks {
			all = append(all, w)
		}
	}
	return all
}

func (q *question) task(shown journal.Shown) (api.WhyTask, bool) {
	tasks := q.tenant.Tasks(q.Name)
	if tasks == nil {
		return api.WhyTask{}, false // the scenario was replaced by one without the vendor
	}
	ref, found := tasks.Find(shown.ID)
	if !found {
		return api.WhyTask{}, false
	}
	at := q.entry.At
	shot, steps := snapshotAt(tasks, ref, at), tasks.Explain(ref, at)
	if shown.State != shot.State { // on a clock that stands, more happened at this instant, after the answer
		steps = until(steps, shown.State, at)
		shot = snapshotAt(tasks, ref, at.Add(-1))
		shot.Until = time.Time{}
		if len(steps) > 0 {
			shot.Entered = steps[len(steps)-1].At
		}
	}
	w := api.WhyTask{
		ID: shown.ID, State: shown.State, Phase: shown.Phase, Entered: shot.Entered, Progress: shot.Progress, Steps: []api.WhyStep{},
	}
	if !shot.Until.IsZero() {
		w.Until = &shot.Until
	}
	for _, s := range steps[max(len(steps)-maxWhySteps, 0):] {
		w.Steps = append(w.Steps, stepOf(s))
	}
	return w, true
}

// until are the steps without those of an instant that follow the one into a
// state.
func until(steps []task.Step, state string, at time.Time) []task.Step {
	for n := len(steps); n > 0; n-- {
		if steps[n-1].To == state {
			return steps[:n]
		}
		if !steps[n-1].At.Equal(at) {
			break
		}
	}
	return steps
}

// snapshotAt is a task at an instant that may be past, which a look never is.
// What can be reached from an instant on begins with how the task is then.
func snapshotAt(tasks *tenant.Tasks, ref tenant.Ref, at time.Time) task.Snapshot {
	var shot task.Snapshot
	tasks.Reach(ref, at, func(s task.Snapshot) bool { shot = s; return true })
	return shot
}

func stepOf(s task.Step) api.WhyStep {
	w := api.WhyStep{At: s.At, From: s.From, To: s.To, Because: becauseOf(s)}
	if s.Sub != task.Whole {
		w.Subtask = &s.Sub
	}
	return w
}

// becauseOf says in words why a step happened.
func becauseOf(s task.Step) string {
	r := s.Reason
	switch r.Cause {
	case task.Created:
		return "it began to exist"
	case task.ByTime:
		if r.After == nil {
			return fmt.Sprintf("after %s it was this subtask's turn", r.Length)
		}
		return fmt.Sprintf("after %s, %s (visit %d)%s", r.Length, drawnFrom(*r.After), r.Visit+1, way(s))
	case task.ByRead:
		return fmt.Sprintf("it had been read %s in state %s; the next read ended it (visit %d)%s", times(r.Reads), s.From, r.Visit+1, way(s))
	case task.ByForce:
		return "the control API forced it"
	case task.ByEnd:
		return "a client or the control API ended it"
	case task.ByExpiry:
		if r.After == nil {
			return "the vendor forgot it when its time was over"
		}
		return fmt.Sprintf("the vendor forgot it %s after its end, %s", r.Length, drawnFrom(*r.After))
	case task.ByOrder:
		return "a client or the control API made the vendor forget it"
	}
	return "it follows from its subtasks"
}

// way says which of several ways out of a state was drawn.
func way(s task.Step) string {
	if s.Reason.Of == 0 {
		return ""
	}
	for _, b := range s.Reason.Branches {
		if b.State == s.To {
			return fmt.Sprintf("; branch %s drawn with weight %d of %d", s.To, b.Weight, s.Reason.Of)
		}
	}
	return ""
}

// drawnFrom says where a length of time comes from.
func drawnFrom(d scenarios.Duration) string {
	switch {
	case d.P50 > 0:
		return fmt.Sprintf("drawn from a distribution with median %s and 95th percentile %s", d.P50, d.P95)
	case d.Min == d.Max:
		return "as the scenario says"
	}
	return fmt.Sprintf("drawn from %s..%s", d.Min, d.Max)
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// stands says in a sentence how a task stands in the answer, and why.
func stands(w api.WhyTask) string {
	text := fmt.Sprintf("task %s is %s since %s", w.ID, stateName(w.State, w.Phase), written(w.Entered))
	for i := len(w.Steps) - 1; i >= 0; i-- {
		if w.Steps[i].Subtask == nil {
			return text + ": " + w.Steps[i].Because
		}
	}
	return text
}
