// Package clock is time: the real one, and one tenant's, which may run faster,
// stand still or jump but never goes back. It is the only caller of time.Now.
// It must not know a tenant, a task, a vendor or HTTP.
package clock

import (
	"errors"
	"sync/atomic"
	"time"
)

// ErrPast is the answer to whoever wants to set a clock back: time only goes
// forward. The control API says 409.
var ErrPast = errors.New("a clock never goes back")

// ErrFuture is the answer to whoever wants to set a clock beyond its Last instant.
var ErrFuture = errors.New("a clock does not go so far")

// Source tells the real time. Implementations are safe for concurrent use. By
// Time.Sub no instant is before one that was told earlier: the machine's clock
// has the monotonic reading for that, which outlives being set back.
type Source interface {
	Now() time.Time
}

// System is the machine's clock.
func System() Source { return system{} }

type system struct{}

func (system) Now() time.Time { return time.Now() }

// Manual is a source that stands still until it is set: for tests and plans. It is safe
// for concurrent use.
type Manual struct{ now atomic.Pointer[time.Time] }

// NewManual is a source that stands at t.
func NewManual(t time.Time) *Manual {
	m := &Manual{}
	t = t.Round(0).UTC()
	m.now.Store(&t)
	return m
}

// Now is the instant last set.
func (m *Manual) Now() time.Time { return *m.now.Load() }

// Set sets it to t; ErrPast if that is earlier than now.
func (m *Manual) Set(t time.Time) error {
	t = t.Round(0).UTC()
	for {
		old := m.now.Load()
		if t.Before(*old) {
			return ErrPast
		}
		if m.now.CompareAndSwap(old, &t) {
			return nil
		}
	}
}

// Advance sets it d later; ErrPast if d is negative.
func (m *Manual) Advance(d time.Duration) error {
	if d < 0 {
		return ErrPast
	}
	for {
		old := m.now.Load()
		t := old.Add(d)
		if m.now.CompareAndSwap(old, &t) {
			return nil
		}
	}
}
