package sim

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"github.com/vendorsim/vendorsim/openapi"
)

// routes mounts the paths of the spec. SkipClean: a cleaned path is a redirect,
// and a redirected POST becomes a GET. UseEncodedPath: an id may hold %2F. The
// method is looked at here: mux would go on to another path that has it, find
// /tasks/{id} for /tasks/pending, or answer 404 for 405. It tries one path after
// the other, so those that are polled come first.
func (h *handler) routes() {
	h.router = mux.NewRouter().SkipClean(true).UseEncodedPath()
	h.placed = map[*mux.Route]*place{}
	for _, p := range h.places() {
		h.placed[h.router.MatcherFunc(p.matches)] = p
	}
}

// route finds the call's operation and its path variables, as they were sent. The
// router is asked for its match alone: to serve the request it would copy that twice,
// to hang route and variables on it.
func (c *Call) route() {
	c.match = mux.RouteMatch{Vars: c.vars}
	if !c.handler.router.Match(c.request, &c.match) {
		c.outcome = &Fault{Kind: NotFound}
		return
	}
	p := c.handler.placed[c.match.Route]
	c.Op = p.operations[c.request.Method]
	if c.Op == nil {
		c.outcome = &Fault{Kind: MethodNotAllowed}
		return
	}
	c.Base = p.base
}

// places are the paths of the spec in the order in which they are tried: the
// spec's, which has what is written out before variables, but for those polled.
func (h *handler) places() []*place {
	var all []*place
	byPath := map[string]*place{}
	for _, o := range h.spec.Operations {
		for _, route := range o.Routes {
			p := byPath[route.Path]
			if p == nil {
				p = newPlace(route.Path)
				p.base, p.operations = route.Base, map[string]*openapi.Operation{}
				byPath[p.path], all = p, append(all, p)
			}
			p.operations[o.Method] = o
			p.hot = p.hot || slices.ContainsFunc(o.Leaves(), func(leaf *openapi.Operation) bool { return leaf.Kind == "poll" })
		}
	}
	for i, p := range all {
		p.hot = p.hot || slices.ContainsFunc(all[i+1:], func(later *place) bool { return later.hot && overlap(p.path, later.path) })
	}
	slices.SortStableFunc(all, func(a, b *place) int {
		switch {
		case a.hot == b.hot:
			return 0
		case a.hot:
			return -1
		}
		return 1
	})
	return all
}

// overlap tells whether a path can fit two templates.
func overlap(a, b string) bool {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i] != y[i] && !strings.Contains(x[i], "{") && !strings.Contains(y[i], "{") {
			return false
		}
	}
	return true
}

// Mount is a vendor where requests reach it: below a prefix, or at the root.
type Mount struct {
	handler *handler
	prefix  string
}

// At is the vendor below a prefix such as /sailpoint: it sees the rest of the path,
// and its base URL keeps the prefix. The prefix is one segment.
func (m *Mount) At(prefix string) *Mount { return &Mount{m.handler, prefix} }

// ServeHTTP answers one request. What is asked often is known without mux.
func (m *Mount) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := m.handler.take(r, m.prefix)
	if !c.begin() {
		c.route()
	}
	m.handler.serve(c, w)
	m.handler.spare(c)
}

// below makes of a URL what is below a prefix of one segment. http.StripPrefix would
// answer in its own words where a client escaped it.
func below(u *url.URL, prefix string) {
	u.Path = strings.TrimPrefix(u.Path, prefix)
	if u.RawPath == "" || prefix == "" {
		return
	}
	first, rest, more := strings.Cut(strings.TrimPrefix(u.RawPath, "/"), "/")
	if u.RawPath = ""; more {
		u.RawPath = "/" + rest
	}
	if name, err := url.PathUnescape(first); err != nil || "/"+name != prefix {
		u.Path, u.RawPath = "/"+first, "" // %2F in the first segment: no such path
	}
}
