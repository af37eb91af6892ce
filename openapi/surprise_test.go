package openapi

import (
	"fmt"
	"strings"
	"testing"
)

// withSurprises is the test's spec with some surprises.
func withSurprises(surprises string) []byte {
	return []byte(strings.Replace(testSpec, "x-options:", "x-surprises:\n"+surprises+"x-options:", 1))
}

func TestSurprises(t *testing.T) {
	s, err := Parse("acme", withSurprises(`
  - {name: more, kind: field, on: [getTask, getStatus], at: result.parts, field: mood, value: {good: true}, text: More., x-evidence: {level: assumed, note: n}}
  - {name: later, kind: value, at: status, values: [a, 1], text: Later., x-evidence: {level: assumed, note: n}}
  - {name: order, kind: order, text: Order., x-evidence: {level: assumed, note: n}}
`))
	if err != nil {
		t.Fatal(err)
	}
	more := &s.Surprises[0]
	if !more.For("getTask") || more.For("newTask") || !s.Surprises[1].For("newTask") {
		t.Errorf("%+v", s.Surprises)
	}
	if got := fmt.Sprint(more.Path(), s.Surprises[2].Path(), more.Value); got != "[result parts] [] map[good:true]" {
		t.Errorf("got %s", got)
	}
	facts := 0
	for _, f := range s.Facts() {
		if f.Kind == "surprise" {
			facts++
		}
	}
	if facts != 3 {
		t.Errorf("%d facts of 3 surprises", facts)
	}
}

func TestSurprisesRefused(t *testing.T) {
	const evidence = "text: T., x-evidence: {level: assumed, note: n}}"
	for _, c := range []struct{ surprise, want string }{
		{"{name: a, kind: order, text: T.}", `surprise "a": no evidence`},
		{"{name: a, kind: ordre, " + evidence, `surprise "a": unknown kind "ordre"`},
		{"{kind: order, " + evidence, `surprise "": needs a name and a text`},
		{"{name: a, kind: order, x-evidence: {level: assumed, note: n}}", `surprise "a": needs a name and a text`},
		{"{name: a, kind: order, path: b, " + evidence, "path"},
		{"{name: a, kind: order, on: [getTaks], " + evidence, `surprise "a": no operation "getTaks"`},
		{"{name: a, kind: pages, at: b, " + evidence, `surprise "a": kind pages takes no at`},
		{"{name: a, kind: value, values: [1], " + evidence, `surprise "a": kind value needs at`},
		{"{name: a, kind: value, at: b, " + evidence, `surprise "a": values go with kind value`},
		{"{name: a, kind: order, values: [1], " + evidence, `surprise "a": values go with kind value`},
		{"{name: a, kind: field, value: 1, " + evidence, `surprise "a": field and value go with kind field`},
		{"{name: a, kind: field, field: b, " + evidence, `surprise "a": field and value go with kind field`},
		{"{name: a, kind: order, field: b, value: 1, " + evidence, `surprise "a": field and value go with kind field`},
		{"{name: a, kind: order, " + evidence + "\n  - {name: a, kind: pages, " + evidence, `surprise "a": twice`},
	} {
		_, err := Parse("acme", withSurprises("  - "+c.surprise+"\n"))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.surprise, err, c.want)
		}
	}
}
