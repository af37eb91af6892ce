// Package traffic is the per-request mutable state: rate limits, the request log
// and the answers kept to be given again. It must not know a vendor's words, HTTP, or what time it is: limits are
// passed the tenant's lived time and answer how long to wait.
package traffic

import (
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/vendorsim/vendorsim/scenarios"
)

// What a limit may count by itself (its "per").
const (
	PerToken      = "token"
	PerCredential = "credential"
	PerTenant     = "tenant"
	PerOperation  = "operation"
	PerSource     = "source"
)

// The algorithms of a limit. Left out means Fixed.
const (
	Fixed   = "fixed"   // a window opens at its first request
	Sliding = "sliding" // at most so many in any window
	Bucket  = "bucket"  // burst + rate x time
)

// Request is what limits look at.
type Request struct {
	Vendor, Operation, Kind   string
	Token, Credential, Source string
}

// Limiter holds the windows of one tenant. It is safe for concurrent use.
type Limiter struct {
	rules []scenarios.Limit

	mu      sync.Mutex
	windows map[windowKey]window
	latest  time.Duration // the latest lived time seen
	sweepAt int           // how many windows there are when it next looks for idle ones
}

type windowKey struct {
	rule          int
	vendor, value string
}

// NewLimiter makes the limiter of one tenant. A rule's Vendor must be written
// out or empty for every vendor.
func NewLimiter(rules []scenarios.Limit) *Limiter {
	return &Limiter{rules: rules, windows: map[windowKey]window{}, sweepAt: minSweep}
}

// Take asks for one request at an instant of the tenant's lived time. Every
// rule that selects the request must grant it; where one refuses, none counts
// it and wait says, in tenant time, when the longest refusal ends.
func (l *Limiter) Take(r Request, lived time.Duration) (wait time.Duration, ok bool) {
	if len(l.rules) == 0 {
		return 0, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	// Requests at once may come here in another order than they read the clock.
	// No window must see time go back: a bucket would fill twice.
	late := max(0, l.latest-lived)
	lived += late
	l.latest = lived
	if len(l.windows) >= l.sweepAt {
		l.sweep(lived)
	}
	var granted [8]window
	grants := granted[:0]
	for i := range l.rules {
		rule := &l.rules[i]
		if rule.Vendor != "" && rule.Vendor != r.Vendor || !scenarios.Selects(rule.On, r.Vendor, r.Operation, r.Kind) {
			continue
		}
		w := l.window(i, r)
		wait = max(wait, w.wait(lived))
		grants = append(grants, w)
	}
	if wait > 0 {
		return wait + late, false
	}
	for _, w := range grants {
		w.take(lived)
	}
	return 0, true
}

func (l *Limiter) window(rule int, r Request) window {
	key := windowKey{rule: rule, vendor: r.Vendor}
	limit := &l.rules[rule]
	switch limit.Per {
	case PerToken:
		key.value = r.Token
	case PerCredential:
		key.value = r.Credential
	case PerOperation:
		key.value = r.Operation
	case PerSource:
		key.value = r.Source
	}
	w := l.windows[key]
	if w == nil {
		w = newWindow(limit)
		l.windows[key] = w
	}
	return w
}

// minSweep is how many windows a limiter keeps at least before it looks for
// idle ones. Tokens and sources come from clients, so their number has no other
// bound.
const minSweep = 1024

// sweep forgets idle windows. The next time is when there are twice as many as
// are in use now: so each window made pays for looking at two.
func (l *Limiter) sweep(lived time.Duration) {
	for key, w := range l.windows {
		if w.idle(lived) {
			delete(l.windows, key)
		}
	}
	l.sweepAt = max(minSweep, 2*len(l.windows))
}

// window is the count of one rule for one value of what it counts by.
type window interface {
	wait(lived time.Duration) time.Duration // until it would grant; 0: now
	take(lived time.Duration)               // count one; only after wait answered 0
	idle(lived time.Duration) bool          // as good as new
}

func newWindow(l *scenarios.Limit) window {
	switch l.Algorithm {
	case Sliding:
		return &slidingWindow{length: l.Window, requests: l.Requests}
	case Bucket:
		burst := l.Burst
		if burst == 0 {
			burst = l.Requests
		}
		return &bucket{
			limiter: rate.NewLimiter(rate.Limit(float64(l.Requests)/l.Window.Seconds()), burst),
			burst:   burst,
		}
	}
	return &fixedWindow{length: l.Window, requests: l.Requests}
}

// fixedWindow opens at its first request.
type fixedWindow struct {
	length         time.Duration
	requests, used int
	opened         time.Duration
}

func (w *fixedWindow) wait(lived time.Duration) time.Duration {
	if w.idle(lived) || w.used < w.requests {
		return 0
	}
	return w.opened + w.length - lived
}

func (w *fixedWindow) take(lived time.Duration) {
	if w.idle(lived) {
		w.opened, w.used = lived, 0
	}
	w.used++
}

func (w *fixedWindow) idle(lived time.Duration) bool {
	return w.used == 0 || lived-w.opened >= w.length
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

func (w *slidingWindow) take(lived time.Duration) {
	if len(w.times) < w.requests {
		w.times = append(w.times, lived)
		return
	}
	w.times[w.oldest] = lived
	w.oldest = (w.oldest + 1) % len(w.times)
}

func (w *slidingWindow) idle(lived time.Duration) bool {
	for _, at := range w.times {
		if lived-at < w.length {
			return false
		}
	}
	return true
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

// take reserves rather than allows: a token short of one by a rounding counts.
func (b *bucket) take(lived time.Duration) { b.limiter.ReserveN(epoch.Add(lived), 1) }

func (b *bucket) idle(lived time.Duration) bool {
	return b.limiter.TokensAt(epoch.Add(lived)) >= float64(b.burst)
}
