package sim

import (
	"net/http"
	"strings"
	"sync"

	"github.com/gorilla/mux"

	"github.com/vendorsim/vendorsim/openapi"
)

// place is one path with the operations that it has, by HTTP method.
type place struct {
	path       string
	base       string
	operations map[string]*openapi.Operation
	hot        bool // it is polled, or must stay before one that is

	once  sync.Once
	route *mux.Route // made once
}

// matches tells whether a request is for the place, and finds its path variables.
// The regular expressions that mux makes of paths would be most of what a start
// takes, in time and in memory, so each is made for the first request that it could
// fit.
func (p *place) matches(r *http.Request, m *mux.RouteMatch) bool {
	if !mayFit(p.path, r.URL.EscapedPath()) {
		return false
	}
	p.once.Do(func() { p.route = mux.NewRouter().UseEncodedPath().Path(p.path) })
	return p.route.Match(r, m)
}

// mayFit tells whether a path has as many segments as a template, and those that
// the template writes out.
func mayFit(template, path string) bool {
	for more := true; more; {
		var want, got string
		var also bool
		want, template, more = strings.Cut(template, "/")
		got, path, also = strings.Cut(path, "/")
		if more != also || want != got && !strings.Contains(want, "{") {
			return false
		}
	}
	return true
}
