package simulators

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Only internal/clock asks for the time; everything else is passed it. Sleeping
// is asking too. In a bubble of testing/synctest time is the test's own.
func TestOnlyTheClockAsksForTheTime(t *testing.T) {
	banned := map[string]string{
		"time.Now": "pass the instant", "time.Since": "pass the instant", "time.Until": "pass the instant",
		"time.Sleep": "use testing/synctest or a manual clock", "http.Error": "it resets the Content-Type to text/plain",
		"gofakeit.Date": "it reads the real clock", "rand.Seed": "draws are keyed",
	}
	err := filepath.WalkDir("..", func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && d.Name() != ".."):
			return filepath.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.Contains(filepath.ToSlash(path), "internal/clock/"):
			return nil
		}
		files := token.NewFileSet()
		f, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		bubbles := strings.HasSuffix(path, "_test.go") && slices.ContainsFunc(f.Imports, func(i *ast.ImportSpec) bool {
			return i.Path.Value == `"testing/synctest"`
		})
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok {
					if why := banned[x.Name+"."+s.Sel.Name]; why != "" && !(bubbles && x.Name == "time") {
						t.Errorf("%s: %s.%s: %s", files.Position(n.Pos()), x.Name, s.Sel.Name, why)
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
