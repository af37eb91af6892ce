package tenant

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// madeWorld is a scenario that no registry knows by name.
func madeWorld(t testing.TB) *World {
	return world(t, "name: inline\nseed: 5\nclock: {mode: x60, start: 2020-01-01T00:00:00Z}\nvendors: [acme]"+life+"tasks: [{id: a, lifecycle: timed}, {id: b}]")
}

func making(t testing.TB, g *Registry, m Making) *Tenant {
	t.Helper()
	n, err := g.Make(m)
	if err != nil {
		t.Fatalf("%s: %v", m.Name, err)
	}
	return n
}

// What the making leaves out is the scenario's; its name leads to it.
func TestMake(t *testing.T) {
	g, source, _ := testRegistry(t, 10, someWorlds(t))
	w, seed := madeWorld(t), int64(9)
	_ = source.Advance(time.Hour)
	as := making(t, g, Making{Name: "inline~as-written", World: w})
	own := making(t, g, Making{
		Name: "inline~own", World: w, Seed: &seed, Mode: &scenarios.ClockMode{Kind: scenarios.Frozen},
		Start: start.Add(time.Minute), Secret: "mine",
	})
	now := making(t, g, Making{Name: "slow~now", World: world(t, "name: slow")})
	for _, c := range []struct {
		n      *Tenant
		seed   int64
		kind   scenarios.ClockKind
		began  time.Time
		secret string
	}{
		{as, 5, scenarios.Scaled, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), "secret"},
		{own, 9, scenarios.Frozen, start.Add(time.Minute), "mine"},
		{now, 1, scenarios.Real, start.Add(time.Hour), "secret"},
	} {
		if c.n.Seed != c.seed || c.n.Clock.Mode().Kind != c.kind || !c.n.Clock.Began().Equal(c.began) || c.n.Secret != c.secret || !c.n.Made {
			t.Errorf("%s: seed %d, %v from %v, secret %q, made %v", c.n.Name, c.n.Seed, c.n.Clock.Mode(), c.n.Clock.Began(), c.n.Secret, c.n.Made)
		}
		if got := accept(t, g, c.n.Name); got != c.n {
			t.Errorf("%s leads to another tenant", c.n.Name)
		}
	}
	if _, err := g.Accept(Credential{Name: "inline~other"}, "acme"); !errors.Is(err, ErrUnknown) {
		t.Errorf("a scenario of one tenant is another's: %v", err)
	}
	if _, err := g.Accept(Credential{Name: "inline~own"}, "bolt"); !errors.Is(err, ErrElsewhere) {
		t.Errorf("at a vendor that it is not for: %v", err)
	}
}

func TestNamesThatCannotBeMade(t *testing.T) {
	g, _, log := testRegistry(t, 3, someWorlds(t))
	w := world(t, "name: slow")
	accept(t, g, "slow~there")
	making(t, g, Making{Name: "slow~made", World: w})
	for name, want := range map[string]error{
		"": ErrName, "demo": ErrName, "demo~x": ErrName, "wrong": ErrName, "wrong~x": ErrName, "slow~": ErrName, "~x": ErrName,
		"slow~a b": ErrName, "slow~a~b": ErrName, "slow~there": ErrTaken, "slow~made": ErrTaken,
	} {
		if n, err := g.Make(Making{Name: name, World: w}); !errors.Is(err, want) || n != nil {
			t.Errorf("%q: %v %v, want %v", name, n, err, want)
		}
	}
	making(t, g, Making{Name: "incident/x", World: w})
	if _, err := g.Make(Making{Name: "slow~fourth", World: w}); !errors.Is(err, ErrFull) {
		t.Errorf("the fourth of three: %v", err)
	}
	if n := log.count("tenant begins"); n != 3 {
		t.Errorf("%d began", n)
	}
}

// A tenant that was made is never forgotten by itself, but takes its place.
func TestMadeTenantsStay(t *testing.T) {
	g, source, _ := testRegistry(t, 2, someWorlds(t))
	making(t, g, Making{Name: "slow~made", World: world(t, "name: slow")})
	accept(t, g, "slow~passing")
	_ = source.Advance(1000 * time.Hour)
	accept(t, g, "slow~next") // in the place of passing
	if !alive(g, "slow~made") || alive(g, "slow~passing") {
		t.Error("the wrong one made room")
	}
	_ = source.Advance(1000 * time.Hour)
	g.Sweep()
	if !alive(g, "slow~made") || alive(g, "slow~next") {
		t.Error("the wrong one was idle")
	}
	if err := g.Delete("slow~made"); err != nil || alive(g, "slow~made") || g.count != 0 {
		t.Errorf("deleted: %v, count %d", err, g.count)
	}
}

// To be found is no use of a tenant.
func TestFindAndAll(t *testing.T) {
	g, source, _ := testRegistry(t, 10, someWorlds(t))
	if _, ok := g.Find("demo"); ok || g.All() != nil {
		t.Error("there is a tenant before any")
	}
	for _, name := range []string{"slow~b", "demo", "slow~a"} {
		accept(t, g, name)
	}
	_ = source.Advance(IdleAfter + 1)
	var names []string
	for _, n := range g.All() {
		if found, ok := g.Find(n.Name); !ok || found != n {
			t.Errorf("%s is not found", n.Name)
		}
		if !n.LastUsed().Equal(start) {
			t.Errorf("%s was used at %v", n.Name, n.LastUsed())
		}
		names = append(names, n.Name)
	}
	if !slices.Equal(names, []string{"demo", "slow~a", "slow~b"}) {
		t.Errorf("all: %v", names)
	}
	if g.Sweep(); len(g.All()) != 1 {
		t.Error("being found kept them")
	}
}

// Reset begins the same tenant anew: nothing that was done to the old one is
// left, and what is still done to it leaves nothing.
func TestReset(t *testing.T) {
	g, source, _ := testRegistry(t, 10, someWorlds(t))
	seed := int64(9)
	m := Making{Name: "inline~x", World: madeWorld(t), Seed: &seed, Mode: &scenarios.ClockMode{Kind: scenarios.Frozen}, Start: start, Secret: "mine"}
	old := making(t, g, m)
	fresh := course(old.Tasks("acme"), find(t, old.Tasks("acme"), "a"))
	tasks, a := old.Tasks("acme"), find(t, old.Tasks("acme"), "a")
	var e ear
	tasks.Listen(e.hear)
	dirty := func() {
		old.Journal.Add(&journal.Entry{ID: "inline~x.1"})
		old.Requests.Add(1)
		_, _ = tasks.Create(old.Clock.Now(), Creation{Operation: "scan"})
		_ = tasks.Force(a, old.Clock.Now(), task.Whole, "done")
		g.Issue(&Token{Value: "tok", Vendor: "acme", Tenant: old}, 0)
		_ = old.Notes.Change("k", func(any) (any, error) { return 1, nil })
		old.Tracked.Add(1)
		old.AdvanceBy(time.Minute)
	}
	dirty()
	old.SetMode(scenarios.ClockMode{Kind: scenarios.Skip})
	_ = source.Advance(time.Hour)
	old.Settle() // else what is being told may come after the reset
	n, err := g.Reset(m.Name)
	if err != nil || n == old {
		t.Fatal(n, err)
	}
	e.take()
	dirty() // by a request that was under way
	if got, _ := g.Find(m.Name); got != n {
		t.Error("the name leads to another")
	}
	if _, err := g.Token("tok", "acme"); !errors.Is(err, ErrUnknown) {
		t.Errorf("the old token: %v", err)
	}
	if n.Seed != 9 || n.Secret != "mine" || !n.Made || n.Clock.Mode().Kind != scenarios.Frozen || !n.Clock.Now().Equal(start) || n.Clock.Lived() != 0 {
		t.Errorf("seed %d, secret %s, made %v, %v at %v", n.Seed, n.Secret, n.Made, n.Clock.Mode(), n.Clock.Now())
	}
	if _, ok := n.Journal.Get("inline~x.1"); ok || n.Journal.Lost() != 0 || n.Requests.Load() != 0 || n.Tracked.Load() != 0 || n.Notes.Get("k") != nil {
		t.Error("something is left")
	}
	anew := n.Tasks("acme")
	if anew.Total() != 2 || records(anew) != 0 || course(anew, find(t, anew, "a")) != fresh {
		t.Error("the tasks are not as they were at first")
	}
	if heard := e.take(); heard != nil {
		t.Errorf("the old one tells: %v", heard)
	}
	if _, err := g.Reset("inline~y"); !errors.Is(err, ErrUnknown) {
		t.Errorf("of nobody: %v", err)
	}
	if g.count != 1 {
		t.Errorf("count %d", g.count)
	}
}

// A tenant that a name alone makes may be reset and deleted too; deleted it
// begins anew at its next use.
func TestResetAndDeleteDemo(t *testing.T) {
	g, source, _ := testRegistry(t, 10, someWorlds(t))
	first := accept(t, g, Demo)
	_ = source.Advance(time.Hour)
	second, err := g.Reset(Demo)
	if err != nil || second == first || accept(t, g, Demo) != second || second.Made || !second.Clock.Began().Equal(start.Add(time.Hour)) {
		t.Errorf("reset: %v, began %v", err, second.Clock.Began())
	}
	if err := g.Delete(Demo); err != nil {
		t.Fatal(err)
	}
	if err := g.Delete(Demo); !errors.Is(err, ErrUnknown) {
		t.Errorf("twice: %v", err)
	}
	if _, err := g.Reset(Demo); !errors.Is(err, ErrUnknown) {
		t.Errorf("reset of a tenant that is deleted: %v", err)
	}
	if third := accept(t, g, Demo); third == second || g.count != 1 {
		t.Errorf("it came back, or count is %d", g.count)
	}
}

// A reset tenant runs the scenario that it ran last, from its own beginning.
func TestResetAfterReplace(t *testing.T) {
	g, _, _ := testRegistry(t, 10, someWorlds(t))
	n := making(t, g, Making{Name: "inline~x", World: madeWorld(t)})
	n.Replace(world(t, "name: other\nseed: 77\nclock: {mode: frozen}"+life+"tasks: [{id: c}]"), n.Clock.Now())
	again, err := g.Reset("inline~x")
	if err != nil {
		t.Fatal(err)
	}
	if again.Scenario().Name != "other" || again.Seed != 5 || again.Clock.Mode().Kind != scenarios.Scaled || again.Tasks("acme").Total() != 1 {
		t.Errorf("%s, seed %d, %v, %d tasks", again.Scenario().Name, again.Seed, again.Clock.Mode(), again.Tasks("acme").Total())
	}
}

// Requests, resets and deletions at once: the name always leads to a tenant of
// the scenario that it was made with, tokens never outlive theirs, and the count
// stays true. Run with -race.
func TestControlAndRequestsAtOnce(t *testing.T) {
	g, source, _ := testRegistry(t, 20, someWorlds(t))
	w := madeWorld(t)
	var clients, control sync.WaitGroup
	for i := range 4 {
		name := fmt.Sprintf("inline~%d", i)
		making(t, g, Making{Name: name, World: w})
		for j := range 2 {
			clients.Go(func() {
				for k := range 100 {
					n := accept(t, g, name)
					tasks := n.Tasks("acme")
					read(tasks, find(t, tasks, "b"))
					g.Issue(&Token{Value: fmt.Sprint(name, j, k), Vendor: "acme", Tenant: n}, 0)
					n.Journal.Add(&journal.Entry{ID: fmt.Sprint(n.Requests.Add(1))})
					accept(t, g, fmt.Sprintf("slow~%d", k%8))
				}
			})
		}
		control.Go(func() {
			for k := range 50 {
				if n, err := g.Reset(name); err != nil || n.Scenario().Name != "inline" {
					t.Error(err)
				}
				if err := g.Delete(fmt.Sprintf("slow~%d", k%8)); err != nil && !errors.Is(err, ErrUnknown) {
					t.Error(err)
				}
				_ = source.Advance(time.Second)
			}
		})
	}
	clients.Wait()
	control.Wait()
	if all := g.All(); len(all) != g.count {
		t.Errorf("%d tenants, count %d", len(all), g.count)
	}
	g.tokens.Range(func(_, v any) bool {
		k := v.(*Token)
		if n, ok := g.Find(k.Tenant.Name); !ok || n != k.Tenant {
			t.Errorf("token %s has outlived its tenant", k.Value)
		}
		return true
	})
	for _, n := range g.All() {
		if err := g.Delete(n.Name); err != nil {
			t.Error(err)
		}
	}
	left := 0
	g.tokens.Range(func(any, any) bool { left++; return true })
	if left > 0 || g.count != 0 {
		t.Errorf("%d tokens, count %d", left, g.count)
	}
}
