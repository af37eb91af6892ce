package plan

import (
	"slices"

	"github.com/vendorsim/vendorsim/scenarios"
)

// chain is a lifecycle as a Markov chain: which states lead where, and how
// likely. A state that leads nowhere is at rest.
type chain struct {
	states scenarios.Lifecycle
	next   [][]branch
	index  map[string]int

	reached []bool // from the first state
	rests   []bool // some way leads to a state at rest
	ended   []bool // some way leads to an end
}

// branch is a state to which another leads.
type branch struct {
	state  int
	chance float64
}

func newChain(states scenarios.Lifecycle) *chain {
	c := &chain{states: states, next: make([][]branch, len(states)), index: map[string]int{}}
	for i := range states {
		c.index[states[i].Name] = i
	}
	for i := range states {
		c.next[i] = c.branches(states[i].To)
	}
	c.reached = make([]bool, len(states))
	c.reach(0)
	c.rests = c.leadTo(func(int) bool { return true })
	c.ended = c.leadTo(func(i int) bool { return states[i].Phase.Ended() })
	return c
}

// branches joins what leads to the same state.
func (c *chain) branches(to []scenarios.Branch) []branch {
	var out []branch
	sum := 0.0
	for _, b := range to {
		i, have := c.index[b.State]
		if !have {
			continue
		}
		weight := float64(max(b.Weight, 1))
		sum += weight
		if at := slices.IndexFunc(out, func(o branch) bool { return o.state == i }); at >= 0 {
			out[at].chance += weight
		} else {
			out = append(out, branch{i, weight})
		}
	}
	for i := range out {
		out[i].chance /= sum
	}
	return out
}

func (c *chain) reach(i int) {
	for todo := []int{i}; len(todo) > 0; {
		i, todo = todo[len(todo)-1], todo[:len(todo)-1]
		if c.reached[i] {
			continue
		}
		c.reached[i] = true
		for _, b := range c.next[i] {
			todo = append(todo, b.state)
		}
	}
}

func (c *chain) atRest(i int) bool { return len(c.next[i]) == 0 }

// leadTo tells from which states some way leads to a state at rest of a kind.
func (c *chain) leadTo(kind func(int) bool) []bool {
	before := make([][]int, len(c.next))
	var todo []int
	for i, way := range c.next {
		for _, b := range way {
			before[b.state] = append(before[b.state], i)
		}
		if c.atRest(i) && kind(i) {
			todo = append(todo, i)
		}
	}
	leads := make([]bool, len(c.next))
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !leads[i] {
			leads[i] = true
			todo = append(todo, before[i]...)
		}
	}
	return leads
}

// races tells whether a task can be forgotten in a state that leads on.
func (c *chain) races() bool {
	for i := range c.states {
		if c.reached[i] && c.states[i].Expires != nil && c.states[i].Phase.Ended() && !c.atRest(i) {
			return true
		}
	}
	return false
}

// cyclic tells whether a way from the first state comes round again.
func (c *chain) cyclic() bool {
	into := make([]int, len(c.next))
	left := 0
	for i, way := range c.next {
		if !c.reached[i] {
			continue
		}
		left++
		for _, b := range way {
			into[b.state]++
		}
	}
	if into[0] > 0 {
		return true
	}
	for todo := []int{0}; len(todo) > 0; left-- { // take away what nothing leads to any more
		i := todo[0]
		todo = todo[1:]
		for _, b := range c.next[i] {
			if into[b.state]--; into[b.state] == 0 {
				todo = append(todo, b.state)
			}
		}
	}
	return left > 0
}

// ends are the states at rest with their chances, in the order written, and
// last, as one, all from which no way leads to any.
func (c *chain) ends() []End {
	chances := c.absorb()
	var ends []End
	for i, chance := range chances[:len(c.states)] {
		if chance > 0 {
			ends = append(ends, c.end(i, chance))
		}
	}
	if chance := chances[len(c.states)]; chance > 0 {
		ends = append(ends, End{Never: true, Round: c.round(), Chance: chance})
	}
	return ends
}

func (c *chain) end(i int, chance float64) End {
	phase := c.states[i].Phase
	return End{State: c.states[i].Name, Phase: phase, Never: !phase.Ended(), Chance: chance}
}

// round are the states that are reached and come to no rest.
func (c *chain) round() []string {
	var names []string
	for i := range c.states {
		if c.reached[i] && !c.rests[i] {
			names = append(names, c.states[i].Name)
		}
	}
	return names
}

// absorb solves the chain: the chance of each state at rest to be the one in
// which the first state ends up, and behind them that of never coming to rest.
// It leaves out one state after the other, handing its branches to those that
// lead to it. What stays in a state is never subtracted from 1; the chance to
// leave it is summed up instead (Grassmann, Taksar and Heyman 1985), so that
// long odds in a cycle cost no digits.
func (c *chain) absorb() []float64 {
	n := len(c.states)
	row := make([][]float64, n)
	for i, way := range c.next {
		if !c.reached[i] || c.atRest(i) || !c.rests[i] {
			continue
		}
		row[i] = make([]float64, n+1)
		for _, b := range way {
			to := b.state
			if !c.rests[to] {
				to = n
			}
			row[i][to] += b.chance
		}
	}
	for k := n - 1; k >= 0; k-- {
		if row[k] == nil {
			continue
		}
		leave := 0.0
		row[k][k] = 0
		for _, chance := range row[k] {
			leave += chance
		}
		for j := range row[k] {
			row[k][j] /= leave
		}
		for i := range k {
			if row[i] == nil || row[i][k] == 0 {
				continue
			}
			share := row[i][k]
			row[i][k] = 0
			for j, chance := range row[k] {
				row[i][j] += share * chance
			}
		}
	}
	if row[0] != nil {
		return row[0]
	}
	out := make([]float64, n+1)
	if c.rests[0] {
		out[0] = 1
	} else {
		out[n] = 1
	}
	return out
}
