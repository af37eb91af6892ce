package verify

import (
	"fmt"
	"math"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// calls judges how often, and how soon after one another, calls come: the
// expectation "call", and the card's poll gaps.
type calls struct {
	book   *book
	call   string // as scenarios.Selects takes it
	noun   string
	minGap time.Duration // 0: not judged
	most   int           // 0: not judged

	perTenant bool       // all calls count together, a vendor at a time
	tasksOnly bool       // calls about no task do not count
	gapsOf    *histogram // nil: nobody asks for the distribution

	byTask   pages[tally]
	byVendor []tally // calls about no task, or all

	calls, gaps, early, unjudged, over int64

	soonest   time.Duration // the least gap judged
	soonestAt place
	highest   uint32 // the most calls about one task
	highestAt place
}

// tally is what is kept of the calls about one task.
type tally struct {
	last         time.Duration // when the latest came
	count, early uint32
}

func newCalls(e scenarios.Expect, b *book) *calls {
	noun := "call"
	if e.Call == "poll" {
		noun = "poll"
	}
	return &calls{book: b, call: e.Call, noun: noun, minGap: e.MinGap, most: e.Max, perTenant: e.Per == "tenant"}
}

// cardGap is the bar of the card's poll gaps.
const cardGap = time.Second

func newCardGaps(b *book) *calls {
	return &calls{book: b, call: "poll", noun: "poll", minGap: cardGap, tasksOnly: true, gapsOf: &histogram{}}
}

func (c *calls) observe(s *sighting) {
	if !scenarios.Selects(c.call, s.Vendor, s.Operation, s.Kind) {
		return
	}
	if !c.perTenant && !s.none {
		for _, n := range s.about {
			c.add(c.byTask.at(n), s, s.place(n))
		}
		return
	}
	if c.tasksOnly {
		return
	}
	for s.vendor >= len(c.byVendor) {
		c.byVendor = append(c.byVendor, tally{})
	}
	c.add(&c.byVendor[s.vendor], s, s.place(0))
}

func (c *calls) add(t *tally, s *sighting, p place) {
	c.calls++
	if t.count > 0 {
		c.gap(t, s, p)
	}
	if t.count == 0 || s.real > t.last {
		t.last = s.real
	}
	t.count++
	if t.count > c.highest {
		c.highest, c.highestAt = t.count, p
	}
	if c.most > 0 && int(t.count) == c.most+1 {
		c.over++
	}
}

func (c *calls) gap(t *tally, s *sighting, p place) {
	if s.Frozen {
		c.unjudged++
		return
	}
	// Of two calls at once the later may be told of first.
	gap := times(max(s.real-t.last, t.last-s.real), s.Speed)
	if c.gapsOf != nil {
		c.gapsOf.add(gap)
	}
	if c.gaps == 0 || gap < c.soonest {
		c.soonest, c.soonestAt = gap, p
	}
	c.gaps++
	if gap < c.minGap {
		c.early++
		t.early++
	}
}

// times is d, which is not negative, n times, or the longest time there is.
func times(d time.Duration, n int) time.Duration {
	if d > math.MaxInt64/time.Duration(n) {
		return math.MaxInt64
	}
	return d * time.Duration(n)
}

// tally is that of a place that was counted.
func (c *calls) tally(p place) tally {
	if p.task != 0 {
		return *c.byTask.at(p.task)
	}
	return c.byVendor[p.vendor]
}

// judge joins what is found of the gaps and of the counts, as far as they are
// asked for. The graver verdict holds.
func (c *calls) judge(moment) finding {
	if c.gapsOf != nil {
		return c.judgeCard()
	}
	if c.calls == 0 {
		return finding{verdict: Inconclusive, found: "no such call was made"}
	}
	var f finding
	if c.minGap > 0 {
		f = c.judgeGaps()
	}
	if c.minGap == 0 || c.most > 0 {
		counts := c.judgeCounts()
		if f.found != "" {
			counts.found = f.found + "; " + counts.found
		}
		if f.worst != nil && !(counts.verdict == Failed && f.verdict != Failed) {
			counts.worst = f.worst
		}
		counts.verdict = graver(f.verdict, counts.verdict)
		f = counts
	}
	return f
}

func (c *calls) judgeGaps() finding {
	switch {
	case c.early > 0:
		t := c.tally(c.soonestAt)
		found := fmt.Sprintf("%s: %d of %s came sooner than %s after the one before, the soonest after %s",
			c.book.subject(c.soonestAt), t.early, count(t.count, c.noun), length(c.minGap), length(c.soonest))
		if c.early > int64(t.early) {
			found += fmt.Sprintf(" (in all %d of %s)", c.early, count(c.gaps, "gap"))
		}
		return finding{verdict: Failed, found: found, worst: c.book.named(c.soonestAt)}
	case c.gaps > 0:
		return finding{verdict: Passed, worst: c.book.named(c.soonestAt), found: fmt.Sprintf(
			"%s, the least %s (%s)", count(c.gaps, "gap"), length(c.soonest), c.book.subject(c.soonestAt))}
	case c.unjudged > 0:
		return finding{verdict: NotJudged, found: "the clock was frozen at each of " + count(c.unjudged, "gap")}
	}
	return finding{verdict: Inconclusive, found: "no two calls to compare"}
}

func (c *calls) judgeCounts() finding {
	subject := c.book.subject(c.highestAt)
	f := finding{verdict: Passed, worst: c.book.named(c.highestAt),
		found: fmt.Sprintf("at most %s (%s)", count(c.highest, c.noun), subject)}
	if c.over > 0 {
		f.verdict = Failed
		f.found = fmt.Sprintf("%s: %s, %d more than allowed", subject, count(c.highest, c.noun), int(c.highest)-c.most)
		if c.over > 1 {
			f.found += fmt.Sprintf(" (so had %s)", count(c.over-1, "other"))
		}
	}
	return f
}

// judgeCard says the distribution as well.
func (c *calls) judgeCard() finding {
	f := c.judgeGaps()
	f.figures = Figures{"count": c.gaps, "not_judged": c.unjudged, "below_1s": c.early}
	if c.gaps == 0 {
		if c.unjudged == 0 {
			f.found = "no task was polled twice"
		}
		return f
	}
	h := c.gapsOf
	p50, p90, p99 := length(h.quantile(0.5)), length(h.quantile(0.9)), length(h.quantile(0.99))
	f.figures["min"], f.figures["max"] = length(h.min), length(h.max)
	f.figures["p50"], f.figures["p90"], f.figures["p99"] = p50, p90, p99
	f.found = fmt.Sprintf("%s: min %s, p50 %s, p90 %s, p99 %s, max %s; %d below %s, the least at %s.%s (task %s)",
		count(c.gaps, "gap"), length(h.min), p50, p90, p99, length(h.max), c.early, length(cardGap),
		f.worst.Vendor, f.worst.Operation, printable(f.worst.Task))
	return f
}
