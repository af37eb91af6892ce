package openapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
)

// Each row is a request and the violation that it has: In, Field, Rule.
func TestCheckRequest(t *testing.T) {
	s := mustParse(t, testSpec)
	id, req := map[string]string{"id": "17"}, []string{"X-Req: r1"}
	for _, c := range []struct {
		operation  string
		path       map[string]string
		query      string
		header     []string
		body, want string
	}{
		{"getTask", id, "", req, "", ""},
		{"getTask", id, "limit=5&deep=true&order=down&unknown=1", req, "", ""},
		{"getTask", id, "limit=9007199254740993", req, "", ""},
		{"getTask", id, "limit=abc", req, "", "query limit type"},
		{"getTask", id, "limit=1.5", req, "", "query limit type"},
		{"getTask", id, "limit=", req, "", "query limit required"},
		{"getTask", id, "limit=0", req, "", "query limit minimum"},
		{"getTask", id, "deep=maybe", req, "", "query deep type"},
		{"getTask", id, "deep=false", req, "", ""},
		{"getTask", id, "order=side", req, "", "query order enum"},
		{"getTask", id, "limit=x&order=side", nil, "", "query limit type"},
		{"getTask", id, "", nil, "", "header X-Req required"},
		{"getTask", id, "", []string{"x-req: r1"}, "", ""},
		{"getTask", map[string]string{"id": ""}, "", req, "", "path id required"},

		{"newTask", nil, "", nil, `{"task":{"id":1},"name":"x"}`, ""},
		{"newTask", nil, "", nil, `{"task":{"id":9007199254740993},"name":"x","kind":"b","quick":false,"many":[1]}`, ""},
		{"newTask", nil, "", nil, "", "body  required"},
		{"newTask", nil, "", nil, `[]`, "body  type"},
		{"newTask", nil, "", nil, `"x"`, "body  type"},
		{"newTask", nil, "", nil, `null`, "body  nullable"},
		{"newTask", nil, "", nil, `{}`, "body name required"},
		{"newTask", nil, "", nil, `{"task":{}}`, "body name required"},
		{"newTask", nil, "", nil, `{"task":{},"name":""}`, "body task.id required"},
		{"newTask", nil, "", nil, `{"task":{},"name":1}`, "body task.id required"},
		{"newTask", nil, "", nil, `{"task":1}`, "body name required"},
		{"newTask", nil, "", nil, `{"task":{"id":"1"},"name":"x"}`, "body task.id type"},
		{"newTask", nil, "", nil, `{"task":{"id":1.5},"name":"x"}`, "body task.id type"},
		{"newTask", nil, "", nil, `{"task":{"id":-1},"name":"x"}`, "body task.id minimum"},
		{"newTask", nil, "", nil, `{"task":{"id":1e999},"name":"x"}`, "body task.id type"},
		{"newTask", nil, "", nil, `{"task":null,"name":"x"}`, "body task nullable"},
		{"newTask", nil, "", nil, `{"task":{"id":1},"name":""}`, "body name minLength"},
		{"newTask", nil, "", nil, `{"task":{"id":1},"name":"x","kind":"c"}`, "body kind enum"},
		{"newTask", nil, "", nil, `{"task":{"id":1},"name":"x","quick":1}`, "body quick type"},
		{"newTask", nil, "", nil, `{"task":{"id":1},"name":"x","many":[1,"x",null]}`, "body many.1 type"},
		{"newTask", nil, "", nil, `{"task":{"id":1},"name":"x","either":true}`, ""},
		{"newTask", nil, "", nil, `{"task":{"id":1},"name":"x","either":"s"}`, "body either type"},
		{"newTask", nil, "", nil, `{"task":{"id":1},"name":"x","both":{"x":"s"}}`, "body both.x type"},
		{"newTask", nil, "", nil, `{"task":{"id":1},"name":"x","zz":1,"aa":1}`, "body  properties"},

		{"getStatus", nil, "", nil, `{"method":"getStatus","params":{"taskId":"1"}}`, ""},
		{"getStatus", nil, "", nil, `{"method":"getStatus"}`, "params taskId required"},
		{"getStatus", nil, "", nil, `{"method":"getStatus","params":null}`, "params taskId required"},
		{"getStatus", nil, "", nil, `{"method":"getStatus","params":[]}`, "params  type"},
		{"getStatus", nil, "", nil, `{"method":"getStatus","params":{"taskId":1}}`, "params taskId type"},
		{"getStatus", nil, "", nil, `{"method":"getStatus","params":{"taskId":"1","options":{"perPage":0}}}`, "params options.perPage minimum"},
		{"getStatus", nil, "", nil, `{"method":"getStatus","params":{"taskId":"1","options":{"perPage":1001}}}`, "params options.perPage maximum"},
		{"getStatus", nil, "", nil, `{"method":"getStatus","params":{"taskId":"1","options":{"perPage":"9"}}}`, "params options.perPage type"},
		{"getStatus", nil, "", nil, `{"params":{"taskId":"1"}}`, "body method required"},
		{"getStatus", nil, "", nil, `{"method":"getStatus","jsonrpc":"1.0"}`, "body jsonrpc enum"},
		{"getStatus", nil, "", nil, `[{"method":"getStatus"}]`, "body  type"},
		{"getStatus", nil, "", nil, "", "body  required"},
	} {
		t.Run(fmt.Sprint(c.operation, c.path, c.query, c.body), func(t *testing.T) {
			o := operation(t, s, c.operation)
			for i := range 4 { // maps are walked in another order each time
				r := ask(t, c.path, c.query, c.header, c.body)
				if i%2 > 0 {
					r.Raw = []byte(c.body)
				}
				v := o.CheckRequest(r)
				got := ""
				if v != nil {
					got = v.In + " " + v.Field + " " + v.Rule
				}
				if got != c.want {
					t.Fatalf("got %q, want %q (%v)", got, c.want, v)
				}
			}
		})
	}
}

func TestViolation(t *testing.T) {
	v := &Violation{In: InParams, Field: "options.perPage", Rule: "minimum", Text: "number must be at least 1"}
	if v.Name() != "perPage" || v.Error() != "params options.perPage: number must be at least 1" {
		t.Errorf("%s: %s", v.Name(), v)
	}
	v.Field = ""
	if v.Name() != "" || v.Error() != "params: number must be at least 1" {
		t.Errorf("%s: %s", v.Name(), v)
	}
}

// kin-openapi would write the defaults of a spec into the request, so that what
// is missing would be there, and its check could not fail.
func TestCheckRequestChangesNothing(t *testing.T) {
	s := mustParse(t, testSpec)
	r := ask(t, map[string]string{"id": "17"}, "limit=5", []string{"X-Req: r1"}, "")
	if v := operation(t, s, "getTask").CheckRequest(r); v != nil {
		t.Fatal(v)
	}
	if !maps.EqualFunc(r.HTTP.Header, http.Header{"X-Req": {"r1"}}, sameStrings) {
		t.Errorf("headers became %v", r.HTTP.Header)
	}
	if r.HTTP.URL.RawQuery != "limit=5" || !maps.EqualFunc(r.Query, url.Values{"limit": {"5"}}, sameStrings) {
		t.Errorf("query became %q, %v", r.HTTP.URL.RawQuery, r.Query)
	}
	const body = `{"task":{"id":1},"name":"x"}` // kind has a default
	r = ask(t, nil, "", nil, body)
	if v := operation(t, s, "newTask").CheckRequest(r); v != nil {
		t.Fatal(v)
	}
	if want := ask(t, nil, "", nil, body).Body; !reflect.DeepEqual(r.Body, want) {
		t.Errorf("body became %v", r.Body)
	}
}

func sameStrings(a, b []string) bool { return reflect.DeepEqual(a, b) }

// Whatever a client sends, the violation that is worded for it stays short.
func TestViolationsStayShort(t *testing.T) {
	o := operation(t, mustParse(t, testSpec), "newTask")
	long := strings.Repeat("x", 100_000)
	for what, body := range map[string]any{
		"a long text":         map[string]any{"task": map[string]any{"id": 1.0}, "name": long},
		"a long word of enum": map[string]any{"task": map[string]any{"id": 1.0}, "name": "x", "kind": long},
		"a long member":       map[string]any{"task": map[string]any{"id": 1.0}, "name": "x", long: 1.0},
		"a long number":       map[string]any{"task": map[string]any{"id": json.Number(strings.Repeat("9", 100_000))}, "name": "x"},
		"many wrong items":    map[string]any{"task": map[string]any{"id": 1.0}, "name": "x", "many": manyTexts(100_000)},
	} {
		v := o.CheckRequest(Request{HTTP: &http.Request{}, Body: body})
		if v == nil {
			t.Errorf("%s: accepted", what)
		} else if n := len(v.Error()); n > 500 {
			t.Errorf("%s: %d bytes: %.200s...", what, n, v.Error())
		}
	}
}

func manyTexts(n int) []any {
	out := make([]any, n)
	for i := range out {
		out[i] = "x"
	}
	return out
}

// Any JSON body: an answer, never a panic, always the same, and the body stays
// as it is.
func FuzzCheckRequestBody(f *testing.F) {
	s := mustParse(f, testSpec)
	for _, body := range []string{
		`{}`, `[]`, `null`, `1e999`, `{"task":{"id":-0},"name":"x"}`, `{"method":"getStatus","params":{"taskId":"1","options":{"perPage":0}}}`,
		`{"task":[[[[{}]]]],"many":[null,1e400]}`, `{"either":{"":{}},"both":[],"\u0000":1}`, `{"id":1504874269032}`,
	} {
		f.Add(body)
	}
	operations := []*Operation{operation(f, s, "newTask"), operation(f, s, "rpc"), operation(f, s, "getStatus"), operation(f, s, "getNumber")}
	f.Fuzz(func(t *testing.T, body string) {
		dec := json.NewDecoder(strings.NewReader(body))
		dec.UseNumber()
		var v any
		if dec.Decode(&v) != nil {
			return
		}
		before, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range operations {
			r := Request{HTTP: &http.Request{}, Body: v}
			first, second := o.CheckRequest(r), o.CheckRequest(r)
			if !reflect.DeepEqual(first, second) {
				t.Fatalf("%s: %v, then %v", o.Name, first, second)
			}
			if first != nil && (first.In != InBody && first.In != InParams || first.Rule == "" || len(first.Error()) > 500) {
				t.Fatalf("%s: %+v", o.Name, first)
			}
		}
		if after, _ := json.Marshal(v); string(after) != string(before) {
			t.Fatalf("%s became %s", before, after)
		}
	})
}
