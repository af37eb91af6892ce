package tenant

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

const rules = life + `
name: x
tasks:
  - {id: declared, lifecycle: timed}
  - {on: acme.scan, vendor: acme, lifecycle: timed, name: Rule, set: {colour: red}, subtasks: {count: 4, stagger: 1s}}
  - {on: start, lifecycle: lucky}
`

var rulesKnown = func() scenarios.Known {
	k := testKnown
	k.Operations = map[string][]string{"acme": {"scan", "other"}, "bolt": {"scan"}, "num": {"scan"}}
	return k
}()

func ruledTasks(t *testing.T, vendor string) *Tasks {
	t.Helper()
	s, problems := scenarios.Parse("test.yaml", []byte("version: 1\n"+rules), rulesKnown)
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	n := NewWorld(s, testVendors, nil)
	g, _, _ := testRegistry(t, 10, map[string]*World{"served": n})
	d, err := g.Accept(Credential{Name: Demo}, vendor)
	if err != nil {
		t.Fatal(err)
	}
	return d.Tasks(vendor)
}

func create(t *testing.T, tasks *Tasks, now time.Time, c Creation) Entry {
	t.Helper()
	e, err := tasks.Create(now, c)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// The first rule that selects the operation decides how a created task lives;
// the request decides how many parts it has, and the rule's fields win.
func TestCreatedTasksLiveByTheirRule(t *testing.T) {
	tasks := ruledTasks(t, "acme")
	e := create(t, tasks, start, Creation{Operation: "scan", Body: []byte("a"), Name: "Own", Parts: 2, Set: map[string]any{"colour": "blue", "size": 3}, Data: "target"})
	if e.Spec.Name != "Rule" || len(e.Subtasks) != 2 || e.Spec.Set["colour"] != "red" || e.Spec.Set["size"] != 3 || e.Data != "target" || e.Number != 1 {
		t.Errorf("%+v of %+v", e, e.Spec)
	}
	if e := create(t, tasks, start, Creation{Operation: "scan", Body: []byte("a")}); len(e.Subtasks) != 4 {
		t.Errorf("the rule's count: %d subtasks", len(e.Subtasks))
	}
	ref := find(t, tasks, e.ID)
	later, ok := tasks.Look(ref, start.Add(30*time.Second))
	if !ok || later.ID != e.ID || later.Data != "target" || later.Phase != scenarios.Succeeded {
		t.Errorf("%v %+v", ok, later)
	}
	if e := create(t, tasks, start, Creation{Operation: "other", Body: []byte("a")}); e.State != "queued" || e.Subtasks != nil || tasks.counted(find(t, tasks, e.ID)) {
		t.Errorf("by the second rule: %+v", e)
	}
}

// Whoever creates a task in a client's place may say by which lifecycle it, or
// each of its subtasks, lives, whatever the rule says.
func TestCreatedTasksOfALifecycle(t *testing.T) {
	tasks := ruledTasks(t, "acme")
	for _, c := range []struct {
		c         Creation
		lifecycle string
		parts     int
	}{
		{Creation{}, "counted", 0},
		{Creation{Lifecycle: "lucky"}, "lucky", 0},
		{Creation{Operation: "scan"}, "timed", 4},
		{Creation{Operation: "scan", Lifecycle: "lucky"}, "lucky", 4},
		{Creation{Operation: "scan", Lifecycle: "lucky", Parts: 2}, "lucky", 2},
		{Creation{Lifecycle: "timed", Parts: 3}, "timed", 3},
	} {
		e := create(t, tasks, start, c.c)
		if tasks.Lifecycle(e.Ref) != c.lifecycle || len(e.Subtasks) != c.parts {
			t.Errorf("%+v: %s with %d subtasks", c.c, tasks.Lifecycle(e.Ref), len(e.Subtasks))
		}
	}
	before := tasks.Total()
	if _, err := tasks.Create(start, Creation{Lifecycle: "nowhere"}); !errors.Is(err, ErrLifecycle) || tasks.Total() != before {
		t.Errorf("%v, %d tasks", err, tasks.Total())
	}
	twin, other := ruledTasks(t, "acme"), ruledTasks(t, "acme")
	if _, err := other.Create(start, Creation{Lifecycle: "nowhere"}); err == nil {
		t.Error("created")
	}
	if a, b := create(t, twin, start, Creation{}), create(t, other, start, Creation{}); a.Luck != b.Luck {
		t.Error("a refused creation changed the next one's luck")
	}
}

// The same request asked again makes another task with luck of its own, and
// the same requests make the same tasks in every tenant of a scenario and seed.
func TestCreatedTasksHaveTheirOwnLuck(t *testing.T) {
	one, other := ruledTasks(t, "bolt"), ruledTasks(t, "bolt")
	seen := map[string]bool{}
	for i := range 50 {
		c := Creation{Operation: "scan", Body: fmt.Appendf(nil, "%d", i%3)}
		if i == 7 { // another request in between changes nothing
			create(t, other, start, Creation{Operation: "scan", Body: []byte("between")})
		}
		a, b := create(t, one, start, c), create(t, other, start, c)
		if a.ID != b.ID || a.Luck != b.Luck || seen[a.ID] {
			t.Errorf("%d: %s and %s", i, a.ID, b.ID)
		}
		seen[a.ID] = true
	}
}

// Ids in order take the next free number, past declared tasks and each other.
func TestCreatedIDsInOrder(t *testing.T) {
	_, tasks, _ := tasksOf(t, "name: x\n"+life+"\ntasks: [{count: 3}]\n", "num")
	seen := map[string]bool{}
	for ref := range tasks.All() {
		seen[tasks.ID(ref)] = true
	}
	for i := range 5 {
		e := create(t, tasks, start, Creation{Operation: "scan"})
		if seen[e.ID] {
			t.Errorf("%d: %s is taken", i, e.ID)
		}
		seen[e.ID] = true
		if got := tasks.ID(find(t, tasks, e.ID)); got != e.ID {
			t.Errorf("found %s for %s", got, e.ID)
		}
	}
	n := 0
	for range tasks.All() {
		n++
	}
	if n != 8 {
		t.Errorf("%d tasks", n)
	}
}

func TestCreatingAtOnce(t *testing.T) {
	tasks := ruledTasks(t, "acme")
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for range 20 {
				e, err := tasks.Create(start, Creation{Operation: "other", Body: fmt.Appendf(nil, "%d", i)})
				if err != nil {
					t.Error(err)
				}
				if _, ok := tasks.Find(e.ID); !ok {
					t.Errorf("%s is lost", e.ID)
				}
			}
		})
	}
	wg.Wait()
	if n := len(tasks.madeSoFar()); n != 320 {
		t.Errorf("%d created", n)
	}
}

func TestTooManyCreatedTasks(t *testing.T) {
	tasks := ruledTasks(t, "num")
	tasks.made.tasks = make([]createdTask, MaxCreated)
	if _, err := tasks.Create(start, Creation{Operation: "scan"}); !errors.Is(err, ErrTasks) {
		t.Errorf("%v", err)
	}
}

// What clients write shows in place of what is computed, and what was shown
// before is not given again.
func TestWrites(t *testing.T) {
	_, tasks, _ := tasksOf(t, "name: x\n"+life+"\ntasks: [{id: a, lifecycle: timed}]\n", "acme")
	ref := find(t, tasks, "a")
	before, _ := tasks.Version(ref)
	tasks.Write(ref, map[string]any{"note": "mine"})
	tasks.Write(ref, map[string]any{"other": 1})
	if err := tasks.End(ref, start, scenarios.Cancelled); err != nil {
		t.Fatal(err)
	}
	after, steady := tasks.Version(ref)
	e, ok := tasks.Look(ref, start)
	if !ok || !steady || after <= before || e.Phase != scenarios.Cancelled || e.Set["note"] != "mine" || e.Set["other"] != 1 {
		t.Errorf("version %d to %d: %+v", before, after, e)
	}
	tasks.Expire(ref, start)
	if _, ok := tasks.Look(ref, start); ok {
		t.Error("an expired task is known")
	}
}

func TestTokens(t *testing.T) {
	g, source, _ := testRegistry(t, 10, map[string]*World{"served": world(t, "name: served\n"+life)})
	d, err := g.Accept(Credential{Name: Demo}, "acme")
	if err != nil {
		t.Fatal(err)
	}
	g.Issue(&Token{Value: "tok", Vendor: "acme", Kind: "access", Tenant: d}, 10*time.Second)
	g.Issue(&Token{Value: "for-ever", Vendor: "acme", Tenant: d}, 0)
	accept := func(value, vendor string) error {
		got, err := g.Accept(Credential{Token: value}, vendor)
		if err == nil && got != d {
			t.Errorf("%s: another tenant", value)
		}
		return err
	}
	for _, c := range []struct {
		at            time.Duration
		value, vendor string
		want          error
	}{
		{0, "tok", "acme", nil},
		{0, "demo", "acme", nil}, // a raw tenant name
		{0, "nosuch", "acme", ErrUnknown},
		{0, "tok", "bolt", ErrUnknown},
		{10*time.Second - 1, "tok", "acme", nil},
		{10 * time.Second, "tok", "acme", ErrExpired},
		{time.Hour, "for-ever", "acme", nil},
	} {
		if err := source.Set(start.Add(c.at)); err != nil {
			t.Fatal(err)
		}
		if err := accept(c.value, c.vendor); !errors.Is(err, c.want) {
			t.Errorf("%s at %v: %v, want %v", c.value, c.at, err, c.want)
		}
	}
	k, _ := g.Token("for-ever", "acme")
	g.Revoke(k)
	if err := accept("for-ever", "acme"); !errors.Is(err, ErrUnknown) {
		t.Errorf("revoked: %v", err)
	}
}

// A skipping clock's jumps do not age a token; a tenant that ends takes its
// tokens along; and a tenant cannot fill the memory with them.
func TestTokensOfATenant(t *testing.T) {
	g, _, _ := testRegistry(t, 10, map[string]*World{"served": world(t, "name: served\nclock: {mode: skip}\n"+life)})
	d, err := g.Accept(Credential{Name: "served~a"}, "acme")
	if err != nil {
		t.Fatal(err)
	}
	g.Issue(&Token{Value: "tok", Vendor: "acme", Tenant: d}, 10*time.Second)
	if err := d.Clock.Skip(start.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Token("tok", "acme"); err != nil {
		t.Errorf("after a jump: %v", err)
	}
	for i := range 2*maxTokens + 5 {
		g.Issue(&Token{Value: fmt.Sprint(i), Vendor: "acme", Tenant: d}, time.Hour)
	}
	if n := len(d.tokens.issued); n > maxTokens {
		t.Errorf("%d tokens", n)
	}
	if _, err := g.Token(fmt.Sprint(2*maxTokens+4), "acme"); err != nil {
		t.Errorf("the newest: %v", err)
	}
	g.making.Lock()
	g.forget(d, "test")
	g.making.Unlock()
	g.Issue(&Token{Value: "late", Vendor: "acme", Tenant: d}, time.Hour)
	left := 0
	g.tokens.Range(func(any, any) bool { left++; return true })
	if left > 0 {
		t.Errorf("%d tokens of a tenant that is gone", left)
	}
}
