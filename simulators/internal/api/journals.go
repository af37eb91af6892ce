package api

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/vendorsim/vendorsim/simulators/internal/journal"
)

// Refused stands for the journal of requests that have no tenant, where a
// journal's tenant is asked for.
const Refused = ""

// JournalQuery chooses entries of a journal. The zero value: all.
type JournalQuery struct {
	Vendor, Operation, Kind, Task string
	Status                        string // 404, or 4xx
	Method                        string
	Refused                       bool  // only requests that were not answered well
	After                         int64 // only entries with a greater seq
	Limit                         int   // of one page, at most 1000; 0: 100
}

func (q JournalQuery) values() values {
	v := values{}
	v.text("vendor", q.Vendor)
	v.text("operation", q.Operation)
	v.text("kind", q.Kind)
	v.text("task", q.Task)
	v.text("status", q.Status)
	v.text("method", q.Method)
	v.flag("refused", q.Refused)
	v.number("after", q.After)
	v.number("limit", int64(q.Limit))
	return v
}

// journalPath is where a journal stands: below its tenant, or by itself.
func journalPath(tenant string) string {
	if tenant == Refused {
		return "/refused"
	}
	return tenantPath(tenant, "journal")
}

// Journal is one page of a tenant's journal, or of the one of Refused.
func (c *Client) Journal(ctx context.Context, tenant string, q JournalQuery) (Journal, error) {
	v := q.values()
	return get[Journal](ctx, c, journalPath(tenant)+v.query())
}

// HAR is a journal as an HTTP archive. One that has lost entries is refused
// unless partial is true; then the archive says how many.
func (c *Client) HAR(ctx context.Context, tenant string, q JournalQuery, partial bool) ([]byte, error) {
	v := q.values()
	v.flag("partial", partial)
	return get[[]byte](ctx, c, journalPath(tenant)+".har"+v.query())
}

// Replay is the tenant's replay file.
func (c *Client) Replay(ctx context.Context, tenant string) ([]byte, error) {
	return get[[]byte](ctx, c, tenantPath(tenant, "replay"))
}

// Followed is one thing that a followed journal tells: an entry, or that the
// client was too slow for so many.
type Followed struct {
	Entry  *journal.View
	Missed int
}

// Follow calls each for every entry that a journal gets from now on, or after
// q.After, from this goroutine. It ends with nil when the journal does (its
// tenant is deleted or reset, or the server stops), with ctx, or with each's
// error.
func (c *Client) Follow(ctx context.Context, tenant string, q JournalQuery, each func(Followed) error) error {
	q.Limit = 0 // a stream has no pages
	v := q.values()
	path := journalPath(tenant) + "/follow" + v.query()
	res, err := c.send(ctx, http.MethodGet, path, nil, http.Header{"Accept": {"text/event-stream"}})
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }() // there is nothing left to lose
	err = events(res.Body, func(name, data string) error {
		f, err := followed(name, data)
		if err != nil || f == nil {
			return err
		}
		return each(*f)
	})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, io.ErrUnexpectedEOF): // the server went
		return nil
	}
	return err
}

// followed reads one event; nil: one that this client does not know.
func followed(name, data string) (*Followed, error) {
	switch name {
	case EventRequest:
		view := new(journal.View)
		if err := json.Unmarshal([]byte(data), view); err != nil {
			return nil, fmt.Errorf("an entry that cannot be read: %w", err)
		}
		return &Followed{Entry: view}, nil
	case EventMissed:
		n, err := strconv.Atoi(data)
		if err != nil {
			return nil, fmt.Errorf("a count that cannot be read: %w", err)
		}
		return &Followed{Missed: n}, nil
	}
	return nil, nil
}

// The events of a followed journal.
const (
	EventRequest = "request" // data: the entry; id: its seq
	EventMissed  = "missed"  // data: how many entries the reader was too slow for
)

// events reads server-sent events. An event that the stream's end cuts off is
// none, as the HTML standard has it.
func events(stream io.Reader, each func(name, data string) error) error {
	in := bufio.NewReader(stream)
	var name string
	var data []string
	for {
		line, err := in.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			if len(data) > 0 {
				if err := each(name, strings.Join(data, "\n")); err != nil {
					return err
				}
			}
			name, data = "", nil
			continue
		}
		field, value, _ := strings.Cut(line, ":") // a comment has no field
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "event":
			name = value
		case "data":
			data = append(data, value)
		}
	}
}
