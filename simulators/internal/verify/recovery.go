package verify

import (
	"fmt"
	"strings"
	"time"
)

// recovery judges how the client comes back after a vendor refused everything.
type recovery struct {
	book    *book
	vendors []outage

	back, stormed, unjudged int64
	untold                  int64 // of those back, of how many no storm could be told

	slowest   time.Duration // the longest that it took to come back
	slowestAt place
	storm     comeback // the storm with the most calls
	stormAt   place
}

const (
	leastRefusals = 3           // so many refusals in a row are an outage
	leastSpan     = time.Second // if they came over so long
	stormWindow   = 5 * time.Second
	stormCalls    = 5 // so many calls in that window are never a storm
	stormTimes    = 2 // nor is this many times as often as before
)

// outage is the run of refusals under way at one vendor, and the return from
// the one before. Its instants are those of the pace.
type outage struct {
	pace
	refusals uint32
	from, to time.Duration
	began    time.Duration // when its first refusal came, in real time
	unclear  bool          // the clock stood in it, or was moved: nobody can say how long it was
	before   rate          // in the minute before it
	wait     wait          // that the latest refusal told; none told is over at once
	latestAt place

	comeback
}

// comeback is what came in the window after a client was back.
type comeback struct {
	watched bool
	since   time.Duration
	back    time.Duration // the same, in real time
	calls   uint32
	usual   rate
	stormed bool
}

// rate is so many calls in so long.
type rate struct {
	calls uint32
	in    time.Duration
}

func (r *recovery) observe(s *sighting) {
	for s.vendor >= len(r.vendors) {
		r.vendors = append(r.vendors, outage{})
	}
	v := &r.vendors[s.vendor]
	v.advance(s)
	switch {
	case s.refused():
		v.refuse(s)
	case v.refusals > 0:
		r.end(v, s)
	}
	if v.watched {
		r.watch(v, s)
	}
	v.count()
}

func (v *outage) refuse(s *sighting) {
	if v.refusals == 0 {
		v.from, v.began, v.unclear = v.now, s.real, false
		v.before.calls, v.before.in = v.latest()
	}
	v.refusals++
	v.to, v.latestAt = v.now, s.place(0)
	v.unclear = v.unclear || s.unclear(v.began)
	v.wait = wait{}
	if s.RetryAfter > 0 {
		v.wait = s.wait()
	}
}

// long tells whether the run of refusals is an outage.
func (v *outage) long() bool { return v.refusals >= leastRefusals && v.to-v.from >= leastSpan }

// end ends a run of refusals with a call that was not refused.
func (r *recovery) end(v *outage, s *sighting) {
	many, long := v.refusals >= leastRefusals, v.long()
	v.refusals = 0
	switch {
	case many && (v.unclear || s.unclear(v.began)):
		r.unjudged++
	case long:
		took := v.now - v.to
		if r.back == 0 || took > r.slowest {
			r.slowest, r.slowestAt = took, s.place(0)
		}
		r.back++
		v.comeback = comeback{since: v.now, back: s.real, usual: v.before}
		// Of a client that was hardly met before nobody knows how often it calls.
		if v.watched = v.before.in >= stormWindow; !v.watched {
			r.untold++
		}
	}
}

// watch counts a call after the return.
func (r *recovery) watch(v *outage, s *sighting) {
	if s.unclear(v.back) || v.now-v.since >= stormWindow {
		v.watched = false
		return
	}
	v.calls++
	usual := float64(v.usual.calls) * float64(stormWindow) / float64(v.usual.in)
	if v.calls <= stormCalls || float64(v.calls) <= stormTimes*usual {
		return
	}
	if !v.stormed {
		v.stormed = true
		r.stormed++
	}
	if v.calls > r.storm.calls {
		r.storm, r.stormAt = v.comeback, s.place(0)
	}
}

// left counts the outages from which the client is not back: those that it gave
// up, and those from which it may still return.
func (r *recovery) left(now moment) (gone, open int64, at place) {
	for i := range r.vendors {
		v := &r.vendors[i]
		if !v.long() || v.unclear {
			continue
		}
		away := times(max(0, now.real-v.real), v.speed)
		if away <= max(v.to-v.from, stormWindow) || !v.wait.over(now.real, now.Lived) {
			open++
			continue
		}
		if gone++; gone == 1 {
			at = v.latestAt
		}
	}
	return gone, open, at
}

func (r *recovery) judge(now moment) finding {
	gone, open, at := r.left(now)
	f := finding{figures: Figures{"came_back": r.back, "gave_up": gone, "open": open, "stormed": r.stormed, "not_judged": r.unjudged}}
	var found []string
	if r.back > 0 {
		f.figures["slowest"] = length(r.slowest)
		found = append(found, fmt.Sprintf("%s, the client was back at most %s after the last refusal (%s)",
			count(r.back, "outage"), length(r.slowest), r.book.operation(r.slowestAt)))
	}
	if r.stormed > 0 {
		f.worst = r.book.named(r.stormAt)
		f.figures["storm"] = int64(r.storm.calls)
		found = append(found, fmt.Sprintf("after %d of them it stormed: %d calls to %s within %s, and before %s in %s", r.stormed,
			r.storm.calls, f.worst.Vendor, length(stormWindow), count(r.storm.usual.calls, "call"), length(r.storm.usual.in)))
	}
	if gone > 0 {
		if f.worst == nil {
			f.worst = r.book.named(at)
		}
		found = append(found, fmt.Sprintf("from %s it did not come back; the latest refusal was at %s", count(gone, "outage"), r.book.operation(at)))
	}
	switch {
	case r.stormed > 0 || gone > 0:
		f.verdict = Failed
	case r.back > 0:
		f.verdict = Passed
		if found = append(found, "no storm"); r.untold == r.back {
			found[1] = "too little came before to tell a storm"
		}
	case open > 0:
		f.verdict, found = Inconclusive, append(found, "the client is not back yet from "+count(open, "outage"))
	case r.unjudged > 0:
		f.verdict, found = NotJudged, append(found, "the clock was frozen or moved in "+count(r.unjudged, "outage"))
	default:
		f.verdict, found = Inconclusive, append(found, fmt.Sprintf("no vendor refused %d calls in a row over %s", leastRefusals, length(leastSpan)))
	}
	f.found = strings.Join(found, "; ")
	return f
}
