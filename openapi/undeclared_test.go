package openapi

import (
	"fmt"
	"strings"
	"testing"
)

// What a request has and its operation does not declare.
func TestUndeclared(t *testing.T) {
	changed := strings.NewReplacer(
		"many: {type: array, items: {type: integer}}",
		`many: {type: array, items: {type: object, properties: {n: {type: integer}}}}
        free: {type: object, additionalProperties: true}
        bare: {type: object}
        any: {}
        typed: {type: object, additionalProperties: {type: object, properties: {a: {}}}}
        self: {$ref: "#/components/schemas/NewTask"}
        sum: {allOf: [{type: object, properties: {x: {type: integer}}}, {oneOf: [{type: object, properties: {y: {type: integer}}}, {$ref: "#/components/schemas/StatusParams"}]}]}`,
		"components:\n", `  /form:
    post:
      operationId: form
      x-operation: {name: form, kind: login}
      x-evidence: {level: documented, source: "https://acme.example"}
      parameters: [{name: limit, in: query, schema: {type: integer}}]
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema: {type: object, properties: {user: {type: string}, password: {type: string}}}
            example: {user: x}
      responses:
        "200": {$ref: "#/components/responses/Task"}
components:
`)
	s := mustParse(t, changed.Replace(testSpec))
	long := strings.Repeat("é", 60)
	for _, c := range []struct{ operation, query, body, want string }{
		{"getTask", "", "", ""},
		{"getTask", "limit=1&deep=true", "", ""},
		{"getTask", "Limit=1&x=1&x=2&order=up", "", "query Limit, query x"},
		{"getTask", "limit=1", `{"a":1}`, ""}, // a body that nobody asked for has no fields
		{"newTask", "x=1", `{"task":{"id":5,"it":6},"nmae":"x","name":"y"}`, "query x, body nmae, body task.it"},
		{"newTask", "", `{"many":[{"n":1},{"m":2},{"m":3},4,{"o":{"p":1}}]}`, "body many.m, body many.o"},
		{"newTask", "", `{"free":{"a":{"b":1}},"any":{"a":1},"bare":{"a":{"b":1}}}`, "body bare.a"},
		{"newTask", "", `{"any":[{"a":1}],"typed":{"k":{"a":{"b":1},"c":2}}}`, "body typed.k.c"},
		{"newTask", "", `{"self":{"self":{"name":"x","mane":"y"}}}`, "body self.self.mane"},
		{"newTask", "", `{"sum":{"x":1,"y":2,"z":3,"options":{"perPage":1,"page":2}}}`, "body sum.options.page, body sum.z"},
		{"newTask", "", `{"both":{"x":1,"y":1},"either":{"a":1}}`, "body both.y, body either.a"},
		{"newTask", "", `{"task":[1],"name":{"a":1}}`, "body name.a"}, // of another type than the schema
		{"newTask", "", `[{"a":1}]`, ""},
		{"newTask", "", `null`, ""},
		{"newTask", "", `{"` + long + `":1}`, "body " + strings.Repeat("é", 50) + "..."},
		{"newTask", "", `{"a` + long + `":1}`, "body a" + strings.Repeat("é", 49) + "..."},
		{"getStatus", "x=1", `{"method":"getStatus","verb":1,"id":{"a":1},"params":{"taskId":"a","tsakId":1,"options":{"perPage":1,"page":1}}}`, "query x, body verb, params options.page, params tsakId"},
		{"getStatus", "", `{"method":"getStatus","params":[{"a":1}]}`, ""},
		{"getStatus", "", `[]`, ""},
	} {
		r := ask(t, nil, c.query, nil, c.body)
		if got := strings.Join(operation(t, s, c.operation).Undeclared(r), ", "); got != c.want {
			t.Errorf("%s %s %s: got %q, want %q", c.operation, c.query, c.body, got, c.want)
		}
	}
	// A form, with the fields of the query in it.
	form := ask(t, nil, "user=a&limit=1&uesr=b", nil, `{"user":"a","limit":"1","uesr":"b","password":"x","passwort":"x"}`)
	form.Form = true
	if got := strings.Join(operation(t, s, "form").Undeclared(form), ", "); got != "query uesr, form passwort" {
		t.Errorf("form: %q", got)
	}
}

// However much a client sends, no more than a few names are kept.
func TestUndeclaredIsBounded(t *testing.T) {
	s := mustParse(t, testSpec)
	var query, body []string
	for i := range 15 {
		query, body = append(query, fmt.Sprintf("q%02d=1", i)), append(body, fmt.Sprintf(`"b%02d":1`, i))
	}
	got := operation(t, s, "newTask").Undeclared(ask(t, nil, strings.Join(query, "&"), nil, "{"+strings.Join(body, ",")+"}"))
	if len(got) != maxUndeclared || got[0] != "query q00" || got[maxUndeclared-1] != "body b04" {
		t.Errorf("got %d: %v", len(got), got)
	}
}
