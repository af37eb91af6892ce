package simulators

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What a list counts as read: SailPoint's what its page shows, the others' every
// task that it is of, whatever page was asked for; Dbvisit's also where lists do
// not count, since it is how tasks are polled there.
func TestListsCountTheirReads(t *testing.T) {
	for _, c := range []struct {
		vendor, method, target, body string
		counted, uncounted           string // reads of the four tasks
	}{
		{"sailpoint", "GET", "/v2025/task-status?limit=2&offset=1&filters=completionStatus%20isnull", "", "0 1 1 0", "0 0 0 0"},
		{"sailpoint", "GET", "/v2025/task-status?limit=2&sorters=-created", "", "1 1 0 0", "0 0 0 0"},
		{"sailpoint", "HEAD", "/beta/task-status/pending-tasks", "", "0 0 0 0", "0 0 0 0"},
		{"cisco", "GET", "/api/fmc_config/v1/domain/e276abec-e0f2-11e3-8169-6d9ed49b625f/job/taskstatuses?limit=1&filter=type:Deployment;status:Deploying", "", "1 1 1 1", "0 0 0 0"},
		{"cisco", "GET", "/api/fmc_config/v1/domain/e276abec-e0f2-11e3-8169-6d9ed49b625f/job/taskstatuses?limit=1&filter=type:Deployment;status:Failed", "", "0 0 0 0", "0 0 0 0"},
		{"bitdefender", "POST", "/api/v1.0/jsonrpc/network", `{"jsonrpc":"2.0","method":"getScanTasksList","id":"1","params":{"page":2,"perPage":1,"status":1}}`, "1 1 1 1", "0 0 0 0"},
		{"dbvisit", "POST", "/api/task/list", `{"params":{"configuration_id":1}}`, "1 1 0 0", "1 1 0 0"},
	} {
		for _, counts := range []bool{true, false} {
			tasks := fmt.Sprintf("version: 1\nname: reads\nlimits: []\ncount_lists: %v\nlifecycles: {l: {pending: {polls: 9, to: succeeded}, succeeded: {}}}\n"+
				"tasks: [{vendor: %[2]s, count: 2}, {vendor: %[2]s, count: 2%[3]s}]\n", counts, c.vendor, map[bool]string{true: ", set: {configuration_id: 2}"}[c.vendor == "dbvisit"])
			file := filepath.Join(t.TempDir(), "reads.yaml")
			if err := os.WriteFile(file, []byte(tasks), 0o600); err != nil {
				t.Fatal(err)
			}
			s, source := testServer(t, Options{File: file})
			for round := 1; round <= 2; round++ {
				if w := askList(twin{s, source}, c.method, c.vendor, c.target, c.body); w.Code >= 300 && c.method != http.MethodHead {
					t.Fatal(w.Code, w.Body)
				}
				d, err := s.tenants.Demo()
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for ref := range d.Tasks(c.vendor).All() {
					e, _ := d.Tasks(c.vendor).Look(ref, d.Clock.Now())
					got = append(got, fmt.Sprint(e.Reads/round))
				}
				want := map[bool]string{true: c.counted, false: c.uncounted}[counts]
				if strings.Join(got, " ") != want {
					t.Errorf("%s %s %s, lists count %v, asked %d times: read %v, want %s", c.method, c.target, c.body, counts, round, got, want)
				}
			}
		}
	}
}
