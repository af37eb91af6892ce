package tenant

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
)

const faulty = "name: served\nvendors: [acme]" + life + `tasks: [{id: a, lifecycle: timed}]
faults:
  - {name: brownout, during: 20s..50s, answer: {reset: true}}
  - {name: first, first: 1, answer: {empty: true}}
  - {name: flaky, chance: 30%, answer: {reset: true}}
`

// asks makes a request now and answers which faults fired.
func asks(n *Tenant) string {
	now := n.Clock.Now()
	d := n.Faults().Decide(traffic.Moment{Vendor: "acme", Operation: "scan", Kind: "poll", Since: n.Since(now)})
	return strings.Join(d.Names, " ")
}

// counted are the faults with what they have counted, those added by hand with a +.
func counted(n *Tenant) string {
	var out []string
	for _, f := range n.Faults().List() {
		mark := ""
		if f.Added {
			mark = "+"
		}
		out = append(out, fmt.Sprint(f.Fault.Name, mark, ":", f.Matched))
	}
	return strings.Join(out, " ")
}

// A tenant has its scenario's faults; a new scenario brings its own, and a reset
// the scenario's as they were. What was added by hand stays until the reset.
func TestFaultsOfATenant(t *testing.T) {
	g, _, _ := testRegistry(t, 5, map[string]*World{"served": world(t, faulty)})
	n := accept(t, g, "demo")
	asks(n)
	if err := n.Faults().Add(scenarios.Fault{Name: "mine", Answer: scenarios.Answer{Reset: true}}); err != nil {
		t.Fatal(err)
	}
	asks(n)
	if got := counted(n); got != "brownout:0 first:2 flaky:2 mine+:1" {
		t.Errorf("%s", got)
	}
	n.Replace(world(t, "name: other\nvendors: [acme]"+life+"faults: [{name: other, answer: {reset: true}}]"), n.Clock.Now())
	asks(n)
	if got := counted(n); got != "other:1 mine+:2" {
		t.Errorf("replaced: %s", got)
	}
	n, err := g.Reset("demo")
	if err != nil {
		t.Fatal(err)
	}
	if got := counted(n); got != "other:0" {
		t.Errorf("reset: %s", got)
	}
}

// The faults of another tenant are its own; the same scenario and seed mean the
// same luck, whatever the label and whenever it begins.
func TestFaultsOfTwoTenants(t *testing.T) {
	w, source := world(t, faulty), clock.NewManual(start)
	sequence := func(n *Tenant) string {
		out := ""
		for range 64 {
			out += asks(n) + ";"
		}
		return out
	}
	one := aTenant("served~a", w, source)
	_ = source.Advance(1234 * time.Millisecond)
	two, three := aTenant("served~b", w, source), aTenant("served~c", world(t, faulty+"seed: 2\n"), source)
	first := sequence(one)
	if got := sequence(two); got != first {
		t.Errorf("%s and %s", first, got)
	}
	if got := sequence(three); got == first {
		t.Error("another seed, the same luck")
	}
	one.Faults().Remove("flaky")
	if counted(two) != "brownout:0 first:64 flaky:64" {
		t.Errorf("%s", counted(two))
	}
}

// A window is the tenant's time since its beginning, not what it has lived: a jump
// opens and closes it.
func TestFaultWindowsOnASkippingClock(t *testing.T) {
	n, _, source := tasksOf(t, strings.Replace(faulty, "vendors: [acme]", "vendors: [acme]\nclock: {mode: skip, start: 2020-02-29T12:00:00Z}", 1), "acme")
	n.Faults().Remove("first")
	n.Faults().Remove("flaky")
	for _, step := range []struct {
		skip, pass time.Duration
		want       string
	}{
		{0, 0, ""},
		{20*s - 1, 0, ""},
		{1, 0, "brownout"},
		{0, 10 * s, "brownout"},
		{20*s - 1, 0, "brownout"},
		{1, 0, ""},
	} {
		if err := n.Clock.Skip(n.Clock.Now().Add(step.skip)); err != nil {
			t.Fatal(err)
		}
		_ = source.Advance(step.pass)
		if got := asks(n); got != step.want {
			t.Errorf("at %v: %q, want %q", n.Since(n.Clock.Now()), got, step.want)
		}
	}
	if n.Clock.Lived() != 10*s {
		t.Errorf("lived %v", n.Clock.Lived())
	}
}

// A move lists the windows that it opened and closed, and from then on requests
// meet them so.
func TestMovesListFaultWindows(t *testing.T) {
	n, _, _ := tasksOf(t, strings.Replace(faulty, "vendors: [acme]", "vendors: [acme]\nclock: {mode: frozen, start: 2020-02-29T12:00:00Z}", 1), "acme")
	for _, c := range []struct {
		by   time.Duration
		want string
	}{
		{20*s - 1, "[]"},
		{1, "[{20s brownout true}]"},
		{0, "[]"},
		{29 * s, "[]"},
		{time.Hour, "[{50s brownout false}]"},
	} {
		if got := fmt.Sprint(n.AdvanceBy(c.by).Faults); got != c.want {
			t.Errorf("by %v: %s, want %s", c.by, got, c.want)
		}
	}
	if got := fmt.Sprint(aTenant("served~z", n.World(), clock.NewManual(start)).AdvanceBy(time.Minute).Faults); got != "[{20s brownout true} {50s brownout false}]" {
		t.Errorf("at once: %s", got)
	}
}
