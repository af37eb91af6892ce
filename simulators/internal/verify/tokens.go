package verify

import (
	"fmt"
	"time"
)

// tokens judges whether tokens are replaced before their end.
type tokens struct {
	book   *book
	margin time.Duration       // of the tenant's time; 0: a token may be used to its end
	latest []token             // by vendor
	recent [recentTokens]token // a ring of those given last, of all vendors

	logins, before, after int64 // tokens given; those that replaced one before and after its end
	late, moved           int64 // calls with a token that was over; those that no client could know of
	close                 int64 // calls with a token whose end was nearer than the margin

	worst     time.Duration // how long a token was over, where that is known
	worstAt   place
	nearest   time.Duration // the least time before its end at which one was used too late
	nearestAt place
}

// recentTokens is of how many tokens the end is remembered. Of older ones it is
// known that they are over, not for how long.
const recentTokens = 16

// token is one that a log-in gave.
type token struct {
	hash  uint64
	ends  time.Duration // the tenant's lived time of its end; 0: never
	known time.Duration // the real instant of its end, as the client was told
	// due and dueKnown are the same of the instant by which it is to be replaced.
	due, dueKnown time.Duration
}

func (t *tokens) observe(s *sighting) {
	// A log-in may carry a token that is over: that is how some vendors refresh.
	switch {
	case s.Token.Sent == 0 || s.Kind == "login":
	case s.Token.Expired:
		t.use(s)
	case t.margin > 0:
		t.hold(s)
	}
	if s.Token.Given != 0 {
		t.give(s)
	}
}

func (t *tokens) use(s *sighting) {
	var late time.Duration
	for _, r := range t.recent {
		if r.hash != s.Token.Sent || r.ends == 0 {
			continue
		}
		if s.Lived >= r.ends && s.real < r.known {
			t.moved++
			return
		}
		late = max(0, s.Lived-r.ends)
	}
	t.late++
	if t.late == 1 || late > t.worst {
		t.worst, t.worstAt = late, s.place(0)
	}
}

// hold holds a call with a token that is not over to the margin.
func (t *tokens) hold(s *sighting) {
	for _, r := range t.recent {
		if r.hash != s.Token.Sent || r.ends == 0 || s.Lived <= r.due {
			continue
		}
		if s.real < r.dueKnown {
			t.moved++
			return
		}
		left := max(0, r.ends-s.Lived)
		if t.close == 0 || left < t.nearest {
			t.nearest, t.nearestAt = left, s.place(0)
		}
		t.close++
		return
	}
}

func (t *tokens) give(s *sighting) {
	for s.vendor >= len(t.latest) {
		t.latest = append(t.latest, token{})
	}
	old := t.latest[s.vendor]
	switch {
	case old.hash == 0:
	case old.ends == 0 || s.Lived < old.ends:
		t.before++
	default:
		t.after++
	}
	given := token{hash: s.Token.Given}
	if s.Token.Life > 0 {
		given.ends = s.Lived + s.Token.Life
		given.known = s.real + s.Token.Life/time.Duration(s.Speed)
		given.due = given.ends - t.margin
		given.dueKnown = given.known - t.margin/time.Duration(s.Speed)
	}
	t.latest[s.vendor] = given
	t.recent[t.logins%recentTokens] = given
	t.logins++
}

func (t *tokens) judge(moment) finding {
	f := finding{figures: Figures{"log_ins": t.logins, "refreshed_before_end": t.before,
		"refreshed_after_end": t.after, "calls_after_end": t.late, "not_judged": t.moved}}
	switch {
	case t.late > 0:
		f.verdict, f.worst = Failed, t.book.named(t.worstAt)
		f.found = fmt.Sprintf("%s used a token after its end, the worst at %s.%s", count(t.late, "call"), f.worst.Vendor, f.worst.Operation)
		if t.worst > 0 {
			f.found += fmt.Sprintf(", %s after it", length(t.worst))
			f.figures["worst"] = length(t.worst)
		}
		if t.close > 0 {
			f.found += fmt.Sprintf("; %s used one in the last %s before it", count(t.close, "call"), length(t.margin))
		}
	case t.close > 0:
		f.verdict, f.worst = Failed, t.book.named(t.nearestAt)
		f.found = fmt.Sprintf("%s used a token in the last %s before its end, the nearest at %s.%s, %s before it",
			count(t.close, "call"), length(t.margin), f.worst.Vendor, f.worst.Operation, length(t.nearest))
	case t.moved > 0:
		f.verdict = NotJudged
		f.found = fmt.Sprintf("%s used a token that was %s only because the clock was moved", count(t.moved, "call"), t.over())
	case t.logins == 0:
		f.verdict, f.found = Inconclusive, "the client did not log in"
	default:
		f.verdict = Passed
		used := "after its end"
		if t.margin > 0 {
			used = "in the last " + length(t.margin) + " before its end, or after it"
		}
		f.found = fmt.Sprintf("%s, %d refreshed before and %d after the end of the one before; none was used %s",
			count(t.logins, "token"), t.before, t.after, used)
	}
	return f
}

// over is what a token is that should have been replaced.
func (t *tokens) over() string {
	if t.margin > 0 {
		return "over, or nearly so,"
	}
	return "over"
}
