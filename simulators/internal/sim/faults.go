package sim

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
)

// FaultHeader carries the names of the faults that fired, beside every answer
// that they left anything of. No contract has it.
const FaultHeader = "X-Vendorsim-Fault"

// stageAfter is the stage of a fault that lets the work be done.
const stageAfter = "after"

// errGone ends a request whose client has gone, or whose connection a fault has
// ended: there is nobody to answer.
var errGone = errors.New("nobody waits for the answer")

// decide asks the tenant's faults about the call. It is asked once for each
// request that guards and limits let pass, also where a kept answer would do.
func (c *Call) decide() {
	faults := c.Tenant.Faults()
	if faults.None() {
		return
	}
	c.decision = faults.Decide(c.moment())
	c.entry.Faults = c.decision.Names
	for _, j := range c.decision.Judged {
		c.entry.FaultsJudged = append(c.entry.FaultsJudged, journal.FaultJudged(j))
	}
}

// noteFaults has the log name the faults that fired, beside what else it says.
func (c *Call) noteFaults() {
	if len(c.decision.Names) == 0 {
		return
	}
	note := "fault " + strings.Join(c.decision.Names, ", ")
	if c.note != "" && !strings.HasPrefix(c.note, "fault ") {
		note += "; " + c.note
	}
	c.note = note
}

// moment is what faults look at: the request, and the task that it asks for as
// it is before it is read.
func (c *Call) moment() traffic.Moment {
	m := traffic.Moment{
		Vendor: c.vendor.Name, Operation: c.operation(), Kind: c.kind(),
		Task: c.askedFor(), Since: c.now.Sub(c.Tenant.Clock.Began()),
	}
	if m.Task == "" {
		return m
	}
	tasks := c.Tenant.Tasks(c.vendor.Name)
	if tasks == nil { // the scenario was replaced by one that is not for the vendor
		return m
	}
	ref, ok := tasks.Find(m.Task)
	if !ok {
		return m
	}
	if e, ok := tasks.Look(ref, c.now); ok {
		m.Task, m.TaskName, m.Has = e.ID, e.Spec.Name, true
		m.Luck, m.Phase, m.State, m.Age = e.Luck, e.Phase, e.State, c.now.Sub(e.Created)
	}
	return m
}

// fires is the answer of the fault that fires, or nil.
func (c *Call) fires() *scenarios.Answer {
	if c.decision.Fire == nil {
		return nil
	}
	return &c.decision.Fire.Answer
}

// late waits for so much of the tenant's time, or until the tenant ends or the
// server stops: then it is answered at once. It holds no lock, and answers errGone
// as soon as the client has gone.
func (h *handler) late(c *Call, d time.Duration) error {
	if d <= 0 || h.waitOut(c, d) == nil {
		return nil
	}
	c.wire.lost = true
	c.fault = &Fault{Kind: lost, Note: "the client has gone"}
	c.noteFault(c.fault)
	return errGone
}

func (h *handler) waitOut(c *Call, d time.Duration) error {
	if h.Wait != nil {
		return h.Wait(c.request.Context(), c.Tenant.Clock.Wall(d))
	}
	return c.Tenant.WaitOut(c.request.Context(), d, h.Stopping)
}

// before is what comes before the work: the wait for it, and the answer that a
// fault puts in its place.
func (h *handler) before(c *Call) (reply Reply, instead bool, err error) {
	if err := h.late(c, c.decision.Latency-c.decision.After); err != nil {
		return Reply{}, true, err
	}
	a := c.fires()
	switch {
	case a == nil:
		return Reply{}, false, nil
	case a.Mangles():
		c.stale = a.Stale
		return Reply{}, false, nil
	case c.decision.Fire.Stage == stageAfter:
		return Reply{}, false, nil
	}
	reply, err = c.struck(a)
	return reply, true, err
}

// after is what the client gets of a reply: the wait for it, and the answer that
// a fault puts in its place once the work is done.
func (h *handler) after(c *Call, reply Reply) Reply {
	if h.late(c, c.decision.After) != nil {
		return Reply{}
	}
	a := c.fires()
	if a == nil || a.Mangles() || c.decision.Fire.Stage != stageAfter {
		return reply
	}
	instead, err := c.struck(a)
	if errors.Is(err, errGone) {
		return Reply{}
	}
	return h.held(c, instead, err)
}

// struck is the answer of a fault that stands in the place of the vendor's own.
func (c *Call) struck(a *scenarios.Answer) (Reply, error) {
	name := c.decision.Fire.Name
	c.striking = true
	c.fault = &Fault{Kind: Kind(a.Kind), Note: "fault " + name}
	c.noteFault(c.fault)
	switch {
	case a.Reset, a.Empty:
		c.fault.Kind = lost
		c.wire.lost, c.wire.reset = true, a.Reset
		return Reply{}, errGone
	case a.Redirect != "":
		c.fault.Kind = redirected
		return Reply{Status: http.StatusFound, free: true}.With("Location", a.Redirect), nil
	case a.HTML:
		c.fault.Kind = Unavailable
		return c.page(http.StatusServiceUnavailable)
	}
	c.fault.RetryAfter = c.toldWait(a)
	reply, kind, ok := c.worded(a.Kind, a.Status, c.fault)
	if !ok {
		return Reply{}, fmt.Errorf("fault %s: %s has no words for %s at %s", name, c.vendor.Name, cmp.Or(a.Kind, fmt.Sprint(a.Status)), c.operation())
	}
	c.fault.Kind = kind
	reply.wait, c.date = c.fault.RetryAfter, a.RetryAfterForm == formDate
	return reply, nil
}

// toldWait is the wait in real seconds that a fault tells of; 0: none.
func (c *Call) toldWait(a *scenarios.Answer) int {
	if a.RetryAfter <= 0 {
		return 0
	}
	return c.Tenant.Clock.WaitSeconds(a.RetryAfter)
}
