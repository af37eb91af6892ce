package traffic

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Entry is one request for the request log.
type Entry struct {
	TenantTime time.Time // zero: the request was refused and has no tenant
	Tenant     string
	Vendor     string
	Operation  string
	Task       string // the task asked for; "" for none
	State      string // the state it was shown in
	Status     int
	Latency    time.Duration // real time
	Note       string        // why a request was refused, or which contract broke
}

// Log writes one slog line a request. Formatting and writing happen off the
// request's path, some lines at a time; when the writer cannot keep up, lines
// are dropped and counted rather than requests delayed.
type Log struct {
	logger *slog.Logger
	flush  func()

	mu      sync.Mutex
	waiting []Entry
	dropped int // since the last line that said so
	lost    int64

	stop  chan struct{}
	done  chan struct{}
	close sync.Once
}

// How many lines may wait for the writer, and how long they wait at most.
const (
	queued = 8192
	every  = 50 * time.Millisecond
)

// NewLog starts a log. flush, unless nil, is called when the lines that waited
// have been logged, for a logger with a buffered writer. Close it to write what
// waits.
func NewLog(logger *slog.Logger, flush func()) *Log {
	if flush == nil {
		flush = func() {}
	}
	l := &Log{logger: logger, flush: flush, stop: make(chan struct{}), done: make(chan struct{})}
	go l.run()
	return l
}

// Add queues a line. It never waits for the writer. After Close nothing is
// written any more.
func (l *Log) Add(e Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) >= queued {
		l.dropped++
		l.lost++
		return
	}
	l.waiting = append(l.waiting, e)
}

// Dropped is how many lines its writer was too slow for.
func (l *Log) Dropped() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost
}

// Close writes what waits and stops. It may be called twice.
func (l *Log) Close() {
	l.close.Do(func() { close(l.stop) })
	<-l.done
}

func (l *Log) run() {
	defer close(l.done)
	tick := time.NewTicker(every)
	defer tick.Stop()
	var lines []Entry
	for {
		stopped := false
		select {
		case <-tick.C:
		case <-l.stop:
			stopped = true
		}
		lines = l.writeWaiting(lines[:0])
		if stopped {
			return
		}
	}
}

// writeWaiting logs what waits, and takes an empty slice in exchange for the
// queue.
func (l *Log) writeWaiting(empty []Entry) []Entry {
	l.mu.Lock()
	lines, dropped := l.waiting, l.dropped
	l.waiting, l.dropped = empty, 0
	l.mu.Unlock()
	for i := range lines {
		l.write(lines[i])
	}
	if dropped > 0 {
		l.logger.Warn("request log could not keep up", "lines_dropped", dropped)
	}
	if len(lines) > 0 {
		l.flush()
	}
	return lines
}

func (l *Log) write(e Entry) {
	attrs := make([]slog.Attr, 0, 9)
	if !e.TenantTime.IsZero() {
		attrs = append(attrs,
			slog.String("tenant_time", e.TenantTime.UTC().Format("2006-01-02T15:04:05.000Z")),
			slog.String("tenant", e.Tenant))
	}
	attrs = append(attrs, slog.String("vendor", e.Vendor), slog.String("operation", e.Operation))
	for _, a := range [...]slog.Attr{slog.String("task", e.Task), slog.String("state", e.State)} {
		if a.Value.String() != "" {
			attrs = append(attrs, a)
		}
	}
	attrs = append(attrs, slog.Int("status", e.Status), slog.Duration("latency", e.Latency))
	if e.Note != "" {
		attrs = append(attrs, slog.String("note", e.Note))
	}
	l.logger.LogAttrs(context.Background(), slog.LevelInfo, "request", attrs...)
}
