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

	segments []segment
	plain    bool   // none of them is mixed
	literal  string // what the path begins with, as far as a URL always writes that as it is

	once  sync.Once
	route *mux.Route // made once; only of a path that is not plain
}

// segment is what stands between two slashes of a path.
type segment struct {
	text     string
	variable string // its name, where the segment is one variable that may hold anything
	mixed    bool   // it has variables in another way
}

func newPlace(path string) *place {
	p := &place{path: path, plain: true, literal: path}
	for text := range strings.SplitSeq(path, "/") {
		s := segment{text: text, mixed: strings.ContainsAny(text, "{}")}
		if n := len(text); n > 2 && text[0] == '{' && text[n-1] == '}' && !strings.ContainsAny(text[1:n-1], "{}:") {
			s.variable, s.mixed = text[1:n-1], false
		}
		p.segments, p.plain = append(p.segments, s), p.plain && !s.mixed
	}
	if n := strings.IndexFunc(path, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("/-_.", r)
	}); n >= 0 {
		p.literal = path[:n]
	}
	return p
}

// matches tells whether a request is for the place, and finds its path variables.
// The regular expressions that mux makes of paths would be most of what a start
// takes, in time and in memory, and much of what a request does. So a plain path is
// matched by its segments; what another needs is made for the first request that it
// could fit.
func (p *place) matches(r *http.Request, m *mux.RouteMatch) bool {
	if r.URL.RawPath == "" && !strings.HasPrefix(r.URL.Path, p.literal) {
		return false // before the path is escaped, which takes longer
	}
	path := r.URL.EscapedPath()
	if !p.mayFit(path) {
		return false
	}
	if p.plain {
		p.fill(path, m)
		return true
	}
	p.once.Do(func() { p.route = mux.NewRouter().UseEncodedPath().Path(p.path) })
	return p.route.Match(r, m)
}

// mayFit tells whether a path has as many segments as the place's, those that are
// written out there, and something for each variable.
func (p *place) mayFit(path string) bool {
	for i := range p.segments {
		got, rest, more := strings.Cut(path, "/")
		if more != (i < len(p.segments)-1) {
			return false
		}
		switch s := &p.segments[i]; {
		case s.variable != "":
			if got == "" {
				return false
			}
		case !s.mixed && got != s.text:
			return false
		}
		path = rest
	}
	return true
}

// fill takes the variables out of a path that fits.
func (p *place) fill(path string, m *mux.RouteMatch) {
	if m.Vars == nil {
		m.Vars = map[string]string{}
	}
	for i := range p.segments {
		got, rest, _ := strings.Cut(path, "/")
		if name := p.segments[i].variable; name != "" {
			m.Vars[name] = got
		}
		path = rest
	}
}
