package tenant

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// ErrOver says that a tenant was reset, deleted or forgotten while somebody
// waited for it.
var ErrOver = errors.New("the tenant has ended")

// waits are those who wait for something of one tenant. Each has a channel of
// its own: one of the tenant's would bind it to where it was made.
type waits struct {
	mu    sync.Mutex
	over  bool
	all   map[chan struct{}]bool
	moves map[chan struct{}]bool // of those who wait for the clock; each has room for one word
}

// begin answers a channel that is closed when the tenant ends; ErrOver if it has.
func (w *waits) begin() (over <-chan struct{}, leave func(), err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over {
		return nil, nil, ErrOver
	}
	c := make(chan struct{})
	if w.all == nil {
		w.all = map[chan struct{}]bool{}
	}
	w.all[c] = true
	return c, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.all, c)
	}, nil
}

// hear answers a channel that is told when the clock was moved or runs another way.
func (w *waits) hear() (moved <-chan struct{}, leave func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := make(chan struct{}, 1)
	if w.moves == nil {
		w.moves = map[chan struct{}]bool{}
	}
	w.moves[c] = true
	return c, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.moves, c)
	}
}

func (w *waits) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.moves {
		select {
		case c <- struct{}{}:
		default: // it has been told, and has not looked yet
		}
	}
}

func (w *waits) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	for c := range w.all {
		close(c)
	}
	w.all = nil
}

func (w *waits) ended() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.over
}

// WaitFor waits until a task is as match wants it, now or at any edge from now
// on: what it only passes through counts too. It answers the task as it was then
// and whether the vendor knew it. match may be called from another goroutine.
// Errors: the context's, with the task as it is; ErrOver; ErrElsewhere.
func (t *Tenant) WaitFor(ctx context.Context, vendor string, ref Ref, match func(e Entry, known bool) bool) (Entry, bool, error) {
	tasks := t.Tasks(vendor)
	if tasks == nil {
		return Entry{}, false, ErrElsewhere
	}
	over, leave, err := t.waits.begin()
	if err != nil {
		return Entry{}, false, err
	}
	defer leave()
	met := make(chan Entry, 1)
	stop := tasks.Listen(func(changes []Change) {
		for _, c := range changes {
			if c.Ref == ref && match(c.Entry, known(c.Snapshot)) {
				select {
				case met <- c.Entry:
				default: // it was met before
				}
			}
		}
	})
	defer stop()
	if e, known := tasks.Look(ref, t.Clock.Now()); match(e, known) { // after Listen: nothing is missed in between
		return e, known, nil
	}
	select {
	case e := <-met:
		return e, known(e.Snapshot), nil
	case <-over:
		return Entry{}, false, ErrOver
	case <-ctx.Done():
		e, known := tasks.Look(ref, t.Clock.Now())
		return e, known, ctx.Err()
	}
}

// WaitIdle waits until no request has come for so much real time, which now
// tells. Errors: the context's; ErrOver.
func (t *Tenant) WaitIdle(ctx context.Context, d time.Duration, now func() time.Time) error {
	over, leave, err := t.waits.begin()
	if err != nil {
		return err
	}
	defer leave()
	for {
		left := d - t.idle(now())
		if left <= 0 {
			return nil
		}
		timer := time.NewTimer(left)
		select {
		case <-timer.C: // whether a request came meanwhile is seen above
		case <-over:
			timer.Stop()
			return ErrOver
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// WaitOut waits until so much of the tenant's time has passed, also when it passes
// by a move. Where the clock stands, real time counts as the tenant's. Without an
// error it also ends, early, when the tenant ends and when stop is closed; nil never
// is. Errors: the context's.
func (t *Tenant) WaitOut(ctx context.Context, d time.Duration, stop <-chan struct{}) error {
	over, leave, err := t.waits.begin()
	if err != nil {
		return nil // the tenant has ended
	}
	defer leave()
	moved, leaveMoves := t.waits.hear() // before the clock is read: no move is missed
	defer leaveMoves()
	for d > 0 {
		from, began := t.Clock.Read(), t.Clock.Real()
		timer := time.NewTimer(t.Clock.Wall(d))
		select {
		case <-moved:
			timer.Stop()
		case <-timer.C:
			return nil
		case <-over:
			timer.Stop()
			return nil
		case <-stop:
			timer.Stop()
			return nil
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
		d -= t.Clock.Now().Sub(from.Now)
		if from.Mode.Kind == scenarios.Frozen || !from.Now.Before(t.Clock.Last()) {
			d -= t.Clock.Real().Sub(began)
		}
	}
	return nil
}
