package sim

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"sync/atomic"

	"github.com/gorilla/mux"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
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
}

// handler serves one vendor.
type handler struct {
	Env
	vendor  *Vendor
	spec    *openapi.Spec
	router  *mux.Router
	served  *tenant.World // what demo runs: the profile of refusals
	tracked atomic.Int64  // tracking ids of refused requests
}

// Handler serves a vendor complete: its operations, and its own answers to
// every other path and method. It fails where the spec and the vendor's
// operations do not match.
func Handler(v *Vendor, spec *openapi.Spec, env Env) (http.Handler, error) {
	h := &handler{Env: env, vendor: v, spec: spec}
	var err error
	if h.served, err = env.Tenants.Served(); err != nil {
		return nil, err
	}
	if err := h.checkOperations(); err != nil {
		return nil, err
	}
	h.routes()
	return h, nil
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

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.router.ServeHTTP(w, r) }

// serve answers one request.
func (h *handler) serve(w http.ResponseWriter, r *http.Request, o *openapi.Operation, base string, outcome *Fault) {
	began := h.Source.Now()
	c := &Call{
		Op: o, Base: base, BaseURL: baseURL(r), Header: r.Header, Profile: h.served.Profile(h.vendor.Name),
		Options: h.served.Options(h.vendor.Name),
		handler: h, vendor: h.vendor, spec: h.spec, request: r, now: began, began: began, outcome: outcome,
	}
	buf := buffers.Get().(*bytes.Buffer)
	buf.Reset()
	defer buffers.Put(buf)
	reply := h.answer(c, w, buf)
	reply.write(w, buf.Bytes())
	h.log(c, reply.Status)
}

// answer finds the reply and encodes it into buf. Whatever goes wrong in our
// own code ends as a plain 500 that no client takes for the vendor.
func (h *handler) answer(c *Call, w http.ResponseWriter, buf *bytes.Buffer) (reply Reply) {
	defer func() {
		if p := recover(); p != nil {
			h.Logger.Error("panic", "vendor", h.vendor.Name, "operation", c.operation(), "panic", p, "stack", string(debug.Stack()))
			reply = h.plain(c, buf, http.StatusInternalServerError, "vendorsim: internal error, see its log\n")
		}
	}()
	c.resolve(w)
	reply, err := h.pipeline(c)
	if errors.Is(err, tenant.ErrFull) {
		return h.plain(c, buf, http.StatusServiceUnavailable, "vendorsim: "+err.Error()+"; see --max-tenants\n")
	}
	if err == nil && (reply.Status < 200 || reply.Status > 599) {
		err = fmt.Errorf("operation %s answers status %d", c.operation(), reply.Status)
	}
	if reply.kept {
		buf.WriteString(reply.Text)
		return reply
	}
	if err == nil {
		err = reply.encode(buf)
	}
	if err != nil {
		return h.plain(c, buf, http.StatusInternalServerError, "vendorsim: "+err.Error()+"\n")
	}
	if h.Contract == Off {
		return c.keep(reply, buf.Bytes())
	}
	if err := c.contract().CheckResponse(c.Profile, reply.Status, reply.header(), buf.Bytes()); err != nil {
		c.note = "contract: " + err.Error()
		h.Logger.Error("response breaks the contract", "vendor", h.vendor.Name, "operation", c.operation(),
			"status", reply.Status, "profile", c.Profile, "error", err.Error())
		if h.Contract == Enforce {
			return h.plain(c, buf, http.StatusInternalServerError, fmt.Sprintf(
				"vendorsim: this answer breaks the contract of %s %s, status %d, profile %s: %s\n",
				h.vendor.Name, c.operation(), reply.Status, c.Profile, err))
		}
		return reply
	}
	return c.keep(reply, buf.Bytes())
}

// pipeline is the fixed order between resolving and encoding. Its error is the
// one failure that is not the vendor's to word.
func (h *handler) pipeline(c *Call) (Reply, error) {
	fault, err := h.admit(c)
	if err != nil {
		return Reply{}, err
	}
	if fault == nil {
		if reply, ok := c.kept(); ok {
			return reply, nil
		}
		fault = c.checkRequest()
	}
	if fault == nil {
		reply, err := h.vendor.Operations[c.Op.Name](c)
		if err == nil {
			return reply, nil
		}
		if !errors.As(err, &fault) {
			h.Logger.Error("operation failed", "vendor", h.vendor.Name, "operation", c.operation(), "error", err.Error())
			fault = &Fault{Kind: Internal, Note: err.Error()}
		}
	}
	c.noteFault(fault)
	return h.vendor.Fault(c, fault), nil
}

// admit asks guards and limits, and then whether the request was resolved. A
// log-in has its credential in the body, so that is looked at before.
func (h *handler) admit(c *Call) (*Fault, error) {
	if c.kind() == "login" {
		if c.outcome != nil {
			return c.outcome, nil
		}
		if fault := c.checkRequest(); fault != nil {
			return fault, nil
		}
	}
	fault, err := h.guard(c)
	if err != nil {
		return nil, err
	}
	if fault == nil {
		fault = h.limit(c)
	}
	if fault == nil {
		fault = c.outcome
	}
	return fault, nil
}

// checkRequest holds the request to its contract.
func (c *Call) checkRequest() *Fault {
	if v := c.Op.CheckRequest(c.contractRequest()); v != nil {
		return &Fault{Kind: Invalid, Violation: v}
	}
	return nil
}

// guard accepts the credential, which makes the tenant, and asks the vendor's
// guards.
func (h *handler) guard(c *Call) (*Fault, error) {
	credential, fault := h.vendor.Credential(c)
	if fault != nil {
		return fault, nil
	}
	t, err := h.Tenants.Accept(credential, h.vendor.Name)
	switch {
	case errors.Is(err, tenant.ErrUnknown), errors.Is(err, tenant.ErrElsewhere), errors.Is(err, tenant.ErrSecret), errors.Is(err, tenant.ErrExpired):
		return &Fault{
			Kind: Unauthorized, Expired: errors.Is(err, tenant.ErrExpired),
			Note: "credential (" + tenant.Redact(cmp.Or(credential.Token, credential.Name)) + ") " + err.Error(),
		}, nil
	case err != nil:
		return nil, err
	}
	c.Tenant, c.Profile, c.Options = t, t.Profile(h.vendor.Name), t.Options(h.vendor.Name)
	c.generation = t.Clock.Generation() // before the instant: a change between the two keeps nothing stale
	c.now = t.Clock.Now()
	for _, guard := range h.vendor.Guards {
		if fault := guard(c); fault != nil {
			return fault, nil
		}
	}
	return nil, nil
}

func (h *handler) limit(c *Call) *Fault {
	wait, ok := c.Tenant.Limits.Take(traffic.Request{
		Vendor: h.vendor.Name, Operation: c.operation(), Kind: c.kind(),
		Token: c.Token, Credential: c.Tenant.Name, Source: source(c.request),
	}, c.Tenant.Clock.Lived())
	if ok {
		return nil
	}
	return &Fault{Kind: RateLimited, RetryAfter: c.Tenant.Clock.WaitSeconds(wait)}
}

// plain is an answer of our own, never to be taken for the vendor's.
func (h *handler) plain(c *Call, buf *bytes.Buffer, status int, text string) Reply {
	c.note = strings.TrimSpace(text)
	buf.Reset()
	buf.WriteString(text)
	return Text(status, "text/plain; charset=utf-8", text)
}

func (h *handler) log(c *Call, status int) {
	if h.Log == nil {
		return
	}
	e := traffic.Entry{
		Vendor: h.vendor.Name, Operation: c.operation(), Task: c.asked, State: c.state,
		Status: status, Latency: h.Source.Now().Sub(c.began), Note: c.note,
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
