package simulators

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/replay"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// differs says in which way an answer is not the one recorded, the plainest way
// first.
func (p *player) differs(e *replay.Entry, answer *http.Response, body string) string {
	path, _, _ := strings.Cut(e.Request.Target, "?")
	asked := e.Request.Method + " " + path
	id := answer.Header.Get(sim.RequestHeader)
	switch {
	case id != e.ID && (id == "" || id[0] == '@'):
		return fmt.Sprintf("%s was this tenant's then, answered %d, and is nobody's now: %d%s", asked, e.Reply.Status, answer.StatusCode, told(body))
	case id != e.ID:
		return fmt.Sprintf("%s has the id %s then and %s now", asked, e.ID, id)
	case answer.StatusCode != e.Reply.Status:
		return fmt.Sprintf("%s was answered %d then and is %d now%s", asked, e.Reply.Status, answer.StatusCode, told(body))
	}
	if now, ok := p.tenant.Journal.Get(id); ok {
		shown := replay.ShownBy(now)
		for i, then := range e.Reply.Tasks {
			if i < len(shown) && shown[i] != then {
				return fmt.Sprintf("%s showed task %s as %s then and shows task %s as %s now", asked, then.ID, then.State, shown[i].ID, shown[i].State)
			}
		}
		if len(shown) != len(e.Reply.Tasks) {
			return fmt.Sprintf("%s showed %d tasks then and shows %d now", asked, len(e.Reply.Tasks), len(shown))
		}
	}
	if len(body) != e.Reply.Length {
		return fmt.Sprintf("%s had a body of %d bytes then and has one of %d now", asked, e.Reply.Length, len(body))
	}
	return asked + " has the same status, tasks and length, but its header or body is another"
}

// why says what may have led to a difference at an entry: all that is known.
func (p *player) why(i int) string {
	var all []string
	add := func(applies bool, format string, args ...any) {
		if applies {
			all = append(all, fmt.Sprintf(format, args...))
		}
	}
	f := p.file
	missing := p.missing()
	add(f.Version != Version(), "vendorsim %s recorded it and this is %s", f.Version, Version())
	add(missing >= 0 && missing <= i, "before entry %d an entry is missing, or they are not in their order", missing+1)
	add(f.Edited(), "the file was changed since it was written")
	add(f.OwnFixtures && p.o.FixturesDir == "", "it was recorded with fixtures of its own: give them with --fixtures")
	add(f.OwnFixtures && p.o.FixturesDir != "", "it was recorded with fixtures of its own, and those given may be others")
	add(!f.OwnFixtures && p.o.FixturesDir != "", "it was recorded without fixtures of its own, and some are given")
	add(f.OwnSecret && p.o.Secret == "", "the tenant was made with a secret of its own: give it with --secret")
	add(f.OwnSecret && p.o.Secret != "", "the tenant was made with a secret of its own, and the one given may be another")
	add(!f.OwnSecret && p.o.Secret != "", "the tenant had no secret of its own, and one is given")
	add(p.overlapped(i), "it overlapped with another, and what both changed may have come in the other order")
	add(p.server.push.Accepted() > 0, "what became of pushed events counts, and here each is taken to have arrived at once")
	if len(all) == 0 {
		return "nothing in the file tells why"
	}
	return strings.Join(all, "; ")
}

// missing is the place of the first entry that does not follow the one above it,
// -1 if there is none.
func (p *player) missing() int {
	for i, e := range p.file.Entries {
		if e.ID != fmt.Sprintf("%s.%d", p.file.Tenant, i+1) {
			return i
		}
	}
	return -1
}

// overlapped tells whether an entry was under way at the same time as another.
func (p *player) overlapped(i int) bool {
	e := &p.file.Entries[i]
	ended := func(e *replay.Entry) time.Time { return e.Real.Add(time.Duration(e.Took)) }
	for j := range p.file.Entries {
		if other := &p.file.Entries[j]; j != i && other.Real.Before(ended(e)) && e.Real.Before(ended(other)) {
			return true
		}
	}
	return false
}
