package sim

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/vendorsim/vendorsim/openapi"
)

// The fixed order of refusals: each request has many faults, and the answer is
// the first of guards, limits, path and body, contract, operation.
func TestOrderOfRefusals(t *testing.T) {
	asked := 0
	v := acme()
	for name, operation := range v.Operations {
		v.Operations[name] = func(c *Call) (Reply, error) { asked++; return operation(c) }
	}
	b := serve(t, life+"tasks: [{id: a}]\nlimits: [{per: tenant, requests: 5, window: 1m}]", v)
	huge := strings.Repeat("x", MaxBody+1)
	for _, c := range []struct {
		what, method, target, body string
		header                     string
		status                     int
		contains                   string
	}{
		{"unknown tenant, guard, path", "GET", "/nowhere", huge, "Authorization: Bearer nosuch~\nX-Forbid: 1", 401, "unauthorized"},
		{"no credential, guard, method", "PUT", "/v1/task/a", "{", "Authorization: \nX-Forbid: 1", 401, "unauthorized"},
		{"guard, path", "GET", "/nowhere", "", "X-Forbid: 1", 403, "forbidden"},
		{"guard, method", "PUT", "/v1/task/a", "", "X-Forbid: 1", 403, "forbidden"},
		{"guard, malformed", "POST", "/v1/task", "{", "X-Forbid: 1", 403, "forbidden"},
		{"guard, too large", "POST", "/v1/task", huge, "X-Forbid: 1", 403, "forbidden"},
		{"guard, contract", "GET", "/v1/task/a?limit=0", "", "X-Forbid: 1", 403, "forbidden"},
		{"path", "GET", "/nowhere", "", "", 404, "not-found"},                      // 1 of 5
		{"method", "PUT", "/v1/task/a", "", "", 405, "method-not-allowed"},         // 2
		{"malformed, contract", "POST", "/v1/task", "{", "", 400, "malformed"},     // 3
		{"too large, malformed", "POST", "/v1/task", huge, "", 413, "too-large"},   // 4
		{"contract, task", "GET", "/v1/task/zz?limit=0", "", "", 400, "query lim"}, // 5
		{"limit, path", "GET", "/nowhere", "", "", 429, "rate-limited"},
		{"limit, method", "PUT", "/v1/task/a", "", "", 429, "rate-limited"},
		{"limit, malformed", "POST", "/v1/task", "{", "", 429, "rate-limited"},
		{"limit, too large", "POST", "/v1/task", huge, "", 429, "rate-limited"},
		{"limit, contract", "GET", "/v1/task/a?limit=0", "", "", 429, "rate-limited"},
		{"limit, good", "GET", "/v1/task/a", "", "", 429, "rate-limited"},
		{"guard, limit", "GET", "/v1/task/a", "", "X-Forbid: 1", 403, "forbidden"},
	} {
		t.Run(c.what, func(t *testing.T) {
			b.TB = t
			w := b.do(c.method, c.target, c.body, strings.Split(c.header, "\n")...)
			b.want(w, c.status, c.contains)
			if err := b.spec.Outside.CheckResponse("documented", w.Code, w.Header(), w.Body.Bytes()); err != nil && c.status != 400 {
				t.Error(err)
			}
		})
	}
	if asked > 0 {
		t.Errorf("the operations were asked %d times", asked)
	}
}

// A refused request is no read.
func TestRefusedRequestsAreNoReads(t *testing.T) {
	b := serve(t, life+"tasks: [{id: a}]\nlimits: [{per: source, requests: 3, window: 1m}]", acme())
	b.want(b.do("GET", "/v1/task/a", "", "X-Forbid: 1"), 403, "")
	b.want(b.do("GET", "/v1/task/a", "", "Authorization: Bearer wrong"), 401, "")
	b.want(b.do("GET", "/v1/task/a?limit=0", ""), 400, "")
	b.want(b.do("HEAD", "/v1/task/a", ""), 405, "")
	b.want(b.do("GET", "/v1/task/a", strings.Repeat("x", MaxBody+1)), 413, "")
	for range 5 {
		b.want(b.do("GET", "/v1/task/a", ""), 429, "")
	}
	var got []string
	for i := range 3 {
		_ = b.source.Advance(60e9)
		w := b.do("GET", "/v1/task/a", "")
		got = append(got, fmt.Sprint(i, strings.Contains(w.Body.String(), "queued")))
	}
	if fmt.Sprint(got) != "[0 true 1 true 2 false]" {
		t.Errorf("queued is shown %v", got)
	}
}

func TestBodyLimit(t *testing.T) {
	b := serve(t, life, acme())
	body := func(bytes int) string { return `{"name":"` + strings.Repeat("x", bytes-len(`{"name":""}`)) + `"}` }
	b.want(b.do("POST", "/v1/task", body(MaxBody)), 200, "new")
	b.want(b.do("POST", "/v1/task", body(MaxBody+1)), 413, "too-large")
	b.want(b.do("PUT", "/v1/task", body(2*MaxBody)), 405, "method-not-allowed")
	b.want(b.do("POST", "/v1/nowhere", body(2*MaxBody)), 404, "not-found")
}

func TestPaths(t *testing.T) {
	b := serve(t, life+`tasks: [{id: a}, {id: "a/b"}, {id: "a%2Fb"}, {id: "a b"}, {id: "."}, {id: "é"}, {id: "a+b"}]`, acme())
	for target, want := range map[string]string{
		"/v1/task/a": "a", "/v2/task/a": "a", "/v1/task/a%2Fb": "a/b", "/v1/task/a%252Fb": "a%2Fb", "/v1/task/a%20b": "a b",
		"/v1/task/.": ".", "/v1/task/%C3%A9": "é", "/v1/task/a+b": "a+b", "/v1/task/%61": "a",
		"/v1/task/a/b": "", "/v1/task/a/": "", "/v1//task/a": "", "//v1/task/a": "", "/v1/task//a": "", "/v1/./task/a": "", "/v1/x/../task/a": "",
		"/v3/task/a": "", "/v1/Task/a": "", "/v1/task/": "", "/": "", "/v1/task%2Fa": "", "/v1/task/b": "", "/v1/task/a%00": "", "/v1/task/%FF": "",
	} {
		w := b.do("GET", target, "")
		if want == "" {
			b.want(w, 404, `{"error":"`)
		} else {
			b.want(w, 200, fmt.Sprintf(`"id":%q`, want))
		}
		if w.Header().Get("Location") != "" {
			t.Errorf("%s is redirected", target)
		}
	}
	b.want(b.do("POST", "//v1/task", `{"name":"x"}`), 404, "not-found")
	b.want(b.do("GET", "/v1/task", ""), 405, "method-not-allowed")
	for _, method := range []string{"HEAD", "OPTIONS", "DELETE", "TRACE", "PROPFIND"} {
		b.want(b.do(method, "http://acme.example/v1/task/a", ""), 405, "method-not-allowed")
	}
}

// Behind a prefix a vendor sees the rest of the path and knows its whole URL,
// however the prefix was written.
func TestPrefix(t *testing.T) {
	v := acme()
	v.Operations["newTask"] = func(c *Call) (Reply, error) {
		return JSON(200, acmeTask{"x", c.BaseURL() + " " + c.Base + " " + c.RequestPath(), 1, ""}).With("DOMAIN_UUID", "ab"), nil
	}
	b := serve(t, life+`tasks: [{id: "a/b"}]`, v)
	b.Handler = b.Handler.(*Mount).At("/acme")
	b.want(b.do("POST", "http://sim.example:7800/acme/v2/task", `{"name":"x"}`), 200, "http://sim.example:7800/acme /v2 /v2/task")
	b.want(b.do("POST", "https://sim.example/acme/v1/task", `{"name":"x"}`), 200, "https://sim.example/acme /v1 /v1/task")
	b.want(b.do("GET", "/acme/v1/task/a%2Fb", ""), 200, "a/b")
	b.want(b.do("GET", "/%61cme/v1/task/a%2Fb", ""), 200, "a/b")
	for _, target := range []string{"/acme", "/acme/", "/acme//v1/task/a", "/%61cme", "/acme%2Fv1/task/a", "/%61cme%2Fv1%2Ftask/a"} {
		b.want(b.do("GET", target, ""), 404, "not-found")
	}
}

// HEAD has the header of an answer without its body, and is no read.
func TestHeadOnTheWire(t *testing.T) {
	b := serve(t, life+"tasks: [{id: a}]", acme())
	server := httptest.NewServer(b)
	defer server.Close()
	for range 5 {
		r, err := http.NewRequest("HEAD", server.URL+"/v1/task/a", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer demo")
		response, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != 405 || response.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%d %v", response.StatusCode, response.Header)
		}
	}
	b.want(b.do("GET", "/v1/task/a", ""), 200, "queued")
	b.want(b.do("GET", "/v1/task/a", ""), 200, "queued")
	b.want(b.do("GET", "/v1/task/a", ""), 200, "running")
}

// The vendor's operations are those of its spec, both ways.
func TestHandlerRefuses(t *testing.T) {
	b := serve(t, life, acme())
	env := Env{Tenants: b.tenants, Source: b.source}
	less, more := acme(), acme()
	delete(less.Operations, "getStatus")
	more.Operations["getMore"] = more.Operations["getTask"]
	for v, want := range map[*Vendor]string{
		less: "acme: operation getStatus is in the spec but not served",
		more: "acme: operation getMore is served but not in the spec",
	} {
		if _, err := Handler(v, b.spec, env); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// What an operation answers instead of a reply.
func TestErrorsOfOperations(t *testing.T) {
	v := acme()
	var answer error
	v.Operations["getTask"] = func(*Call) (Reply, error) { return JSON(200, "never sent"), answer }
	b := serve(t, life, v)
	for _, kind := range Kinds {
		answer = &Fault{Kind: kind, RetryAfter: 7, Violation: &openapi.Violation{In: openapi.InBody, Field: "field", Rule: "type", Text: "is wrong"}}
		if kind == UnknownMethod { // of JSON-RPC only
			continue
		}
		b.want(b.do("GET", "/v1/task/a", ""), acmeStatus[kind], `{"error":"`+string(kind)+`"`)
	}
	answer = fmt.Errorf("wrapped: %w", InvalidField(openapi.InQuery, "limit", "maximum", "is too large"))
	b.want(b.do("GET", "/v1/task/a", ""), 400, `"at":"query limit maximum"`)
	answer = fmt.Errorf("a defect")
	b.want(b.do("GET", "/v1/task/a", ""), 500, `{"error":"internal"`)
	if !strings.Contains(b.logged(), `msg="operation failed" vendor=acme operation=getTask error="a defect"`) {
		t.Errorf("logged %s", b.logged())
	}
	if strings.Contains(b.do("GET", "/v1/task/a", "").Body.String(), "defect") {
		t.Error("a defect of ours is told to the client")
	}
}
