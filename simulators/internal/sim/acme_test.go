package sim

import (
	"fmt"
	"net/http"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// acmeSpec is a made-up vendor: a log-in, a list, a call that starts work, one
// GET, one POST, one JSON-RPC.
const acmeSpec = `
openapi: 3.0.3
info: {title: Acme, version: "1"}
servers: [{url: /v1}, {url: /v2}]
x-task: {schema: Task, computed: [id, state]}
x-secrets: {headers: [Authorization, Cookie], fields: [secret, access], names: [user]}
x-surprises:
  - {name: later-states, kind: value, on: [getTask], at: state, values: [dreaming, melting], text: A state of its own., x-evidence: &evidence {level: assumed, note: Made up.}}
  - {name: later-members, kind: field, on: [getTask, listTasks, getStatus], field: mood, value: {good: true}, text: One more member., x-evidence: *evidence}
  - {name: any-order, kind: order, on: [listTasks], text: Another order., x-evidence: *evidence}
  - {name: small-pages, kind: pages, on: [listTasks], text: Smaller pages., x-evidence: *evidence}
  - {name: small-names, kind: header-case, text: Small letters., x-evidence: *evidence}
  - {name: dates, kind: retry-date, text: A date., x-evidence: *evidence}
x-outside: {"401": Error, "403": Error, "404": Error, "405": Error, "413": Error, "429": Limited, "500": Error, "503": Error}
paths:
  /task/{id}:
    get:
      operationId: getTask
      x-operation: {name: getTask, kind: poll, task: path.id}
      x-evidence: *evidence
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}, example: a}
        - {name: limit, in: query, schema: {type: integer, minimum: 1}}
        - {name: X-One, in: header, schema: {type: string}}
        - {name: X-Two, in: header, schema: {type: string}}
      responses: &responses
        "200": {$ref: "#/components/responses/Task"}
        "400": {$ref: "#/components/responses/Error"}
        "401": {$ref: "#/components/responses/Error"}
        "403": {$ref: "#/components/responses/Error"}
        "404": {$ref: "#/components/responses/Error"}
        "405": {$ref: "#/components/responses/Error"}
        "413": {$ref: "#/components/responses/Error"}
        "429": {$ref: "#/components/responses/Limited"}
        "500": {$ref: "#/components/responses/Error"}
        "503": {$ref: "#/components/responses/Error"}
  /task:
    post:
      operationId: newTask
      x-operation: {name: newTask, kind: start}
      x-evidence: *evidence
      requestBody:
        required: true
        content:
          application/json: {schema: {type: object, required: [name], properties: {name: {type: string}}}, example: {name: x}}
      responses: *responses
  /token:
    post:
      operationId: logIn
      x-operation: {name: logIn, kind: login}
      x-evidence: *evidence
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema: {type: object, properties: {user: {type: string}, secret: {type: string}}}
            example: {user: demo, secret: x}
      responses:
        <<: *responses
        "200":
          description: A token.
          x-evidence: *evidence
          content:
            application/json:
              schema: {type: object, additionalProperties: false, required: [access], properties: {access: {type: string}}}
              example: {access: "1"}
  /tasks:
    get:
      operationId: listTasks
      x-operation: {name: listTasks, kind: list}
      x-evidence: *evidence
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1}}
        - {name: offset, in: query, schema: {type: integer, minimum: 0}}
        - {name: state, in: query, schema: {type: string}}
      responses:
        <<: *responses
        "200":
          description: Tasks.
          x-evidence: *evidence
          content:
            application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Task"}}, example: []}
  /work:
    post:
      operationId: startWork
      x-operation: {name: startWork, kind: start}
      x-evidence: *evidence
      requestBody:
        required: true
        content:
          application/json: {schema: {type: object, required: [what], properties: {what: {type: string}, how: {type: object, properties: {fast: {type: boolean}}}}}, example: {what: x}}
      responses: *responses
  /rpc:
    post:
      operationId: rpc
      x-operation: {name: rpc, kind: read, rpc: true}
      x-evidence: *evidence
      x-methods:
        - {name: getStatus, kind: poll, task: body.params.taskId, params: StatusParams, result: Task, example: {taskId: a}, x-evidence: *evidence}
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [method], properties: {method: {type: string}, id: {nullable: true}, params: {nullable: true}}}
            example: {method: getStatus, id: 1, params: {}}
      responses:
        <<: *responses
        "200":
          description: Result or error.
          x-evidence: *evidence
          content:
            application/json:
              schema:
                type: object
                additionalProperties: false
                required: [id]
                properties: {id: {nullable: true}, result: {}, error: {type: string}}
              example: {id: 1, result: {id: a, state: queued, size: 1, note: ""}}
components:
  responses:
    Task:
      description: The task.
      x-evidence: *evidence
      headers: {DOMAIN_UUID: {required: true, schema: {type: string}}}
      content:
        application/json: {schema: {$ref: "#/components/schemas/Task"}, example: {id: a, state: queued, size: 1, note: ""}}
    Error:
      description: An error.
      x-evidence: *evidence
      content:
        application/json: {schema: {$ref: "#/components/schemas/Error"}, example: {error: invalid, tracking: "0"}}
    Limited:
      description: Too many.
      x-evidence: *evidence
      headers: {Retry-After: {required: true, schema: {type: integer, minimum: 1}}}
      content:
        application/json: {schema: {$ref: "#/components/schemas/Error"}, example: {error: rate-limited, tracking: "0"}}
  schemas:
    Task:
      type: object
      additionalProperties: false
      required: [id, state, size, note]
      properties:
        id: {type: string}
        state: {type: string}
        size: {type: integer}
        note: {type: string}
        more: {}
        after: {}
    Error:
      type: object
      additionalProperties: false
      required: [error, tracking]
      properties: {error: {type: string}, at: {type: string}, tracking: {type: string}}
    StatusParams: {type: object, required: [taskId], properties: {taskId: {type: string}}}
`

// acmeTask is the vendor's document of a task.
type acmeTask struct {
	ID    string `json:"id"`
	State string `json:"state"`
	Size  int    `json:"size"`
	Note  string `json:"note"`
}

// acme imitates the made-up vendor. Its credential is a bearer token, or Basic
// with a secret; the header X-Forbid is refused.
func acme() *Vendor {
	show := func(c *Call, id string) (any, error) {
		e, ok := c.Read(id)
		if !ok {
			return nil, &Fault{Kind: UnknownTask}
		}
		return c.Document(acmeTask{e.ID, e.State, 1, "<&>"}, e), nil
	}
	return &Vendor{
		Name: "acme",
		Echo: Echo{Member: "id"},
		Credential: func(c *Call) (Credential, *Fault) {
			if c.Op != nil && c.Op.Name == "logIn" {
				return Credential{Name: c.Form.Get("user"), Secret: c.Form.Get("secret"), HasSecret: true}, nil
			}
			if user, secret, ok := Basic(c.Header); ok {
				return Credential{Name: user, Secret: secret, HasSecret: true}, nil
			}
			token, ok := Bearer(c.Header)
			if !ok || token == "" {
				return Credential{}, &Fault{Kind: Unauthorized, Missing: true}
			}
			c.Token = token
			return Credential{Token: token}, nil
		},
		Guards: []Guard{func(c *Call) *Fault {
			if c.Header.Get("X-Forbid") != "" {
				return &Fault{Kind: Forbidden}
			}
			return nil
		}},
		Operations: map[string]Operation{
			"getTask": func(c *Call) (Reply, error) {
				doc, err := show(c, c.Path["id"])
				return JSON(http.StatusOK, doc).With("X-Twice", "1").With("DOMAIN_UUID", "ab").With("X-Twice", "2"), err
			},
			"newTask": func(c *Call) (Reply, error) {
				body := c.Body.(map[string]any)
				return JSON(http.StatusOK, acmeTask{"new", fmt.Sprint(body["name"]), 1, ""}).With("DOMAIN_UUID", "ab"), nil
			},
			"logIn": func(c *Call) (Reply, error) {
				token := Hex(c.TokenLuck("access"), 16)
				c.Issue("refresh", token+"r", c.TokenLife(time.Hour), nil)
				c.Issue("access", token, c.Auth().TokenTTL, nil)
				return JSON(http.StatusOK, map[string]string{"access": token}), nil
			},
			"listTasks": func(c *Call) (Reply, error) {
				from := c.QueryNumber("offset", 0)
				shown, total := c.List(Query{Match: func(e Entry) bool { return c.Query.Get("state") == "" || c.Query.Get("state") == e.State }},
					from, c.PageSize(c.QueryNumber("limit", 2)))
				from = min(from, total)
				c.Page(c.Rest("limit", "offset"), from, len(shown), from+len(shown) < total)
				c.Shows(shown...)
				docs := []any{}
				for _, e := range shown {
					docs = append(docs, c.Document(acmeTask{e.ID, e.State, 1, ""}, e))
				}
				return JSON(http.StatusOK, docs), nil
			},
			"startWork": func(c *Call) (Reply, error) {
				e, err := c.Create(Creation{})
				return JSON(http.StatusOK, acmeTask{e.ID, e.State, 1, ""}).With("DOMAIN_UUID", "ab"), err
			},
			"getStatus": func(c *Call) (Reply, error) {
				doc, err := show(c, fmt.Sprint(c.Params["taskId"]))
				return JSON(http.StatusOK, rpcResult{c.RPCID, doc}), err
			},
		},
		Fault: acmeFault,
		HTML:  func(_ *Call, status int) string { return StockPage("acme", status) },
		Auth:  scenarios.Auth{TokenTTL: 10 * time.Second},
		Login: func(h http.Header, _, name string) { h.Set("Authorization", "Bearer "+name) },
	}
}

type rpcResult struct {
	ID     any `json:"id"`
	Result any `json:"result"`
}

var acmeStatus = map[Kind]int{
	Unauthorized: 401, Forbidden: 403, NotFound: 404, MethodNotAllowed: 405, UnknownMethod: 200, UnknownTask: 404,
	Malformed: 400, Invalid: 400, TooLarge: 413, RateLimited: 429, Internal: 500, Unavailable: 503,
}

func acmeFault(c *Call, f *Fault) Reply {
	if f.Kind == UnknownMethod {
		return JSON(http.StatusOK, struct {
			ID    any    `json:"id"`
			Error string `json:"error"`
		}{c.RPCID, "unknown method"})
	}
	at := ""
	if f.Violation != nil {
		at = f.Violation.In + " " + f.Violation.Field + " " + f.Violation.Rule
	}
	r := JSON(acmeStatus[f.Kind], struct {
		Error    Kind   `json:"error"`
		At       string `json:"at,omitempty"`
		Tracking string `json:"tracking"`
	}{f.Kind, at, c.TrackingID(string(f.Kind))})
	if f.RetryAfter > 0 {
		r = r.With("Retry-After", fmt.Sprint(f.RetryAfter))
	}
	return r
}
