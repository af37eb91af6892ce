package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
)

// keepAlive is how long a followed journal is silent before it says that it is
// still there: proxies give up on what says nothing.
const keepAlive = 15 * time.Second

// followJournal answers every entry from now on as server-sent events, until the
// client goes or the journal does. With Last-Event-ID, or after=, it begins with
// what is still held of those later than that one.
func (c *call) followJournal() (reply, error) {
	if err := c.checkFilter(c.filter()); err != nil {
		return reply{}, err
	}
	f := feed{journal: c.journal(), secrets: c.secrets, filter: c.filter(), after: -1}
	if c.query.Has("after") {
		f.after = f.filter.After
	}
	if last, err := strconv.ParseInt(c.request.Header.Get("Last-Event-ID"), 10, 64); err == nil { // the contract has seen it
		f.after = last
	}
	f.filter.After = 0
	return reply{
		status: http.StatusOK, media: "text/event-stream",
		header: http.Header{"Cache-Control": {"no-store"}},
		stream: f.serve,
	}, nil
}

// feed is a journal on its way to one reader.
type feed struct {
	journal *journal.Journal
	secrets func(vendor string) journal.Secrets
	filter  journal.Filter
	after   int64 // begin after this seq; below 0: with what comes from now on
}

// serve writes events until the request's context or the journal ends. It begins
// no goroutine: whoever is too slow holds up nobody, since what is new waits in
// the journal.
func (f feed) serve(w http.ResponseWriter, r *http.Request) {
	follower, stop := f.journal.Follow()
	defer stop()
	out := &stream{w: w, flush: http.NewResponseController(w).Flush, feed: f}
	if f.after >= 0 {
		follower.Skip(out.catchUp())
	}
	for out.send() {
		e, missed, err := next(r.Context(), follower)
		switch {
		case r.Context().Err() != nil: // the client went
			return
		case errors.Is(err, context.DeadlineExceeded):
			out.print(": keep-alive\n\n")
		case err != nil: // the journal went
			return
		default:
			out.missed(missed)
			if e != nil {
				out.put(e)
			}
		}
	}
}

// next waits for an entry, but no longer than a reader is left without a word.
func next(ctx context.Context, f *journal.Follower) (*journal.Entry, int, error) {
	ctx, cancel := context.WithTimeout(ctx, keepAlive)
	defer cancel()
	return f.Next(ctx)
}

// stream writes the events of a feed.
type stream struct {
	feed
	w     io.Writer
	flush func() error
	err   error // the first one; nothing is written after it
}

// catchUp writes what the journal still holds after the reader's last event, and
// answers the seq up to which all is written. A reader that knows more than the
// journal has seen another one, which began anew since: for it everything is new.
func (s *stream) catchUp() (last int64) {
	entries, last := s.journal.Entries(journal.Filter{After: s.after}, 0)
	if last < s.after {
		s.after = 0
		entries, last = s.journal.Entries(journal.Filter{}, 0)
	}
	seen := s.after
	for _, e := range entries {
		s.missed(int(e.Seq - seen - 1))
		s.put(e)
		seen = e.Seq
	}
	s.missed(int(last - seen))
	return last
}

func (s *stream) put(e *journal.Entry) {
	if !s.filter.Matches(e) {
		return
	}
	data, err := json.Marshal(e.View(s.secrets(e.Vendor)))
	if err != nil {
		s.err = err
		return
	}
	s.print("event: %s\nid: %d\ndata: %s\n\n", api.EventRequest, e.Seq, data)
}

// missed tells how many entries the reader will not see, of whatever kind: what
// is gone can be filtered no more.
func (s *stream) missed(n int) {
	if n > 0 {
		s.print("event: %s\ndata: %d\n\n", api.EventMissed, n)
	}
}

func (s *stream) print(format string, args ...any) {
	if s.err == nil {
		_, s.err = fmt.Fprintf(s.w, format, args...)
	}
}

// send hands on what was written. It answers false where the reader is gone.
func (s *stream) send() bool {
	if s.err == nil {
		s.err = s.flush()
	}
	return s.err == nil
}
