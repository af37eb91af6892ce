// Package traffic is the per-request mutable state: rate limits, the request log
// and the answers kept to be given again. It must not know a vendor's words,
// HTTP, or what time it is: limits are passed the tenant's lived time and answer
// how long to wait.
package traffic

import (
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
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
	names []string // of the rules, in a key's hash

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
	l := &Limiter{rules: rules, windows: map[windowKey]window{}, sweepAt: minSweep}
	for i := range rules {
		l.names = append(l.names, strconv.Itoa(i))
	}
	return l
}

// Rules are the limits in force; Judged.Rule is a place among them.
func (l *Limiter) Rules() []scenarios.Limit { return slices.Clone(l.rules) }

// Take asks for one request at an instant of the tenant's lived time. Every
// rule that selects the request must grant it; where one refuses, none counts
// it and wait says, in tenant time, when the longest refusal ends. What each of
// those rules said is appended to judged.
func (l *Limiter) Take(r Request, lived time.Duration, judged []journal.Judged) (wait time.Duration, ok bool, _ []journal.Judged) {
	if len(l.rules) == 0 {
		return 0, true, judged
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
		key := keyOf(i, rule, &r)
		w := l.window(key)
		said := journal.Judged{Rule: i, Key: task.Mix(l.names[i], key.vendor, key.value), Used: w.used(lived), Of: most(rule)}
		if short := w.wait(lived); short > 0 {
			said.Wait = short + late
		}
		wait = max(wait, said.Wait)
		judged, grants = append(judged, said), append(grants, w)
	}
	if wait > 0 {
		return wait, false, judged
	}
	for _, w := range grants {
		w.take(lived)
	}
	return 0, true, judged
}

// keyOf says with what else a rule counts a request.
func keyOf(i int, rule *scenarios.Limit, r *Request) windowKey {
	key := windowKey{rule: i, vendor: r.Vendor}
	switch rule.Per {
	case PerToken:
		key.value = r.Token
	case PerCredential:
		key.value = r.Credential
	case PerOperation:
		key.value = r.Operation
	case PerSource:
		key.value = r.Source
	}
	return key
}

func (l *Limiter) window(key windowKey) window {
	w := l.windows[key]
	if w == nil {
		w = newWindow(&l.rules[key.rule])
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
