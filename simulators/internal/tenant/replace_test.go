package tenant

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
	"github.com/vendorsim/vendorsim/simulators/internal/verify"
)

// identities are all that must not change of tasks that are there: number, id,
// luck, creation and course.
func identities(tasks *Tasks) []string {
	var out []string
	for ref := range tasks.All() {
		e := tasks.entry(ref, tasks.task(ref), task.Snapshot{})
		out = append(out, fmt.Sprint(e.Number, e.ID, tasks.task(ref).Created, tasks.Lifecycle(ref), course(tasks, ref)))
	}
	return out
}

// What is there by its written id or its key stays; the rest begins now.
func TestReplaceKeepsAndAdds(t *testing.T) {
	const other = "default: timed\nlifecycles: {timed: {up: {phase: running, after: 5s, to: down}, down: {phase: failed}}}\n"
	for _, c := range []struct {
		what, before, after string
		kept                int
		added               string // names or ids, each with the seconds after the replacement
	}{
		{"the same", "{id: a}, {name: n, count: 3}", "{id: a}, {name: n, count: 3}", 4, ""},
		{"less", "{id: a}, {name: n, count: 3}", "{name: n}", 4, ""},
		{"nothing", "{id: a}, {lifecycle: timed}", "", 2, ""},
		{"others", "{id: a}", "{id: b}, {name: n, created: 10s}, {name: m, created: -10s}", 1, "b@0 n@10 m@-10"},
		{"an instant", "{id: a}", "{id: b, created: 2026-01-15T09:00:05Z}", 1, "b@-25"},
		{"a greater count", "{name: n, count: 2}", "{name: n, count: 5}", 2, "n@0 n@0 n@0"},
		{"a count where there was none", "{name: n}", "{name: n, count: 3}", 1, "n@0 n@0"},
		{"a count less", "{name: n, count: 4}", "{name: n, count: 1}, {name: n, count: 2}", 4, "n@0 n@0"}, // the second of the name
		{"by lifecycle", "{lifecycle: timed, count: 2}", "{lifecycle: timed, count: 3}", 2, "timed@0"},
		{"a name that was an id", "{id: a}", "{name: a}", 1, "a@0"},
		{"an id that was a name", "{name: a}", "{id: a}", 1, "a@0"},
		{"of the vendor alone", "{id: a}", "{id: b, vendor: num}, {id: c, vendor: acme}", 1, "c@0"},
	} {
		n, tasks, source := tasksOf(t, "name: served\nvendors: [acme]"+life+"tasks: ["+c.before+"]", "acme")
		_ = source.Advance(30 * s)
		before := identities(tasks)
		kept, added := n.Replace(world(t, "name: other\nseed: 9\nvendors: [acme, num]\n"+other+"tasks: ["+c.after+"]"), n.Clock.Now())
		var got []string
		all := slices.Collect(tasks.All())
		for _, ref := range all[len(before):] {
			k, spec := tasks.task(ref), tasks.Spec(ref)
			got = append(got, fmt.Sprintf("%s@%v", orElse(spec.ID, orElse(spec.Name, spec.Lifecycle)), k.Created.Sub(start.Add(30*s)).Seconds()))
			if tasks.Lifecycle(ref) != "timed" || k.Lifecycle.States()[0] != "up" {
				t.Errorf("%s: %v lives by the old lifecycle", c.what, ref)
			}
			if found, ok := tasks.Find(tasks.ID(ref)); !ok || found != ref {
				t.Errorf("%s: %v is found as %v", c.what, ref, found)
			}
		}
		atNum := 0
		if num := n.Tasks("num"); num != nil {
			atNum = num.Total()
		}
		if strings.Join(got, " ") != c.added || kept != c.kept || added != len(got)+atNum {
			t.Errorf("%s: kept %d, added %d: %q, want %d and %q", c.what, kept, added, strings.Join(got, " "), c.kept, c.added)
		}
		if now := identities(tasks); !slices.Equal(now[:len(before)], before) {
			t.Errorf("%s: the old tasks were\n%v\nand are\n%v", c.what, before, now[:len(before)])
		}
	}
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// Added tasks have the luck and, where ids do not tell the creation, the ids that
// they would have had from the beginning.
func TestAddedTasksHaveTheirOwnLuck(t *testing.T) {
	few, many := "name: served"+life+"tasks: [{name: n, lifecycle: lucky, count: 3}]", "name: served"+life+"tasks: [{name: n, lifecycle: lucky, count: 9}, {name: m, lifecycle: lucky}]"
	n, tasks, _ := tasksOf(t, few, "acme")
	n.Replace(world(t, many), n.Clock.Now())
	_, whole, _ := tasksOf(t, many, "acme")
	got, want := identities(tasks), identities(whole)
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// Everything else is the new scenario's at once; the tenant's own stays.
func TestReplaceTakesTheRest(t *testing.T) {
	const before = "name: served\nvendors: [acme, bolt]" + life + "limits: [{per: tenant, requests: 3, window: 10s}]\noptions: {acme: {page: 7}}\ntasks: [{id: a}, {id: b, vendor: bolt}]"
	const after = "name: other\nvendors: [acme, num]\nseed: 9\nclock: {mode: frozen}\nprofiles: {acme: observed}\ncount_lists: true\nlimits: [{per: tenant, requests: 5, window: 10s}]\n" +
		"default: only\nlifecycles: {only: {up: {phase: running, after: 5s, to: down}, down: {phase: failed}}}\ntasks: [{id: a}, {id: c}]\nexpect: [{every_task: seen_end}]"
	g, source, _ := testRegistry(t, 5, map[string]*World{"served": world(t, before)})
	n := accept(t, g, "demo")
	source.Advance(time.Minute)
	made := create(t, n.Tasks("acme"), n.Clock.Now(), Creation{Operation: "scan"})
	if got := take(n, "acme", 9); got != 3 {
		t.Fatalf("%d granted", got)
	}
	g.Issue(&Token{Value: "tok", Vendor: "bolt", Tenant: n}, 0)
	generation, seed := n.Clock.Generation(), n.Seed
	if kept, added := n.Replace(world(t, after), n.Clock.Now()); kept != 2 || added != 3 { // a and the created one; c, and both at num
		t.Errorf("kept %d, added %d", kept, added)
	}
	if n.Clock.Generation() == generation {
		t.Error("kept answers are still given")
	}
	if n.Seed != seed || n.Clock.Mode().Kind != scenarios.Real || !n.Clock.Began().Equal(start) {
		t.Error("seed or clock changed")
	}
	if n.Profile("acme") != Observed || n.Options("acme").Int("page") != 30 || !n.Scenario().CountLists {
		t.Error("profile, options or lists are the old ones")
	}
	if got := take(n, "acme", 9); got != 5 {
		t.Errorf("%d granted", got)
	}
	if r := n.Observer.Report(verify.Now{}); len(r.Expectations) != 1 {
		t.Errorf("judged by %d expectations", len(r.Expectations))
	}
	tasks := n.Tasks("acme")
	if e := create(t, tasks, n.Clock.Now(), Creation{Operation: "scan"}); e.State != "up" || e.Number != 3 || e.ID == made.ID {
		t.Errorf("created now: %+v", e)
	}
	if e, _ := tasks.Look(find(t, tasks, made.ID), n.Clock.Now()); e.State != "queued" || e.Number != 1 {
		t.Errorf("created before: %+v", e)
	}
	var order []int
	for ref := range tasks.All() {
		e, _ := tasks.Look(ref, n.Clock.Now())
		order = append(order, e.Number)
	}
	if !slices.Equal(order, []int{0, 1, 2, 3}) || tasks.Total() != 4 {
		t.Errorf("numbers %v of %d", order, tasks.Total())
	}
	for c, want := range map[Credential]error{{Name: "demo"}: ErrElsewhere, {Token: "tok"}: ErrElsewhere} {
		if _, err := g.Accept(c, "bolt"); !errors.Is(err, want) {
			t.Errorf("%+v at a vendor that is gone: %v", c, err)
		}
	}
	if e, _ := n.Tasks("num").Look(find(t, n.Tasks("num"), "c"), n.Clock.Now()); e.State != "up" || !e.Created.Equal(start.Add(time.Minute)) {
		t.Errorf("at a new vendor: %+v", e)
	}
	n.Replace(world(t, before), n.Clock.Now())
	if e, _ := n.Tasks("bolt").Look(find(t, n.Tasks("bolt"), "b"), n.Clock.Now()); e.State != "queued" || !e.Created.Equal(start) {
		t.Errorf("at a vendor that is back: %+v", e)
	}
}

// Tasks under way go on by the lifecycle that they began with, whatever was done
// to them.
func TestReplaceKeepsHistory(t *testing.T) {
	n, tasks, source := tasksOf(t, "name: served"+life+"tasks: [{id: a}, {id: b, lifecycle: timed}]", "acme")
	a, b := find(t, tasks, "a"), find(t, tasks, "b")
	read(tasks, a)
	if err := tasks.Force(b, n.Clock.Now(), task.Whole, "running"); err != nil {
		t.Fatal(err)
	}
	n.Replace(world(t, "name: other\ntasks: [{id: a}, {id: b}]"), n.Clock.Now())
	if find(t, tasks, "a") != a || find(t, tasks, "b") != b {
		t.Fatal("their place changed")
	}
	if got := []string{read(tasks, a), read(tasks, a)}; !slices.Equal(got, []string{"queued", "running"}) {
		t.Errorf("a: %q", got)
	}
	_ = source.Advance(10 * s)
	if got := read(tasks, a, b); got != "done done" {
		t.Errorf("after 10 s: %q", got)
	}
}

// An id that a task has is no other's, whoever had it first.
func TestReplaceMeetsNoIDTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		vendor := rapid.SampledFrom([]string{"acme", "bolt", "num"}).Draw(t, "vendor")
		scenario := func(label string) *World {
			var yaml strings.Builder
			yaml.WriteString("name: served\ntasks:\n  - {name: always}\n")
			for i := range rapid.IntRange(0, 5).Draw(t, label) {
				if rapid.Bool().Draw(t, "written") {
					fmt.Fprintf(&yaml, "  - {id: \"%d\"}\n", start.UnixMicro()+int64(8*i)+rapid.Int64Range(0, 7).Draw(t, "id"))
					continue
				}
				fmt.Fprintf(&yaml, "  - {name: n%d, created: %dms, count: %d}\n", rapid.IntRange(0, 2).Draw(t, "name"), -rapid.IntRange(0, 1).Draw(t, "ago"), rapid.IntRange(1, 4).Draw(t, "count"))
			}
			return world(tt{T: t}, yaml.String())
		}
		_, _, source := tasksOf(tt{T: t}, "name: served", "acme")
		n := aTenant("served~x", scenario("first"), source)
		tasks := n.Tasks(vendor)
		for range rapid.IntRange(1, 4).Draw(t, "times") {
			before, ids := identities(tasks), map[string]Ref{}
			kept, added := n.Replace(scenario("next"), n.Clock.Now())
			if total := n.Tasks("acme").Total() + n.Tasks("bolt").Total() + n.Tasks("num").Total(); kept+added != total {
				t.Fatalf("kept %d, added %d of %d", kept, added, total)
			}
			for range rapid.IntRange(0, 2).Draw(t, "created") {
				if _, err := tasks.Create(n.Clock.Now(), Creation{Operation: "scan"}); err != nil {
					t.Fatal(err)
				}
			}
			after := identities(tasks)
			if !slices.Equal(after[:len(before)], before) {
				t.Fatalf("were %v\nare %v", before, after)
			}
			number := 0
			for ref := range tasks.All() {
				id := tasks.ID(ref)
				if found, ok := tasks.Find(id); !ok || found != ref {
					t.Fatalf("%s of %v finds %v %v, %v", id, ref, found, ok, ids[id])
				}
				if e := tasks.entry(ref, tasks.task(ref), task.Snapshot{}); e.Number != number {
					t.Fatalf("%s has the number %d, not %d", id, e.Number, number)
				}
				ids[id] = ref
				number++
			}
			if d := rapid.IntRange(0, 3).Draw(t, "ms"); d > 0 {
				n.AdvanceBy(time.Duration(d) * time.Millisecond)
			}
		}
	})
}

// Whoever listens is told of the new tasks from the moment at which they come,
// and of the old ones as before.
func TestAlarmGoesOnAfterReplace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, tasks := bubbled(t, "name: served\n"+begins+"frozen}"+life+"tasks: [{id: a, lifecycle: timed}]")
		var e ear
		tasks.Listen(e.hear)
		n.AdvanceBy(2 * s)
		e.want(t, "a:running@2")
		n.Replace(world(t, "name: other"+life+"tasks: [{id: b, lifecycle: timed}, {id: c, lifecycle: timed, created: 3s}, {id: d, lifecycle: timed, created: -5s}]"), n.Clock.Now())
		e.want(t, "b:queued@2") // what d is said to have done is not news
		n.AdvanceBy(10 * s)
		e.want(t, "b:running@4 c:queued@5 c:running@7 d:done@9 a:done@12")
	})
}

// A scenario is replaced while requests run. Run with -race.
func TestReplaceAtOnceWithRequests(t *testing.T) {
	n, tasks, _ := tasksOf(t, "name: served"+life+"tasks: [{id: a}, {name: n, count: 3}]", "num")
	var next []*World
	for i := range 20 {
		next = append(next, world(t, fmt.Sprintf("name: served"+life+"tasks: [{id: t%d}, {name: n, count: %d}, {count: 2}]", i, i+1)))
	}
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 50 {
				e, err := tasks.Create(n.Clock.Now(), Creation{Operation: "scan", Body: fmt.Append(nil, i)})
				if err != nil {
					t.Error(err)
				}
				if _, ok := tasks.Find(e.ID); !ok {
					t.Errorf("%s is lost", e.ID)
				}
				for ref := range tasks.All() {
					tasks.Read(n.Clock.Now(), ref)
				}
				n.Limits().Take(trafficOf(n), n.Clock.Lived(), []journal.Judged{})
				_, _ = n.Profile("num"), n.Options("num")
			}
		})
	}
	wg.Go(func() {
		for _, w := range next {
			n.Replace(w, n.Clock.Now())
		}
	})
	wg.Wait()
	seen := map[string]bool{}
	for ref := range tasks.All() {
		id := tasks.ID(ref)
		if found, ok := tasks.Find(id); seen[id] || !ok || found != ref {
			t.Errorf("%s is twice or lost", id)
		}
		seen[id] = true
	}
	if want := 1 + 200 + 20 + 20 + 2; len(seen) != want || tasks.Total() != want {
		t.Errorf("%d tasks, total %d, want %d", len(seen), tasks.Total(), want)
	}
}
