package tenant

import (
	"slices"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
)

func TestOptionsAndProfiles(t *testing.T) {
	w := world(t, `name: served
vendors: [acme, bolt]
options: {acme: {page: 7, strict: false}}
profiles: {acme: observed}
`)
	o := w.Options("acme")
	if o.Int("page") != 7 || o.Bool("strict") || o.String("zone") != "UTC" {
		t.Errorf("options %v", o)
	}
	if o.Int("zone") != 0 || o.String("page") != "" || o.Bool("nothing") {
		t.Error("an option of another type is not its zero value")
	}
	if testVendors[0].Options["page"] != 30.0 {
		t.Error("the vendor's own defaults changed")
	}
	if w.Profile("acme") != Observed || w.Profile("bolt") != Documented {
		t.Errorf("profiles %s, %s", w.Profile("acme"), w.Profile("bolt"))
	}
	if !w.Serves("bolt") || w.Serves("num") {
		t.Error("serves")
	}
}

// The tasks that a scenario leaves out are the vendor's examples; one that
// wants a lifecycle which the scenario does not have lives by the default.
func TestExamples(t *testing.T) {
	for _, c := range []struct{ yaml, second string }{
		{"name: served", "waiting"}, // happy's lifecycles, which have it
		{"name: served" + life, "waiting"},
		{"name: served\ndefault: a\nlifecycles: {a: {succeeded: {}}, waiting: {failed: {}}}", "waiting"},
	} {
		n, tasks, _ := tasksOf(t, c.yaml, "acme")
		var got []string
		for ref := range tasks.All() {
			got = append(got, tasks.ID(ref))
		}
		if !slices.Equal(got, []string{"first", "second"}) {
			t.Errorf("tasks %v", got)
		}
		if spec := tasks.Spec(find(t, tasks, "second")); n.Scenario().LifecycleOf(*spec) != c.second {
			t.Errorf("%s: second lives by %s", c.yaml, n.Scenario().LifecycleOf(*spec))
		}
		if spec := tasks.Spec(find(t, tasks, "first")); n.Scenario().LifecycleOf(*spec) != n.Scenario().Default {
			t.Errorf("%s: first lives by %s", c.yaml, n.Scenario().LifecycleOf(*spec))
		}
	}
	if testVendors[0].Examples[0].Lifecycle != "" {
		t.Error("the vendor's own examples changed")
	}
	if _, tasks, _ := tasksOf(t, "name: served\ntasks: []", "acme"); slices.Collect(tasks.All()) != nil {
		t.Error("an empty list is not left out")
	}
}

// take asks the limits of a new tenant for so many requests at one vendor and
// answers how many were granted.
func take(n *Tenant, vendor string, requests int) int {
	granted := 0
	for range requests {
		if _, ok, _ := n.Limits().Take(traffic.Request{Vendor: vendor, Credential: n.Name}, n.Clock.Lived(), nil); ok {
			granted++
		}
	}
	return granted
}

// A scenario's limits replace the vendors' own; on a frozen clock only they
// hold.
func TestWhichLimitsHold(t *testing.T) {
	const own = "limits: [{per: tenant, requests: 3, window: 10s}]\n"
	for _, c := range []struct {
		yaml       string
		acme, bolt int // of 50
	}{
		{"", 30, 50},
		{"options: {acme: {page: 7}}\n", 7, 50},
		{"clock: {mode: x60}\n", 30, 50},
		{"clock: {mode: skip}\n", 30, 50},
		{"clock: {mode: frozen}\n", 50, 50},
		{own, 3, 3},
		{own + "clock: {mode: frozen}\n", 3, 3},
		{"limits: []\n", 50, 50},
		{"limits: []\nclock: {mode: frozen}\n", 50, 50},
		{"vendors: [bolt]\n", 50, 50},
	} {
		n, _, _ := tasksOf(t, "name: served\n"+c.yaml, "acme")
		if acme, bolt := take(n, "acme", 50), take(n, "bolt", 50); acme != c.acme || bolt != c.bolt {
			t.Errorf("%q: acme %d, bolt %d, want %d, %d", c.yaml, acme, bolt, c.acme, c.bolt)
		}
	}
}

// Limits belong to one tenant.
func TestLimitsOfTwoTenants(t *testing.T) {
	w, source := world(t, "name: served"), clock.NewManual(start)
	one, two := aTenant("a", w, source), aTenant("b", w, source)
	if take(one, "acme", 50) != 30 || take(two, "acme", 50) != 30 {
		t.Error("one tenant's requests count for another")
	}
}

// What the world says that tenants will have is what they have.
func TestDeclared(t *testing.T) {
	n, tasks, _ := tasksOf(t, "name: served\nseed: 5"+manyTasks, "acme")
	var refs []Ref
	for ref := range tasks.All() {
		refs = append(refs, ref)
	}
	i := 0
	for _, d := range n.World().Declared("acme", start) {
		for index := range d.Count {
			if got, want := d.Task(index), tasks.task(refs[i]); got != want || d.ID(index) != tasks.ID(refs[i]) {
				t.Fatalf("task %d: %s %+v, want %s %+v", i, d.ID(index), got, tasks.ID(refs[i]), want)
			}
			i++
		}
	}
	if i != len(refs) {
		t.Errorf("%d declared, %d there", i, len(refs))
	}
	if n.World().Declared("nobody", start) != nil {
		t.Error("tasks of an unknown vendor")
	}
}

// Tasks by the million cost no memory before they are asked for.
func TestAMillionTasks(t *testing.T) {
	n, tasks, _ := tasksOf(t, "name: served\ntasks: [{count: 2000000}]", "num")
	last := Ref{index: 1_999_999}
	if ref := find(t, tasks, tasks.ID(last)); ref != last {
		t.Errorf("found %v", ref)
	}
	entries, _ := tasks.Read(n.Clock.Now().Add(time.Second), last)
	if len(entries) != 1 || entries[0].Number != 1_999_999 || entries[0].Phase != scenarios.Pending {
		t.Errorf("got %+v", entries)
	}
	if records(tasks) != 0 {
		t.Errorf("%d records", records(tasks))
	}
}
