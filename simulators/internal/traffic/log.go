package traffic

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
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
// request's path; when the writer cannot keep up, lines are dropped and counted
// rather than requests delayed.
type Log struct {
	logger  *slog.Logger
	queue   chan Entry
	stop    chan struct{}
	done    chan struct{}
	dropped atomic.Int64
	close   sync.Once
}

// queued is how many lines may wait for the writer.
const queued = 8192

// NewLog starts a log. Close it to flush what waits.
func NewLog(logger *slog.Logger) *Log {
	l := &Log{logger: logger, queue: make(chan Entry, queued), stop: make(chan struct{}), done: make(chan struct{})}
	go l.run()
	return l
}

// Add queues a line. It never blocks. After Close nothing is written any more.
func (l *Log) Add(e Entry) {
	select {
	case l.queue <- e:
	default:
		l.dropped.Add(1)
	}
}

// Close writes what waits and stops. It may be called twice.
func (l *Log) Close() {
	l.close.Do(func() { close(l.stop) })
	<-l.done
}

func (l *Log) run() {
	defer close(l.done)
	for {
		select {
		case e := <-l.queue:
			l.write(e)
		case <-l.stop:
			for len(l.queue) > 0 {
				l.write(<-l.queue)
			}
			return
		}
	}
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
	if n := l.dropped.Swap(0); n > 0 {
		l.logger.Warn("request log could not keep up", "lines_dropped", n)
	}
}
