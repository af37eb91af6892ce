package task

import (
	"slices"

	"github.com/vendorsim/vendorsim/scenarios"
)

// Lifecycle is a scenario's lifecycle, compiled: states by index, durations
// ready to draw. It never changes and is safe for concurrent use.
type Lifecycle struct {
	name string
	// states are those written, then a bare one for each way of ending that the
	// lifecycle itself does not have: somebody may end a task in that way too.
	states  []state
	written []string
	index   map[string]int
	ends    map[scenarios.Phase]int // where End leads
	counted bool
	returns bool // an ended phase can be left again
	circles bool // time may lead back to a state that was left
	expires bool // a state has expires
	alike   bool // no state draws anything
}

// state is one compiled state.
type state struct {
	name     string
	phase    scenarios.Phase
	after    timing
	timed    bool // after counts
	polls    int
	to       []branch
	weights  uint64 // their sum
	progress *scenarios.Progress
	messages []scenarios.Message
	err      *scenarios.Error
	expires  *timing
	set      map[string]any

	// What after, to and expires were compiled from, for whoever asks why.
	lasts *scenarios.Duration
	ways  []scenarios.Branch
	kept  *scenarios.Duration

	// The keys of its three draws.
	afterKey, toKey, expiresKey uint64
}

type branch struct {
	state  int
	weight uint64
}

// Compile makes a lifecycle that has been checked ready to run. A branch to a
// state that does not exist, which a check refuses, is left out.
func Compile(name string, l scenarios.Lifecycle) *Lifecycle {
	c := &Lifecycle{name: name, index: make(map[string]int, len(l)), ends: map[scenarios.Phase]int{}}
	for i, s := range l {
		c.index[s.Name] = i
		c.written = append(c.written, s.Name)
	}
	for i := range l {
		s := compileState(&l[i], c.index)
		c.counted = c.counted || s.polls > 0
		leaves := len(s.to) > 0
		c.returns = c.returns || leaves && s.phase.Ended()
		if _, have := c.ends[s.phase]; !have && !leaves && s.phase.Ended() {
			c.ends[s.phase] = i
		}
		c.states = append(c.states, s)
	}
	for _, p := range scenarios.Phases {
		if _, have := c.ends[p]; !have && p.Ended() {
			c.ends[p] = len(c.states)
			c.states = append(c.states, state{name: string(p), phase: p})
		}
	}
	c.circles, c.alike = inCircles(c.states), true
	for i := range c.states {
		s := &c.states[i]
		c.expires = c.expires || s.expires != nil
		c.alike = c.alike && len(s.to) < 2 && (!s.timed || s.after.sure()) && (s.expires == nil || s.expires.sure())
	}
	return c
}

func compileState(from *scenarios.State, index map[string]int) state {
	s := state{
		name: from.Name, phase: from.Phase, polls: from.Polls,
		progress: from.Progress, messages: from.Messages, err: from.Error, set: from.Set,
		afterKey:   Mix(from.Name, "after"),
		toKey:      Mix(from.Name, "to"),
		expiresKey: Mix(from.Name, "expires"),
	}
	if s.phase == "" {
		s.phase = scenarios.Phase(from.Name)
	}
	for _, b := range from.To {
		i, have := index[b.State]
		if !have {
			continue
		}
		w := uint64(max(b.Weight, 1))
		s.to = append(s.to, branch{i, w})
		s.ways = append(s.ways, scenarios.Branch{State: b.State, Weight: int(w), At: b.At})
		s.weights += w
	}
	if from.After != nil && len(s.to) > 0 {
		s.after, s.timed, s.lasts = newTiming(*from.After), true, from.After
	}
	if from.Expires != nil { // which counts from an end: no end, no expiry
		t := newTiming(from.Expires.After)
		s.expires, s.kept = &t, &from.Expires.After
	}
	return s
}

// pick is the branch that a draw below the sum of the weights picks.
func (s *state) pick(drew uint64) int {
	for i, b := range s.to {
		if drew < b.weight {
			return i
		}
		drew -= b.weight
	}
	return len(s.to) - 1 // no draw below the sum comes here
}

// Name is the lifecycle's name in its scenario.
func (l *Lifecycle) Name() string { return l.name }

// States are the names of its states, in the order written.
func (l *Lifecycle) States() []string { return slices.Clone(l.written) }

// Has tells whether it has a state of this name.
func (l *Lifecycle) Has(state string) bool {
	_, have := l.index[state]
	return have
}

// Counted tells whether reads end any of its states.
func (l *Lifecycle) Counted() bool { return l.counted }
