package scenarios

import (
	"container/heap"
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
	if !g.quick(start) {
		return nil
	}
	took := map[int]time.Duration{start: 0} // least time in which a state is entered
	back := map[int]int{}
	for todo := (visits{{start, 0}}); len(todo) > 0; {
		v := heap.Pop(&todo).(visit)
		if v.at > took[v.state] || !g.quick(v.state) {
			continue
		}
		left := v.at + g.states[v.state].After.shortest()
		if left >= MinCycle {
			continue
		}
		for _, t := range g.next[v.state] {
			if t == start {
				return g.way(back, start, v.state)
			}
			if before, seen := took[t]; !seen || left < before {
				took[t], back[t] = left, v.state
				heap.Push(&todo, visit{t, left})
			}
		}
	}
	return nil
}

// quick tells whether a state may be left, by time, before MinCycle.
func (g graph) quick(s int) bool {
	after := g.states[s].After // nil: an end, or left by a read
	return after != nil && after.shortest() < MinCycle
}

// visits is a heap of states and when they are entered, the earliest first.
type visits []visit

type visit struct {
	state int
	at    time.Duration
}

func (v visits) Len() int           { return len(v) }
func (v visits) Less(i, j int) bool { return v[i].at < v[j].at }
func (v visits) Swap(i, j int)      { v[i], v[j] = v[j], v[i] }
func (v *visits) Push(x any)        { *v = append(*v, x.(visit)) }
func (v *visits) Pop() any {
	last := len(*v) - 1
	x := (*v)[last]
	*v = (*v)[:last]
	return x
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
