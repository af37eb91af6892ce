package verify

import (
	"fmt"
	"time"
)

// tokens judges whether tokens are replaced before their end.
type tokens struct {
	book   *book
	latest []token             // by vendor
	recent [recentTokens]token // a ring of those given last, of all vendors

	logins, before, after int64 // tokens given; those that replaced one before and after its end
	late, moved           int64 // calls with a token that was over; those that no client could know of

	worst   time.Duration // how long a token was over, where that is known
	worstAt place
}

// recentTokens is of how many tokens the end is remembered. Of older ones it is
// known that they are over, not for how long.
const recentTokens = 16

// token is one that a log-in gave.
type token struct {
	hash  uint64
	ends  time.Duration // the tenant's lived time of its end; 0: never
	known time.Duration // the real instant of its end, as the client was told
}

func (t *tokens) observe(s *sighting) {
	// A log-in may carry a token that is over: that is how some vendors refresh.
	if s.Token.Sent != 0 && s.Token.Expired && s.Kind != "login" {
		t.use(s)
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
	case t.moved > 0:
		f.verdict = NotJudged
		f.found = fmt.Sprintf("%s used a token that was over only because the clock was moved", count(t.moved, "call"))
	case t.logins == 0:
		f.verdict, f.found = Inconclusive, "the client did not log in"
	default:
		f.verdict = Passed
		f.found = fmt.Sprintf("%s, %d refreshed before and %d after the end of the one before; none was used after its end",
			count(t.logins, "token"), t.before, t.after)
	}
	return f
}
