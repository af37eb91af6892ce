package simulators

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// sample is a fault of a kind with everything filled in that a vendor may read.
func sample(k sim.Kind) *sim.Fault {
	f := &sim.Fault{Kind: k}
	switch k {
	case sim.Invalid:
		f.Violation = &openapi.Violation{In: openapi.InBody, Field: "field", Rule: "type", Text: "has the wrong type"}
	case sim.RateLimited, sim.Unavailable:
		f.RetryAfter = 7
	}
	return f
}

// How each vendor words each kind of fault, to the letter, at each of its doors
// and in both profiles: testdata/<vendor>/faults.txt. A schema lets many texts
// pass that a client would not know.
func TestWordsOfFaults(t *testing.T) {
	texts := map[string]*strings.Builder{}
	each(t, func(t *testing.T, s *Server, v *vendor) {
		if texts[v.Name] == nil {
			texts[v.Name] = &strings.Builder{}
		}
		o := v.spec.Demo()
		for _, kind := range sim.Kinds {
			h := broken(t, s, v, kind)
			for _, route := range o.Routes {
				e, err := o.Example(route, "")
				if err != nil {
					t.Fatal(err)
				}
				w := send(t, h, v, e, "happy~"+string(kind))
				fmt.Fprintf(texts[v.Name], "### %s at %s, %s: %d\n%s\n\n", kind, route.Path, v.profile(s), w.Code, show(w))
			}
		}
	})
	for name, text := range texts {
		file := filepath.Join("..", "testdata", name, "faults.txt")
		if *update {
			if err := os.WriteFile(file, []byte(text.String()), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil || string(want) != text.String() {
			t.Errorf("%s: the words have changed (%v); read them and run with -update\n%s", file, err, firstDifference(text.String(), string(want)))
		}
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d\ngot:  %s\nwant: %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}
