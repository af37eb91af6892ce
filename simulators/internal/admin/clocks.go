package admin

import (
	"errors"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
)

func (c *call) getClock() (reply, error) { return ok(clockOf(c.tenant)), nil }

// clockOf is a tenant's clock, all of one instant.
func clockOf(t *tenant.Tenant) api.Clock { return clockAt(t, t.Clock.Read()) }

func clockAt(t *tenant.Tenant, r clock.Reading) api.Clock {
	return api.Clock{Now: r.Now, Mode: r.Mode.String(), Began: t.Clock.Began(), Lived: r.Lived.String()}
}

// modeBefore is the note that says how a clock ran before it was frozen. The
// names of vendors' notes hold a "/".
const modeBefore = "clock before it was frozen"

func (c *call) freezeClock() (reply, error) {
	c.modes.Lock()
	defer c.modes.Unlock()
	if mode := c.tenant.Clock.Mode(); mode.Kind != scenarios.Frozen {
		_ = c.tenant.Notes.Change(modeBefore, func(any) (any, error) { return mode, nil }) // which cannot fail
		c.tenant.SetMode(scenarios.ClockMode{Kind: scenarios.Frozen, Speed: 1})
	}
	return c.getClock()
}

func (c *call) resumeClock() (reply, error) {
	c.modes.Lock()
	defer c.modes.Unlock()
	if c.tenant.Clock.Mode().Kind == scenarios.Frozen {
		mode, had := c.tenant.Notes.Get(modeBefore).(scenarios.ClockMode)
		if !had {
			mode = scenarios.ClockMode{Kind: scenarios.Real, Speed: 1}
		}
		c.tenant.SetMode(mode)
	}
	return c.getClock()
}

func (c *call) setSpeed() (reply, error) {
	var want api.Speed
	if err := c.body(&want); err != nil {
		return reply{}, err
	}
	c.modes.Lock()
	defer c.modes.Unlock()
	c.tenant.SetMode(scenarios.ClockMode{Kind: scenarios.Scaled, Speed: want.Speed})
	return c.getClock()
}

func (c *call) advanceClock() (reply, error) {
	var want api.Advance
	if err := c.body(&want); err != nil {
		return reply{}, err
	}
	now := c.now
	switch {
	case want.Until != nil:
		return c.advanceUntil(now, *want.Until)
	case want.To != nil:
		return c.advanceTo("to", *want.To)
	}
	by, err := duration("by", want.By)
	if err != nil {
		return reply{}, err
	}
	if err := c.canMove("by", now.Add(by)); err != nil {
		return reply{}, err
	}
	return c.moved(c.tenant.AdvanceBy(by)), nil
}

// maxPassed is how many changes of tasks that go in circles a move may pass: some
// seconds' work.
const maxPassed = 5_000_000

// canMove tells whether the clock can be moved to an instant, before it moves.
func (c *call) canMove(member string, to time.Time) error {
	t := c.tenant
	switch {
	case !within(to):
		return wrongValue(member, "%s", outOfTime)
	case to.After(t.Clock.Last()):
		return wrongValue(member, "a clock runs for at most 200 years: this one, which began at %s, until %s",
			written(t.Clock.Began()), written(t.Clock.Last()))
	case t.Busy(to, maxPassed) > maxPassed:
		return wrongValue(member, "tasks that go in circles would change more than %d times until %s; move the clock by less", maxPassed, written(to))
	}
	return nil
}

func (c *call) advanceTo(member string, to time.Time) (reply, error) {
	if err := c.canMove(member, to); err != nil {
		return reply{}, err
	}
	m, err := c.tenant.AdvanceTo(to)
	if errors.Is(err, clock.ErrPast) {
		return reply{}, problem(past, "it is %s already", written(c.tenant.Clock.Now()))
	}
	if err != nil {
		return reply{}, err
	}
	return c.moved(m), nil
}

// advanceUntil moves the clock on to the instant at which time alone brings a
// task into a state.
func (c *call) advanceUntil(now time.Time, want api.Target) (reply, error) {
	t, err := c.target("until", want)
	if err != nil {
		return reply{}, err
	}
	at, course, reached := t.tasks.Reach(t.ref, now, t.match)
	if !reached {
		return reply{}, problem(unreachable, "%s", t.whereTo(now, course))
	}
	rep, err := c.advanceTo("until", at)
	var p *api.Problem
	if errors.As(err, &p) && p.Type == typePrefix+string(past) {
		return c.moved(c.tenant.AdvanceBy(0)), nil // a clock that runs has got there meanwhile
	}
	return rep, err
}

// written is an instant as texts of ours have it.
func written(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// moved answers what a move passed.
func (c *call) moved(m tenant.Moved) reply {
	out := api.Moved{
		From: m.From.Now, To: m.To.Now, Clock: clockAt(c.tenant, m.To), More: m.More,
		Edges: []api.Edge{}, Windows: []api.WindowEnd{}, Tokens: []api.TokenEnd{}, Faults: []api.FaultEdge{},
	}
	for _, e := range m.Edges {
		out.Edges = append(out.Edges, edgeOf(e))
	}
	// Windows and tokens end at an instant of lived time; the move was lived.
	instant := func(lived time.Duration) time.Time { return m.From.Now.Add(lived - m.From.Lived) }
	for _, w := range m.Windows {
		out.Windows = append(out.Windows, api.WindowEnd{At: instant(w.Lived), Vendor: w.Vendor, Limit: traffic.Words(w.Rule)})
	}
	for _, k := range m.Tokens {
		out.Tokens = append(out.Tokens, api.TokenEnd{At: instant(k.End()), Vendor: k.Vendor, Kind: k.Kind, Token: tenant.Redact(k.Value)})
	}
	for _, f := range m.Faults { // of the tenant's time, jumps and all
		out.Faults = append(out.Faults, api.FaultEdge{At: c.tenant.Clock.Began().Add(f.At), Name: f.Name, Opens: f.Opens})
	}
	return ok(out)
}

func edgeOf(ch tenant.Change) api.Edge {
	e := api.Edge{
		At: ch.Edge.At, Vendor: ch.Vendor, Task: ch.ID,
		From: ch.Edge.From, To: ch.Edge.To, Phase: string(ch.Edge.Phase), Expired: ch.Edge.Expired,
	}
	if sub := ch.Edge.Sub; sub != task.Whole {
		e.Subtask = &sub
	}
	return e
}
