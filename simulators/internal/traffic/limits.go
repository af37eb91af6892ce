// Package traffic is the per-request mutable state: rate limits, the counts of
// faults, the request log and the answers kept to be given again. It must not
// know a vendor's words, HTTP, or what time it is: limits and faults are passed
// the tenant's time, and answer what is to be done without doing it.
package traffic

import (
	"slices"
	"strconv"
	"strings"
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
	rules  []scenarios.Limit
	names  []string // of the rules, in a key's hash
	atOnce []int    // the rules of requests under way

	mu      sync.Mutex
	windows map[windowKey]*tally
	inside  map[windowKey]*crowd // with how many requests are under way
	latest  time.Duration        // the latest lived time seen
	sweepAt int                  // how many windows there are when it next looks for idle ones
	emptyAt int                  // how many crowds there are when it next looks for empty ones
}

// tally is a window with what is said of it, and until when a client was last told
// to wait for it, in lived time.
type tally struct {
	window
	said journal.Judged // but what is used, and the wait
	told time.Duration
}

type windowKey struct {
	rule          int
	vendor, value string
}

// NewLimiter makes the limiter of one tenant. A rule's Vendor must be written
// out or empty for every vendor.
func NewLimiter(rules []scenarios.Limit) *Limiter {
	l := &Limiter{rules: rules, windows: map[windowKey]*tally{}, inside: map[windowKey]*crowd{}, sweepAt: minSweep, emptyAt: minSweep}
	for i := range rules {
		l.names = append(l.names, strconv.Itoa(i))
		if rules[i].Concurrent > 0 {
			l.atOnce = append(l.atOnce, i)
		}
	}
	return l
}

// Rules are the limits in force; Judged.Rule is a place among them.
func (l *Limiter) Rules() []scenarios.Limit { return slices.Clone(l.rules) }

// Rule is the limit at a place among Rules.
func (l *Limiter) Rule(i int) scenarios.Limit { return l.rules[i] }

// Take asks for one request at an instant of the tenant's lived time. Every
// rule of a window that selects the request must grant it; where one refuses,
// none that would grant it counts it, and wait says, in tenant time, when the
// longest refusal ends. What a refusal costs at the rule that refuses, its
// early_retry says; wait has it in it. What each of those rules said is appended
// to judged.
func (l *Limiter) Take(r Request, lived time.Duration, judged []journal.Judged) (wait time.Duration, ok bool, _ []journal.Judged) {
	if len(l.rules) == len(l.atOnce) {
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
	var granted [8]*tally
	grants := granted[:0]
	for i := range l.rules {
		rule := &l.rules[i]
		if rule.Concurrent > 0 || !selects(rule, &r) {
			continue
		}
		w := l.window(keyOf(i, rule, &r))
		said := w.said
		said.Used = w.used(lived)
		if w.wait(lived) > 0 {
			said.Wait = w.refuse(rule.EarlyRetry, lived) + late
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

func selects(rule *scenarios.Limit, r *Request) bool {
	return (rule.Vendor == "" || rule.Vendor == r.Vendor) && scenarios.Selects(rule.On, r.Vendor, r.Operation, r.Kind)
}

// says is what a rule says of each request that it counts under a key: but how
// much was used before, and the wait.
func (l *Limiter) says(key windowKey) journal.Judged {
	return journal.Judged{
		Rule: key.rule, Key: task.Mix(l.names[key.rule], key.vendor, key.value), Of: most(&l.rules[key.rule]),
	}
}

// refuse makes of the window what the rule's early_retry says of a request that
// it does not grant, and answers how long it is then until it grants.
func (w *tally) refuse(earlyRetry string, lived time.Duration) time.Duration {
	switch {
	case earlyRetry == Count:
		w.count(lived)
	case earlyRetry == Extend && lived < w.told:
		w.renew(lived)
	}
	wait := w.wait(lived)
	w.told = lived + wait
	return wait
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

func (l *Limiter) window(key windowKey) *tally {
	w := l.windows[key]
	if w == nil {
		w = &tally{window: newWindow(&l.rules[key.rule]), said: l.says(key)}
		key.value = strings.Clone(key.value) // it may be a piece of a whole request
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
