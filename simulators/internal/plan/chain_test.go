package plan

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"pgregory.net/rapid"
)

// read makes a lifecycle of lines such as "a pending 2s: b 3, c" (it lasts 2 s,
// then b follows three times as often as c), "b running 2 polls: c",
// "c running 40s~3m: d" (p50 and p95), or "d failed".
func read(t testing.TB, text string) scenarios.Lifecycle {
	t.Helper()
	var l scenarios.Lifecycle
	for line := range strings.Lines(strings.TrimSpace(text)) {
		head, to, leads := strings.Cut(strings.TrimSpace(line), ":")
		words := strings.Fields(head)
		s := scenarios.State{Name: words[0], Phase: scenarios.Phase(words[1])}
		if leads {
			readLength(t, &s, words[2:])
			for way := range strings.SplitSeq(to, ",") {
				b := scenarios.Branch{Weight: 1}
				if n, err := fmt.Sscan(way, &b.State, &b.Weight); n == 0 {
					t.Fatal(line, err)
				}
				s.To = append(s.To, b)
			}
		}
		l = append(l, s)
	}
	return l
}

func readLength(t testing.TB, s *scenarios.State, words []string) {
	t.Helper()
	if len(words) == 2 {
		if _, err := fmt.Sscan(words[0], &s.Polls); err != nil {
			t.Fatal(err)
		}
		return
	}
	duration := func(word string) time.Duration {
		d, err := time.ParseDuration(word)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	s.After = &scenarios.Duration{}
	if p50, p95, ok := strings.Cut(words[0], "~"); ok {
		s.After.P50, s.After.P95 = duration(p50), duration(p95)
	} else if least, most, ok := strings.Cut(words[0], ".."); ok {
		s.After.Min, s.After.Max = duration(least), duration(most)
	} else {
		s.After.Min, s.After.Max = duration(words[0]), duration(words[0])
	}
}

// brief are ends in one line.
func brief(ends []End) string {
	var words []string
	for _, e := range ends {
		word := e.State
		if e.State == "" {
			word = string(e.Phase)
		}
		if e.Never {
			word = "never " + strings.Join(append(e.Round, e.State), "+")
		}
		if e.Forgotten {
			word += " forgotten"
		}
		words = append(words, fmt.Sprintf("%s %.12g", strings.Trim(word, "+ "), e.Chance))
	}
	return strings.Join(words, ", ")
}

// The chances are worked out by hand beside each lifecycle.
func TestEnds(t *testing.T) {
	for _, tt := range []struct{ name, lifecycle, want string }{
		{"one way", "a pending 1s: b\nb succeeded", "b 1"},
		{"the first state is an end", "a succeeded", "a 1"},
		{"the first state lasts for ever", "a running", "never a 1"},
		{"weights", "a pending 1s: b 90, c 8, d 2\nb succeeded\nc failed\nd running", "b 0.9, c 0.08, never d 0.02"},
		{"one state named twice", "a pending 1s: b 1, c 1, b 2\nb succeeded\nc failed", "b 0.75, c 0.25"},
		{"what no way leads to is no end", "a pending 1s: c\nb failed\nc succeeded", "c 1"},
		{"two ways to one end", // 1/2 * 1/3 + 1/2
			"a pending 1s: b, c\nb running 1s: c 1, d 2\nc succeeded\nd failed", "c 0.666666666667, d 0.333333333333"},
		{"a cycle that always ends", "a running 1s: b\nb paused 1s: a 3, c 1\nc succeeded", "c 1"},
		{"a state that leads to itself", // x = 7/10 x + 2/10
			"a running 1s: a 7, b 2, c 1\nb succeeded\nc failed", "b 0.666666666667, c 0.333333333333"},
		{"ruin", // f = 1/2 + 1/2 * 1/2 f
			"a running 1s: b, f\nb paused 1s: a, d\nd succeeded\nf failed", "d 0.333333333333, f 0.666666666667"},
		{"two cycles, one in the other", // b: 1/2 a, 1/4 b, 1/4 d -> 2/3 a, 1/3 d; a: 1/2 b, 1/2 f -> d = 1/6 / (1 - 1/3)
			"a running 1s: b, f\nb paused 1s: a 2, b 1, d 1\nd succeeded\nf failed", "d 0.25, f 0.75"},
		{"long odds in a cycle lose no digit", // 2 : 1 of what leaves
			"a running 1s: a 1000000, b 2, c 1\nb succeeded\nc failed", "b 0.666666666667, c 0.333333333333"},
		{"round for ever", "a running 1s: b 1, c 3\nb paused 1s: d\nd running 1s: b\nc succeeded", "c 0.75, never b+d 0.25"},
		{"nothing but a circle", "a running 1s: b\nb paused 1s: a", "never a+b 1"},
		{"an end that is left again is none", "a succeeded 1s: b\nb failed", "b 1"},
		{"polls", "a pending 2 polls: b 3, c 1\nb succeeded\nc cancelled", "b 0.75, c 0.25"},
	} {
		p := Of("test", read(t, tt.lifecycle))
		if got := brief(p.Ends); got != tt.want || !p.Exact {
			t.Errorf("%s: %s (exact %t), want %s", tt.name, got, p.Exact, tt.want)
		}
	}
	long := Of("test", read(t, "a running 1s: a 1000000, b 2, c 1\nb succeeded\nc failed"))
	if got := long.Ends[0].Chance; math.Abs(got-2.0/3) > 1e-15 {
		t.Errorf("long odds: %v", got)
	}
}

// Where a task can be forgotten before it goes on, time decides: here the state
// lasts 0 to 999 ms, and 250 of these 1,000 lengths are less than the 250 ms
// after which it is forgotten.
func TestForgottenOnTheWay(t *testing.T) {
	l := read(t, "a succeeded 0s..999ms: b\nb failed")
	l[0].Expires = &scenarios.Expiry{After: scenarios.Duration{Min: 250 * time.Millisecond, Max: 250 * time.Millisecond}}
	p := Of("test", l)
	if p.Exact || len(p.Ends) != 2 || !p.Ends[0].Forgotten || p.Ends[0].State != "a" || p.Ends[1].State != "b" {
		t.Fatalf("%+v", p)
	}
	if got := p.Ends[1].Chance; !likely(int(got*maxDraws+0.5), maxDraws, 0.25) {
		t.Errorf("goes on with chance %v, want about 0.25", got)
	}
	if got := strings.Join(p.Lines(), "\n"); !strings.Contains(got, "about") || !strings.Contains(got, "% forgotten in a") {
		t.Error(got)
	}
}

// likely tells whether so many of n are what a chance gives, within six
// standard deviations and a little for the smallest numbers.
func likely(got, n int, chance float64) bool {
	mean := float64(n) * chance
	return math.Abs(float64(got)-mean) <= 6*math.Sqrt(mean*(1-min(chance, 1)))+6
}

// drawLifecycle draws states that lead anywhere, so that there are cycles. One
// that takes no time leads on.
func drawLifecycle(t *rapid.T) scenarios.Lifecycle {
	n := rapid.IntRange(1, 6).Draw(t, "states")
	var l scenarios.Lifecycle
	for i := range n {
		s := scenarios.State{Name: fmt.Sprint("s", i), Phase: rapid.SampledFrom(scenarios.Phases).Draw(t, "phase")}
		kind := rapid.SampledFrom([]string{"fixed", "uniform", "percentiles", "at once", "polls", "rest"}).Draw(t, "kind")
		lowest := 0
		switch {
		case i == n-1 || kind == "rest":
			l = append(l, s)
			continue
		case kind == "polls":
			s.Polls = rapid.IntRange(1, 4).Draw(t, "polls")
		case kind == "fixed":
			s.After = &scenarios.Duration{Min: time.Second, Max: time.Second}
		case kind == "uniform":
			s.After = &scenarios.Duration{Min: 100 * time.Millisecond, Max: 5 * time.Second}
		case kind == "percentiles":
			s.After = &scenarios.Duration{P50: time.Second, P95: 3 * time.Second}
		case kind == "at once":
			s.After, lowest = &scenarios.Duration{}, i+1
		}
		for range rapid.IntRange(1, 3).Draw(t, "ways") {
			next := rapid.IntRange(lowest, n-1).Draw(t, "next")
			s.To = append(s.To, scenarios.Branch{State: fmt.Sprint("s", next), Weight: rapid.IntRange(1, 5).Draw(t, "weight")})
		}
		l = append(l, s)
	}
	return l
}

// The chances of the ends add up to 1 and are what the engine gives 10,000
// keys. The frequencies of a draw's ends come from the engine alone.
func TestEndsAgreeWithTheEngine(t *testing.T) {
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		l := drawLifecycle(t)
		c := newChain(l)
		ends, sum := c.ends(), 0.0
		for _, e := range ends {
			sum += e.Chance
			if e.Chance <= 0 || e.Chance > 1+1e-12 {
				t.Fatalf("%+v", e)
			}
		}
		if math.Abs(sum-1) > 1e-12 {
			t.Fatalf("the chances add up to %v: %s", sum, brief(ends))
		}
		const enough = 25 // lifecycles: each takes 10,000 lives
		if compared++; compared > enough {
			return
		}
		drawn := sample(c)
		if len(drawn) < maxDraws/4 {
			t.Fatalf("only %d draws", len(drawn))
		}
		at := map[string]float64{}
		for _, e := range drawn.ends(c) {
			at[e.State] = e.Chance
		}
		for _, e := range ends {
			if got := int(at[e.State]*float64(len(drawn)) + 0.5); !likely(got, len(drawn), e.Chance) {
				t.Fatalf("%q: %d of %d draws, by its weights %v", e.State, got, len(drawn), e.Chance)
			}
			delete(at, e.State)
		}
		if len(at) > 0 {
			t.Fatalf("the engine came to %v, which the weights exclude", at)
		}
	})
}
