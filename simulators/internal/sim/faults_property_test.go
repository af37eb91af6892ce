package sim

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/scenarios"
)

// Chance is within five deviations of what it says, over many requests, and the
// same each time.
func TestChance(t *testing.T) {
	const requests, chance = 10_000, 0.3
	b := serve(t, stillTask+"limits: []\nfaults: [{name: maybe, on: getTask, chance: 30%, answer: {status: 503}}]", acme())
	fired := 0
	for range requests {
		if b.do("GET", "/v1/task/a", "").Code == 503 {
			fired++
		}
	}
	if off := math.Abs(float64(fired) - requests*chance); off > 5*math.Sqrt(requests*chance*(1-chance)) {
		t.Errorf("fired %d times of %d", fired, requests)
	}
}

// The same seed gives each task the same sequence of outcomes, though 64 clients
// ask at once.
func TestOutcomesDoNotDependOnOthers(t *testing.T) {
	const clients, requests = 64, 40
	scenario := life + fmt.Sprintf("tasks: [{lifecycle: still, count: %d}]\n", clients) + `
faults:
  - {name: flaky, on: getTask, chance: 20%, answer: {status: 503}}
  - {name: torn, on: getTask, chance: 10%, answer: {malformed: true}}
  - {name: gone, on: getTask, every: 7, answer: {reset: true}}
  - {name: after, on: getTask, chance: 10%, stage: after, answer: {status: 500}}
  - {name: slow, on: getTask, chance: 50%, answer: {latency: 1ms..2s}}`
	run := func(atOnce bool) (all [clients][]string) {
		v := acme()
		v.IDs = IDs{
			Parse:  func(id string) (uint64, bool) { n, err := strconv.ParseUint(id, 16, 64); return n, err == nil },
			Format: func(n uint64, _ time.Time, _ *scenarios.Task) string { return string(AppendHexNumber(nil, n, 16)) }, Bits: 64,
		}
		b := serve(t, scenario, v, func(e *Env) {
			e.Wait = func(context.Context, time.Duration) error { return nil }
		})
		d, err := b.tenants.Accept(Credential{Name: "demo"}, "acme")
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for ref := range d.Tasks("acme").All() {
			ids = append(ids, d.Tasks("acme").ID(ref))
		}
		var wg sync.WaitGroup
		for i := range clients {
			client := func() {
				for range requests {
					all[i] = append(all[i], outcome(b.try("GET", "/v1/task/"+ids[i], "")))
				}
			}
			if atOnce {
				wg.Go(client)
			} else {
				client()
			}
		}
		wg.Wait()
		return all
	}
	one, many := run(false), run(true)
	different := map[string]bool{}
	for i := range clients {
		if !slices.Equal(one[i], many[i]) {
			t.Errorf("task %d\nalone: %v\nat once: %v", i, one[i], many[i])
		}
		if slices.Contains(one[i], "404") {
			t.Fatal("the task is not known")
		}
		different[fmt.Sprint(one[i])] = true
	}
	if len(different) < clients/2 {
		t.Errorf("only %d courses of %d are different", len(different), clients)
	}
}

// Whatever faults do to the answers, the tenant is what it would be without them
// after the same work: its tasks, what clients wrote, its tokens, its counters.
func TestFaultsLeaveTheTenantAlone(t *testing.T) {
	answers := []string{
		"{reset: true}", "{empty: true}", "{malformed: true}", "{truncate: 30%}", "{drip: 1s}", "{content_type: x}", "{duplicate: Date}",
		"{missing: Date}", "{stale: 7s}", "{redirect: /x}", "{html: true}", "{status: 503}", "{kind: unknown-task}", "{latency: 1s..5s}",
	}
	requests := []struct{ method, target, body, header string }{
		{"GET", "/v1/task/a", "", ""}, {"GET", "/v1/task/b", "", ""}, {"GET", "/v1/tasks", "", ""}, {"POST", "/v1/work", `{"what":"x"}`, ""},
		{"POST", "/v1/token", "user=demo&secret=s", "Content-Type: application/x-www-form-urlencoded"}, {"GET", "/v1/task/none", "", ""},
		{"POST", "/v1/rpc", `{"method":"getStatus","params":{"taskId":"a"}}`, ""},
	}
	rapid.Check(t, func(rt *rapid.T) {
		var faults strings.Builder
		for i := range rapid.IntRange(1, 4).Draw(rt, "faults") {
			stage := ""
			answer := rapid.SampledFrom(answers).Draw(rt, "answer")
			if i := slices.Index(answers, answer); (i < 2 || i >= 9) && rapid.Bool().Draw(rt, "after") {
				stage = "stage: after, "
			}
			fmt.Fprintf(&faults, "  - {name: f%d, chance: %d%%, %sanswer: %s}\n", i, rapid.IntRange(1, 100).Draw(rt, "chance"), stage, answer)
		}
		tasks := life + "count_lists: true\ntasks: [{id: a}, {id: b, lifecycle: still}]\n"
		v, done := acme(), false
		for name, operation := range v.Operations {
			v.Operations[name] = func(c *Call) (Reply, error) { done = true; return operation(c) }
		}
		quiet := func(e *Env) { e.Wait = func(context.Context, time.Duration) error { return nil } }
		struck, twin := serve(t, tasks+"faults:\n"+faults.String(), v, quiet), serve(t, tasks, acme(), quiet)
		for _, b := range []*bench{struck, twin} {
			if _, err := b.tenants.Accept(Credential{Name: "demo"}, "acme"); err != nil {
				rt.Fatal(err)
			}
		}
		for range rapid.IntRange(1, 25).Draw(rt, "requests") {
			r := rapid.SampledFrom(requests).Draw(rt, "request")
			done = false
			struck.try(r.method, r.target, r.body, r.header)
			if done {
				twin.try(r.method, r.target, r.body, r.header)
			}
			d := time.Duration(rapid.IntRange(0, 4).Draw(rt, "seconds")) * time.Second
			_, _ = struck.source.Advance(d), twin.source.Advance(d)
		}
		if got, want := struck.state(), twin.state(); got != want {
			rt.Fatalf("with faults\n%s\nwithout\n%s\n%s", got, want, faults.String())
		}
	})
}

// state is all that a later request could meet of the tenant demo.
func (b *bench) state() string {
	d, ok := b.tenants.Find("demo")
	if !ok {
		return "no tenant"
	}
	var out strings.Builder
	tasks := d.Tasks("acme")
	for ref := range tasks.All() {
		e, known := tasks.Look(ref, d.Clock.Now())
		fmt.Fprintf(&out, "%s %v %+v\n", e.ID, known, e.Snapshot)
	}
	fmt.Fprintf(&out, "%d tokens, %d issued, %d tracked\n", len(d.Tokens()), d.Issued.Load(), d.Tracked.Load())
	return out.String()
}
