package tenant

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
)

// permute and unpermute are inverse bijections of the numbers of so many bits.
func TestPermute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bits := 2 * rapid.UintRange(1, 32).Draw(t, "half")
		n := rapid.Uint64().Draw(t, "n") >> (64 - bits)
		key := rapid.Uint64().Draw(t, "key")
		p := permute(n, key, bits)
		if bits < 64 && p >= 1<<bits {
			t.Fatalf("permute(%d) = %d is over %d bits", n, p, bits)
		}
		if back := unpermute(p, key, bits); back != n {
			t.Fatalf("unpermute(permute(%d)) = %d", n, back)
		}
		if there := permute(unpermute(n, key, bits), key, bits); there != n {
			t.Fatalf("permute(unpermute(%d)) = %d", n, there)
		}
	})
}

// A permutation that is small enough to be looked at whole.
func TestPermuteMeetsEveryNumberOnce(t *testing.T) {
	for key := range uint64(20) {
		seen := map[uint64]bool{}
		for n := range uint64(1 << 10) {
			seen[permute(n, key, 10)] = true
		}
		if len(seen) != 1<<10 {
			t.Errorf("key %d: %d numbers of %d", key, len(seen), 1<<10)
		}
	}
}

const manyTasks = life + `
tasks:
  - {id: written, lifecycle: timed}
  - {count: 3000}
  - {name: named, lifecycle: timed, count: 7, created: -10m}
  - {lifecycle: timed, created: 2026-01-15T08:00:00Z, count: 5}
  - {count: 2}
`

// Every task is found by its own id again, and ids differ.
func TestEveryTaskIsFoundByItsID(t *testing.T) {
	for _, vendor := range []string{"acme", "bolt", "num"} {
		_, tasks, _ := tasksOf(t, "name: served"+manyTasks, vendor)
		seen := map[string]Ref{}
		for ref := range tasks.All() {
			id := tasks.ID(ref)
			if other, twice := seen[id]; twice {
				t.Fatalf("%s: %v and %v both have id %s", vendor, ref, other, id)
			}
			seen[id] = ref
			if got, ok := tasks.Find(id); !ok || got != ref {
				t.Fatalf("%s: id %s of %v finds %v %v", vendor, id, ref, got, ok)
			}
		}
		if len(seen) != 1+3000+7+5+2 {
			t.Errorf("%s: %d tasks", vendor, len(seen))
		}
	}
}

func TestUnknownIDs(t *testing.T) {
	for _, vendor := range []string{"acme", "bolt", "num"} {
		_, tasks, _ := tasksOf(t, "name: served"+manyTasks, vendor)
		ref := Ref{template: 1, index: 2999}
		known := tasks.ID(ref)
		for _, id := range []string{
			"", "x", "0", "writte", "written ", strings.ToUpper(known) + "A", known + "0", known[1:], "0" + known, "+" + known,
			"0000000000000000", "ffffffffffffffff", "18446744073709551615", "ffffffffffffffffff",
		} {
			if got, ok := tasks.Find(id); ok {
				t.Errorf("%s: id %q finds %v", vendor, id, got)
			}
		}
	}
}

// Ids that differ from a real one in one character are no ids.
func TestNeighboursOfIDsAreUnknown(t *testing.T) {
	for _, vendor := range []string{"acme", "bolt"} {
		_, tasks, _ := tasksOf(t, "name: served"+manyTasks, vendor)
		rapid.Check(t, func(t *rapid.T) {
			id := []byte(tasks.ID(Ref{template: 1, index: rapid.IntRange(0, 2999).Draw(t, "index")}))
			i := rapid.IntRange(0, len(id)-1).Draw(t, "place")
			old := id[i]
			id[i] = rapid.SampledFrom([]byte("0123456789abcdefABCDEF")).Draw(t, "digit")
			if _, ok := tasks.Find(string(id)); ok && id[i] != old {
				t.Fatalf("id %s is found", id)
			}
		})
	}
}

// A documented task may be asked for by another id too; it answers by its own.
func TestAliases(t *testing.T) {
	vendors := []Vendor{testVendors[2]}
	vendors[0].IDs.Aliases = map[string]string{"hex": "written", "dead": "nowhere"}
	w := world(t, "name: served\ntasks: [{id: written}, {count: 3}]")
	tasks := aTenant("x", NewWorld(w.Scenario, vendors, nil), clock.NewManual(start)).Tasks("num")
	if ref := find(t, tasks, "hex"); tasks.ID(ref) != "written" || ref != find(t, tasks, "written") {
		t.Errorf("the alias finds %v", ref)
	}
	for _, id := range []string{"dead", "nowhere", ""} {
		if ref, ok := tasks.Find(id); ok {
			t.Errorf("%q finds %v", id, ref)
		}
	}
}

// A task whose answer shows another id than the written one is found by both,
// unless that other one is a task's own.
func TestShownIDs(t *testing.T) {
	vendors := []Vendor{testVendors[2]}
	vendors[0].IDs.Shown = func(task *scenarios.Task, number int, created time.Time) string {
		if n, ok := vendors[0].IDs.Parse(task.ID); ok {
			return strconv.FormatUint(n, 10)
		}
		return strconv.FormatInt(created.UnixMicro()+int64(number), 10)
	}
	w := world(t, "name: served\ntasks: [{id: first, created: -1s}, {id: second, created: -1s}, {id: \"5\"}, {id: third}, {count: 4}]")
	tasks := aTenant("x", NewWorld(w.Scenario, vendors, nil), clock.NewManual(start)).Tasks("num")
	before := start.Add(-time.Second).UnixMicro()
	for id, written := range map[string]string{
		fmt.Sprint(before): "first", fmt.Sprint(before + 1): "second", "5": "5",
	} {
		if ref := find(t, tasks, id); tasks.ID(ref) != written {
			t.Errorf("%s finds %s, want %s", id, tasks.ID(ref), written)
		}
	}
	taken := fmt.Sprint(start.UnixMicro() + 3) // what third shows, and the last of the four has
	if ref := find(t, tasks, taken); tasks.ID(ref) != taken {
		t.Errorf("%s finds %s", taken, tasks.ID(ref))
	}
	if ref, ok := tasks.Find(fmt.Sprint(before + 2)); ok {
		t.Errorf("finds %v", ref)
	}
}

// Numbers in order: each task the next free one from its creation on, past the
// written ids that are numbers.
func TestNumbersInOrder(t *testing.T) {
	from := uint64(start.UnixMicro())
	_, tasks, _ := tasksOf(t, fmt.Sprintf(`name: served
tasks:
  - {name: a, count: 3}
  - {id: "%d"}
  - {id: "%d"}
  - {name: b, created: -1s, count: 2}
  - {name: c}
  - {id: "007"}
  - {name: d, created: -1ms, count: 2}
  - {id: "%d"}
`, from+1, from+6, from-1000), "num")
	var got []string
	for ref := range tasks.All() {
		id := tasks.ID(ref)
		got = append(got, id)
		if found, ok := tasks.Find(id); !ok || found != ref {
			t.Errorf("%s finds %v %v, want %v", id, found, ok, ref)
		}
	}
	n := func(plus int64) string { return fmt.Sprint(int64(from) + plus) }
	want := []string{
		n(2), n(3), n(4), // a run of three, so behind the first written one
		n(1), n(6),
		n(-1_000_000), n(-999_999),
		n(5),
		"007",
		n(-999), n(-998), // -1000 is taken
		n(-1000),
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	for _, id := range []string{n(0), n(7), "7", "07", n(-997), n(-1001)} {
		if ref, ok := tasks.Find(id); ok {
			t.Errorf("%s finds %v", id, ref)
		}
	}
}

// Whatever is written in between: the numbers in order are all different and
// never before the creation.
func TestNumbersNeverMeet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var yaml strings.Builder
		yaml.WriteString("name: served\ntasks:\n")
		written := map[int64]bool{}
		for i := range rapid.IntRange(1, 12).Draw(t, "tasks") {
			if at := start.UnixMicro() + rapid.Int64Range(-4, 12).Draw(t, "number"); rapid.Bool().Draw(t, "written") && !written[at] {
				written[at] = true
				fmt.Fprintf(&yaml, "  - {id: \"%d\"}\n", at)
				continue
			}
			fmt.Fprintf(&yaml, "  - {name: n%d, created: %dms, count: %d}\n", i, -rapid.IntRange(0, 1).Draw(t, "ago"), rapid.IntRange(1, 4).Draw(t, "count"))
		}
		_, tasks, _ := tasksOf(tt{T: t}, yaml.String(), "num")
		seen := map[string]bool{}
		for ref := range tasks.All() {
			id := tasks.ID(ref)
			if got, ok := tasks.Find(id); !ok || got != ref || seen[id] {
				t.Fatalf("%s of %v finds %v %v\n%s", id, ref, got, ok, &yaml)
			}
			seen[id] = true
			if spec := tasks.Spec(ref); spec.ID == "" {
				if least := fmt.Sprint(createdAt(spec, start).UnixMicro()); id < least {
					t.Fatalf("%s is before its creation, %s", id, least)
				}
			}
		}
	})
}

// tt lets rapid's T stand where a testing.TB is asked for.
type tt struct {
	testing.TB
	T *rapid.T
}

func (tt) Helper() {}

func (t tt) Fatalf(f string, a ...any) { t.T.Fatalf(f, a...) }

// The same seed mints the same ids, another seed others.
func TestIDsComeFromTheSeed(t *testing.T) {
	ids := func(seed int, vendor string) []string {
		_, tasks, _ := tasksOf(t, fmt.Sprintf("name: served\nseed: %d%s", seed, manyTasks), vendor)
		var out []string
		for ref := range tasks.All() {
			out = append(out, tasks.ID(ref))
		}
		return out
	}
	for _, vendor := range []string{"acme", "bolt"} {
		if !slices.Equal(ids(1, vendor), ids(1, vendor)) {
			t.Errorf("%s: other ids with the same seed", vendor)
		}
		one, two := ids(1, vendor), ids(2, vendor)
		for i := range one {
			if one[i] == two[i] && one[i] != "written" {
				t.Errorf("%s: task %d has id %s with both seeds", vendor, i, one[i])
			}
		}
	}
}

func TestCreation(t *testing.T) {
	_, tasks, _ := tasksOf(t, "name: served\n"+`tasks: [{name: a}, {name: b, created: -90s}, {name: c, created: 2026-01-01T00:00:00Z}, {name: d, created: 5m}]`, "acme")
	want := []time.Time{start, start.Add(-90 * time.Second), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), start.Add(5 * time.Minute)}
	i := 0
	for ref := range tasks.All() {
		if got := tasks.task(ref).Created; !got.Equal(want[i]) {
			t.Errorf("task %d: created %v, want %v", i, got, want[i])
		}
		i++
	}
}
