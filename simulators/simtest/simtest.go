// Package simtest gives a Go test a tenant of its own in a vendorsim that runs
// inside the test's process: URLs and credentials for the client under test, a
// clock in the test's hands, and a verdict on what the client did. It must not
// know how a vendor answers; all that it does goes through the control API.
//
//	func TestMyClient(t *testing.T) {
//		t.Parallel()
//		sim := simtest.Start(t, simtest.Scenario("slow"))
//		client := mine.New(sim.URL("sailpoint"), sim.Auth("sailpoint"))
//		id := client.Start()
//		sim.Clock.AdvanceUntil(id, simtest.Ended)
//		...
//		sim.Verify(t)
//	}
//
// All tests of a package share one server, which is there while one of them
// needs it; each Start has its own tenant, which begins then, is never
// forgotten for being idle and ends with the test. Inside a testing/synctest
// bubble there are no sockets: each Start has a server of its own there, in
// memory, that only Sim.Client reaches, and the bubble's clock is its real time.
//
// When a test fails, t.ArtifactDir() gets the tenant's journal, its report card
// and a file that "vendorsim replay" plays again; go test keeps them with
// -artifacts.
package simtest

import (
	"context"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
)

// What a test meets of the control API's words.
type (
	Task    = api.Task
	Moved   = api.Moved
	NewTask = api.NewTask
	Journal = api.Journal
	Report  = api.Report
	Why     = api.Why
)

// The states that every task has words for, whatever its lifecycle calls its
// own; each may be given where a state is asked for.
const (
	Ended     = "ended" // succeeded, warning, failed or cancelled
	Pending   = "pending"
	Running   = "running"
	Paused    = "paused"
	Succeeded = "succeeded"
	Warning   = "warning"
	Failed    = "failed"
	Cancelled = "cancelled"
)

// Option changes what Start makes.
type Option func(testing.TB, *api.NewTenant)

// Scenario is what the tenant runs: the name of a shipped scenario, or a file,
// whose name ends in .yaml. Left out: happy.
func Scenario(nameOrFile string) Option {
	return func(t testing.TB, o *api.NewTenant) {
		t.Helper()
		if !strings.HasSuffix(nameOrFile, ".yaml") && !strings.HasSuffix(nameOrFile, ".yml") {
			o.Scenario, o.YAML, o.File = nameOrFile, "", ""
			return
		}
		text, err := os.ReadFile(nameOrFile)
		if err != nil {
			t.Fatalf("simtest: %v", err)
		}
		o.Scenario, o.YAML, o.File = "", string(text), nameOrFile
	}
}

// YAML is a scenario's text.
func YAML(text string) Option {
	return func(_ testing.TB, o *api.NewTenant) { o.Scenario, o.YAML, o.File = "", text, "inline" }
}

// Set overrides one value of the scenario, as "lifecycles.task.running.after=1ms".
func Set(pathValue string) Option {
	return func(_ testing.TB, o *api.NewTenant) { o.Set = append(o.Set, pathValue) }
}

// Seed is the tenant's seed, instead of the scenario's.
func Seed(seed int64) Option {
	return func(_ testing.TB, o *api.NewTenant) { o.Seed = &seed }
}

// ClockMode is how the tenant's clock runs: real, xN, frozen or skip. Left out:
// as the scenario says.
func ClockMode(mode string) Option {
	return func(_ testing.TB, o *api.NewTenant) { o.Clock = mode }
}

// StartAt is the instant at which the tenant's clock begins.
func StartAt(at time.Time) Option {
	return func(_ testing.TB, o *api.NewTenant) { o.Start = &at }
}

// Profile is documented or observed, for one vendor.
func Profile(vendor, profile string) Option {
	return func(_ testing.TB, o *api.NewTenant) {
		if o.Profiles == nil {
			o.Profiles = map[string]string{}
		}
		o.Profiles[vendor] = profile
	}
}

// Secret is what the tenant's requests are signed with, instead of "secret".
func Secret(secret string) Option {
	return func(_ testing.TB, o *api.NewTenant) { o.Secret = secret }
}

// Sim is one tenant. Its methods end the test where they fail, so they are for
// the test's own goroutine; Client, URL, Auth and Env are for any.
type Sim struct {
	Clock *Clock // the tenant's clock

	t       testing.TB
	host    *host
	control *api.Client
	tenant  api.Tenant
}

// Start makes a tenant for the test, which ends with it.
func Start(t testing.TB, options ...Option) *Sim {
	t.Helper()
	var want api.NewTenant
	for _, option := range options {
		option(t, &want)
	}
	h, err := open()
	if err != nil {
		t.Fatalf("simtest: %v", err)
	}
	s := &Sim{t: t, host: h, control: h.control}
	if s.tenant, err = h.control.NewTenant(context.Background(), want); err != nil {
		h.release()
		t.Fatalf("simtest: %v", err)
	}
	s.Clock = &Clock{s}
	t.Cleanup(s.end)
	return s
}

// end is called when the test is over.
func (s *Sim) end() {
	defer s.host.release()
	if s.t.Failed() {
		s.keep()
	}
	if err := s.control.Delete(context.Background(), s.tenant.Name); err != nil {
		s.t.Errorf("simtest: %v", err)
	}
}

// must ends the test at an error.
func must[T any](s *Sim) func(v T, err error) T {
	return func(v T, err error) T {
		s.t.Helper()
		if err != nil {
			s.t.Fatalf("simtest: %v", err)
		}
		return v
	}
}

// Tenant is the tenant's name: what a client sends as its user, client id or
// key.
func (s *Sim) Tenant() string { return s.tenant.Name }

// credential is how the tenant is told to a vendor.
func (s *Sim) credential(vendor string) api.Credential {
	s.t.Helper()
	c, ok := s.tenant.Credentials[vendor]
	if !ok {
		s.t.Fatalf("simtest: scenario %s has no vendor %q; it has %s", s.tenant.Scenario, vendor,
			strings.Join(slices.Sorted(maps.Keys(s.tenant.Credentials)), ", "))
	}
	return c
}

// URL is a vendor's base URL: what stands before the paths of its API.
func (s *Sim) URL(vendor string) string {
	s.t.Helper()
	return s.credential(vendor).BaseURL
}

// Auth is a header with which the vendor accepts a request as this tenant's,
// without a log-in. The caller may change it.
func (s *Sim) Auth(vendor string) http.Header {
	s.t.Helper()
	h := http.Header{}
	for name, value := range s.credential(vendor).Header {
		h[name] = []string{value}
	}
	return h
}

// Env is what the vendor's own clients read from their environment, as
// "NAME=value": for exec.Cmd.Env.
func (s *Sim) Env(vendor string) []string {
	s.t.Helper()
	var env []string
	for _, v := range s.credential(vendor).Env {
		env = append(env, v.Name+"="+v.Value)
	}
	return env
}

// Client reaches the simulators and nothing else. In a synctest bubble it is
// the only way to reach them.
func (s *Sim) Client() *http.Client { return s.host.client }

// Task is a task by its id; where several vendors have that id, by
// "vendor/id". Looking at it is no read.
func (s *Sim) Task(task string) Task {
	s.t.Helper()
	vendor, id := s.find(task)
	return must[Task](s)(s.control.Task(context.Background(), s.tenant.Name, vendor, id))
}

// find tells the vendor of "vendor/id", or the only vendor that has the id.
func (s *Sim) find(task string) (vendor, id string) {
	s.t.Helper()
	vendor, id, err := s.control.FindTask(context.Background(), s.tenant.Name, task)
	if err != nil {
		s.t.Fatalf("simtest: %v", err)
	}
	return vendor, id
}

// Tasks are a vendor's tasks, at most 1000.
func (s *Sim) Tasks(vendor string) []Task {
	s.t.Helper()
	query := api.TaskQuery{Vendor: vendor, Limit: 1000}
	return must[api.Tasks](s)(s.control.Tasks(context.Background(), s.tenant.Name, query)).Tasks
}

// Create makes a task as a client's call of its Operation would.
func (s *Sim) Create(n NewTask) Task {
	s.t.Helper()
	return must[Task](s)(s.control.CreateTask(context.Background(), s.tenant.Name, n))
}

// Force puts a task into a state of its lifecycle now.
func (s *Sim) Force(task, state string) Task {
	s.t.Helper()
	vendor, id := s.find(task)
	return must[Task](s)(s.control.Force(context.Background(), s.tenant.Name, vendor, id, api.Force{State: state}))
}

// Cancel ends a task as cancelled now.
func (s *Sim) Cancel(task string) Task {
	s.t.Helper()
	vendor, id := s.find(task)
	return must[Task](s)(s.control.Cancel(context.Background(), s.tenant.Name, vendor, id))
}

// Expire makes the vendor forget a task now.
func (s *Sim) Expire(task string) Task {
	s.t.Helper()
	vendor, id := s.find(task)
	return must[Task](s)(s.control.Expire(context.Background(), s.tenant.Name, vendor, id))
}

// Journal is what was asked and answered so far: the first thousand requests.
func (s *Sim) Journal() Journal {
	s.t.Helper()
	return must[Journal](s)(s.control.Journal(context.Background(), s.tenant.Name, api.JournalQuery{Limit: 1000}))
}

// Why explains an answer by its X-Vendorsim-Request.
func (s *Sim) Why(id string) Why {
	s.t.Helper()
	return must[Why](s)(s.control.Why(context.Background(), id))
}

// Report is the report card of the client, and how it met the scenario's
// expectations.
func (s *Sim) Report() *Report {
	s.t.Helper()
	return must[*Report](s)(s.control.Report(context.Background(), s.tenant.Name))
}

// Verify fails the test where an expectation of the scenario failed or could
// not be decided.
func (s *Sim) Verify(t testing.TB) {
	t.Helper()
	report := s.Report()
	if report.Exit() == 0 {
		return
	}
	var text strings.Builder
	_ = report.Text(&text) // a Builder takes everything
	t.Errorf("the client did not meet the expectations of scenario %s:\n%s", s.tenant.Scenario, text.String())
}
