package sim

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gorilla/mux"
	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/openapi"
)

// A place matches what a route of mux with its path matches, with the same
// variables: for every path of the vendors, and requests near them.
func TestPlacesMatchAsMuxDoes(t *testing.T) {
	var paths []string
	for _, vendor := range []string{"bitdefender", "checkpoint", "cisco", "dbvisit", "sailpoint"} {
		spec, err := openapi.Load(vendor)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range (&handler{spec: spec}).places() {
			paths = append(paths, p.path)
		}
	}
	paths = append(paths, "/a/{x:[0-9]+}", "/{x}.json/b", "/a/{x}-{y}/{z}", "/a b/{x}", "/{x}/", "/{x}") // no vendor has such
	parts := rapid.OneOf(rapid.SampledFrom([]string{"", "a", "a%2Fb", "{id}", "a b", "ä", ".", "..", "%", "%25", "a.b", "7", "7.json", "7-8"}), rapid.String())
	matched := 0
	rapid.Check(t, func(t *rapid.T) {
		template := rapid.SampledFrom(paths).Draw(t, "template")
		segments := strings.Split(rapid.OneOf(rapid.Just(template), rapid.SampledFrom(paths)).Draw(t, "near"), "/")
		for i, s := range segments {
			if strings.Contains(s, "{") || rapid.IntRange(0, 9).Draw(t, "change") == 0 {
				segments[i] = parts.Draw(t, "part")
			}
		}
		u, err := url.ParseRequestURI("/" + strings.TrimPrefix(strings.Join(segments, "/"), "/"))
		if err != nil {
			return // no request has it
		}
		var got, want mux.RouteMatch
		r := &http.Request{Method: http.MethodGet, URL: u}
		p := newPlace(template)
		route := mux.NewRouter().SkipClean(true).UseEncodedPath()
		route.Path(template).HandlerFunc(func(http.ResponseWriter, *http.Request) {})
		lazy := mux.NewRouter().SkipClean(true).UseEncodedPath()
		lazy.MatcherFunc(p.matches).HandlerFunc(func(http.ResponseWriter, *http.Request) {})
		if lazy.Match(r, &got) != route.Match(r, &want) || !maps.Equal(got.Vars, want.Vars) || (got.Handler == nil) != (want.Handler == nil) {
			t.Fatalf("%s for %s: found %v, want %v", u, template, got.Vars, want.Vars)
		}
		if want.Handler != nil {
			matched++
		}
	})
	if matched == 0 {
		t.Error("no request matched")
	}
}
