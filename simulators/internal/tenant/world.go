package tenant

import (
	"maps"
	"slices"

	"github.com/vendorsim/vendorsim/fixtures"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// Vendor is what tenants need to know of a vendor.
type Vendor struct {
	Name     string
	IDs      IDs
	Examples []scenarios.Task // the tasks of its documentation, where a scenario leaves tasks out
	Options  map[string]any   // its declared options with their defaults
	Limits   func(Options) []scenarios.Limit
}

// Options are the values of one vendor's options.
type Options map[string]any

// String is the value of a text option.
func (o Options) String(name string) string { s, _ := o[name].(string); return s }

// Bool is the value of a true-or-false option.
func (o Options) Bool(name string) bool { b, _ := o[name].(bool); return b }

// Int is the value of a number option.
func (o Options) Int(name string) int {
	switch n := o[name].(type) {
	case int:
		return n
	case float64:
		return int(n)
	}
	return 0
}

// World is a scenario made ready: compiled once, shared by all its tenants.
type World struct {
	Scenario *scenarios.Scenario
	Own      *fixtures.Own // the user's own fixtures, or nil

	lifecycles map[string]*task.Lifecycle
	sets       map[string]*Set
	options    map[string]Options
	limits     []scenarios.Limit // as they hold on a running clock
}

// NewWorld compiles a checked scenario.
func NewWorld(s *scenarios.Scenario, vendors []Vendor, own *fixtures.Own) *World {
	w := &World{
		Scenario: s, Own: own,
		lifecycles: map[string]*task.Lifecycle{}, sets: map[string]*Set{}, options: map[string]Options{},
	}
	for name, l := range s.Lifecycles {
		w.lifecycles[name] = task.Compile(name, l)
	}
	for _, v := range vendors {
		if !w.Serves(v.Name) {
			continue
		}
		options := Options{}
		maps.Copy(options, v.Options)
		maps.Copy(options, s.Options[v.Name])
		w.options[v.Name] = options
		tasks := s.Tasks
		if tasks == nil {
			tasks = w.examples(v.Examples)
		}
		w.sets[v.Name] = newSet(v.Name, v.IDs, tasks, w.define)
		if s.Limits == nil && v.Limits != nil {
			for _, l := range v.Limits(options) {
				l.Vendor = v.Name // a vendor's own limits are not another's
				w.limits = append(w.limits, l)
			}
		}
	}
	if s.Limits != nil {
		w.limits = s.Limits
	}
	return w
}

// examples are a vendor's example tasks with the lifecycles that this scenario
// has: an example that asks for one of its own ("waiting") lives by it only
// where there is one.
func (w *World) examples(examples []scenarios.Task) []scenarios.Task {
	out := make([]scenarios.Task, len(examples))
	for i, e := range examples {
		if w.lifecycles[e.Lifecycle] == nil {
			e.Lifecycle = w.Scenario.Default
		}
		out[i] = e
	}
	return out
}

func (w *World) define(t *scenarios.Task) *task.Definition {
	d := &task.Definition{Lifecycle: w.lifecycles[w.Scenario.LifecycleOf(*t)]}
	if t.Subtasks != nil {
		d.Subtasks, d.Stagger = t.Subtasks.Count, t.Subtasks.Stagger
	}
	return d
}

// Serves tells whether the scenario is for a vendor.
func (w *World) Serves(vendor string) bool {
	return slices.Contains(w.Scenario.Vendors, vendor)
}

// Options are a vendor's options in this scenario.
func (w *World) Options(vendor string) Options { return w.options[vendor] }

// The profiles: what the vendor's page says, and what it really answers.
const (
	Documented = "documented"
	Observed   = "observed"
)

// Profile is documented or observed.
func (w *World) Profile(vendor string) string {
	if p := w.Scenario.Profiles[vendor]; p != "" {
		return p
	}
	return Documented
}

// limitsFor are the limits that hold in a clock mode: on a frozen clock no
// window would ever pass, so only what the scenario itself writes holds there.
func (w *World) limitsFor(mode scenarios.ClockMode) []scenarios.Limit {
	if mode.Kind == scenarios.Frozen && w.Scenario.Limits == nil {
		return nil
	}
	return w.limits
}
