package tenant

import (
	"slices"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// Set is the declared tasks of one scenario at one vendor. It is computed once
// and shared by the scenario's tenants; it holds templates, not tasks, so a
// million tasks declared by count cost as much as one. A tenant whose scenario
// was replaced has one of its own, made of both.
type Set struct {
	vendor    string
	ids       IDs
	templates []template
	written   map[string]int // written id -> template
	minted    []int          // the templates whose ids are minted
	reserved  []uint64       // written ids that are numbers too, ascending (IDs.Bits 0)
	total     int
	rules     []*scenarios.Task // how created tasks live, in the order written
	define    func(*scenarios.Task) *task.Definition
}

// template is one entry of a scenario's tasks: count tasks alike.
type template struct {
	spec    *scenarios.Task
	def     *task.Definition
	count   int
	skipped int       // how many of the entry's tasks stand in an earlier template
	first   int       // the number of its first task
	began   time.Time // what its creation is relative to; zero: the tenant's beginning
	counted bool      // reads matter to them
	stem    string    // their key, but for a number where the entry has several tasks
}

// luck is the luck of the template's task of an index: that of its key.
func (t *template) luck(seed int64, index int) uint64 {
	if t.spec.ID == "" && t.spec.Count > 1 {
		return task.LuckOfNth(seed, t.stem, t.skipped+index+1)
	}
	return task.LuckOf(seed, t.stem)
}

// Ref is the place of a task: the template and the index within it, or the index
// among those created. It stays the task's for as long as the tenant lives.
type Ref struct{ template, index int }

// Created tells whether a client, or a test in its place, created the task; else
// the scenario declares it.
func (r Ref) Created() bool { return r.template == onCreated }

// Index is the task's place among the tasks declared with it by count, from 0.
func (r Ref) Index() int { return r.index }

// newSet compiles the tasks of a scenario that exist at a vendor.
func newSet(vendor string, ids IDs, tasks []scenarios.Task, define func(*scenarios.Task) *task.Definition) *Set {
	s := &Set{vendor: vendor, ids: ids, written: map[string]int{}, define: define}
	for i := range tasks {
		spec := &tasks[i]
		if spec.Vendor != "" && spec.Vendor != vendor {
			continue
		}
		if spec.On != "" {
			s.rules = append(s.rules, spec)
			continue
		}
		t := template{spec: spec, def: define(spec), count: max(1, spec.Count), first: s.total, stem: entryKey(spec, vendor)}
		t.counted = task.Task{Definition: t.def}.NeedsRecord()
		s.add(t)
	}
	slices.Sort(s.reserved)
	return s
}

// add puts a template behind the others. Whoever adds sorts reserved afterwards.
func (s *Set) add(t template) {
	if id := t.spec.ID; id == "" {
		s.minted = append(s.minted, len(s.templates))
	} else {
		s.written[id] = len(s.templates)
		if n, ok := s.ids.Parse(id); ok && s.ids.Bits == 0 {
			s.reserved = append(s.reserved, n)
		}
	}
	s.templates = append(s.templates, t)
	s.total += t.count
}
