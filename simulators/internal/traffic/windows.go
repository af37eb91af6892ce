package traffic

import (
	"math"
	"sort"
	"time"

	"golang.org/x/time/rate"

	"github.com/vendorsim/vendorsim/scenarios"
)

// window is the count of one rule for one value of what it counts by.
type window interface {
	wait(lived time.Duration) time.Duration // until it would grant; 0: now
	used(lived time.Duration) int           // how much of most is taken; it grants below that
	take(lived time.Duration)               // count one; only after wait answered 0
	idle(lived time.Duration) bool          // as good as new
}

// most is how many requests a limit's window grants; a bucket's: at once.
func most(l *scenarios.Limit) int {
	if l.Algorithm == Bucket && l.Burst > 0 {
		return l.Burst
	}
	return l.Requests
}

func newWindow(l *scenarios.Limit) window {
	switch l.Algorithm {
	case Sliding:
		return &slidingWindow{length: l.Window, requests: l.Requests}
	case Bucket:
		perSecond := rate.Limit(float64(l.Requests) / l.Window.Seconds())
		return &bucket{limiter: rate.NewLimiter(perSecond, most(l)), burst: most(l)}
	}
	return &fixedWindow{length: l.Window, requests: l.Requests}
}

// fixedWindow opens at its first request.
type fixedWindow struct {
	length          time.Duration
	requests, taken int
	opened          time.Duration
}

func (w *fixedWindow) wait(lived time.Duration) time.Duration {
	if w.idle(lived) || w.taken < w.requests {
		return 0
	}
	return w.opened + w.length - lived
}

func (w *fixedWindow) used(lived time.Duration) int {
	if w.idle(lived) {
		return 0
	}
	return w.taken
}

func (w *fixedWindow) take(lived time.Duration) {
	if w.idle(lived) {
		w.opened, w.taken = lived, 0
	}
	w.taken++
}

func (w *fixedWindow) idle(lived time.Duration) bool {
	return w.taken == 0 || lived-w.opened >= w.length
}

// slidingWindow remembers the instants of the last granted requests in a ring.
type slidingWindow struct {
	length   time.Duration
	requests int
	times    []time.Duration // grows to so many requests and is a ring then
	oldest   int             // where the ring's oldest instant stands
}

func (w *slidingWindow) wait(lived time.Duration) time.Duration {
	if len(w.times) < w.requests {
		return 0
	}
	return max(0, w.times[w.oldest]+w.length-lived)
}

// used counts those that have not left. They stand in order of time, and there
// may be very many.
func (w *slidingWindow) used(lived time.Duration) int {
	n := len(w.times)
	return n - sort.Search(n, func(i int) bool { return lived-w.times[(w.oldest+i)%n] < w.length })
}

func (w *slidingWindow) take(lived time.Duration) {
	if len(w.times) < w.requests {
		w.times = append(w.times, lived)
		return
	}
	w.times[w.oldest] = lived
	w.oldest = (w.oldest + 1) % len(w.times)
}

func (w *slidingWindow) idle(lived time.Duration) bool {
	n := len(w.times)
	return n == 0 || lived-w.times[(w.oldest+n-1)%n] >= w.length
}

// bucket refills evenly; the arithmetic is golang.org/x/time/rate's.
type bucket struct {
	limiter *rate.Limiter
	burst   int
}

// epoch stands for the tenant's beginning, since rate wants instants.
var epoch = time.Unix(0, 0)

// nearlyOne forgives the rounding of a float, so that a client which waited
// exactly as long as it was told is granted.
const nearlyOne = 1 - 1e-9

func (b *bucket) wait(lived time.Duration) time.Duration {
	tokens := b.limiter.TokensAt(epoch.Add(lived))
	if tokens >= nearlyOne {
		return 0
	}
	seconds := (1 - tokens) / float64(b.limiter.Limit())
	return time.Duration(math.Ceil(seconds * float64(time.Second)))
}

// used agrees with wait on what nearly one token is.
func (b *bucket) used(lived time.Duration) int {
	return b.burst - int(math.Floor(b.limiter.TokensAt(epoch.Add(lived))+(1-nearlyOne)))
}

// take reserves rather than allows: a token short of one by a rounding counts.
func (b *bucket) take(lived time.Duration) { b.limiter.ReserveN(epoch.Add(lived), 1) }

func (b *bucket) idle(lived time.Duration) bool {
	return b.limiter.TokensAt(epoch.Add(lived)) >= float64(b.burst)
}
