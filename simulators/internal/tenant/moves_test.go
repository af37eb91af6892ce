package tenant

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// passed is what a move passed, one word each: vendor, task and state, the vendor
// of a window, the token, each with the seconds since start.
func passed(m Moved) string {
	var out []string
	for _, c := range m.Edges {
		part := ""
		if c.Edge.Sub != task.Whole {
			part = fmt.Sprint("/", c.Edge.Sub)
		}
		out = append(out, fmt.Sprintf("%s:%s%s:%s@%v", c.Vendor, c.ID, part, orElse(c.Edge.To, "gone"), c.Edge.At.Sub(start).Seconds()))
	}
	for _, w := range m.Windows {
		out = append(out, fmt.Sprintf("window:%s@%v", w.Vendor, w.Lived.Seconds()))
	}
	for _, k := range m.Tokens {
		out = append(out, fmt.Sprintf("token:%s@%v", k.Value, k.Ends.Seconds()))
	}
	if m.More > 0 {
		out = append(out, fmt.Sprint("more:", m.More))
	}
	return strings.Join(out, " ")
}

const twoVendors = "name: served\nvendors: [acme, bolt]\nclock: {mode: frozen}" + life +
	"tasks: [{id: a, lifecycle: timed, vendor: acme}, {id: b, lifecycle: timed, vendor: bolt, created: 2s}, {id: c, vendor: acme}]\n" +
	"limits: [{per: tenant, requests: 2, window: 5s}]\n"

// One tenant's time, move by move: everything in (from, to] is listed, once.
func TestMoves(t *testing.T) {
	g, _, _ := testRegistry(t, 5, map[string]*World{"served": world(t, twoVendors)})
	n := accept(t, g, "demo")
	token := func(value string, life time.Duration) *Token {
		k := &Token{Value: value, Vendor: "acme", Tenant: n}
		g.Issue(k, life)
		return k
	}
	token("late", 11*s)
	token("early", 3*s)
	token("never", 0)
	revoked := token("revoked", 4*s)
	g.Revoke(revoked)
	take(n, "acme", 1)
	acme := n.Tasks("acme")
	for _, c := range []struct {
		by   time.Duration
		want string
	}{
		{0, ""},
		{-s, ""},
		{2*s - 1, ""},
		{1, "acme:a:running@2 bolt:b:queued@2"},
		{2 * s, "bolt:b:running@4 token:early@3"},
		{4 * s, "window:acme@5"},
		{4 * s, "acme:a:done@12 token:late@11"},
		{2*s - 1, ""},
		{1, "bolt:b:done@14"},
		{time.Minute, "acme:a:gone@72 bolt:b:gone@74"},
	} {
		from := n.Clock.Now()
		m := n.AdvanceBy(c.by)
		if got := passed(m); got != c.want {
			t.Errorf("by %v: %q, want %q", c.by, got, c.want)
		}
		if !m.From.Now.Equal(from) || !m.To.Now.Equal(n.Clock.Now()) || m.To.Lived != n.Clock.Lived() || m.To.Now.Sub(from) != max(c.by, 0) {
			t.Errorf("by %v: from %v to %v", c.by, m.From, m.To)
		}
	}
	if _, err := n.AdvanceTo(n.Clock.Now().Add(-1)); !errors.Is(err, clock.ErrPast) {
		t.Errorf("into the past: %v", err)
	}
	for range 3 {
		read(acme, find(t, acme, "c"))
	}
	if m, err := n.AdvanceTo(n.Clock.Now().Add(10 * s)); err != nil || len(m.Edges) != 1 || m.Edges[0].State != "done" || m.Edges[0].ID != "c" {
		t.Errorf("%v %v", m, err)
	}
	n.Replace(world(t, "name: other\nvendors: [acme]"+life+"tasks: []"), n.Clock.Now())
	if _, err := n.Tasks("bolt").Create(n.Clock.Now(), Creation{Lifecycle: "timed"}); err != nil {
		t.Fatal(err)
	}
	if m := n.AdvanceBy(time.Minute); m.Edges == nil || len(m.Edges) > 0 {
		t.Errorf("at a vendor that the scenario is not for: %v", passed(m))
	}
}

// A task is shown as it stood at its edge.
func TestMovesShowTheTaskAtItsEdge(t *testing.T) {
	n, tasks, _ := tasksOf(t, "name: served\nclock: {mode: frozen}\nvendors: [acme]"+life+"tasks: [{id: a, lifecycle: timed, subtasks: {count: 2, stagger: 1s}}]", "acme")
	tasks.Write(find(t, tasks, "a"), map[string]any{"note": "mine"})
	var got []string
	for _, c := range n.AdvanceBy(13 * s).Edges {
		got = append(got, fmt.Sprint(c.Phase, c.Done, c.Set["note"]))
	}
	if want := "running0mine running0mine running0mine running1mine succeeded2mine succeeded2mine"; strings.Join(got, " ") != want {
		t.Errorf("shown as %q", got)
	}
}

// Of very many edges the first are listed, in order, and the others counted.
func TestMovesListTheFirstEdges(t *testing.T) {
	const circle = "\nclock: {mode: frozen}\nvendors: [acme]\ndefault: up\nlifecycles: {up: {up: {phase: running, after: 3s, to: down}, down: {phase: paused, after: 3s, to: up}}, once: {up: {phase: running, after: 1h, to: down}, down: {phase: failed}}}\n"
	for _, c := range []struct {
		what, tasks       string
		by                time.Duration
		more, first, last int // of the edges listed: how many seconds after start
	}{
		{"all", "{id: a}", 29_997 * s, 0, 3, 29_997},
		{"just all", "{id: a}", 30_000 * s, 0, 3, 30_000},
		{"one more", "{id: a}", 30_003 * s, 1, 3, 30_000},
		{"one in circles", "{id: a}", 300_000 * s, 90_000, 3, 30_000},
		{"two in circles", "{id: a}, {id: b, created: -1s}", 300_000 * s, 190_000, 2, 15_000},
		{"many of one", "{count: 30000, lifecycle: once}, {id: a, created: -3590s, lifecycle: once}", time.Hour, 20_001, 10, 3600},
	} {
		n, _, _ := tasksOf(t, "name: served"+circle+"tasks: ["+c.tasks+"]", "acme")
		m := n.AdvanceBy(c.by)
		if want := maxEdges; m.More != c.more || c.more > 0 && len(m.Edges) != want {
			t.Errorf("%s: %d edges and %d more, want %d more", c.what, len(m.Edges), m.More, c.more)
		}
		seconds := func(i int) int { return int(m.Edges[i].Edge.At.Sub(start).Seconds()) }
		if last := len(m.Edges) - 1; seconds(0) != c.first || seconds(last) != c.last {
			t.Errorf("%s: from %d to %d, want %d to %d", c.what, seconds(0), seconds(last), c.first, c.last)
		}
		if !slices.IsSortedFunc(m.Edges, func(a, b Change) int { return a.Edge.At.Compare(b.Edge.At) }) {
			t.Errorf("%s: out of order", c.what)
		}
	}
}

// edgesOf are the edges of moves, one word each.
func edgesOf(moves ...Moved) []string {
	var out []string
	for _, m := range moves {
		for _, c := range m.Edges {
			out = append(out, fmt.Sprint(c.Vendor, c.ID, c.Edge, c.Phase, c.Steps))
		}
	}
	return out
}

// On a frozen clock many small moves pass what one big move does, whatever was
// done before: no edge twice, none missing. And it is what listeners are told.
func TestSmallMovesEqualABigOne(t *testing.T) {
	yaml := "name: served\nclock: {mode: frozen}\nvendors: [acme]\n" + strings.Replace(anyLife, "{id: f, ", "{name: f, ", 1)
	w := world(t, yaml)
	rapid.Check(t, func(t *rapid.T) {
		one, many := aTenant("served~x", w, clock.NewManual(start)), aTenant("served~x", w, clock.NewManual(start))
		seed := rapid.IntRange(0, 20).Draw(t, "steps")
		type act struct{ what, task, state int }
		for range seed {
			a := act{rapid.IntRange(0, 3).Draw(t, "what"), rapid.IntRange(0, 7).Draw(t, "task"), rapid.IntRange(0, 3).Draw(t, "state")}
			for _, n := range []*Tenant{one, many} {
				tasks := n.Tasks("acme")
				ref := slices.Collect(tasks.All())[a.task]
				switch a.what {
				case 0:
					tasks.Read(n.Clock.Now(), ref)
				case 1:
					_ = tasks.Force(ref, n.Clock.Now(), task.Whole, []string{"queued", "running", "done", "up"}[a.state])
				case 2:
					if _, err := tasks.Create(n.Clock.Now(), Creation{Operation: "scan", Parts: a.state}); err != nil {
						t.Fatal(err)
					}
				case 3:
					n.AdvanceBy(time.Duration(a.state*700) * time.Millisecond)
				}
			}
		}
		var e ear
		defer many.Tasks("acme").Listen(e.hear)()
		var moves []Moved
		var whole time.Duration
		for range rapid.IntRange(1, 12).Draw(t, "moves") {
			d := time.Duration(rapid.IntRange(0, 5000).Draw(t, "ms")) * time.Millisecond / time.Duration(rapid.IntRange(1, 3).Draw(t, "odd"))
			whole += d
			moves = append(moves, many.AdvanceBy(d))
			if len(moves) > 1 && !moves[len(moves)-2].To.Now.Equal(moves[len(moves)-1].From.Now) {
				t.Fatal("the clock moved in between")
			}
			many.Settle()
		}
		got, want := edgesOf(moves...), edgesOf(one.AdvanceBy(whole))
		if !slices.Equal(got, want) {
			t.Fatalf("small moves %v\nthe big one %v", got, want)
		}
		if told := edgesOf(Moved{Edges: e.take()}); !slices.Equal(told, got) {
			t.Fatalf("told  %v\nmoved %v", told, got)
		}
	})
}

// However the clock is set running, only limits that the scenario writes hold on
// one that stands still.
func TestLimitsGoByTheModeOfTheMoment(t *testing.T) {
	const written = "limits: [{per: tenant, requests: 30, window: 1m}]\n"
	modes := map[string]scenarios.ClockMode{
		"real": {Kind: scenarios.Real, Speed: 1}, "frozen": {Kind: scenarios.Frozen, Speed: 1},
		"skip": {Kind: scenarios.Skip, Speed: 1}, "x60": {Kind: scenarios.Scaled, Speed: 60},
	}
	for _, c := range []struct {
		yaml, modes string
		want        []int // granted of 20 in each mode, on the way
	}{
		{"", "real frozen real", []int{20, 20, 10}},
		{"", "frozen real frozen", []int{20, 20, 20}},
		{"", "frozen x60 skip", []int{20, 20, 10}},
		{written, "real frozen real", []int{20, 10, 0}},
		{written, "frozen skip frozen", []int{20, 10, 0}},
		{"limits: []\n", "real frozen real", []int{20, 20, 20}},
	} {
		n, _, _ := tasksOf(t, "name: served\n"+c.yaml, "acme")
		var got []int
		for _, mode := range strings.Fields(c.modes) {
			n.SetMode(modes[mode])
			got = append(got, take(n, "acme", 20))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q %s: %v, want %v", c.yaml, c.modes, got, c.want)
		}
	}
}

// Two who move the clock at once pass everything once. Run with -race.
func TestMovesAtOnce(t *testing.T) {
	n, _, _ := tasksOf(t, "name: served\nclock: {mode: frozen}\nvendors: [acme]"+life+"tasks: [{lifecycle: lucky, count: 200}]", "acme")
	moves := make(chan Moved, 400)
	done := make(chan bool)
	for range 4 {
		go func() {
			for range 100 {
				moves <- n.AdvanceBy(5 * s)
			}
			done <- true
		}()
	}
	for range 4 {
		<-done
	}
	close(moves)
	seen := map[string]int{}
	for m := range moves {
		for _, e := range edgesOf(m) {
			seen[e]++
		}
	}
	for e, times := range seen {
		if times > 1 {
			t.Errorf("%s %d times", e, times)
		}
	}
	single, _, _ := tasksOf(t, "name: served\nclock: {mode: frozen}\nvendors: [acme]"+life+"tasks: [{lifecycle: lucky, count: 200}]", "acme")
	if want := len(single.AdvanceBy(2000 * s).Edges); len(seen) != want {
		t.Errorf("%d edges, want %d", len(seen), want)
	}
}
