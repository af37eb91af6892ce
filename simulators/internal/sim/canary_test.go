package sim

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/vendorsim/vendorsim/simulators/internal/journal"
)

var discard = slog.New(slog.DiscardHandler)

// Somebody will send a real key by mistake. A canary, sent in every place where
// a credential may stand, shows in no log line and in no answer.
func TestCredentialsAreNeverTold(t *testing.T) {
	const canary = "cAnArY-7f3a9b"
	coded := base64.StdEncoding.EncodeToString([]byte(canary + ":" + canary))
	b := serve(t, life+"tasks: [{id: a}]", acme())
	requests := []struct{ method, target, body string }{
		{"GET", "/v1/task/a", ""},
		{"GET", "/v1/task/" + canary, ""},
		{"GET", "/v1/task/a?limit=" + canary, ""},
		{"GET", "/v1/task/a?" + canary + "=1", ""},
		{"GET", "/" + canary, ""},
		{"PUT", "/v1/task/" + canary, canary},
		{"POST", "/v1/task", canary},
		{"POST", "/v1/task", `{"name":{"` + canary + `":"` + canary + `"}}`},
		{"POST", "/v1/task", `"` + canary + `"`},
		{"POST", "/v1/rpc", `{"method":"` + canary + `","params":{"` + canary + `":1}}`},
		{"POST", "/v1/rpc", `{"method":"getStatus","params":{"taskId":["` + canary + `"]}}`},
		{"POST", "/v1/rpc", `{"method":"getStatus","params":"` + canary + `"}`},
	}
	headers := []string{
		"", "Authorization: Bearer " + canary, "Authorization: Bearer test~" + canary + "!", "Authorization: " + canary,
		"Authorization: Bearer " + canary + "~x", basic(canary, "secret"), basic(canary, "wrong"), basic("nosuch", canary), basic("demo", canary),
		"Authorization: Basic " + canary, "X-Auth-Access-Token: " + canary, "Cookie: session=" + canary, "X-Forbid: " + canary,
	}
	for _, r := range requests {
		for _, header := range headers {
			w := b.do(r.method, r.target, r.body, header)
			if w.Code == 500 {
				t.Errorf("%s %s, %s: %s", r.method, r.target, header, w.Body)
			}
			for what, text := range map[string]string{"answer": fmt.Sprint(w.Header(), w.Body)} {
				if strings.Contains(text, canary) || strings.Contains(text, coded) {
					t.Errorf("%s %s %s, %s: the %s is %s", r.method, r.target, r.body, header, what, text)
				}
			}
		}
	}
	if logged := b.logged() + fmt.Sprintf("%+v", b.entries); strings.Contains(logged, canary) || strings.Contains(logged, coded) {
		i := max(strings.Index(logged, canary), strings.Index(logged, coded))
		t.Errorf("logged: %s", logged[max(0, i-300):min(len(logged), i+100)])
	}
	if len(b.entries) != len(requests)*len(headers) {
		t.Errorf("%d entries", len(b.entries))
	}
}

// The same in what is remembered of requests: the journal's views and the HTTP
// archive of it. What a log-in gives is a credential too.
func TestCredentialsAreNotInJournals(t *testing.T) {
	const canary = "cAnArY-7f3a9b-4411"
	coded := base64.StdEncoding.EncodeToString([]byte(canary + ":" + canary))
	halfCoded := base64.StdEncoding.EncodeToString([]byte("demo:" + canary))
	b := serve(t, life+"tasks: [{id: a}]", acme())
	secrets := journal.Secrets(b.spec.Secrets)
	const form = "Content-Type: application/x-www-form-urlencoded"
	given := ""
	for _, c := range []struct {
		method, target, body string
		header               string
		status               int
	}{
		{"GET", "/v1/task/a", "", "Authorization: Bearer " + canary, 401},
		{"GET", "/v1/task/a", "", "Authorization: " + canary, 401},
		{"GET", "/v1/task/a", "", "Authorization: Basic " + coded, 401},
		{"GET", "/v1/task/a", "", "Authorization: Basic " + halfCoded, 200},
		{"GET", "/v1/task/a", "", "Cookie: session=" + canary, 200},
		{"GET", "/v1/task/a", "", "X-Auth-Access-Token: " + canary, 200}, // of another vendor
		{"POST", "/v1/token", "user=demo&secret=" + canary, form, 200},
		{"POST", "/v1/token?user=demo&secret=" + canary, "", form, 200},
		{"POST", "/v1/token", "user=" + canary + "&secret=" + canary, form, 401},
		{"POST", "/v1/task?secret=" + canary, `{"name":"x","deep":[{"secret":"` + canary + `"}]}`, "", 200},
		{"POST", "/nowhere?secret=" + canary, `{"secret":"` + canary + `"}`, "", 404},
		{"POST", "/v1/task", `{"name":1,"secret":"` + canary + `"}`, "", 400},
	} {
		w := b.do(c.method, c.target, c.body, c.header)
		if w.Code != c.status {
			t.Fatalf("%s %s, %s: %d %s", c.method, c.target, c.header, w.Code, w.Body)
		}
		if _, token, ok := strings.Cut(w.Body.String(), `"access":"`); ok {
			given = strings.TrimSuffix(token, `"}`)
			b.do("GET", "/v1/task/a", "", "Authorization: Bearer "+given)
		}
	}
	demo, _ := b.tenants.Find("demo")
	of := func(string) journal.Secrets { return secrets }
	for name, j := range map[string]*journal.Journal{"demo": demo.Journal, "refused": b.refused} {
		entries, _ := j.Entries(journal.Filter{}, 0)
		archive, err := journal.HAR(entries, of, "1")
		if err != nil || len(entries) < 4 {
			t.Fatal(err, len(entries))
		}
		all := string(archive)
		for _, e := range entries {
			view, err := json.Marshal(e.View(secrets))
			if err != nil {
				t.Fatal(err)
			}
			all += "\n" + string(view)
		}
		for _, secret := range []string{canary, coded, halfCoded, given} {
			if i := strings.Index(all, secret); i >= 0 {
				t.Errorf("%s: %s is in %s", name, secret, all[max(0, i-300):min(len(all), i+100)])
			}
		}
	}
}

// Any method, path, header and body: an answer that the contract has, never a
// redirect, never a text of ours.
func FuzzRequests(f *testing.F) {
	for _, seed := range []struct{ method, path, query, auth, other, body string }{
		{"GET", "/v1/task/a", "limit=1", "Bearer demo", "", ""},
		{"POST", "/v1/task", "", "Bearer demo", "", `{"name":"x"}`},
		{"POST", "/v2/rpc", "", "Bearer test~x", "", `{"method":"getStatus","id":9007199254740993,"params":{"taskId":"a"}}`},
		{"POST", "/v1/rpc", "", "Basic ZGVtbzpz", "1", `[{"method":"getStatus"}]`},
		{"CONNECT", "", "", "", "", ""}, {"*", "*", "%zz", "Bearer", "\x00", "\xff"}, {"GET", "//v1/../task/%2F%00", ";&=", "bearer wrong", "x", "null"},
		{"POST", "/v1/task", "limit=", "Bearer demo", "", `{"name":1e999}`},
	} {
		f.Add(seed.method, seed.path, seed.query, seed.auth, seed.other, seed.body)
	}
	b := serve(f, life+"tasks: [{id: a}, {id: b, lifecycle: still}]\nlimits: [{per: token, requests: 50, window: 1s}]", acme())
	f.Fuzz(func(t *testing.T, method, path, query, auth, other, body string) {
		u := &url.URL{Scheme: "http", Host: "acme.example", RawQuery: query}
		var err error
		if u.Path, err = url.PathUnescape(path); err == nil {
			u.RawPath = path
		} else {
			u.Path = path
		}
		r := httptest.NewRequest("GET", "/", strings.NewReader(body))
		r.Method, r.URL = method, u
		r.Header = http.Header{"Authorization": {auth}, "X-One": {other}, "X-Forbid": {other}, "Content-Type": {other}}
		if len(other)%2 == 0 {
			r.Header.Del("X-Forbid")
		}
		w := httptest.NewRecorder()
		_ = b.source.Advance(1e8)
		b.ServeHTTP(w, r)
		if w.Code/100 == 3 || w.Header().Get("Content-Type") != "application/json" {
			t.Fatalf("%d %v %s", w.Code, w.Header(), w.Body)
		}
		contracts := []func() error{func() error {
			return b.spec.Outside.CheckResponse(Documented, w.Code, w.Header(), w.Body.Bytes())
		}}
		for _, o := range b.spec.Operations {
			contracts = append(contracts, func() error { return o.CheckResponse(Documented, w.Code, w.Header(), w.Body.Bytes()) })
		}
		if !slices.ContainsFunc(contracts, func(check func() error) bool { return check() == nil }) {
			t.Fatalf("no contract has %d %v %s", w.Code, w.Header(), w.Body)
		}
		if b.entries = b.entries[:0]; b.text.Len() > 1<<20 {
			b.text.Reset()
		}
	})
}
