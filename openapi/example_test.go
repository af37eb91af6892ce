package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// asRequest is an example as a server would see it.
func asRequest(t testing.TB, o *Operation, route Route, e Example) Request {
	t.Helper()
	h, err := http.NewRequest(e.Method, "http://acme.example"+e.Path+"?"+e.Query.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range e.Header { // a server canonicalises names
		for _, value := range values {
			h.Header.Add(name, value)
		}
	}
	r := Request{HTTP: h, Path: map[string]string{}, Query: h.URL.Query(), Empty: e.Body == nil}
	got := strings.Split(h.URL.EscapedPath(), "/")
	for i, part := range strings.Split(route.Path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			if part, err = url.PathUnescape(got[i]); err != nil {
				t.Fatal(err)
			}
			r.Path[strings.TrimSuffix(name, "}")] = part
		}
	}
	if e.Body != nil {
		data, err := json.Marshal(e.Body)
		if err != nil {
			t.Fatal(err)
		}
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.UseNumber()
		if err := dec.Decode(&r.Body); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// Every operation of every embedded spec, at each of its routes, has an example
// that its own contract accepts.
func TestExamplesAreAccepted(t *testing.T) {
	specs := []*Spec{mustParse(t, testSpec)}
	for _, name := range Names() {
		s, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		specs = append(specs, s)
	}
	for _, s := range specs {
		for _, top := range s.Operations {
			for _, o := range top.Leaves() {
				for _, route := range o.Routes {
					t.Run(s.Vendor+" "+o.Name+" "+route.Path, func(t *testing.T) {
						e, err := o.Example(route, "")
						if err != nil {
							t.Fatal(err)
						}
						if strings.ContainsAny(e.Path, "{}") {
							t.Errorf("path %s", e.Path)
						}
						if v := o.CheckRequest(asRequest(t, o, route, e)); v != nil {
							t.Errorf("%v: %+v", v, e)
						}
					})
				}
			}
		}
	}
}

func TestExampleHoldsTheTaskID(t *testing.T) {
	s := mustParse(t, testSpec)
	for _, c := range []struct{ operation, id, want string }{
		{"getTask", "", "GET /v1/task/17 limit=1504874269032 null"},
		{"getTask", "a/b c%", "GET /v1/task/a%2Fb%20c%25 limit=1504874269032 null"},
		{"newTask", "", `POST /v1/task  {"name":"five","task":{"id":5}}`},
		{"newTask", "9007199254740993", `POST /v1/task  {"name":"five","task":{"id":9007199254740993}}`},
		{"getStatus", "x<1>", `POST /v1/rpc  {"id":"x","jsonrpc":"2.0","method":"getStatus","params":{"taskId":"x<1>"}}`},
		{"getNumber", "", `POST /v1/rpc  {"id":"x","jsonrpc":"2.0","method":"getNumber","params":{"n":1504874269032}}`},
		{"getNumber", "1628077538799978", `POST /v1/rpc  {"id":"x","jsonrpc":"2.0","method":"getNumber","params":{"n":1628077538799978}}`},
	} {
		o := operation(t, s, c.operation)
		e, err := o.Example(o.Routes[0], c.id)
		if err != nil {
			t.Errorf("%s: %v", c.operation, err)
			continue
		}
		var body bytes.Buffer
		enc := json.NewEncoder(&body)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(e.Body); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%s %s %s %s", e.Method, e.Path, e.Query.Encode(), strings.TrimSpace(body.String())); got != c.want {
			t.Errorf("%s %q:\n got %s\nwant %s", c.operation, c.id, got, c.want)
		}
	}
}

// Two examples are two documents: whoever changes one leaves the spec's alone.
func TestExampleIsACopy(t *testing.T) {
	o := operation(t, mustParse(t, testSpec), "newTask")
	for range 2 {
		e, err := o.Example(o.Routes[0], "")
		if err != nil {
			t.Fatal(err)
		}
		body := e.Body.(map[string]any)
		if body["name"] != "five" {
			t.Fatalf("name %v", body["name"])
		}
		body["name"] = "changed"
	}
}

func TestExampleRefuses(t *testing.T) {
	for _, c := range []struct{ operation, id, old, new, want string }{
		{"newTask", "abc", "", "", `"abc" is no number`},
		{"newTask", "5", "task: body.task.id", "task: body.name.id", "no member id"},
		{"getTask", "5", ", schema: {type: string, minLength: 1}, example: \"17\"", ", schema: {type: string}", ""},
		{"getTask", "", ", schema: {type: string, minLength: 1}, example: \"17\"", ", schema: {type: string}", "parameter id has no example"},
		{"newTask", "", "            example: {task: {id: 5}, name: five}\n", "", "the body has no example"},
	} {
		o := operation(t, mustParse(t, strings.Replace(testSpec, c.old, c.new, 1)), c.operation)
		_, err := o.Example(o.Routes[0], c.id)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %q: got %v, want %q", c.operation, c.id, err, c.want)
		}
	}
}
