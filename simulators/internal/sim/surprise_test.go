package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
)

// seedWith is a seed under which exactly those of some surprises happen at an
// operation.
func seedWith(t *testing.T, spec *openapi.Spec, operation string, names ...string) int64 {
	t.Helper()
	for seed := range int64(10_000) {
		var happen []string
		for _, s := range Surprises(spec, seed) {
			if s.Operation == operation {
				happen = append(happen, s.Name)
			}
		}
		if slices.Equal(happen, names) {
			return seed
		}
	}
	t.Fatalf("no seed has %v at %s", names, operation)
	return 0
}

// Each kind of surprise, seen in an answer; without surprises nothing happens.
func TestSurprises(t *testing.T) {
	plain := serve(t, stillTask, acme())
	const limited = "limits: [{on: startWork, per: tenant, requests: 1, window: 1m}]\n"
	for _, c := range []struct{ operation, name, method, target, body, want string }{
		{"getTask", "later-members", "GET", "/v1/task/a", "", `{"id":"a","state":"waiting","size":1,"note":"<&>","mood":{"good":true}}`},
		{"listTasks", "later-members", "GET", "/v1/tasks", "", `[{"id":"a","state":"waiting","size":1,"note":"","mood":{"good":true}},{"id":"b","state":"waiting","size":1,"note":"","mood":{"good":true}}]`},
		{"listTasks", "any-order", "GET", "/v1/tasks", "", `[{"id":"b","state":"waiting","size":1,"note":""},{"id":"a","state":"waiting","size":1,"note":""}]`},
		{"listTasks", "small-pages", "GET", "/v1/tasks?limit=2", "", `[{"id":"a","state":"waiting","size":1,"note":""}]`},
		{"getStatus", "later-members", "POST", "/v1/rpc", `{"method":"getStatus","id":1.0,"params":{"taskId":"a"}}`, `{"id":1.0,"result":` + stillBody + `,"mood":{"good":true}}`},
	} {
		seed := seedWith(t, plain.spec, c.operation, c.name)
		b := serve(t, stillTask+fmt.Sprintf("surprises: %d\n", seed), acme())
		for range 3 { // the last is a kept answer
			if got := b.do(c.method, c.target, c.body).Body.String(); got != c.want {
				t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
			}
		}
		if got := plain.do(c.method, c.target, c.body).Body.String(); got == c.want {
			t.Errorf("%s: the same without a surprise", c.name)
		}
	}
	b := serve(t, stillTask+limited+fmt.Sprintf("surprises: %d\n", seedWith(t, plain.spec, "startWork", "dates")), acme())
	b.want(b.do("POST", "/v1/work", `{"what":"x"}`), 200, "")
	w := b.do("POST", "/v1/work", `{"what":"x"}`)
	b.want(w, 429, "")
	if got := w.Header().Get("Retry-After"); got != "Thu, 15 Jan 2026 09:01:00 GMT" {
		t.Errorf("Retry-After: %s", got)
	}
	if e := b.entry(w); e.Refusal == nil || e.Refusal.RetryAfter != 60 {
		t.Errorf("%+v", e.Refusal)
	}
	b = serve(t, stillTask+fmt.Sprintf("surprises: %d\n", seedWith(t, plain.spec, "startWork", "small-names")), acme())
	w = b.do("POST", "/v1/work", `{"what":"x"}`)
	for name, lines := range map[string]int{"content-type": 1, "domain_uuid": 1, "Content-Type": 0, "DOMAIN_UUID": 0, RequestHeader: 1} {
		if got := w.Header()[name]; len(got) != lines {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// On the wire a header in small letters is there once.
func TestSmallNamesOnTheWire(t *testing.T) {
	b := serve(t, stillTask, acme())
	b = serve(t, stillTask+fmt.Sprintf("surprises: %d\n", seedWith(t, b.spec, "getTask", "small-names")), acme())
	response, err := b.socket()(t.Context(), "/v1/task/a")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if got := response.Header.Values("Content-Type"); fmt.Sprint(got) != "[application/json]" {
		t.Errorf("Content-Type %v", got)
	}
}

// Another value meets some tasks and not others, always the same ones.
func TestSurprisesOfValues(t *testing.T) {
	plain := serve(t, stillTask, acme())
	tasks := life + "tasks: [{id: t1}, {id: t2}, {id: t3}, {id: t4}, {id: t5}, {id: t6}, {id: t7}, {id: t8}]\n"
	scenario := tasks + fmt.Sprintf("surprises: %d\n", seedWith(t, plain.spec, "getTask", "later-states"))
	one, other := serve(t, scenario, acme()), serve(t, scenario, acme())
	_ = other.source.Advance(time.Hour)
	met := map[string]int{}
	for i := 8; i > 0; i-- {
		var answers [2]acmeTask
		for j, b := range []*bench{one, other} {
			if err := json.Unmarshal(b.do("GET", fmt.Sprintf("/v1/task/t%d", i), "").Body.Bytes(), &answers[j]); err != nil {
				t.Fatal(err)
			}
		}
		if answers[0] != answers[1] {
			t.Errorf("t%d is %+v and %+v", i, answers[0], answers[1])
		}
		met[answers[0].State]++
	}
	if len(met) != 3 || met["queued"] == 8 || met["dreaming"] == 0 || met["melting"] == 0 {
		t.Errorf("%v", met)
	}
}

// A client that goes on page by page misses nothing and meets nothing twice.
func TestSmallPagesHangTogether(t *testing.T) {
	b := serve(t, stillTask, acme())
	b = serve(t, life+"tasks: [{lifecycle: still, count: 23}]\n"+fmt.Sprintf("surprises: %d\n", seedWith(t, b.spec, "listTasks", "small-pages")), acme())
	seen := map[string]bool{}
	for offset := 0; offset < 23; {
		var page []acmeTask
		w := b.do("GET", fmt.Sprintf("/v1/tasks?limit=5&offset=%d", offset), "")
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || len(page) == 0 || len(page) >= 5 {
			t.Fatalf("%v %s", err, w.Body)
		}
		for _, e := range page {
			seen[e.ID] = true
		}
		offset += len(page)
	}
	if len(seen) != 23 {
		t.Errorf("%d tasks of 23", len(seen))
	}
}

// What cannot be read as JSON stays as it is, and so does the order of members and
// the way in which numbers are written.
func TestNodes(t *testing.T) {
	for _, text := range []string{`{}`, `[]`, `null`, `1e400`, `"<&>"`, `{"b":[1.0,{"a":"é","":null}],"a":true}`} {
		n, err := parseNode(text)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		n.write(&out)
		if out.String() != text {
			t.Errorf("%s became %s", text, out.String())
		}
	}
	for _, text := range []string{"", "{", `{"a"}`, "<html>", `{"a":1,}`} {
		if n, err := parseNode(text); err == nil {
			t.Errorf("%q is read as %+v", text, n)
		}
	}
}

// The note of a request names the surprises that are in its answer, beside what
// else it says, and no others.
func TestSurprisesAreNoted(t *testing.T) {
	plain := serve(t, stillTask, acme())
	const one = life + "tasks: [{id: a, lifecycle: still}]\n"
	const limited = "limits: [{on: startWork, per: tenant, requests: 1, window: 1m}]\n"
	for _, c := range []struct {
		what, scenario, operation string
		happen                    []string
		method, target, body      string
		want                      string // of the last of three requests: that of a kept answer, where one is kept
	}{
		{"none happens", stillTask, "getTask", nil, "GET", "/v1/task/a", "", ""},
		{"a member", stillTask, "getTask", []string{"later-members"}, "GET", "/v1/task/a", "", "surprises: later-members"},
		{"two", stillTask, "listTasks", []string{"later-members", "any-order"}, "GET", "/v1/tasks", "", "surprises: later-members, any-order"},
		{"nothing to order", one, "listTasks", []string{"any-order"}, "GET", "/v1/tasks", "", ""},
		{"a page", stillTask, "listTasks", []string{"small-pages"}, "GET", "/v1/tasks?limit=2", "", "surprises: small-pages"},
		{"a page of one", stillTask, "listTasks", []string{"small-pages"}, "GET", "/v1/tasks?limit=1", "", ""},
		{"a header", stillTask, "getTask", []string{"small-names"}, "GET", "/v1/task/a", "", "surprises: small-names"},
		{"a date", stillTask + limited, "startWork", []string{"dates"}, "POST", "/v1/work", `{"what":"x"}`, "; surprises: dates"},
		{"no wait to tell", stillTask, "getTask", []string{"dates"}, "GET", "/v1/task/z", "", "unknown-task"},
		{"not in a refusal", stillTask, "getTask", []string{"later-members"}, "GET", "/v1/task/z", "", "unknown-task"},
		{"with a fault", stillTask + "faults: [{name: old, answer: {stale: 1s}}]\n", "getTask", []string{"later-members"}, "GET", "/v1/task/a", "", "fault old; surprises: later-members"},
		{"not in a fault's answer", stillTask + "faults: [{name: down, stage: after, answer: {status: 503}}]\n", "listTasks", []string{"small-pages"}, "GET", "/v1/tasks?limit=2", "", "fault down"},
	} {
		b := serve(t, c.scenario+fmt.Sprintf("surprises: %d\n", seedWith(t, plain.spec, c.operation, c.happen...)), acme())
		for range 2 {
			b.do(c.method, c.target, c.body)
		}
		note := b.entry(b.do(c.method, c.target, c.body)).Note
		if b.entries[2].Note != note || (note != c.want && !(strings.HasPrefix(c.want, ";") && strings.HasSuffix(note, c.want))) {
			t.Errorf("%s: noted %q, logged %q, want %q", c.what, note, b.entries[2].Note, c.want)
		}
	}
}

// A value is noted where it met the task, and not where it did not.
func TestSurprisesAreNotedWhereTheyMet(t *testing.T) {
	plain := serve(t, stillTask, acme())
	tasks := life + "tasks: [{id: t1, lifecycle: still}, {id: t2, lifecycle: still}, {id: t3, lifecycle: still}, {id: t4, lifecycle: still}, {id: t5, lifecycle: still}, {id: t6, lifecycle: still}]\n"
	b := serve(t, tasks+fmt.Sprintf("surprises: %d\n", seedWith(t, plain.spec, "getTask", "later-states")), acme())
	met := 0
	for i := range 6 {
		w := b.do("GET", fmt.Sprintf("/v1/task/t%d", i+1), "")
		want := ""
		if !strings.Contains(w.Body.String(), "waiting") {
			met++
			want = "surprises: later-states"
		}
		if got := b.entry(w).Note; w.Code != 200 || got != want {
			t.Errorf("%s: %q, want %q", w.Body, got, want)
		}
	}
	if met == 0 || met == 6 {
		t.Errorf("it met %d of 6 tasks", met)
	}
}

// A kept answer tells of the page that it was made with.
func TestSurprisesOfKeptAnswersAreNoted(t *testing.T) {
	v, made := acme(), 0
	v.Operations["listTasks"] = func(c *Call) (Reply, error) {
		made++
		e, _ := c.Read("a")
		_, _ = c.PageSize(9), c.PageSize(9)
		return JSON(200, []any{acmeTask{e.ID, e.State, 1, ""}}), nil
	}
	b := serve(t, stillTask, v)
	b = serve(t, stillTask+fmt.Sprintf("surprises: %d\n", seedWith(t, b.spec, "listTasks", "later-members", "small-pages")), v)
	for i := range 3 {
		if got := b.entry(b.do("GET", "/v1/tasks", "")).Note; got != "surprises: small-pages, later-members" {
			t.Errorf("request %d: %q", i+1, got)
		}
	}
	if made == 3 {
		t.Error("no answer was kept")
	}
}
