package simtest_test

import (
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vendorsim/vendorsim/simulators/simtest"
)

// What Start gives is enough to ask each vendor.
func TestEachVendor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ vendor, method, path, body, want string }{
		{"bitdefender", "POST", "/api/v1.1/jsonrpc/network",
			`{"id":"1","jsonrpc":"2.0","method":"getTaskStatus","params":{"taskId":"65f46d08c6d2865b32048ba3","options":{"returnSubtasks":true}}}`, `"status":1`},
		{"checkpoint", "GET", "/app/hec-api/v1.0/task/4b8312c5b04d4a6d884662237fa2e25d", "", `"status":"init"`},
		{"cisco", "GET", "/v1/cdfmc/api/fmc_config/v1/domain/e276abec-e0f2-11e3-8169-6d9ed49b625f/job/taskstatuses/" + ciscoTask, "", `"status":"Pending"`},
		{"dbvisit", "POST", "/task/list", `{"params":{"configuration_id":1,"show_hidden":false}}`, `"state":"In Progress"`},
		{"sailpoint", "GET", "/v2025/task-status/" + sailpointTask, "", `"progress":"Initializing..."`},
	} {
		t.Run(c.vendor, func(t *testing.T) {
			t.Parallel()
			sim := simtest.Start(t, simtest.ClockMode("frozen"))
			client := &http.Client{Transport: withHeader{sim.Client().Transport, "x-av-req-id", "d290f1ee-6c54-4b01-90e6-d701748f0851"}}
			code, body := ask(t, client, sim, c.vendor, c.method, c.path, c.body)
			if code != http.StatusOK || !strings.Contains(body, c.want) {
				t.Errorf("%d %s, want %s", code, body, c.want)
			}
			env := strings.Join(sim.Env(c.vendor), "\n")
			if !strings.Contains(env, "="+sim.URL(c.vendor)) || !strings.Contains(env, "="+sim.Tenant()) {
				t.Errorf("the environment does not tell the URL and the tenant:\n%s", env)
			}
			auth := sim.Auth(c.vendor)
			auth.Set("Authorization", "changed")
			if sim.Auth(c.vendor).Get("Authorization") == "changed" {
				t.Error("a header that one caller changes is another's too")
			}
		})
	}
}

type withHeader struct {
	base        http.RoundTripper
	name, value string
}

func (w withHeader) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set(w.name, w.value)
	return w.base.RoundTrip(r)
}

// A client that knows only the vendor's real name, with https, needs no other:
// Client leads to the simulator.
func TestRealHostNames(t *testing.T) {
	t.Parallel()
	sim := simtest.Start(t)
	for _, url := range []string{
		"https://acme.api.identitynow.com/v2025/task-status/" + sailpointTask,
		"http://acme.api.identitynow.com/v2025/task-status/" + sailpointTask,
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header = sim.Auth("sailpoint")
		req.Header.Set("X-SailPoint-Experimental", "true")
		res, err := sim.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if _ = res.Body.Close(); res.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", url, res.Status)
		}
	}
}

// A tenant begins at Start, not at its first request.
func TestBeginsAtStart(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)
	sim := simtest.Start(t, simtest.ClockMode("frozen"), simtest.StartAt(at))
	if now := sim.Clock.Now(); !now.Equal(at) {
		t.Errorf("it is %s", now)
	}
	sim.Clock.Advance(4 * time.Second)
	if got := status(t, sim.Client(), sim, sailpointTask); got != simtest.Running {
		t.Errorf("4s after Start, a task that waits for 3s is %s at the first request", got)
	}
}

// It never idles out, and what it learned stays.
func TestNeverIdlesOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim := simtest.Start(t, simtest.Scenario("stuck"))
		id := sim.Create(simtest.NewTask{Vendor: "sailpoint"}).ID
		time.Sleep(3 * time.Hour) // a tenant that came by a request is forgotten after half an hour
		status(t, sim.Client(), sim, id)
	})
}

// The server ends with the last test that needs it: nothing is left behind, be
// the test good, failed or ended half-way, outside of a bubble and inside.
func TestLeavesNoGoroutine(t *testing.T) {
	before := goroutines(t)
	plain := &http.Client{Transport: &http.Transport{}}
	var hanging []net.Conn
	t.Cleanup(func() {
		for _, conn := range hanging {
			_ = conn.Close()
		}
	})
	for name, test := range map[string]func(t testing.TB){
		"good":   func(t testing.TB) { status(t, plain, simtest.Start(t), sailpointTask) },
		"failed": func(t testing.TB) { status(t, plain, simtest.Start(t), sailpointTask); t.Errorf("no") },
		"ended":  func(t testing.TB) { status(t, plain, simtest.Start(t), sailpointTask); t.Fatalf("no") },
		"bad":    func(t testing.TB) { simtest.Start(t, simtest.Scenario("no-such")) },
		"two":    func(t testing.TB) { simtest.Start(t); simtest.Start(t) },
		"waiting": func(t testing.TB) {
			sim := simtest.Start(t, simtest.Scenario("stuck"))
			sim.WaitFor(sailpointTask, simtest.Ended, time.Millisecond)
		},
		"unread": func(t testing.TB) {
			sim := simtest.Start(t)
			res, err := sim.Client().Get(sim.URL("sailpoint") + "/v2025/task-status")
			if err != nil {
				t.Errorf("%v", err)
			}
			_ = res // a client that forgets to close the body
		},
		"hanging": func(t testing.TB) { // a client that the test does not wait for
			hanging = append(hanging, hang(t, simtest.Start(t)))
		},
	} {
		if _, f := try(t, test); f.Failed() != (name != "good" && name != "two" && name != "unread" && name != "hanging") {
			t.Errorf("%s: %s", name, f.text)
		}
		if left := leftBehind(t, before); left != "" {
			t.Errorf("%s leaves behind:\n%s", name, left)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		sim := simtest.Start(t)
		status(t, sim.Client(), sim, sailpointTask)
	})
	if left := leftBehind(t, before); left != "" {
		t.Errorf("a bubble leaves behind:\n%s", left)
	}
}

// When the test is over, its client says so and asks nobody else's tenant.
func TestClientEndsWithTheTest(t *testing.T) {
	t.Parallel()
	hold := simtest.Start(t) // the server stays
	var sim *simtest.Sim
	try(t, func(t testing.TB) { sim = simtest.Start(t) })
	_, err := sim.Client().Get(hold.URL("sailpoint"))
	if err == nil || !strings.Contains(err.Error(), "the test is over") {
		t.Errorf("%v", err)
	}
}

// A Client that one test changes is its own.
func TestClientIsTheTestsOwn(t *testing.T) {
	t.Parallel()
	a, b := simtest.Start(t), simtest.Start(t)
	a.Client().Timeout = time.Nanosecond
	if b.Client().Timeout != 0 || a.Client().Timeout == 0 {
		t.Error("two tests have one client")
	}
	if a.URL("cisco") != b.URL("cisco") {
		t.Error("two tests have two servers")
	}
	if a.Tenant() == b.Tenant() {
		t.Error("two tests have one tenant")
	}
}
