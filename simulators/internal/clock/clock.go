package clock

import (
	"math"
	"math/bits"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// Longest is how long a clock runs, in its own time, and then stands: lengths of
// time are counted in nanoseconds, of which 292 years are the most that can be.
const Longest = 200 * 8766 * time.Hour // 200 years of 365.25 days

// Clock is one tenant's time. It is safe for concurrent use; reading it takes
// no lock, but while it is being changed.
type Clock struct {
	source Source
	began  time.Time

	// anchor is nil while the clock is being changed. So whoever finds the same
	// anchor before and after asking for the real instant knows that no change
	// has taken an earlier one: no reader sees more of the old anchor's time than
	// the new anchor begins with, which would be time going back.
	anchor atomic.Pointer[anchor]
	change sync.Mutex // held while it is changed
}

// anchor is what the clock goes by since its last change. It never changes.
type anchor struct {
	real, tenant time.Time // the same instant, on either side
	last         time.Time // beyond which it does not go
	lived        time.Duration
	mode         scenarios.ClockMode
	generation   uint64
	runs         time.Duration // how long it goes on from here, at most: 0 where it is frozen
}

// New is a clock that begins now at start, or at the real now if start is zero.
// A mode of kind "" is real.
func New(source Source, mode scenarios.ClockMode, start time.Time) *Clock {
	now := source.Now()
	if start.IsZero() {
		start = now
	}
	c := &Clock{source: source, began: start.Round(0).UTC()}
	c.set(anchor{real: now, tenant: c.began, last: c.Last(), mode: whole(mode)})
	return c
}

// whole fills in what a mode leaves out.
func whole(mode scenarios.ClockMode) scenarios.ClockMode {
	if mode.Kind == "" {
		mode.Kind = scenarios.Real
	}
	if mode.Kind != scenarios.Scaled || mode.Speed < 1 {
		mode.Speed = 1
	}
	return mode
}

// passed is the tenant's time from the anchor to a real instant.
func (a *anchor) passed(real time.Time) time.Duration {
	if a.runs == 0 {
		return 0
	}
	return min(times(max(real.Sub(a.real), 0), a.mode.Speed), a.runs)
}

// set puts an anchor in force. What each reading asks of it is worked out here.
func (c *Clock) set(a anchor) {
	a.runs = 0
	if a.mode.Kind != scenarios.Frozen {
		a.runs = a.left()
	}
	c.anchor.Store(&a)
}

// left is the tenant's time that is left to the clock at the anchor.
func (a *anchor) left() time.Duration { return max(a.last.Sub(a.tenant), 0) }

// times is d n times, at most the longest Duration (292 years).
func times(d time.Duration, n int) time.Duration {
	hi, lo := bits.Mul64(uint64(d), uint64(n))
	if hi > 0 || lo > math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(lo)
}

// plus is the sum of two lengths, at most the longest Duration.
func plus(a, b time.Duration) time.Duration {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// current is the anchor. It waits for the end of a change.
func (c *Clock) current() *anchor {
	if a := c.anchor.Load(); a != nil {
		return a
	}
	c.change.Lock()
	defer c.change.Unlock()
	return c.anchor.Load()
}

// read is the anchor and the tenant's time that has passed since.
func (c *Clock) read() (*anchor, time.Duration) {
	for {
		a := c.current()
		real := c.source.Now()
		if c.anchor.Load() == a {
			return a, a.passed(real)
		}
	}
}

// Reading is all that a clock tells of one instant.
type Reading struct {
	Now        time.Time     // the tenant's instant, in UTC
	Lived      time.Duration // as Lived says
	Generation uint64        // as Generation says
	Mode       scenarios.ClockMode
}

// reading is what the clock tells when so much has passed since the anchor.
func (a *anchor) reading(passed time.Duration) Reading {
	return Reading{Now: a.tenant.Add(passed), Lived: plus(a.lived, passed), Generation: a.generation, Mode: a.mode}
}

// Read tells everything of one and the same instant. Now and Lived asked for one
// after the other are of two, between which the clock may have jumped.
func (c *Clock) Read() Reading {
	a, passed := c.read()
	return a.reading(passed)
}

// Now is the tenant's instant, in UTC.
func (c *Clock) Now() time.Time {
	a, passed := c.read()
	return a.tenant.Add(passed)
}

// Real is the real instant, in UTC.
func (c *Clock) Real() time.Time { return c.source.Now().Round(0).UTC() }

// Began is the tenant's instant at which the clock began.
func (c *Clock) Began() time.Time { return c.began }

// Last is the tenant's instant at which the clock stands for good.
func (c *Clock) Last() time.Time { return c.began.Add(Longest) }

// Lived is how much of the tenant's time has been lived: what passed since it
// began, less what was skipped. Tokens and limits count it.
func (c *Clock) Lived() time.Duration {
	a, passed := c.read()
	return plus(a.lived, passed)
}

// Mode is how the clock runs.
func (c *Clock) Mode() scenarios.ClockMode { return c.current().mode }

// Generation grows with every jump, change of mode and Renew: what was worked
// out under another generation may be out of date.
func (c *Clock) Generation() uint64 { return c.current().generation }

// AdvanceBy moves the clock on by d of the tenant's time, however it runs, as if
// that time had passed: it is lived. A d below 0 counts as 0; one that leads beyond
// Last leads there. From and to are the clock just before and just after: nothing
// passes and nobody else changes it in between.
func (c *Clock) AdvanceBy(d time.Duration) (from, to Reading) {
	from, to, _ = c.renew(func(a *anchor) error { // which cannot fail
		a.pass(min(max(d, 0), a.left()))
		return nil
	})
	return from, to
}

// AdvanceTo moves the clock on to t as if the time had passed: it is lived. From
// and to are as AdvanceBy says. ErrPast if t is earlier than now, ErrFuture if it is
// after Last; then nothing has moved.
func (c *Clock) AdvanceTo(t time.Time) (from, to Reading, err error) { return c.jump(t, false) }

// Advance is AdvanceTo for whoever does not ask from where to where.
func (c *Clock) Advance(t time.Time) error {
	_, _, err := c.AdvanceTo(t)
	return err
}

// Skip moves the clock on to t; the time between is not lived. Errors as AdvanceTo.
func (c *Clock) Skip(t time.Time) error {
	_, _, err := c.jump(t, true)
	return err
}

// Follow sets the clock to what another one told: to an instant and to how much
// had been lived by then. ErrPast if it has gone further than either; then
// nothing has moved.
func (c *Clock) Follow(to time.Time, lived time.Duration) error {
	to = to.Round(0).UTC()
	_, _, err := c.renew(func(a *anchor) error {
		if to.Before(a.tenant) || lived < a.lived {
			return ErrPast
		}
		a.tenant, a.lived = to, lived
		return nil
	})
	return err
}

func (c *Clock) jump(to time.Time, skip bool) (from, now Reading, err error) {
	to = to.Round(0).UTC()
	return c.renew(func(a *anchor) error {
		if to.Before(a.tenant) {
			return ErrPast
		}
		if to.After(a.last) {
			return ErrFuture
		}
		if !skip {
			a.lived = plus(a.lived, to.Sub(a.tenant))
		}
		a.tenant = to
		return nil
	})
}

// pass lets d of the tenant's time pass.
func (a *anchor) pass(d time.Duration) { a.tenant, a.lived = a.tenant.Add(d), plus(a.lived, d) }

// SetMode changes how the clock runs, from the tenant's present instant on.
func (c *Clock) SetMode(mode scenarios.ClockMode) {
	_, _, _ = c.renew(func(a *anchor) error { // which cannot fail
		a.mode = whole(mode)
		return nil
	})
}

// Renew begins a new generation and changes nothing else: for whoever changed
// something beside the clock that makes older work out of date.
func (c *Clock) Renew() {
	_, _, _ = c.renew(func(*anchor) error { return nil })
}

// renew anchors the clock at the present and lets edit change that anchor; if
// edit fails, the old one stays. From is the clock as it stood, to as it stands
// after that.
func (c *Clock) renew(edit func(*anchor) error) (from, to Reading, err error) {
	c.change.Lock()
	defer c.change.Unlock()
	old := c.anchor.Swap(nil)
	a := *old
	a.real = c.source.Now()
	passed := old.passed(a.real)
	a.pass(passed)
	a.generation++
	from = old.reading(passed)
	if err := edit(&a); err != nil {
		c.anchor.Store(old)
		return from, from, err
	}
	c.set(a)
	return from, a.reading(0), nil
}

// Wall is the real time that d of the tenant's time takes, rounded up to the
// nanosecond. On a frozen clock, which knows no answer, it is d.
func (c *Clock) Wall(d time.Duration) time.Duration {
	n := time.Duration(c.current().mode.Speed)
	return d/n + min(max(d%n, 0), 1)
}

// WaitSeconds is d of the tenant's time as the seconds that a client is told to
// wait: real, rounded up, at least 1.
func (c *Clock) WaitSeconds(d time.Duration) int {
	wall := c.Wall(d)
	seconds := wall / time.Second
	if wall%time.Second > 0 {
		seconds++
	}
	return max(int(seconds), 1)
}

// LifeSeconds is d of the tenant's time as the seconds that a client is told
// something lives: real, rounded down, at least 1.
func (c *Clock) LifeSeconds(d time.Duration) int {
	return max(int(d/time.Duration(c.current().mode.Speed)/time.Second), 1)
}
