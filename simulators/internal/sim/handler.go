package sim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/mux"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/push"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
)

// How responses are held to their contract.
const (
	Enforce = "enforce" // one that breaks it is answered 500, plainly not the vendor
	Report  = "report"  // it is logged and sent
	Off     = "off"
)

// Env is what all vendors of a server share.
type Env struct {
	Tenants  *tenant.Registry
	Source   clock.Source
	Log      func(traffic.Entry)
	Logger   *slog.Logger
	Contract string // enforce, report or off
	Push     *push.Queue

	SilentFaults bool // answers do not say which faults fired
	// Wait lets real time pass for answers that come late, and ends with the
	// context's error as soon as it ends; nil: by a timer.
	Wait func(context.Context, time.Duration) error
	// Stopping is closed when the server stops: answers then come late no longer;
	// nil: it never stops.
	Stopping <-chan struct{}

	// Refused are the requests that belong to no tenant; nil: nobody keeps them.
	// RefusedCount gives them their numbers; nil: one of this handler's own.
	Refused      *journal.Journal
	RefusedCount *atomic.Int64
}

// handler serves one vendor.
type handler struct {
	Env
	vendor  *Vendor
	spec    *openapi.Spec
	router  *mux.Router
	placed  map[*mux.Route]*place // what the router's routes are
	known   resolutions
	served  *tenant.World // what demo runs: the profile of refusals
	tracked atomic.Int64  // tracking ids of refused requests
	latest  atomic.Pointer[dated]

	echoHeader string      // in canonical form
	spare      func(*Call) // gives a call back that has been answered
}

// Handler serves a vendor complete: its operations, and its own answers to
// every other path and method. It fails where the spec and the vendor's
// operations do not match.
func Handler(v *Vendor, spec *openapi.Spec, env Env) (*Mount, error) {
	h := &handler{Env: env, vendor: v, spec: spec, echoHeader: http.CanonicalHeaderKey(v.Echo.Header), spare: (*Call).free}
	if h.RefusedCount == nil {
		h.RefusedCount = new(atomic.Int64)
	}
	var err error
	if h.served, err = env.Tenants.Served(); err != nil {
		return nil, err
	}
	if err := h.checkOperations(); err != nil {
		return nil, err
	}
	h.routes()
	return &Mount{handler: h}, nil
}

// checkOperations holds the vendor's operations to its spec, both ways.
func (h *handler) checkOperations() error {
	inSpec := map[string]bool{}
	for _, o := range h.spec.Operations {
		for _, leaf := range o.Leaves() {
			inSpec[leaf.Name] = true
			if h.vendor.Operations[leaf.Name] == nil {
				return fmt.Errorf("%s: operation %s is in the spec but not served", h.vendor.Name, leaf.Name)
			}
		}
	}
	for name := range h.vendor.Operations {
		if !inSpec[name] {
			return fmt.Errorf("%s: operation %s is served but not in the spec", h.vendor.Name, name)
		}
	}
	return nil
}

// calls are used again: a request costs no more than what it leaves.
var calls = sync.Pool{New: func() any { return &Call{scratch: &scratch{vars: map[string]string{}, header: http.Header{}}} }}

// take makes a call of a request.
func (h *handler) take(r *http.Request, prefix string) *Call {
	c := calls.Get().(*Call)
	c.own, c.url, c.entry = *r, *r.URL, journal.Entry{}
	c.request, c.own.URL = &c.own, &c.url
	below(&c.url, prefix)
	c.shown, c.trace.tasks = c.firstShown[:0], c.firstTask[:0]
	now := h.Source.Now()
	c.handler, c.vendor, c.spec, c.prefix, c.Header = h, h.vendor, h.spec, prefix, r.Header
	c.Profile, c.Options = h.served.Profile(h.vendor.Name), h.served.Options(h.vendor.Name)
	c.now, c.began, c.source = now, now, source(r)
	return c
}

// free gives a call back that has been answered. One that ended in a panic is not.
func (c *Call) free() {
	room := c.scratch
	room.question, room.key = room.question[:0], room.key[:0] // whose length tells whether they are there
	clear(room.vars)
	*c = Call{scratch: room}
	calls.Put(c)
}

// serve answers one call.
func (h *handler) serve(c *Call, w http.ResponseWriter) {
	defer c.inside.Leave()
	reply := h.answer(c, w)
	h.finish(c, &reply, w.Header())
	h.deliver(c, w, &reply)
}

// answer finds the reply and encodes it into its Text. Whatever goes wrong in
// our own code ends as a plain 500 that no client takes for the vendor.
func (h *handler) answer(c *Call, w http.ResponseWriter) (reply Reply) {
	defer func() {
		if p := recover(); p != nil {
			h.Logger.Error("panic", "vendor", h.vendor.Name, "operation", c.operation(), "panic", p, "stack", string(debug.Stack()))
			reply, c.wire = c.plain(http.StatusInternalServerError, "vendorsim: internal error, see its log\n"), wire{}
		}
	}()
	if !c.known {
		c.resolve(w)
	}
	reply, err := h.pipeline(c)
	if !errors.Is(err, errGone) {
		reply = h.after(c, h.held(c, reply, err))
	}
	if c.fault != nil {
		c.surprised = nil // what it was in is not what is answered
		c.surprise(openapi.SurpriseRetryDate, func(u *openapi.Surprise, _ int64) {
			if !c.date && reply.retryAfter() > 0 {
				c.surprised = append(c.surprised, u.Name)
			}
			c.date = true
		})
		reply.tellWait(c.date, c.RealNow())
	}
	c.surpriseBody(&reply)
	return reply
}

// held is a reply encoded and held to its contract, or what is sent instead of
// one that there is none of, or that breaks it.
func (h *handler) held(c *Call, reply Reply, err error) Reply {
	if errors.Is(err, tenant.ErrFull) {
		return c.plain(http.StatusServiceUnavailable, "vendorsim: "+err.Error()+"; see --max-tenants\n")
	}
	if err == nil && (reply.Status < 200 || reply.Status > 599) {
		err = fmt.Errorf("operation %s answers status %d", c.operation(), reply.Status)
	}
	if reply.kept && !reply.echoed {
		return reply
	}
	buf := buffers.Get().(*bytes.Buffer)
	buf.Reset()
	defer buffers.Put(buf)
	if err == nil {
		err = reply.encode(buf)
	}
	if err != nil {
		return c.plain(http.StatusInternalServerError, "vendorsim: "+err.Error()+"\n")
	}
	reply.Text = buf.String()
	if h.Contract != Off && !reply.free {
		clear(c.header)
		reply.writeHeader(c.header)
		if err := c.contract().CheckResponse(c.Profile, reply.Status, c.header, buf.Bytes()); err != nil {
			return h.broken(c, reply, err)
		}
	}
	if c.fault == nil && !reply.kept {
		c.keep(reply)
	}
	return reply
}

// broken is what is sent in the place of a reply that breaks its contract.
func (h *handler) broken(c *Call, reply Reply, err error) Reply {
	c.note = "contract: " + err.Error()
	h.Logger.Error("response breaks the contract", "vendor", h.vendor.Name, "operation", c.operation(),
		"status", reply.Status, "profile", c.Profile, "error", err.Error())
	if h.Contract != Enforce {
		return reply
	}
	return c.plain(http.StatusInternalServerError, fmt.Sprintf(
		"vendorsim: this answer breaks the contract of %s %s, status %d, profile %s: %s\n",
		h.vendor.Name, c.operation(), reply.Status, c.Profile, err))
}

// pipeline is the fixed order between resolving and encoding. Its error is the
// one failure that is not the vendor's to word.
func (h *handler) pipeline(c *Call) (Reply, error) {
	fault, err := h.admit(c)
	if err != nil {
		return Reply{}, err
	}
	if fault == nil {
		c.decide()
		if reply, instead, err := h.before(c); instead {
			return reply, err
		}
		fault = c.outcome
	}
	if fault == nil {
		if reply, ok := c.kept(); ok {
			c.done = true
			return reply, nil
		}
		fault = c.checkRequest()
	}
	if fault == nil {
		reply, err := h.vendor.Operations[c.Op.Name](c)
		if err == nil {
			c.done = true
			return reply, nil
		}
		fault = h.failed(c, err)
	}
	c.fault = fault
	c.noteFault(fault)
	if fault.Reply != nil {
		return *fault.Reply, nil
	}
	return h.vendor.Fault(c, fault), nil
}

// failed is the failure by which an operation ended.
func (h *handler) failed(c *Call, err error) *Fault {
	var fault *Fault
	if !errors.As(err, &fault) {
		h.Logger.Error("operation failed", "vendor", h.vendor.Name, "operation", c.operation(), "error", err.Error())
		fault = &Fault{Kind: Internal, Note: err.Error()}
	}
	return fault
}

// plain is an answer of our own, never to be taken for the vendor's.
func (c *Call) plain(status int, text string) Reply {
	c.note, c.surprised = strings.TrimSpace(text), nil
	c.fault = &Fault{Kind: Internal, Note: c.note}
	if status == http.StatusServiceUnavailable {
		c.fault.Kind = Unavailable
	}
	return Text(status, "text/plain; charset=utf-8", text)
}

func (h *handler) log(c *Call, status int) {
	if h.Log == nil {
		return
	}
	e := traffic.Entry{
		Real:   c.began.Add(c.entry.Latency),
		Vendor: h.vendor.Name, Operation: c.operation(), Task: c.asked, State: c.state,
		Status: status, Latency: c.entry.Latency, Note: c.note,
	}
	if c.Tenant != nil {
		e.Tenant, e.TenantTime = c.Tenant.Name, c.now
	}
	h.Log(e)
}

// source is the address that a request comes from, without its port.
func source(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}
