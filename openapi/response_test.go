package openapi

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// Each row is an answer and what is wrong with it.
func TestCheckResponse(t *testing.T) {
	s := mustParse(t, testSpec)
	const (
		documented, observed = "documented", "observed"
		js, html             = "Content-Type: application/json", "Content-Type: text/html; charset=utf-8"
		domain               = "DOMAIN_UUID: ab"
	)
	for _, c := range []struct {
		operation, profile string
		status             int
		header             []string
		body, want         string // want "": accepted
	}{
		{"getTask", documented, 200, []string{js, domain}, `{"id":"1","status":"done"}`, ""},
		{"getTask", documented, 200, []string{js + "; charset=utf-8", domain}, `{"id":"1","status":"done"}`, ""},
		{"getTask", documented, 202, []string{js}, `{}`, "status 202 is not in the contract"},
		{"getTask", documented, 200, []string{js, domain}, `{"id":"1","status":"done","extra":1}`, `property "extra" is unsupported`},
		{"getTask", documented, 200, []string{js, domain}, `{"id":"1"}`, "body status: "},
		{"getTask", documented, 200, []string{js, domain}, `{"id":"1","status":"secret"}`, "body status: "},
		{"getTask", documented, 200, []string{js, domain}, `{"id":"1","status":"done","parts":[{"n":1},{"n":10}]}`, "body parts.1.n: "},
		{"getTask", documented, 200, []string{js, domain}, `{"id":"1","status":"done","parts":[{"n":1,"m":1}]}`, "body parts.0: "},
		{"getTask", documented, 200, []string{js, domain}, ``, "body is not JSON"},
		{"getTask", documented, 200, []string{js, domain}, `{"id":"1","status":"done"} x`, "something follows"},
		{"getTask", documented, 200, []string{domain}, `{"id":"1","status":"done"}`, `Content-Type "" is not in the contract`},
		{"getTask", documented, 200, []string{html, domain}, `{"id":"1","status":"done"}`, `Content-Type "text/html" is not in the contract`},

		{"getTask", documented, 200, []string{js}, `{"id":"1","status":"done"}`, "header DOMAIN_UUID is missing"},
		{"getTask", documented, 200, []string{js, "Domain_uuid: ab"}, `{"id":"1","status":"done"}`, ""},
		{"getTask", documented, 200, []string{js, "DOMAIN_UUID: a"}, `{"id":"1","status":"done"}`, "header DOMAIN_UUID: "},
		{"getTask", documented, 200, []string{js, domain, "X-Seen: true"}, `{"id":"1","status":"done"}`, ""},
		{"getTask", documented, 200, []string{js, domain, "X-Seen: 1"}, `{"id":"1","status":"done"}`, "header X-Seen: "},
		{"getTask", documented, 200, []string{js, domain, "X-Seen: true", "X-Seen: no"}, `{"id":"1","status":"done"}`, "header X-Seen: "},

		{"getTask", observed, 200, []string{js, domain}, `{"id":"1","status":3}`, ""},
		{"getTask", observed, 200, []string{js, domain}, `{"id":"1","status":"done"}`, "body status: "},
		{"getTask", documented, 200, []string{js, domain}, `{"id":"1","status":3}`, "body status: "},
		{"getTask", observed, 404, []string{js}, `{"error":"gone"}`, ""}, // the same in both

		{"getTask", documented, 204, nil, "", ""},
		{"getTask", documented, 204, nil, "x", "a body where the contract has none"},

		{"getTask", documented, 429, []string{html, "Retry-After: 7"}, "<html>slow down</html>", ""},
		{"getTask", documented, 429, []string{html}, "<html></html>", "header Retry-After is missing"},
		{"getTask", documented, 429, []string{html, "Retry-After: soon"}, "<html></html>", "header Retry-After: is not of type"},
		{"getTask", documented, 429, []string{html, "Retry-After: 0"}, "<html></html>", "header Retry-After: "},
		{"getTask", documented, 429, []string{html, "Retry-After: 1.5"}, "<html></html>", "header Retry-After: "},
		{"getTask", documented, 429, []string{html, "Retry-After: "}, "<html></html>", "header Retry-After: "},
		{"getTask", documented, 429, []string{html, "Retry-After: 7"}, "slow down", "body: "},

		{"getStatus", documented, 200, []string{js}, `{"id":"x","result":{"id":"1","status":"done"}}`, ""},
		{"getStatus", documented, 200, []string{js}, `{"id":"x","result":{"id":"1","status":3}}`, "result status: "},
		{"getStatus", observed, 200, []string{js}, `{"id":"x","result":{"id":"1","status":3}}`, ""},
		{"getNumber", observed, 200, []string{js}, `{"id":"x","result":{"id":"1","status":"done"}}`, ""}, // one schema for both
		{"getStatus", documented, 200, []string{js}, `{"id":"x"}`, "result: "},
		{"getStatus", documented, 200, []string{js}, `{"id":"x","error":{"code":1}}`, ""},
		{"getStatus", documented, 200, []string{js}, `{"id":"x","error":null}`, "result: "},
		{"getStatus", documented, 200, []string{js}, `{"id":"x","error":null,"result":{"id":"1","status":"done"}}`, ""},
		{"getStatus", documented, 200, []string{js}, `{"result":{"id":"1","status":"done"}}`, "body id: "},
		{"getStatus", documented, 200, []string{js}, `[]`, "body: "},
	} {
		t.Run(fmt.Sprint(c.operation, c.profile, c.status, c.header, c.body), func(t *testing.T) {
			h := http.Header{}
			for _, line := range c.header {
				name, value, _ := strings.Cut(line, ": ")
				h[name] = append(h[name], value) // as it stands
			}
			err := operation(t, s, c.operation).CheckResponse(c.profile, c.status, h, []byte(c.body))
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the error tells a value: %v", err)
			}
		})
	}
}

// Of several things that are wrong the same one is told each time.
func TestCheckResponseIsDeterministic(t *testing.T) {
	o := operation(t, mustParse(t, strings.ReplaceAll(testSpec, "X-Seen: {schema", "X-Seen: {required: true, schema")), "getTask")
	for _, h := range []http.Header{{}, {"DOMAIN_UUID": {"ab"}, "X-Seen": {"true"}, "Content-Type": {"application/json"}}} {
		first := o.CheckResponse("documented", 200, h, []byte(`{"z":1,"y":2,"x":3,"parts":[{"a":1,"b":2}],"size":"s"}`)).Error()
		for range 50 {
			if again := o.CheckResponse("documented", 200, h, []byte(`{"z":1,"y":2,"x":3,"parts":[{"a":1,"b":2}],"size":"s"}`)).Error(); again != first {
				t.Fatalf("first %q, then %q", first, again)
			}
		}
	}
}

// kin-openapi prints the schema and the value with an error; ours stay short.
func TestResponseErrorsStayShort(t *testing.T) {
	o := operation(t, mustParse(t, testSpec), "getTask")
	h := http.Header{"Content-Type": {"application/json"}, "DOMAIN_UUID": {"ab"}}
	body := `{"id":"1","status":"done","parts":[` + strings.TrimSuffix(strings.Repeat(`{"n":"`+strings.Repeat("x", 100)+`"},`, 5000), ",") + `]}`
	if err := o.CheckResponse("documented", 200, h, []byte(body)); err == nil || len(err.Error()) > 500 {
		t.Errorf("%d bytes", len(err.Error()))
	}
}

// A spec is shared by all requests.
func TestChecksAtOnce(t *testing.T) {
	s := mustParse(t, testSpec)
	h := http.Header{"Content-Type": {"application/json"}, "DOMAIN_UUID": {"ab"}}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if err := operation(t, s, "getTask").CheckResponse("observed", 200, h, []byte(`{"id":"1","status":3}`)); err != nil {
					t.Error(err)
				}
				r := Request{HTTP: &http.Request{}, Body: map[string]any{"method": "getStatus"}}
				if v := operation(t, s, "getStatus").CheckRequest(r); v == nil || v.Field != "taskId" {
					t.Error(v)
				}
			}
		})
	}
	wg.Wait()
}
