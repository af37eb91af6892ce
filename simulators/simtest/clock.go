package simtest

import (
	"context"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
)

// Clock is the tenant's clock in the test's hands. Moving it is synchronous:
// when a call is back, everything that came due has happened.
type Clock struct{ s *Sim }

// Now is the tenant's instant.
func (c *Clock) Now() time.Time {
	c.s.t.Helper()
	return must[api.Clock](c.s, "Clock.Now")(c.s.control.Clock(context.Background(), c.s.tenant.Name)).Now
}

// Advance moves the clock on by d and tells what happened on the way.
func (c *Clock) Advance(d time.Duration) Moved {
	c.s.t.Helper()
	return c.advance(api.Advance{By: d.String()}, "Clock.Advance(%s)", d)
}

// AdvanceTo moves the clock on to an instant.
func (c *Clock) AdvanceTo(at time.Time) Moved {
	c.s.t.Helper()
	return c.advance(api.Advance{To: &at}, "Clock.AdvanceTo(%s)", at)
}

// AdvanceUntil moves the clock on to the instant at which a task is in a state:
// Ended, a phase, or a state's own name. A state to which time alone does not
// lead ends the test at once, and says where the task goes. The task is its id
// or, where several vendors have that id, "vendor/id".
func (c *Clock) AdvanceUntil(task, state string) Moved {
	c.s.t.Helper()
	return c.advance(api.Advance{Until: c.s.target(task, state)}, "Clock.AdvanceUntil(%q, %q)", task, state)
}

func (c *Clock) advance(a api.Advance, call string, args ...any) Moved {
	c.s.t.Helper()
	return must[Moved](c.s, call, args...)(c.s.control.Advance(context.Background(), c.s.tenant.Name, a))
}

// Freeze stops the clock; only the test moves it then.
func (c *Clock) Freeze() {
	c.s.t.Helper()
	must[api.Clock](c.s, "Clock.Freeze")(c.s.control.Freeze(context.Background(), c.s.tenant.Name))
}

// Resume lets the clock run as it did before Freeze.
func (c *Clock) Resume() {
	c.s.t.Helper()
	must[api.Clock](c.s, "Clock.Resume")(c.s.control.Resume(context.Background(), c.s.tenant.Name))
}

// Speed makes a real second n seconds of the tenant's.
func (c *Clock) Speed(n int) {
	c.s.t.Helper()
	must[api.Clock](c.s, "Clock.Speed(%d)", n)(c.s.control.Speed(context.Background(), c.s.tenant.Name, n))
}
