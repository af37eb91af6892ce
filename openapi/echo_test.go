package openapi

import (
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"pgregory.net/rapid"
)

func TestIndifferent(t *testing.T) {
	few, many := uint64(MaxEcho-1), uint64(MaxEcho)
	one := 1.0
	text := &openapi3.Types{"string"}
	leaf := func(s openapi3.Schema) *openapi3.SchemaRef { return &openapi3.SchemaRef{Value: &s} }
	for name, c := range map[string]struct {
		schema openapi3.Schema
		want   bool
	}{
		"anything":             {openapi3.Schema{}, true},
		"a text":               {openapi3.Schema{Type: text, MinLength: 1, MaxLength: &many}, true},
		"a text or a number":   {openapi3.Schema{OneOf: openapi3.SchemaRefs{leaf(openapi3.Schema{Type: text}), leaf(openapi3.Schema{Type: &openapi3.Types{"number"}})}}, true},
		"of two characters":    {openapi3.Schema{Type: text, MinLength: 2}, false},
		"not so long":          {openapi3.Schema{Type: text, MaxLength: &few}, false},
		"a pattern":            {openapi3.Schema{Type: text, Pattern: "^a"}, false},
		"a format":             {openapi3.Schema{Type: text, Format: "uuid"}, false},
		"one of a few":         {openapi3.Schema{Enum: []any{"a"}}, false},
		"at least":             {openapi3.Schema{Min: &one}, false},
		"a pattern among more": {openapi3.Schema{AnyOf: openapi3.SchemaRefs{leaf(openapi3.Schema{Pattern: "^a"}), leaf(openapi3.Schema{})}}, false},
		"all but a pattern":    {openapi3.Schema{Not: leaf(openapi3.Schema{Pattern: "^a"})}, false},
	} {
		if got := indifferent(&c.schema, nil); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
		object := openapi3.Schema{Properties: openapi3.Schemas{"a": leaf(openapi3.Schema{Properties: openapi3.Schemas{"b": leaf(c.schema)}})}}
		if got := indifferent(&object, []string{"a", "b"}); got != c.want {
			t.Errorf("%s, as a member: %v", name, got)
		}
		others := openapi3.Schema{AdditionalProperties: openapi3.AdditionalProperties{Schema: leaf(c.schema)}}
		if got := indifferent(&others, []string{"a"}); got != c.want {
			t.Errorf("%s, as any member: %v", name, got)
		}
	}
}

// Of the operations that clients poll the contract does not mind the name: their
// examples hold with any.
func TestNamesCountForNothing(t *testing.T) {
	for vendor, echo := range map[string]struct{ header, member string }{
		"bitdefender": {"", "id"}, "checkpoint": {"x-av-req-id", "responseEnvelope.requestId"},
	} {
		s, err := Load(vendor)
		if err != nil {
			t.Fatal(err)
		}
		polls := 0
		for _, o := range s.Operations {
			for _, leaf := range o.Leaves() {
				if leaf.Kind != "poll" {
					continue
				}
				polls++
				for _, profile := range profiles {
					if !leaf.Echoes(profile, 200, "application/json", echo.header, echo.member) {
						t.Errorf("%s %s, %s: the name counts", vendor, leaf.Name, profile)
					}
				}
				rapid.Check(t, func(rt *rapid.T) {
					name := strings.Map(func(r rune) rune { return ' ' + r%('~'-' '+1) }, rapid.StringN(1, MaxEcho, MaxEcho).Draw(rt, "name"))
					e, err := leaf.Example(leaf.Routes[0], "")
					if err != nil {
						rt.Fatal(err)
					}
					if body, ok := e.Body.(map[string]any); ok && echo.header == "" {
						body["id"] = name
					} else {
						e.Header[echo.header] = []string{name}
					}
					if v := leaf.CheckRequest(asRequest(t, leaf, leaf.Routes[0], e)); v != nil {
						rt.Fatalf("%q: %v", name, v)
					}
				})
			}
		}
		if polls == 0 {
			t.Errorf("%s: nothing to poll", vendor)
		}
	}
}
