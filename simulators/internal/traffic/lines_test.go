package traffic

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// chunks keeps each piece that was written.
type chunks struct {
	mu      sync.Mutex
	written []string
}

func (c *chunks) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.written = append(c.written, string(p))
	return len(p), nil
}

func (c *chunks) pieces() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.written)
}

func (c *chunks) text() string { return strings.Join(c.pieces(), "") }

// Requests and what else is logged come in the order in which they happened, in
// one piece.
func TestLinesKeepTheirOrder(t *testing.T) {
	var w chunks
	logger := slog.New(NewLines(&w, true))
	l := NewLog(logger, nil)
	l.Add(Entry{Vendor: "acme", Operation: "one", Status: 200})
	logger.Error("two", "why", "a reason")
	l.Add(Entry{Vendor: "acme", Operation: "three", Task: `"hard"`, Status: 200})
	logger.With("vendor", "acme").Info("four")
	logger.Debug("not at this level")
	l.Add(Entry{Vendor: "acme", Operation: "five", Status: 200})
	l.Close()
	at := 0
	for _, want := range []string{`"operation":"one"`, `"level":"ERROR","msg":"two","why":"a reason"}`, `"task":"\"hard\""`, `"msg":"four","vendor":"acme"}`, `"operation":"five"`} {
		i := strings.Index(w.text()[at:], want)
		if i < 0 {
			t.Fatalf("no %s where it belongs in\n%s", want, w.text())
		}
		at += i
	}
	if n := strings.Count(w.text(), "\n"); n != 5 {
		t.Errorf("%d lines:\n%s", n, w.text())
	}
}

// Many at once, with a small chunk now and then: each line arrives whole and
// once, and each piece that is written ends with a line. Run with -race.
func TestLinesAtOnce(t *testing.T) {
	var w chunks
	lines := NewLines(&w, false)
	logger := slog.New(lines)
	l := NewLog(logger, nil)
	var wait sync.WaitGroup
	const workers, each = 8, 200
	for i := range workers {
		wait.Go(func() {
			for k := range each {
				if k%10 == 0 {
					logger.Warn("else", "id", fmt.Sprintf("%d-%d", i, k))
				} else {
					l.Add(Entry{Vendor: "acme", Operation: "o", Task: fmt.Sprintf("%d-%d", i, k), Note: strings.Repeat("x", k)})
				}
				if k%50 == 0 {
					lines.Flush()
				}
			}
		})
	}
	wait.Wait()
	l.Close()
	for _, chunk := range w.pieces() {
		if !strings.HasSuffix(chunk, "\n") {
			t.Fatalf("a piece ends within a line: %q", chunk)
		}
	}
	text := w.text()
	for i := range workers {
		for k := range each {
			want := fmt.Sprintf(" task=%d-%d status=0 latency=0s", i, k)
			if k > 0 {
				want += " note=" + strings.Repeat("x", k)
			}
			if k%10 == 0 {
				want = fmt.Sprintf("msg=else id=%d-%d", i, k)
			}
			if n := strings.Count(text, want+"\n"); n != 1 {
				t.Fatalf("%d times %s", n, want)
			}
		}
	}
	if n := strings.Count(text, "\n"); n != workers*each {
		t.Errorf("%d lines", n)
	}
}

// When nobody reads what is written, requests go on. What finds no room is
// dropped and told; what is no request finds some longer.
func TestLinesDropRatherThanWait(t *testing.T) {
	g := &gate{open: make(chan struct{}), waits: make(chan struct{})}
	logger := slog.New(NewLines(g, false))
	l := NewLog(logger, nil)
	l.Add(Entry{Vendor: "acme", Operation: "first"})
	<-g.waits // the writer has taken the first line and stands
	e := Entry{Vendor: "acme", Operation: "more"}
	fit := mostRequests / len(appendRequest(nil, &e, false))
	for range fit + 5 {
		l.Add(e)
	}
	e.Task = "hard to write \\"
	l.Add(e)
	logger.Error("worth more")
	if n := l.Dropped(); n != 6 {
		t.Errorf("dropped %d before all is written", n)
	}
	most := strings.Repeat("x", mostLines)
	logger.Error(most) // there is no room for everything
	close(g.open)
	l.Close()
	text := g.String()
	if n := strings.Count(text, "operation=more "); n != fit {
		t.Errorf("%d lines, want %d", n, fit)
	}
	tail := text[strings.LastIndex(text, "operation=more "):]
	_, tail, _ = strings.Cut(tail, "\n")
	if !strings.Contains(tail, "level=ERROR msg=\"worth more\"\n") || !strings.HasSuffix(tail, ` level=WARN msg="request log could not keep up" lines_dropped=7`+"\n") {
		t.Errorf("it ends with\n%s", tail)
	}
	if n := strings.Count(text, "lines_dropped"); n != 1 {
		t.Errorf("the drops are told %d times", n)
	}
	if n := l.Dropped(); n != 7 { // being told does not reset it
		t.Errorf("dropped %d in all", n)
	}
}

// Lines are written at the next tick, or as soon as there is a chunk of them.
func TestLinesAreWrittenInChunks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w chunks
		began := time.Now()
		l := NewLog(slog.New(NewLines(&w, false)), nil)
		for range batchLen {
			l.Add(Entry{Vendor: "acme", Note: strings.Repeat("x", chunk/batchLen)})
		}
		synctest.Wait()
		if time.Since(began) > 0 || len(w.pieces()) != 1 {
			t.Errorf("%d pieces after %v", len(w.pieces()), time.Since(began))
		}
		l.Add(Entry{Vendor: "acme"})
		synctest.Wait()
		if len(w.pieces()) != 1 {
			t.Error("a line came at once")
		}
		time.Sleep(every)
		synctest.Wait()
		if len(w.pieces()) != 2 {
			t.Errorf("%d pieces", len(w.pieces()))
		}
		l.Close()
	})
}

// A logger that is for graver things gets no requests, and none wait for it.
func TestNoLinesBelowTheLevel(t *testing.T) {
	var buf bytes.Buffer
	level := &slog.LevelVar{}
	level.Set(slog.LevelWarn)
	l := NewLog(slog.New(slog.NewTextHandler(&buf, &slog.HandlerOptions{Level: level})), nil)
	for range queued + 1 {
		l.Add(Entry{Vendor: "acme"})
	}
	level.Set(slog.LevelInfo)
	l.Add(Entry{Vendor: "acme", Operation: "now"})
	l.Close()
	if strings.Count(buf.String(), "\n") != 1 || !strings.Contains(buf.String(), "operation=now") {
		t.Error(buf.String())
	}
	if n := l.Dropped(); n != 0 {
		t.Errorf("dropped %d", n)
	}
}

// The buffer of a time when the writer was slow is not kept.
func TestLargeBuffersAreNotKept(t *testing.T) {
	l := NewLines(io.Discard, false)
	e := Entry{Note: strings.Repeat("x", keptBuffer)}
	l.request(&e)
	l.Flush()
	if cap(l.spare) > keptBuffer {
		t.Errorf("%d bytes are kept", cap(l.spare))
	}
	usual := Entry{Vendor: "acme"}
	l.request(&usual)
	l.Flush()
	if cap(l.spare) == 0 {
		t.Error("a usual buffer is not used again")
	}
}
