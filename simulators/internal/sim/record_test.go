package sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/journal"
)

// entry is what is remembered of the request that was answered with w.
func (b *bench) entry(w *httptest.ResponseRecorder) *journal.Entry {
	b.Helper()
	id := w.Header().Get(RequestHeader)
	j := b.refused
	if name, _, ok := strings.Cut(id, "."); ok {
		t, _ := b.tenants.Find(name)
		j = t.Journal
	}
	e, ok := j.Get(id)
	if !ok {
		b.Fatalf("nothing is remembered of %q", id)
	}
	return e
}

// told is an entry on one line: what was asked, what was answered, and what is
// known of it.
func told(e *journal.Entry) string {
	line := []string{e.ID, e.Operation, e.Kind, fmt.Sprint(e.Reply.Status)}
	for _, s := range e.Tasks {
		line = append(line, fmt.Sprintf("shows %s %s/%s %v", s.ID, s.State, s.Phase, s.Ended))
	}
	if e.Asked != "" {
		line = append(line, "asks "+e.Asked)
	}
	if e.Created != "" {
		line = append(line, "created")
	}
	for _, l := range e.Limits {
		line = append(line, fmt.Sprintf("limit %d %d/%d %v", l.Rule, l.Used, l.Of, l.Wait))
	}
	if r := e.Refusal; r != nil {
		line = append(line, strings.TrimSpace(fmt.Sprintf("refused %s %s %s %s", r.Kind, r.In, r.Field, r.Rule)))
		if r.RetryAfter > 0 {
			line = append(line, fmt.Sprintf("told %ds", r.RetryAfter))
		}
	}
	if len(e.Unread) > 0 {
		line = append(line, "unread "+strings.Join(e.Unread, ", "))
	}
	return strings.Join(line, "; ")
}

// Each request leaves an entry, whatever became of it.
func TestEntries(t *testing.T) {
	b := serve(t, life+`tasks: [{id: a}, {id: b, lifecycle: still}, {id: c, subtasks: {count: 2}}]
limits: [{on: newTask, per: token, requests: 2, window: 1m}, {on: poll, per: tenant, requests: 1000, window: 1m}]`, acme())
	huge := strings.Repeat("x", MaxBody+1)
	for _, c := range []struct{ method, target, body, header, want string }{
		{"GET", "/v1/task/a", "", "", "demo.1; getTask; poll; 200; shows a queued/pending false; asks a; limit 1 0/1000 0s"},
		{"GET", "/v1/task/b?x=1&limit=5&y", "", "", "demo.2; getTask; poll; 200; shows b waiting/pending false; asks b; limit 1 1/1000 0s; unread query x, query y"},
		{"GET", "/v1/task/b?x=1&limit=5&y", "", "", "demo.3; getTask; poll; 200; shows b waiting/pending false; asks b; limit 1 2/1000 0s; unread query x, query y"},
		{"GET", "/v1/task/b?x=1&limit=5&y", "", "", "demo.4; getTask; poll; 200; shows b waiting/pending false; asks b; limit 1 3/1000 0s; unread query x, query y"}, // kept
		{"GET", "/v1/task/c", "", "", "demo.5; getTask; poll; 200; shows c /pending false; asks c; limit 1 4/1000 0s"},
		{"GET", "/v1/task/zz?x=1", "", "", "demo.6; getTask; poll; 404; asks zz; limit 1 5/1000 0s; refused unknown-task; unread query x"},
		{"GET", "/v1/task/a?limit=0", "", "", "demo.7; getTask; poll; 400; asks a; limit 1 6/1000 0s; refused invalid query limit minimum"},
		{"GET", "/v1/task/a", "", "X-Forbid: 1", "demo.8; getTask; poll; 403; asks a; refused forbidden"},
		{"GET", "/nowhere?x=1", "", "", "demo.9; none; ; 404; refused not-found"},
		{"PUT", "/v1/task/a", "", "", "demo.10; none; ; 405; refused method-not-allowed"},
		{"POST", "/v1/rpc", `{"method":"getStatus","params":{"taskId":"b","more":1},"extra":1}`, "", "demo.11; getStatus; poll; 200; shows b waiting/pending false; asks b; limit 1 7/1000 0s; unread body extra, params more"},
		{"POST", "/v1/rpc", `{"method":"getstatus","extra":1}`, "", "demo.12; rpc; read; 200; refused unknown-method; unread body extra"},
		{"GET", "/v1/tasks?limit=2&offset=1", "", "", "demo.13; listTasks; list; 200; shows b waiting/pending false; shows c /pending false"},
		{"POST", "/v1/task", `{"name":"x","nmae":1}`, "", "demo.14; newTask; start; 200; limit 0 0/2 0s; unread body nmae"},
		{"POST", "/v1/task", "{", "", "demo.15; newTask; start; 400; limit 0 1/2 0s; refused malformed"},
		{"POST", "/v1/task", huge, "", "demo.16; newTask; start; 429; limit 0 2/2 1m0s; refused rate-limited; told 60s"},
		{"GET", "/v1/task/a?x=1", "", "Authorization: Bearer nosuch", "@1; getTask; poll; 401; asks a; refused unauthorized; unread query x"},
		{"GET", "/nowhere", "", "Authorization: Bearer nosuch", "@2; none; ; 401; refused unauthorized"},
		{"POST", "/v1/token", "user=demo&secret=wrong", "Content-Type: application/x-www-form-urlencoded", "@3; logIn; login; 401; refused unauthorized"},
		{"POST", "/v1/token?b=1", "user=demo&secret=s&a=1", "Content-Type: application/x-www-form-urlencoded", "demo.17; logIn; login; 200; unread query b, form a"},
	} {
		w := b.do(c.method, c.target, c.body, c.header)
		if got := told(b.entry(w)); got != c.want {
			t.Errorf("%s %s\ngot  %s\nwant %s", c.method, c.target, got, c.want)
		}
	}
	w := b.do("POST", "/v1/work", `{"what":"x"}`, "")
	e := b.entry(w)
	if e.Created == "" || len(e.Tasks) != 1 || e.Tasks[0].ID != e.Created || !strings.Contains(w.Body.String(), e.Created) {
		t.Errorf("created %q, shown %v, answered %s", e.Created, e.Tasks, w.Body)
	}
}

// What an entry has of the request and of the reply, byte for byte.
func TestEntryHoldsTheExchange(t *testing.T) {
	b := serve(t, life+`tasks: [{id: a, lifecycle: still}, {id: "x/y", lifecycle: still}]`, acme(), func(e *Env) { e.Log = nil })
	b.Handler = b.Handler.(*Mount).At("/acme")
	_ = b.source.Advance(3 * time.Second)
	for range 4 { // the last two are kept answers
		body := " \t" + `{"method":"getStatus","params":{"taskId":"a"}}` + "\n"
		w := b.do("POST", "http://sim.example:7800/acme/v1/rpc?q=%41;b", body, "X-Twice: 1", "X-Twice: 2")
		e := b.entry(w)
		got := e.Request
		if got.Method != "POST" || got.Scheme != "http" || got.Host != "sim.example:7800" || got.Target != "/acme/v1/rpc?q=%41;b" ||
			got.Proto != "HTTP/1.1" || string(got.Body) != body || got.Source != "192.0.2.1" || fmt.Sprint(got.Header["X-Twice"]) != "[1 2]" {
			t.Errorf("request %+v", got)
		}
		if e.Reply.Status != 200 || e.Reply.Body != w.Body.String() || fmt.Sprint(e.Reply.Header) != fmt.Sprint(w.Header()) || len(e.Reply.Header) < 2 {
			t.Errorf("reply %+v\nwant %v %s", e.Reply, w.Header(), w.Body)
		}
		if !e.Real.Equal(b.source.Now()) || !e.At.Equal(e.Real) || e.Tenant != "demo" || e.Vendor != "acme" || e.Profile != Documented {
			t.Errorf("entry %+v", e)
		}
	}
	for target, want := range map[string]string{
		"https://sim.example/acme/v1/task/x%2Fy": "https /acme/v1/task/x%2Fy 200",
		"http://sim.example/acme/v1//task?%zz":   "http /acme/v1//task?%zz 404",
	} {
		e := b.entry(b.do("GET", target, ""))
		if got := fmt.Sprint(e.Request.Scheme, " ", e.Request.Target, " ", e.Reply.Status); got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
	// Not by way of a server: there is no line of a request to keep.
	r, err := http.NewRequest("GET", "http://sim.example/acme/v1/task/x%2Fy?a=b", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer demo")
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	if got := b.entry(w).Request.Target; got != "/acme/v1/task/x%2Fy?a=b" {
		t.Errorf("target %s", got)
	}
}

// Of a body that nobody reads the beginning is kept.
func TestBodiesThatNobodyReads(t *testing.T) {
	b := serve(t, life, acme())
	for _, c := range []struct {
		target      string
		bytes, kept int
	}{
		{"/nowhere", 100, 100}, {"/nowhere", 70_000, maxUnresolved}, {"/nowhere", 2 * MaxBody, maxUnresolved},
		{"/v1/task", 70_000, 70_000}, {"/v1/task", MaxBody + 1, maxUnresolved},
	} {
		body := strings.Repeat("y", c.bytes)
		e := b.entry(b.do("POST", c.target, body))
		if string(e.Request.Body) != body[:c.kept] {
			t.Errorf("%s, %d bytes: %d are kept, want %d", c.target, c.bytes, len(e.Request.Body), c.kept)
		}
	}
}

// Our own answers carry an id too, and leave an entry.
func TestOwnAnswersHaveIDs(t *testing.T) {
	v := acme()
	v.Operations["getTask"] = func(*Call) (Reply, error) { panic("boom") }
	v.Operations["newTask"] = func(*Call) (Reply, error) { return JSON(200, "breaks the contract"), nil }
	b := serve(t, life, v)
	for want, w := range map[string]*httptest.ResponseRecorder{
		"demo.1; getTask; poll; 500; asks a; refused internal": b.do("GET", "/v1/task/a", ""),
		"demo.2; newTask; start; 500; refused internal":        b.do("POST", "/v1/task", `{"name":"x"}`),
	} {
		e := b.entry(w)
		if got := told(e); got != want || e.Reply.Body != w.Body.String() || e.Note == "" || e.Refusal.Text != e.Note {
			t.Errorf("got %s, note %q, want %s", got, e.Note, want)
		}
	}
}

// The id can be asked about as soon as the client has it, and before.
type curious struct {
	*httptest.ResponseRecorder
	b     *bench
	found bool
}

func (c *curious) WriteHeader(status int) {
	c.ResponseRecorder.WriteHeader(status)
	c.found = c.b.entry(c.ResponseRecorder).Reply.Status == status
}

func TestIDsAreKnownBeforeTheReply(t *testing.T) {
	b := serve(t, life+"tasks: [{id: a}]", acme())
	for _, token := range []string{"demo", "nosuch"} {
		r := httptest.NewRequest("GET", "/v1/task/a", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		w := &curious{httptest.NewRecorder(), b, false}
		b.ServeHTTP(w, r)
		if !w.found {
			t.Errorf("%s: %v", token, w.Header())
		}
	}
}

// Ids are given once, however many ask at the same time.
func TestIDsAreUnique(t *testing.T) {
	b := serve(t, life+"tasks: [{id: a, lifecycle: still}]", acme(), func(e *Env) { e.Log = nil })
	var ids sync.Map
	var wg sync.WaitGroup
	const each = 50
	tokens := []string{"demo", "test~one", "nosuch"}
	for _, token := range tokens {
		for range 4 {
			wg.Go(func() {
				for range each {
					w := b.do("GET", "/v1/task/a", "", "Authorization: Bearer "+token)
					if _, twice := ids.LoadOrStore(w.Header().Get(RequestHeader), token); twice {
						t.Errorf("%s is given twice", w.Header().Get(RequestHeader))
					}
				}
			})
		}
	}
	wg.Wait()
	for i, prefix := range []string{"demo.", "test~one.", "@"} {
		for n := 1; n <= 4*each; n++ {
			if token, _ := ids.Load(fmt.Sprint(prefix, n)); token != tokens[i] {
				t.Errorf("%s%d: %v", prefix, n, token)
			}
		}
	}
}

// Vendors that share a counter never give the same id to two refused requests;
// nor does one that has none.
func TestRefusedCount(t *testing.T) {
	b := serve(t, life, acme(), func(e *Env) { e.Refused = nil })
	for n := 1; n <= 3; n++ {
		w := b.do("GET", "/v1/task/a", "", "Authorization: Bearer nosuch")
		if got := w.Header().Get(RequestHeader); got != fmt.Sprint("@", n) {
			t.Errorf("%s, want @%d", got, n)
		}
	}
}

// Under a skipping clock an entry stands at the instant at which its request
// arrived; what was answered is later.
func TestEntriesStandBeforeASkip(t *testing.T) {
	b := serve(t, "clock: {mode: skip, start: 2026-01-15T09:00:00Z}"+life+"tasks: [{id: b, lifecycle: still}]", acme())
	b.do("GET", "/v1/task/b", "")
	w := b.do("GET", "/v1/task/b", "")
	if e := b.entry(w); !e.At.Equal(start) || e.Tasks[0].State != "ended" || !e.Tasks[0].Ended {
		t.Errorf("at %v: %+v", e.At, e.Tasks)
	}
	if e := b.entry(b.do("GET", "/v1/task/b", "")); !e.At.Equal(start.Add(5 * time.Second)) {
		t.Errorf("at %v", e.At)
	}
}

// However many tasks an answer shows, so many are remembered.
func TestShownIsBounded(t *testing.T) {
	b := serve(t, life+"tasks: [{count: 250}]", acme())
	w := b.do("GET", "/v1/tasks?limit=200", "")
	var docs []acmeTask
	if err := json.Unmarshal(w.Body.Bytes(), &docs); err != nil || len(docs) != 200 {
		t.Fatal(err, len(docs))
	}
	e := b.entry(w)
	if len(e.Tasks) != maxShown || e.Tasks[0].ID != docs[0].ID || e.Tasks[99].ID != docs[99].ID {
		t.Errorf("%d tasks", len(e.Tasks))
	}
}

// A fault's wording by the operation itself is sent as it is, and is a refusal.
func TestRefuse(t *testing.T) {
	v := acme()
	v.Operations["getTask"] = func(c *Call) (Reply, error) {
		c.Read("a")
		return Reply{}, Refuse(UnknownTask, JSON(200, acmeTask{"", "nothing here", 0, ""}).With("DOMAIN_UUID", "ab"))
	}
	b := serve(t, life+"tasks: [{id: a, lifecycle: still}]", v)
	for n := 1; n <= 3; n++ { // and is not kept
		w := b.do("GET", "/v1/task/a", "")
		b.want(w, 200, "nothing here")
		if got, want := told(b.entry(w)), fmt.Sprintf("demo.%d; getTask; poll; 200; asks a; refused unknown-task", n); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// What is told of tasks: looked at and then read is once, hidden is not at all.
func TestShowsAndHides(t *testing.T) {
	v := acme()
	v.Operations["getTask"] = func(c *Call) (Reply, error) {
		c.Look("a") // not the one asked for
		c.Look(c.Path["id"])
		c.Read("a")
		if c.Path["id"] == "b" {
			c.Hide("a")
		}
		return JSON(200, acmeTask{"", "", 0, ""}).With("DOMAIN_UUID", "ab"), nil
	}
	b := serve(t, life+"tasks: [{id: a}, {id: b, lifecycle: still}]", v)
	for target, want := range map[string]string{
		"/v1/task/a": "demo.N; getTask; poll; 200; shows a queued/pending false; asks a",
		"/v1/task/b": "demo.N; getTask; poll; 200; shows b waiting/pending false; asks b",
	} {
		e := b.entry(b.do("GET", target, ""))
		_, got, _ := strings.Cut(told(e), ";")
		if got = "demo.N;" + got; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
