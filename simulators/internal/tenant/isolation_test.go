package tenant

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
)

// course is all that a task of the declaration goes through, by its own time.
func course(tasks *Tasks, ref Ref) string {
	k := tasks.task(ref)
	out := fmt.Sprintf("%x", k.Luck)
	for _, e := range k.Edges(k.Created.Add(-1), k.Created.Add(10000*time.Hour), nil) {
		out += fmt.Sprint(" ", e.At.Sub(k.Created), e.To)
	}
	return out
}

// The same scenario and seed mean the same luck, whatever the tenant's label
// and whenever it begins; another seed means another.
func TestLuckComesFromTheSeed(t *testing.T) {
	const yaml = "name: served" + life + "tasks: [{lifecycle: lucky, count: 20}, {id: a, lifecycle: lucky}]\n"
	w, other, source := world(t, yaml), world(t, yaml+"seed: 2\n"), clock.NewManual(start)
	one := aTenant("served~a", w, source)
	_ = source.Advance(1234 * time.Millisecond)
	two, three := aTenant("served~b", w, source), aTenant("served~c", other, source)
	same := 0
	for ref := range one.Tasks("acme").All() {
		a, b, c := one.Tasks("acme"), two.Tasks("acme"), three.Tasks("acme")
		if course(a, ref) != course(b, ref) || a.ID(ref) != b.ID(ref) {
			t.Errorf("%v: %s %s, but for another tenant %s %s", ref, a.ID(ref), course(a, ref), b.ID(ref), course(b, ref))
		}
		if course(a, ref) == course(c, ref) {
			same++
		}
	}
	if same > 0 {
		t.Errorf("%d of 21 tasks have the same luck with another seed", same)
	}
	if one.Seed != 1 || three.Seed != 2 || one.Fixtures.Source(0) != two.Fixtures.Source(0) {
		t.Error("seeds or fixtures differ")
	}
}

// A task more, in front or behind, by name or id, changes no other task's luck
// or id.
func TestATaskMoreChangesNoOther(t *testing.T) {
	const old = "  - {lifecycle: lucky, count: 5}\n  - {id: a, lifecycle: lucky}\n  - {name: n, lifecycle: lucky}\n"
	_, before, _ := tasksOf(t, "name: served"+life+"tasks:\n"+old, "acme")
	for name, more := range map[string]string{
		"behind":          old + "  - {lifecycle: lucky}\n",
		"in front, by id": "  - {id: b, lifecycle: lucky}\n" + old,
		"by name":         "  - {name: m, lifecycle: lucky, count: 3}\n" + old,
		"of another life": "  - {lifecycle: timed, count: 3}\n" + old,
	} {
		_, after, _ := tasksOf(t, "name: served"+life+"tasks:\n"+more, "acme")
		shift := 0
		if name != "behind" {
			shift = 1
		}
		for ref := range before.All() {
			now := Ref{ref.template + shift, ref.index}
			if before.ID(ref) != after.ID(now) || course(before, ref) != course(after, now) {
				t.Errorf("%s: %v was %s %s, is %s %s", name, ref, before.ID(ref), course(before, ref), after.ID(now), course(after, now))
			}
		}
	}
}

// Two tenants never touch each other: what one is shown does not depend on what
// the other does.
func TestTenantsAreIsolated(t *testing.T) {
	w := world(t, "name: served\nclock: {mode: skip}"+life+"tasks: [{id: a}, {id: b, lifecycle: timed}, {id: c, lifecycle: lucky, subtasks: {count: 3}}]\nlimits: [{per: tenant, requests: 3, window: 5s}]")
	ids := []string{"a", "b", "c"}
	act := func(n *Tenant, kind int, id string) string {
		tasks := n.Tasks("acme")
		ref := find(t, tasks, id)
		switch kind {
		case 0:
			_, ok, _ := n.Limits().Take(traffic.Request{Vendor: "acme"}, n.Clock.Lived(), nil)
			return fmt.Sprint(ok)
		case 1:
			return fmt.Sprint(tasks.Force(ref, n.Clock.Now(), task.Whole, "running"))
		}
		return fmt.Sprint(read(tasks, ref), n.Clock.Now())
	}
	rapid.Check(t, func(t *rapid.T) {
		source, alone := clock.NewManual(start), clock.NewManual(start)
		me, other, single := aTenant("x", w, source), aTenant("y", w, source), aTenant("x", w, alone)
		var wg sync.WaitGroup
		defer wg.Wait()
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			kind, id := rapid.IntRange(0, 5).Draw(t, "kind"), rapid.SampledFrom(ids).Draw(t, "id")
			if rapid.Bool().Draw(t, "the other") {
				wg.Go(func() { act(other, kind, id) }) // at once with what follows
				continue
			}
			d := time.Duration(rapid.IntRange(0, 3000).Draw(t, "pause")) * time.Millisecond
			_, _ = source.Advance(d), alone.Advance(d)
			if got, want := act(me, kind, id), act(single, kind, id); got != want {
				t.Fatalf("step %d on %s: %s beside another tenant, %s alone", kind, id, got, want)
			}
		}
	})
}

// A frozen clock shows the same for ever, until somebody moves it.
func TestFrozen(t *testing.T) {
	n, tasks, source := tasksOf(t, "name: served\nclock: {mode: frozen, start: 2020-02-29T12:00:00Z}"+life+"tasks: [{id: a, lifecycle: timed}]", "acme")
	a := find(t, tasks, "a")
	_ = source.Advance(time.Hour)
	if got := read(tasks, a); got != "queued" {
		t.Errorf("shows %s", got)
	}
	if err := n.Clock.Advance(n.Clock.Now().Add(5 * s)); err != nil {
		t.Fatal(err)
	}
	e, _ := tasks.Look(a, n.Clock.Now())
	if e.State != "running" || e.Phase != scenarios.Running || !e.Started.Equal(time.Date(2020, 2, 29, 12, 0, 2, 0, time.UTC)) {
		t.Errorf("got %+v", e)
	}
}
