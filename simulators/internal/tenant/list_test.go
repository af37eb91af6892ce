package tenant

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
	"pgregory.net/rapid"
)

// listed is a scenario with tasks of all kinds, some of them more than a chunk.
const listed = `
default: counted
lifecycles:
  counted:
    queued: {phase: pending, polls: 2, to: running}
    running: {phase: running, after: 3s, to: checked, set: {color: red}, progress: 0..100}
    checked: {phase: running, polls: 1, to: done}
    done: {phase: succeeded, set: {color: null}}
  timed:
    queued: {phase: pending, after: 2s, to: running}
    running: {phase: running, after: 1s..5s, to: [{state: done, weight: 1}, {state: failed, weight: 1}], messages: [{at: 50%, text: half}]}
    done: {phase: succeeded, expires: {after: 20s}, set: {color: blue}}
    failed: {}
  circle:
    up: {phase: running, after: 1s, to: down}
    down: {phase: paused, after: 2s, to: up}
  steps:
    queued: {phase: pending, after: 2s, to: running}
    running: {phase: running, after: 4s, to: done}
    done: {phase: succeeded}
tasks:
- {id: a}
- {id: b, lifecycle: timed, created: 5s, set: {color: red}}
- {id: c, lifecycle: circle}
- {id: d, lifecycle: timed, subtasks: {count: 3, stagger: 500ms}}
- {id: e, lifecycle: counted, subtasks: {count: 2}}
- {lifecycle: timed, count: 7}
- {lifecycle: steps, count: 60, created: -1m, set: {color: green}}
- {lifecycle: timed, count: 530, created: -3s}
- {lifecycle: counted, count: 5, created: 4s}
- {on: begin, lifecycle: timed}
`

const listedMore = `
default: steps
tasks:
- {id: z}
- {lifecycle: steps, count: 65, created: -1m, set: {color: green}}
- {lifecycle: circle, count: 3}
`

// color is what lists of the tests go by beside the state.
func color(e Entry) any {
	if v, ok := e.Snapshot.Set["color"]; ok {
		return v
	}
	return e.Spec.Set["color"]
}

// queries are by what may change and by what may not.
var queries = map[string]Query{
	"all":          {},
	"all unknown":  {Unknown: true, Order: NewestFirst},
	"green":        {Match: func(e Entry) bool { return color(e) == "green" }, Order: NewestFirst},
	"red":          {Match: func(e Entry) bool { return color(e) == "red" }},
	"kept":         {Retention: 30 * time.Second, Order: OldestFirst},
	"running":      {Match: func(e Entry) bool { return e.Phase == scenarios.Running }, Order: OldestFirst},
	"over":         {Match: func(e Entry) bool { return e.Phase.Ended() }, Unknown: true},
	"every third":  {Match: func(e Entry) bool { return e.Number%3 == 1 }, Period: 3},
	"seventh up":   {Match: func(e Entry) bool { return e.Number%7 == 2 && e.State != "queued" }, Period: 7, Order: NewestFirst},
	"of two ids":   {IDs: []string{"d", "a", "nobody", "d"}, Match: func(e Entry) bool { return !e.Phase.Ended() }},
	"with data":    {Match: func(e Entry) bool { return e.Data != nil }},
	"called first": {IDs: []string{"b"}, Retention: 12 * time.Second},
}

// peek is a task at an instant, or at the later one for which it was used, without
// its being used.
func peek(t *Tasks, ref Ref, at time.Time) Entry {
	k, r := t.task(ref), t.record(ref, false)
	if r == nil {
		return t.entry(ref, k, k.At(at, nil))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.latest.After(at) {
		at = r.latest
	}
	return t.entry(ref, k, r.written(k.At(at, &r.history)))
}

// plainly is a list by looking at every task.
func plainly(t *Tasks, at time.Time, q Query, from, most int) ([]Entry, int) {
	var all []Entry
	for ref := range t.All() {
		e := peek(t, ref, at)
		if q.IDs != nil && !slices.Contains(q.IDs, e.ID) || !q.has(e, at) {
			continue
		}
		all = append(all, e)
	}
	slices.SortStableFunc(all, func(a, b Entry) int { return q.compare(a.Created, b.Created) })
	from = min(from, len(all))
	return all[from:min(from+min(most, len(all)), len(all))], len(all)
}

func names(entries []Entry) string {
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&b, "%d %s%s\n", e.Number, e.State, e.Phase)
	}
	return b.String()
}

func sameEntries(a, b []Entry) bool {
	return slices.EqualFunc(a, b, func(x, y Entry) bool {
		for _, e := range []*Entry{&x, &y} {
			if e.Future { // whose last change is always now
				e.Stepped, e.Changed = time.Time{}, time.Time{}
			}
		}
		return reflect.DeepEqual(x, y)
	})
}

// Whatever comes in whatever order, a list is what looking at every task finds,
// and stays so until it says.
func TestListIsWhatLookingAtEveryTaskFinds(t *testing.T) {
	worlds := map[string]*World{}
	for _, mode := range []string{"frozen", "skip", "x60", "real"} {
		worlds[mode] = world(t, "name: served\nclock: {mode: "+mode+"}\n"+listed)
	}
	lasted := 0
	rapid.Check(t, func(t *rapid.T) {
		source := clock.NewManual(start)
		n := aTenant("served~x", worlds[rapid.SampledFrom([]string{"frozen", "skip", "x60", "real"}).Draw(t, "mode")], source)
		tasks := n.Tasks("acme")
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			anythingListed(t, n, tasks, source)
			name := rapid.SampledFrom(slices.Sorted(keys(queries))).Draw(t, "query")
			if checkList(t, tasks, name, n.Clock.Now()) {
				lasted++
			}
		}
	})
	if lasted < 100 {
		t.Errorf("only %d lists were held to their Until", lasted)
	}
}

func keys(m map[string]Query) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// checkList tells whether the page was held to what it says of later.
func checkList(t *rapid.T, tasks *Tasks, name string, now time.Time) bool {
	q := queries[name]
	from := rapid.SampledFrom([]int{0, 0, 1, 5, 50, 500, 580, 5000}).Draw(t, "from")
	most := rapid.SampledFrom([]int{0, 1, 3, 50, math.MaxInt}).Draw(t, "most")
	p := tasks.List(now, q, from, most)
	want, total := plainly(tasks, now, q, from, most)
	if !p.At.Equal(now) || p.Total != total || !sameEntries(p.Entries, want) {
		t.Fatalf("%s from %d, %d: %d in all:\n%s\nwant %d:\n%s", name, from, most, p.Total, names(p.Entries), total, names(want))
	}
	if p.Changes != tasks.Changes() {
		t.Fatalf("changes %d, want %d", p.Changes, tasks.Changes())
	}
	later := now.Add(time.Duration(rapid.IntRange(0, 60_000_000).Draw(t, "later")) * time.Microsecond)
	if !p.Until.IsZero() && !later.Before(p.Until) {
		later = p.Until.Add(-time.Microsecond)
	}
	if !later.After(now) {
		return false
	}
	want, total = plainly(tasks, later, q, from, most)
	if p.Total != total || !sameEntries(p.Entries, want) {
		t.Fatalf("%s from %d, %d: until %v, but %v later: %d in all:\n%s\nwas %d:\n%s",
			name, from, most, p.Until, later.Sub(now), total, names(want), p.Total, names(p.Entries))
	}
	return true
}

// anythingListed does one thing to a tenant of the scenario listed.
func anythingListed(t *rapid.T, n *Tenant, tasks *Tasks, source *clock.Manual) {
	numbers := rapid.OneOf(rapid.IntRange(0, 12), rapid.IntRange(0, tasks.Total()-1))
	ref := nthOf(tasks, numbers.Draw(t, "task"))
	now := n.Clock.Now()
	switch rapid.IntRange(0, 10).Draw(t, "what") {
	case 0, 1:
		tasks.Read(now, ref)
	case 2, 3:
		_ = source.Advance(time.Duration(rapid.IntRange(0, 30_000).Draw(t, "ms")) * time.Millisecond)
	case 4:
		n.AdvanceBy(time.Duration(rapid.IntRange(0, 40_000).Draw(t, "ms")) * time.Millisecond)
	case 5:
		state := rapid.SampledFrom([]string{"queued", "running", "checked", "done", "failed", "up", "down"}).Draw(t, "state")
		_ = tasks.Force(ref, now, rapid.IntRange(task.Whole, 2).Draw(t, "sub"), state)
	case 6:
		_ = tasks.End(ref, now, rapid.SampledFrom([]scenarios.Phase{scenarios.Cancelled, scenarios.Failed}).Draw(t, "phase"))
	case 7:
		tasks.Expire(ref, now)
	case 8:
		tasks.Write(ref, map[string]any{"color": rapid.SampledFrom([]string{"red", "green", ""}).Draw(t, "color")})
	case 9:
		c := Creation{Operation: rapid.SampledFrom([]string{"begin", "go on"}).Draw(t, "op"), Parts: rapid.IntRange(0, 2).Draw(t, "parts")}
		if rapid.Bool().Draw(t, "red") {
			c.Set, c.Data = map[string]any{"color": "red"}, 1
		}
		if _, err := tasks.Create(now, c); err != nil {
			t.Fatal(err)
		}
	case 10:
		n.Replace(replacement(), now)
	}
}

var replacement = sync.OnceValue(func() *World {
	life, _, _ := strings.Cut(listed, "tasks:\n")
	_, life, _ = strings.Cut(life, "lifecycles:")
	s, problems := scenarios.Parse("more.yaml", []byte("version: 1\nname: more\nlifecycles:"+life+listedMore), testKnown)
	if problems.Err() != nil {
		panic(problems)
	}
	return NewWorld(s, testVendors, nil)
})

// nthOf is the task of a number.
func nthOf(tasks *Tasks, number int) Ref {
	for ref := range tasks.All() {
		if number == 0 {
			return ref
		}
		number--
	}
	return Ref{}
}

// A page of many tasks that all wait for reads goes through reads one by one.
func TestListFollowsReads(t *testing.T) {
	n, tasks, _ := tasksOf(t, "name: served\n"+life+"tasks:\n- {count: 2000}\n", "acme")
	waiting := Query{Match: func(e Entry) bool { return e.State == "queued" }}
	now := n.Clock.Now()
	for i := range 3 {
		p := tasks.List(now, waiting, 1990, 5)
		if p.Total != 2000-i || len(p.Entries) != 5 || p.Entries[0].Number != 1990+i {
			t.Fatalf("after %d: %d, %s", i, p.Total, names(p.Entries))
		}
		before := tasks.Changes()
		for range 3 {
			tasks.Read(now, Ref{index: i})
		}
		if tasks.Changes() != before+3 {
			t.Errorf("%d changes by 3 reads that count", tasks.Changes()-before)
		}
	}
}

// Lists and everything else at once: each list is of its instant or later, and
// what stands on it belongs there.
func TestListsAtOnce(t *testing.T) {
	n, tasks, source := tasksOf(t, "name: served\nclock: {mode: x60}\n"+listed, "acme")
	var all sync.WaitGroup
	for worker := range 6 {
		all.Go(func() {
			for i := range 30 {
				now := n.Clock.Now()
				switch ref := (Ref{template: worker, index: 0}); worker {
				case 0:
					_ = source.Advance(20 * time.Millisecond)
					tasks.Read(now, Ref{template: 8, index: i % 5})
				case 1:
					_, _ = tasks.Create(now, Creation{Operation: "begin", Data: 1})
				case 2:
					_ = tasks.Force(Ref{template: 6, index: i}, now, task.Whole, "running")
					tasks.Expire(Ref{template: 7, index: i}, now)
				case 3:
					tasks.Write(ref, map[string]any{"color": "red"})
					tasks.Read(now, ref)
				default:
					listAtOnce(t, tasks, now)
				}
			}
		})
	}
	all.Wait()
	if now := n.Clock.Now(); !t.Failed() {
		for name, q := range queries {
			p := tasks.List(now, q, 0, math.MaxInt)
			if want, total := plainly(tasks, now, q, 0, math.MaxInt); p.Total != total || !sameEntries(p.Entries, want) {
				t.Errorf("%s afterwards: %d:\n%s\nwant %d:\n%s", name, p.Total, names(p.Entries), total, names(want))
			}
		}
	}
}

func listAtOnce(t *testing.T, tasks *Tasks, now time.Time) {
	for name, q := range queries {
		p := tasks.List(now, q, 3, 200)
		for i, e := range p.Entries {
			if !q.has(e, p.At) {
				t.Errorf("%s has %d %s", name, e.Number, e.Phase)
			}
			if i > 0 && cmp.Or(q.compare(p.Entries[i-1].Created, e.Created), cmp.Compare(p.Entries[i-1].Number, e.Number)) >= 0 {
				t.Errorf("%s has %d before %d", name, p.Entries[i-1].Number, e.Number)
			}
		}
		if p.At.Before(now) {
			t.Errorf("%s of %v, asked at %v", name, p.At, now)
		}
	}
}
