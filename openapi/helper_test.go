package openapi

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// testSpec is a vendor with one of everything: parameters of each place, a JSON
// body, JSON-RPC, profiles, headers, a text body, a status without a body.
const testSpec = `
openapi: 3.0.3
info: {title: Acme, version: "1"}
servers: [{url: /v1}]
x-task: {schema: Task, computed: [id], id: '^[0-9]+$'}
x-options:
  - {name: zone, default: "+02:00", pattern: '^[+-]\d\d:\d\d$', text: The zone., x-evidence: {level: documented, source: "https://acme.example"}}
  - {name: strict, default: true, text: Strictness., x-evidence: {level: client, source: "acme-cli 1.0"}}
  - {name: size, default: 30, minimum: 1, maximum: 100, text: The size., x-evidence: {level: assumed, note: A guess.}}
  - {name: word, default: on, values: [on, off], text: A word., x-evidence: {level: assumed, note: A guess.}}
x-behaviours:
  - {name: dates, text: Dates are local., x-evidence: {level: recorded, source: "a tenant", transcript: dates.http}}
x-outside: {"404": NotFound, "405": NotFound}
paths:
  /task/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string, minLength: 1}, example: "17"}
    get:
      operationId: getTask
      summary: One task.
      x-operation: {name: getTask, kind: poll, task: path.id}
      x-evidence: {level: documented, source: "https://acme.example"}
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1}, example: 1504874269032}
        - {name: deep, in: query, schema: {type: boolean}}
        - {name: order, in: query, schema: {type: string, enum: [up, down], default: up}}
        - {name: X-Req, in: header, required: true, schema: {type: string}, example: r1}
        - {name: X-Trial, in: header, schema: {type: string, default: "true"}}
      responses:
        "200": {$ref: "#/components/responses/Task"}
        "204":
          description: Gone.
          x-evidence: {level: assumed, note: A guess.}
        "404": {$ref: "#/components/responses/NotFound"}
        "429":
          description: Too many.
          x-evidence: {level: documented, source: "https://acme.example"}
          headers:
            Retry-After: {required: true, schema: {type: integer, minimum: 1}}
          content:
            text/html: {schema: {type: string, pattern: '^<html>'}, example: <html></html>}
  /task:
    post:
      operationId: newTask
      summary: A new task.
      x-operation: {name: newTask, kind: start, task: body.task.id}
      x-evidence: {level: documented, source: "https://acme.example"}
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: "#/components/schemas/NewTask"}
            example: {task: {id: 5}, name: five}
      responses:
        "201": {$ref: "#/components/responses/Task"}
  /rpc:
    post:
      operationId: rpc
      summary: Calls.
      x-operation: {name: rpc, kind: read, rpc: true}
      x-evidence: {level: documented, source: "https://acme.example"}
      x-methods:
        - {name: getStatus, kind: poll, task: body.params.taskId, summary: One., params: StatusParams,
           result: {documented: Task, observed: TaskObserved}, example: {taskId: "17"}, x-evidence: {level: documented, source: "https://acme.example"}}
        - {name: getNumber, kind: poll, task: body.params.n, summary: One., params: NumberParams,
           result: Task, example: {n: 1504874269032}, x-evidence: {level: documented, source: "https://acme.example"}}
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: "#/components/schemas/Envelope"}
            example: {jsonrpc: "2.0", method: "", id: x, params: {}}
      responses:
        "200":
          description: A result or an error.
          x-evidence: {level: documented, source: "https://acme.example"}
          content:
            application/json:
              schema:
                type: object
                additionalProperties: false
                required: [id]
                properties: {id: {type: string, nullable: true}, result: {}, error: {type: object, nullable: true}}
              example: {id: x, result: {id: "1", status: done}}
components:
  responses:
    Task:
      description: The task.
      x-evidence: {level: documented, source: "https://acme.example"}
      x-profiles: {observed: TaskObserved}
      headers:
        DOMAIN_UUID: {required: true, schema: {type: string, minLength: 2}}
        X-Seen: {schema: {type: boolean}}
      content:
        application/json: {schema: {$ref: "#/components/schemas/Task"}, example: {id: "1", status: done}}
    NotFound:
      description: No such thing.
      x-evidence: {level: documented, source: "https://acme.example"}
      content:
        application/json: {schema: {type: object, additionalProperties: false, required: [error], properties: {error: {type: string}}}, example: {error: gone}}
  schemas:
    Task:
      type: object
      additionalProperties: false
      required: [id, status]
      properties:
        id: {type: string}
        status: {type: string, enum: [done, open]}
        size: {type: integer}
        parts: {type: array, items: {type: object, additionalProperties: false, required: [n], properties: {n: {type: integer, maximum: 9}}}}
    TaskObserved:
      type: object
      additionalProperties: false
      required: [id, status]
      properties: {id: {type: string}, status: {type: integer}}
    NewTask:
      type: object
      additionalProperties: false
      required: [task, name]
      properties:
        task: {type: object, required: [id], properties: {id: {type: integer, minimum: 0}}}
        name: {type: string, minLength: 1, maxLength: 20}
        kind: {type: string, enum: [a, b], default: a}
        quick: {type: boolean}
        many: {type: array, items: {type: integer}}
        either: {oneOf: [{type: integer}, {type: boolean}]}
        both: {allOf: [{type: object, required: [x], properties: {x: {type: integer}}}]}
    Envelope:
      type: object
      required: [method]
      properties: {jsonrpc: {type: string, enum: ["2.0"]}, method: {type: string}, id: {}, params: {nullable: true}}
    StatusParams:
      type: object
      required: [taskId]
      properties:
        taskId: {type: string}
        options: {type: object, properties: {perPage: {type: integer, minimum: 1, maximum: 1000}}}
    NumberParams: {type: object, required: [n], properties: {n: {type: integer}}}
`

// mustParse parses a spec that is in order.
func mustParse(t testing.TB, text string) *Spec {
	t.Helper()
	s, err := Parse("acme", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// operation is the operation, or JSON-RPC method, of this name.
func operation(t testing.TB, s *Spec, name string) *Operation {
	t.Helper()
	for _, o := range s.Operations {
		for _, leaf := range append(o.Leaves(), o) {
			if leaf.Name == name {
				return leaf
			}
		}
	}
	t.Fatalf("no operation %s", name)
	return nil
}

// ask is a request as a server sees it: "GET /path?query", header lines, body.
// Its numbers keep their digits.
func ask(t testing.TB, path map[string]string, query string, header []string, body string) Request {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	h, err := http.NewRequest("GET", "http://acme.example/?"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		h.Header.Add(name, value)
	}
	r := Request{HTTP: h, Path: path, Query: values, Empty: body == ""}
	if body != "" {
		dec := json.NewDecoder(strings.NewReader(body))
		dec.UseNumber()
		if err := dec.Decode(&r.Body); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// specsRead are all embedded specs and the test's own, with every contract read.
func specsRead(t testing.TB) []*Spec {
	t.Helper()
	specs := []*Spec{mustParse(t, testSpec)}
	for _, name := range Names() {
		s, err := loadText(name)
		if err != nil {
			t.Fatal(err)
		}
		specs = append(specs, s)
	}
	return specs
}
