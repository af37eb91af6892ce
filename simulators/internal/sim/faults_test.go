package sim

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// try is do, or nil where the connection ended without an answer.
func (b *bench) try(method, target, body string, header ...string) (w *httptest.ResponseRecorder) {
	b.Helper()
	defer func() {
		if p := recover(); p == http.ErrAbortHandler {
			w = nil
		} else if p != nil {
			panic(p)
		}
	}()
	return b.do(method, target, body, header...)
}

// outcome is what came of a request, in a word.
func outcome(w *httptest.ResponseRecorder) string {
	if w == nil {
		return "lost"
	}
	return strings.TrimSpace(fmt.Sprint(w.Code, " ", w.Header().Get(FaultHeader)))
}

// A fault before the work leaves it undone; one after it does not, and the client
// cannot tell.
func TestStages(t *testing.T) {
	b := serve(t, life+`
faults:
  - {name: before, on: startWork, nth: 1, answer: {reset: true}}
  - {name: after, on: startWork, nth: 2, stage: after, answer: {reset: true}}
  - {name: failed, on: startWork, nth: 3, stage: after, answer: {status: 500}}
  - {name: torn, on: startWork, nth: 4, answer: {malformed: true}}
  - {name: read, on: getTask, nth: 2, stage: before, answer: {status: 500}}
  - {name: seen, on: getTask, nth: 3, stage: after, answer: {status: 500}}
tasks: [{id: a}]`, acme())
	tenant := func() *tenant.Tenant {
		t, _ := b.tenants.Find("demo")
		return t
	}
	for i, want := range []string{"lost 0", "lost 1", "500 failed 2", "200 torn 3", "200 4", "200 5"} {
		w := b.try("POST", "/v1/work", `{"what":"x"}`)
		made := 0
		for range tenant().Tasks("acme").Created() {
			made++
		}
		if got := fmt.Sprint(outcome(w), " ", made); got != want {
			t.Errorf("start %d: %s, want %s", i+1, got, want)
		}
	}
	var got []string
	for range 5 { // queued shows for two reads: the first and the third
		w := b.try("GET", "/v1/task/a", "")
		got = append(got, fmt.Sprint(w.Code, strings.Contains(w.Body.String(), "queued")))
	}
	if want := "[200 true 500 false 500 false 200 false 200 false]"; fmt.Sprint(got) != want {
		t.Errorf("reads %v, want %s", got, want)
	}
}

// What is remembered of a request that a fault met: which fired, which did not and
// why, and what the client knows of it.
func TestFaultsAreRemembered(t *testing.T) {
	b := serve(t, life+`
faults:
  - {name: before, on: startWork, nth: 1, answer: {empty: true}}
  - {name: after, on: startWork, nth: 2, stage: after, answer: {status: 500}}
  - {name: half, on: startWork, nth: 3, answer: {truncate: 10%}}
  - {name: late, on: startWork, nth: 4, answer: {latency: 1ms}}
  - {name: elsewhere, on: listTasks, answer: {reset: true}}
tasks: [{id: a}]`, acme())
	d, err := b.tenants.Accept(Credential{Name: "demo"}, "acme")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		"0; faults [before]; note fault before; refused lost",
		"500; faults [after]; note fault after; refused internal",
		"200; faults [half]; note fault half; ",
		"200; faults [late]; note fault late; ",
		"200; faults []; note ; ",
	} {
		b.try("POST", "/v1/work", `{"what":"x"}`)
		e, ok := d.Journal.Get(fmt.Sprintf("demo.%d", i+1))
		if !ok {
			t.Fatal("no entry")
		}
		refused := ""
		if e.Refusal != nil {
			refused = "refused " + e.Refusal.Kind
		}
		if got := fmt.Sprintf("%d; faults %v; note %s; %s", e.Reply.Status, e.Faults, e.Note, refused); got != want {
			t.Errorf("%d: %s\nwant %s", i+1, got, want)
		}
		if len(e.FaultsJudged) != 5 || e.FaultsJudged[i%5].Fired != (i < 4) || !strings.Contains(e.FaultsJudged[4].Why, "another operation") {
			t.Errorf("%d: judged %+v", i+1, e.FaultsJudged)
		}
		if made := e.Created != ""; made != (i > 0) {
			t.Errorf("%d: created %q", i+1, e.Created)
		}
		if length, _ := strconv.Atoi(e.Reply.Header.Get("Content-Length")); i == 2 && length/10 != len(e.Reply.Body) {
			t.Errorf("the journal has %q of %d bytes", e.Reply.Body, length)
		}
	}
}

// What those who judge the client are told.
func TestFaultsAreObserved(t *testing.T) {
	w := watch(t, life+`
faults:
  - {name: before, on: startWork, nth: 1, answer: {empty: true}}
  - {name: after, on: startWork, nth: 2, stage: after, answer: {status: 500}}
  - {name: torn, on: startWork, nth: 3, answer: {malformed: true}}
  - {name: half, on: startWork, nth: 4, answer: {truncate: 50%}}
  - {name: typed, on: startWork, nth: 5, answer: {content_type: text/plain}}
  - {name: late, on: startWork, nth: 5, answer: {latency: 1ms}}
  - {name: busy, on: getStatus, answer: {kind: unknown-method}}`)
	for i, want := range []string{
		"before lost",
		"after lost done created",
		"torn lost done created",
		"half lost done created",
		"typed, late done created",
		" done created",
		"busy failed",
	} {
		method := []string{"/v1/work", `{"what":"x"}`}
		if i == 6 {
			method = []string{"/v1/rpc", `{"method":"getStatus","params":{"taskId":"a"}}`}
		}
		reply := Reply{}
		if got := w.try("POST", method[0], method[1]); got != nil {
			reply.Status = got.Code
		}
		o := w.call.observation(&reply)
		got := o.Fault
		for _, is := range []struct {
			so   bool
			word string
		}{{o.Failed, "failed"}, {o.Lost, "lost"}, {o.Done, "done"}, {o.Created && len(o.Tasks) == 1, "created"}} {
			if is.so {
				got += " " + is.word
			}
		}
		if got != want {
			t.Errorf("%d: %s, want %s", i, got, want)
		}
	}
}

// A stale read shows an older snapshot, at the earliest the task as it was made;
// it is a read all the same, nothing of it is kept, and nothing kept is shown.
func TestStaleReads(t *testing.T) {
	b := serve(t, strings.Replace(life, "\nlifecycles:", `
lifecycles:
  counted:
    one: {phase: pending, polls: 1, to: two}
    two: {phase: running, polls: 1, to: three}
    three: {phase: succeeded}`, 1)+`
tasks: [{id: a, lifecycle: still}, {id: c, lifecycle: counted}]
faults:
  - {name: old, on: getTask, age: 6s..8s, nth: 3, answer: {stale: 4s}}
  - {name: oldest, on: getTask, age: 6s..8s, nth: 4, answer: {stale: 1h}}
  - {name: lists, on: listTasks, age: 0s.., answer: {stale: 1h}}`, acme())
	b.want(b.do("GET", "/v1/task/a", ""), 200, "waiting")
	b.want(b.do("GET", "/v1/task/c", ""), 200, "one")
	_ = b.source.Advance(6 * time.Second)
	for i, want := range []string{"ended", "ended", "waiting", "waiting", "ended", "ended"} {
		w := b.do("GET", "/v1/task/a", "")
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("read %d: %s %s", i+1, w.Body, w.Header())
		}
	}
	_ = b.source.Advance(time.Second)
	for i, want := range []string{"two", "three", "one", "one", "three"} { // the third shows it as it was 4 s ago
		if w := b.do("GET", "/v1/task/c", ""); !strings.Contains(w.Body.String(), want) {
			t.Errorf("counted read %d: %s %s", i+1, w.Body, w.Header())
		}
	}
}

// Lists are stale as well.
func TestStaleLists(t *testing.T) {
	b := serve(t, stillTask+"faults: [{name: old, on: listTasks, nth: 2, answer: {stale: 4s}}]", acme())
	b.do("GET", "/v1/task/a", "")
	_ = b.source.Advance(6 * time.Second)
	for i, want := range []bool{false, true, false} {
		w := b.do("GET", "/v1/tasks", "")
		if strings.Contains(w.Body.String(), "waiting") != want {
			t.Errorf("list %d: %s", i+1, w.Body)
		}
	}
}

// With silent faults nothing tells that one fired.
func TestSilentFaults(t *testing.T) {
	b := serve(t, stillTask+"faults: [{name: x, answer: {malformed: true}}]", acme(), func(e *Env) { e.SilentFaults = true })
	w := b.do("GET", "/v1/task/a", "")
	if _, told := w.Header()[FaultHeader]; told || !strings.Contains(w.Body.String(), ",}") {
		t.Errorf("%v %s", w.Header(), w.Body)
	}
}

// Requests that guards and limits refuse meet no fault; one that met no operation
// does, before it is told so.
func TestFaultsComeAfterLimits(t *testing.T) {
	b := serve(t, stillTask+`
limits: [{per: tenant, requests: 2, window: 1m}]
faults: [{name: x, nth: 1, per: tenant, answer: {status: 503}}]`, acme())
	b.want(b.do("GET", "/v1/task/a", "", "X-Forbid: 1"), 403, "")
	b.want(b.do("GET", "/nowhere", ""), 503, "unavailable")
	b.want(b.do("GET", "/nowhere", ""), 404, "")
	b.want(b.do("GET", "/v1/task/a", ""), 429, "")
}

// Where the vendor has no words, the answer plainly is not the vendor's.
func TestFaultWithoutWords(t *testing.T) {
	b := serve(t, stillTask+"faults: [{name: x, answer: {status: 418}}]", acme())
	b.want(b.do("GET", "/v1/task/a", ""), 500, "vendorsim: fault x: acme has no words for 418 at getTask\n")
}

// FaultAnswer tells the same before anything is served.
func TestFaultAnswer(t *testing.T) {
	v := acme()
	b := serve(t, stillTask, v)
	for _, c := range []struct {
		operation, kind string
		status          int
		want            string
	}{
		{"getTask", "", 503, ""}, {"getTask", "", 502, ""}, {"getTask", "internal", 0, ""}, {"", "", 504, ""}, {"", "unknown-method", 0, ""},
		{"getStatus", "unknown-method", 0, ""},
		{"getTask", "unknown-method", 0, "there is no such failure at getTask"},
		{"getTask", "tired", 0, "there is no kind \"tired\"; there are: " + strings.Join(FaultKinds(), ", ")},
		{"getTask", "", 418, "there is no error with status 418 at getTask; there are: 400, 401, 403, 404, 405, 413, 429, 500, 502, 503, 504"},
		{"nothing", "", 503, `there is no operation "nothing"`},
	} {
		got := ""
		if err := v.FaultAnswer(b.spec, c.operation, c.kind, c.status); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// A limit of requests at once counts a request until it has been answered, with
// the time that it takes.
func TestRequestsAtOnce(t *testing.T) {
	waiting, release := make(chan bool), make(chan bool)
	b := serve(t, stillTask+`
limits: [{per: source, concurrent: 2, retry_after_form: date}]
faults: [{name: slow, task: a, answer: {latency: 1s}}]`, acme(), func(e *Env) {
		e.Wait = func(context.Context, time.Duration) error {
			waiting <- true
			<-release
			return nil
		}
	})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { b.want(b.do("GET", "/v1/task/a", ""), 200, "") })
		<-waiting
	}
	w := b.do("GET", "/v1/task/b", "")
	b.want(w, 429, "rate-limited")
	if got := w.Header().Get("Retry-After"); got != "Thu, 15 Jan 2026 09:00:01 GMT" {
		t.Errorf("Retry-After: %s", got)
	}
	close(release)
	wg.Wait()
	for range 5 {
		b.want(b.do("GET", "/v1/task/b", ""), 200, "")
	}
}
