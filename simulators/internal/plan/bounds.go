package plan

import (
	"math"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// unlimited is a cost above all others; sums stop there.
const unlimited = math.MaxInt64

func plus(a, b int64) int64 {
	if a > unlimited-b {
		return unlimited
	}
	return a + b
}

// least is the cost of the cheapest way from the first state to an end; most
// that of the dearest, or unlimited. Costs are not negative. There must be an
// end.
func (c *chain) least(cost func(*scenarios.State) int64) int64 {
	return c.extreme(cost, func(a, b int64) bool { return a < b })
}

func (c *chain) most(cost func(*scenarios.State) int64) int64 {
	return c.extreme(cost, func(a, b int64) bool { return a > b })
}

// extreme improves the cost of being in each state, round by round (Bellman and
// Ford). Without a cycle that keeps improving it, no way has more steps than
// there are states.
func (c *chain) extreme(cost func(*scenarios.State) int64, better func(a, b int64) bool) int64 {
	const unknown = -1
	entered := make([]int64, len(c.next))
	for i := range entered {
		entered[i] = unknown
	}
	entered[0] = 0
	changed := true
	for round := 0; changed; round++ {
		if round > len(c.next) {
			return unlimited
		}
		changed = false
		for i, way := range c.next {
			if entered[i] == unknown || !c.ended[i] {
				continue
			}
			left := plus(entered[i], cost(&c.states[i]))
			for _, b := range way {
				if to := &entered[b.state]; c.ended[b.state] && (*to == unknown || better(left, *to)) {
					*to, changed = left, true
				}
			}
		}
	}
	best := int64(unknown)
	for i := range entered {
		if c.atRest(i) && entered[i] != unknown && (best == unknown || better(entered[i], best)) {
			best = entered[i]
		}
	}
	return best
}

// The costs: whole milliseconds, and reads.

func leastTime(s *scenarios.State) int64 {
	if s.After == nil {
		return 0
	}
	return int64(s.After.Min / time.Millisecond) // 0 for percentiles
}

// aboveLeast is leastTime, and 1 ms more where the state lasts longer than that.
func aboveLeast(s *scenarios.State) int64 {
	if s.After != nil && s.After.P50 > 0 {
		return 1
	}
	return leastTime(s)
}

func mostTime(s *scenarios.State) int64 {
	switch {
	case s.After == nil:
		return 0
	case s.After.P50 > 0:
		return unlimited
	}
	return int64(s.After.Max / time.Millisecond)
}

func reads(s *scenarios.State) int64 { return int64(s.Polls) }
