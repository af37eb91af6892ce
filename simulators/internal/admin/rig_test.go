package admin

import (
	"bytes"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/cisco"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/push"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
	"github.com/vendorsim/vendorsim/simulators/sailpoint"
)

// start is the real time at which the tests begin.
var start = time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)

// transcripts is the folder of the transcripts and of the scenario that they and
// the other tests steer.
const transcripts = "../../../testdata/admin"

// rig is the control API beside two real vendors, on time that the test owns.
type rig struct {
	testing.TB
	source  *clock.Manual
	tenants *tenant.Registry
	spec    *openapi.Spec
	admin   http.Handler
	vendors map[string]http.Handler // by prefix

	mu  sync.Mutex
	log bytes.Buffer
}

// Write keeps what is logged.
func (g *rig) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.log.Write(p)
}

func (g *rig) logged() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.log.String()
}

// ServeHTTP asks a vendor below its prefix, else the control API.
func (g *rig) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	prefix, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if h := g.vendors[prefix]; h != nil {
		h.ServeHTTP(w, r)
		return
	}
	g.admin.ServeHTTP(w, r)
}

// books is where the rig's scenarios come from.
type books struct {
	library *scenarios.Library
	known   scenarios.Known
	vendors []tenant.Vendor
	served  string
	sets    []string
}

func (b *books) compile(s *scenarios.Scenario, problems scenarios.Problems) (*tenant.World, error) {
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return tenant.NewWorld(s, b.vendors, nil), nil
}

func (b *books) world(name string, sets []string) (*tenant.World, error) {
	if !b.library.Has(name) {
		return nil, tenant.ErrUnknown
	}
	if name == b.served {
		sets = append(b.sets[:len(b.sets):len(b.sets)], sets...)
	}
	return b.compile(b.library.Load(name, b.known, sets))
}

func (b *books) inline(file string, text []byte, sets []string) (*tenant.World, error) {
	return b.compile(b.library.LoadText(file, text, b.known, sets))
}

func (b *books) fault(file string, text []byte, s *scenarios.Scenario) (*scenarios.Fault, scenarios.Problems) {
	return scenarios.ParseFault(file, text, b.known, s)
}

func (b *books) profiled(w *tenant.World, profiles map[string]string) (*tenant.World, error) {
	s := *w.Scenario
	s.Profiles = maps.Clone(profiles)
	for vendor := range profiles {
		if !w.Serves(vendor) {
			return nil, tenant.ErrElsewhere
		}
	}
	return tenant.NewWorld(&s, b.vendors, nil), nil
}

// newBooks knows what ships and a file, which is served.
func newBooks(t testing.TB, vendors []Vendor, file string, sets []string) *books {
	t.Helper()
	b := &books{library: scenarios.Shipped(), known: scenarios.Known{Operations: map[string][]string{}}, sets: sets}
	specs, byName := map[string]*openapi.Spec{}, map[string]Vendor{}
	for _, v := range vendors {
		specs[v.Name], byName[v.Name] = v.Spec, v
		b.vendors = append(b.vendors, v.Tenants(v.Spec))
		b.known.Vendors = append(b.known.Vendors, v.Name)
		for _, o := range v.Spec.Operations {
			b.known.Operations[v.Name] = append(b.known.Operations[v.Name], o.Name)
		}
	}
	b.known.FaultKinds = sim.FaultKinds()
	b.known.FaultAnswer = func(vendor, operation, kind string, status int) error {
		return byName[vendor].FaultAnswer(specs[vendor], operation, kind, status)
	}
	b.known.Option = func(vendor, name string, value any) error { return specs[vendor].CheckOption(name, value) }
	b.known.TaskID = func(vendor, id string) error { return specs[vendor].CheckID(id) }
	b.known.TaskField = func(vendor, field string, value any) error {
		return specs[vendor].CheckField(field, value, false)
	}
	b.known.StateField = func(vendor, field string, value any) error {
		return specs[vendor].CheckField(field, value, true)
	}
	var err error
	if b.served, err = b.library.AddFile(file); err != nil {
		t.Fatal(err)
	}
	return b
}

// newRig serves the transcripts' scenario, with sets applied, and an API that
// change has had its way with.
func newRig(t testing.TB, change func(*Options), sets ...string) *rig {
	t.Helper()
	source := clock.NewManual(start)
	g := newRigOn(t, source, change, sets...)
	g.source = source
	return g
}

// newRigOn is one on other time than a manual source's.
func newRigOn(t testing.TB, source clock.Source, change func(*Options), sets ...string) *rig {
	t.Helper()
	g := &rig{TB: t, vendors: map[string]http.Handler{}}
	logger := slog.New(slog.NewTextHandler(g, nil))
	var vendors []Vendor
	for _, v := range []*sim.Vendor{sailpoint.New(), cisco.New()} {
		spec, err := openapi.Load(v.Name)
		if err != nil {
			t.Fatal(err)
		}
		vendors = append(vendors, Vendor{v, spec})
	}
	b := newBooks(t, vendors, filepath.Join(transcripts, "steer.yaml"), sets)
	g.tenants = tenant.NewRegistry(b.served, 100, func(name string) (*tenant.World, error) { return b.world(name, nil) }, source, logger)
	queue := push.New(nil, logger)
	t.Cleanup(func() { g.tenants.Close(); queue.Close() })
	var refusals atomic.Int64
	refused := journal.New(journal.NewBudget(1<<20), 1000)
	for _, v := range vendors {
		h, err := sim.Handler(v.Vendor, v.Spec, sim.Env{
			Tenants: g.tenants, Source: source, Logger: logger, Contract: sim.Enforce, Push: queue, Refused: refused, RefusedCount: &refusals,
		})
		if err != nil {
			t.Fatal(err)
		}
		g.vendors[v.Name] = h.At("/" + v.Name)
	}
	o := Options{
		Tenants: g.tenants, Vendors: vendors, World: b.world, Inline: b.inline, Profiled: b.profiled, Fault: b.fault, Served: b.served,
		Scenarios: b.library.Names, Replay: func(*tenant.Tenant) ([]byte, error) { return []byte(`{"entries":[]}`), nil },
		Source: source, Refused: refused, Base: func() string { return "http://127.0.0.1:7800" }, Push: queue,
		Metrics:  NewMetrics(map[string]*openapi.Spec{}, Levels{}),
		Loopback: true, Version: "v1.2.3", Logger: logger,
	}
	if change != nil {
		change(&o)
	}
	var err error
	if g.admin, err = New(o); err != nil {
		t.Fatal(err)
	}
	g.spec, err = openapi.LoadAdmin()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// ask sends a request; a body is JSON.
func (g *rig) ask(method, target, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "127.0.0.1:7801"
	if method != http.MethodGet {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	return w
}

// must sends a request whose answer must have a status.
func (g *rig) must(status int, method, target, body string) *httptest.ResponseRecorder {
	g.Helper()
	w := g.ask(method, target, body)
	if w.Code != status {
		g.Fatalf("%s %s %s: status %d, want %d\n%s", method, target, body, w.Code, status, w.Body)
	}
	return w
}

// tenant makes a tenant of the served scenario with a label and answers its path.
func (g *rig) tenant(label string) string {
	g.Helper()
	g.must(http.StatusCreated, "POST", "/tenants", `{"label":"`+label+`"}`)
	return "/tenants/steer~" + label
}
