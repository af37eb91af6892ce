package admin

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
)

func specOf(t testing.TB, vendor string) *openapi.Spec {
	t.Helper()
	spec, err := openapi.Load(vendor)
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

// What a person most likely meant comes first.
func TestMissedPaths(t *testing.T) {
	for _, c := range []struct{ vendor, method, path, operation, expected string }{
		{"sailpoint", "GET", "/beta/taskstatus/id1", "getTaskStatus", "GET /beta/task-status/{id}"},
		{"sailpoint", "GET", "/beta/task-statuses", "getTaskStatusList", "GET /beta/task-status"},
		{"sailpoint", "GET", "/v3/task-status/id1", "getTaskStatus", "GET /task-status/{id} below /v2025, /v2026, /v2024 or /beta"},
		{"sailpoint", "GET", "/task-status/id1", "getTaskStatus", "GET /task-status/{id} below /v2025, /v2026, /v2024 or /beta"},
		{"sailpoint", "GET", "/api/cc/beta/task-status/id1", "getTaskStatus", "GET /task-status/{id} below /v2025, /v2026, /v2024 or /beta"},
		{"sailpoint", "GET", "/beta/task-status/", "getTaskStatusList", "GET /beta/task-status"},
		{"sailpoint", "GET", "/beta//task-status/id1", "getTaskStatus", "GET /task-status/{id} below /v2025, /v2026, /v2024 or /beta"},
		{"sailpoint", "GET", "/beta/Task-Status/id1", "getTaskStatus", "GET /beta/task-status/{id}"},
		{"sailpoint", "DELETE", "/beta/task-status/id1", "getTaskStatus", "GET /beta/task-status/{id}"},
		{"sailpoint", "POST", "/oauth/tokens", "getToken", "POST /oauth/token"},
		{"cisco", "GET", "/api/fmc_config/v1/domain/x/job/taskstatus/1", "getTaskStatus", "GET /api/fmc_config/v1/domain/{domainUUID}/job/taskstatuses/{objectId}"},
		{"checkpoint", "GET", "/app/hec-api/v1.0/tasks/1", "getTask", "GET /app/hec-api/v1.0/task/{taskId}"},
		{"dbvisit", "POST", "/task/lists", "taskList", "POST /task/list"},
	} {
		misses := missedPaths(specOf(t, c.vendor), c.method, c.path, c.path)
		if len(misses) == 0 {
			t.Errorf("%s %s: nothing is like it", c.method, c.path)
			continue
		}
		if best := misses[0]; best.Operation != c.operation || best.Expected != c.expected || best.Got != c.method+" "+c.path {
			t.Errorf("%s %s: %+v, want %s", c.method, c.path, misses, c.expected)
		}
	}
	// Nothing is like it: the least unlike stands alone.
	if misses := missedPaths(specOf(t, "sailpoint"), "GET", "/favicon.ico", "/favicon.ico"); len(misses) != 1 || misses[0].Score >= unlike {
		t.Errorf("like /favicon.ico: %+v", misses)
	}
}

func TestMissedMethods(t *testing.T) {
	spec := specOf(t, "bitdefender")
	for _, c := range []struct{ name, path, expected string }{
		{"getTaskstatus", "/api/v1.0/jsonrpc/network", `method "getTaskStatus" at POST /api/v1.0/jsonrpc/network`},
		{"getTaskStatus", "/api/v1.0/jsonrpc/companies", `method "getTaskStatus" at POST /api/v1.0/jsonrpc/network`},
		{"getTaskState", "/api/v1.1/jsonrpc/network", `method "getTaskStatus" at POST /api/v1.1/jsonrpc/network`},
	} {
		misses := missedMethods(spec, c.name, c.path, c.path)
		if len(misses) == 0 || misses[0].Expected != c.expected {
			t.Errorf("%s at %s: %+v, want %s", c.name, c.path, misses, c.expected)
		}
		seen := map[string]bool{}
		for _, m := range misses {
			if seen[m.Operation] {
				t.Errorf("%s at %s: %s twice", c.name, c.path, m.Operation)
			}
			seen[m.Operation] = true
		}
	}
}

func TestMethodsOf(t *testing.T) {
	spec := specOf(t, "sailpoint")
	if got := inWords(methodsOf(spec, "/beta/task-status/x"), "and"); got != "GET and PATCH" {
		t.Error(got)
	}
	if got := methodsOf(spec, "/beta/nothing"); got != nil {
		t.Error(got)
	}
}

func TestInWords(t *testing.T) {
	for want, words := range map[string][]string{"": nil, "a": {"a"}, "a or b": {"a", "b"}, "a, b or c": {"a", "b", "c"}} {
		if got := inWords(words, "or"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestRanked(t *testing.T) {
	var misses []api.Miss
	for i := range 10 {
		misses = append(misses, api.Miss{Operation: fmt.Sprint(i), Score: float64(i) / 10})
	}
	var names []string
	for _, m := range ranked(misses) {
		names = append(names, m.Operation)
	}
	if got := strings.Join(names, " "); got != "9 8 7 6 5" {
		t.Error(got)
	}
}

func TestSimilarity(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"", "", 1}, {"task", "task", 1}, {"task", "tasks", 0.8}, {"abcd", "abxd", 0.75}, {"abcd", "", 0}, {"Task", "task", 1 - caseCost/4},
	} {
		if got := similarity(c.a, c.b); got < c.want-1e-9 || got > c.want+1e-9 {
			t.Errorf("%q, %q: %v, want %v", c.a, c.b, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		s := similarity(a, b)
		if s < 0 || s > 1 || s != similarity(b, a) {
			t.Fatalf("%v, the other way %v", s, similarity(b, a))
		}
		if short := len(a) <= maxCompared && len(b) <= maxCompared; short && (s == 1) != (a == b) {
			t.Fatalf("%q and %q: %v", a, b, s)
		}
	})
}

// A path that a client fills with slashes or letters costs no more than others.
func TestLongPaths(t *testing.T) {
	spec := specOf(t, "sailpoint")
	for _, path := range []string{strings.Repeat("/", 1<<16), "/" + strings.Repeat("a", 1<<20), "", "/{id}"} {
		for _, m := range missedPaths(spec, "GET", path, path) {
			if m.Score < 0 || m.Score > 1 {
				t.Errorf("%.20q: %+v", path, m)
			}
		}
	}
}
