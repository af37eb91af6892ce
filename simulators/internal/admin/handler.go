// Package admin is the control API: it steers tenants and tells what their
// clients did, over HTTP, as openapi/admin.yaml says. It must not know a
// vendor's words, how a file becomes a scenario, or what time it is.
//
// A request goes: access -> route -> body and contract -> tenant -> operation
// -> contract of the answer -> write. Unlike a vendor's, our own contract is
// strict: what it does not know is refused.
package admin

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/mux"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/push"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// Vendor is a vendor and its contract.
type Vendor struct {
	*sim.Vendor
	Spec *openapi.Spec
}

// Options are what the control API steers, and who may.
type Options struct {
	Tenants *tenant.Registry
	Vendors []Vendor

	// World is a loaded scenario with "path=value" sets applied. Its error is
	// tenant.ErrUnknown or scenarios.Problems.
	World func(name string, sets []string) (*tenant.World, error)
	// Inline is a scenario given as text; file is where its problems are said to
	// be. Its error is scenarios.Problems.
	Inline func(file string, text []byte, sets []string) (*tenant.World, error)
	// Profiled is the world with other profiles, by vendor. Its error names the
	// vendor or profile that there is not.
	Profiled func(w *tenant.World, profiles map[string]string) (*tenant.World, error)
	Fault    FaultReader
	Served   string // the scenario that demo runs

	Source  clock.Source
	Refused *journal.Journal // requests that had no tenant
	Base    func() string    // the vendors' listener: http://127.0.0.1:7800
	Push    *push.Queue

	// Scenarios are the names of the loaded scenarios, to suggest to whoever named
	// no tenant.
	Scenarios func() []string
	// Replay writes the file from which a tenant's answers can be given again.
	Replay  func(*tenant.Tenant) ([]byte, error)
	Metrics *Metrics    // nil: those of the process alone
	Ready   func() bool // whether the vendors can be asked; nil: always

	Hosts    []string // names and addresses by which it may be asked, beside the loopback ones
	Token    string   // what requests carry; "" where none is asked for
	Loopback bool     // it listens on a loopback address

	Version string
	Logger  *slog.Logger
}

// handler serves the control API.
type handler struct {
	Options
	spec       *openapi.Spec
	operations map[string]operation // by operationId
	queries    map[string][]string  // operationId -> its query parameters
	paths      []string             // the paths of the spec
	router     *mux.Router
	mounted    sync.Once
	began      time.Time  // real
	modes      sync.Mutex // held while a clock's mode is looked at and changed
}

// operation answers a call. An error that is an *api.Problem is answered as it
// is; any other is a defect.
type operation struct {
	do      func(*call) (reply, error)
	changes bool // a call that succeeds has changed the tenant, and is journalled there
}

// asks is an operation that leaves the tenant as it is.
func asks(do func(*call) (reply, error)) operation { return operation{do: do} }

// changes is an operation that, if it succeeds, has changed its tenant.
func changes(do func(*call) (reply, error)) operation { return operation{do: do, changes: true} }

// New makes the control API, complete: it answers every path and method. It
// fails where it would be open to the network without a token, and where the
// operations and admin.yaml do not match.
func New(o Options) (http.Handler, error) {
	if !o.Loopback && o.Token == "" {
		return nil, errors.New("the control API needs a token where others than this machine can reach it")
	}
	if o.Metrics == nil {
		o.Metrics = NewMetrics(nil, Levels{}) // of the process alone
	}
	spec, err := openapi.LoadAdmin()
	if err != nil {
		return nil, err
	}
	h := &handler{Options: o, spec: spec, operations: map[string]operation{}, queries: map[string][]string{}, began: o.Source.Now()}
	for _, some := range []map[string]operation{h.controls(), h.questions()} {
		for name, op := range some {
			h.operations[name] = op
		}
	}
	if err := h.checkOperations(); err != nil {
		return nil, err
	}
	return h, nil
}

// checkOperations holds the operations to the spec, both ways.
func (h *handler) checkOperations() error {
	for _, o := range h.spec.Operations {
		if h.operations[o.Name].do == nil {
			return fmt.Errorf("operation %s is in admin.yaml but not served", o.Name)
		}
		h.queries[o.Name] = o.Queries()
	}
	for name := range h.operations {
		if !slices.ContainsFunc(h.spec.Operations, func(o *openapi.Operation) bool { return o.Name == name }) {
			return fmt.Errorf("operation %s is served but not in admin.yaml", name)
		}
	}
	return nil
}

// routes mounts the paths of the spec. SkipClean: a cleaned path is a redirect,
// and a redirected POST becomes a GET. UseEncodedPath: a tenant's name may hold
// %2F. The method is looked at here, for the answer is ours to word.
func (h *handler) routes() {
	h.router = mux.NewRouter().SkipClean(true).UseEncodedPath()
	byPath := map[string]map[string]*openapi.Operation{}
	for _, o := range h.spec.Operations {
		path := o.Routes[0].Path
		methods := byPath[path]
		if methods == nil {
			methods = map[string]*openapi.Operation{}
			byPath[path] = methods
			h.paths = append(h.paths, path)
			h.router.Path(path).HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.pick(w, r, methods) })
		}
		methods[o.Method] = o
	}
	h.router.NotFoundHandler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{handler: h, request: r}
		h.finish(w, c, c.refuse(problem(noSuchPath, "nearest: %s", strings.Join(h.nearestPaths(r.URL.EscapedPath()), ", "))))
	})
}

// ServeHTTP answers a call. Nothing is mounted before the first one: a start does
// not wait for it.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mounted.Do(h.routes)
	h.router.ServeHTTP(w, r)
}

// pick answers a request by its method. HEAD is GET without the body.
func (h *handler) pick(w http.ResponseWriter, r *http.Request, methods map[string]*openapi.Operation) {
	o := methods[r.Method]
	if r.Method == http.MethodHead {
		o = methods[http.MethodGet]
	}
	c := &call{handler: h, request: r, op: o}
	if o != nil {
		h.finish(w, c, c.answer(w))
		return
	}
	allow := allowed(methods)
	rep := c.refuse(problem(methodNotAllowed, "this path has: %s", allow))
	if rep.status == http.StatusMethodNotAllowed {
		rep.header.Set("Allow", allow)
	}
	h.finish(w, c, rep)
}

func allowed(methods map[string]*openapi.Operation) string {
	var names []string
	for name := range methods {
		names = append(names, name)
		if name == http.MethodGet {
			names = append(names, http.MethodHead)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// refuse answers a request that met no operation: that it may not steer the
// server comes first.
func (c *call) refuse(p *api.Problem) reply {
	if denied := c.access(c.request, ""); denied != nil {
		p = denied
	}
	return problemReply(p)
}
