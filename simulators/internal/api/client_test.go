package api

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// seen is what a server saw of a call.
type seen struct{ method, uri, contentType, authorization, body string }

// server answers every call alike and keeps the last one.
func server(t *testing.T, status int, contentType, body string) (*Client, *seen) {
	t.Helper()
	last := new(seen)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, _ := io.ReadAll(r.Body)
		*last = seen{r.Method, r.RequestURI, r.Header.Get("Content-Type"), r.Header.Get("Authorization"), string(sent)}
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	c, err := NewClient(s.URL, "let-me-in", nil)
	if err != nil {
		t.Fatal(err)
	}
	return c, last
}

func TestAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"127.0.0.1:7801":              "http://127.0.0.1:7801",
		"localhost:7801":              "http://localhost:7801",
		"http://127.0.0.1:7801/":      "http://127.0.0.1:7801",
		"https://sim.example:1/below": "https://sim.example:1/below",
		"[::1]:7801":                  "http://[::1]:7801",
	} {
		c, err := NewClient(address, "", nil)
		if err != nil || c.Address() != want {
			t.Errorf("%s: %v, %v; want %s", address, c, err, want)
		}
	}
	for address, want := range map[string]string{
		"":                      "give host:port or a URL",
		":7801":                 "give host:port or a URL",
		"http://":               "give host:port or a URL",
		"ftp://127.0.0.1":       "the scheme is http or https",
		"http://u:p@host:1":     "no user, query or fragment",
		"127.0.0.1:7801/?a=b":   "no user, query or fragment",
		"127.0.0.1:7801:\x7f/x": "give host:port or a URL",
	} {
		if _, err := NewClient(address, "", nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", address, err, want)
		}
	}
}

// Each typed call is one method and one path, whatever a name holds.
func TestCalls(t *testing.T) {
	const tenant = "incident/x~a b"
	const at = "/tenants/incident%2Fx~a%20b"
	ctx := context.Background()
	to := time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)
	calls := []struct {
		call func(*Client) error
		want seen
	}{
		{func(c *Client) error { _, err := c.Tenants(ctx); return err }, seen{method: "GET", uri: "/tenants"}},
		{func(c *Client) error { _, err := c.NewTenant(ctx, NewTenant{Scenario: "slow"}); return err },
			seen{method: "POST", uri: "/tenants", body: `{"scenario":"slow"}`}},
		{func(c *Client) error { _, err := c.Tenant(ctx, tenant); return err }, seen{method: "GET", uri: at}},
		{func(c *Client) error { _, err := c.Reset(ctx, tenant); return err }, seen{method: "POST", uri: at + "/reset"}},
		{func(c *Client) error { return c.Delete(ctx, tenant) }, seen{method: "DELETE", uri: at}},
		{func(c *Client) error { _, err := c.Clock(ctx, tenant); return err }, seen{method: "GET", uri: at + "/clock"}},
		{func(c *Client) error { _, err := c.Freeze(ctx, tenant); return err }, seen{method: "POST", uri: at + "/clock/freeze"}},
		{func(c *Client) error { _, err := c.Resume(ctx, tenant); return err }, seen{method: "POST", uri: at + "/clock/resume"}},
		{func(c *Client) error { _, err := c.Speed(ctx, tenant, 60); return err },
			seen{method: "POST", uri: at + "/clock/speed", body: `{"speed":60}`}},
		{func(c *Client) error { _, err := c.Advance(ctx, tenant, Advance{To: &to}); return err },
			seen{method: "POST", uri: at + "/clock/advance", body: `{"to":"2026-01-15T09:00:00Z"}`}},
		{func(c *Client) error {
			_, err := c.Tasks(ctx, tenant, TaskQuery{Vendor: "cisco", Phase: "running", Limit: 5, Offset: 10})
			return err
		}, seen{method: "GET", uri: at + "/tasks?limit=5&offset=10&phase=running&vendor=cisco"}},
		{func(c *Client) error { _, err := c.Tasks(ctx, tenant, TaskQuery{}); return err }, seen{method: "GET", uri: at + "/tasks"}},
		{func(c *Client) error { _, err := c.Task(ctx, tenant, "cisco", "a/b?c"); return err },
			seen{method: "GET", uri: at + "/tasks/cisco/a%2Fb%3Fc"}},
		{func(c *Client) error { _, err := c.CreateTask(ctx, tenant, NewTask{Vendor: "cisco"}); return err },
			seen{method: "POST", uri: at + "/tasks", body: `{"vendor":"cisco"}`}},
		{func(c *Client) error {
			_, err := c.Force(ctx, tenant, "cisco", "1", Force{State: "failed"})
			return err
		},
			seen{method: "POST", uri: at + "/tasks/cisco/1/force", body: `{"state":"failed"}`}},
		{func(c *Client) error { _, err := c.Cancel(ctx, tenant, "cisco", "1"); return err },
			seen{method: "POST", uri: at + "/tasks/cisco/1/cancel"}},
		{func(c *Client) error { _, err := c.Expire(ctx, tenant, "cisco", "1"); return err },
			seen{method: "POST", uri: at + "/tasks/cisco/1/expire"}},
		{func(c *Client) error { _, err := c.Faults(ctx, tenant); return err }, seen{method: "GET", uri: at + "/faults"}},
		{func(c *Client) error {
			_, err := c.AddFault(ctx, tenant, NewFault{"name": "torn", "answer": map[string]any{"truncate": "60%"}})
			return err
		},
			seen{method: "POST", uri: at + "/faults", body: `{"answer":{"truncate":"60%"},"name":"torn"}`}},
		{func(c *Client) error { return c.RemoveFault(ctx, tenant, "a/b") }, seen{method: "DELETE", uri: at + "/faults/a%2Fb"}},
		{func(c *Client) error { _, err := c.FireFault(ctx, tenant, "torn"); return err },
			seen{method: "POST", uri: at + "/faults/torn/fire"}},
		{func(c *Client) error { _, err := c.Tokens(ctx, tenant); return err }, seen{method: "GET", uri: at + "/tokens"}},
		{func(c *Client) error {
			_, err := c.RevokeTokens(ctx, tenant, Revoke{Vendor: "cisco", Kind: "access"})
			return err
		},
			seen{method: "POST", uri: at + "/tokens/revoke", body: `{"vendor":"cisco","kind":"access"}`}},
		{func(c *Client) error { _, err := c.RevokeTokens(ctx, tenant, Revoke{}); return err },
			seen{method: "POST", uri: at + "/tokens/revoke", body: `{}`}},
		{func(c *Client) error { _, err := c.Scenario(ctx, tenant); return err }, seen{method: "GET", uri: at + "/scenario"}},
		{func(c *Client) error {
			_, err := c.ReplaceScenario(ctx, tenant, Scenario{Scenario: "slow"})
			return err
		},
			seen{method: "PUT", uri: at + "/scenario", body: `{"scenario":"slow"}`}},
		{func(c *Client) error {
			_, err := c.Journal(ctx, tenant, JournalQuery{Vendor: "cisco", Status: "4xx", Refused: true, After: 7, Limit: 9})
			return err
		}, seen{method: "GET", uri: at + "/journal?after=7&limit=9&refused=true&status=4xx&vendor=cisco"}},
		{func(c *Client) error { _, err := c.Journal(ctx, Refused, JournalQuery{}); return err }, seen{method: "GET", uri: "/refused"}},
		{func(c *Client) error { _, err := c.HAR(ctx, tenant, JournalQuery{}, true); return err },
			seen{method: "GET", uri: at + "/journal.har?partial=true"}},
		{func(c *Client) error { _, err := c.HAR(ctx, Refused, JournalQuery{}, false); return err },
			seen{method: "GET", uri: "/refused.har"}},
		{func(c *Client) error { _, err := c.Replay(ctx, tenant); return err }, seen{method: "GET", uri: at + "/replay"}},
		{func(c *Client) error { _, err := c.Wait(ctx, tenant, Wait{Idle: "2s"}); return err },
			seen{method: "POST", uri: at + "/wait", body: `{"idle":"2s"}`}},
		{func(c *Client) error { _, err := c.Report(ctx, tenant); return err }, seen{method: "GET", uri: at + "/report"}},
		{func(c *Client) error { _, err := c.ReportAs(ctx, tenant, ReportJUnit); return err },
			seen{method: "GET", uri: at + "/report?format=junit"}},
		{func(c *Client) error { _, err := c.Why(ctx, "incident/x~a.17"); return err },
			seen{method: "GET", uri: "/requests/incident%2Fx~a.17"}},
		{func(c *Client) error { _, err := c.Health(ctx); return err }, seen{method: "GET", uri: "/healthz"}},
		{func(c *Client) error { _, err := c.Ready(ctx); return err }, seen{method: "GET", uri: "/readyz"}},
		{func(c *Client) error { _, err := c.Version(ctx); return err }, seen{method: "GET", uri: "/version"}},
	}
	c, last := server(t, 200, "application/json", `{}`)
	for _, call := range calls {
		if err := call.call(c); err != nil {
			t.Errorf("%s %s: %v", call.want.method, call.want.uri, err)
		}
		call.want.authorization = "Bearer let-me-in"
		if call.want.method != "GET" {
			call.want.contentType = "application/json"
		}
		if *last != call.want {
			t.Errorf("sent %+v\nwant %+v", *last, call.want)
		}
	}
}

func TestProblem(t *testing.T) {
	c, _ := server(t, 409, "application/problem+json; charset=utf-8",
		`{"type":"urn:vendorsim:problem:past","title":"no way back","status":409,"detail":"the clock is later than that"}`)
	_, err := c.Clock(context.Background(), "demo")
	var p *Problem
	if !errors.As(err, &p) || p.Status != 409 || p.Type != "urn:vendorsim:problem:past" || err.Error() != "the clock is later than that" {
		t.Errorf("%v", err)
	}
}

// What answers may be something else than a control API.
func TestNotTheControlAPI(t *testing.T) {
	for name, answer := range map[string]struct {
		status     int
		media      string
		body, want string
	}{
		"another server":     {404, "text/html", "<h1>Not here</h1>", `404 Not Found: this is not the control API's answer: "<h1>Not here</h1>"`},
		"a redirect":         {302, "text/html", "", "302 Found: this is not"},
		"a broken problem":   {500, "application/problem+json", "{", "500 Internal Server Error: this is not"},
		"good, but not JSON": {200, "text/html", "<h1>Hello</h1>", "the answer is not the control API's"},
	} {
		c, _ := server(t, answer.status, answer.media, answer.body)
		_, err := c.Tenants(context.Background())
		if err == nil || !strings.Contains(err.Error(), answer.want) || !strings.Contains(err.Error(), "GET /tenants") {
			t.Errorf("%s: %v, want %s", name, err, answer.want)
		}
	}
}

func TestNobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	c, err := NewClient(address, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Tenants(context.Background())
	if err == nil || !strings.HasPrefix(err.Error(), "no control API at http://"+address+": is vendorsim serving, with --admin?") {
		t.Error(err)
	}
}

func TestRaw(t *testing.T) {
	c, _ := server(t, 200, "text/plain", "a table\n")
	text, err := c.ReportAs(context.Background(), "demo", ReportText)
	if err != nil || string(text) != "a table\n" {
		t.Errorf("%q, %v", text, err)
	}
}
