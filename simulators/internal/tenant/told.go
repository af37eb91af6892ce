package tenant

import (
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// told is what has been told of one task. There is none of a task that nothing
// has happened to: that is what time alone had done to it at alarm.since.
type told struct {
	at      time.Time       // the instant of the last look
	steps   []int           // edges so far, of each subtask, or of the task itself
	phase   scenarios.Phase // of a task with subtasks; "" before its creation
	expired bool
	next    time.Time // its place among those due; zero if it has none
}

func newTold(k task.Task, s task.Snapshot, at time.Time) *told {
	u := &told{at: at, steps: make([]int, max(k.Subtasks, 1))}
	if !s.Future {
		u.count(k, s)
	}
	return u
}

// count takes in a snapshot of a task that has been created.
func (u *told) count(k task.Task, s task.Snapshot) {
	if k.Subtasks == 0 {
		u.steps[0], u.expired = s.Steps, s.Expired
		return
	}
	for i := range s.Subtasks {
		u.steps[i] = s.Subtasks[i].Steps
	}
	u.phase, u.expired = s.Phase, s.Expired
}

// fresh are those edges that have not been told. The edges are all from the
// instant of the last look on, that instant included.
func (u *told) fresh(k task.Task, s task.Snapshot, edges []task.Edge, now time.Time) []task.Edge {
	old := make([]int, len(u.steps)) // how many of each course's edges were told before
	for _, e := range edges {
		if k.Subtasks == 0 || e.Sub != task.Whole {
			old[max(e.Sub, 0)]++
		}
	}
	for i := range old {
		steps := s.Steps
		if k.Subtasks > 0 {
			steps = s.Subtasks[i].Steps
		}
		old[i] -= steps - u.steps[i]
	}
	var out []task.Edge
	for _, e := range edges {
		if k.Subtasks == 0 || e.Sub != task.Whole {
			if course := max(e.Sub, 0); old[course] > 0 {
				old[course]--
				continue
			}
		} else if !u.turn(&e) {
			continue
		}
		out = append(out, e)
	}
	// At one instant the phase may have gone on and back between two looks, or
	// back behind what was told: then there is no edge that says so.
	if k.Subtasks > 0 && u.phase != s.Phase {
		e := task.Edge{At: now, Sub: task.Whole, To: string(s.Phase), Phase: s.Phase}
		u.turn(&e)
		out = append(out, e)
	}
	return out
}

// turn takes in an edge of a task with subtasks and makes it begin where the
// last one told ended. It answers false for one that tells nothing new.
func (u *told) turn(e *task.Edge) bool {
	if e.Expired {
		first := !u.expired
		u.expired = true
		return first
	}
	if e.Phase == u.phase {
		return false
	}
	e.From, u.phase = string(u.phase), e.Phase
	return true
}

// due is a task and the instant of its next edge.
type due struct {
	at  time.Time
	ref Ref
}

type dueHeap []due

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h dueHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *dueHeap) Push(x any)        { *h = append(*h, x.(due)) }
func (h *dueHeap) Pop() any {
	last := len(*h) - 1
	d := (*h)[last]
	*h = (*h)[:last]
	return d
}
