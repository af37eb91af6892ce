package simtest_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"
	"testing"

	"github.com/vendorsim/vendorsim/simulators/simtest"
)

// go doc shows no fields of an alias: its comment does, and they are the ones
// that are there.
func TestCommentsShowTheFields(t *testing.T) {
	t.Parallel()
	aliases := map[string]reflect.Type{}
	for _, v := range []any{
		simtest.Task{}, simtest.Subtask{}, simtest.Next{}, simtest.NewTask{}, simtest.Moved{}, simtest.Edge{},
		simtest.Replaced{}, simtest.Journal{}, simtest.Report{}, simtest.Expectation{}, simtest.Line{}, simtest.Why{},
		simtest.TaskError{}, simtest.WhyTask{}, simtest.WhyStep{}, simtest.WhyContract{}, simtest.WhyLimit{}, simtest.WhyFault{}, simtest.Miss{}, simtest.Fault{}, simtest.FaultEdge{},
	} {
		aliases[reflect.TypeOf(v).Name()] = reflect.TypeOf(v)
	}
	aliases["Entry"] = reflect.TypeFor[simtest.Entry]()
	var pairs []string // types, and what they are called here
	for name, typ := range aliases {
		pairs = append(pairs, typ.String(), name)
	}
	names := strings.NewReplacer(pairs...)
	f, err := parser.ParseFile(token.NewFileSet(), "types.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range f.Decls {
		d, ok := decl.(*ast.GenDecl)
		if !ok || d.Tok != token.TYPE {
			continue
		}
		name := d.Specs[0].(*ast.TypeSpec).Name.Name
		typ := aliases[name]
		if typ == nil {
			t.Errorf("%s is not looked at", name)
			continue
		}
		var told, want []string
		for line := range strings.Lines(d.Doc.Text()) {
			if field, ok := strings.CutPrefix(line, "\t"); ok {
				field, _, _ = strings.Cut(field, "//")
				told = append(told, strings.Join(strings.Fields(field), " "))
			}
		}
		for i := range typ.NumField() {
			want = append(want, typ.Field(i).Name+" "+strings.ReplaceAll(names.Replace(typ.Field(i).Type.String()), "interface {}", "any"))
		}
		if got, want := strings.Join(told, "\n"), strings.Join(want, "\n"); got != want {
			t.Errorf("the comment of %s has the fields\n%s\nand it has\n%s", name, got, want)
		}
		delete(aliases, name)
	}
	for name := range aliases {
		t.Errorf("%s is not in types.go", name)
	}
}
