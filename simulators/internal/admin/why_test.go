package admin

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/bitdefender"
	"github.com/vendorsim/vendorsim/simulators/checkpoint"
	"github.com/vendorsim/vendorsim/simulators/cisco"
	"github.com/vendorsim/vendorsim/simulators/dbvisit"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
	"github.com/vendorsim/vendorsim/simulators/sailpoint"

	"github.com/vendorsim/vendorsim/scenarios"
)

// asked is a question about a request that has no tenant, or none that matters.
func asked(t *testing.T, vendor string, e journal.Entry) *question {
	t.Helper()
	makers := map[string]func() *sim.Vendor{
		"bitdefender": bitdefender.New, "checkpoint": checkpoint.New, "cisco": cisco.New, "dbvisit": dbvisit.New, "sailpoint": sailpoint.New,
	}
	v := Vendor{makers[vendor](), specOf(t, vendor)}
	e.ID, e.Vendor, e.Real, e.Profile = "@1", vendor, start, "documented"
	e.Request.Scheme, e.Request.Host = "http", "127.0.0.1:7800"
	q := &question{Vendor: v, entry: &e, scenarios: func() []string { return []string{"happy", "slow", "incident/fmc-token-in-429"} }}
	q.view = e.View(journal.Secrets(v.Spec.Secrets))
	return q
}

// misnamed is a call of a JSON-RPC method by nearly its name.
const misnamed = `{"id":"1","jsonrpc":"2.0","method":"getTaskStats","params":{"taskId":"x"}}`

// Each kind of refusal is explained in its own words, with what was expected
// beside what came.
func TestWhyRefused(t *testing.T) {
	network := "/bitdefender/api/v1.0/jsonrpc/network"
	for _, c := range []struct {
		name, vendor  string
		entry         journal.Entry
		because       string
		rule          string // of the contract
		expected, got string // of the best miss
	}{
		{"no such JSON-RPC method", "bitdefender", journal.Entry{
			Tenant: "demo", Operation: "networkV10", Request: journal.Request{Method: "POST", Target: network, Body: []byte(misnamed)},
			Refusal: &journal.Refusal{Kind: "unknown-method"}, Reply: journal.Reply{Status: 200},
		}, `no JSON-RPC method is called "getTaskStats" at /api/v1.0/jsonrpc/network`, "",
			`method "getTaskStatus" at POST /api/v1.0/jsonrpc/network`, `method "getTaskStats" at POST /api/v1.0/jsonrpc/network`},
		{"no JSON", "bitdefender", journal.Entry{
			Tenant: "demo", Operation: "networkV10", Request: journal.Request{Method: "POST", Target: network, Body: []byte(`{"id"`)},
			Refusal: &journal.Refusal{Kind: "malformed", Text: "unexpected end of JSON input"}, Reply: journal.Reply{Status: 400},
		}, "the body is not JSON: unexpected end of JSON input", "json", "body: one JSON document", "5 bytes of JSON that end too early"},
		{"JSON that breaks", "bitdefender", journal.Entry{
			Tenant: "demo", Operation: "networkV10", Request: journal.Request{Method: "POST", Target: network, Body: []byte("{\"id\":1,\n \"password\":hunter2}")},
			Refusal: &journal.Refusal{Kind: "malformed", Text: "invalid character 'h' looking for beginning of value"}, Reply: journal.Reply{Status: 400},
		}, "the body is not JSON: invalid character 'h' looking for beginning of value", "json",
			"body: one JSON document", "29 bytes that are no JSON from byte 22 on (line 2, column 13)"},
		{"two documents", "bitdefender", journal.Entry{
			Tenant: "demo", Operation: "networkV10", Request: journal.Request{Method: "POST", Target: network, Body: []byte(`{} {}`)},
			Refusal: &journal.Refusal{Kind: "malformed"}, Reply: journal.Reply{Status: 400},
		}, "the body is not JSON", "json", "body: one JSON document", "a document of 2 bytes, and 2 bytes after it"},
		{"a body that broke off", "bitdefender", journal.Entry{
			Tenant: "demo", Operation: "networkV10", Request: journal.Request{Method: "POST", Target: network, Body: []byte(`{"a"`), Rest: journal.Broken},
			Refusal: &journal.Refusal{Kind: "malformed", Text: "unexpected EOF"}, Reply: journal.Reply{Status: 400},
		}, "the body is not JSON: unexpected EOF", "json", "body: one JSON document", "a body that broke off after 4 bytes"},
		{"of a known size", "sailpoint", journal.Entry{
			Tenant: "demo", Operation: "updateTaskStatus", Request: journal.Request{
				Method: "PATCH", Target: "/sailpoint/beta/task-status/x", Header: http.Header{"Content-Length": {"2000000"}},
			},
			Refusal: &journal.Refusal{Kind: "too-large"}, Reply: journal.Reply{Status: 400},
		}, "the body is over 1048576 bytes", "size", "body: at most 1048576 bytes", "2000000 bytes"},
		{"a value that the vendor has none of", "dbvisit", journal.Entry{
			Tenant: "demo", Operation: "taskList", Request: journal.Request{Method: "POST", Target: "/dbvisit/task/list", Body: []byte(`{"params":{"configuration_id":999}}`)},
			Refusal: &journal.Refusal{Kind: "invalid", In: "body", Field: "params.configuration_id", Text: "configuration not found", Expected: "the id of a configuration"},
			Reply:   journal.Reply{Status: 200},
		}, "the vendor refuses what was asked for in body params.configuration_id: configuration not found", "",
			"body params.configuration_id: the id of a configuration", "999"},
		{"a rule of the vendor's own", "checkpoint", journal.Entry{
			Tenant: "demo", Operation: "actionEntity", Request: journal.Request{Method: "POST", Target: "/checkpoint/x", Body: []byte(`{"requestData":{"entityActionName":"explode"}}`)},
			Refusal: &journal.Refusal{Kind: "invalid", In: "body", Field: "requestData.entityActionName", Rule: "enum", Text: "is no action that can be taken"},
			Reply:   journal.Reply{Status: 422},
		}, "the request breaks the contract: body requestData.entityActionName is no action that can be taken", "enum",
			"body requestData.entityActionName: another value than the one sent: is no action that can be taken", `"explode"`},
		{"a wrong secret in Basic", "dbvisit", journal.Entry{
			Operation: "taskList", Request: journal.Request{
				Method: "POST", Target: "/dbvisit/task/list", Header: http.Header{"Authorization": {"Basic ZGVtbzp3cm9uZw=="}},
			},
			Note:    "credential (4 bytes, hash 3b4a) has an empty or a wrong secret",
			Refusal: &journal.Refusal{Kind: "unauthorized", Text: "credential (4 bytes, hash 3b4a) has an empty or a wrong secret"}, Reply: journal.Reply{Status: 401},
		}, "the credential was refused: credential (4 bytes, hash 3b4a) has an empty or a wrong secret", "",
			`Authorization: Basic with <tenant>:<any secret but an empty one and "wrong"> in base64`, "Authorization: Basic (4 bytes, hash 3536):(5 bytes, hash 2e76)"},
		{"too large", "sailpoint", journal.Entry{
			Tenant: "demo", Operation: "updateTaskStatus", Request: journal.Request{Method: "PATCH", Target: "/sailpoint/beta/task-status/x"},
			Refusal: &journal.Refusal{Kind: "too-large"}, Reply: journal.Reply{Status: 400},
		}, "the body is over 1048576 bytes", "size", "body: at most 1048576 bytes", "more"},
		{"a param left out", "bitdefender", journal.Entry{
			Tenant: "demo", Operation: "getTaskStatus", Request: journal.Request{
				Method: "POST", Target: network, Body: []byte(`{"id":"1","jsonrpc":"2.0","method":"getTaskStatus","params":{}}`),
			},
			Refusal: &journal.Refusal{Kind: "invalid", In: "params", Field: "taskId", Rule: "required", Text: "is missing"}, Reply: journal.Reply{Status: 200},
		}, "the request breaks the contract: params taskId is missing", "required", "params taskId: a value: it is required", "nothing"},
		{"a field of the wrong type", "sailpoint", journal.Entry{
			Tenant: "demo", Operation: "getTaskStatusList", Request: journal.Request{Method: "GET", Target: "/sailpoint/beta/task-status?limit=many"},
			Refusal: &journal.Refusal{Kind: "invalid", In: "query", Field: "limit", Rule: "type", Text: "has the wrong type"}, Reply: journal.Reply{Status: 400},
		}, "the request breaks the contract: query limit has the wrong type", "type", "query limit: an integer", "many"},
		{"the vendor's own no", "cisco", journal.Entry{
			Tenant: "demo", Operation: "createDeployment", Request: journal.Request{Method: "POST", Target: "/cisco/api"},
			Refusal: &journal.Refusal{Kind: "invalid"}, Reply: journal.Reply{Status: 422},
		}, "the vendor refuses what was asked for", "", "values that the vendor can use", "another"},
		{"no right", "cisco", journal.Entry{
			Tenant: "demo", Operation: "getTaskStatus", Request: journal.Request{Method: "GET", Target: "/cisco/api"},
			Refusal: &journal.Refusal{Kind: "forbidden", Text: "another domain"}, Reply: journal.Reply{Status: 403},
		}, "the credential was accepted, but the vendor grants it not this: another domain", "",
			"a credential with the right to getTaskStatus", "another domain"},
		{"a thing that is not there", "cisco", journal.Entry{
			Tenant: "demo", Operation: "getDevice", Request: journal.Request{Method: "GET", Target: "/cisco/api"},
			Refusal: &journal.Refusal{Kind: "not-found"}, Reply: journal.Reply{Status: 404},
		}, "what it names does not exist", "", "the name of something that there is", "GET /api"},
		{"down", "cisco", journal.Entry{
			Operation: "getDevice", Request: journal.Request{Method: "GET", Target: "/cisco/api"},
			Refusal: &journal.Refusal{Kind: "unavailable", Text: "vendorsim: too many tenants are active"}, Reply: journal.Reply{Status: 503},
		}, "the vendor is down for the moment: vendorsim: too many tenants are active", "",
			"an answer of the vendor's", "vendorsim: too many tenants are active"},
		{"a defect", "cisco", journal.Entry{
			Tenant: "demo", Operation: "getDevice", Request: journal.Request{Method: "GET", Target: "/cisco/api"}, Note: "vendorsim: this answer breaks the contract",
			Refusal: &journal.Refusal{Kind: "internal"}, Reply: journal.Reply{Status: 500},
		}, "the vendor failed: vendorsim: this answer breaks the contract", "",
			"an answer of the vendor's", "vendorsim: this answer breaks the contract"},
		{"no credential", "bitdefender", journal.Entry{
			Operation: "none", Request: journal.Request{Method: "GET", Target: "/bitdefender/x"},
			Refusal: &journal.Refusal{Kind: "unauthorized"}, Reply: journal.Reply{Status: 401},
		}, "the credential was refused: nothing that bitdefender reads as one was sent", "",
			"Authorization: Basic with <tenant>: in base64", "no such header"},
		{"a credential in another scheme", "dbvisit", journal.Entry{
			Operation: "taskList", Request: journal.Request{
				Method: "POST", Target: "/dbvisit/task/list", Header: http.Header{"Authorization": {"Bearer a-secret-of-theirs"}},
			},
			Refusal: &journal.Refusal{Kind: "unauthorized"}, Reply: journal.Reply{Status: 401},
		}, "the credential was refused: nothing that dbvisit reads as one was sent", "",
			"Authorization: Basic with <tenant>:<secret> in base64", "Authorization: Bearer (18 bytes, hash 2b27)"},
		{"a log-in", "sailpoint", journal.Entry{
			Operation: "getToken", Kind: "login", Request: journal.Request{
				Method: "POST", Target: "/sailpoint/oauth/token", Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
				Body: []byte("grant_type=client_credentials&client_id=slwo&client_secret=hush-hush"),
			},
			Note:    "credential (4 bytes, hash 3b4a) names no tenant: demo, a scenario, or scenario~label",
			Refusal: &journal.Refusal{Kind: "unauthorized", Text: "credential (4 bytes, hash 3b4a) names no tenant: demo, a scenario, or scenario~label"}, Reply: journal.Reply{Status: 401},
		}, "the credential was refused: credential (4 bytes, hash 3b4a) names no tenant: demo, a scenario, or scenario~label", "",
			"body client_id: a tenant's name", "(4 bytes, hash b418)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := asked(t, c.vendor, c.entry).why()
			if w.Because != c.because {
				t.Errorf("because %s\nwant    %s", w.Because, c.because)
			}
			if w.Contract.Rule != c.rule || w.Contract.Held && c.rule != "" {
				t.Errorf("contract %+v, want the rule %q", w.Contract, c.rule)
			}
			var best api.Miss
			if len(w.Misses) > 0 {
				best = w.Misses[0]
			}
			if best.Expected != c.expected || best.Got != c.got {
				t.Errorf("misses %+v\nwant %s\ngot  %s", w.Misses, c.expected, c.got)
			}
		})
	}
}

// A credential that names no tenant gets the scenarios most like it, as mere
// suggestions; one that was refused for something else does not.
func TestWhySuggestsTenants(t *testing.T) {
	entry := func(note string, header http.Header) journal.Entry {
		return journal.Entry{
			Operation: "getTaskStatus", Note: note, Request: journal.Request{Method: "GET", Target: "/sailpoint/beta/task-status/x", Header: header},
			Refusal: &journal.Refusal{Kind: "unauthorized", Text: note}, Reply: journal.Reply{Status: 401},
		}
	}
	basic := http.Header{}
	sim.SetBasic(basic, "incident/fmc-token-429~x", "pw")
	for name, c := range map[string]struct {
		entry journal.Entry
		want  string
	}{
		"bearer":         {entry("names no tenant: demo, a scenario, or scenario~label", http.Header{"Authorization": {"Bearer sloow~ci-7"}}), "the tenant slow, or slow~ and a label"},
		"basic":          {entry("names no tenant: demo, a scenario, or scenario~label", basic), "the tenant incident/fmc-token-in-429, or incident/fmc-token-in-429~ and a label"},
		"nothing like":   {entry("names no tenant: demo, a scenario, or scenario~label", http.Header{"Authorization": {"Bearer eyJhbGciOiJSUzI1NiJ9"}}), ""},
		"a wrong secret": {entry("has an empty or a wrong secret", http.Header{"Authorization": {"Bearer slow"}}), ""},
	} {
		w := asked(t, "sailpoint", c.entry).why()
		got := ""
		for _, m := range w.Misses {
			if strings.HasPrefix(m.Expected, "the tenant ") {
				got = m.Expected
				break
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestBecauseOfSteps(t *testing.T) {
	after := func(d scenarios.Duration) *scenarios.Duration { return &d }
	two := []scenarios.Branch{{State: "done", Weight: 90}, {State: "failed", Weight: 10}}
	for want, r := range map[string]task.Reason{
		"it began to exist": {Cause: task.Created},
		"after 3.214s, drawn from 2s..5s (visit 1)": {
			Cause: task.ByTime, Length: 3214 * time.Millisecond, After: after(scenarios.Duration{Min: 2 * time.Second, Max: 5 * time.Second}),
		},
		"after 5s, as the scenario says (visit 3); branch done drawn with weight 90 of 100": {
			Cause: task.ByTime, Visit: 2, Length: 5 * time.Second, After: after(scenarios.Duration{Min: 5 * time.Second, Max: 5 * time.Second}), Branches: two, Drew: 37, Of: 100,
		},
		"after 9s, drawn from a distribution with median 8s and 95th percentile 40s (visit 1)": {
			Cause: task.ByTime, Length: 9 * time.Second, After: after(scenarios.Duration{P50: 8 * time.Second, P95: 40 * time.Second}),
		},
		"after 1m0s it was this subtask's turn":                                    {Cause: task.ByTime, Length: time.Minute},
		"it had been read 2 times in state work; the next read ended it (visit 1)": {Cause: task.ByRead, Reads: 2},
		"it had been read once in state work; the next read ended it (visit 1)":    {Cause: task.ByRead, Reads: 1},
		"the control API forced it":                                                {Cause: task.ByForce},
		"a client or the control API ended it":                                     {Cause: task.ByEnd},
		"the vendor forgot it 10m0s after its end, as the scenario says": {
			Cause: task.ByExpiry, Length: 10 * time.Minute, After: after(scenarios.Duration{Min: 10 * time.Minute, Max: 10 * time.Minute}),
		},
		"a client or the control API made the vendor forget it": {Cause: task.ByOrder},
		"it follows from its subtasks":                          {Cause: task.BySubtasks},
	} {
		if got := becauseOf(task.Step{Edge: task.Edge{From: "work", To: "done"}, Reason: r}); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

// On a clock that stands much happens at one instant. An answer is explained by
// what came before it, not by what came after.
func TestWhyOfOneInstant(t *testing.T) {
	g := newRig(t, nil)
	path := g.tenant("y")
	g.must(200, "POST", path+"/clock/advance", `{"by":"10s"}`)
	g.poll(200, "steer~y", "report") // .2: running
	g.must(200, "POST", path+"/tasks/sailpoint/report/force", `{"state":"done"}`)
	g.poll(200, "steer~y", "report") // .4: done
	for id, want := range map[string]string{
		"steer~y.2": "task report is running since 2026-01-15T09:00:04Z: after 4s, as the scenario says (visit 1)",
		"steer~y.4": "task report is done since 2026-01-15T09:00:10Z: the control API forced it",
	} {
		var w api.Why
		if err := json.Unmarshal(g.must(200, "GET", "/requests/"+id, "").Body.Bytes(), &w); err != nil {
			t.Fatal(err)
		}
		if w.Because != want || len(w.Tasks) != 1 || w.Tasks[0].Steps[len(w.Tasks[0].Steps)-1].To != w.Tasks[0].State {
			t.Errorf("%s: %s, %+v\nwant %s", id, w.Because, w.Tasks, want)
		}
	}
}

// A limit that the vendor has by itself is named where a clock that stands makes
// it idle.
func TestWhyFrozenLimits(t *testing.T) {
	g := newRig(t, nil)
	g.must(201, "POST", "/tenants", `{"label":"y","clock":"frozen","yaml":"version: 1\nname: bare\nvendors: [sailpoint]\n`+
		`lifecycles: {work: {running: {forever: true}}}\ntasks: [{id: report, lifecycle: work}]\n"}`)
	path := "/tenants/bare~y"
	g.poll(200, "bare~y", "report")
	limits := func(id string) []api.WhyLimit {
		var w api.Why
		if err := json.Unmarshal(g.must(200, "GET", "/requests/"+id, "").Body.Bytes(), &w); err != nil {
			t.Fatal(err)
		}
		return w.Limits
	}
	if got := limits("bare~y.1"); len(got) == 0 || got[0].Fired || got[0].Applied || !strings.HasPrefix(got[0].Because, "not asked: on a frozen clock") || !strings.Contains(got[0].Limit, "requests in") {
		t.Errorf("%+v", got)
	}
	g.must(200, "POST", path+"/clock/resume", "")
	g.poll(200, "bare~y", "report")
	if got := limits("bare~y.3"); !slices.ContainsFunc(got, func(l api.WhyLimit) bool { return strings.Contains(l.Because, "were used before this request") }) {
		t.Errorf("%+v", got)
	}
}

// Whoever sends no credential is told of one that the vendor reads.
func TestWhyTellsCredentials(t *testing.T) {
	for _, vendor := range []string{"bitdefender", "checkpoint", "cisco", "dbvisit", "sailpoint"} {
		w := asked(t, vendor, journal.Entry{
			Operation: "none", Request: journal.Request{Method: "GET", Target: "/" + vendor + "/nowhere"},
			Refusal: &journal.Refusal{Kind: "unauthorized"}, Reply: journal.Reply{Status: 401},
		}).why()
		if !slices.ContainsFunc(w.Misses, func(m api.Miss) bool {
			return strings.Contains(m.Expected, "<tenant>") && m.Got == "no such header"
		}) {
			t.Errorf("%s: %+v", vendor, w.Misses)
		}
	}
}
