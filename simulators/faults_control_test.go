package simulators

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// pollOf asks for a task at SailPoint as a tenant; the status is 0 where the
// connection ends without an answer.
func pollOf(s *Server, name, id string) *http.Response {
	r := httptest.NewRequest("GET", "/sailpoint/v2025/task-status/"+id, nil)
	r.Header = http.Header{"Authorization": {"Bearer " + name}, "X-Sailpoint-Experimental": {"true"}}
	return api.Ask(s, r)
}

// What a plan says of chances, a tenant of that scenario meets.
func TestPlanFaultsAgreeWithTheServer(t *testing.T) {
	const file = "testdata/plan/stormy.yaml"
	vendors, err := loadVendors()
	if err != nil {
		t.Fatal(err)
	}
	world, at, problems, err := planWorld(file, PlanOptions{}, vendors)
	if err != nil || problems.Err() != nil {
		t.Fatal(err, problems)
	}
	hits := map[string][]int{}
	for _, f := range newPlanDoc(world, vendors, at, problems, false).Faults {
		for _, h := range f.Hits {
			if h.Task == "id12345" {
				hits[f.Fault.Name] = h.Fires
			}
		}
	}
	if len(hits["brownout"]) == 0 || len(hits["nightly-only"]) == 0 {
		t.Fatalf("%v", hits)
	}
	s, source := testServer(t, Options{File: file, Limits: "off", dry: true})
	pollOf(s, "stormy~x", "unknown") // it begins
	if err := source.Set(source.Now().Add(21 * time.Second)); err != nil {
		t.Fatal(err)
	}
	got := map[string][]int{}
	for n := range planRequests {
		for _, name := range strings.Split(pollOf(s, "stormy~x", "id12345").Header.Get(sim.FaultHeader), ", ") {
			got[name] = append(got[name], n+1)
		}
	}
	for name, want := range map[string][]int{"brownout": hits["brownout"], "nightly-only": without(hits["nightly-only"], hits["brownout"])} {
		if !slices.Equal(got[name], want) {
			t.Errorf("%s fires at %v, planned %v", name, got[name], want)
		}
	}
}

// without are the numbers that do not stand among others: a fault that comes
// first takes the answer.
func without(numbers, others []int) []int {
	var rest []int
	for _, n := range numbers {
		if !slices.Contains(others, n) {
			rest = append(rest, n)
		}
	}
	return rest
}

func TestLimitsOff(t *testing.T) {
	const polls = 12 // rate-limited lets 5 pass
	for limits, want := range map[string]int{"": 7, "on": 7, "off": 0} {
		s, _ := testServer(t, Options{Scenario: "rate-limited", Limits: limits})
		control, err := api.NewClient("http://localhost", "", api.InProcess(s.Control()))
		if err != nil {
			t.Fatal(err)
		}
		made, err := control.NewTenant(context.Background(), api.NewTenant{
			Label: "text", YAML: "version: 1\nname: strict\nextends: happy\nlimits: [{per: tenant, requests: 5, window: 1h}]\n",
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{tenant.Demo, "rate-limited~x", made.Name} {
			refused := 0
			for range polls {
				if pollOf(s, name, "id12345").StatusCode == http.StatusTooManyRequests {
					refused++
				}
			}
			if refused != want {
				t.Errorf("limits %q: %s was refused %d times, want %d", limits, name, refused, want)
			}
		}
		text, err := control.Scenario(context.Background(), "rate-limited~x")
		if err != nil || strings.Contains(text.YAML, "limits: []") != (limits == "off") {
			t.Errorf("limits %q: %v, and the tenant runs\n%s", limits, err, text.YAML)
		}
	}
	if _, err := New(Options{Limits: "none"}); !errors.As(err, &UsageError{}) || !strings.Contains(err.Error(), `limits "none" is neither on nor off`) {
		t.Error(err)
	}
}

// Answers name the faults that fired, unless they are to be silent.
func TestSilentFaults(t *testing.T) {
	for _, silent := range []bool{false, true} {
		s, _ := testServer(t, Options{SilentFaults: silent, Set: []string{"faults=[{name: late, answer: {latency: 1ms}}, {name: down, nth: 2, answer: {status: 429}}]"}})
		for i, want := range []string{"late", "late, down"} {
			w := pollOf(s, tenant.Demo, "id12345")
			if silent {
				want = ""
			}
			if got := w.Header.Get(sim.FaultHeader); got != want {
				t.Errorf("silent %t, answer %d names %q, want %q", silent, i+1, got, want)
			}
		}
	}
}

// Faults of a scenario and by hand, and revoked tokens, come back from a
// recording: also an answer that there was none of, and one that was late.
func TestReplayOfFaults(t *testing.T) {
	for _, silent := range []bool{false, true} {
		s, source := testServer(t, Options{SilentFaults: silent, Limits: "off", Scenario: "rate-limited", Set: []string{
			"faults=[{name: lost, on: poll, nth: 2, answer: {reset: true}}, {name: brownout, on: poll, chance: 40%, answer: {status: 429, retry_after: 5s}}, " +
				"{name: torn, on: poll, every: 3, answer: {truncate: 60%}}, {name: late, on: poll, answer: {latency: 1ms..2ms}}]",
		}})
		c := recordeeOf(t, s, "rate-limited~x")
		ctx, statuses := context.Background(), map[int]int{}
		polls := func() {
			for range 10 {
				statuses[pollOf(s, c.name, "id12345").StatusCode]++
				if err := source.Set(source.Now().Add(time.Second)); err != nil {
					t.Fatal(err)
				}
			}
		}
		polls()
		c.logIn()
		if _, err := c.control.AddFault(ctx, c.name, api.NewFault{"name": "page", "on": "poll", "chance": "30%", "answer": map[string]any{"html": true}}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.control.AddFault(ctx, c.name, api.NewFault{"yaml": "{name: gone, on: login, nth: 1000, answer: {empty: true}}", "file": "gone.yaml"}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.control.FireFault(ctx, c.name, "gone"); err != nil {
			t.Fatal(err)
		}
		login := httptest.NewRequest("POST", "/sailpoint/oauth/token?grant_type=client_credentials&client_id="+c.name+"&client_secret=secret", nil)
		if got := api.Ask(s, login).StatusCode; got != 0 {
			t.Errorf("a log-in was answered %d", got)
		}
		if err := c.control.RemoveFault(ctx, c.name, "brownout"); err != nil {
			t.Fatal(err)
		}
		if revoked, err := c.control.RevokeTokens(ctx, c.name, api.Revoke{}); err != nil || revoked.Revoked == 0 {
			t.Errorf("%+v, %v", revoked, err)
		}
		polls()
		if statuses[0] != 1 || statuses[http.StatusOK] == 0 || statuses[http.StatusTooManyRequests] == 0 || statuses[http.StatusServiceUnavailable] == 0 {
			t.Errorf("the answers are %v", statuses)
		}
		n, _ := s.tenants.Find(c.name)
		data, err := s.recording(n)
		if err != nil {
			t.Fatal(err)
		}
		if done := mustBeSame(t, data, ReplayOptions{}); done.Answers < 25 {
			t.Errorf("only %d answers", done.Answers)
		}
	}
}
