package sim

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPlain(t *testing.T) {
	for value, want := range map[string]bool{
		`"a"`: true, `"7d2864e9-c67b-48a2"`: true, `" ~"`: true, `1`: true, `-5`: true, `0`: true, `123456789012345678`: true,
		`""`: false, `"`: false, `"é"`: false, `"a\n"`: false, `"a\"b"`: false, "\"\x7f\"": false, `1.5`: false, `1e3`: false, `01`: false,
		`-`: false, `null`: false, `{}`: false, `1234567890123456789`: false, ``: false, `"` + strings.Repeat("a", maxEcho) + `"`: false,
	} {
		if plain([]byte(value)) != want {
			t.Errorf("%s: %v", value, !want)
		}
		if want && !json.Valid([]byte(value)) {
			t.Errorf("%s is no JSON", value)
		}
	}
}

func TestMemberAt(t *testing.T) {
	for _, c := range []struct{ object, path, want string }{
		{`{"id":1}`, "id", "1"},
		{` { "a" : {"id": [1, {"id":2}] } , "id" : "x,}" } `, "id", `"x,}"`},
		{`{"a":{"b":{"c":[1]}}}`, "a.b.c", `[1]`},
		{`{"a":"\\\"","id":true}`, "id", "true"},
		{`{"id":1,"id":2}`, "id", ""},
		{`{"\u0069d":1,"id":2}`, "id", ""},
		{`{"a":1}`, "id", ""},
		{`{"id":1`, "id", ""},
		{`{"id":1}}`, "id", ""},
		{`{"id":}`, "id", ""},
		{`{"id"`, "id", ""},
		{`{`, "id", ""},
		{`[{"id":1}]`, "id", ""},
		{``, "id", ""},
	} {
		from, to, ok := memberAt(c.object, c.path)
		if got := c.object[from:to]; ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%s of %s: %q, %v", c.path, c.object, got, ok)
		}
	}
}

// What is found in a JSON object is what encoding/json finds there.
func TestMemberAtAgreesWithJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := jsonText(t, 3)
		from, to, ok := memberAt([]byte(text), "id")
		var object map[string]json.RawMessage
		err := json.Unmarshal([]byte(text), &object)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if want, there := object["id"]; ok && (!there || string(want) != text[from:to]) {
			t.Fatalf("%s: found %q, want %q", text, text[from:to], want)
		} else if there && !ok && strings.Count(text, `"id"`) == 1 && !strings.Contains(text, `\`) {
			t.Fatalf("%s: not found", text)
		}
	})
}

// jsonText draws the text of a JSON object, with blanks and names of many kinds.
func jsonText(t *rapid.T, depth int) string {
	blank := func() string { return rapid.SampledFrom([]string{"", "", "", " ", "\n\t", "\r "}).Draw(t, "blank") }
	var members []string
	for range rapid.IntRange(0, 4).Draw(t, "members") {
		name := rapid.SampledFrom([]string{`"id"`, `"a"`, `"params"`, `"i\u0064"`, `"x\"id"`, `"é"`, `""`}).Draw(t, "name")
		value := rapid.SampledFrom([]string{`1`, `-2.5e+3`, `"x"`, `"\"},"`, `"\\"`, `null`, `true`, `[]`, `[1,"]",{"id":2}]`, `{}`}).Draw(t, "value")
		if depth > 0 && rapid.Bool().Draw(t, "nested") {
			value = jsonText(t, depth-1)
		}
		members = append(members, blank()+name+blank()+":"+blank()+value+blank())
	}
	return "{" + blank() + strings.Join(members, ",") + blank() + "}"
}

func FuzzMemberAt(f *testing.F) {
	for _, seed := range []string{`{"id":1}`, `{"a":{"id":"\""},"id":[1]}`, `{"id":1,"id":2}`, `{"id`, `}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		from, to, ok := memberAt(text, "id")
		if !ok || !json.Valid([]byte(text)) {
			return
		}
		var object map[string]json.RawMessage
		if err := json.Unmarshal([]byte(text), &object); err != nil || string(object["id"]) != text[from:to] {
			t.Fatalf("%q: %q, %v", text, text[from:to], err)
		}
	})
}
