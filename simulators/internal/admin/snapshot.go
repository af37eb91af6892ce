package admin

import (
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// taskOf is a task in neutral words as it is at an instant, whether its vendor
// knows it or not.
func taskOf(vendor string, tasks *tenant.Tasks, ref tenant.Ref, now time.Time) api.Task {
	e, known := tasks.Look(ref, now)
	out := api.Task{
		Vendor: vendor, ID: e.ID, Name: e.Spec.Name, Lifecycle: tasks.Lifecycle(ref), Origin: "declared",
		State: e.State, Phase: string(e.Phase), Progress: e.Progress, Created: e.Created, Entered: e.Entered,
		Started: instant(e.Started), Ended: instant(e.Ended), Until: instant(e.Until),
		Reads: e.Reads, Known: known,
	}
	if ref.Created() {
		out.Origin = "created"
	}
	if e.Future {
		out.Entered = e.Created
	}
	if e.Error != nil {
		out.Error = &api.TaskError{Code: e.Error.Code, Message: e.Error.Message}
	}
	for _, m := range e.Messages {
		out.Messages = append(out.Messages, api.Message{At: m.At, Level: m.Level, Text: m.Text})
	}
	next := nextOf(tasks.Ways(ref, now))
	out.Next = next[task.Whole]
	for i, s := range e.Subtasks {
		out.Subtasks = append(out.Subtasks, api.Subtask{
			Number: i, State: s.State, Phase: string(s.Phase), Progress: s.Progress,
			Entered: s.Entered, Ended: instant(s.Ended), Next: next[i],
		})
	}
	return out
}

// nextOf sorts ways by the subtask whose they are.
func nextOf(ways []task.Way) map[int][]api.Next {
	out := map[int][]api.Next{}
	for _, w := range ways {
		n := api.Next{State: w.State, Phase: string(w.Phase), By: "time", At: instant(w.At), Weight: w.Weight, Drawn: w.Drawn}
		if w.ByReads {
			n.By, n.Reads = "reads", w.Reads
		}
		out[w.Sub] = append(out[w.Sub], n)
	}
	return out
}

// instant is nil for one that there is not.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
