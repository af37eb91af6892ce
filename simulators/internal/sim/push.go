package sim

import (
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/push"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// Names that the author of a vendor's push service meets.
type (
	Change  = tenant.Change
	Message = push.Message
	Attempt = push.Attempt
	Outcome = push.Outcome
)

// How an attempt to deliver a message ended.
const (
	Delivered = push.Delivered
	BadStatus = push.BadStatus
	TimedOut  = push.TimedOut
	Unreached = push.Unreached
)

// Whole is the subtask of an edge that is the task's own.
const Whole = task.Whole

// listening is the note of whether a vendor hears of a tenant's changes.
type listening struct {
	mu   sync.Mutex
	stop func()
}

// Listen has the vendor's Changed called for every change of its tasks from now
// on, until Unlisten or the end of the tenant. Twice is once.
func (c *Call) Listen() {
	l := c.listening()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stop == nil {
		l.stop = c.Tenant.Tasks(c.vendor.Name).Listen(c.handler.hear(c.Tenant))
	}
	if addr, ok := c.request.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && c.handler.Push != nil {
		c.handler.Push.Own(addr) // where it has been asked, it must not push to
	}
}

// Unlisten ends what Listen began.
func (c *Call) Unlisten() {
	l := c.listening()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stop != nil {
		l.stop()
		l.stop = nil
	}
}

func (c *Call) listening() *listening {
	const key = "/listening" // no vendor's own key begins so
	_ = c.ChangeNote(key, func(old any) (any, error) {
		if old == nil {
			return &listening{}, nil
		}
		return old, nil
	})
	l, _ := c.Note(key).(*listening)
	return l
}

// hear passes changes on to the vendor. The call that it sees has no
// request.
func (h *handler) hear(t *tenant.Tenant) func([]Change) {
	return func(changes []Change) {
		defer func() {
			if p := recover(); p != nil {
				h.Logger.Error("panic", "vendor", h.vendor.Name, "tenant", t.Name, "operation", "push", "panic", p, "stack", string(debug.Stack()))
			}
		}()
		for _, change := range changes {
			h.vendor.Changed(h.without(t, change.Edge.At), change)
		}
	}
}

// without is a call without a request: only tenant, profile, options and an instant.
func (h *handler) without(t *tenant.Tenant, now time.Time) *Call {
	return &Call{
		Tenant: t, Profile: t.Profile(h.vendor.Name), Options: t.Options(h.vendor.Name),
		handler: h, vendor: h.vendor, spec: h.spec, now: now,
	}
}

// Afterwards is the call for what is done once it has been answered: it has no
// request. The call itself is used again then, for another request.
func (c *Call) Afterwards() *Call { return c.handler.without(c.Tenant, c.now) }

// Send hands a message to the push queue. It answers false where the message
// was dropped.
func (c *Call) Send(m Message) bool {
	m.Owner = c.Tenant // whoever waits for a tenant's messages asks by it
	return c.handler.Push != nil && c.handler.Push.Send(m)
}

// WarnReceiver logs why nothing will be delivered to a URL, if that can be told.
func (c *Call) WarnReceiver(to string) {
	if c.handler.Push == nil {
		return
	}
	if err := c.handler.Push.Allows(to); err != nil {
		c.handler.Logger.Warn("nothing will be pushed", "vendor", c.vendor.Name, "tenant", c.Tenant.Name, "error", err.Error())
	}
}
