package tenant

import (
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// Declared is one entry of a world's tasks at a vendor, Count tasks alike, for
// those who want to know what a tenant will have without there being one.
type Declared struct {
	Spec  *scenarios.Task
	Count int

	tasks    *Tasks
	template int
}

// Declared are the entries of a vendor's tasks, in the order written, as a
// tenant has them that begins at an instant.
func (w *World) Declared(vendor string, began time.Time) []Declared {
	set := w.sets[vendor]
	if set == nil {
		return nil
	}
	stopped := clock.New(clock.NewManual(began), scenarios.ClockMode{Kind: scenarios.Frozen}, began)
	tasks := newTasks(set, w.Scenario.Seed, stopped, stopped.Began())
	var out []Declared
	for i, t := range set.templates {
		out = append(out, Declared{Spec: t.spec, Count: t.count, tasks: tasks, template: i})
	}
	return out
}

// Key is what the luck of the entry's task of this index, from 0, hangs on.
func (d *Declared) Key(index int) string { return d.Spec.Key(d.tasks.layout.Load().vendor, index) }

// ID is the id of the entry's task of this index.
func (d *Declared) ID(index int) string { return d.tasks.ID(Ref{d.template, index}) }

// Task is the entry's task of this index.
func (d *Declared) Task(index int) task.Task { return d.tasks.task(Ref{d.template, index}) }

// Limits are the rate limits that hold in the scenario's own clock mode.
func (w *World) Limits() []scenarios.Limit { return w.limitsFor(w.Scenario.Clock.Mode) }
