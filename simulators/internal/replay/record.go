package replay

import (
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
// came, into the file. The error is ErrLost.
func (f *File) Record(j *journal.Journal, secrets func(vendor string) journal.Secrets) error {
	entries, _ := j.Entries(journal.Filter{}, 0)
	if lost := j.Lost(); lost > 0 {
		return fmt.Errorf("%w (%d of them)", ErrLost, lost)
	}
	slices.SortStableFunc(entries, func(a, b *journal.Entry) int { return a.Real.Compare(b.Real) })
	roles := NewRoles(f.Tenant, secrets)
	f.Entries = make([]Entry, len(entries))
	for i, e := range entries {
		f.Entries[i] = Entry{ID: e.ID, Vendor: e.Vendor, At: e.At, Real: e.Real}
		if c := e.Control; c != nil {
			f.Entries[i].Control = &Control{Method: c.Method, Path: c.Path, Body: c.Body, Status: c.Status}
			continue
		}
		f.Entries[i].Request = roles.request(e)
		f.Entries[i].Reply = &Reply{
			Status: e.Reply.Status, Length: len(e.Reply.Body), Took: e.Latency.String(), Tasks: e.Tasks,
			Digest: Digest(e.Reply.Status, e.Reply.Header, []byte(e.Reply.Body)),
		}
		roles.Learn(i, e.Vendor, e.Reply.Header, []byte(e.Reply.Body))
	}
	return nil
}

// request is what the client sent, with roles for credentials.
func (r *Roles) request(e *journal.Entry) *Request {
	sent := e.Rewrite(r.secrets(e.Vendor), r.of)
	q := &Request{Method: sent.Method, Scheme: sent.Scheme, Host: sent.Host, Target: sent.Target, Source: sent.Source}
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
