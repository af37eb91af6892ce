// Package simtest gives a Go test a tenant of its own in a vendorsim that runs
// inside the test's process: URLs and credentials for the client under test, a
// clock in the test's hands, and a verdict on what the client did. It must not
// know how a vendor answers; all that it does goes through the control API.
//
//	func TestMyClient(t *testing.T) {
//		t.Parallel()
//		sim := simtest.Start(t, simtest.Scenario("slow"))
//		client := mine.New(sim.URL("sailpoint"), sim.Auth("sailpoint"))
//		id := client.StartWork()
//		sim.Clock.AdvanceUntil(id, simtest.Ended) // about forty minutes
//		if !client.Done(id) {
//			t.Error("the client does not see the end")
//		}
//		sim.Verify(t) // the scenario's "expect:"
//	}
//
// All tests of a package share one server, which is there while one of them
// needs it; each Start has its own tenant, which begins then, is never
// forgotten for being idle and ends with the test. No goroutine is left behind.
//
// Inside a testing/synctest bubble there are no sockets: each Start has a server
// of its own there, in memory, that only Sim.Client reaches, and the bubble's
// clock is its real time. A client that sleeps between its polls needs no change
// and waits for nothing. Events that a vendor pushes do not come into a bubble.
//
// When a test fails, its log gets the last requests, and t.ArtifactDir() the
// tenant's journal, its report card and a file that "vendorsim replay" plays
// again; go test keeps them with -artifacts.
package simtest

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
)

// Sim is one tenant. Its methods end the test where they fail, so they are for
// the goroutine of the test that called Start; a subtest that must not end its
// parent calls Start itself. URL, Auth, Env and Client may be called by any.
type Sim struct {
	Clock *Clock // the tenant's clock

	t       testing.TB
	host    *host
	control *api.Client
	tenant  api.Tenant   // as it was made; its scenario may have been replaced
	client  *http.Client // ends with the test
	over    func()
	mu      sync.Mutex
	ways    map[string]api.Credential // how the tenant is told to each vendor
}

// Start makes a tenant for the test, which ends with it. t is the test's own;
// in a testing/synctest bubble it is the bubble's.
func Start(t testing.TB, options ...Option) *Sim {
	t.Helper()
	w, err := want(options)
	if err != nil {
		t.Fatalf("simtest: %v", err)
	}
	h, err := open()
	if err != nil {
		t.Fatalf("simtest: %v", err)
	}
	s := &Sim{t: t, host: h, control: h.control}
	if s.tenant, err = h.control.NewTenant(context.Background(), w.NewTenant); err != nil {
		h.release()
		t.Fatalf("simtest: Start(%s): %v", w.words(), err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.client, s.over = &http.Client{Transport: &transport{h.transport, ctx}}, cancel
	s.ways, s.Clock = s.tenant.Credentials, &Clock{s}
	t.Cleanup(s.end)
	return s
}

// end is called when the test is over. What must be done is deferred: writing
// artifacts may end the goroutine.
func (s *Sim) end() {
	defer s.host.release()
	defer func() {
		if err := s.control.Delete(context.Background(), s.tenant.Name); err != nil {
			s.t.Errorf("simtest: %v", err)
		}
	}()
	defer s.over()
	if s.t.Failed() {
		s.keep()
	}
}

// Replace lets the tenant run another scenario from now on, of the options
// Scenario, YAML and Set. Tasks under way keep the lifecycle that they have;
// expectations are judged from here on.
func (s *Sim) Replace(options ...Option) Replaced {
	s.t.Helper()
	w, err := want(options)
	if err != nil {
		s.t.Fatalf("simtest: %v", err)
	}
	if w.Seed != nil || w.Clock != "" || w.Start != nil || w.Profiles != nil || w.NewTenant.Secret != "" {
		s.t.Fatalf("simtest: Replace(%s): it takes Scenario, YAML and Set; the rest stays as Start made it", w.words())
	}
	replaced := must[Replaced](s, "Replace(%s)", w.words())(s.control.ReplaceScenario(context.Background(), s.tenant.Name,
		api.Scenario{Scenario: w.Scenario, YAML: w.YAML, File: w.File, Set: w.Set}))
	s.learn(must[api.Tenant](s, "Replace")(s.control.Tenant(context.Background(), s.tenant.Name)))
	return replaced
}

// Reset begins the tenant anew, as Start made it: without the tasks that were
// created, tokens and journal, and with a clock that begins now.
func (s *Sim) Reset() {
	s.t.Helper()
	s.learn(must[api.Tenant](s, "Reset")(s.control.Reset(context.Background(), s.tenant.Name)))
}

// learn takes note of the vendors that the tenant has now.
func (s *Sim) learn(t api.Tenant) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ways = t.Credentials
}

// must ends the test at an error, and says what was asked for.
func must[T any](s *Sim, call string, args ...any) func(v T, err error) T {
	return func(v T, err error) T {
		s.t.Helper()
		if err != nil {
			s.t.Fatalf("simtest: %s: %v", fmt.Sprintf(call, args...), err)
		}
		return v
	}
}

// Tenant is the tenant's name: what a client logs in with as its user, client id
// or key, with "secret" as its secret.
func (s *Sim) Tenant() string { return s.tenant.Name }

// credential is how the tenant is told to a vendor.
func (s *Sim) credential(vendor string) api.Credential {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.ways[vendor]
	if !ok {
		s.t.Fatalf("simtest: the tenant's scenario has no vendor %q; it has %s", vendor,
			strings.Join(slices.Sorted(maps.Keys(s.ways)), ", "))
	}
	return c
}

func (s *Sim) has(vendor string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.ways[vendor]
	return ok
}

// URL is a vendor's base URL: what stands before the paths of its API, without
// a slash at its end.
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

// Client reaches the simulators and nothing else: it takes every host there, the
// vendors' real names too, with http or https. In a synctest bubble it is the
// only way to reach them. The test may change it; what it still waits for when
// the test ends is given up.
func (s *Sim) Client() *http.Client { return s.client }
