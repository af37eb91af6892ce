package sim

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// What a kept answer tells of its task stays that of its task, whatever other calls
// use the room of the one that it was made by.
func TestKeptAnswersKeepTheirTasks(t *testing.T) {
	b := serve(t, life+"tasks: [{id: a, lifecycle: still}, {id: b, lifecycle: still}]", acme())
	last := func() string {
		d, _ := b.tenants.Find("demo")
		entries, _ := d.Journal.Entries(journal.Filter{}, 100)
		return fmt.Sprint(entries[len(entries)-1].Tasks)
	}
	for range 4 {
		for _, id := range []string{"a", "b"} {
			b.want(b.do("GET", "/v1/task/"+id, ""), 200, "")
			if got, want := last(), "[{"+id+" "; !strings.HasPrefix(got, want) {
				t.Errorf("%s: the journal says %s", id, got)
			}
		}
	}
}

// An answer is kept while it is true, and no longer; once the request has been
// met twice.
func TestKeptAnswers(t *testing.T) {
	v := acme()
	asked := 0
	for name, operation := range v.Operations {
		v.Operations[name] = func(c *Call) (Reply, error) { asked++; return operation(c) }
	}
	b := serve(t, life+"tasks: [{id: a, lifecycle: still}, {id: b}]", v)
	step := func(what string, news int, contains, target, body string, header ...string) {
		t.Helper()
		before := asked
		method := "GET"
		if body != "" {
			method = "POST"
		}
		b.want(b.do(method, target, body, header...), 200, contains)
		if asked-before != news {
			t.Errorf("%s: the operation was asked %d times, want %d", what, asked-before, news)
		}
		if news > 0 && !strings.Contains(target, "/b") {
			b.want(b.do(method, target, body, header...), 200, contains)
		}
	}
	step("first", 1, "waiting", "/v1/task/a", "")
	step("again", 0, "waiting", "/v1/task/a", "")
	step("another base", 1, "waiting", "/v2/task/a", "")
	step("another query", 1, "waiting", "/v1/task/a?limit=1", "")
	step("another header", 1, "waiting", "/v1/task/a", "", "X-One: x")
	step("the same header", 0, "waiting", "/v1/task/a", "", "X-One: x")
	step("the value in another header", 1, "waiting", "/v1/task/a", "", "X-Two: x")
	step("an empty header", 1, "waiting", "/v1/task/a", "", "X-One: ")
	step("another empty header", 1, "waiting", "/v1/task/a", "", "X-Two: ")
	step("another tenant", 1, "waiting", "/v1/task/a", "", "Authorization: Bearer test~other")
	step("another host", 1, "waiting", "http://other.example/v1/task/a", "")
	step("another way to say who", 0, "waiting", "/v1/task/a", "", basic("demo", "secret"))
	step("JSON-RPC", 1, `{"id":1,`, "/v1/rpc", `{"method":"getStatus","id":1,"params":{"taskId":"a"}}`)
	step("JSON-RPC again", 0, `{"id":1,`, "/v1/rpc", ` {"method":"getStatus","id":1,"params":{"taskId":"a"}}`)
	step("JSON-RPC with another id", 0, `{"id":2,`, "/v1/rpc", `{"method":"getStatus","id":2,"params":{"taskId":"a"}}`)
	header := fmt.Sprint(b.do("GET", "/v1/task/a", "").Header())
	if want := "map[Content-Type:[application/json] DOMAIN_UUID:[ab] X-Twice:[1 2] X-Vendorsim-Request:[demo.24]]"; header != want {
		t.Errorf("a kept answer's header is %s, want %s", header, want)
	}
	b.want(b.do("GET", "/v1/task/a", "", "X-Forbid: 1"), 403, "") // guards come first
	_ = b.source.Advance(5 * time.Second)
	step("after an edge", 1, "ended", "/v1/task/a", "")
	_ = b.source.Advance(1000 * time.Hour)
	step("long after", 0, "ended", "/v1/task/a", "")

	n, err := b.tenants.Accept(Credential{Name: "demo"}, "acme")
	if err != nil {
		t.Fatal(err)
	}
	ref, _ := n.Tasks("acme").Find("a")
	if err := n.Tasks("acme").Force(ref, n.Clock.Now(), task.Whole, "waiting"); err != nil {
		t.Fatal(err)
	}
	step("after somebody forced it", 1, "waiting", "/v1/task/a", "")
	step("and again", 0, "waiting", "/v1/task/a", "")
	if err := n.Clock.Skip(n.Clock.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	step("after the clock was moved", 1, "waiting", "/v1/task/a", "")

	for range 2 {
		step("a counted task", 1, "queued", "/v1/task/b", "")
	}
	step("a counted task", 1, "running", "/v1/task/b", "")
}

// A kept answer counts against the limits as any other.
func TestKeptAnswersAreLimited(t *testing.T) {
	b := serve(t, "limits: [{per: tenant, requests: 3, window: 60s}]"+life+"tasks: [{id: a, lifecycle: still}]", acme())
	for range 3 {
		b.want(b.do("GET", "/v1/task/a", ""), 200, "waiting")
	}
	b.want(b.do("GET", "/v1/task/a", ""), 429, "")
}
