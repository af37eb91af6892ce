package scenarios

import (
	"slices"
	"strings"
	"time"
)

// MinCycle is what a cycle of states must take at least, unless a read ends
// one of them: otherwise one poll after a day would cross edges without end.
const MinCycle = 100 * time.Millisecond

// graph is a lifecycle as numbers: the states that each state leads to.
type graph struct {
	states Lifecycle
	next   [][]int
}

func newGraph(states Lifecycle) graph {
	index := make(map[string]int, len(states))
	for i, s := range states {
		index[s.Name] = i
	}
	g := graph{states, make([][]int, len(states))}
	for i, s := range states {
		for _, b := range s.To {
			g.next[i] = append(g.next[i], index[b.State])
		}
		slices.Sort(g.next[i])
		g.next[i] = slices.Compact(g.next[i])
	}
	return g
}

// checkGraph needs a lifecycle without errors.
func (c *checker) checkGraph(name string, lifecycle Lifecycle) {
	g := newGraph(lifecycle)
	for _, cycle := range g.shortCycles() {
		words := make([]string, len(cycle)+1)
		for i, s := range append(cycle, cycle[0]) {
			words[i] = lifecycle[s].Name
		}
		c.at([]any{"lifecycles", name, words[0], "to"},
			"the cycle %s may take less than %v; let a state in it last longer, or end by \"polls\"", strings.Join(words, " -> "), MinCycle)
	}
	reached := g.from(0)
	ends := g.leadToEnd()
	for i, s := range lifecycle {
		if !reached[i] {
			c.problems.warn(s.At, "no state leads to %q; it is never reached", s.Name)
		}
	}
	for i, s := range lifecycle {
		if reached[i] && !ends[i] {
			c.problems.warn(s.At, "from %q no way leads to an end; write \"forever: true\" in a state if that is meant", s.Name)
			return // the others of its cycle have the same fault
		}
	}
}

// from tells which states can be reached from one.
func (g graph) from(start int) []bool {
	seen := make([]bool, len(g.next))
	seen[start] = true
	for todo := []int{start}; len(todo) > 0; {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, t := range g.next[s] {
			if !seen[t] {
				seen[t] = true
				todo = append(todo, t)
			}
		}
	}
	return seen
}

// leadToEnd tells from which states an end, or a state forever, can be reached.
func (g graph) leadToEnd() []bool {
	before := graph{next: make([][]int, len(g.next)+1)}
	end := len(g.next) // stands behind every end
	for s, next := range g.next {
		for _, t := range next {
			before.next[t] = append(before.next[t], s)
		}
		if len(next) == 0 {
			before.next[end] = append(before.next[end], s)
		}
	}
	return before.from(end)
}

// shortest is the least that a state lasts. For percentiles, which know no
// least, it is the 5th one: what matters is how long many rounds take.
func (d Duration) shortest() time.Duration {
	if d.P50 > 0 {
		return time.Duration(float64(d.P50) / float64(d.P95) * float64(d.P50))
	}
	return d.Min
}

// shortCycles finds for each state the quickest cycle that begins with it and
// tells those under MinCycle, each set of states once.
func (g graph) shortCycles() [][]int {
	var cycles [][]int
	told := make([]bool, len(g.next))
	for start := range g.next {
		if told[start] {
			continue
		}
		if cycle := g.quickest(start); cycle != nil {
			cycles = append(cycles, cycle)
			for _, s := range cycle {
				told[s] = true
			}
		}
	}
	return cycles
}

// quickest is the quickest way from a state back to it, if that takes less
// than MinCycle. It looks no further than MinCycle, so it mostly stops at once.
func (g graph) quickest(start int) []int {
	took := map[int]time.Duration{start: 0} // least time in which a state is entered
	back := map[int]int{}
	for todo := []int{start}; len(todo) > 0; {
		// The one entered first comes first: Dijkstra. The list stays short.
		nearest := 0
		for i := range todo {
			if took[todo[i]] < took[todo[nearest]] {
				nearest = i
			}
		}
		s := todo[nearest]
		todo = slices.Delete(todo, nearest, nearest+1)
		if g.states[s].After == nil {
			continue // an end, or left by a read
		}
		left := took[s] + g.states[s].After.shortest()
		if left >= MinCycle {
			continue
		}
		for _, t := range g.next[s] {
			if t == start {
				return g.way(back, start, s)
			}
			if before, seen := took[t]; !seen || left < before {
				if !seen {
					todo = append(todo, t)
				}
				took[t], back[t] = left, s
			}
		}
	}
	return nil
}

func (g graph) way(back map[int]int, start, last int) []int {
	way := []int{last}
	for s := last; s != start; {
		s = back[s]
		way = append(way, s)
	}
	slices.Reverse(way)
	return way
}
