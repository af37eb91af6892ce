package push

import "context"

// Pending is how many of the owner's messages were accepted and are not yet done
// with: neither delivered nor given up, or their last attempt is still being told.
func (q *Queue) Pending(owner any) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if o := q.owed[owner]; o != nil {
		return o.messages
	}
	return 0
}

// Drained waits until nothing of the owner's is pending, in real time. What is
// sent while it waits, before that, it waits for too. It answers nil, or the
// context's error if that ends first. It must not be called from Tried.
func (q *Queue) Drained(ctx context.Context, owner any) error {
	q.mu.Lock()
	o := q.owed[owner]
	q.mu.Unlock()
	if o == nil {
		return nil
	}
	select {
	case <-o.none:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// settle counts one message of the owner's as done with.
func (q *Queue) settle(owner any) {
	q.mu.Lock()
	defer q.mu.Unlock()
	o := q.owed[owner]
	o.messages--
	if o.messages == 0 {
		close(o.none)
		delete(q.owed, owner)
	}
}

// forget counts all messages as done with: those that closing dropped. No worker
// runs any more, and nothing is accepted.
func (q *Queue) forget() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, o := range q.owed {
		close(o.none)
	}
	clear(q.owed)
	q.pending = 0
}
