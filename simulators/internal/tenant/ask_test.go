package tenant

import (
	"slices"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// What is asked of a task is asked of the one with its history, and changes
// nothing of it.
func TestAsking(t *testing.T) {
	n, tasks, source := tasksOf(t, "name: served"+life+"tasks: [{id: a}, {id: b, lifecycle: timed}, {id: c, lifecycle: lucky, subtasks: {count: 2}}]", "acme")
	a, b := find(t, tasks, "a"), find(t, tasks, "b")
	for range 3 {
		read(tasks, a)
	}
	if err := tasks.Force(b, n.Clock.Now(), task.Whole, "running"); err != nil {
		t.Fatal(err)
	}
	made := create(t, tasks, n.Clock.Now(), Creation{Operation: "scan"})
	if tasks.Total() != 4 || tasks.Lifecycle(a) != "counted" || tasks.Lifecycle(b) != "timed" || tasks.Lifecycle(find(t, tasks, "c")) != "lucky" || tasks.Lifecycle(made.Ref) != "counted" {
		t.Errorf("%d tasks, %s, %s", tasks.Total(), tasks.Lifecycle(a), tasks.Lifecycle(b))
	}
	if h := tasks.History(a); len(h) != 1 || h[0].Kind != task.Crossed {
		t.Errorf("history of a: %v", h)
	}
	if h := tasks.History(b); len(h) != 1 || h[0].Kind != task.Forced {
		t.Errorf("history of b: %v", h)
	}
	if h := tasks.History(made.Ref); len(h) != 0 {
		t.Errorf("history of the created one: %v", h)
	}
	steps := tasks.Explain(a, n.Clock.Now())
	if len(steps) != 2 || steps[0].Reason.Cause != task.Created || steps[1].Reason.Cause != task.ByRead {
		t.Errorf("a is explained as %+v", steps)
	}
	at, course, ok := tasks.Reach(a, n.Clock.Now(), func(s task.Snapshot) bool { return s.State == "done" })
	if !ok || !at.Equal(start.Add(10*s)) || len(course) != 1 || course[0].To != "done" {
		t.Errorf("a is done at %v: %v %v", at, course, ok)
	}
	if _, _, ok := tasks.Reach(a, n.Clock.Now(), func(s task.Snapshot) bool { return s.State == "queued" }); ok {
		t.Error("a goes back")
	}
	ways := tasks.Ways(b, n.Clock.Now())
	if len(ways) != 1 || ways[0].State != "done" || !ways[0].At.Equal(start.Add(10*s)) {
		t.Errorf("ways of b: %+v", ways)
	}
	_ = source.Advance(time.Hour)
	later := n.Clock.Now()
	for ref := range tasks.All() {
		tasks.Explain(ref, later)
		tasks.Ways(ref, later)
		tasks.Reach(ref, later, func(task.Snapshot) bool { return false })
	}
	if e, _ := tasks.Look(a, start); e.State != "running" || e.Reads != 0 {
		t.Errorf("asking moved it: %+v", e)
	}
}

// A task's ref says where it comes from and leads back to it.
func TestRefs(t *testing.T) {
	_, tasks, _ := tasksOf(t, "name: served"+life+"tasks: [{id: a}, {count: 2}]", "acme")
	create(t, tasks, start, Creation{Operation: "scan"})
	var created []bool
	for ref := range tasks.All() {
		e, ok := tasks.Look(ref, start)
		if !ok || e.Ref != ref {
			t.Errorf("%v is shown as %v", ref, e.Ref)
		}
		created = append(created, ref.Created())
	}
	if !slices.Equal(created, []bool{false, false, false, true}) {
		t.Errorf("created: %v", created)
	}
}
