package sim

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// An answer that breaks the contract: enforced it is a plain 500 that names the
// field, never the value; reported it is sent and logged; off it is sent.
func TestContract(t *testing.T) {
	const sent = `{"id":"a","state":5,"size":1,"note":"secret"}`
	for mode, want := range map[string]struct {
		status      int
		contentType string
		body        string
		logged      bool
	}{
		Enforce: {500, "text/plain; charset=utf-8", "vendorsim: this answer breaks the contract of acme getTask, status 200, profile documented: body state: ", true},
		Report:  {200, "application/json", sent, true},
		Off:     {200, "application/json", sent, false},
	} {
		v := acme()
		v.Operations["getTask"] = func(*Call) (Reply, error) {
			return JSON(200, struct {
				ID    string `json:"id"`
				State int    `json:"state"`
				Size  int    `json:"size"`
				Note  string `json:"note"`
			}{"a", 5, 1, "secret"}).With("DOMAIN_UUID", "ab"), nil
		}
		b := serve(t, life, v, func(e *Env) { e.Contract = mode })
		w := b.do("GET", "/v1/task/a", "")
		b.want(w, want.status, want.body)
		if got := w.Header().Get("Content-Type"); got != want.contentType {
			t.Errorf("%s: Content-Type %s", mode, got)
		}
		if strings.Contains(b.logged(), "response breaks the contract") != want.logged {
			t.Errorf("%s: logged %s", mode, b.logged())
		}
		if mode == Enforce && strings.Contains(b.logged()+w.Body.String(), "secret") {
			t.Error("a value is told")
		}
		if mode != Off && !strings.HasPrefix(b.entries[0].Note, "contract: ") && !strings.HasPrefix(b.entries[0].Note, "vendorsim: ") {
			t.Errorf("%s: note %q", mode, b.entries[0].Note)
		}
	}
}

// Our own mistakes end as a plain 500 each, and the server goes on.
func TestMistakesOfOurs(t *testing.T) {
	for name, operation := range map[string]Operation{
		"a panic":          func(*Call) (Reply, error) { panic("boom") },
		"a nil pointer":    func(c *Call) (Reply, error) { return JSON(200, c.Tenant.Tasks("nobody").Spec(tenant.Ref{})), nil },
		"no JSON":          func(*Call) (Reply, error) { return JSON(200, func() {}), nil },
		"half of the JSON": func(*Call) (Reply, error) { return JSON(200, []any{1, func() {}}), nil },
		"no status":        func(*Call) (Reply, error) { return Reply{}, nil },
		"no such status":   func(*Call) (Reply, error) { return Text(42, "text/html", "x"), nil },
		"a nil fault":      func(*Call) (Reply, error) { return Reply{}, (*Fault)(nil) },
	} {
		for _, mode := range []string{Enforce, Report, Off} {
			v := acme()
			good := v.Operations["getTask"]
			v.Operations["getTask"] = operation
			b := serve(t, life+"tasks: [{id: a}]", v, func(e *Env) { e.Contract = mode })
			w := b.do("GET", "/v1/task/a", "")
			b.want(w, 500, "vendorsim: ")
			if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") || strings.Contains(w.Body.String(), "goroutine") || !strings.HasSuffix(w.Body.String(), "\n") {
				t.Errorf("%s, %s: %v %s", name, mode, w.Header(), w.Body)
			}
			v.Operations["getTask"] = good
			b.want(b.do("GET", "/v1/task/a", ""), 200, "queued")
		}
	}
	v := acme()
	v.Fault = func(*Call, *Fault) Reply { panic("boom") }
	b := serve(t, life, v)
	b.want(b.do("GET", "/nowhere", ""), 500, "vendorsim: internal error, see its log\n")
	if !strings.Contains(b.logged(), "level=ERROR msg=panic vendor=acme operation=none panic=boom stack=") {
		t.Errorf("logged %s", b.logged())
	}
	if len(b.entries) != 1 || b.entries[0].Status != 500 {
		t.Errorf("entries %+v", b.entries)
	}
}

// Too many tenants, and a scenario that cannot be loaded, are ours to say, not
// the vendor's.
func TestNoRoomForATenant(t *testing.T) {
	b := serve(t, life, acme())
	for _, c := range []struct {
		err    error
		status int
		text   string
	}{
		{tenant.ErrFull, 503, "vendorsim: too many tenants are active; see --max-tenants\n"},
		{errors.New("bad.yaml:3:1: a mistake"), 500, "vendorsim: bad.yaml:3:1: a mistake\n"},
	} {
		w := acmeWorld(t, life, acme(), b.spec)
		registry := tenant.NewRegistry("test", 1, func(name string) (*tenant.World, error) {
			if name == "broken" {
				return nil, c.err
			}
			return w, nil
		}, clock.NewManual(start), discard)
		h, err := Handler(acme(), b.spec, Env{Tenants: registry, Source: b.source, Logger: discard, Contract: Enforce})
		if err != nil {
			t.Fatal(err)
		}
		b.Handler = h
		got := b.do("GET", "/v1/task/a", "", "Authorization: Bearer broken")
		b.want(got, c.status, c.text)
		if !strings.HasPrefix(got.Header().Get("Content-Type"), "text/plain") {
			t.Errorf("Content-Type %s", got.Header().Get("Content-Type"))
		}
	}
	b.want(b.do("GET", "/v1/task/x", "", "Authorization: Bearer demo"), 404, "unknown-task")
	b.want(b.do("GET", "/v1/task/x", "", "Authorization: Bearer test~1"), 503, "vendorsim: too many tenants")
	b.want(b.do("GET", "/v1/task/x", "", "Authorization: Bearer demo"), 404, "unknown-task")
}

// What a scenario sets replaces a computed field in its place; what is new
// follows, sorted; a state's fields win over the task's. Nothing is escaped
// that need not be.
func TestSetKeepsTheOrder(t *testing.T) {
	b := serve(t, `
lifecycles:
  l:
    queued: {phase: pending, polls: 1, to: running, set: {state: waiting, note: from the state}}
    running: {phase: running, forever: true}
tasks:
  - {id: a}
  - {id: b, set: {more: {z: 1, a: [x, null, true]}, note: "<b> & é \"", after: 1.5, size: 7}}
`, acme())
	for _, c := range []struct{ id, want string }{
		{"a", `{"id":"a","state":"waiting","size":1,"note":"from the state"}`},
		{"a", `{"id":"a","state":"running","size":1,"note":"<&>"}`},
		{"b", `{"id":"b","state":"waiting","size":7,"note":"from the state","after":1.5,"more":{"a":["x",null,true],"z":1}}`},
		{"b", `{"id":"b","state":"running","size":7,"note":"<b> & é \"","after":1.5,"more":{"a":["x",null,true],"z":1}}`},
	} {
		if w := b.do("GET", "/v1/task/"+c.id, ""); w.Body.String() != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.id, w.Body, c.want)
		}
	}
}

// Names of members that Go and JSON would quote in another way.
func TestOverrideQuotesAsJSON(t *testing.T) {
	got, err := override([]byte(`{"a\u0000b":1,"\ud83d\ude00":2,"<&>":3}`), map[string]any{"new\x7f\u2028": 4, "<&>": json5{}})
	want := `{"a\u0000b":1,"😀":2,"<&>":5,"new` + "\x7f" + `\u2028":4}`
	if err != nil || string(got) != want {
		t.Errorf("got %s %v\nwant %s", got, err, want)
	}
	for _, doc := range []string{`[]`, `1`, ``, `{"a":`, `{"a"`} {
		if got, err := override([]byte(doc), map[string]any{"x": 1}); err == nil {
			t.Errorf("%s becomes %s", doc, got)
		}
	}
}

type json5 struct{}

func (json5) MarshalJSON() ([]byte, error) { return []byte("5"), nil }

// On the wire a header's name has the case that the vendor gave it, and lines
// with one name stand in their order.
func TestHeadersOnTheWire(t *testing.T) {
	b := serve(t, life+"tasks: [{id: a}]", acme())
	server := httptest.NewServer(b)
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET /v1/task/a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer demo\r\nConnection: close\r\n\r\n")
	data, err := io.ReadAll(bufio.NewReader(conn))
	if err != nil {
		t.Fatal(err)
	}
	head, body, _ := strings.Cut(string(data), "\r\n\r\n")
	head = regexp.MustCompile(`\r\nDate: [^\r]*`).ReplaceAllString(head, "\r\nDate: now")
	want := "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDOMAIN_UUID: ab\r\nDate: now\r\nX-Twice: 1\r\nX-Twice: 2\r\nX-Vendorsim-Request: demo.1\r\nContent-Length: 49\r\nConnection: close"
	if head != want {
		t.Errorf("got\n%s\nwant\n%s", head, want)
	}
	if body != `{"id":"a","state":"queued","size":1,"note":"<&>"}` {
		t.Errorf("body %s", body)
	}
}

// With never changes the reply that it was asked of.
func TestWithCopies(t *testing.T) {
	base := JSON(200, nil).With("A", "1").With("B", "2")
	one, two := base.With("C", "3"), base.With("D", "4")
	if one.Header[2].Name != "C" || two.Header[2].Name != "D" || len(base.Header) != 2 {
		t.Errorf("%v %v %v", base.Header, one.Header, two.Header)
	}
}

var hexID = regexp.MustCompile(`"tracking":"([0-9a-f]{32})"`)

// Tracking ids are the same in every run, and never twice the same in one.
func TestTrackingIDs(t *testing.T) {
	run := func() (ids []string) {
		b := serve(t, life+"tasks: [{id: a}]", acme())
		for _, header := range []string{"Authorization: Bearer nosuch", "", "", "Authorization: Bearer test~x", "", "Authorization: Bearer nosuch"} {
			w := b.do("GET", "/nowhere", "", header)
			id := hexID.FindStringSubmatch(w.Body.String())
			if id == nil {
				t.Fatalf("no tracking id in %s", w.Body)
			}
			ids = append(ids, id[1])
		}
		return ids
	}
	first, second := run(), run()
	if fmt.Sprint(first) != fmt.Sprint(second) {
		t.Errorf("first %v\nthen %v", first, second)
	}
	seen := map[string]int{}
	for i, id := range first {
		if j, twice := seen[id]; twice && i != 3 { // another tenant has its own first
			t.Errorf("%d and %d have the same", i, j)
		}
		seen[id] = i
	}
	if first[3] != first[1] {
		t.Errorf("another tenant's first is %s, want %s: labels play no part", first[3], first[1])
	}
}

func TestMadeUpIDs(t *testing.T) {
	if got := Hex(7, 40, "a"); len(got) != 40 || !regexp.MustCompile(`^[0-9a-f]+$`).MatchString(got) || got != Hex(7, 40, "a") || got == Hex(8, 40, "a") || got == Hex(7, 40, "b") {
		t.Errorf("Hex gives %s", got)
	}
	if got := UUID(7, "a"); !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(got) {
		t.Errorf("UUID gives %s", got)
	}
	if string(AppendHexNumber(nil, 255, 4)) != "00ff" || string(AppendHexNumber(nil, 1<<40, 10)) != "10000000000" {
		t.Error("HexNumber")
	}
	parts := make([]string, 1, 5)
	Hex(7, 40, parts...)
	if parts[:2][1] != "" {
		t.Error("Hex wrote behind its caller's parts")
	}
}

// One line a request: what was asked, of whom, and how it ended.
func TestLogEntries(t *testing.T) {
	b := serve(t, life+"tasks: [{id: a}]", acme())
	_ = b.source.Advance(3 * time.Second)
	b.do("GET", "/v1/task/a", "")
	b.do("GET", "/v1/task/unknown", "")
	b.do("GET", "/nowhere", "", "Authorization: Bearer nosuch~x")
	b.do("POST", "/v1/rpc", `{"method":"getStatus","id":1,"params":{"taskId":"a"}}`)
	want := []string{
		"demo getTask a queued 200 09:00:03 []",
		"demo getTask   404 09:00:03 [unknown-task]",
		" none   401 00:00:00 [credential (8 bytes, hash 6c9e) names no tenant: demo, a scenario, or scenario~label]",
		"demo getStatus a queued 200 09:00:03 []",
	}
	for i, e := range b.entries {
		got := fmt.Sprintf("%s %s %s %s %d %s [%s]", e.Tenant, e.Operation, e.Task, e.State, e.Status, e.TenantTime.Format("15:04:05"), e.Note)
		got = regexp.MustCompile("hash [0-9a-f]{4}").ReplaceAllString(got, "hash 6c9e")
		if got != want[i] {
			t.Errorf("got  %s\nwant %s", got, want[i])
		}
		if e.Vendor != "acme" || e.Latency < 0 {
			t.Errorf("%+v", e)
		}
	}
}

// Retry-After is real time: divided by N under xN.
func TestRetryAfter(t *testing.T) {
	for mode, want := range map[string]string{"real": "60", "x60": "1", "x7": "9", "skip": "60"} {
		b := serve(t, "clock: {mode: "+mode+"}\nlimits: [{per: token, requests: 1, window: 60s}]"+life+"tasks: [{id: a}]", acme())
		b.want(b.do("GET", "/v1/task/a", ""), 200, "")
		w := b.do("GET", "/v1/task/a", "")
		b.want(w, 429, "rate-limited")
		if got := w.Header().Get("Retry-After"); got != want {
			t.Errorf("%s: Retry-After %s, want %s", mode, got, want)
		}
		b.want(b.do("GET", "/v1/task/a", "", basic("demo", "secret")), 200, "") // another token: none
		wait, _ := time.ParseDuration(want + "s")
		_ = b.source.Advance(wait)
		b.want(b.do("GET", "/v1/task/a", ""), 200, "")
	}
}
