package tenant

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// all is everything that a tenant's clients and its test can see of it.
func all(g *Registry, n *Tenant) string {
	var b strings.Builder
	fmt.Fprintln(&b, n.Clock.Read(), n.Scenario().Name, n.Seed, n.Secret, n.Made, n.LastUsed(), n.Requests.Load(), n.Journal.Lost(), n.Notes.Get("k"))
	for _, vendor := range []string{"acme", "bolt", "num"} {
		tasks := n.Tasks(vendor)
		if tasks == nil {
			continue
		}
		fmt.Fprintln(&b, vendor, n.Serves(vendor), n.Profile(vendor), n.Options(vendor))
		for ref := range tasks.All() {
			e, known := tasks.Look(ref, n.Clock.Now())
			fmt.Fprintln(&b, e.Number, e.ID, known, e.Luck, e.Spec.Name, e.Snapshot, tasks.History(ref))
		}
	}
	_, err := g.Token("tok-"+n.Name, "acme")
	fmt.Fprintln(&b, err, len(n.Limits().Rules()), n.Tokens(), counted(n))
	return b.String()
}

// control makes one call of the control API to a tenant, or one request.
func control(g *Registry, n *Tenant, worlds []*World, what, which int) *Tenant {
	tasks := n.Tasks("acme")
	refs := slices.Collect(tasks.All())
	ref := refs[which%len(refs)]
	switch what {
	case 0:
		if again, err := g.Reset(n.Name); err == nil {
			return again
		}
	case 1:
		_ = g.Delete(n.Name)
		if again, err := g.Make(Making{Name: n.Name, World: worlds[which%len(worlds)]}); err == nil {
			return again
		}
	case 2:
		n.Replace(worlds[which%len(worlds)], n.Clock.Now())
	case 3:
		n.AdvanceBy(time.Duration(which) * time.Second)
	case 4:
		n.SetMode([]scenarios.ClockMode{{Kind: scenarios.Frozen}, {Kind: scenarios.Skip}, {Kind: scenarios.Scaled, Speed: 60}}[which%3])
	case 5:
		_ = tasks.Force(ref, n.Clock.Now(), task.Whole, "done")
	case 6:
		_, _ = tasks.Create(n.Clock.Now(), Creation{Operation: "scan"})
	case 7:
		tasks.Read(n.Clock.Now(), ref)
	case 8:
		g.Issue(&Token{Value: "tok-" + n.Name, Vendor: "acme", Tenant: n}, time.Duration(which)*time.Second)
	case 9:
		n.Journal.Add(&journal.Entry{ID: fmt.Sprint(n.Requests.Add(1))})
		_ = n.Notes.Change("k", func(any) (any, error) { return which, nil })
	case 10:
		n.Limits().Take(trafficOf(n), n.Clock.Lived(), nil)
	case 11:
		asks(n)
		if which%4 == 0 {
			_ = n.Faults().Add(scenarios.Fault{Name: fmt.Sprint("by-hand", which), Chance: 3000, Answer: scenarios.Answer{Reset: true}})
			_ = n.Faults().Fire("flaky")
			n.Faults().Remove("brownout")
		}
	case 12:
		g.RevokeAll(n, "acme", "")
	}
	return n
}

// Whatever is done to one tenant, at once or in between, another is as if it were
// alone. Run with -race.
func TestControlCallsTouchOneTenant(t *testing.T) {
	worlds := []*World{
		world(t, "name: served\nclock: {mode: skip}"+life+"tasks: [{id: a}, {id: b, lifecycle: timed}, {id: c, lifecycle: lucky, subtasks: {count: 3}}]\nlimits: [{per: tenant, requests: 3, window: 5s}]\nfaults: [{name: brownout, during: 2s..5s, answer: {reset: true}}, {name: flaky, chance: 30%, answer: {reset: true}}]"),
		world(t, "name: other\nclock: {mode: frozen}\nvendors: [acme]"+life+"tasks: [{id: a, lifecycle: timed}, {name: n, lifecycle: lucky, count: 3}]"),
	}
	rapid.Check(t, func(t *rapid.T) {
		beside, here, _ := testRegistry(tt{T: t}, 5, nil)
		alone, there, _ := testRegistry(tt{T: t}, 5, nil)
		me, twin, other := making(tt{T: t}, beside, Making{Name: "served~x", World: worlds[0]}), making(tt{T: t}, alone, Making{Name: "served~x", World: worlds[0]}), making(tt{T: t}, beside, Making{Name: "served~y", World: worlds[0]})
		var mu sync.Mutex // of other: it is one client's
		var wg sync.WaitGroup
		defer wg.Wait()
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			what, which := rapid.IntRange(0, 12).Draw(t, "what"), rapid.IntRange(0, 20).Draw(t, "which")
			if rapid.Bool().Draw(t, "the other") {
				wg.Go(func() { // at once with what follows
					mu.Lock()
					defer mu.Unlock()
					other = control(beside, other, worlds, what, which)
				})
				continue
			}
			d := time.Duration(rapid.IntRange(0, 3000).Draw(t, "pause")) * time.Millisecond
			_, _ = here.Advance(d), there.Advance(d)
			me, twin = control(beside, me, worlds, what, which), control(alone, twin, worlds, what, which)
			if got, want := all(beside, me), all(alone, twin); got != want {
				t.Fatalf("call %d %d: beside another tenant\n%s\nalone\n%s", what, which, got, want)
			}
		}
	})
}
