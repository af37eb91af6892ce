package replay

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/vendorsim/vendorsim/simulators/internal/journal"
)

// ErrLost says that a journal no longer has all that happened: what is played
// from the middle would not be what was recorded.
var ErrLost = errors.New("the journal has lost entries, so it cannot be played again")

// Record puts the entries of the tenant's journal, in the order in which they
// came, into the file. A request that is still under way is not in the journal:
// the recording ends before it. The error is ErrLost.
func (f *File) Record(j *journal.Journal, secrets func(vendor string) journal.Secrets) error {
	entries, _ := j.Entries(journal.Filter{}, 0)
	if lost := j.Lost(); lost > 0 { // asked for last: nothing was lost before
		return fmt.Errorf("%w (%d of them)", ErrLost, lost)
	}
	slices.SortFunc(entries, func(a, b *journal.Entry) int { return cmp.Compare(a.Number, b.Number) })
	for i, e := range entries {
		if e.Number != int64(i)+1 {
			entries = entries[:i]
			break
		}
	}
	f.Mark = markFor(entries)
	roles := NewRoles(f.Tenant, f.Mark, secrets)
	f.Entries = make([]Entry, len(entries))
	for i, e := range entries {
		f.Entries[i] = Entry{ID: e.ID, Vendor: e.Vendor, At: e.At, Lived: Length(e.Lived), Real: e.Real.UTC(), Took: Length(max(e.Latency, 0))}
		if e.Control != nil {
			f.Entries[i].Control = controlOf(e.Control)
			continue
		}
		f.Entries[i].Request, f.Entries[i].Reply = roles.sent(e), replyOf(e)
		roles.Learn(i, e.Vendor, e.Reply.Header, e.Reply.Body)
	}
	return nil
}

func controlOf(c *journal.Control) *Control {
	out := &Control{Method: c.Method, Path: c.Path, Body: c.Body, Status: c.Status}
	if c.YAML != "" { // the body may name a file that nobody else has
		out.Body, out.Scenario = nil, &Scenario{Name: c.Scenario, YAML: c.YAML}
	}
	return out
}

func replyOf(e *journal.Entry) *Reply {
	r := &Reply{Status: e.Reply.Status, Length: len(e.Reply.Body), Digest: Digest(e.Reply.Status, e.Reply.Header, []byte(e.Reply.Body))}
	r.Tasks = ShownBy(e)
	return r
}

// ShownBy are the tasks that an entry's reply showed.
func ShownBy(e *journal.Entry) []Shown {
	var shown []Shown
	for _, t := range e.Tasks {
		shown = append(shown, Shown{ID: t.ID, State: cmp.Or(t.State, t.Phase)})
	}
	return shown
}

// sent is what the client sent, with roles for credentials.
func (r *Roles) sent(e *journal.Entry) *Request {
	sent := e.Rewrite(r.secrets(e.Vendor), r.of, r.coded)
	q := &Request{Method: sent.Method, Scheme: sent.Scheme, Host: sent.Host, Target: sent.Target, Source: sent.Source, Rest: sent.Rest, Header: []Header{}}
	for name, values := range sent.Header {
		for _, value := range values {
			q.Header = append(q.Header, Header{name, value})
		}
	}
	slices.SortStableFunc(q.Header, func(a, b Header) int { return strings.Compare(a.Name, b.Name) })
	if utf8.Valid(sent.Body) {
		q.Body = string(sent.Body)
	} else {
		q.Binary = sent.Body
	}
	return q
}

// mark makes a mark, as often as it takes.
const mark = "~"

// markFor is the mark by which no client's text looks like a role.
func markFor(entries []*journal.Entry) string {
	m := ""
	for slices.ContainsFunc(entries, func(e *journal.Entry) bool { return holdsRole(&e.Request, m) }) {
		m += mark
	}
	return m
}

func holdsRole(q *journal.Request, mark string) bool {
	for _, kind := range []string{kindSecret, kindReply, kindCoded} {
		begin := open + mark + kind
		if strings.Contains(q.Target, begin) || bytes.Contains(q.Body, []byte(begin)) {
			return true
		}
		for _, values := range q.Header {
			if slices.ContainsFunc(values, func(v string) bool { return strings.Contains(v, begin) }) {
				return true
			}
		}
	}
	return false
}
