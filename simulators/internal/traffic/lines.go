package traffic

import (
	"bytes"
	"io"
	"log/slog"
	"sync"
)

// Lines is a slog.Handler that writes what slog's own text or JSON handler does,
// many lines at a time and in the order in which they were logged. Whoever logs
// only adds to what waits, and never waits for the writer: what finds no room
// is dropped and counted. A Log recognises it, and spares its lines the detour by
// slog's records. A logger derived by With writes to the same Lines.
type Lines struct {
	slog.Handler // of slog's own: it writes to waiting

	json    bool
	waiting *waiting
	writing sync.Mutex // held while a chunk is written, so that chunks keep their order
	w       io.Writer
	spare   []byte // the next buffer; guarded by writing
}

// waiting is what is not yet written.
type waiting struct {
	mu      sync.Mutex
	json    bool
	entries [batchLen]Entry // of requests, not yet written as lines
	n       int
	lines   []byte
	dropped int // since the last line that said so
	lost    int64

	chunk chan struct{} // told when there is enough to be worth writing
}

// How many bytes of lines may wait. Whoever flushes is told of a chunk. Requests
// leave some room for what else is logged, which is rare and worth more.
const (
	chunk        = 64 << 10
	mostRequests = 2 << 20 // about 8000 to 10000 lines
	mostLines    = mostRequests + 4*chunk
	keptBuffer   = 4 * chunk // a larger one, of a slow writer, is not kept
	batchLen     = 16        // requests of which the lines are written at once
)

// NewLines makes a handler that writes text, or JSON, to w. It logs from level
// info on. Nothing is written before Flush, which a Log calls often.
func NewLines(w io.Writer, json bool) *Lines {
	q := &waiting{json: json, chunk: make(chan struct{}, 1)}
	return &Lines{Handler: newHandler(q, json), json: json, waiting: q, w: w}
}

// request adds the line of a request. It keeps e for a short while.
func (l *Lines) request(e *Entry) { l.waiting.request(e) }

// Flush writes what waits, and waits for the writer.
func (l *Lines) Flush() {
	l.writing.Lock()
	defer l.writing.Unlock()
	lines, dropped := l.waiting.take(l.spare)
	if dropped > 0 {
		lines = append(lines, l.warning(dropped)...)
	}
	if len(lines) > 0 {
		_, _ = l.w.Write(lines) // there is nowhere to say that it is gone
	}
	if l.spare = lines[:0]; cap(lines) > keptBuffer {
		l.spare = nil
	}
}

// warning tells that lines were dropped. It goes with the chunk that they would
// have followed, so it needs no room itself.
func (l *Lines) warning(dropped int) []byte {
	var line bytes.Buffer
	warn(slog.New(newHandler(&line, l.json)), dropped)
	return line.Bytes()
}

// Dropped is how many lines found no room.
func (l *Lines) Dropped() int64 {
	l.waiting.mu.Lock()
	defer l.waiting.mu.Unlock()
	l.waiting.write()
	return l.waiting.lost
}

// request adds an entry. Its line is written with those of others, which costs each
// of them half as much.
func (q *waiting) request(e *Entry) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.entries[q.n] = *e
	if q.n++; q.n == batchLen {
		q.write()
	}
}

// write writes the lines of entries. It is called with mu held, as add is.
func (q *waiting) write() {
	for i := range q.entries[:q.n] {
		var room [512]byte // lines are about 250 bytes
		q.add(appendRequest(room[:0], &q.entries[i], q.json), mostRequests)
		q.entries[i] = Entry{}
	}
	q.n = 0
}

// Write adds a line of slog's.
func (q *waiting) Write(line []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.write()
	q.add(line, mostLines)
	return len(line), nil
}

// add adds a line unless that many bytes wait.
func (q *waiting) add(line []byte, most int) {
	before := len(q.lines)
	if before+len(line) > most {
		q.dropped++
		q.lost++
		return
	}
	q.lines = append(q.lines, line...)
	if before < chunk && before+len(line) >= chunk {
		select {
		case q.chunk <- struct{}{}:
		default: // told already
		}
	}
}

// take takes what waits, and how many lines found no room meanwhile. It gives
// an empty buffer in exchange.
func (q *waiting) take(empty []byte) (lines []byte, dropped int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.write()
	lines, dropped = q.lines, q.dropped
	q.lines, q.dropped = empty, 0
	return lines, dropped
}
