package sailpoint

import (
	"encoding/json"
	"testing"
)

// Whatever a client sends as a patch, applying it ends, with JSON or an error.
func FuzzApplyPatch(f *testing.F) {
	for _, patch := range []string{
		`[{"op":"replace","path":"/completionStatus","value":"Error"}]`,
		`[{"op":"copy","from":"","path":"/messages/-"},{"op":"copy","from":"","path":"/messages/-"}]`,
		`[{"op":"move","from":"/id","path":"/messages/0"},{"op":"remove","path":"/messages"},{"op":"test","path":"/a~1b"}]`,
		`[{"op":"add","path":"/messages/-1","value":null},{"op":"replace","path":"","value":[]}]`,
		`[{"op":"test","path":""}]`, // the library panics at it
		`[{"op":"remove"}]`, `[null]`, `{}`, `[{"op":1,"path":{}}]`,
	} {
		f.Add(patch)
	}
	const doc = `{"id":"a","completionStatus":null,"completed":null,"messages":[{"key":"k","parameters":[]}],"attributes":{}}`
	f.Fuzz(func(t *testing.T, text string) {
		var patch any
		if json.Unmarshal([]byte(text), &patch) != nil {
			return
		}
		after, err := applyPatch([]byte(doc), patch)
		if err == nil && !json.Valid(after) {
			t.Fatalf("%s makes %s", text, after)
		}
		if len(after) > len(text)*8+2*maxPatched {
			t.Fatalf("%s makes %d bytes", text, len(after))
		}
	})
}
