package sim

import (
	"context"
	"io"
	"net"
	"net/http"
	"time"
)

// pieces is in how many pieces a dripping body leaves, if it has as many bytes.
const pieces = 10

// deliver writes a reply, whose header is w's already. It is the last thing that
// is done for a request, so nothing that goes wrong here is told to anybody: a
// client that has gone is no error of ours.
func (h *handler) deliver(c *Call, w http.ResponseWriter, reply *Reply) {
	how := &c.wire
	if how.lost {
		hangUp(w, how.reset)
		return
	}
	h.date(c, w)
	w.WriteHeader(reply.Status)
	switch {
	case how.length:
		_ = http.NewResponseController(w).Flush() // what has begun without a length goes on without
		_, _ = io.WriteString(w, reply.Text)
	case how.cut:
		// A body that is shorter than was said ends the connection: net/http closes
		// it, and resets the stream of HTTP/2.
		_, _ = io.WriteString(w, reply.Text[:how.sent])
	case how.drip > 0:
		h.drip(c.request.Context(), w, reply.Text, how.drip)
	default:
		_, _ = io.WriteString(w, reply.Text)
	}
}

// dated is the Date of one second, as it stands in a header.
type dated struct {
	unix  int64
	lines []string
}

// date writes the Date, which net/http would work out for each answer anew, into
// the header of an answer that it sends. Nothing else has a connection to hijack.
func (h *handler) date(c *Call, w http.ResponseWriter) {
	if _, ok := w.(http.Hijacker); !ok {
		return
	}
	header := w.Header()
	if _, said := header["Date"]; said {
		return
	}
	now := c.began.Add(c.entry.Latency)
	d := h.latest.Load()
	if d == nil || d.unix != now.Unix() {
		d = &dated{now.Unix(), []string{now.UTC().Format(http.TimeFormat)}}
		h.latest.Store(d)
	}
	header["Date"] = d.lines
}

// drip writes a body piece by piece, evenly over so long, until the client goes.
func (h *handler) drip(ctx context.Context, w http.ResponseWriter, text string, over time.Duration) {
	control := http.NewResponseController(w)
	_ = control.Flush() // the header comes at once
	n := min(pieces, len(text))
	for i := range n {
		if h.wait(ctx, over/time.Duration(n)) != nil {
			return
		}
		if _, err := io.WriteString(w, text[len(text)*i/n:len(text)*(i+1)/n]); err != nil {
			return
		}
		_ = control.Flush()
	}
}

// wait lets so much real time pass, less where the server stops, or answers the
// context's error as soon as it ends.
func (h *handler) wait(ctx context.Context, d time.Duration) error {
	if h.Wait != nil {
		return h.Wait(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-h.Stopping:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// hangUp ends the connection of a request without an answer. A reset is what a
// client gets from a machine that knows the connection no more; what is no TCP
// ends in order.
//
// Where the connection is not to be had (HTTP/2, where it carries other requests
// too, or a recorder in the process) it panics with http.ErrAbortHandler, as
// net/http would have it: its servers end the request, HTTP/2's with a reset of
// the stream; whoever calls the handler himself recovers it.
func hangUp(w http.ResponseWriter, reset bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if reset {
		plain := conn
		for { // as tls.Conn has it, whose own Close would say good-bye
			wraps, ok := plain.(interface{ NetConn() net.Conn })
			if !ok {
				break
			}
			plain = wraps.NetConn()
		}
		if t, ok := plain.(*net.TCPConn); ok {
			_ = t.SetLinger(0) // without it the end is in order, which is the best there is then
		}
		_ = plain.Close()
	}
	_ = conn.Close()
}
