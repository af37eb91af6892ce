package admin

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
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
	end := now
	if len(course) > 0 {
		end = course[len(course)-1].At
	}
	text := t.way(e, known, course)
	if then, _ := t.tasks.Look(t.ref, end); len(then.Subtasks) > 0 && !then.Expired {
		text += "; " + t.parts(then, end)
	} else {
		text += ", " + stuck(then.Snapshot, t.tasks.Ways(t.ref, end))
	}
	if known {
		text += fmt.Sprintf("; POST %s/force puts it into a state", taskPath(t.tenant, t.vendor, t.id))
	}
	return text
}

// way are the changes of a course, of the task as a whole where it has subtasks.
func (t target) way(e tenant.Entry, known bool, course []task.Edge) string {
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
	if len(way) == 1 {
		return "by itself the task stays " + way[0]
	}
	return "by itself the task goes " + strings.Join(way, " -> ")
}

func stateName(state, phase string) string {
	if state != "" {
		return state
	}
	return phase
}

// parts say where the subtasks come by time alone, as they are at an instant: how
// many to which state, and what is the matter there.
func (t target) parts(e tenant.Entry, at time.Time) string {
	ways := map[int][]task.Way{}
	for _, w := range t.tasks.Ways(t.ref, at) {
		ways[w.Sub] = append(ways[w.Sub], w)
	}
	var kinds []string
	count := map[string]int{}
	for i := range e.Subtasks {
		s := &e.Subtasks[i]
		kind := fmt.Sprintf("%s, %s", s.State, stuck(*s, ways[i]))
		if count[kind]++; count[kind] == 1 {
			kinds = append(kinds, kind)
		}
	}
	for i, kind := range kinds {
		kinds[i] = fmt.Sprintf("%d of its %d parts come to %s", count[kind], len(e.Subtasks), kind)
	}
	return strings.Join(kinds, "; ")
}

// stuck says why time alone leads something no further than it is, from where its
// state may lead.
func stuck(s task.Snapshot, ways []task.Way) string {
	for _, w := range ways {
		switch {
		case !w.ByReads:
			return "and so on"
		case w.Drawn:
			return fmt.Sprintf("which only reads end: %d more show it, and the next finds %s", w.Reads, w.State)
		}
	}
	if s.Expired || s.Future || s.Phase.Ended() {
		return "which is its end"
	}
	return "which never ends"
}
