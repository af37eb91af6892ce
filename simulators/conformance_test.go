package simulators

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// The conformance suite: one loop over all vendors, with no vendor code. A new
// vendor is held to it by being in the list.

// testServer is a server whose time the test owns.
func testServer(t testing.TB, o Options) (*Server, *clock.Manual) {
	t.Helper()
	source := clock.NewManual(start)
	o.source = source
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, source
}

// each runs a test for every vendor and profile.
func each(t *testing.T, f func(t *testing.T, s *Server, v *vendor)) {
	for _, profile := range []string{sim.Documented, sim.Observed} {
		s, _ := testServer(t, Options{Profiles: []string{profile}, Set: []string{"limits=[]"}})
		for _, v := range s.vendors {
			t.Run(v.Name+"/"+profile, func(t *testing.T) { f(t, s, v) })
		}
	}
}

// send makes a request of an example, with a tenant's credential unless its
// name is empty.
func send(t testing.TB, s http.Handler, v *vendor, e openapi.Example, tenantName string) *httptest.ResponseRecorder {
	t.Helper()
	r, err := exampleRequest("http://127.0.0.1:7800/"+v.Name, e)
	if err != nil {
		t.Fatal(err)
	}
	if tenantName != "" {
		v.Login(r.Header, e.Base, tenantName)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// inVendorsShape fails where an answer is not one that the contract has.
func inVendorsShape(t testing.TB, what string, o *openapi.Operation, profile string, w *httptest.ResponseRecorder) {
	t.Helper()
	// Plain text is how the server speaks for itself, but where the vendor does.
	plain := strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") && !o.Declares(w.Code, "text/plain")
	if w.Code/100 == 3 || plain {
		t.Errorf("%s: not the vendor's answer: %d %s\n%s", what, w.Code, w.Header().Get("Content-Type"), w.Body)
	}
	if err := o.CheckResponse(profile, w.Code, w.Header(), w.Body.Bytes()); err != nil {
		t.Errorf("%s: %v\n%s", what, err, w.Body)
	}
}

// routes are all (operation, route) of a vendor.
func routes(v *vendor, f func(o *openapi.Operation, route openapi.Route)) {
	for _, top := range v.spec.Operations {
		for _, o := range top.Leaves() {
			for _, route := range o.Routes {
				f(o, route)
			}
		}
	}
}

// taskIDs are the ids of the tenant demo's tasks at a vendor.
func taskIDs(t testing.TB, s *Server, v *vendor) []string {
	t.Helper()
	d, err := s.tenants.Accept(tenant.Credential{Name: tenant.Demo}, v.Name)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for ref := range d.Tasks(v.Name).All() {
		ids = append(ids, d.Tasks(v.Name).ID(ref))
	}
	return ids
}

func TestExamplesAreAnswered(t *testing.T) {
	each(t, func(t *testing.T, s *Server, v *vendor) {
		ids := taskIDs(t, s, v)
		n := 0
		routes(v, func(o *openapi.Operation, route openapi.Route) {
			e, err := o.Example(route, ids[0])
			if err != nil {
				t.Fatal(err)
			}
			n++ // a tenant each: some operations end or delete the task
			w := send(t, s, v, e, fmt.Sprintf("happy~%d", n))
			if w.Code/100 != 2 {
				t.Errorf("%s: %d %s", route.Path, w.Code, w.Body)
			}
			inVendorsShape(t, route.Path, o, v.profile(s), w)
		})
	})
}

func (v *vendor) profile(s *Server) string {
	w, _ := s.tenants.Served()
	return w.Profile(v.Name)
}

// broken is the server with one operation replaced by a fault.
func broken(t *testing.T, s *Server, v *vendor, kind sim.Kind) http.Handler {
	t.Helper()
	copied := *v.Vendor
	copied.Operations = map[string]sim.Operation{}
	for name := range v.Operations {
		copied.Operations[name] = func(*sim.Call) (sim.Reply, error) { return sim.Reply{}, sample(kind) }
	}
	h, err := sim.Handler(&copied, v.spec, sim.Env{
		Tenants: s.tenants, Source: clock.NewManual(start), Logger: s.options.Logger, Contract: sim.Enforce,
	})
	if err != nil {
		t.Fatal(err)
	}
	return h.At("/" + v.Name)
}

func TestEveryFaultOnEveryOperation(t *testing.T) {
	each(t, func(t *testing.T, s *Server, v *vendor) {
		ids := taskIDs(t, s, v)
		for _, kind := range sim.Kinds {
			h := broken(t, s, v, kind)
			routes(v, func(o *openapi.Operation, route openapi.Route) {
				e, err := o.Example(route, ids[0])
				if err != nil {
					t.Fatal(err)
				}
				w := send(t, h, v, e, fmt.Sprintf("happy~%s", kind))
				inVendorsShape(t, string(kind)+" "+route.Path, o, v.profile(s), w)
			})
		}
	})
}

// served tells whether a method is one that the spec has at a path.
func served(v *vendor, method, path string) bool {
	return slices.ContainsFunc(v.spec.Operations, func(o *openapi.Operation) bool {
		return o.Method == method && slices.ContainsFunc(o.Routes, func(r openapi.Route) bool { return r.Path == path })
	})
}

// variable matches a path variable.
var variable = regexp.MustCompile(`\{[^}]*\}`)

func TestBadRequestsGetTheVendorsShape(t *testing.T) {
	each(t, func(t *testing.T, s *Server, v *vendor) {
		ids, profile := taskIDs(t, s, v), v.profile(s)
		outside := func(want int, what, method, path, tenantName string) {
			t.Helper()
			w := send(t, s, v, openapi.Example{Method: method, Path: path, Header: http.Header{}, Query: url.Values{}}, tenantName)
			inVendorsShape(t, what+" "+method+" "+path, v.spec.Outside, profile, w)
			if w.Code != want {
				t.Errorf("%s %s %s: %d, want %d", what, method, path, w.Code, want)
			}
		}
		for _, name := range []string{"", "wrong", "nosuch", "nosuch~x", "happy~", "demo~x", "happy~a b"} {
			outside(401, "unknown path, credential "+name, "GET", "/no/such/path", name)
		}
		outside(404, "unknown path", "GET", "/no/such/path", "demo")
		outside(404, "root", "GET", "", "demo")
		outside(404, "root", "POST", "/", "demo")
		routes(v, func(o *openapi.Operation, route openapi.Route) {
			good, err := o.Example(route, ids[0])
			if err != nil {
				t.Fatal(err)
			}
			w := send(t, s, v, good, "")
			inVendorsShape(t, "no credential "+route.Path, o, profile, w)
			if w.Code != 401 && o.Kind != "login" { // whose credential is in the body
				t.Errorf("no credential %s: %d", route.Path, w.Code)
			}
			for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} {
				if !served(v, method, route.Path) {
					outside(405, "wrong method", method, good.Path, "demo")
				}
			}
			outside(404, "double slash", o.Method, "/"+good.Path, "demo")
			outside(404, "dots", o.Method, "/.."+good.Path, "demo")
			outside(404, "trailing slash", o.Method, good.Path+"/", "demo")
			huge := good
			huge.Body = strings.Repeat("x", 2<<20)
			w = send(t, s, v, huge, "demo")
			inVendorsShape(t, "2 MB body "+route.Path, o, profile, w)
			if w.Code/100 == 2 && o.TakesJSON() {
				t.Errorf("2 MB body: %d", w.Code)
			}
			if variable.MatchString(route.Path) {
				odd := good
				odd.Path = variable.ReplaceAllString(route.Path, "a%2Fb%00%ff")
				inVendorsShape(t, "odd path "+odd.Path, o, profile, send(t, s, v, odd, "demo"))
			}
		})
	})
}

// Every state of every shipped scenario, in every dialect and profile, holds
// its contract.
func TestEveryStateOfEveryScenario(t *testing.T) {
	checked, err := Check(scenarios.Shipped().Names(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checked {
		if len(c.Problems) > 0 || c.Answers == 0 {
			t.Errorf("%s: %d answers\n%v", c.Name, c.Answers, c.Problems)
		}
	}
}
