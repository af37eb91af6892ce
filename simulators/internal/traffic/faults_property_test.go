package traffic

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/scenarios"
)

// someFault is any fault that is counted by task.
func someFault(t *rapid.T, name string) scenarios.Fault {
	f := scenarios.Fault{Name: name, On: rapid.SampledFrom([]string{"", "poll", "start"}).Draw(t, "on")}
	n := rapid.IntRange(1, 6).Draw(t, "n")
	switch rapid.IntRange(0, 3).Draw(t, "count") {
	case 1:
		f.Nth = n
	case 2:
		f.First = n
	case 3:
		f.Every = n
	}
	f.Chance = scenarios.Chance(rapid.SampledFrom([]int{0, 1, 3000, 5000, 9999, 10_000}).Draw(t, "chance"))
	switch rapid.IntRange(0, 3).Draw(t, "answer") {
	case 0:
		f.Answer.Latency = &scenarios.Duration{Min: s, Max: 3 * s}
	case 1:
		f.Answer.Latency = &scenarios.Duration{P50: s, P95: 5 * s}
		f.Answer.Reset = true
	default:
		f.Answer.Status = 503
	}
	return f
}

func someFaults(t *rapid.T) []scenarios.Fault {
	var rules []scenarios.Fault
	for i := range rapid.IntRange(1, 4).Draw(t, "faults") {
		rules = append(rules, someFault(t, fmt.Sprint("f", i)))
	}
	return rules
}

// outcome is all that a decision is.
func outcome(d Decision) string {
	fire := ""
	if d.Fire != nil {
		fire = d.Fire.Name
	}
	return fmt.Sprint(d.Latency, fire, d.Names, d.Judged)
}

// The requests of one task go the same way whatever comes between them: in any
// order with those of other tasks, and alone.
func TestWhatATaskMeetsIsItsOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules, seed := someFaults(t), rapid.Int64().Draw(t, "seed")
		tasks := []string{"a", "b", "c"}
		order := rapid.SliceOfN(rapid.SampledFrom(tasks), 1, 60).Draw(t, "order")
		f, got := NewFaults(rules, seed), map[string][]string{}
		for _, id := range order {
			got[id] = append(got[id], outcome(f.Decide(poll(id))))
		}
		for _, id := range tasks {
			alone := NewFaults(rules, seed)
			for n, want := range got[id] {
				if one := outcome(alone.Decide(poll(id))); one != want {
					t.Fatalf("request %d of %s: %s among others, %s alone", n+1, id, want, one)
				}
			}
		}
	})
}

// The same of 64 clients at once, each at a task of its own. Run with -race.
func TestWhat64TasksMeetAtOnce(t *testing.T) {
	rules := []scenarios.Fault{
		{Name: "brownout", Chance: 3000, Answer: unavailable},
		{Name: "third", Every: 3, Chance: 5000, Answer: scenarios.Answer{Reset: true}},
		{Name: "sluggish", Answer: scenarios.Answer{Latency: &scenarios.Duration{Min: s, Max: 9 * s}}},
	}
	together := NewFaults(rules, 42)
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			m, alone := poll(fmt.Sprint("task", i)), NewFaults(rules, 42)
			m.Luck = uint64(i + 1)
			for n := range 100 {
				if got, want := outcome(together.Decide(m)), outcome(alone.Decide(m)); got != want {
					t.Errorf("request %d of task %d: %s at once, %s alone", n+1, i, got, want)
				}
			}
		})
	}
	wg.Wait()
}

// Another seed, another fault's name, another task: other luck. The id of a task,
// which may tell when the tenant began, plays no part.
func TestWhatLuckHangsOn(t *testing.T) {
	sequence := func(seed int64, name string, change func(*Moment)) string {
		f, m, out := NewFaults([]scenarios.Fault{{Name: name, Chance: 5000, Answer: unavailable}}, seed), poll("a"), ""
		change(&m)
		for range 64 {
			out += fmt.Sprint(len(f.Decide(m).Names))
		}
		return out
	}
	same := func(*Moment) {}
	base := sequence(1, "f", same)
	if got := sequence(1, "f", func(m *Moment) { m.Task, m.TaskName, m.Age, m.Since, m.State = "another", "x", 0, s, "" }); got != base {
		t.Error("the luck hangs on the id, the name or the time")
	}
	for what, got := range map[string]string{
		"seed":      sequence(2, "f", same),
		"name":      sequence(1, "g", same),
		"task":      sequence(1, "f", func(m *Moment) { m.Luck++ }),
		"vendor":    sequence(1, "f", func(m *Moment) { m.Vendor = "bolt" }),
		"no task":   sequence(1, "f", func(m *Moment) { m.Has = false }),
		"operation": sequence(1, "f", func(m *Moment) { m.Has, m.Operation = false, "list" }),
		"no luck":   sequence(1, "f", func(m *Moment) { m.Luck = 0 }),
		"another":   sequence(1, "f", func(m *Moment) { m.Luck, m.Task = 0, "b" }),
	} {
		if got == base {
			t.Errorf("another %s, the same luck", what)
		}
	}
}

// Over 10,000 draws a chance comes within the bounds of its binomial: 4 standard
// deviations, by task and over tasks.
func TestChanceWithinItsBounds(t *testing.T) {
	const draws = 10_000
	for _, chance := range []scenarios.Chance{1, 100, 1000, 3000, 5000, 6250, 9900, 9999, 10_000} {
		for _, tasks := range []int{1, 100, draws} {
			f := NewFaults([]scenarios.Fault{{Name: "f", Chance: chance, Answer: unavailable}}, 7)
			for i := range draws {
				m := poll("a")
				m.Task, m.Luck = fmt.Sprint(i%tasks), uint64(i%tasks+1)
				f.Decide(m)
			}
			p := float64(chance) / 10_000
			mean, deviation := draws*p, math.Sqrt(draws*p*(1-p))
			if got := float64(f.List()[0].Fired); math.Abs(got-mean) > 4*deviation {
				t.Errorf("%v over %d tasks: %v of %d, want %v +- %.0f", chance, tasks, got, draws, mean, 4*deviation)
			}
		}
	}
}

// nth, first and every against a model that keeps every request.
func TestCountsAgainstAModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule := someFault(t, "f")
		rule.Chance, rule.Answer = 0, unavailable
		rule.Per = rapid.SampledFrom([]string{"", PerTask, PerOperation, PerTenant}).Draw(t, "per")
		rule.During = &scenarios.Span{From: 5 * s, To: 15 * s}
		f := NewFaults([]scenarios.Fault{rule}, 1)
		var earlier []Moment
		for range rapid.IntRange(1, 80).Draw(t, "requests") {
			m := poll(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "task"))
			m.Has = rapid.IntRange(0, 4).Draw(t, "ghost") > 0
			m.Operation = rapid.SampledFrom([]string{"getTask", "getTaskStatus"}).Draw(t, "operation")
			m.Since = time.Duration(rapid.IntRange(0, 20).Draw(t, "since")) * s
			fits := (rule.On == "" || rule.On == "poll") && m.Since >= 5*s && m.Since < 15*s
			n := 1
			for _, e := range earlier {
				switch {
				case rule.Per == PerTenant,
					rule.Per == PerOperation && e.Operation == m.Operation,
					rule.Per != PerOperation && !e.Has && !m.Has && e.Operation == m.Operation,
					rule.Per != PerOperation && e.Has && m.Has && e.Task == m.Task:
					n++
				}
			}
			if fits {
				earlier = append(earlier, m)
			}
			want := fits && (rule.Nth == 0 || n == rule.Nth) && (rule.First == 0 || n <= rule.First) && (rule.Every == 0 || n%rule.Every == 0)
			if d := f.Decide(m); (d.Fire != nil) != want {
				t.Fatalf("request %d of %+v: %s, want %v", n, rule, whys(d), want)
			}
		}
	})
}

// The edges are exactly the instants at which a decision changes.
func TestEdgesAreWhereDecisionsChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rules []scenarios.Fault
		for i := range rapid.IntRange(1, 4).Draw(t, "faults") {
			w := &scenarios.Span{From: time.Duration(rapid.IntRange(0, 30).Draw(t, "from"))}
			if rapid.Bool().Draw(t, "ends") {
				w.To = w.From + time.Duration(rapid.IntRange(1, 20).Draw(t, "length"))
			}
			rules = append(rules, scenarios.Fault{Name: fmt.Sprint("f", i), During: w, Answer: scenarios.Answer{Latency: &scenarios.Duration{}}})
		}
		f := NewFaults(rules, 1)
		names := func(at time.Duration) []string {
			m := poll("a")
			m.Since = at
			return f.Decide(m).Names
		}
		from := time.Duration(rapid.IntRange(0, 40).Draw(t, "begins"))
		to := from + time.Duration(rapid.IntRange(0, 40).Draw(t, "goes on"))
		var want []FaultEdge
		for at := from + 1; at <= to; at++ {
			before, now := names(at-1), names(at)
			for _, r := range rules {
				if was, is := slices.Contains(before, r.Name), slices.Contains(now, r.Name); was != is {
					want = append(want, FaultEdge{At: at, Name: r.Name, Opens: is})
				}
			}
		}
		if got := f.Edges(from, to); !slices.Equal(got, want) {
			t.Fatalf("(%d, %d]: %v, want %v", from, to, got, want)
		}
	})
}

// Latencies are drawn within their range, a new one for each request, and never
// too much to add.
func TestLatencies(t *testing.T) {
	f := NewFaults([]scenarios.Fault{{Name: "f", Answer: scenarios.Answer{Latency: &scenarios.Duration{Min: s, Max: 3 * s}}}}, 1)
	seen := map[time.Duration]bool{}
	for range 1000 {
		d := f.Decide(poll("a")).Latency
		if d < s || d > 3*s || d%time.Millisecond != 0 {
			t.Fatalf("late by %v", d)
		}
		seen[d] = true
	}
	if len(seen) < 600 { // of 2001 values
		t.Errorf("only %d latencies", len(seen))
	}
	long := scenarios.Answer{Latency: &scenarios.Duration{Min: math.MaxInt64, Max: math.MaxInt64}}
	two := NewFaults([]scenarios.Fault{{Name: "f", Answer: long}, {Name: "g", Answer: long}}, 1)
	if d := two.Decide(poll("a")).Latency; d != math.MaxInt64 {
		t.Errorf("late by %v", d)
	}
}
