package simulators

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/push"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
)

// Options choose what a server serves. The zero value serves the scenario
// "happy" with every contract enforced.
type Options struct {
	Scenario     string   // which scenario the tenant demo runs; left out: that of File, else happy
	File         string   // a scenario file that joins the shipped ones, and is served unless Scenario says otherwise
	ScenariosDir string   // a folder of scenario files that join the shipped ones
	FixturesDir  string   // a folder of the user's own fixtures
	Set          []string // path=value, in the served scenario
	Seed         *int64   // overrides every scenario's seed
	Clock        string   // overrides every scenario's clock: real, xN, frozen or skip
	Profiles     []string // documented, observed or vendor=profile; overrides every scenario's
	Contract     string   // enforce (default), report or off
	Limits       string   // on (default), or off: no tenant has any, whatever its scenario or vendors say
	SilentFaults bool     // answers do not say, in X-Vendorsim-Fault, which faults fired
	MaxTenants   int      // left out: 10000
	JournalMiB   int      // what the journals of all tenants may take together; left out: 256
	AdminToken   string   // what requests to the control API carry; left out: nothing, which only a loopback listener may
	AdminHosts   []string // Host names under which the control API may be asked, beside localhost and loopback addresses
	URL          string   // where clients reach the vendors; left out: the address that Serve listens on
	PushAllow    []string // hosts, beside loopback addresses, to which vendors may push events over TLS
	Logger       *slog.Logger
	Flush        func() // called when no log line waits, for a Logger whose writer is buffered

	source       clock.Source
	dry          bool         // events are taken to have been delivered, and are not; late answers come at once
	tenantSource clock.Source // of the tenants' clocks; left out: source

	wait func(context.Context, time.Duration) error // lets real time pass for late answers; left out: by a timer
}

// The values of Options.Limits.
const (
	limitsOn  = "on"
	limitsOff = "off"
)

// DefaultJournalMiB is what the journals of all tenants may take together.
const DefaultJournalMiB = 256

// DefaultMaxTenants is how many tenants may be active at once.
const DefaultMaxTenants = 10000

// Server serves all vendors. It is an http.Handler; Close ends it.
type Server struct {
	vendors  []*vendor
	byHost   map[string]*vendor // exact host names
	byPrefix map[string]*vendor
	hosts    [16]atomic.Pointer[knownHost] // the latest, each at the place of its length
	log      *traffic.Log                  // nil where nobody reads it
	tenants  *tenant.Registry
	push     *push.Queue
	catalog  *catalog

	refused      *journal.Journal // requests that belong to no tenant
	refusedCount atomic.Int64

	options  Options
	control  http.Handler
	url      atomic.Pointer[string] // where clients reach the vendors
	serving  atomic.Bool
	stop     chan struct{}
	stopping chan struct{} // closed once no further requests are taken
	stopped  sync.WaitGroup
	closing  sync.Once
}

// vendor is one vendor made ready to serve.
type vendor struct {
	*sim.Vendor
	spec     *openapi.Spec
	atRoot   http.Handler // for requests by Host name
	atPrefix http.Handler // for requests under /<name>
}

// New makes a server. Its errors are the user's to mend: an unusable option
// (UsageError), problems of a file (scenarios.Problems).
func New(o Options) (*Server, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	vendors, err := loadVendors()
	if err != nil {
		return nil, err
	}
	c, err := newCatalog(o, vendors)
	if err != nil {
		return nil, err
	}
	return newServer(o, vendors, c)
}

// complete fills in what was left out.
func (o *Options) complete() error {
	if o.source == nil {
		o.source = clock.System()
	}
	if o.tenantSource == nil {
		o.tenantSource = o.source
	}
	if o.MaxTenants <= 0 {
		o.MaxTenants = DefaultMaxTenants
	}
	switch o.Contract {
	case "":
		o.Contract = sim.Enforce
	case sim.Enforce, sim.Report, sim.Off:
	default:
		return usage("contract %q is none of enforce, report, off", o.Contract)
	}
	switch o.Limits {
	case "":
		o.Limits = limitsOn
	case limitsOn, limitsOff:
	default:
		return usage("limits %q is neither on nor off", o.Limits)
	}
	for _, host := range o.PushAllow {
		if !push.IsHost(host) {
			return usage("push-allow %q is no host: give a name or an address, without scheme and port", host)
		}
	}
	return nil
}

func newServer(o Options, vendors []*vendor, c *catalog) (*Server, error) {
	quiet := o.Logger == nil
	if quiet {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		vendors: vendors, byHost: map[string]*vendor{}, byPrefix: map[string]*vendor{},
		catalog: c, options: o, stop: make(chan struct{}), stopping: make(chan struct{}),
		tenants: tenant.NewRegistry(c.served, o.MaxTenants, c.world, o.tenantSource, o.Logger),
		push:    push.New(o.PushAllow, o.Logger),
		refused: journal.New(journal.NewBudget(refusedBytes), refusedEntries),
	}
	if o.dry {
		s.push = push.NewDry(o.Logger)
	}
	if o.JournalMiB > 0 {
		s.tenants.ShareJournals(int64(o.JournalMiB) << 20)
	}
	s.url.Store(&o.URL)
	if _, err := s.tenants.Served(); err != nil {
		return nil, err
	}
	if !quiet {
		s.log = traffic.NewLog(o.Logger, o.Flush)
	}
	if err := s.mount(); err != nil {
		s.closeLog()
		return nil, err
	}
	s.stopped.Go(func() { s.sweep(o.Flush) })
	return s, nil
}

// mount makes the vendors' handlers and the control API.
func (s *Server) mount() error {
	metrics := s.metrics()
	env := sim.Env{
		Tenants: s.tenants, Source: s.options.source, Logger: s.options.Logger, Contract: s.options.Contract, Push: s.push,
		Refused: s.refused, RefusedCount: &s.refusedCount, Stopping: s.stopping, SilentFaults: s.options.SilentFaults, Wait: s.options.wait,
		Log: func(e traffic.Entry) {
			metrics.Observe(e.Vendor, e.Operation, e.Status, e.Latency)
			if e.Tenant == "" {
				metrics.Refused(e.Vendor)
			}
			s.logged(e)
		},
	}
	if s.options.dry { // nobody waits for an answer that is played again
		env.Wait = func(context.Context, time.Duration) error { return nil }
	}
	for _, v := range s.vendors {
		h, err := sim.Handler(v.Vendor, v.spec, env)
		if err != nil {
			return err
		}
		v.atRoot, v.atPrefix = h, h.At("/"+v.Name)
		s.byPrefix[v.Name] = v
		for _, host := range v.Hosts {
			s.byHost[host] = v
		}
	}
	var err error
	s.control, err = s.newControl(metrics)
	return err
}

// sweep forgets idle tenants now and then.
func (s *Server) sweep(flush func()) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.tenants.Sweep()
			if flush != nil {
				flush()
			}
		case <-s.stop:
			return
		}
	}
}

// Close ends the server's background work and writes the last log lines.
// Requests still under way are answered.
func (s *Server) Close() {
	s.closing.Do(func() {
		close(s.stop)
		s.tenants.Close()
		s.push.Close()
	})
	s.stopped.Wait()
	s.closeLog()
}

func (s *Server) closeLog() {
	if s.log != nil {
		s.log.Close()
	}
}

// ServeHTTP answers by Host name where the host is a vendor's, else by the
// prefix of the path.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if v := s.vendorOf(r.Host); v != nil {
		v.atRoot.ServeHTTP(w, r)
		return
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if v := s.byPrefix[name]; v != nil {
		v.atPrefix.ServeHTTP(w, r)
		return
	}
	s.index(w, r)
}

// knownHost is a Host header and the vendor whose it is; nil: none.
type knownHost struct {
	host   string
	vendor *vendor
}

// vendorOf is the vendor whose real host name this is, whatever its case, port
// or trailing dot. Clients have one host for all that they ask.
func (s *Server) vendorOf(host string) *vendor {
	place := &s.hosts[len(host)%len(s.hosts)]
	if known := place.Load(); known != nil && known.host == host {
		return known.vendor
	}
	v := s.findHost(host)
	if len(host) <= maxHost {
		place.Store(&knownHost{strings.Clone(host), v})
	}
	return v
}

// maxHost is how long a host name can be, with a port, in bytes.
const maxHost = 253 + len(":65535")

func (s *Server) findHost(host string) *vendor {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if v := s.byHost[host]; v != nil {
		return v
	}
	for {
		_, parent, ok := strings.Cut(host, ".")
		if !ok {
			return nil
		}
		if v := s.byHost["*."+parent]; v != nil {
			return v
		}
		host = parent
	}
}

// BaseURLs are the vendors' base URLs below a server's own.
func (s *Server) BaseURLs(server string) map[string]string {
	out := map[string]string{}
	for _, v := range s.vendors {
		out[v.Name] = server + "/" + v.Name
	}
	return out
}

// Scenario is the name of the scenario that the tenant demo runs.
func (s *Server) Scenario() string { return s.catalog.served }
