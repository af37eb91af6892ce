package journal

import (
	"context"
	"errors"
	"slices"
)

// Why following ends by itself.
var (
	ErrGone    = errors.New("the journal is gone: its tenant was reset, deleted or forgotten")
	ErrStopped = errors.New("following was stopped")
)

// Follower reads a journal as it is written. What it has not read yet waits in
// the journal itself: a follower costs no room, holds no request up, and misses
// what the journal dropped in the meantime. For one goroutine.
type Follower struct {
	journal *Journal
	wake    chan struct{} // something may have happened; holds one

	// Under the journal's lock.
	seen    int64 // the Seq up to which all was answered or missed
	stopped bool
}

// Follow begins to follow at the present end. Call stop when done; it may be
// called from any goroutine, and twice.
func (j *Journal) Follow() (f *Follower, stop func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	f = &Follower{journal: j, wake: make(chan struct{}, 1), seen: j.added}
	j.followers = append(j.followers, f)
	return f, f.stop
}

// Next waits for what comes next: an entry, or none where what came was never
// held. missed is how many before it are gone, or never fitted, since Next last
// answered. The error is ctx's, ErrGone or ErrStopped.
func (f *Follower) Next(ctx context.Context) (e *Entry, missed int, err error) {
	for {
		if e, missed, err = f.look(); e != nil || missed > 0 || err != nil {
			return e, missed, err
		}
		select {
		case <-f.wake:
		case <-ctx.Done():
			return nil, 0, ctx.Err()
		}
	}
}

func (f *Follower) look() (e *Entry, missed int, err error) {
	rec, missed, err := f.read()
	if rec.seq > 0 {
		e = decode(rec.seq, rec.text)
	}
	return e, missed, err
}

// read copies the next record. Its seq is 0 where there is none.
func (f *Follower) read() (rec copied, missed int, err error) {
	j := f.journal
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case f.stopped:
		return copied{}, 0, ErrStopped
	case j.gone:
		return copied{}, 0, ErrGone
	}
	i := j.ring.after(f.seen)
	if i == j.ring.held {
		missed, f.seen = int(j.added-f.seen), j.added
		return copied{}, missed, nil
	}
	from, to := j.ring.at(i), j.ring.at(i+1)
	missed = int(from.seq - f.seen - 1)
	f.seen = from.seq
	return copied{from.seq, j.ring.text(from.start, to.start)}, missed, nil
}

// Skip passes over the entries up to a Seq, which its reader has by other means.
func (f *Follower) Skip(seq int64) {
	f.journal.mu.Lock()
	defer f.journal.mu.Unlock()
	f.seen = max(f.seen, seq)
}

// tell wakes the follower if it waits. It never blocks.
func (f *Follower) tell() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

func (f *Follower) stop() {
	j := f.journal
	j.mu.Lock()
	defer j.mu.Unlock()
	f.stopped = true
	if i := slices.Index(j.followers, f); i >= 0 {
		j.followers = slices.Delete(j.followers, i, i+1)
	}
	f.tell()
}
