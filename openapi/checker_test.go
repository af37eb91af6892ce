package openapi

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"pgregory.net/rapid"
)

// content is what kin-openapi says of a document, in the way that answers are
// held to it and, with digits kept, in the way that requests are.
func content(s *openapi3.Schema, text string) bool {
	v, err := decode([]byte(text))
	if err != nil || s.VisitJSON(v, openapi3.MultiErrors(), openapi3.VisitAsResponse()) != nil {
		return false
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	return dec.Decode(&v) == nil && s.VisitJSON(v, openapi3.MultiErrors(), openapi3.VisitAsRequest()) == nil
}

// schemaOf reads a schema of OpenAPI 3.0. In its text SELF is the schema itself.
func schemaOf(t testing.TB, text string) *openapi3.Schema {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(`
openapi: 3.0.3
info: {title: t, version: "1"}
paths: {}
components: {schemas: {S: ` + strings.ReplaceAll(text, "SELF", `{$ref: "#/components/schemas/S"}`) + `}}`))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return doc.Components.Schemas["S"].Value
}

// Each row is a schema, documents that a checker is sure of, and others: broken
// ones, and, after a ?, those in order that it leaves to kin-openapi.
func TestChecker(t *testing.T) {
	for schema, docs := range map[string][2][]string{
		`{type: string, minLength: 2, maxLength: 3}`: {
			{`"ab"`, `"éé"`, `"\u00e9é"`, ` "abc" `, `"\"\\"`, `"\ud83d\ude00\n"`, "\"a\xff\"", "\"\xff\xff\""},
			{`"a"`, `"abcd"`, `"é"`, `"\u00e9"`, `"\ud83d\ude00"`, `1`, `null`, `""`, `"ab`, `"ab" 1`, `ab`, ``, `"\x41b"`, "\"a\nb\"", `"\u12"`, "\"\xff\""}},
		`{type: string, enum: [a, é], nullable: true}`: {
			{`"a"`, `"\u0061"`, `"é"`, `null`}, {`"b"`, `nul`, `"A"`, `{}`, `[]`}},
		`{type: string, pattern: '^\d{2}-[a-f]+$'}`:   {{`"12-ab"`, `"\u0031\u0032-a"`}, {`"12-"`, `"1-a"`, `"12-g"`, `"12-a\n"`}},
		`{type: string, pattern: '^\d{2}-[a-f]{3}$'}`: {{`"12-abc"`, `"\u0031\u0032-abc"`}, {`"12-ab"`, `"12-abé"`, `"12-abcd"`, `"12-ab\n"`}},
		`{type: string, format: date-time}`:           {{`"2024-01-02T03:04:05Z"`}, {`"2024-01-02"`, `""`}},
		`{type: string, format: password}`:            {{`""`, `"x"`}, {`1`}},
		`{type: integer, minimum: 0, maximum: 100}`:   {{`0`, `-0`, `1e2`, `100.0`, `1E+1`, `0.0`, ` 7`}, {`-1`, `101`, `1.5`, `1e-1`, `01`, `+1`, `1.`, `.1`, `1e`, `--1`, `-`, `"1"`, `true`}},
		`{type: integer}`:                             {{`9007199254740993`, `123456789012345678901234567890`, `1e300`, `-999999999999999`}, {`1e999`, `0.1`, `1e400`, `-1e999`}},
		`{type: integer, format: int32}`:              {{`2147483647`, `-2147483648`}, {`2147483648`, `1e10`}},
		`{type: integer, format: int64}`:              {{`9223372036854775807`, `-9223372036854775808`, `9223372036854775808`}, {`1e19`, `-1e19`}},
		`{type: number, enum: [1, 2.5]}`:              {{`1`, `1.0`, `10e-1`, `2.5`}, {`2`, `"1"`, `null`}},
		`{type: number}`:                              {{`0.1`, `1e-999`, `-1.5e+3`}, {`1e999`, `NaN`, `Infinity`, `0x1`, `1_0`}},
		`{type: boolean, enum: [true]}`:               {{`true`}, {`false`, `tru`, `True`, `null`, `truex`}},
		`{enum: [1, a, null], nullable: true}`:        {{`1`, `"a"`, `null`}, {`2`, `true`, `[]`, `{}`}},
		`{enum: [[1]]}`:                               {nil, {`?[1]`, `1`}},
		`{}`:                                          {{`1`, `"a"`, `[null,{"a":null}]`, `{"a":1,"a":2}`, `[[]]`, `{}`}, {`null`, `[1,]`, `{"a"}`, `{"a":}`, `{,}`, `[1 2]`, `{1:2}`, `{"a":1,}`, `[`, `{`, `[1e999]`, `tru`}},
		`{properties: {a: {}}}`:                       {{`{"a":null}`, `1`, `[]`}, {`null`}}, // kin-openapi looks no deeper
		`{type: object, properties: {a: {}}}`:         {{`{"a":1}`, `{}`, `{"b":null}`}, {`{"a":null}`, `{"a":1} {}`}},
		`{type: array, items: {type: integer}, minItems: 1, maxItems: 2}`: {
			{`[1]`, `[ 1 , 2 ]`}, {`[]`, `[1,2,3]`, `["1"]`, `[null]`, `{}`, `[1,]`, `[,1]`, `[1`}},
		`{type: object, additionalProperties: false, required: [a], properties: {a: {type: integer}, b: {type: string, nullable: true}}}`: {
			{`{"a":1}`, `{"b":"x","a":1}`, "\t{ \"a\" : 1 , \"b\" : null }\r\n", `{"a":1,"b":"x"}`},
			{`{}`, `{"a":"1"}`, `{"a":1,"c":1}`, `{"A":1}`, `{"a":1,"a":"x"}`, `?{"a":"x","a":1}`, `?{"a":1,"a":1}`, `?{"\u0061":1}`, `{"a":null}`, `{"a":1,}`, `{"a" 1}`, `{"a":1;"b":""}`}},
		`{type: object, additionalProperties: false, required: [a, b], properties: {a: {}}}`: {nil, {`{"a":1}`, `{"a":1,"b":1}`}},
		`{type: object, additionalProperties: {type: integer}, required: [b], properties: {a: {type: string}}}`: {
			{`{"b":1}`, `{"a":"","b":2,"c":3}`, `{"b":1,"é":2}`, `{"b":1,"c":1,"c":1}`}, {`{"b":""}`, `{"a":1,"b":1}`, `{"b":1,"c":"x"}`, "?{\"b\":1,\"\xff\":2}"}},
		`{type: object, minProperties: 2, maxProperties: 3}`: {
			{`{"a":1,"b":1}`, `{"a":1,"b":1,"c":null}`}, {`{"a":1}`, `{"a":1,"a":1}`, `{"a":1,"b":1,"c":1,"d":1}`, `?{"a":1,"b":1,"b":2}`}},
		`{type: object, properties: {n: {type: integer}, s: SELF}}`: {{`{"s":{"s":{"n":1}}}`}, {`{"s":{"s":{"n":"1"}}}`, `{"s":null}`}},
		`{oneOf: [{type: integer}, {type: number}]}`:                {{`1.5`}, {`1`, `"x"`, `null`}},
		`{oneOf: [{type: object, required: [a], properties: {a: {type: integer}}}, {type: object, required: [b]}]}`: {
			{`{"a":1}`, `{"b":1}`, `{"a":"x","b":1}`}, {`{"a":1,"b":1}`, `{}`, `?{"a":"x","a":1}`, `?{"a":1,"a":"x","b":1}`, `{"a":"x","a":1,"b":1}`}},
		`{oneOf: [{type: integer}, {type: string, nullable: true}]}`:                          {{`null`, `1`, `""`}, {`true`, `nulls`}},
		`{anyOf: [{type: integer, minimum: 5}, {type: number, maximum: 3}], enum: [1, 7, 4]}`: {{`1`, `7`}, {`4`, `6`, `null`}},
		`{type: object, not: {required: [a]}, properties: {a: {}, b: {}}}`:                    {{`{"b":1}`, `{}`}, {`{"a":1}`, `?{"b":1,"b":2}`, `{"b":1`, `?{"\u0062":1}`}},
		`{not: {type: object, properties: {a: {type: integer}}}}`:                             {{`{"a":"x"}`, `1`}, {`{"a":1}`, `{"a":"x","a":1}`, `?{"a":1,"a":"x"}`, `null`}},
		`{type: string, nullable: true, not: {type: string, nullable: true}}`:                 {{`null`}, {`""`}},
		// What a checker does not know.
		`{allOf: [{type: integer}]}`:                                                      {nil, {`?1`, `""`}},
		`{type: integer, multipleOf: 2}`:                                                  {nil, {`?2`, `1`}},
		`{type: array, items: {}, uniqueItems: true}`:                                     {nil, {`?[1]`, `[1,1]`}},
		`{type: number, minimum: 1, exclusiveMinimum: true}`:                              {nil, {`?2`, `1`}},
		`{type: string, pattern: '^\u0041$'}`:                                             {nil, {`?"A"`, `"B"`}},
		`{type: object, required: [a], properties: {a: {type: integer, readOnly: true}}}`: {nil, {`{"a":1}`, `{}`}},
		`{type: object, properties: {a: {allOf: [{type: integer}]}, b: {}}}`:              {{`{"b":1}`}, {`?{"a":1}`}},
		`{type: integer, anyOf: [SELF, {type: integer}]}`:                                 {nil, {`?1`}},
		`{type: integer, oneOf: [SELF, SELF]}`:                                            {nil, {`1`}},
	} {
		s := schemaOf(t, schema)
		c := compile(s)
		for _, doc := range docs[0] {
			if !c.passes(doc) || !content(s, doc) {
				t.Errorf("%s: %q: passes %v, kin-openapi %v", schema, doc, c.passes(doc), content(s, doc))
			}
		}
		for _, doc := range docs[1] {
			doc, left := strings.CutPrefix(doc, "?")
			if c.passes(doc) || content(s, doc) != left {
				t.Errorf("%s: %q: passes %v, kin-openapi %v", schema, doc, c.passes(doc), content(s, doc))
			}
		}
	}
}

// A bound member is held to both, where it is one of the object at the top, is not
// null, and is surely the only one of its name.
func TestBind(t *testing.T) {
	integer := compile(schemaOf(t, `{type: integer}`))
	for schema, docs := range map[string]map[string][2]bool{ // passes, bound
		`{type: object, properties: {r: {nullable: true}, s: SELF}}`: {
			`{"r":1}`: {true, true}, `{"r":null}`: {true, false}, `{}`: {true, false}, `{"r":"x"}`: {false, false},
			`{"s":{"r":"x"}}`: {true, false}, `{"s":{"r":1}}`: {true, false}, `{"r":1,"s":{"r":"x"}}`: {true, true},
		},
		`{anyOf: [{type: object, properties: {r: {nullable: true}, z: {type: integer}}}, {type: object}]}`: {
			`{"r":1,"z":1}`: {true, true}, `{"r":1,"z":"x","r":"y"}`: {true, false}, `{"r":"y","z":"x"}`: {false, false},
		},
		`{oneOf: [{type: object, required: [e]}, {type: object, required: [r], properties: {r: {}}}]}`: {
			`{"e":1}`: {true, false}, `{"r":1}`: {true, true}, `{"r":"x"}`: {false, false},
		},
	} {
		c := compile(schemaOf(t, schema)).bind("r", integer)
		for doc, want := range docs {
			if passes, bound := c.passesBound(doc); passes != want[0] || passes && bound != want[1] {
				t.Errorf("%s: %s: passes %v, bound %v", schema, doc, passes, bound)
			}
		}
	}
}

// What is very deep or very wide is left to kin-openapi, in little time.
func TestCheckerIsBounded(t *testing.T) {
	c := compile(schemaOf(t, `{type: array, anyOf: [{type: array, items: SELF}, {type: array, items: SELF, maxItems: 5}, {not: SELF}]}`))
	c.passes(strings.Repeat("[", 100_000))
	anything := compile(schemaOf(t, `{}`))
	for n, want := range map[int]bool{maxDepth - 2: true, maxDepth + 1: false, 20_000: false} {
		if doc := strings.Repeat("[", n) + strings.Repeat("]", n); anything.passes(doc) != want {
			t.Errorf("%d deep: %v", n, !want)
		}
	}
	long := `"` + strings.Repeat("x", 1<<20) + `"`
	if !anything.passes(long) || !anything.passes("["+long+"]") {
		t.Error("a long text")
	}
	var wide []string
	for i := range maxNames + 1 {
		wide = append(wide, fmt.Sprintf(`"m%d":1`, i))
	}
	for n, want := range map[int]bool{maxNames: true, maxNames + 1: false} {
		if got := compile(schemaOf(t, `{type: object, minProperties: 1}`)).passes("{" + strings.Join(wide[:n], ",") + "}"); got != want {
			t.Errorf("%d members: %v", n, got)
		}
	}
}

// A shape is the same as its regular expression, and only such patterns are made
// shapes.
func TestShape(t *testing.T) {
	for pattern, want := range map[string]bool{
		`^[0-9a-f]{32}$`: true, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`: true, `^$`: true, `^(ab){2}\z`: true, `\A[^\x80-\x{10FFFF}]$`: true,
		`^a+$`: false, `^a`: false, `a$`: false, `a`: false, ``: false, `^(?i)a$`: false, `(?m)^a$`: false, `^.$`: false, `^[^a]$`: false, `^é$`: false,
		`^a|b$`: false, `^(a|bc)$`: false, `^a{1,2}$`: false, `^a?$`: false, `^\bab$`: false, `^a$b`: false, `^^a$`: false, `^[aé]$`: false,
	} {
		if _, got := patternOf(pattern).(shape); got != want {
			t.Errorf("%s: a shape: %v", pattern, got)
		}
	}
	for _, root := range roots(t) {
		for s := range below(root.schema) {
			shape, ok := patternOf(s.Pattern).(shape)
			if !ok {
				continue
			}
			good := make([]byte, len(shape))
			for i, set := range shape {
				good[i] = byte(slices.Index(set[:], true))
			}
			re := regexp.MustCompile(s.Pattern)
			for i := range len(good) + 1 {
				for _, c := range []string{"", "0", "a", "F", "g", "-", "\n", "é", "\xff", "\x80"} {
					text := string(good[:i]) + c + string(good[min(i+1, len(good)):])
					if shape.MatchString(text) != re.MatchString(text) {
						t.Fatalf("%s: %q: a shape says %v", s.Pattern, text, shape.MatchString(text))
					}
				}
			}
		}
	}
}

// Our contracts say nothing that a checker does not know, and all that they show
// is surely in order.
func TestCheckerKnowsOurContracts(t *testing.T) {
	examples := 0
	for _, r := range roots(t) {
		if strings.HasPrefix(r.what, "acme") {
			continue // has what no vendor has
		}
		for s := range below(r.schema) {
			if compile(s).unknown {
				t.Errorf("%s: a schema with a keyword that a checker does not know: %s", r.what, encoded(t, s))
			}
		}
		for _, example := range r.examples {
			examples++
			if !compile(r.schema).passes(example) {
				t.Errorf("%s: not sure of %s", r.what, example)
			}
		}
	}
	if examples < 500 {
		t.Errorf("only %d examples", examples)
	}
}

// A checker that is sure is right: kin-openapi finds nothing either. It is held to
// every schema of every spec, with documents that are nearly in order.
func TestCheckerIsSound(t *testing.T) {
	all := roots(t)
	words := []any{nil, true, 0.0, 1.0, -1.0, 2.5, "", "x", "done", []any{}, []any{1.0}, map[string]any{}, map[string]any{"id": "1"}}
	passed, good, total := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		r := all[rapid.IntRange(0, len(all)-1).Draw(t, "schema")]
		c := compile(r.schema)
		for range 10 {
			var doc any
			if len(r.examples) > 0 && rapid.Bool().Draw(t, "example") {
				doc, _ = decode([]byte(rapid.SampledFrom(r.examples).Draw(t, "which")))
			} else {
				doc = made(t, r.schema, 0)
			}
			text := mutated(t, doc, words)
			pass, kin := c.passes(text), content(r.schema, text)
			if pass && !kin {
				t.Fatalf("%s: sure of %s", r.what, text)
			}
			total++
			if pass {
				passed++
			}
			if kin {
				good++
			}
		}
	})
	t.Logf("of %d documents %d were in order, and %d passed", total, good, passed)
	if passed == 0 || good == total {
		t.Errorf("of %d documents %d were in order and %d passed: nothing was tried", total, good, passed)
	}
}

// Whatever bytes there are: no panic, and what a checker is sure of is in order.
func FuzzChecker(f *testing.F) {
	all := roots(f)
	for i, r := range all {
		for _, example := range r.examples {
			f.Add(uint16(i), example)
		}
	}
	checkers := make([]*checker, len(all))
	for i, r := range all {
		checkers[i] = compile(r.schema)
	}
	f.Fuzz(func(t *testing.T, i uint16, text string) {
		r := all[int(i)%len(all)]
		if checkers[int(i)%len(all)].passes(text) && !content(r.schema, text) {
			t.Fatalf("%s: sure of %q", r.what, text)
		}
	})
}
