package tenant

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// someWorlds are the scenarios of the registry's tests.
func someWorlds(t testing.TB) map[string]*World {
	return map[string]*World{
		"served":      world(t, "name: served"),
		"slow":        world(t, "name: slow"),
		"incident/x":  world(t, "name: incident/x"),
		"only-bolt":   world(t, "name: only-bolt\nvendors: [bolt]"),
		"demolition":  world(t, "name: demolition"),
		"wrong-turns": world(t, "name: wrong-turns"),
	}
}

// The grammar of names: demo | scenario[~label].
func TestNames(t *testing.T) {
	g, _, log := testRegistry(t, 100, someWorlds(t))
	label := strings.Repeat("x", 64)
	for name, want := range map[string]string{ // "" for refused
		"demo": "served", "served": "served", "slow": "slow", "incident/x": "incident/x",
		"slow~a": "slow", "slow~A.b_c-9": "slow", "incident/x~1": "incident/x", "slow~" + label: "slow", "slow~demo": "slow", "slow~wrong": "slow",
		"slow~-": "slow", "slow~.": "slow", "demolition": "demolition", "wrong-turns~demo": "wrong-turns",

		"": "", "wrong": "", "wrong~a": "", "demo~a": "", "demo~": "", "~": "", "~a": "", "slow~": "", "slow~" + label + "x": "",
		"slow~a~b": "", "slow~a b": "", "slow~a/b": "", "slow~é": "", "slow~a\n": "", "slow~\x00": "", "slow~a%20": "",
		"Slow": "", "DEMO": "", "slow ": "", " slow": "", "nosuch": "", "nosuch~a": "", "incident": "", "/": "",
	} {
		before := log.count("tenant begins")
		n, err := g.Accept(Credential{Name: name}, "acme")
		if want == "" {
			if !errors.Is(err, ErrUnknown) || n != nil {
				t.Errorf("%q: got %v, %v", name, n, err)
			}
			if log.count("tenant begins") != before {
				t.Errorf("%q is refused, but a tenant begins", name)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		if n.Name != name || n.Scenario().Name != want {
			t.Errorf("%q: tenant %q of scenario %q, want %q", name, n.Name, n.Scenario().Name, want)
		}
	}
}

func TestSecrets(t *testing.T) {
	g, _, log := testRegistry(t, 100, someWorlds(t))
	for _, c := range []struct {
		c  Credential
		ok bool
	}{
		{Credential{Name: "demo", HasSecret: true}, false},
		{Credential{Name: "demo", HasSecret: true, Secret: "wrong"}, false},
		{Credential{Name: "demo", HasSecret: true, Secret: "Wrong"}, true},
		{Credential{Name: "demo", HasSecret: true, Secret: " "}, true},
		{Credential{Name: "demo", HasSecret: true, Secret: "anything"}, true},
		{Credential{Name: "demo"}, true},
		{Credential{Name: "demo", Secret: "wrong"}, true}, // the vendor's credential has no secret
	} {
		_, err := g.Accept(c.c, "acme")
		if c.ok && err != nil || !c.ok && !errors.Is(err, ErrSecret) {
			t.Errorf("%+v: %v", c.c, err)
		}
	}
	if _, err := g.Accept(Credential{Name: "wrong"}, "acme"); !errors.Is(err, ErrUnknown) {
		t.Errorf("the credential wrong: %v", err)
	}
	if n := log.count("tenant begins"); n != 1 {
		t.Errorf("%d tenants, want 1", n)
	}
}

// A tenant begins at its first accepted request, not before.
func TestWhenATenantBegins(t *testing.T) {
	g, source, log := testRegistry(t, 100, someWorlds(t))
	name := Credential{Name: "slow~x", HasSecret: true, Secret: "wrong"}
	_, _ = g.Accept(name, "acme")
	_ = source.Advance(time.Hour)
	_, _ = g.Accept(Credential{Name: "only-bolt~x"}, "acme")
	if log.count("tenant") > 0 {
		t.Fatal("a refused request made a tenant")
	}
	name.Secret = "right"
	n, err := g.Accept(name, "acme")
	if err != nil {
		t.Fatal(err)
	}
	if want := start.Add(time.Hour); !n.Clock.Began().Equal(want) {
		t.Errorf("it begins %v, want %v", n.Clock.Began(), want)
	}
	_ = source.Advance(time.Minute)
	if again, _ := g.Accept(name, "bolt"); again != n {
		t.Error("another vendor meets another tenant")
	}
	if log.count("tenant begins") != 1 || log.count("tenant=slow~x scenario=slow seed=1") != 1 {
		t.Errorf("logged: %s", log.text.String())
	}
}

func TestScenarioForOtherVendors(t *testing.T) {
	g, _, _ := testRegistry(t, 100, someWorlds(t))
	for range 2 { // the second time the tenant is there
		if _, err := g.Accept(Credential{Name: "only-bolt~x"}, "acme"); !errors.Is(err, ErrElsewhere) {
			t.Errorf("got %v", err)
		}
		if _, err := g.Accept(Credential{Name: "only-bolt~x"}, "bolt"); err != nil {
			t.Error(err)
		}
	}
}

// A scenario that cannot be loaded is no fault of the credential.
func TestBrokenWorld(t *testing.T) {
	broken := errors.New("slow.yaml:3:1: a mistake")
	g := NewRegistry("served", 9, func(string) (*World, error) { return nil, broken }, nil, nil)
	if _, err := g.Accept(Credential{Name: "slow"}, "acme"); !errors.Is(err, broken) || errors.Is(err, ErrUnknown) {
		t.Errorf("got %v", err)
	}
}

// Many at once make one tenant. Run with -race.
func TestManyAtOnceMakeOneTenant(t *testing.T) {
	g, _, log := testRegistry(t, 100, someWorlds(t))
	var wg sync.WaitGroup
	got := make([]*Tenant, 64)
	for i := range got {
		wg.Go(func() {
			var err error
			if got[i], err = g.Accept(Credential{Name: "slow~x"}, "acme"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, n := range got {
		if n == nil || n != got[0] {
			t.Fatal("not all met the same tenant")
		}
	}
	if log.count("tenant begins") != 1 || g.count != 1 {
		t.Errorf("%d began, count %d", log.count("tenant begins"), g.count)
	}
}

// accept fails the test where a name is refused.
func accept(t testing.TB, g *Registry, name string) *Tenant {
	t.Helper()
	n, err := g.Accept(Credential{Name: name}, "acme")
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// alive tells whether a tenant is known, without touching it.
func alive(g *Registry, name string) bool {
	_, ok := g.tenants.Load(name)
	return ok
}

func TestIdleTenantsAreForgotten(t *testing.T) {
	g, source, log := testRegistry(t, 100, someWorlds(t))
	first := accept(t, g, "slow~x")
	accept(t, g, "demo")
	accept(t, g, "served")
	_ = source.Advance(29 * time.Minute)
	accept(t, g, "slow~busy")
	accept(t, g, "served")
	_ = source.Advance(time.Minute)
	g.Sweep()
	if !alive(g, "slow~x") {
		t.Fatal("forgotten after 30 minutes exactly")
	}
	_ = source.Advance(time.Nanosecond)
	g.Sweep()
	if alive(g, "slow~x") || !alive(g, "demo") || !alive(g, "slow~busy") || !alive(g, "served") {
		t.Errorf("alive: x %v demo %v busy %v served %v", alive(g, "slow~x"), alive(g, "demo"), alive(g, "slow~busy"), alive(g, "served"))
	}
	if log.count("tenant ends") != 1 || log.count("tenant=slow~x why=idle") != 1 {
		t.Errorf("logged: %s", log.text.String())
	}
	if again := accept(t, g, "slow~x"); again == first || !again.Clock.Began().After(first.Clock.Began()) {
		t.Error("the name brings the old tenant back")
	}
	_ = source.Advance(1000 * time.Hour)
	g.Sweep()
	if !alive(g, "demo") || alive(g, "served") {
		t.Error("demo must stay, served must go")
	}
}

// The idle time is real, whatever the tenant's own clock does.
func TestIdleTimeIsReal(t *testing.T) {
	g, source, _ := testRegistry(t, 100, map[string]*World{
		"served": world(t, "name: served\nclock: {mode: x1000}"), "ice": world(t, "name: ice\nclock: {mode: frozen}"),
	})
	accept(t, g, "served")
	accept(t, g, "ice")
	_ = source.Advance(20 * time.Minute)
	g.Sweep()
	if !alive(g, "served") || !alive(g, "ice") {
		t.Error("forgotten after 20 minutes")
	}
	_ = source.Advance(11 * time.Minute)
	g.Sweep()
	if alive(g, "served") || alive(g, "ice") {
		t.Error("not forgotten after 31 minutes")
	}
}

// When there are too many, the longest idle goes, if it is idle over a minute;
// else nobody new comes in. demo never goes.
func TestTooManyTenants(t *testing.T) {
	g, source, log := testRegistry(t, 3, someWorlds(t))
	full := func(name string) {
		t.Helper()
		if _, err := g.Accept(Credential{Name: name}, "acme"); !errors.Is(err, ErrFull) || errors.Is(err, ErrUnknown) {
			t.Fatalf("%s: %v", name, err)
		}
	}
	accept(t, g, "demo")
	accept(t, g, "slow~1")
	_ = source.Advance(10 * time.Second)
	accept(t, g, "slow~2")
	full("slow~3")
	_ = source.Advance(50 * time.Second)
	full("slow~3") // slow~1 is idle a minute, but not over it
	_ = source.Advance(time.Nanosecond)
	accept(t, g, "slow~1") // and now it is not idle any more
	full("slow~3")
	_ = source.Advance(10 * time.Second)
	accept(t, g, "slow~3")
	if alive(g, "slow~2") || !alive(g, "slow~1") || !alive(g, "demo") {
		t.Error("the wrong one went")
	}
	if g.count != 3 || log.count(`tenant=slow~2 why="room for another"`) != 1 {
		t.Errorf("count %d, logged %s", g.count, log.text.String())
	}
	full("slow~2")
	accept(t, g, "slow~3") // whoever is there stays welcome
}

func TestOnlyDemoFits(t *testing.T) {
	g, source, _ := testRegistry(t, 1, someWorlds(t))
	accept(t, g, "demo")
	_ = source.Advance(time.Hour)
	if _, err := g.Accept(Credential{Name: "slow"}, "acme"); !errors.Is(err, ErrFull) {
		t.Errorf("got %v", err)
	}
}

// Tenants come, go and are swept at once; the count stays true. Run with -race.
func TestComingAndGoing(t *testing.T) {
	g, source, log := testRegistry(t, 20, someWorlds(t))
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for j := range 50 {
				_, err := g.Accept(Credential{Name: fmt.Sprintf("slow~%d", (i*7+j)%40)}, "acme")
				if err != nil && !errors.Is(err, ErrFull) {
					t.Error(err)
				}
				_ = source.Advance(10 * time.Second)
				if j%10 == 0 {
					g.Sweep()
				}
			}
		})
	}
	wg.Wait()
	n := 0
	g.tenants.Range(func(any, any) bool { n++; return true })
	if n != g.count || n > 20 || n != log.count("tenant begins")-log.count("tenant ends") {
		t.Errorf("%d tenants, count %d, %d began, %d ended", n, g.count, log.count("tenant begins"), log.count("tenant ends"))
	}
}

func TestRedact(t *testing.T) {
	const secret = "AKIA-very-secret-key"
	got := Redact(secret)
	if strings.Contains(got, secret[:4]) || !strings.HasPrefix(got, "20 bytes, hash ") || len(got) != len("20 bytes, hash 0000") {
		t.Errorf("got %q", got)
	}
	if Redact(secret) != got || Redact(secret+"x") == got {
		t.Error("not a hash of the credential")
	}
}
