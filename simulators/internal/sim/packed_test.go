package sim

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/simulators/internal/journal"
)

// packing is a bench that holds each entry of its journals, of which a part may have
// been packed, to one of which none was.
type packing struct {
	*bench
	t      *rapid.T
	call   *Call // of the last request
	leaves bool  // its client does not wait
	last   request
	packed int // how many entries had a part that was packed
}

func newPacking(t *testing.T, rt *rapid.T, scenario string) *packing {
	p := &packing{t: rt}
	v := acme()
	credential := v.Credential
	v.Credential = func(c *Call) (Credential, *Fault) { p.call = c; return credential(c) }
	p.bench = serve(t, scenario, v, func(e *Env) {
		e.SilentFaults = rapid.Bool().Draw(rt, "silent")
		e.Wait = func(context.Context, time.Duration) error {
			if p.leaves {
				return context.Canceled
			}
			return nil
		}
	})
	p.Handler.(*Mount).handler.spare = func(*Call) {} // it is looked at afterwards
	return p
}

func (p *packing) check() {
	c := p.call
	if c == nil || c.owner == nil {
		return
	}
	e := c.entry
	plain := journal.New(journal.NewBudget(1<<20), 1)
	plain.Add(&e)
	want, _ := plain.Get(e.ID)
	got, ok := c.owner.Journal.Get(e.ID)
	if !ok {
		p.t.Fatalf("%s is not there", e.ID)
	}
	got.Seq = want.Seq
	if !reflect.DeepEqual(got, want) {
		p.t.Fatalf("%s %s is remembered as\n%+v, but is\n%+v", e.Request.Method, e.Request.Target, got, want)
	}
	if c.given != nil && c.given.packed.Load() != nil {
		p.packed++
	}
}

// What is remembered of a request is the same whether a part of it was packed before
// or not: among tenants, hosts, ways to write a target, names of calls, faults and
// surprises, while tasks and the clock move.
func TestPackedEntriesAreWhole(t *testing.T) {
	const tasks = life + "tasks: [{id: a, lifecycle: still}, {id: c, lifecycle: still}, {id: b}]\n"
	packed := 0
	rapid.Check(t, func(rt *rapid.T) {
		scenario := tasks
		if rapid.Bool().Draw(rt, "faults") {
			scenario += `faults:
  - {name: torn, on: poll, every: 5, answer: {malformed: true}}
  - {name: half, on: poll, every: 7, answer: {truncate: 50%}}
  - {name: typed, on: poll, every: 4, answer: {content_type: text/html}}
  - {name: twice, on: poll, every: 9, answer: {duplicate: Content-Type}}
  - {name: bare, on: poll, every: 11, answer: {missing: Content-Type}}
  - {name: down, on: poll, every: 6, answer: {status: 503}}
  - {name: gone, on: poll, every: 8, answer: {empty: true}}
  - {name: undone, on: poll, every: 10, stage: after, answer: {reset: true}}
  - {name: late, on: poll, every: 3, stage: after, answer: {latency: 1s}}
`
		}
		if rapid.Bool().Draw(rt, "surprises") {
			scenario += fmt.Sprintf("surprises: %d\n", rapid.IntRange(1, 20).Draw(rt, "seed"))
		}
		if rapid.Bool().Draw(rt, "skew") {
			scenario += "auth: {clock_skew: 3s}\n"
		}
		p := newPacking(t, rt, scenario)
		for range 30 {
			p.ask(rt)
		}
		packed += p.packed
	})
	if packed == 0 {
		t.Error("nothing was packed")
	}
}

// request is what do and try are given.
type request struct {
	method, target, body string
	header               []string
}

// ask sends the last request again, most times, or another, and checks what is
// remembered of it.
func (p *packing) ask(t *rapid.T) {
	if rapid.IntRange(0, 9).Draw(t, "later") == 0 {
		_ = p.source.Advance(time.Duration(rapid.IntRange(1, 4000).Draw(t, "ms")) * time.Millisecond)
	}
	if p.last.method == "" || rapid.IntRange(0, 3).Draw(t, "another") == 0 {
		p.last = another(t)
	}
	p.call, p.leaves = nil, rapid.IntRange(0, 3).Draw(t, "leaves") == 0
	body := strings.Replace(p.last.body, "ID", fmt.Sprint(rapid.IntRange(1, 3).Draw(t, "id")), 1)
	p.try(p.last.method, p.last.target, body, p.last.header...)
	p.check()
}

func another(t *rapid.T) request {
	some := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
	r := request{method: "GET", header: []string{
		some("who", "", "", "", "Authorization: Bearer test~other", basic("demo", "secret")),
		some("undeclared", "", "", "X-Extra: 1", "X-Vendorsim-Request: demo.3"), some("declared", "", "", "X-One: x"),
	}}
	r.target = some("base", "", "", "http://other.example") + some("target",
		"/v1/task/a", "/v1/task/a", "/v1/task/c", "/v1/task/%61", "/v1/task/a?extra=1", "/v1/task/b", "/v1/task/none", "/v1/tasks", "/v1/rpc", "/v1/rpc")
	if strings.HasSuffix(r.target, "/rpc") {
		r.method, r.body = "POST", some("blank", "", " ")+`{"method":"getStatus","id":ID,"params":{"taskId":"a"}}`
	}
	return r
}
