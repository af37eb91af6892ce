package traffic

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"
)

// plain is a logger that writes lines without their time.
func plain(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

func TestLogLines(t *testing.T) {
	var buf bytes.Buffer
	l := NewLog(plain(&buf), nil)
	l.Add(Entry{
		TenantTime: time.Date(2026, 1, 15, 10, 0, 6, 123_456_789, time.FixedZone("", 3600)), Tenant: "happy~x",
		Vendor: "acme", Operation: "getTask", Task: "17", State: "running", Status: 200, Latency: 42 * time.Microsecond,
	})
	l.Add(Entry{Vendor: "acme", Operation: "none", Status: 404, Latency: time.Millisecond, Note: "not-found"})
	l.Close()
	want := `level=INFO msg=request tenant_time=2026-01-15T09:00:06.123Z tenant=happy~x vendor=acme operation=getTask task=17 state=running status=200 latency=42µs
level=INFO msg=request vendor=acme operation=none status=404 latency=1ms note=not-found
`
	if buf.String() != want {
		t.Errorf("got\n%s\nwant\n%s", buf.String(), want)
	}
}

// gate is a writer that lets nothing pass until it is opened, and says when
// somebody waits.
type gate struct {
	open, waits chan struct{}
	once        sync.Once
	bytes.Buffer
}

func (g *gate) Write(p []byte) (int, error) {
	g.once.Do(func() { close(g.waits) })
	<-g.open
	return g.Buffer.Write(p)
}

// When the writer cannot keep up, requests go on; what is dropped is counted.
func TestLogDropsRatherThanWaits(t *testing.T) {
	g := &gate{open: make(chan struct{}), waits: make(chan struct{})}
	l := NewLog(plain(g), nil)
	l.Add(Entry{Vendor: "acme"})
	<-g.waits // the writer has taken the first line and stands
	for range queued + 5 {
		l.Add(Entry{Vendor: "acme"})
	}
	close(g.open)
	l.Close()
	lines := strings.Count(g.String(), "msg=request ")
	if lines != queued+1 {
		t.Errorf("%d lines, want %d", lines, queued+1)
	}
	if !strings.Contains(g.String(), `level=WARN msg="request log could not keep up" lines_dropped=5`) {
		t.Error("the drops are not told")
	}
	if n := strings.Count(g.String(), "lines_dropped"); n != 1 {
		t.Errorf("the drops are told %d times", n)
	}
	if n := l.Dropped(); n != 5 { // being told does not reset it
		t.Errorf("dropped %d in all", n)
	}
}

func TestCloseFlushes(t *testing.T) {
	var buf bytes.Buffer
	l := NewLog(plain(&buf), nil)
	for range 1000 {
		l.Add(Entry{Vendor: "acme"})
	}
	l.Close()
	if n := strings.Count(buf.String(), "\n"); n != 1000 {
		t.Errorf("%d lines, want 1000", n)
	}
}

func TestAddAfterClose(t *testing.T) {
	var buf bytes.Buffer
	l := NewLog(plain(&buf), nil)
	l.Close()
	l.Close()
	for range queued + 10 { // more than can wait
		l.Add(Entry{Vendor: "acme"})
	}
	if buf.Len() > 0 {
		t.Errorf("written after Close: %s", &buf)
	}
}

// Requests at once, while the log is closed. Run with -race.
func TestLogAtOnce(t *testing.T) {
	var buf bytes.Buffer
	l := NewLog(plain(&buf), nil)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 100 {
				l.Add(Entry{Vendor: "acme"})
			}
		})
	}
	wg.Go(l.Close)
	wg.Go(l.Close)
	wg.Wait()
	if strings.Count(buf.String(), "\n") > 1600 {
		t.Error("more lines than requests")
	}
}

// A logger with a buffered writer is flushed when its lines have been logged.
func TestLogFlushes(t *testing.T) {
	var buf bytes.Buffer
	w := bufio.NewWriter(&buf)
	flushed := 0
	l := NewLog(plain(w), func() { flushed++; _ = w.Flush() })
	l.Add(Entry{Vendor: "acme"})
	l.Close()
	if !strings.Contains(buf.String(), "vendor=acme") || flushed != 1 {
		t.Errorf("flushed %d times: %s", flushed, &buf)
	}
}
