package openapi

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// Each rule says what would have been right, in words that a person would use.
func TestExpected(t *testing.T) {
	for _, c := range []struct{ schema, value, rule, want string }{
		{`{"type":"string"}`, `1`, "type", "a string"},
		{`{"type":"integer"}`, `"x"`, "type", "an integer"},
		{`{"type":"string"}`, `null`, "nullable", "a string"},
		{`{"type":"string","enum":["2.0"]}`, `"1.0"`, "enum", `"2.0"`},
		{`{"type":"string","enum":["a","b","c"]}`, `"d"`, "enum", `"a", "b" or "c"`},
		{`{"type":"integer","enum":[1,2,3,4,5,6,7,8,9,10,11,12,13,14]}`, `0`, "enum", "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 or 2 more"},
		{`{"type":"string","enum":["a","b"]}`, `7`, "enum", `"a" or "b"`},
		{`{"type":"string","format":"date-time"}`, `"today"`, "format", "a date and time such as 2026-01-15T09:00:00Z"},
		{`{"type":"string","pattern":"^x$"}`, `"y"`, "pattern", "a text that matches ^x$"},
		{`{"type":"string","pattern":"^x$","description":"a letter"}`, `"y"`, "pattern", "a letter"},
		{`{"type":"integer","format":"int64"}`, `1e30`, "format", "an integer of 64 bits"},
		{`{"type":"integer","maximum":1000000}`, `1000001`, "maximum", "at most 1000000"},
		{`{"type":"number","minimum":0.5}`, `0`, "minimum", "at least 0.5"},
		{`{"type":"integer","minimum":3,"exclusiveMinimum":true}`, `3`, "exclusiveMinimum", "more than 3"},
		{`{"type":"string","minLength":1}`, `""`, "minLength", "at least 1 character"},
		{`{"type":"string","maxLength":2}`, `"abc"`, "maxLength", "at most 2 characters"},
		{`{"type":"array","items":{},"maxItems":1}`, `[1,2]`, "maxItems", "at most 1 item"},
		{`{"type":"object","maxProperties":1,"additionalProperties":true}`, `{"a":1,"b":2}`, "maxProperties", "at most 1 member"},
		{`{"type":"object","required":["a"],"properties":{"a":{"type":"integer"}}}`, `{}`, "required", "an integer"},
		{`{"type":"object","required":["a"]}`, `{}`, "required", ""},
		{`{"type":"object","properties":{"a":{},"b":{}},"additionalProperties":false}`, `{"c":1}`, "properties", "one of a, b"},
	} {
		var schema openapi3.Schema
		if err := json.Unmarshal([]byte(c.schema), &schema); err != nil {
			t.Fatal(err)
		}
		value, err := decode([]byte(c.value))
		if err != nil {
			t.Fatal(err)
		}
		v := bodyViolation(InBody, schema.VisitJSON(value, openapi3.MultiErrors(), openapi3.VisitAsRequest()))
		if v.Rule != c.rule || v.Expected != c.want {
			t.Errorf("%s: %s: rule %s expects %q, want %s %q", c.schema, c.value, v.Rule, v.Expected, c.rule, c.want)
		}
	}
}

// A parameter says the same as a member.
func TestExpectedOfParameters(t *testing.T) {
	s := mustParse(t, testSpec)
	for query, want := range map[string]string{"limit=abc": "an integer", "limit=": "an integer", "limit=0": "at least 1", "order=side": `"`} {
		v := operation(t, s, "getTask").CheckRequest(ask(t, map[string]string{"id": "17"}, query, []string{"X-Req: r1"}, ""))
		if v == nil || !strings.Contains(v.Expected, want) {
			t.Errorf("%s: %+v, want %s", query, v, want)
		}
	}
}
