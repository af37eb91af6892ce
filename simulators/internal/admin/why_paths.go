package admin

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
)

// wrongMethod is what is left of the likeness of a path where the method is
// another one.
const wrongMethod = 0.8

// missedPaths ranks the operations that a request nearly met. path is below the
// vendor's prefix, and shown is the same with secrets hidden.
func missedPaths(spec *openapi.Spec, method, path, shown string) []api.Miss {
	got := method + " " + shown
	var misses []api.Miss
	for _, o := range spec.Operations {
		best := api.Miss{Operation: o.Name, Got: got, Score: -1}
		for _, route := range o.Routes {
			if score := likeness(route.Path, path); score > best.Score {
				best.Score, best.Expected = score, o.Method+" "+route.Path
			}
		}
		if bases := otherBases(o, path); bases != "" && best.Score < 1 {
			best.Score, best.Expected = (1+best.Score)/2, fmt.Sprintf("%s %s below %s", o.Method, relative(o), bases)
		}
		if method != o.Method {
			best.Score *= wrongMethod
		}
		misses = append(misses, best)
	}
	return ranked(misses)
}

// relative is an operation's path below its server part.
func relative(o *openapi.Operation) string {
	return strings.TrimPrefix(o.Routes[0].Path, o.Routes[0].Base)
}

// otherBases are the server parts below which a path would be an operation's,
// had it another beginning: "/v1 or /beta"; "" where it would not.
func otherBases(o *openapi.Operation, path string) string {
	rest := relative(o)
	n := len(segments(rest))
	for sent := segments(path); len(sent) >= n; sent = sent[1:] {
		if len(sent) == n && fits(rest, "/"+strings.Join(sent, "/")) {
			return serverParts(o)
		}
	}
	return ""
}

// serverParts names the server parts of an operation in words.
func serverParts(o *openapi.Operation) string {
	names := make([]string, len(o.Routes))
	for i, route := range o.Routes {
		names[i] = route.Base
		if route.Base == "" {
			names[i] = "/"
		}
	}
	return inWords(names, "or")
}

// inWords is "a", "a or b", "a, b or c".
func inWords(all []string, last string) string {
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:len(all)-1], ", ") + " " + last + " " + all[len(all)-1]
}

// missedVendors ranks the operations, of all vendors, that a request nearly met
// which met no vendor: it lacks the vendor's name before its path, or misspells it.
func missedVendors(vendors []Vendor, method, path, shown string) []api.Miss {
	got := method + " " + shown
	var misses []api.Miss
	for _, v := range vendors {
		for _, o := range v.Spec.Operations {
			best := api.Miss{Operation: v.Name + "." + o.Name, Got: got, Score: -1}
			for _, route := range o.Routes {
				prefixed := "/" + v.Name + route.Path
				score, expected := likeness(prefixed, path), prefixed
				if fits(route.Path, path) {
					score, expected = (1+score)/2, "/"+v.Name+shown
				}
				if score > best.Score {
					best.Score, best.Expected = score, o.Method+" "+expected
				}
			}
			if method != o.Method {
				best.Score *= wrongMethod
			}
			misses = append(misses, best)
		}
	}
	return ranked(misses)
}

// methodsOf are the HTTP methods that a path has.
func methodsOf(spec *openapi.Spec, path string) []string {
	var methods []string
	for _, o := range spec.Operations {
		if !slices.Contains(methods, o.Method) && slices.ContainsFunc(o.Routes, func(r openapi.Route) bool { return fits(r.Path, path) }) {
			methods = append(methods, o.Method)
		}
	}
	return methods
}

// elsewhere is what is left of the likeness of a JSON-RPC method where it is
// served at another path.
const elsewhere = 0.9

// missedMethods ranks the JSON-RPC methods that a call nearly named. path and
// shown are as above. Of a method served at several paths it tells one.
func missedMethods(spec *openapi.Spec, name, path, shown string) []api.Miss {
	var misses []api.Miss
	place := map[string]int{}
	for _, o := range spec.Operations {
		for _, m := range o.Methods {
			miss := missedMethod(m, name, path, shown)
			if at, ok := place[m.Name]; !ok {
				place[m.Name] = len(misses)
				misses = append(misses, miss)
			} else if miss.Score > misses[at].Score {
				misses[at] = miss
			}
		}
	}
	return ranked(misses)
}

func missedMethod(m *openapi.Operation, name, path, shown string) api.Miss {
	route, score := m.Routes[0].Path, similarity(m.Name, name)*elsewhere
	for _, r := range m.Routes {
		if fits(r.Path, path) {
			route, score = r.Path, similarity(m.Name, name)
		}
	}
	return api.Miss{
		Operation: m.Name, Score: score,
		Expected: fmt.Sprintf("method %q at %s %s", m.Name, m.Method, route),
		Got:      fmt.Sprintf("method %q at %s %s", name, m.Method, shown),
	}
}
