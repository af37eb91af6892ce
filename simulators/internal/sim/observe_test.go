package sim

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/verify"
)

// watched is a bench whose last call can be looked at.
type watched struct {
	*bench
	call *Call
}

func watch(t *testing.T, scenario string, change ...func(*Vendor)) *watched {
	w := &watched{}
	v := acme()
	for _, f := range change {
		f(v)
	}
	credential := v.Credential
	v.Credential = func(c *Call) (Credential, *Fault) { w.call = c; return credential(c) }
	w.bench = serve(t, scenario, v)
	w.Handler.(*Mount).handler.spare = func(*Call) {} // it is looked at afterwards
	return w
}

// observe sends a request and answers what was told of it.
func (w *watched) observe(method, target, body string, header ...string) (verify.Observation, *httptest.ResponseRecorder) {
	w.Helper()
	got := w.do(method, target, body, header...)
	reply := Reply{Status: got.Code}
	if wait := got.Header().Get("Retry-After"); wait != "" {
		reply = reply.With("Retry-After", wait)
	}
	return *w.call.observation(&reply), got
}

func (w *watched) logIn() string {
	w.Helper()
	o, got := w.observe("POST", "/v1/token", "user=demo&secret=s", "Content-Type: application/x-www-form-urlencoded")
	_, token, _ := strings.Cut(got.Body.String(), `:"`)
	token = strings.TrimSuffix(token, `"}`)
	if o.Token != (verify.Token{Given: hashOf(token), Life: 10 * time.Second}) {
		w.Errorf("a log-in that gives %s is %+v", token, o.Token)
	}
	return token
}

// Everything of an observation that every request has.
func TestObservation(t *testing.T) {
	w := watch(t, "clock: {mode: x60, start: 2026-02-01T00:00:00Z}"+life+"tasks: [{id: a}, {id: b, lifecycle: still}]")
	w.do("GET", "/v1/task/a", "")
	_ = w.source.Advance(time.Second)
	began := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	for range 3 { // the last is a kept answer
		o, _ := w.observe("GET", "/v1/task/b?x=1", "")
		if !o.Real.Equal(w.source.Now()) || !o.At.Equal(began.Add(time.Minute)) || o.Lived != time.Minute || o.Speed != 60 || o.Frozen {
			t.Errorf("instants %v %v %v, x%d, %v", o.Real, o.At, o.Lived, o.Speed, o.Frozen)
		}
		if o.Vendor != "acme" || o.Operation != "getTask" || o.Kind != "poll" || o.Status != 200 || o.Asked != "b" ||
			fmt.Sprint(o.Tasks) != "[{b true}]" || o.Created || o.Body != 0 || len(o.Limits) != 0 || o.RetryAfter != 0 || o.Told != 0 ||
			o.Token != (verify.Token{}) || o.Page != nil || fmt.Sprint(o.Unknown) != "[query x]" {
			t.Errorf("got %+v", o)
		}
	}
	if o, _ := w.observe("GET", "/nowhere", ""); o.Operation != "none" || o.Kind != "" || o.Status != 404 || o.Asked != "" || o.Tasks != nil {
		t.Errorf("outside: %+v", o)
	}
	if o, _ := w.observe("GET", "/v1/task/zz", ""); o.Status != 404 || o.Asked != "zz" || o.Tasks != nil {
		t.Errorf("unknown: %+v", o)
	}
	frozen := watch(t, "clock: {mode: frozen}"+life+"tasks: [{id: a}]")
	if o, _ := frozen.observe("GET", "/v1/task/a", ""); !o.Frozen || o.Speed != 1 {
		t.Errorf("frozen: %+v", o)
	}
}

// Which limits looked at a request, and which of them told it to wait.
func TestObservedLimits(t *testing.T) {
	w := watch(t, life+`tasks: [{id: a, lifecycle: still}]
limits: [{per: tenant, requests: 10, window: 1m}, {on: getTask, per: tenant, requests: 2, window: 7s}, {on: getTask, per: tenant, requests: 2, window: 3s}]`)
	first, _ := w.observe("GET", "/v1/task/a", "")
	second, _ := w.observe("GET", "/v1/task/zz", "")
	refused, _ := w.observe("GET", "/v1/task/a", "")
	other, _ := w.observe("GET", "/v1/tasks", "")
	if len(first.Limits) != 3 || fmt.Sprint(first.Limits) != fmt.Sprint(second.Limits) || fmt.Sprint(first.Limits) != fmt.Sprint(refused.Limits) ||
		fmt.Sprint(other.Limits) != fmt.Sprint(first.Limits[:1]) || first.Limits[1] == first.Limits[2] {
		t.Errorf("limits %v, %v, %v, %v", first.Limits, second.Limits, refused.Limits, other.Limits)
	}
	if first.RetryAfter != 0 || first.Told != 0 || refused.Status != 429 || refused.RetryAfter != 7 || refused.Told != first.Limits[1] {
		t.Errorf("told %d by %d: %+v", refused.RetryAfter, refused.Told, refused)
	}
	// Where no limit says so, a wait holds for the operation; where the answer
	// does not tell of one, there is none.
	away := watch(t, life+"limits: [{per: tenant, requests: 1, window: 1m}]", func(v *Vendor) {
		v.Operations["getTask"] = func(*Call) (Reply, error) { return Reply{}, &Fault{Kind: Unavailable, RetryAfter: 9} }
		fault := v.Fault
		v.Fault = func(c *Call, f *Fault) Reply {
			r := fault(c, f)
			if f.Kind == RateLimited {
				r = JSON(503, r.Body) // which needs no Retry-After
			}
			return r
		}
	})
	if o, _ := away.observe("GET", "/v1/task/a", ""); o.RetryAfter != 9 || o.Told != 0 || len(o.Limits) != 1 {
		t.Errorf("unavailable: %+v", o)
	}
	if o, _ := away.observe("GET", "/v1/task/a", ""); o.RetryAfter != 0 || o.Told != 0 || o.Status != 503 {
		t.Errorf("told nothing: %+v", o)
	}
}

// A token that a log-in gave is known again when it is sent, also once it is
// over: then its tenant is told, though the request is refused.
func TestObservedTokens(t *testing.T) {
	w := watch(t, life+"tasks: [{id: a}]")
	token := w.logIn()
	if second := w.logIn(); second == token {
		t.Fatal("the same token twice")
	}
	o, _ := w.observe("GET", "/v1/task/a", "", "Authorization: Bearer "+token)
	if o.Token != (verify.Token{Sent: hashOf(token)}) || o.Status != 200 {
		t.Errorf("in time: %+v", o)
	}
	if o, _ := w.observe("GET", "/v1/task/a", "", "Authorization: Bearer demo"); o.Token != (verify.Token{}) {
		t.Errorf("a tenant's name: %+v", o.Token)
	}
	_ = w.source.Advance(10 * time.Second)
	o, got := w.observe("GET", "/v1/task/a", "", "Authorization: Bearer "+token)
	if o.Token != (verify.Token{Sent: hashOf(token), Expired: true}) || o.Status != 401 || o.Asked != "a" || o.Tasks != nil || o.Lived != 10*time.Second {
		t.Errorf("too late: %+v", o)
	}
	e := w.entry(got)
	if told(e) != "demo.5; getTask; poll; 401; asks a; refused unauthorized" || e.Tenant != "demo" || !e.At.Equal(start.Add(10*time.Second)) {
		t.Errorf("too late: %s, %+v", told(e), e)
	}
	if strings.Contains(e.Note+e.Refusal.Text, token) {
		t.Errorf("the token is told: %s", e.Note)
	}
	demo, _ := w.tenants.Find("demo")
	if report := demo.Observer.Report(verify.Now{}); report.Calls != 5 {
		t.Errorf("%d calls were told of, want 5", report.Calls)
	}
}

// What else is known like a token, such as the place in a list, is none.
func TestOnlyLogInsGiveTokens(t *testing.T) {
	w := watch(t, life, func(v *Vendor) {
		v.Operations["listTasks"] = func(c *Call) (Reply, error) {
			c.Issue("place", "p1", time.Minute, nil)
			return JSON(200, []any{}), nil
		}
	})
	if o, _ := w.observe("GET", "/v1/tasks", ""); o.Token != (verify.Token{}) || o.Status != 200 {
		t.Errorf("got %+v", o)
	}
}

// A vendor that refuses a token itself has named it before: that is enough.
func TestTokensRefusedByTheVendor(t *testing.T) {
	w := watch(t, life+"tasks: [{id: a}]", func(v *Vendor) {
		credential := v.Credential
		v.Credential = func(c *Call) (Credential, *Fault) {
			got, fault := credential(c)
			if k, err := c.TokenNamed(got.Token); k != nil && (err != nil || c.Header.Get("X-One") != "") {
				return Credential{}, &Fault{Kind: Unauthorized}
			}
			return got, fault
		}
	})
	token := w.logIn()
	o, got := w.observe("GET", "/v1/task/a", "", "Authorization: Bearer "+token, "X-One: 1")
	if o.Token != (verify.Token{Sent: hashOf(token)}) || o.Status != 401 || w.entry(got).ID != "demo.2" {
		t.Errorf("refused: %+v", o)
	}
	_ = w.source.Advance(10 * time.Second)
	o, got = w.observe("GET", "/v1/task/a", "", "Authorization: Bearer "+token)
	if o.Token != (verify.Token{Sent: hashOf(token), Expired: true}) || w.entry(got).ID != "demo.3" {
		t.Errorf("too late: %+v", o)
	}
}

// Two submissions ask for the same work where their requests say the same,
// whatever came of them.
func TestObservedWork(t *testing.T) {
	w := watch(t, life+"limits: [{on: startWork, per: tenant, requests: 9, window: 1m}]")
	work := func(target, body string) verify.Observation {
		t.Helper()
		o, _ := w.observe("POST", target, body)
		return o
	}
	first := work("/v1/work", `{"what":"x","how":{"fast":true,"n":1.0}}`)
	if first.Body == 0 || !first.Created || len(first.Tasks) != 1 || first.Tasks[0].Ended {
		t.Errorf("got %+v", first)
	}
	for body, same := range map[string]bool{
		` {"how": {"n":1.0, "fast":true}, "what":"x"}`: true, `{"what":"y","how":{"fast":true,"n":1.0}}`: false, `{"what":"x"}`: false,
		`{"how":{"fast":true,"n":1.0}}`: false, // breaks the contract, and asks for something all the same
	} {
		if got := work("/v1/work", body); (got.Body == first.Body) != same || got.Body == 0 {
			t.Errorf("%s: the same %v, want %v", body, !same, same)
		}
	}
	if got := work("/v1/work?x=1", `{"what":"x","how":{"fast":true,"n":1.0}}`); got.Body == first.Body {
		t.Error("another query asks for the same")
	}
	for _, body := range []string{"{", ""} {
		if got := work("/v1/work", body); got.Created || got.Tasks != nil || body == "{" && got.Body != 0 {
			t.Errorf("%q: %+v", body, got)
		}
	}
	for range 2 {
		work("/v1/work", `{"what":"z"}`)
	}
	if got := work("/v1/work", `{"what":"x","how":{"fast":true,"n":1.0}}`); got.Status != 429 || got.Body != first.Body || got.Created {
		t.Errorf("refused by a limit: %+v", got)
	}
	if o, _ := w.observe("POST", "/v1/task", `{"name":"x"}`); o.Body == 0 || o.Created || o.Body == first.Body {
		t.Errorf("of another operation: %+v", o)
	}
}

// The pages of a list have one name.
func TestObservedPages(t *testing.T) {
	w := watch(t, life+"tasks: [{count: 5}]")
	page := func(query string) verify.Page {
		t.Helper()
		o, _ := w.observe("GET", "/v1/tasks"+query, "")
		if o.Page == nil {
			t.Fatal("no page")
		}
		return *o.Page
	}
	first := page("")
	for query, want := range map[string]verify.Page{
		"?limit=2&offset=2": {From: 2, Len: 2, More: true}, "?offset=4": {From: 4, Len: 1}, "?offset=9": {From: 5}, "?limit=5": {Len: 5}, "?limit=1": {Len: 1, More: true},
	} {
		if want.List = first.List; page(query) != want {
			t.Errorf("%s: %+v, want %+v", query, page(query), want)
		}
	}
	if got := page("?state=queued"); got.List == first.List || got.Len != 2 || strings.Contains(got.List, "queued") {
		t.Errorf("another list: %+v, not %+v", got, first)
	}
	refusing := watch(t, life, func(v *Vendor) {
		v.Operations["listTasks"] = func(c *Call) (Reply, error) {
			c.Page("list", 0, 2, true)
			return Reply{}, &Fault{Kind: Internal}
		}
	})
	if o, _ := refusing.observe("GET", "/v1/tasks", ""); o.Page != nil || o.Status != 500 {
		t.Errorf("refused: %+v", o)
	}
}

// A page of a kept answer is told of as often as it is given.
func TestPagesOfKeptAnswers(t *testing.T) {
	asked := 0
	w := watch(t, life+"tasks: [{id: b, lifecycle: still}]", func(v *Vendor) {
		getStatus := v.Operations["getStatus"]
		v.Operations["getStatus"] = func(c *Call) (Reply, error) {
			asked++
			c.Page(c.Rest("page", "size"), 4, 2, true)
			return getStatus(c)
		}
	})
	var lists []string
	for _, page := range []string{`"page":2`, `"page":2`, `"page":2`, `"page":3,"in":{"size":5}`, `"in":{"size":5}`, `"in":{"sort":1}`} {
		o, _ := w.observe("POST", "/v1/rpc", `{"method":"getStatus","id":1,"params":{"taskId":"b","in":{},`+page+`}}`)
		if o.Page == nil || o.Page.From != 4 || o.Page.Len != 2 || !o.Page.More {
			t.Fatalf("got %+v", o.Page)
		}
		lists = append(lists, o.Page.List)
	}
	if asked != 5 {
		t.Errorf("the operation was asked %d times, want 5", asked)
	}
	for i, list := range lists {
		if same := i < 5; (list == lists[0]) != same {
			t.Errorf("page %d is of the same list: %v", i, !same)
		}
	}
}
