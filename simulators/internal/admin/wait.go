package admin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// How long a wait takes if nothing else is asked for, and at most: real time.
const (
	waitsFor    = 30 * time.Second
	waitsAtMost = 10 * time.Minute
)

// wait answers once something is so, or at the timeout, or when it can no longer
// be. It is no read: a task that waits for reads goes on waiting.
func (c *call) wait() (reply, error) {
	var want api.Wait
	if err := c.body(&want); err != nil {
		return reply{}, err
	}
	if n := count(want.Until != nil, want.Idle != "", want.Pushes); n != 1 {
		return reply{}, problem(badValue, "give exactly one of until, idle and pushes, not %d", n)
	}
	timeout := waitsFor
	if want.Timeout != "" {
		var err error
		if timeout, err = duration("timeout", want.Timeout); err != nil {
			return reply{}, err
		}
		if timeout > waitsAtMost {
			return reply{}, wrongValue("timeout", "at most %s", waitsAtMost)
		}
	}
	began := c.Source.Now()
	ctx, cancel := context.WithTimeout(c.request.Context(), timeout)
	defer cancel()
	waited, err := c.waitFor(ctx, want)
	if errors.Is(err, tenant.ErrOver) {
		return reply{}, problem(noSuchTenant, "it was reset, deleted or forgotten during the wait")
	}
	waited.Waited = c.Source.Now().Sub(began).Round(time.Millisecond).String()
	return ok(waited), err
}

func count(all ...bool) int {
	n := 0
	for _, is := range all {
		if is {
			n++
		}
	}
	return n
}

// waitFor waits for what is wanted until ctx ends.
func (c *call) waitFor(ctx context.Context, want api.Wait) (api.Waited, error) {
	switch {
	case want.Until != nil:
		return c.waitUntil(ctx, *want.Until)
	case want.Pushes:
		return c.waitPushes(ctx)
	}
	idle, err := duration("idle", want.Idle)
	if err != nil {
		return api.Waited{}, err
	}
	err = c.tenant.WaitIdle(ctx, idle, c.Source.Now)
	if !isOver(err) {
		return api.Waited{Done: err == nil}, err
	}
	since := c.Source.Now().Sub(c.tenant.LastUsed()).Round(time.Millisecond)
	return api.Waited{Why: fmt.Sprintf("the last request came %s ago, which is less than %s", since, idle)}, nil
}

// isOver tells whether a wait ended with its context: by its timeout, or since
// the client went.
func isOver(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// waitUntil waits until a task is in a state. Where neither time nor reads can
// lead there any more, it says so at once: only somebody who puts the task there
// could, and who waits for that has seen the task at its end.
func (c *call) waitUntil(ctx context.Context, want api.Target) (api.Waited, error) {
	t, err := c.target("until", want)
	if err != nil {
		return api.Waited{}, err
	}
	lost := func(e tenant.Entry) bool {
		return e.Expired || e.Phase.Ended() && len(t.tasks.Ways(t.ref, c.tenant.Clock.Now())) == 0
	}
	e, _, err := c.tenant.WaitFor(ctx, t.vendor, t.ref, func(e tenant.Entry, _ bool) bool { return t.match(e.Snapshot) || lost(e) })
	now := c.tenant.Clock.Now()
	switch {
	case isOver(err):
		task := taskOf(t.vendor, t.tasks, t.ref, now)
		return api.Waited{Task: &task, Why: c.stillWaits(t, now)}, nil
	case err != nil:
		return api.Waited{}, err
	case !t.match(e.Snapshot):
		_, course, _ := t.tasks.Reach(t.ref, now, t.match)
		return api.Waited{}, problem(unreachable, "%s", t.whereTo(now, course))
	}
	task := taskOf(t.vendor, t.tasks, t.ref, now)
	return api.Waited{Done: true, Task: &task}, nil
}

// stillWaits says what a wait for a task that is over would still wait for.
func (c *call) stillWaits(t target, now time.Time) string {
	at, course, reached := t.tasks.Reach(t.ref, now, t.match)
	switch {
	case !reached:
		return t.whereTo(now, course)
	case c.tenant.Clock.Mode().Kind == scenarios.Frozen:
		return fmt.Sprintf("the tenant's clock stands at %s; the task is there at %s", written(now), written(at))
	}
	return fmt.Sprintf("the task is there at %s of the tenant's time, and it is %s", written(at), written(now))
}

// waitPushes waits until everything that is due to be pushed has been delivered,
// or given up.
func (c *call) waitPushes(ctx context.Context) (api.Waited, error) {
	c.tenant.Settle()
	if c.Push == nil {
		return api.Waited{Done: true}, nil
	}
	err := c.Push.Drained(ctx, c.tenant)
	if !isOver(err) {
		return api.Waited{Done: err == nil}, err
	}
	return api.Waited{Why: fmt.Sprintf("messages on their way: %d", c.Push.Pending(c.tenant))}, nil
}
