// Package plan is lifecycle arithmetic: how a lifecycle can end and how likely,
// how long that takes, and what course one task takes. It must not know a
// vendor, a tenant, YAML, or what time it is: instants are lengths since a
// task's creation.
//
// Chances are worked out of the weights; what depends on how long states last is
// drawn with the engine itself.
package plan

import (
	"fmt"
	"slices"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// Lifecycle is what there is to say of a lifecycle before any task lives it.
type Lifecycle struct {
	Name   string  `json:"name"`
	States []State `json:"states"`
	Ends   []End   `json:"ends"`
	// Exact tells that the chances of Ends come from the weights alone. They do
	// not where a task may be forgotten in a state that leads on: there time and
	// weights race, and the chances are shares of the draws.
	Exact bool `json:"exact"`

	// How long it takes to an end: the time that the states with "after" take
	// and the reads that the states with "polls" take. Nil if it never ends, or
	// if no state is of this kind.
	Time  *Figures `json:"time_ms,omitempty"`
	Reads *Figures `json:"reads,omitempty"`

	chain *chain
}

// State is a state in words.
type State struct {
	Name     string          `json:"name"`
	Phase    scenarios.Phase `json:"phase"`
	Lasts    string          `json:"lasts"`              // 5s, 2s..5s, "p50 40s, p95 3m", 2 polls, forever or end
	Progress string          `json:"progress,omitempty"` // 40 or 0..100
	Expires  string          `json:"expires,omitempty"`  // how long after the end it is forgotten
	To       []Way           `json:"to,omitempty"`
}

// Way is one way out of a state.
type Way struct {
	State  string  `json:"state"`
	Chance float64 `json:"chance"`
}

// End is one way in which a task comes to rest.
type End struct {
	State     string          `json:"state,omitempty"` // where it rests; for a task with subtasks left out
	Phase     scenarios.Phase `json:"phase,omitempty"`
	Never     bool            `json:"never,omitempty"`     // it never ends
	Round     []string        `json:"round,omitempty"`     // the states among which it goes round for ever
	Forgotten bool            `json:"forgotten,omitempty"` // forgotten in a state that leads on
	Chance    float64         `json:"chance"`
}

// Of works a checked lifecycle out.
func Of(name string, l scenarios.Lifecycle) *Lifecycle {
	p := outline(name, l)
	c, drawn := p.chain, sample(p.chain)
	if p.Exact {
		p.Ends = c.ends()
	} else {
		p.Ends = drawn.ends(c)
	}
	slices.SortStableFunc(p.Ends, func(a, b End) int { return lastIf(a.Never) - lastIf(b.Never) })
	p.Time, p.Reads = c.figures(drawn)
	return p
}

// outline is the lifecycle without what must be worked out.
func outline(name string, l scenarios.Lifecycle) *Lifecycle {
	c := newChain(l)
	p := &Lifecycle{Name: name, Exact: !c.races(), chain: c}
	for i := range l {
		s := stateOf(&l[i], c.next[i])
		for _, b := range c.next[i] {
			s.To = append(s.To, Way{l[b.state].Name, b.chance})
		}
		p.States = append(p.States, s)
	}
	return p
}

func lastIf(b bool) int {
	if b {
		return 1
	}
	return 0
}

func stateOf(s *scenarios.State, next []branch) State {
	out := State{Name: s.Name, Phase: s.Phase, Lasts: "end"}
	switch {
	case s.Polls > 0:
		out.Lasts = count(int64(s.Polls), "poll")
	case s.After != nil && len(next) > 0:
		out.Lasts = lasts(*s.After)
	case !s.Phase.Ended():
		out.Lasts = "forever"
	}
	if p := s.Progress; p != nil && p.From == p.To {
		out.Progress = fmt.Sprint(p.From)
	} else if p != nil {
		out.Progress = fmt.Sprintf("%d..%d", p.From, p.To)
	}
	if s.Expires != nil && s.Phase.Ended() {
		out.Expires = lasts(s.Expires.After)
	}
	return out
}

// lasts is a duration as a scenario writes it.
func lasts(d scenarios.Duration) string {
	switch {
	case d.P50 > 0:
		return fmt.Sprintf("p50 %s, p95 %s", Length(d.P50), Length(d.P95))
	case d.Min == d.Max:
		return Length(d.Min).String()
	}
	return fmt.Sprintf("%s..%s", Length(d.Min), Length(d.Max))
}

// Whole are the ways in which a task of so many subtasks that live by this
// lifecycle comes to rest. Each subtask has luck of its own.
func (p *Lifecycle) Whole(subtasks int) []End {
	var succeeded, warning, failed, cancelled, never float64
	for _, e := range p.Ends {
		switch {
		case e.Never:
			never += e.Chance
		case e.Phase == scenarios.Succeeded:
			succeeded += e.Chance
		case e.Phase == scenarios.Warning:
			warning += e.Chance
		case e.Phase == scenarios.Failed:
			failed += e.Chance
		case e.Phase == scenarios.Cancelled:
			cancelled += e.Chance
		}
	}
	all := func(chance float64) float64 {
		product := 1.0
		for range subtasks {
			product *= chance
		}
		return product
	}
	// Each is the chance that all subtasks are of some kinds, less the chance
	// that all are of fewer. A single subtask is spared the subtractions.
	ends := []End{
		{Phase: scenarios.Succeeded, Chance: all(succeeded)},
		{Phase: scenarios.Warning, Chance: warning},
		{Phase: scenarios.Failed, Chance: failed},
		{Phase: scenarios.Cancelled, Chance: all(cancelled)},
		{Never: true, Chance: never},
	}
	if subtasks > 1 {
		ended, bad := all(succeeded+warning+failed+cancelled), all(failed+cancelled)
		ends[1].Chance = ended - all(succeeded) - bad
		ends[2].Chance = bad - all(cancelled)
		ends[4].Chance = 1 - ended
	}
	var out []End
	for _, e := range ends {
		if e.Chance > rounding {
			out = append(out, e)
		}
	}
	return out
}

// rounding is what is left of a difference of equal chances, at most.
const rounding = 1e-12

// origin is the creation of every task that is drawn here.
var origin = time.Unix(0, 0).UTC()

// engine is the lifecycle as the engine runs it, without what only shows. A
// state with "polls" lasts one read: how many reads there are changes no draw.
func (c *chain) engine() *task.Lifecycle {
	lean := make(scenarios.Lifecycle, len(c.states))
	for i, s := range c.states {
		lean[i] = scenarios.State{
			Name: s.Name, Phase: s.Phase, After: s.After, Polls: min(s.Polls, 1), To: s.To, Expires: s.Expires,
		}
	}
	return task.Compile("plan", lean)
}
