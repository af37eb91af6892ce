package plan

import (
	"slices"
	"strconv"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// How many tasks are drawn of a lifecycle: so many, or fewer where they go in
// circles for long, so that a plan never takes long.
const (
	maxDraws = 10_000
	maxEdges = 400_000
)

// Figures say how much of something, time or reads, it takes to an end.
type Figures struct {
	Least int64  `json:"least"`          // the least possible
	Over  bool   `json:"over,omitempty"` // it always takes more than Least
	Most  *int64 `json:"most,omitempty"` // the most possible; left out: without bound

	// Of those draws that came to an end. Left out if there are none.
	Drawn *Drawn `json:"drawn,omitempty"`
}

// Drawn is what draws show of the middle.
type Drawn struct {
	Draws int     `json:"draws"`
	P50   int64   `json:"p50"`
	Mean  float64 `json:"mean"`
	P95   int64   `json:"p95"`
}

// fate is what one draw came to.
type fate struct {
	state     int
	forgotten bool
	ended     bool
	time      int64 // whole milliseconds, what reads end not counted
	reads     int64
}

// fates are draws.
type fates []fate

// sample lets tasks live. Their luck is the same in every plan.
func sample(c *chain) fates {
	l, left := c.engine(), maxEdges
	var out fates
	for i := range maxDraws {
		f, ok := c.live(l, task.LuckOf(1, "plan/"+strconv.Itoa(i)), &left)
		if !ok {
			break
		}
		out = append(out, f)
	}
	return out
}

// live is one task's way to where it rests. Its client reads only when time
// changes nothing more. It answers false where no edges are left.
func (c *chain) live(l *task.Lifecycle, luck uint64, left *int) (fate, bool) {
	k := task.Task{Definition: &task.Definition{Lifecycle: l}, Luck: luck, Created: origin}
	var r task.Record
	var f fate
	for now := origin; *left > 0; *left-- {
		s := k.At(now, &r)
		f.state = c.index[s.State]
		rests := c.atRest(f.state) || !c.rests[f.state]
		if f.forgotten = s.Expired; rests || f.forgotten {
			f.ended = s.Phase.Ended() && (c.rests[f.state] || f.forgotten)
			f.time = int64(s.Entered.Sub(origin) / time.Millisecond)
			return f, true
		}
		polls := c.states[f.state].Polls
		if e, ok := k.NextEdge(now, &r); ok {
			now = e.At
			continue
		} else if polls == 0 { // beyond the engine's end of time
			return f, false
		}
		// The read that ends one state is the first of the next, if reads end that
		// too; so this is one or two.
		for events := r.Len(); r.Len() == events; {
			k.Read(now, &r)
		}
		f.reads += int64(polls)
	}
	return f, false
}

// ends are the shares of the draws.
func (fs fates) ends(c *chain) []End {
	at := map[fate]int{}
	var ends []End
	round := -1
	for _, f := range fs {
		key := fate{state: f.state, forgotten: f.forgotten}
		i, have := at[key]
		switch {
		case have:
		case !f.forgotten && !c.rests[f.state]:
			if round < 0 {
				round = len(ends)
				ends = append(ends, End{Never: true, Round: c.round()})
			}
			i = round
		default:
			i = len(ends)
			e := c.end(f.state, 0)
			e.Never, e.Forgotten = e.Never && !f.forgotten, f.forgotten
			ends = append(ends, e)
		}
		at[key] = i
		ends[i].Chance += 1 / float64(len(fs))
	}
	slices.SortStableFunc(ends, func(a, b End) int { return c.place(a) - c.place(b) })
	return ends
}

// place orders ends as their states are written.
func (c *chain) place(e End) int {
	if e.State == "" {
		return len(c.states)
	}
	return c.index[e.State]
}

// figures say how long it takes to an end, and how many reads.
func (c *chain) figures(fs fates) (times, polls *Figures) {
	if !c.ended[0] {
		return nil, nil
	}
	var took, read []int64
	for _, f := range fs {
		if f.ended {
			took, read = append(took, f.time), append(read, f.reads)
		}
	}
	timed, counted := false, false
	for i, s := range c.states {
		on := c.reached[i] && c.ended[i]
		timed, counted = timed || on && s.After != nil, counted || on && s.Polls > 0
	}
	if timed {
		times = figures(took, c.least(leastTime), c.most(mostTime))
		times.Over = c.least(aboveLeast) > times.Least
	}
	if counted {
		polls = figures(read, c.least(reads), c.most(reads))
	}
	return times, polls
}

func figures(drawn []int64, least, most int64) *Figures {
	f := &Figures{Least: least}
	if most != unlimited {
		f.Most = &most
	}
	if len(drawn) == 0 {
		return f
	}
	slices.Sort(drawn)
	sum := 0.0
	for _, d := range drawn {
		sum += float64(d)
	}
	f.Drawn = &Drawn{
		Draws: len(drawn), Mean: sum / float64(len(drawn)),
		P50: percentile(drawn, 50), P95: percentile(drawn, 95),
	}
	return f
}

// percentile is the least of the values that so many in a hundred do not exceed.
func percentile(sorted []int64, percent int) int64 {
	return sorted[(len(sorted)*percent+99)/100-1]
}
