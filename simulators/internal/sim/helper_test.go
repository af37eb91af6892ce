package sim

import (
	"encoding/base64"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
)

// start is the real time at which the tests begin.
var start = time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)

// bench is a served vendor whose time the test owns, and everything that it
// logged.
type bench struct {
	testing.TB
	http.Handler
	source  *clock.Manual
	tenants *tenant.Registry
	spec    *openapi.Spec

	mu      sync.Mutex
	text    strings.Builder
	entries []traffic.Entry
	refused *journal.Journal
}

func (b *bench) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *bench) logged() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// life is queued for two reads, then running for 10 s, then done.
const life = `
lifecycles:
  l:
    queued: {phase: pending, polls: 2, to: running}
    running: {phase: running, after: 10s, to: done}
    done: {phase: succeeded}
  still:
    waiting: {phase: pending, after: 5s, to: ended}
    ended: {phase: succeeded}
default: l
`

// acmeContract is read once: a spec never changes.
var acmeContract = sync.OnceValues(func() (*openapi.Spec, error) { return openapi.Parse("acme", []byte(acmeSpec)) })

// serve makes a bench of a scenario without its version and name.
func serve(t testing.TB, scenario string, v *Vendor, change ...func(*Env)) *bench {
	t.Helper()
	b := &bench{TB: t, source: clock.NewManual(start)}
	var err error
	if b.spec, err = acmeContract(); err != nil {
		t.Fatal(err)
	}
	w := acmeWorld(t, scenario, v, b.spec)
	logger := slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug}))
	b.tenants = tenant.NewRegistry("test", 100, func(name string) (*tenant.World, error) {
		if name != "test" {
			return nil, tenant.ErrUnknown
		}
		return w, nil
	}, b.source, logger)
	b.refused = journal.New(journal.NewBudget(64<<20), 10_000)
	env := Env{Tenants: b.tenants, Source: b.source, Logger: logger, Contract: Enforce, Refused: b.refused, Log: func(e traffic.Entry) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.entries = append(b.entries, e)
	}}
	for _, f := range change {
		f(&env)
	}
	if b.Handler, err = Handler(v, b.spec, env); err != nil {
		t.Fatal(err)
	}
	return b
}

func acmeWorld(t testing.TB, scenario string, v *Vendor, spec *openapi.Spec) *tenant.World {
	t.Helper()
	known := scenarios.Known{
		Vendors:    []string{"acme"},
		Operations: map[string][]string{"acme": {"getTask", "newTask", "getStatus", "logIn", "listTasks", "startWork"}},
		Option:     func(_, name string, value any) error { return spec.CheckOption(name, value) },
		TaskID:     func(string, string) error { return nil },
		TaskField:  func(_, field string, value any) error { return spec.CheckField(field, value, false) },
		StateField: func(_, field string, value any) error { return spec.CheckField(field, value, true) },
	}
	s, problems := scenarios.Parse("test.yaml", []byte("version: 1\nname: test\n"+scenario), known)
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	if v.IDs.Parse == nil {
		v.IDs = IDs{
			Parse:  func(string) (uint64, bool) { return 0, false },
			Format: func(n uint64, _ time.Time, _ *scenarios.Task) string { return string(AppendHexNumber(nil, n, 16)) }, Bits: 64,
		}
	}
	return tenant.NewWorld(s, []tenant.Vendor{v.Tenants(spec)}, nil)
}

// do sends a request with header lines "Name: value"; without one of
// Authorization it comes from demo. A line that is empty is left out.
func (b *bench) do(method, target, body string, header ...string) *httptest.ResponseRecorder {
	b.Helper()
	var sent io.Reader // none, as a server has it where there is nothing
	if body != "" {
		sent = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, target, sent)
	r.Header.Set("Authorization", "Bearer demo")
	for _, line := range header {
		if name, value, ok := strings.Cut(line, ": "); ok {
			if name == "Authorization" {
				r.Header.Del(name)
			}
			r.Header.Add(name, value)
		}
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return w
}

// want tells where an answer is not as expected: its status, and what its body
// contains.
func (b *bench) want(w *httptest.ResponseRecorder, status int, contains string) {
	b.Helper()
	if w.Code != status || !strings.Contains(w.Body.String(), contains) {
		b.Errorf("got %d %s\nwant %d with %s", w.Code, w.Body, status, contains)
	}
}

func basic(user, password string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}
