package verify

import (
	"fmt"
	"time"
)

// waits judges whether Retry-After was respected.
type waits struct {
	book       *book
	limits     map[uint64]wait // by what a limit counts together
	operations map[operation]wait
	sweepAt    int

	told, early int64 // answers that told a wait; requests that came before it was over
	first       wait  // the first wait to be over

	worst     time.Duration // how much too soon a request came
	worstTold int
	worstAt   place
}

type operation struct {
	vendor int
	name   string
}

// wait is one that was told: respected by a request that came before it was
// known, or when the real or the tenant's time has come.
type wait struct {
	known, until, lived time.Duration
	seconds             int
}

// wait is what the answer told, if it told one.
func (s *sighting) wait() wait {
	told := time.Duration(s.RetryAfter) * time.Second
	return wait{
		known: s.real + s.Took, until: s.real + told, lived: s.Lived + times(told, s.Speed), seconds: s.RetryAfter,
	}
}

func (w wait) over(real, lived time.Duration) bool { return real >= w.until || lived >= w.lived }

// minSweep is how many waits are kept at least before those that are over are
// looked for: what limits count by comes from clients, and has no other bound.
const minSweep = 256

func (w *waits) observe(s *sighting) {
	op := operation{s.vendor, s.Operation}
	if len(w.limits)+len(w.operations) > 0 {
		w.hold(s, op)
	}
	if s.RetryAfter <= 0 {
		return
	}
	next := s.wait()
	w.told++
	if w.told == 1 || next.until < w.first.until {
		w.first = next
	}
	if s.Told != 0 {
		keepLater(&w.limits, s.Told, next)
	} else {
		keepLater(&w.operations, op, next)
	}
	if len(w.limits)+len(w.operations) >= max(minSweep, w.sweepAt) {
		forgetOver(w.limits, s)
		forgetOver(w.operations, s)
		w.sweepAt = 2 * (len(w.limits) + len(w.operations))
	}
}

// hold holds a request to the waits that bind it. It is early once, however
// many waits it breaks.
func (w *waits) hold(s *sighting, op operation) {
	var broken wait
	check := func(told wait, ok bool) {
		if ok && s.real >= told.known && !told.over(s.real, s.Lived) && told.until > broken.until {
			broken = told
		}
	}
	told, ok := w.operations[op]
	check(told, ok)
	for _, limit := range s.Limits {
		told, ok := w.limits[limit]
		check(told, ok)
	}
	if broken.seconds == 0 {
		return
	}
	w.early++
	if soon := broken.until - s.real; w.early == 1 || soon > w.worst {
		w.worst, w.worstTold = soon, broken.seconds
		w.worstAt = place{vendor: s.vendor, operation: s.Operation}
	}
}

// keepLater keeps, of two waits that bind the same requests, that which is over
// later.
func keepLater[K comparable](all *map[K]wait, key K, next wait) {
	if old, ok := (*all)[key]; !ok || next.until > old.until {
		put(all, key, next)
	}
}

func forgetOver[K comparable](all map[K]wait, s *sighting) {
	for key, told := range all {
		if told.over(s.real, s.Lived) {
			delete(all, key)
		}
	}
}

func (w *waits) judge(now moment) finding {
	f := finding{figures: Figures{"told": w.told, "early": w.early}}
	switch {
	case w.early > 0:
		f.verdict, f.worst = Failed, w.book.named(w.worstAt)
		f.found = fmt.Sprintf("%s came before a wait was over, the worst at %s.%s, %s too soon after it was told %ds",
			count(w.early, "request"), f.worst.Vendor, f.worst.Operation, length(w.worst), w.worstTold)
		f.figures["worst"] = length(w.worst)
	case w.told == 0:
		f.verdict, f.found = Inconclusive, "no answer told the client to wait"
	case !w.first.over(now.real, now.Lived):
		f.verdict, f.found = Inconclusive, count(w.told, "wait")+" told, none over yet"
	default:
		f.verdict, f.found = Passed, count(w.told, "wait")+" told, no request came before one was over"
	}
	return f
}
