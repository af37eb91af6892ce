package openapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"pgregory.net/rapid"
)

// root is a schema that documents are held to, and examples of them.
type root struct {
	what     string
	schema   *openapi3.Schema
	examples []string
}

// roots are those of all embedded specs and the test's own, in one order.
func roots(t testing.TB) []root {
	t.Helper()
	specs := specsRead(t)
	var all []root
	add := func(what string, s *openapi3.Schema, examples ...any) {
		if s == nil {
			return
		}
		i := slices.IndexFunc(all, func(r root) bool { return r.schema == s })
		if i < 0 {
			i = len(all)
			all = append(all, root{what: what, schema: s})
		}
		for _, e := range examples {
			if e != nil {
				all[i].examples = append(all[i].examples, encoded(t, e))
			}
		}
	}
	for _, s := range specs {
		for _, top := range append(slices.Clone(s.Operations), s.Outside) {
			for _, o := range top.Leaves() {
				what := s.Vendor + " " + o.Name
				add(what+" params", o.params, o.example)
				for _, profile := range profiles {
					add(what+" result "+profile, o.results[profile])
				}
				if o.body != nil {
					for _, media := range sorted(o.body.Content) {
						add(what+" body", o.body.Content[media].Schema.Value, o.body.Content[media].Example)
					}
				}
				for _, status := range sorted(o.responses) {
					for _, media := range sorted(o.responses[status].contents) {
						for _, profile := range profiles {
							add(fmt.Sprint(what, " ", status, " ", media, " ", profile), o.responses[status].contents[media][profile])
						}
					}
				}
				if o.route == nil {
					continue
				}
				for _, status := range sorted(o.route.Operation.Responses.Map()) {
					for media, content := range o.route.Operation.Responses.Value(status).Value.Content {
						add(what+" "+status+" "+media, content.Schema.Value, examplesOf(content)...)
					}
				}
			}
		}
	}
	return all
}

func examplesOf(content *openapi3.MediaType) []any {
	all := []any{content.Example}
	for _, name := range sorted(content.Examples) {
		all = append(all, content.Examples[name].Value.Value)
	}
	return all
}

// below are a schema and all that it is made of.
func below(s *openapi3.Schema) map[*openapi3.Schema]bool {
	all := map[*openapi3.Schema]bool{}
	var walk func(ref *openapi3.SchemaRef)
	walk = func(ref *openapi3.SchemaRef) {
		if ref == nil || all[ref.Value] {
			return
		}
		s := ref.Value
		all[s] = true
		for _, ref := range slices.Concat(s.OneOf, s.AnyOf, s.AllOf, openapi3.SchemaRefs{s.Not, s.Items, s.AdditionalProperties.Schema}) {
			walk(ref)
		}
		for _, ref := range s.Properties {
			walk(ref)
		}
	}
	walk(s.NewRef())
	return all
}

func sorted[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

func encoded(t testing.TB, v any) string {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// mutated is a document that a few changes made of another, as text: members and
// parts that are gone, twice there, renamed, in another order, of another kind or
// what another schema allows.
func mutated(t *rapid.T, v any, words []any) string {
	switch v := v.(type) {
	case map[string]any:
		names := rapid.Permutation(sorted(v)).Draw(t, "names")
		var parts []string
		for _, name := range names {
			value := v[name]
			switch rapid.IntRange(0, 60).Draw(t, "member") {
			case 0:
				continue
			case 1:
				name = rapid.SampledFrom([]string{"", "zz", name + "x", "é", strings.ToUpper(name), names[0]}).Draw(t, "name")
			case 2:
				parts = append(parts, key(t, name)+mutated(t, rapid.SampledFrom(words).Draw(t, "word"), words))
			}
			parts = append(parts, key(t, name)+mutated(t, value, words))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case []any:
		var parts []string
		for _, value := range v {
			switch rapid.IntRange(0, 30).Draw(t, "part") {
			case 0:
				continue
			case 1:
				parts = append(parts, mutated(t, value, words))
			}
			parts = append(parts, mutated(t, value, words))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	if rapid.IntRange(0, 25).Draw(t, "other") == 0 {
		v = rapid.SampledFrom(words).Draw(t, "word")
	}
	if n, ok := v.(float64); ok && rapid.IntRange(0, 20).Draw(t, "number") == 0 {
		return rapid.SampledFrom([]string{fmt.Sprintf("%.1f", n), fmt.Sprintf("%e", n), fmt.Sprintf("%v5", n), "-0", "1e999", "1e2", "0.5", "9007199254740993", "01"}).Draw(t, "as")
	}
	if text, ok := v.(string); ok && rapid.IntRange(0, 20).Draw(t, "text") == 0 {
		return rapid.SampledFrom([]string{`""`, `"\u0061` + text + `"`, `"` + text + "\xff\"", `"é` + text + `"`, `"` + text + `\n"`, `"` + text, `"\ud800"`}).Draw(t, "as")
	}
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func key(t *rapid.T, name string) string {
	text, _ := json.Marshal(name) // of a text: cannot fail
	if len(name) > 0 && rapid.IntRange(0, 60).Draw(t, "escaped") == 0 {
		return fmt.Sprintf(`"\u%04x`, name[0]) + string(text[2:]) + ":"
	}
	return string(text) + ":"
}

// made is a document that a schema mostly takes.
func made(t *rapid.T, s *openapi3.Schema, depth int) any {
	odd := rapid.IntRange(0, 40).Draw(t, "odd")
	choices := slices.Concat(s.OneOf, s.AnyOf, s.AllOf)
	switch {
	case s.Nullable && odd < 8 || odd == 0:
		return nil
	case len(s.Enum) > 0:
		return rapid.SampledFrom(s.Enum).Draw(t, "enum")
	case len(choices) > 0:
		part := made(t, rapid.SampledFrom(choices).Draw(t, "choice").Value, depth)
		object, ok := part.(map[string]any)
		if !ok || s.Type == nil && len(s.Properties) == 0 {
			return part
		}
		own := *s
		own.OneOf, own.AnyOf, own.AllOf = nil, nil, nil
		if rest, ok := made(t, &own, depth).(map[string]any); ok {
			for name := range object {
				if _, ok := rest[name]; !ok && s.Properties[name] != nil {
					object[name] = made(t, s.Properties[name].Value, depth+1)
				}
			}
			for name, value := range rest {
				object[name] = value
			}
		}
		return object
	case s.Type.Is("array") || s.Type == nil && s.Items != nil:
		list := []any{}
		n := int(s.MinItems)
		if depth < 6 {
			n += rapid.IntRange(0, 2).Draw(t, "more")
		}
		for range n {
			if s.Items != nil {
				list = append(list, made(t, s.Items.Value, depth+1))
			}
		}
		return list
	case s.Type.Is("object") || s.Type == nil && len(s.Properties)+len(s.Required) > 0:
		object := map[string]any{}
		for _, name := range s.Required {
			object[name] = "x"
		}
		for _, name := range sorted(s.Properties) {
			if _, ok := object[name]; ok || depth < 6 && rapid.Bool().Draw(t, "optional") {
				object[name] = made(t, s.Properties[name].Value, depth+1)
			}
		}
		if ref := s.AdditionalProperties.Schema; ref != nil && depth < 6 {
			object["k"] = made(t, ref.Value, depth+1)
		}
		return object
	case s.Type.Is("integer") || s.Type.Is("number"):
		low, high := 0.0, math.Inf(1)
		if s.Min != nil {
			low = *s.Min
		}
		if s.Max != nil {
			high = *s.Max
		}
		return rapid.SampledFrom([]float64{low, low + 1, math.Min(high, 1e9), low - 1, high + 1}).Filter(func(f float64) bool { return !math.IsInf(f, 0) }).Draw(t, "n")
	case s.Type.Is("boolean"):
		return rapid.Bool().Draw(t, "bool")
	case s.Pattern != "":
		return rapid.StringMatching(s.Pattern).Draw(t, "matching")
	}
	return rapid.StringN(int(s.MinLength), max(5, int(s.MinLength)), -1).Draw(t, "string")
}
