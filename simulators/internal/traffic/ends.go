package traffic

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// WindowEnd is the instant of the tenant's lived time from which on one of a
// limit's windows is as good as new.
type WindowEnd struct {
	Lived  time.Duration
	Vendor string // of whose requests
	Rule   scenarios.Limit
}

// Ends are the windows that become as good as new at an instant in (from, to],
// by instant, at one instant by their rules' order: a fixed one when it closes, a
// sliding one when the last request that it counts leaves it, a bucket when it is
// full again. A window that has been taken from since, or was forgotten for being
// idle, tells nothing of its earlier ends: ask right after the move from one
// instant to the other.
func (l *Limiter) Ends(from, to time.Duration) []WindowEnd {
	type end struct {
		at  time.Duration
		key windowKey
	}
	var found []end
	l.mu.Lock()
	for key, w := range l.windows {
		if w.idle(from) || !w.idle(to) {
			continue
		}
		found = append(found, end{idleFrom(w, from, to), key})
	}
	l.mu.Unlock()
	slices.SortFunc(found, func(a, b end) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.key.rule, b.key.rule), cmp.Compare(a.key.vendor, b.key.vendor))
	})
	ends := make([]WindowEnd, 0, len(found))
	for _, e := range found {
		ends = append(ends, WindowEnd{Lived: e.at, Vendor: e.key.vendor, Rule: l.rules[e.key.rule]})
	}
	return ends
}

// idleFrom is the first instant at which a window is idle that is not at from but
// at to. Idle decides, since that is what requests meet: no second arithmetic has
// to agree with it, and nobody takes meanwhile, so it stays idle.
func idleFrom(w window, from, to time.Duration) time.Duration {
	for to-from > 1 {
		if middle := from + (to-from)/2; w.idle(middle) {
			to = middle
		} else {
			from = middle
		}
	}
	return to
}

// Words is a limit in words: "100 requests in 10s a credential, on getTaskStatus",
// "10 requests at once a source".
func Words(l scenarios.Limit) string {
	var b strings.Builder
	things, in, article := "requests", "in", "a"
	if max(l.Requests, l.Concurrent) == 1 {
		things = "request"
	}
	if l.Algorithm == Sliding {
		in = "in any"
	}
	if l.Per == PerOperation {
		article = "an"
	}
	if l.Concurrent > 0 {
		fmt.Fprintf(&b, "%d %s at once %s %s", l.Concurrent, things, article, l.Per)
	} else {
		fmt.Fprintf(&b, "%d %s %s %s %s %s", l.Requests, things, in, length(l.Window), article, l.Per)
	}
	if l.Algorithm == Bucket {
		fmt.Fprintf(&b, ", evenly, %d at once", most(&l))
	}
	if l.On != "" {
		fmt.Fprintf(&b, ", on %s", l.On)
	}
	if l.Vendor != "" {
		fmt.Fprintf(&b, ", at %s", l.Vendor)
	}
	switch l.EarlyRetry {
	case Count:
		b.WriteString("; a refused request counts too")
	case Extend:
		b.WriteString("; one that comes too early begins the window anew")
	}
	return b.String()
}

// length is a duration without the units that are zero at its end: 1h, not
// 1h0m0s.
func length(d time.Duration) string {
	s := d.String()
	if short, cut := strings.CutSuffix(s, "m0s"); cut {
		s = short + "m"
	}
	if short, cut := strings.CutSuffix(s, "h0m"); cut {
		s = short + "h"
	}
	return s
}
