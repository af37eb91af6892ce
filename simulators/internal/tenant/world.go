package tenant

import (
	"cmp"
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
	vendors    []*VendorWorld    // few, so they are looked for one after the other
	limits     []scenarios.Limit // as they hold on a running clock
}

// VendorWorld is what a scenario says of one vendor, worked out once for all its
// requests. It must not be changed.
type VendorWorld struct {
	World   *World
	Name    string         // of the vendor
	Serves  bool           // the scenario is for it
	Profile string         // Documented or Observed
	Options Options        // nil where it is not for it
	Auth    scenarios.Auth // what it says about credentials and tokens
}

// NewWorld compiles a checked scenario.
func NewWorld(s *scenarios.Scenario, vendors []Vendor, own *fixtures.Own) *World {
	w := &World{
		Scenario: s, Own: own,
		lifecycles: map[string]*task.Lifecycle{}, sets: map[string]*Set{},
	}
	for name, l := range s.Lifecycles {
		w.lifecycles[name] = task.Compile(name, l)
	}
	for _, v := range vendors {
		of := w.newVendor(v.Name)
		w.vendors = append(w.vendors, of)
		if !of.Serves {
			continue
		}
		of.Options = Options{}
		maps.Copy(of.Options, v.Options)
		maps.Copy(of.Options, s.Options[v.Name])
		tasks := s.Tasks
		if tasks == nil {
			tasks = w.examples(v.Examples)
		}
		w.sets[v.Name] = newSet(v.Name, v.IDs, tasks, w.define)
		if s.Limits == nil && v.Limits != nil {
			for _, l := range v.Limits(of.Options) {
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

// Vendor is what the scenario says of a vendor, also of one that it is not for.
func (w *World) Vendor(name string) *VendorWorld {
	for _, of := range w.vendors {
		if of.Name == name {
			return of
		}
	}
	return w.newVendor(name)
}

func (w *World) newVendor(name string) *VendorWorld {
	return &VendorWorld{
		World: w, Name: name, Serves: slices.Contains(w.Scenario.Vendors, name),
		Profile: cmp.Or(w.Scenario.Profiles[name], Documented), Auth: w.Scenario.AuthOf(name),
	}
}

// Serves tells whether the scenario is for a vendor.
func (w *World) Serves(vendor string) bool { return w.Vendor(vendor).Serves }

// Options are a vendor's options in this scenario.
func (w *World) Options(vendor string) Options { return w.Vendor(vendor).Options }

// The profiles: what the vendor's page says, and what it really answers.
const (
	Documented = "documented"
	Observed   = "observed"
)

// Profile is documented or observed.
func (w *World) Profile(vendor string) string { return w.Vendor(vendor).Profile }

// limitsFor are the limits that hold in a clock mode: on a frozen clock no
// window would ever pass, so only what the scenario itself writes holds there.
func (w *World) limitsFor(mode scenarios.ClockMode) []scenarios.Limit {
	if mode.Kind == scenarios.Frozen && w.Scenario.Limits == nil {
		return nil
	}
	return w.limits
}
