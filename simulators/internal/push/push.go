// Package push delivers messages to receivers over HTTP, in the background and
// in real time. It must not know a vendor, a tenant, a task or their clock: it
// gets a URL, headers and a body. It decides where messages may go at all.
package push

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// Message is one HTTP POST to be made.
type Message struct {
	URL            string
	Header         http.Header // written with these names; may be nil
	Body           []byte
	AnyCertificate bool // over TLS, any certificate will do

	// Owner is whose message it is, for Pending and Drained: any value that can be
	// compared with ==.
	Owner any

	// Tried is told of each attempt, from another goroutine. It must not block.
	// nil if nobody wants to know.
	Tried func(Attempt)
}

// Attempt is what came of one attempt to deliver a message.
type Attempt struct {
	Outcome Outcome
	Status  int  // of the answer; 0 where there was none
	Last    bool // there will be no other
}

// Outcome is how an attempt ended.
type Outcome string

// The outcomes. A receiver must answer exactly 200.
const (
	Delivered  Outcome = "delivered"
	BadStatus  Outcome = "bad status"    // the receiver answered something else; redirects are not followed
	TimedOut   Outcome = "timed out"     // Timeout was over
	Unreached  Outcome = "unreached"     // there was no connection, or it broke
	Untrusted  Outcome = "untrusted"     // the certificate is not valid, or TLS older than 1.2
	Forbidden  Outcome = "forbidden"     // the address is none to which messages may go; not tried again
	Unsendable Outcome = "not a request" // no request can be made of the message; not tried again
)

// What a queue keeps to.
const (
	Capacity = 1000             // messages accepted and not yet done with
	Workers  = 4                // attempts at once
	Timeout  = 10 * time.Second // for one attempt
)

// backoff is how long to wait after each failed attempt; after the last one
// there is none.
var backoff = []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second}

// Queue delivers messages. Safe for concurrent use.
type Queue struct {
	gate    *gate
	logger  *slog.Logger
	post    func(context.Context, *Message) (int, error)
	backoff []time.Duration

	ctx    context.Context
	cancel context.CancelFunc
	work   chan *job // holds Capacity, so that sending never blocks
	start  sync.Once
	wait   sync.WaitGroup

	mu       sync.Mutex
	closed   bool
	pending  int
	accepted int
	dropped  int
	resting  map[*job]*time.Timer // those that wait for another attempt
	owed     map[any]*owed        // by owner; none for whom nothing is pending
}

// owed is what is pending for one owner.
type owed struct {
	messages int
	none     chan struct{} // closed when nothing is any more
}

type job struct {
	message Message
	tries   int
}

// New is a queue that delivers to loopback addresses and, over TLS, to the hosts
// allowed by name or address. It starts its workers with the first message.
func New(allow []string, logger *slog.Logger) *Queue {
	q := &Queue{
		gate: newGate(allow), logger: logger, backoff: backoff,
		work: make(chan *job, Capacity), resting: map[*job]*time.Timer{}, owed: map[any]*owed{},
	}
	q.ctx, q.cancel = context.WithCancel(context.Background())
	q.post = newPoster(q.gate).post
	return q
}

// NewDry is a queue that delivers nothing: each message is taken to be delivered
// at its first attempt.
func NewDry(logger *slog.Logger) *Queue {
	q := New(nil, logger)
	q.post = func(context.Context, *Message) (int, error) { return http.StatusOK, nil }
	return q
}

// Send accepts a message, or drops it and answers false: when as many are under
// way as the queue holds, or when it is closed. It never blocks.
func (q *Queue) Send(m Message) bool {
	q.start.Do(func() {
		for range Workers {
			q.wait.Go(q.deliver)
		}
	})
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || q.pending >= Capacity {
		q.dropped++
		return false
	}
	q.pending++
	q.accepted++
	if q.owed[m.Owner] == nil {
		q.owed[m.Owner] = &owed{none: make(chan struct{})}
	}
	q.owed[m.Owner].messages++
	q.work <- &job{message: m}
	return true
}

// Waiting is how many messages were accepted and are not yet done with.
func (q *Queue) Waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.pending
}

// Accepted is how many messages were ever accepted.
func (q *Queue) Accepted() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.accepted
}

// Dropped is how many messages were not accepted.
func (q *Queue) Dropped() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.dropped
}

// Close ends all deliveries at once, those under way too, and returns when
// nothing of them runs any more.
func (q *Queue) Close() {
	q.mu.Lock()
	q.closed = true
	for _, timer := range q.resting {
		timer.Stop()
	}
	q.resting = nil
	q.mu.Unlock()
	q.cancel()
	q.start.Do(func() {}) // whoever sends from now on starts no workers
	q.wait.Wait()
	q.forget()
	if n := q.Dropped(); n > 0 {
		q.logger.Warn("push dropped messages", "count", n)
	}
}

// deliver makes attempts until the queue is closed.
func (q *Queue) deliver() {
	for {
		select {
		case <-q.ctx.Done():
			return
		case j := <-q.work:
			q.attempt(j)
		}
	}
}

func (q *Queue) attempt(j *job) {
	status, err := q.post(q.ctx, &j.message)
	if q.ctx.Err() != nil {
		return
	}
	a := Attempt{Outcome: outcomeOf(status, err), Status: status}
	a.Last = a.Outcome == Delivered || a.Outcome == Forbidden || a.Outcome == Unsendable || j.tries == len(q.backoff)
	if a.Outcome != Delivered {
		q.logger.Warn("push failed", "host", hostOf(j.message.URL), "outcome", string(a.Outcome), "status", status, "error", plainError(err), "attempt", j.tries+1, "last", a.Last)
	}
	if a.Last {
		q.done()
	}
	if j.message.Tried != nil {
		j.message.Tried(a)
	}
	if a.Last {
		q.settle(j.message.Owner) // only now: who waits for it finds that the last attempt was told
	} else {
		q.rest(j) // only now: attempts are told in their order
	}
}

// done makes room for another message.
func (q *Queue) done() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.pending--
}

// rest puts a message by until its next attempt.
func (q *Queue) rest(j *job) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return
	}
	wait := q.backoff[j.tries]
	j.tries++
	q.resting[j] = time.AfterFunc(wait, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		if !q.closed {
			delete(q.resting, j)
			q.work <- j
		}
	})
}
