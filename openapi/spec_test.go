package openapi

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

func TestParse(t *testing.T) {
	s := mustParse(t, testSpec)
	var names []string
	for _, o := range s.Operations {
		for _, leaf := range o.Leaves() {
			names = append(names, leaf.Method+" "+leaf.Routes[0].Path+" "+leaf.Name+" "+leaf.Kind+" "+leaf.Task)
		}
	}
	want := []string{
		"POST /v1/rpc getStatus poll body.params.taskId",
		"POST /v1/rpc getNumber poll body.params.n",
		"POST /v1/task newTask start body.task.id",
		"GET /v1/task/{id} getTask poll path.id",
	}
	if !slices.Equal(names, want) {
		t.Errorf("operations:\n%s\nwant\n%s", strings.Join(names, "\n"), strings.Join(want, "\n"))
	}
	if s.Title != "Acme" || len(s.Options) != 4 || len(s.Behaviours) != 1 || !slices.Equal(s.Outside.Statuses(), []int{404, 405}) {
		t.Errorf("got %+v", s)
	}
}

// Each row changes one thing of the test's spec, which is refused for it.
func TestParseRefuses(t *testing.T) {
	const evidence = `x-evidence: {level: documented, source: "https://acme.example"}`
	for _, c := range []struct{ name, old, new, want string }{
		{"not YAML", "openapi: 3.0.3", "openapi: [", "openapi acme"},
		{"OpenAPI 3.1", "openapi: 3.0.3", "openapi: 3.1.0", "only 3.0.x"},
		{"no version", "openapi: 3.0.3\n", "", "only 3.0.x"},
		{"no info", `info: {title: Acme, version: "1"}`, "", "info"},
		{"no paths", "paths:", "x-outside-not:", "x-outside-not"},
		{"a reference to nothing", "#/components/schemas/NewTask", "#/components/schemas/Nothing", "Nothing"},
		{"an example that breaks its schema", "example: {error: gone}", "example: {error: 5}", "example"},

		{"operation without evidence", "      summary: One task.\n      x-operation: {name: getTask, kind: poll, task: path.id}\n      " + evidence, "      x-operation: {name: getTask, kind: poll, task: path.id}", "GET /task/{id}: no evidence"},
		{"method without evidence", "example: {taskId: \"17\"}, " + evidence, `example: {taskId: "17"}`, "method getStatus: no evidence"},
		{"response without evidence", "description: The task.\n      " + evidence, "description: The task.", "no evidence"},
		{"outside response without evidence", "description: No such thing.\n      " + evidence, "description: No such thing.", "no evidence"},
		{"option without evidence", `text: The zone., ` + evidence, "text: The zone.", "option zone: no evidence"},
		{"behaviour without evidence", `, x-evidence: {level: recorded, source: "a tenant", transcript: dates.http}`, "", "behaviour dates: no evidence"},
		{"assumed without note", "text: The size., x-evidence: {level: assumed, note: A guess.}", "text: The size., x-evidence: {level: assumed}", "option size: an assumption needs a note"},
		{"recorded without transcript", ", transcript: dates.http", "", "behaviour dates: recorded evidence needs a transcript"},
		{"documented without source", `summary: Calls.` + "\n      x-operation: {name: rpc, kind: read, rpc: true}\n      " + evidence, "summary: Calls.\n      x-operation: {name: rpc, kind: read, rpc: true}\n      x-evidence: {level: documented}", "documented evidence needs a source"},
		{"client without source", `level: client, source: "acme-cli 1.0"`, "level: client", "option strict: client evidence needs a source"},
		{"unknown level", "level: client", "level: rumour", `unknown level of evidence "rumour"`},
		{"unknown member of evidence", "{level: client, ", "{level: client, why: none, ", "why"},

		{"response without example", "example: {id: \"1\", status: done}}\n    NotFound", "}\n    NotFound", "no example"},
		{"response without schema", "text/html: {schema: {type: string, pattern: '^<html>'}, example: <html></html>}", "text/html: {example: <html></html>}", "no schema"},
		{"default response", `"204":`, "default:", "name the status"},
		{"status range", `"204":`, `"2XX":`, "name the status"},
		{"unknown profile", "x-profiles: {observed: TaskObserved}", "x-profiles: {obsreved: TaskObserved}", `unknown profile "obsreved"`},
		{"profile of no schema", "x-profiles: {observed: TaskObserved}", "x-profiles: {observed: Nothing}", `no schema "Nothing"`},

		{"unknown member of the file", "x-task: {", "x-taks: {}\nx-task: {", "x-taks"},
		{"unknown member of an operation", "operationId: newTask", "operationId: newTask\n      x-opertaion: {}", "x-opertaion"},
		{"unknown member of a response", "description: Gone.", "description: Gone.\n          x-profile: {}", "x-profile"},
		{"unknown member of a path", "  /task:\n", "  /task:\n    x-evidence: {}\n", "x-evidence"},
		{"unknown member of x-operation", "{name: newTask, kind: start, ", "{name: newTask, kind: start, tasks: x, ", "tasks"},
		{"bad kind", "name: newTask, kind: start", "name: newTask, kind: create", `kind "create" is none of`},
		{"bad kind of a method", "{name: getNumber, kind: poll", "{name: getNumber, kind: peek", `method getNumber: kind "peek"`},
		{"no operationId", "      operationId: newTask\n", "", "operationId"},
		{"no x-operation", "      x-operation: {name: newTask, kind: start, task: body.task.id}\n", "", "name in x-operation"},
		{"method without params", "params: NumberParams,", "", "no schema"},
		{"method without result", "result: Task, example: {n", "example: {n", "no schema"},
		{"method without documented result", "result: {documented: Task, observed: TaskObserved}", "result: {observed: TaskObserved}", "no result for the profile documented"},
		{"method with a result of an unknown profile", "result: {documented: Task, observed: TaskObserved}", "result: {documented: Task, real: TaskObserved}", `unknown profile "real"`},
		{"method twice", "{name: getNumber, kind: poll", "{name: getStatus, kind: poll", "method getStatus: twice"},
		{"method without example", "result: Task, example: {n: 1504874269032}, ", "result: Task, ", "no example"},
		{"methods of an operation without rpc", ", rpc: true", "", "x-methods"},

		{"option without text", "text: The zone., ", "", `option "zone"`},
		{"option with a default that does not fit", `default: "+02:00"`, "default: Berlin", "option zone has the form"},
		{"option with a default out of range", "default: 30", "default: 300", "a whole number from 1 to 100"},
		{"option with a list as default", "default: true, text", "default: [], text", "option strict"},
		{"option with a broken pattern", `pattern: '^[+-]\d\d:\d\d$'`, "pattern: '('", "option zone"},
		{"option twice", "name: strict, default", "name: zone, default", `option "zone": twice`},
		{"behaviour without text", "text: Dates are local., ", "", "behaviour dates: no text"},
		{"behaviour with half a difference", "text: Dates are local.,", "text: Dates are local., observed: x,", "documented and observed go together"},
		{"behaviour twice", "x-outside: {", "  - {name: dates, text: Again., x-evidence: {level: assumed, note: n}}\nx-outside: {", `behaviour "dates": twice`},
		{"x-task of no schema", "x-task: {schema: Task,", "x-task: {schema: Taks,", `no schema "Taks"`},
		{"x-task with an unknown computed field", "computed: [id]", "computed: [di]", `computed field "di"`},
		{"x-task with a broken pattern", "id: '^[0-9]+$'}", "id: '('}", "x-task"},
		{"x-outside of no response", `"405": NotFound`, `"405": Nothing`, `no response "Nothing"`},
		{"x-outside of no status", `"405": NotFound`, `"4xx": NotFound`, `status "4xx"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(testSpec, c.old) {
				t.Fatalf("the test's spec has no %q", c.old)
			}
			_, err := Parse("acme", []byte(strings.Replace(testSpec, c.old, c.new, 1)))
			if err == nil {
				t.Fatal("accepted")
			}
			if !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "openapi acme: ") {
				t.Errorf("got %q, want it to begin with %q and to say %q", err, "openapi acme: ", c.want)
			}
		})
	}
}

// An operation's own parameter takes the place of its path's, as OpenAPI says.
func TestOperationParameterOverridesThePaths(t *testing.T) {
	s := mustParse(t, strings.Replace(testSpec,
		"        - {name: limit, in: query,",
		"        - {name: id, in: path, required: true, schema: {type: string, maxLength: 2}, example: \"18\"}\n        - {name: limit, in: query,", 1))
	o := operation(t, s, "getTask")
	v := o.CheckRequest(ask(t, map[string]string{"id": "123"}, "", []string{"X-Req: 1"}, ""))
	if v == nil || v.Field != "id" || v.Rule != "maxLength" {
		t.Errorf("got %v", v)
	}
	if len(o.parameters) != 6 {
		t.Errorf("%d parameters, want 6", len(o.parameters))
	}
}

func TestLoadOfNoVendor(t *testing.T) {
	if _, err := Load("nobody"); err == nil || !strings.Contains(err.Error(), `no spec for "nobody"`) {
		t.Errorf("got %v", err)
	}
}

// A pattern of an embed directive takes hidden files and drafts too.
func TestEmbeddedNames(t *testing.T) {
	for _, name := range Names() {
		if !slices.Contains([]string{"admin", "bitdefender", "checkpoint", "cisco", "dbvisit", "sailpoint"}, name) {
			t.Errorf("%s.yaml is embedded, but no vendor and not our own", name)
		}
	}
}

// Load trusts the embedded files, since a cold start pays for what it does; so
// here they are validated whole, as kin-openapi understands OpenAPI, examples
// included.
func TestEmbeddedSpecsAreValid(t *testing.T) {
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			data, err := Source(name)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := openapi3.NewLoader().LoadFromData(data)
			if err != nil {
				t.Fatal(err)
			}
			if err := doc.Validate(context.Background(), openapi3.EnableExamplesValidation()); err != nil {
				t.Error(err)
			}
			if _, err := Parse(name, data); err != nil {
				t.Error(err)
			}
			if _, err := Load(name); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestFacts(t *testing.T) {
	s := mustParse(t, testSpec)
	count := map[string]int{}
	for _, f := range s.Facts() {
		count[f.Kind]++
		if f.Name == "" || f.Text == "" || f.Level == "" {
			t.Errorf("a fact with a hole: %+v", f)
		}
	}
	want := map[string]int{"operation": 5, "response": 4 + 1 + 1 + 2, "option": 4, "behaviour": 1}
	for kind, n := range want {
		if count[kind] != n {
			t.Errorf("%s: %d facts, want %d", kind, count[kind], n)
		}
	}
}

func TestOptions(t *testing.T) {
	s := mustParse(t, testSpec)
	for _, c := range []struct {
		name  string
		value any
		want  string // "": accepted
	}{
		{"zone", "-05:30", ""},
		{"zone", "UTC", "has the form"},
		{"zone", 2, "is a text"},
		{"strict", false, ""},
		{"strict", "false", "true or false"},
		{"size", 1, ""},
		{"size", 100.0, ""},
		{"size", int64(100), ""},
		{"size", uint64(100), ""},
		{"size", 101, "from 1 to 100"},
		{"size", 0, "from 1 to 100"},
		{"size", 1.5, "whole number"},
		{"size", "1", "whole number"},
		{"word", "off", ""},
		{"word", "of", "one of on, off"},
		{"zoen", "x", `acme has no option "zoen"; it has: zone, strict, size, word`},
	} {
		err := s.CheckOption(c.name, c.value)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s=%v: got %v, want %q", c.name, c.value, err, c.want)
		}
	}
}

func TestTaskDocument(t *testing.T) {
	s := mustParse(t, testSpec)
	if err := s.CheckID("17"); err != nil {
		t.Error(err)
	}
	for _, id := range []string{"", "x"} {
		if s.CheckID(id) == nil {
			t.Errorf("id %q is accepted", id)
		}
	}
	for _, c := range []struct {
		name     string
		value    any
		computed bool
		want     string
	}{
		{"status", "done", false, ""},
		{"status", "undone", false, "not one of the allowed values"},
		{"size", 3, false, ""},
		{"size", uint64(3), false, ""},
		{"size", 3.5, false, "integer"},
		{"id", "1", false, "computed"},
		{"id", "1", true, ""},
		{"parts", []any{map[string]any{"n": 9}}, false, ""},
		{"parts", []any{map[string]any{"n": 10}}, false, "at most 9"},
		{"nothing", 1, false, "no such field"},
	} {
		err := s.CheckField(c.name, c.value, c.computed)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s=%v: got %v, want %q", c.name, c.value, err, c.want)
		}
	}
	if !slices.Equal(s.Fields(), []string{"id", "parts", "size", "status"}) || !s.HasField("size") || s.HasField("nothing") {
		t.Errorf("fields %v", s.Fields())
	}
}
