package tenant

import (
	"slices"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// Set is the declared tasks of one scenario at one vendor. It is computed once
// and shared by the scenario's tenants; it holds templates, not tasks, so a
// million tasks declared by count cost as much as one.
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
	first   int  // how many tasks stand before it
	counted bool // reads matter to them
}

// Ref is the place of a declared task: the template and the index within it.
type Ref struct{ template, index int }

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
		t := template{spec: spec, def: define(spec), count: max(1, spec.Count), first: s.total}
		t.counted = task.Task{Definition: t.def}.NeedsRecord()
		if spec.ID == "" {
			s.minted = append(s.minted, len(s.templates))
		} else {
			s.written[spec.ID] = len(s.templates)
			if n, ok := ids.Parse(spec.ID); ok && ids.Bits == 0 {
				s.reserved = append(s.reserved, n)
			}
		}
		s.templates = append(s.templates, t)
		s.total += t.count
	}
	slices.Sort(s.reserved)
	return s
}

// block is a run of numbers that one template's tasks have for ids.
type block struct {
	from     uint64
	template int
}

// blocks gives each minted template the next free run of numbers, in the order
// of creation; ascending.
func (s *Set) blocks(created func(template int) time.Time) []block {
	out := make([]block, 0, len(s.minted))
	for _, t := range s.minted {
		out = append(out, block{from: s.ids.From(created(t)), template: t})
	}
	slices.SortStableFunc(out, func(a, b block) int {
		switch {
		case a.from < b.from:
			return -1
		case a.from > b.from:
			return 1
		}
		return 0
	})
	var next uint64
	for i := range out {
		out[i].from = s.free(max(out[i].from, next), s.templates[out[i].template].count)
		next = out[i].from + uint64(s.templates[out[i].template].count)
	}
	return out
}

// free is the first number from on with count numbers after it that no written
// id has.
func (s *Set) free(from uint64, count int) uint64 {
	for _, n := range s.reserved {
		if n >= from && n < from+uint64(count) {
			from = n + 1
		}
	}
	return from
}
