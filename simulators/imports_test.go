package simulators

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/vendorsim/vendorsim/"

// pkg is what "go list -json" says of a package.
type pkg struct {
	ImportPath string
	Imports    []string
	GoFiles    []string
	Dir        string
}

func packages(t *testing.T) map[string]pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,GoFiles,Dir", "../...").Output()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]pkg{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return found
		} else if err != nil {
			t.Fatal(err)
		}
		found[strings.TrimPrefix(p.ImportPath, module)] = p
	}
}

// Each package may import those before it: the arrows point one way.
func TestArrowsPointOneWay(t *testing.T) {
	vendors := make([]string, 0, len(all))
	for _, name := range Names() {
		vendors = append(vendors, "simulators/"+name)
	}
	layers := [][]string{
		{"openapi/internal/packed"},
		{"scenarios", "openapi", "fixtures"},
		{"simulators/internal/task", "simulators/internal/clock"},
		{"simulators/internal/journal", "simulators/internal/verify"},
		{"simulators/internal/traffic", "simulators/internal/plan", "simulators/internal/push", "simulators/internal/api", "simulators/internal/replay"},
		{"simulators/internal/tenant"},
		{"simulators/internal/sim"},
		vendors,
		{"simulators/internal/admin"},
		{"simulators"},
		{"simulators/simtest", "cmd/vendorsim"},
	}
	layer := map[string]int{"scenarios/internal/schemagen": len(layers), "openapi/internal/pack": len(layers)} // generators, in no binary
	for i, names := range layers {
		for _, name := range names {
			layer[name] = i
		}
	}
	for name, p := range packages(t) {
		mine, ok := layer[name]
		if !ok {
			t.Errorf("%s stands in no layer; say in this test where it belongs", name)
			continue
		}
		for _, imported := range p.Imports {
			other, ours := strings.CutPrefix(imported, module)
			if ours && layer[other] >= mine {
				t.Errorf("%s imports %s: imports point one way, from the wire to the data, so that state stays a pure function of the scenario", name, other)
			}
		}
	}
	if got := packages(t)["cmd/vendorsim"].Imports; slices.ContainsFunc(got, func(s string) bool {
		return strings.HasPrefix(s, module) && s != module+"simulators"
	}) {
		t.Error("cmd/vendorsim imports simulators only: whatever a command does, a Go test can do too")
	}
}

// Each dependency has one door, so that replacing it is one package's work.
func TestDependenciesHaveOneDoor(t *testing.T) {
	doors := map[string][]string{
		"gopkg.in/yaml.v3":              {"scenarios", "fixtures"},
		"github.com/getkin/kin-openapi": {"openapi"},
		"github.com/brianvoe/gofakeit":  {"fixtures"},
		"github.com/gorilla/mux":        {"simulators/internal/sim", "simulators/internal/admin"},
		"github.com/prometheus":         {"simulators/internal/admin"},
		"golang.org/x/time":             {"simulators/internal/traffic"},
		"github.com/golang-jwt/jwt":     {"simulators/internal/sim"},
		"github.com/evanphx/json-patch": {"simulators/sailpoint"},
		"github.com/spf13":              {"cmd/vendorsim"},
		"github.com/invopop/jsonschema": {"scenarios/internal/schemagen"},
		"github.com/santhosh-tekuri":    {},
		"pgregory.net/rapid":            {},
		"net/http/httptest":             {},
		"github.com/pb33f/ordered-map":  {"scenarios/internal/schemagen"},
	}
	for name, p := range packages(t) {
		for _, imported := range p.Imports {
			first, _, _ := strings.Cut(imported, "/")
			known := !strings.Contains(first, ".") || strings.HasPrefix(imported, module)
			for prefix, allowed := range doors {
				if strings.HasPrefix(imported, prefix) {
					known = true
					if !slices.Contains(allowed, name) {
						t.Errorf("%s imports %s, whose only door is %v", name, imported, allowed)
					}
				}
			}
			if !known {
				t.Errorf("%s imports %s, which has no door; name one in this test or do without it", name, imported)
			}
		}
	}
}

// A vendor is a pure function: it sees no router, no contract library, no file
// and no clock.
func TestVendorsArePure(t *testing.T) {
	found := packages(t)
	for _, name := range Names() {
		for _, imported := range found["simulators/"+name].Imports {
			if slices.Contains([]string{"os", "net", "sync", "context", "log", "log/slog", "math/rand", "math/rand/v2", "crypto/rand"}, imported) {
				t.Errorf("%s imports %s: a vendor only translates a state into words", name, imported)
			}
		}
	}
}
