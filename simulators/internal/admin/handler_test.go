package admin

import (
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/mux"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
)

// handler is the rig's own: tests may change its operations.
func (g *rig) handler() *handler { return g.admin.(*handler) }

// contract is what an answer to a request is held to.
func (g *rig) contract(r *http.Request) *openapi.Operation {
	var match mux.RouteMatch
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if g.handler().router.Match(r, &match) && match.Route != nil {
		template, _ := match.Route.GetPathTemplate()
		for _, o := range g.spec.Operations {
			if o.Routes[0].Path == template && o.Method == method {
				return o
			}
		}
	}
	return g.spec.Outside
}

// check holds an answer to the contract, as whoever reads admin.yaml would.
func (g *rig) check(r *http.Request, w *httptest.ResponseRecorder) {
	g.Helper()
	if w.Code == http.StatusInternalServerError {
		g.Errorf("%s %s: a defect: %s\n%s", r.Method, r.URL, w.Body, g.logged())
	}
	for name := range w.Header() {
		if strings.HasPrefix(name, "Access-Control-") {
			g.Errorf("%s %s: a header %s", r.Method, r.URL, name)
		}
	}
	if r.Method == http.MethodHead {
		if w.Body.Len() > 0 {
			g.Errorf("HEAD %s: a body", r.URL)
		}
		return
	}
	if err := g.contract(r).CheckResponse("", w.Code, w.Header(), w.Body.Bytes()); err != nil {
		g.Errorf("%s %s: status %d: %v\n%s", r.Method, r.URL, w.Code, err, w.Body)
	}
	if w.Code < 400 {
		return
	}
	var p api.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		g.Errorf("%s %s: %v", r.Method, r.URL, err)
	}
	if known, ok := words[word(strings.TrimPrefix(p.Type, typePrefix))]; !ok || known.status != w.Code || p.Status != w.Code {
		g.Errorf("%s %s: status %d with %+v", r.Method, r.URL, w.Code, p)
	}
}

// Every operation refuses what its contract does not know, with a problem that
// the contract knows.
func TestEveryOperationIsStrict(t *testing.T) {
	g := newRig(t, nil)
	g.tenant("t")
	send := func(status int, method, target, body string) {
		t.Helper()
		r := httptest.NewRequest(method, target, strings.NewReader(body))
		r.Host = "localhost:7801"
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		g.ServeHTTP(w, r)
		if w.Code != status {
			t.Errorf("%s %s %s: status %d, want %d\n%s", method, target, body, w.Code, status, w.Body)
		}
		g.check(r, w)
	}
	for _, o := range g.spec.Operations {
		e, err := o.Example(o.Routes[0], "")
		if err != nil {
			t.Fatal(err)
		}
		body := ""
		if e.Body != nil {
			data, err := json.Marshal(e.Body)
			if err != nil {
				t.Fatal(err)
			}
			body = string(data)
		}
		existing := strings.ReplaceAll(e.Path, "slow~ci-1", "steer~t")
		send(http.StatusMethodNotAllowed, "PATCH", existing, body)
		send(http.StatusNotFound, o.Method, existing+"/", body)
		send(http.StatusBadRequest, o.Method, existing+"?nonsense=1", body)
		unknown := http.StatusBadRequest
		if o.Name == "addFault" { // its keys are the scenario language's, which says where each mistake is
			unknown = http.StatusUnprocessableEntity
		}
		send(unknown, o.Method, existing, `{"nonsense":1}`)
		send(http.StatusBadRequest, o.Method, existing, `{`)
		send(http.StatusBadRequest, o.Method, existing, `[1]`)
		send(http.StatusRequestEntityTooLarge, o.Method, existing, strings.Repeat(" ", maxBody+1))
		if strings.Contains(o.Routes[0].Path, "{tenant}") {
			send(http.StatusNotFound, o.Method, e.Path, body)
		}
	}
}

// The problems of the code and those of admin.yaml are the same.
func TestProblemsAreListed(t *testing.T) {
	text, err := openapi.Source("admin")
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for line := range strings.SplitSeq(string(text), "\n") {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "- "+typePrefix); ok {
			listed = append(listed, name)
		}
	}
	var known []string
	for _, w := range slices.Sorted(maps.Keys(words)) {
		known = append(known, string(w))
	}
	if !slices.Equal(listed, known) {
		t.Errorf("admin.yaml lists\n%v, the code has\n%v", listed, known)
	}
}

func TestNewRefuses(t *testing.T) {
	o := Options{Source: clock.NewManual(start), Logger: slog.New(slog.DiscardHandler)}
	if _, err := New(o); err == nil || !strings.Contains(err.Error(), "token") {
		t.Errorf("open to the network without a token: %v", err)
	}
	spec, err := openapi.LoadAdmin()
	if err != nil {
		t.Fatal(err)
	}
	whole := newRig(t, nil).handler().operations
	for _, c := range []struct {
		change func(map[string]operation)
		want   string
	}{
		{func(m map[string]operation) { delete(m, "getClock") }, "getClock is in admin.yaml but not served"},
		{func(m map[string]operation) { m["getWatch"] = m["getClock"] }, "getWatch is served but not in admin.yaml"},
	} {
		h := &handler{spec: spec, operations: maps.Clone(whole), queries: map[string][]string{}}
		c.change(h.operations)
		if err := h.checkOperations(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

// A defect of ours is a problem that tells nothing of the inside, which stands
// in the log.
func TestDefects(t *testing.T) {
	for name, do := range map[string]func(*call) (reply, error){
		"a panic":           func(*call) (reply, error) { panic("inside") },
		"an error":          func(*call) (reply, error) { return reply{}, http.ErrBodyNotAllowed },
		"a broken contract": func(*call) (reply, error) { return ok(map[string]string{"inside": "x"}), nil },
		"a status":          func(*call) (reply, error) { return reply{status: http.StatusTeapot}, nil },
		"no JSON":           func(*call) (reply, error) { return ok(func() {}), nil },
	} {
		t.Run(name, func(t *testing.T) {
			g := newRig(t, nil)
			path := g.tenant("t")
			g.handler().operations["getClock"] = asks(do)
			w := g.must(http.StatusInternalServerError, "GET", path+"/clock", "")
			if strings.Contains(w.Body.String(), "inside") || !strings.Contains(w.Body.String(), "problem:internal") {
				t.Errorf("answered %s", w.Body)
			}
			if !strings.Contains(g.logged(), "level=ERROR") {
				t.Errorf("logged %s", g.logged())
			}
		})
	}
}
