package traffic

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Entry is one request for the request log.
type Entry struct {
	Real       time.Time // real instant at which it was answered; zero: the line has no time
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

// Log writes one line a request. Writing happens off the request's path, many
// lines at a time; when the writer cannot keep up, lines are dropped and counted
// rather than requests delayed. A logger whose handler is Lines gets its lines
// ready made; any other one gets slog's records, and does its formatting too off
// the request's path.
type Log struct {
	logger *slog.Logger
	lines  *Lines // nil: the logger's handler is not ours, and entries wait here
	flush  func()

	mu      sync.Mutex
	waiting []Entry
	dropped int // since the last line that said so
	lost    int64

	stop  chan struct{}
	done  chan struct{}
	close sync.Once
}

// How many entries may wait for a handler that is not ours, and how long lines
// wait at most.
const (
	queued = 8192
	every  = 50 * time.Millisecond
)

// NewLog starts a log. flush, unless nil, is called when the entries that waited
// have been logged, for a logger with a buffered writer; Lines need none, as the
// log flushes them by itself. Close it to write what waits.
func NewLog(logger *slog.Logger, flush func()) *Log {
	if flush == nil {
		flush = func() {}
	}
	l := &Log{logger: logger, flush: flush, stop: make(chan struct{}), done: make(chan struct{})}
	l.lines, _ = logger.Handler().(*Lines)
	go l.run()
	return l
}

// Add queues a line, unless the logger is for graver things only. It never waits
// for the writer. After Close the log writes nothing any more.
func (l *Log) Add(e Entry) {
	if l.lines != nil {
		l.lines.request(&e)
		return
	}
	if !l.logger.Enabled(context.Background(), slog.LevelInfo) {
		return
	}
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
	if l.lines != nil {
		return l.lines.Dropped()
	}
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
	var chunk <-chan struct{} // nil, of which nothing comes, if entries wait here
	if l.lines != nil {
		chunk = l.lines.waiting.chunk
	}
	var entries []Entry
	for {
		stopped := false
		select {
		case <-tick.C:
		case <-chunk:
		case <-l.stop:
			stopped = true
		}
		if l.lines != nil {
			l.lines.Flush()
		} else {
			entries = l.writeWaiting(entries[:0])
		}
		if stopped {
			return
		}
	}
}

// writeWaiting logs what waits, and takes an empty slice in exchange for the
// queue.
func (l *Log) writeWaiting(empty []Entry) []Entry {
	l.mu.Lock()
	entries, dropped := l.waiting, l.dropped
	l.waiting, l.dropped = empty, 0
	l.mu.Unlock()
	for i := range entries {
		_ = l.logger.Handler().Handle(context.Background(), entries[i].record()) // a logger says nothing of its errors either
	}
	if dropped > 0 {
		warn(l.logger, dropped)
	}
	if len(entries) > 0 {
		l.flush()
	}
	return entries
}

// warn tells that lines were dropped.
func warn(logger *slog.Logger, dropped int) {
	logger.Warn("request log could not keep up", "lines_dropped", dropped)
}
