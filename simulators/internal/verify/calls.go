package verify

import (
	"fmt"
	"math"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// calls judges how often, and how soon after one another, calls come, how many
// fail and what they send: the expectation "call", and the card's poll gaps.
type calls struct {
	book   *book
	call   string // as scenarios.Selects takes it
	noun   string
	minGap time.Duration // 0: not judged
	most   int           // 0: not judged
	errors *failures     // nil: not judged
	sends  *sends        // nil: not judged

	perTenant bool       // all calls count together, a vendor at a time
	tasksOnly bool       // calls about no task do not count
	gapsOf    *histogram // nil: nobody asks for the distribution

	cells cells[tally] // by vendor: calls about no task, or all

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
	c := &calls{book: b, call: e.Call, noun: noun, minGap: e.MinGap, most: e.Max, perTenant: e.Per == "tenant", sends: newSends(e.Sends)}
	if e.MaxErrors != nil {
		c.errors = &failures{most: uint32(*e.MaxErrors)}
	}
	return c
}

// cardGap is the bar of the card's poll gaps.
const cardGap = time.Second

func cardGaps(b *book) calls {
	return calls{book: b, call: "poll", noun: "poll", minGap: cardGap, tasksOnly: true, gapsOf: &histogram{}}
}

func (c *calls) observe(s *sighting) {
	if !scenarios.Selects(c.call, s.Vendor, s.Operation, s.Kind) {
		return
	}
	if !c.perTenant && !s.none {
		for _, n := range s.about {
			c.add(s, n)
		}
		return
	}
	if c.tasksOnly {
		return
	}
	c.add(s, 0)
}

// add adds a call about a task, or (0) one that counts with others of the vendor.
func (c *calls) add(s *sighting, task uint32) {
	t, p := c.cells.at(s.vendor, task), s.place(task)
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
	if c.errors != nil && s.failed() {
		c.errors.add(p)
	}
	if c.sends != nil {
		c.sends.add(task, s)
	}
}

func (c *calls) gap(t *tally, s *sighting, p place) {
	if s.unclear(t.last) {
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

// judge joins what is found of each thing that is asked for.
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
	if c.most > 0 {
		f = join(f, c.judgeCounts())
	}
	if c.errors != nil {
		f = join(f, c.errors.judge(c.book, c.noun))
	}
	if c.sends != nil {
		f = join(f, c.sends.judge(c.book))
	}
	return f
}

// join makes one finding of two. The graver verdict holds, and its worst case.
func join(f, next finding) finding {
	if f.found == "" {
		return next
	}
	next.found = f.found + "; " + next.found
	if f.worst != nil && (f.verdict == Failed || next.verdict != Failed) {
		next.worst = f.worst
	}
	next.verdict = graver(f.verdict, next.verdict)
	return next
}

func (c *calls) judgeGaps() finding {
	switch {
	case c.early > 0:
		t := c.cells.at(c.soonestAt.vendor, c.soonestAt.task)
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
		return finding{verdict: NotJudged, found: "the clock was frozen or moved at each of " + count(c.unjudged, "gap")}
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
