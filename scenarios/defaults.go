package scenarios

import (
	"fmt"
	"maps"
	"slices"
)

// Waiting is the lifecycle for a vendor's example tasks that stay pending. It
// is there in every scenario that leaves its tasks out.
const Waiting = "waiting"

// fillIn writes into a scenario what its file leaves out.
func (s *Scenario) fillIn(root *node, known Known, byDefault string) {
	if root.get("seed") == nil {
		s.Seed = 1
	}
	if root.get("vendors") == nil {
		s.Vendors = slices.Clone(known.Vendors)
	}
	if s.Clock.Mode == (ClockMode{}) {
		s.Clock.Mode = ClockMode{Kind: Real, Speed: 1}
	}
	if s.Default == "" {
		s.Default = byDefault
	}
	for _, lifecycle := range s.Lifecycles {
		for i := range lifecycle {
			lifecycle[i].fillIn()
		}
	}
	for i := range s.Tasks {
		t := &s.Tasks[i]
		t.Lifecycle = orElse(t.Lifecycle, s.Default)
		t.Count = orElse(t.Count, 1)
	}
	for i := range s.Limits {
		s.Limits[i].fillIn()
	}
	for i := range s.Faults {
		s.Faults[i].fillIn()
	}
	for i := range s.Expect {
		if e := &s.Expect[i]; e.Call != "" {
			e.Per = orElse(e.Per, "task")
		}
	}
}

func (s *State) fillIn() {
	if s.Phase == "" && slices.Contains(Phases, Phase(s.Name)) {
		s.Phase = Phase(s.Name)
	}
	for i := range s.Messages {
		s.Messages[i].Level = orElse(s.Messages[i].Level, "info")
	}
}

func (l *Limit) fillIn() {
	if l.Concurrent != 0 {
		return // neither window nor wait
	}
	l.Algorithm = orElse(l.Algorithm, "fixed")
	if l.Algorithm == "bucket" {
		l.Burst = orElse(l.Burst, l.Requests)
	}
	l.EarlyRetry = orElse(l.EarlyRetry, "ignore")
}

// fillIn leaves the stage of an answer that alters the real reply empty: its
// work is done, but nothing of the reply's way may be left out.
func (f *Fault) fillIn() {
	f.Per = orElse(f.Per, "task")
	if !f.Answer.Mangles() {
		f.Stage = orElse(f.Stage, "before")
	}
}

func orElse[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// LifecycleOf names the lifecycle by which a task lives, or, if it has
// subtasks, by which each of those does.
func (s *Scenario) LifecycleOf(t Task) string {
	if t.Subtasks != nil && t.Subtasks.Lifecycle != "" {
		return t.Subtasks.Lifecycle
	}
	return orElse(t.Lifecycle, s.Default)
}

// Key is what a task's luck hangs on: its written id, else its name, else
// vendor/lifecycle/#1 and so on, numbered in the order written among the tasks
// that share vendor and lifecycle. The second task of one name has "/##2"
// behind it. Of an entry with a count above 1, index says which (from 0), and
// "/#1" and so on stands behind. Keys are unique for a vendor within a
// scenario. A task added behind the others, or one with a name or an id of its
// own anywhere, changes no other's key.
func (t Task) Key(vendor string, index int) string {
	if t.ID != "" {
		return t.ID
	}
	number := orElse(t.numbers[vendor], 1)
	key := t.Name
	switch {
	case key == "":
		key = fmt.Sprintf("%s/%s/#%d", vendor, t.Lifecycle, number)
	case number > 1:
		key = fmt.Sprintf("%s/##%d", key, number)
	}
	if t.Count > 1 {
		key = fmt.Sprintf("%s/#%d", key, index+1)
	}
	return key
}

// numberTasks numbers the tasks that would otherwise share a key.
func (s *Scenario) numberTasks() {
	seen := map[[3]string]int{} // vendor, name, lifecycle
	for i := range s.Tasks {
		t := &s.Tasks[i]
		if t.ID != "" || t.On != "" {
			continue
		}
		for _, vendor := range s.vendorsOf(t.Vendor) {
			group := [3]string{vendor, t.Name, ""}
			if t.Name == "" {
				group[2] = t.Lifecycle
			}
			seen[group]++
			if n := seen[group]; n > 1 {
				if t.numbers == nil {
					t.numbers = map[string]int{}
				}
				t.numbers[vendor] = n
			}
		}
	}
}

// vendorsOf are the vendors at which something with this vendor key is.
func (s *Scenario) vendorsOf(vendor string) []string {
	if vendor == "" {
		return s.Vendors
	}
	return []string{vendor}
}

// lifecycleNames are the names of the lifecycles, sorted.
func (s *Scenario) lifecycleNames() []string { return sortedKeys(s.Lifecycles) }

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
