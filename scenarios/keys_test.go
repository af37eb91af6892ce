package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestKeys(t *testing.T) {
	s := mustParse(t, `version: 1
name: x
lifecycles:
  a: {failed: {}}
  b: {failed: {}}
default: a
tasks:
  - {id: a1, name: one, vendor: acme}
  - {name: two}
  - {name: two}
  - {name: two, vendor: acme, count: 2}
  - {vendor: bolt}
  - {}
  - {lifecycle: b}
  - {on: start}
  - {count: 2}
`)
	for vendor, want := range map[string][]string{
		"acme": {"a1", "two", "two/##2", "two/##3/#1", "two/##3/#2", "acme/a/#1", "acme/b/#1", "acme/a/#2/#1", "acme/a/#2/#2"},
		"bolt": {"two", "two/##2", "bolt/a/#1", "bolt/a/#2", "bolt/b/#1", "bolt/a/#3/#1", "bolt/a/#3/#2"},
	} {
		if got := keysAt(s, vendor); !slices.Equal(got, want) {
			t.Errorf("%s:\n got %v\nwant %v", vendor, got, want)
		}
	}
}

func keysAt(s *Scenario, vendor string) []string {
	var keys []string
	for _, task := range s.Tasks {
		if task.On != "" || task.Vendor != "" && task.Vendor != vendor {
			continue
		}
		for i := range task.Count {
			keys = append(keys, task.Key(vendor, i))
		}
	}
	return keys
}

// drawTask draws an entry of tasks whose id, if any, is unique.
func drawTask(t *rapid.T, n int) string {
	var parts []string
	if vendor := rapid.SampledFrom([]string{"", "acme", "bolt"}).Draw(t, "vendor"); vendor != "" {
		parts = append(parts, "vendor: "+vendor)
	}
	if name := rapid.SampledFrom([]string{"", "", "x", "acme", "acme/c", "x/y", "x/"}).Draw(t, "name"); name != "" {
		parts = append(parts, "name: "+name)
	}
	if lifecycle := rapid.SampledFrom([]string{"", "b"}).Draw(t, "lifecycle"); lifecycle != "" {
		parts = append(parts, "lifecycle: "+lifecycle)
	}
	if rapid.Bool().Draw(t, "with id") {
		parts = append(parts, fmt.Sprintf("id: a%d", n))
	} else {
		parts = append(parts, fmt.Sprintf("count: %d", rapid.IntRange(1, 4).Draw(t, "count")))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func withTasks(tasks []string) string {
	return "version: 1\nname: x\nlifecycles: {a: {failed: {}}, b: {failed: {}}}\ndefault: a\ntasks: [" + strings.Join(tasks, ", ") + "]\n"
}

// Keys never clash, and another task behind leaves all keys as they are.
func TestKeysAreUniqueAndStay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		tasks := make([]string, rapid.IntRange(1, 8).Draw(rt, "tasks"))
		for i := range tasks {
			tasks[i] = drawTask(rt, i)
		}
		fewer, more := mustParse(t, withTasks(tasks[:len(tasks)-1])), mustParse(t, withTasks(tasks))
		for _, vendor := range testKnown.Vendors {
			before, after := keysAt(fewer, vendor), keysAt(more, vendor)
			if !slices.Equal(before, after[:len(before)]) {
				rt.Fatalf("%s: %v became %v", vendor, before, after)
			}
			slices.Sort(after)
			if len(slices.Compact(slices.Clone(after))) != len(after) {
				rt.Fatalf("%s: keys clash: %v", vendor, after)
			}
		}
	})
}

// A task with an id, or the first of its name, changes no other's key wherever
// it stands.
func TestKeysStayWhereverATaskIsAdded(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		tasks := make([]string, rapid.IntRange(0, 8).Draw(rt, "tasks"))
		for i := range tasks {
			tasks[i] = drawTask(rt, i)
		}
		at := rapid.IntRange(0, len(tasks)).Draw(rt, "at")
		added := rapid.SampledFrom([]string{"{id: aNew}", "{name: new}", "{name: new, count: 3}", "{on: start}"}).Draw(rt, "added")
		fewer, more := mustParse(t, withTasks(tasks)), mustParse(t, withTasks(slices.Insert(slices.Clone(tasks), at, added)))
		for _, vendor := range testKnown.Vendors {
			after := slices.DeleteFunc(keysAt(more, vendor), func(key string) bool {
				return key == "aNew" || key == "new" || strings.HasPrefix(key, "new/#")
			})
			if before := keysAt(fewer, vendor); !slices.Equal(before, after) {
				rt.Fatalf("%s: %v became %v", vendor, before, after)
			}
		}
	})
}

func TestLifecycleOf(t *testing.T) {
	s := &Scenario{Default: "d"}
	for want, task := range map[string]Task{
		"d": {},
		"a": {Lifecycle: "a"},
		"b": {Lifecycle: "a", Subtasks: &Subtasks{Count: 2, Lifecycle: "b"}},
		"c": {Lifecycle: "c", Subtasks: &Subtasks{Count: 2}},
	} {
		if got := s.LifecycleOf(task); got != want {
			t.Errorf("%+v lives by %s, want %s", task, got, want)
		}
	}
}

func TestSelects(t *testing.T) {
	for on, want := range map[string]bool{
		"": true, "poll": true, "getStatus": true, "acme.getStatus": true,
		"list": false, "createTask": false, "bolt.getStatus": false, "acme.poll": false,
	} {
		if got := Selects(on, "acme", "getStatus", "poll"); got != want {
			t.Errorf("%q selects acme's getStatus: %v", on, got)
		}
	}
}

// Selects says the same as its definition, also where a name holds a dot or is
// the end of another.
func TestSelectsIsItsDefinition(t *testing.T) {
	words := []string{"", ".", "a", "b", "a.b", "b.a", "ab", "a.", ".b", "a.b.a", "poll"}
	for _, on := range words {
		for _, vendor := range words {
			for _, operation := range words {
				for _, kind := range []string{"", "poll", "b"} {
					want := on == "" || on == kind || on == operation || on == vendor+"."+operation
					if got := Selects(on, vendor, operation, kind); got != want {
						t.Errorf("Selects(%q, %q, %q, %q) = %v", on, vendor, operation, kind, got)
					}
				}
			}
		}
	}
}
