package verify

import (
	"fmt"
	"math"
	"time"
)

// backoff judges the gaps between the tries of a call that is refused again and
// again without being told how long to wait.
type backoff struct {
	book *book
	open map[attempt]run // those under way, at most mostAttempts
	n    int64           // runs begun
	growths
}

// run is one call that was refused, and its tries since.
type run struct {
	number      int64         // of the runs begun
	last, known time.Duration // when the latest try came, and when it was answered
	gaps        uint32
	shrank      bool // a gap was shorter than half of the one before
	unclear     bool // the clock stood at a gap, or was moved in it: nobody can say how long it was

	first, latest, longest time.Duration // gaps
}

// growths sums up runs that had two gaps or more. Sums of whole numbers, so that
// their order does not matter.
type growths struct {
	runs, grew, tries, unjudged int64

	first, latest time.Duration // sums of the first and of the last gaps
	least, most   time.Duration // of the first gaps
	logs          int64         // sum of millionths of the logarithm of last/first
	steps         int64         // from one gap to the next

	worst   run // of those that did not grow, that with the most tries
	worstAt attempt
}

func (b *backoff) observe(s *sighting) {
	refused := s.refused() && s.RetryAfter == 0
	if !refused && len(b.open) == 0 {
		return
	}
	call, ok := s.attempt()
	if !ok {
		return
	}
	r, met := b.open[call]
	switch {
	case !met && !refused:
		return
	case !met:
		if len(b.open) >= mostAttempts {
			return
		}
		b.n++
		r = run{number: b.n, last: s.real, known: s.real + s.Took}
	case s.real >= r.known:
		r.gap(times(s.real-r.last, s.Speed), s.unclear(r.last))
		r.last, r.known = s.real, s.real+s.Took
	}
	// What came before the client could know of the refusal is no try. It ends
	// the run like any other if it was not refused.
	if refused {
		put(&b.open, call, r)
		return
	}
	b.add(call, r)
	delete(b.open, call)
}

// gap adds the time between two tries.
func (r *run) gap(d time.Duration, unclear bool) {
	r.unclear = r.unclear || unclear
	if r.gaps == 0 {
		r.first = d
	} else if d < r.latest/2 {
		r.shrank = true
	}
	r.gaps++
	r.latest, r.longest = d, max(r.longest, d)
}

// grew tells whether the client held back more and more. Half as long as the
// gap before is forgiven, since good clients draw their gaps by lot, and a gap
// that has reached its limit grows no more.
func (r *run) grew() bool { return !r.shrank && r.longest-r.first >= r.first/2 && r.longest > 0 }

// add adds a run that is over, or the gaps so far of one that is not.
func (g *growths) add(call attempt, r run) {
	switch {
	case r.gaps < 2:
		return
	case r.unclear:
		g.unjudged++
		return
	}
	g.runs++
	g.tries += int64(r.gaps) + 1
	g.first, g.latest = plus(g.first, r.first), plus(g.latest, r.latest)
	if g.runs == 1 || r.first < g.least {
		g.least = r.first
	}
	g.most = max(g.most, r.first)
	from, to := max(r.first, time.Millisecond), max(r.latest, time.Millisecond)
	g.logs += int64(math.Round(math.Log(float64(to)/float64(from)) * 1e6))
	g.steps += int64(r.gaps) - 1
	if r.grew() {
		g.grew++
	} else if r.gaps > g.worst.gaps || r.gaps == g.worst.gaps && r.number < g.worst.number {
		g.worst, g.worstAt = r, call
	}
}

// plus is the sum of two lengths of time, or the longest there is.
func plus(a, b time.Duration) time.Duration {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

func (b *backoff) judge(moment) finding {
	g := b.growths
	for call, r := range b.open {
		g.add(call, r)
	}
	f := finding{figures: Figures{"calls": g.runs, "grew": g.grew, "tries": g.tries, "not_judged": g.unjudged}}
	switch {
	case g.runs > 0:
		g.tell(&f)
	case g.unjudged > 0:
		f.verdict, f.found = NotJudged, "the clock was frozen or moved at the tries of "+count(g.unjudged, "call")
		return f
	default:
		f.verdict, f.found = Inconclusive, "no call was tried twice more after a refusal that told no wait"
		return f
	}
	if g.grew == g.runs {
		f.verdict = Passed
		return f
	}
	f.verdict, f.worst = Failed, b.book.named(g.worstAt.place())
	f.found += fmt.Sprintf("; %d of %s did not hold back more and more, the most tried %s: %s, the first gap %s, the longest %s",
		g.runs-g.grew, count(g.runs, "call"), b.book.operation(g.worstAt.place()),
		count(int64(g.worst.gaps)+1, "time"), length(g.worst.first), length(g.worst.longest))
	return f
}

// tell says the figures of the gaps.
func (g *growths) tell(f *finding) {
	n := time.Duration(g.runs)
	first, latest := length(g.first/n), length(g.latest/n)
	factor := fmt.Sprintf("x%.2f", math.Exp(float64(g.logs)/1e6/float64(g.steps)))
	f.figures["first"], f.figures["last"], f.figures["factor"] = first, latest, factor
	f.found = fmt.Sprintf("%s tried %s: first gap %s, last %s, %s from gap to gap",
		count(g.runs, "refused call"), count(g.tries, "time"), first, latest, factor)
	if g.runs > 1 {
		jitter := "0%"
		if g.first > 0 {
			jitter = fmt.Sprintf("%.0f%%", 100*float64(g.most-g.least)/(float64(g.first)/float64(n)))
		}
		f.figures["jitter"] = jitter
		f.found += ", first gaps " + jitter + " apart"
	}
}
