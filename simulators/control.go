package simulators

import (
	"crypto/rand"
	"net"
	"net/http"
	"strconv"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/admin"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
)

// The words of the control API, for commands and others who call it over HTTP.
type (
	Client       = api.Client
	NewTenant    = api.NewTenant
	Tenant       = api.Tenant
	TenantList   = api.Tenants
	Tasks        = api.Tasks
	Next         = api.Next
	TenantClock  = api.Clock
	Advance      = api.Advance
	Target       = api.Target
	Moved        = api.Moved
	Edge         = api.Edge
	Task         = api.Task
	TaskQuery    = api.TaskQuery
	NewTask      = api.NewTask
	Force        = api.Force
	Scenario     = api.Scenario
	Replaced     = api.Replaced
	JournalQuery = api.JournalQuery
	JournalEntry = journal.View
	Followed     = api.Followed
	Wait         = api.Wait
	Waited       = api.Waited
	Report       = api.Report
	Why          = api.Why
	NewFault     = api.NewFault
	Fault        = api.Fault
	FaultList    = api.Faults
	TokenList    = api.Tokens
	Revoke       = api.Revoke
	Revoked      = api.Revoked
	Health       = api.Health
	Problem      = api.Problem
)

// NewClient is a client of the control API at an address: host:port, or a URL.
// token may be empty.
func NewClient(address, token string) (*Client, error) { return api.NewClient(address, token, nil) }

// What the journal of requests that belong to no tenant holds at most.
const (
	refusedEntries = 10_000
	refusedBytes   = 16 << 20
)

// Control is the control API: an http.Handler for a listener of its own.
func (s *Server) Control() http.Handler { return s.control }

// secrets are where credentials may stand in a vendor's requests and answers.
func (s *Server) secrets(vendor string) journal.Secrets {
	v := s.byPrefix[vendor]
	if v == nil {
		return journal.Secrets{}
	}
	return journal.Secrets(v.spec.Secrets)
}

// newControl makes the control API.
func (s *Server) newControl(metrics *admin.Metrics) (http.Handler, error) {
	vendors := make([]admin.Vendor, len(s.vendors))
	for i, v := range s.vendors {
		vendors[i] = admin.Vendor{Vendor: v.Vendor, Spec: v.spec}
	}
	return admin.New(admin.Options{
		Tenants: s.tenants, Vendors: vendors,
		World: s.catalog.changed, Inline: s.catalog.inline, Profiled: s.catalog.profiled, Fault: s.catalog.fault,
		Served: s.catalog.served, Scenarios: s.catalog.library.Names,
		Source: s.options.source, Refused: s.refused, Push: s.push, Replay: s.recording, Metrics: metrics,
		Base: func() string { return *s.url.Load() }, Ready: s.serving.Load,
		Hosts: s.options.AdminHosts, Token: s.options.AdminToken, Loopback: s.options.AdminToken == "",
		Version: Version(), Logger: s.options.Logger,
	})
}

// metrics are what Prometheus may ask for.
func (s *Server) metrics() *admin.Metrics {
	specs := map[string]*openapi.Spec{}
	for _, v := range s.vendors {
		specs[v.Name] = v.spec
	}
	// of all journals together
	journals := func(one func(*journal.Journal) int64) func() int64 {
		return func() int64 {
			sum := one(s.refused)
			for _, t := range s.tenants.All() {
				sum += one(t.Journal)
			}
			return sum
		}
	}
	levels := admin.Levels{
		Tenants:        func() int { return len(s.tenants.All()) },
		JournalEntries: journals(func(j *journal.Journal) int64 { n, _ := j.Held(); return int64(n) }),
		JournalBytes:   journals(func(j *journal.Journal) int64 { _, bytes := j.Held(); return bytes }),
		JournalLost:    journals((*journal.Journal).Lost),
		PushPending:    s.push.Waiting, PushDropped: s.push.Dropped,
	}
	if s.log != nil {
		levels.LogDropped = s.log.Dropped
	}
	return admin.NewMetrics(specs, levels)
}

// OnLoopback tells whether only this machine can reach an address.
func OnLoopback(addr net.Addr) bool {
	host, _, err := net.SplitHostPort(addr.String())
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// BaseURL is where a client on this machine finds a listener.
func BaseURL(addr net.Addr) string {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return "http://127.0.0.1:" + strconv.Itoa(tcp.Port)
	}
	return "http://" + addr.String()
}

// MakeToken is a token for a control API that others than this machine can reach.
func MakeToken() string { return rand.Text() }
