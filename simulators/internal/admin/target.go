package admin

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// ended stands for every phase at which a task has come to an end.
const ended = "ended"

// target is a task in a state that somebody waits for.
type target struct {
	aTask
	tenant string
	id     string
	match  func(task.Snapshot) bool // of a task that its vendor knows
}

// target is the one that a member of the request names.
func (c *call) target(member string, want api.Target) (target, error) {
	k, err := c.having(member, want)
	if err != nil {
		return target{}, err
	}
	t := target{aTask: k, tenant: c.tenant.Name, id: want.Task}
	e, _ := k.tasks.Look(k.ref, c.tenant.Clock.Now())
	var states []string
	if len(e.Subtasks) == 0 { // a task with subtasks is in none
		states = k.tasks.States(k.ref)
	}
	inState := func(s task.Snapshot) bool { return false }
	switch phase := scenarios.Phase(want.State); {
	case slices.Contains(states, want.State):
		inState = func(s task.Snapshot) bool { return s.State == want.State }
	case want.State == ended:
		inState = func(s task.Snapshot) bool { return s.Phase.Ended() }
	case slices.Contains(scenarios.Phases, phase):
		inState = func(s task.Snapshot) bool { return s.Phase == phase }
	default:
		known := append(states, ended)
		for _, p := range scenarios.Phases {
			if !slices.Contains(known, string(p)) {
				known = append(known, string(p))
			}
		}
		return target{}, wrongValue(member+".state", "the task, of lifecycle %s, has no such state; it may be: %s",
			k.tasks.Lifecycle(k.ref), strings.Join(byLikeness(want.State, known), ", "))
	}
	t.match = func(s task.Snapshot) bool { return !s.Future && !s.Expired && inState(s) }
	return t, nil
}

// having is the task that a member of the request names: at the vendor named, or
// at the one vendor that has it.
func (c *call) having(member string, want api.Target) (aTask, error) {
	vendors := c.served()
	if want.Vendor != "" {
		if !slices.Contains(vendors, want.Vendor) {
			return aTask{}, c.noVendor(member+".vendor", want.Vendor)
		}
		vendors = []string{want.Vendor}
	}
	var found []aTask
	var names []string
	for _, vendor := range vendors {
		tasks := c.tenant.Tasks(vendor)
		if ref, ok := tasks.Find(want.Task); ok {
			found, names = append(found, aTask{vendor, tasks, ref}), append(names, vendor)
		}
	}
	switch len(found) {
	case 0:
		return aTask{}, problem(noSuchTask, "no task of this id at %s; see GET %s/tasks", strings.Join(vendors, ", "), tenantPath(c.tenant.Name))
	case 1:
		return found[0], nil
	}
	return aTask{}, problem(ambiguousTask, "%s have a task of this id; say which with %s.vendor", strings.Join(names, ", "), member)
}

// maxTold is how many changes of a course are told.
const maxTold = 8

// whereTo says how the task goes on from now, by time alone, and what is the
// matter in the end.
func (t target) whereTo(now time.Time, course []task.Edge) string {
	e, known := t.tasks.Look(t.ref, now)
	if e.Expired {
		return "the vendor has forgotten the task, for good"
	}
	course = slices.DeleteFunc(slices.Clone(course), func(edge task.Edge) bool { return len(e.Subtasks) > 0 && edge.Sub != task.Whole })
	way := []string{"not created yet"}
	if known {
		way[0] = stateName(e.State, string(e.Phase))
	}
	for i, edge := range course {
		if i == maxTold {
			way = append(way, fmt.Sprintf("... (%d more)", len(course)-maxTold))
			break
		}
		to := edge.To
		if edge.Expired {
			to = "forgotten"
		}
		way = append(way, fmt.Sprintf("%s (at %s)", to, written(edge.At)))
	}
	end := now
	if len(course) > 0 {
		end = course[len(course)-1].At
	}
	return fmt.Sprintf("time alone leads the task so: %s, %s; POST %s/force puts it into a state",
		strings.Join(way, " -> "), t.stuck(end), taskPath(t.tenant, t.vendor, t.id))
}

func stateName(state, phase string) string {
	if state != "" {
		return state
	}
	return phase
}

// stuck says why time alone leads a task no further than it is at an instant.
func (t target) stuck(at time.Time) string {
	e, known := t.tasks.Look(t.ref, at)
	var reads []string
	byTime := false
	for _, w := range t.tasks.Ways(t.ref, at) {
		byTime = byTime || !w.ByReads
		if !w.ByReads || !w.Drawn {
			continue
		}
		whose := ""
		if w.Sub != task.Whole {
			whose = fmt.Sprintf(" of subtask %d", w.Sub)
		}
		reads = append(reads, fmt.Sprintf("which only reads%s end: %d more show it, and the next finds %s", whose, w.Reads, w.State))
	}
	switch {
	case e.Expired || !known:
		return "which is its end"
	case len(reads) > 0:
		return reads[0]
	case byTime:
		return "and so on"
	case e.Phase.Ended():
		return "which is its end"
	}
	return "which never ends"
}
