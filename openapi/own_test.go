package openapi

import (
	"strings"
	"testing"
)

const ownSpec = `
openapi: 3.0.3
info: {title: ours, version: "1"}
paths:
  /things:
    get:
      operationId: listThings
      responses:
        "200": {description: all, content: {application/json: {schema: {type: array, items: {type: string}}, example: []}}}
components: {}
`

// Our own API needs no evidence, and may not have any: we are its source.
func TestOwnSpec(t *testing.T) {
	s, err := Parse(admin, []byte(ownSpec))
	if err != nil {
		t.Fatal(err)
	}
	if o := s.Operations[0]; o.Name != "listThings" || s.Demo() != o {
		t.Errorf("operation %q", o.Name)
	}
	if _, err := Parse("acme", []byte(ownSpec)); err == nil {
		t.Error("a vendor's spec without evidence")
	}
	for member, where := range map[string]string{
		"x-evidence: {level: client, source: x}": "      operationId: listThings",
		"x-operation: {name: a, kind: read}":     "      operationId: listThings",
		"x-options: []":                          "openapi: 3.0.3",
	} {
		indent := where[:len(where)-len(strings.TrimLeft(where, " "))]
		text := strings.Replace(ownSpec, where, where+"\n"+indent+member, 1)
		if _, err := Parse(admin, []byte(text)); err == nil || !strings.Contains(err.Error(), "unknown member") {
			t.Errorf("%s: %v", member, err)
		}
	}
	response := strings.Replace(ownSpec, "{description: all,", "{description: all, x-evidence: {level: client, source: x},", 1)
	if _, err := Parse(admin, []byte(response)); err == nil || !strings.Contains(err.Error(), "x-evidence") {
		t.Errorf("evidence at a response: %v", err)
	}
}

func TestLoadAdmin(t *testing.T) {
	s, err := LoadAdmin()
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Operations) < 30 || len(s.Outside.Statuses()) == 0 {
		t.Errorf("%d operations", len(s.Operations))
	}
}
