package scenarios

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// drawLifecycle draws a lifecycle of up to 6 states that passes every check but
// that of its cycles.
func drawLifecycle(t *rapid.T) Lifecycle {
	names := []string{"a", "b", "c", "d", "e", "f"}[:rapid.IntRange(1, 6).Draw(t, "states")]
	lifecycle := make(Lifecycle, len(names))
	for i, name := range names {
		s := &lifecycle[i]
		s.Name = name
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			continue // an end
		case 1:
			s.Polls = 1
		default:
			s.After = &Duration{Min: time.Duration(rapid.IntRange(0, 120).Draw(t, "ms")) * time.Millisecond}
		}
		for _, next := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 1, min(3, len(names)), rapid.ID[string]).Draw(t, "to") {
			s.To = append(s.To, Branch{State: next, Weight: 1})
		}
	}
	return lifecycle
}

// Against every walk without a repeat: there is a quick cycle if and only if
// one is told, and what is told is one.
func TestShortCyclesAgainstAllWalks(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := newGraph(drawLifecycle(rt))
		quick := false
		var walk func(start, s int, took time.Duration, seen []int)
		walk = func(start, s int, took time.Duration, seen []int) {
			if g.states[s].After == nil {
				return
			}
			took += g.states[s].After.shortest()
			for _, next := range g.next[s] {
				if next == start {
					quick = quick || took < MinCycle
				} else if !slices.Contains(seen, next) {
					walk(start, next, took, append(slices.Clip(seen), next))
				}
			}
		}
		for s := range g.next {
			walk(s, s, 0, []int{s})
		}
		told := g.shortCycles()
		if quick != (len(told) > 0) {
			rt.Fatalf("a quick cycle: %v; told: %v", quick, told)
		}
		for _, cycle := range told {
			var took time.Duration
			for i, s := range cycle {
				if !slices.Contains(g.next[s], cycle[(i+1)%len(cycle)]) {
					rt.Fatalf("%v is no cycle", cycle)
				}
				took += g.states[s].After.shortest()
			}
			if took >= MinCycle {
				rt.Fatalf("%v takes %v", cycle, took)
			}
		}
	})
}

func TestShortestOfPercentiles(t *testing.T) {
	// The 5th percentile of a lognormal is as far below the median as the 95th
	// is above it, in proportion.
	if got := (Duration{P50: 40 * time.Second, P95: 160 * time.Second}).shortest(); got != 10*time.Second {
		t.Errorf("got %v", got)
	}
}
