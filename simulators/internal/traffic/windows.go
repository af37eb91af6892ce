package traffic

import (
	"sort"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// window is the count of one rule for one value of what it counts by.
type window interface {
	wait(lived time.Duration) time.Duration // until it would grant; 0: now
	used(lived time.Duration) int           // how much of most is taken; it grants below that
	take(lived time.Duration)               // count one; only after wait answered 0
	idle(lived time.Duration) bool          // as good as new

	// What becomes of it where a request is refused; only after wait answered
	// more than 0. What wait answers afterwards is more than 0 still.
	count(lived time.Duration) // the request counts, as if it had been granted
	renew(lived time.Duration) // it begins anew, full
}

// The words of a limit's early_retry. Left out means Ignore.
const (
	Ignore = "ignore" // a refused request counts nowhere
	Count  = "count"  // a refused request counts in the window too
	Extend = "extend" // a request before the told wait is over begins the window anew
)

// most is how many requests a limit grants: in its window, for a bucket at once,
// for a limit of requests under way how many of them.
func most(l *scenarios.Limit) int {
	switch {
	case l.Concurrent > 0:
		return l.Concurrent
	case l.Algorithm == Bucket && l.Burst > 0:
		return l.Burst
	}
	return l.Requests
}

func newWindow(l *scenarios.Limit) window {
	switch l.Algorithm {
	case Sliding:
		return &slidingWindow{length: l.Window, requests: l.Requests}
	case Bucket:
		return newBucket(l.Requests, l.Window, most(l))
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

// count has nothing to do: the window is full, and closes when it closes. What is
// counted in it counts towards nothing more.
func (w *fixedWindow) count(time.Duration) {}

func (w *fixedWindow) renew(lived time.Duration) { w.opened = lived }

// slidingWindow remembers the instants of the last requests that it counted in a
// ring.
type slidingWindow struct {
	length   time.Duration
	requests int
	times    []time.Duration // grows to so many requests and is a ring then
	oldest   int             // where the ring's oldest instant stands
	shut     bool            // it began anew, full, at renewed
	renewed  time.Duration
}

// full tells whether all of it is taken by its having begun anew.
func (w *slidingWindow) full(lived time.Duration) bool {
	return w.shut && lived-w.renewed < w.length
}

func (w *slidingWindow) wait(lived time.Duration) time.Duration {
	switch {
	case w.full(lived):
		return w.renewed + w.length - lived
	case len(w.times) < w.requests:
		return 0
	}
	return max(0, w.times[w.oldest]+w.length-lived)
}

// used counts those that have not left. They stand in order of time, and there
// may be very many.
func (w *slidingWindow) used(lived time.Duration) int {
	if w.full(lived) {
		return w.requests
	}
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
	return !w.full(lived) && (n == 0 || lived-w.times[(w.oldest+n-1)%n] >= w.length)
}

// count takes the place of the oldest one, which could have left first. In a
// window that began anew no place is left.
func (w *slidingWindow) count(lived time.Duration) {
	if !w.full(lived) {
		w.take(lived)
	}
}

// renew needs no more than to say so: a ring of a million instants would take long
// to fill.
func (w *slidingWindow) renew(lived time.Duration) {
	w.times, w.oldest, w.shut, w.renewed = w.times[:0], 0, true, lived
}
