package simulators

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// manyTasks is stuck with so many tasks of a vendor, of which luck has a part in
// how long they wait.
func manyTasks(t testing.TB, vendor string, count int) *Server {
	t.Helper()
	file := filepath.Join(t.TempDir(), "many.yaml")
	text := fmt.Sprintf(`version: 1
name: many
extends: stuck
limits: []
default: task
lifecycles:
  lucky:
    pending: {after: 1s..100s, to: running}
    running: {after: 1s..1000s, to: succeeded}
    succeeded: {}
tasks:
- {vendor: %s, lifecycle: lucky, count: %d, set: {%s}}
- {vendor: %s, count: 100}
`, vendor, count, otherSet[vendor], vendor)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, source := testServer(t, Options{File: file})
	if _, err := s.tenants.Demo(); err != nil { // whose tasks begin now
		t.Fatal(err)
	}
	_ = source.Advance(50 * time.Second)
	return s
}

// otherSet makes the many different from the hundred: by what lists ask for that
// does not change.
var otherSet = map[string]string{
	"sailpoint": "launcher: nobody", "cisco": "taskType: DEVICE_BACKUP", "bitdefender": "name: Nightly", "dbvisit": "configuration_id: 2",
}

// listRequests are pages of lists: by what does not change, and by state.
var listRequests = []struct{ vendor, what, method, target, body string }{
	{"sailpoint", "page", "GET", "/v2025/task-status?limit=10", ""},
	{"sailpoint", "deep", "GET", "/v2025/task-status?limit=10&count=true&offset=DEEP", ""},
	{"sailpoint", "type", "GET", "/v2025/task-status?limit=10&count=true&sorters=-created&filters=type%20eq%20%22CLOUD_ACCOUNT_AGGREGATION%22", ""},
	{"sailpoint", "launcher", "GET", "/v2026/task-status?limit=10&count=true&filters=launcher%20eq%20%22sweep%22", ""},
	{"sailpoint", "state", "GET", "/v2025/task-status?limit=10&filters=completionStatus%20isnull", ""},
	{"sailpoint", "state deep", "GET", "/v2025/task-status?limit=10&count=true&offset=HALF&filters=completionStatus%20isnull", ""},
	{"cisco", "type", "GET", "/api/fmc_config/v1/domain/e276abec-e0f2-11e3-8169-6d9ed49b625f/job/taskstatuses?limit=10&filter=type:Deployment;status:Deploying", ""},
	{"cisco", "state", "GET", "/api/fmc_config/v1/domain/e276abec-e0f2-11e3-8169-6d9ed49b625f/job/taskstatuses?limit=10&filter=type:DEVICE_BACKUP;status:Running", ""},
	{"bitdefender", "name", "POST", "/api/v1.0/jsonrpc/network", `{"jsonrpc":"2.0","method":"getScanTasksList","id":"1","params":{"page":1,"perPage":10,"name":"Quick"}}`},
	{"bitdefender", "state", "POST", "/api/v1.0/jsonrpc/network", `{"jsonrpc":"2.0","method":"getScanTasksList","id":"1","params":{"page":1,"perPage":10,"status":2}}`},
	{"dbvisit", "configuration", "POST", "/api/task/list", `{"params":{"configuration_id":1}}`},
}

// BenchmarkList is a page of a list among few and among very many tasks, each time
// rendered anew.
func BenchmarkList(b *testing.B) {
	servers := map[string]*Server{}
	for _, l := range listRequests {
		for _, count := range []int{1_000, 1_000_000} {
			b.Run(fmt.Sprintf("%s/%s/%d", l.vendor, l.what, count), func(b *testing.B) {
				key := fmt.Sprint(l.vendor, count)
				if servers[key] == nil {
					servers[key] = manyTasks(b, l.vendor, count)
				}
				s := servers[key]
				v := s.vendors[slices.IndexFunc(s.vendors, func(v *vendor) bool { return v.Name == l.vendor })]
				target := strings.NewReplacer("DEEP", fmt.Sprint(count/10*9), "HALF", fmt.Sprint(count/2)).Replace(l.target)
				ask := func() *httptest.ResponseRecorder {
					r := httptest.NewRequest(l.method, "http://127.0.0.1:7800/"+l.vendor+target, strings.NewReader(l.body))
					if l.body != "" {
						r.Header.Set("Content-Type", "application/json")
					}
					r.Header.Set("X-SailPoint-Experimental", "true")
					base := "/" + strings.Split(target, "/")[1]
					v.Login(r.Header, base, "demo")
					w := httptest.NewRecorder()
					s.ServeHTTP(w, r)
					return w
				}
				if w := ask(); w.Code != http.StatusOK || w.Body.Len() < 300 {
					b.Fatal(w.Code, w.Body)
				}
				d, _ := s.tenants.Find("demo")
				b.ReportAllocs()
				for b.Loop() {
					d.Answers.Drop()
					ask()
				}
			})
		}
	}
}
