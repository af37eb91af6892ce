package openapi

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// Operation is one thing that a client can ask of a vendor: an HTTP operation,
// or one method of a JSON-RPC operation.
type Operation struct {
	ID      string // operationId; a JSON-RPC method has its HTTP operation's
	Name    string // what scenarios, limits and logs call it
	Kind    string // login, poll, list, start, write, read
	Method  string // the HTTP method
	Routes  []Route
	Task    string       // where the task's id stands: path.x, query.x, body.a.b; "" for none
	Demo    bool         // the one to show a new user
	RPC     bool         // an HTTP operation that carries JSON-RPC
	Methods []*Operation // of an RPC operation
	Parent  *Operation   // of a JSON-RPC method: its HTTP operation

	Summary  string
	Evidence Evidence

	headers, queries []string // names of parameters
	json, form       bool     // which of the two, if any, the body is

	// The contract. Who looks at it calls ready first.
	unread     unread
	route      *routers.Route // nil in a spec that was packed; a check does not need it
	parameters openapi3.Parameters
	body       *openapi3.RequestBody
	bodySchema *openapi3.Schema            // of the JSON body or the form, or nil
	params     *openapi3.Schema            // of a JSON-RPC method
	results    map[string]*openapi3.Schema // of a JSON-RPC method, by profile
	example    any                         // of a JSON-RPC method: its params
	responses  map[int]*response
	quick      atomic.Pointer[quick]
}

// Route is one path of an operation: Base is the server part of Path.
type Route struct{ Base, Path string }

// operationNote is x-operation.
type operationNote struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
	Task string `json:"task"`
	Demo bool   `json:"demo"`
	RPC  bool   `json:"rpc"`
}

// rpcMethod is one entry of x-methods.
type rpcMethod struct {
	Name     string   `json:"name"`
	Kind     string   `json:"kind"`
	Task     string   `json:"task"`
	Demo     bool     `json:"demo"`
	Summary  string   `json:"summary"`
	Params   string   `json:"params"`
	Result   any      `json:"result"`
	Example  any      `json:"example"`
	Evidence Evidence `json:"x-evidence"`
}

var kinds = []string{"login", "poll", "list", "start", "write", "read"}

// builder turns kin-openapi's document into ours.
type builder struct {
	doc *openapi3.T
	own bool // it is our own API's: there is no evidence
}

func (b *builder) schema(name string) (*openapi3.Schema, error) {
	ref := b.doc.Components.Schemas[name]
	if ref == nil || ref.Value == nil {
		return nil, fmt.Errorf("no schema %q", name)
	}
	return ref.Value, nil
}

func (b *builder) operation(method string, routes []Route, item *openapi3.PathItem, op *openapi3.Operation) (*Operation, error) {
	var note operationNote
	o := &Operation{ID: op.OperationID, Method: method, Routes: routes, Summary: op.Summary, responses: map[int]*response{}}
	known := []string{"x-operation", "x-evidence", "x-methods"}
	if b.own {
		known = nil
	}
	if err := onlyExtensions(op.Extensions, known...); err != nil {
		return nil, err
	}
	if err := extension(op.Extensions, "x-operation", &note); err != nil {
		return nil, err
	}
	if err := extension(op.Extensions, "x-evidence", &o.Evidence); err != nil {
		return nil, err
	}
	o.Name, o.Kind, o.Task, o.Demo, o.RPC = note.Name, note.Kind, note.Task, note.Demo, note.RPC
	if b.own {
		o.Name = o.ID
	}
	if err := o.check(b.own); err != nil {
		return nil, err
	}
	for _, p := range item.Parameters { // but those that the operation has anew
		if op.Parameters.GetByInAndName(p.Value.In, p.Value.Name) == nil {
			o.parameters = append(o.parameters, p)
		}
	}
	o.parameters = append(o.parameters, op.Parameters...)
	for _, p := range o.parameters {
		switch p.Value.In {
		case InHeader:
			o.headers = append(o.headers, http.CanonicalHeaderKey(p.Value.Name))
		case InQuery:
			o.queries = append(o.queries, p.Value.Name)
		}
	}
	if op.RequestBody != nil {
		o.body = op.RequestBody.Value
		o.bodySchema, o.json, o.form = bodyOf(o.body)
	}
	o.route = &routers.Route{Spec: b.doc, PathItem: item, Method: method, Operation: op}
	for status, ref := range op.Responses.Map() {
		code, err := strconv.Atoi(status)
		if err != nil {
			return nil, fmt.Errorf("response %q: name the status, a default hides mistakes", status)
		}
		if o.responses[code], err = b.response(ref.Value); err != nil {
			return nil, fmt.Errorf("response %s: %w", status, err)
		}
	}
	return o, nil
}

func (o *Operation) check(own bool) error {
	if o.ID == "" || o.Name == "" {
		return fmt.Errorf("an operation needs an operationId and a name in x-operation")
	}
	if own {
		return nil
	}
	if !slices.Contains(kinds, o.Kind) {
		return fmt.Errorf("kind %q is none of %s", o.Kind, strings.Join(kinds, ", "))
	}
	return o.Evidence.check()
}

func (b *builder) method(parent *Operation, m rpcMethod) (*Operation, error) {
	o := &Operation{
		ID: parent.ID, Name: m.Name, Kind: m.Kind, Method: parent.Method, Routes: parent.Routes, Task: m.Task, Demo: m.Demo,
		Summary: m.Summary, Evidence: m.Evidence, Parent: parent, headers: parent.headers, queries: parent.queries, json: parent.json,
		example: m.Example, results: map[string]*openapi3.Schema{},
	}
	o.inherit(parent)
	if err := o.check(false); err != nil {
		return nil, err
	}
	if m.Example == nil {
		return nil, fmt.Errorf("no example of its params")
	}
	var err error
	if o.params, err = b.schema(m.Params); err != nil {
		return nil, err
	}
	names := map[string]any{profileDocumented: m.Result}
	if byProfile, ok := m.Result.(map[string]any); ok {
		names = byProfile
	}
	if names[profileDocumented] == nil {
		return nil, fmt.Errorf("no schema: no result for the profile %s", profileDocumented)
	}
	for profile, name := range names {
		if !slices.Contains(profiles, profile) {
			return nil, fmt.Errorf("result: unknown profile %q", profile)
		}
		if o.results[profile], err = b.schema(fmt.Sprint(name)); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// inherit takes over what a JSON-RPC method has of its HTTP operation.
func (o *Operation) inherit(parent *Operation) {
	o.route, o.parameters, o.body, o.bodySchema, o.responses = parent.route, parent.parameters, parent.body, parent.bodySchema, parent.responses
}

// options of every check: kin-openapi must neither edit the request (it would
// write defaults into it, so that a required header could never be missing)
// nor authenticate (the guards do).
var filterOptions = &openapi3filter.Options{
	SkipSettingDefaults: true,
	AuthenticationFunc:  openapi3filter.NoopAuthenticationFunc,
}

// Leaves are the operations that a client can name: the methods of a JSON-RPC
// operation, else the operation itself.
func (o *Operation) Leaves() []*Operation {
	if o.RPC {
		return o.Methods
	}
	return []*Operation{o}
}

// Headers are the names of the header parameters, in canonical form.
func (o *Operation) Headers() []string { return o.headers }

// Queries are the names of the query parameters, in the order written.
func (o *Operation) Queries() []string { return o.queries }

// The media types of a body that is read: two of a form, and beside
// application/json that of a JSON Patch.
const (
	formURLEncoded = "application/x-www-form-urlencoded"
	formMultipart  = "multipart/form-data"
	jsonPatch      = "application/json-patch+json"
)

// bodyOf finds the schema of a body, and whether that is JSON or a form. An
// operation that takes both has one schema for both.
func bodyOf(body *openapi3.RequestBody) (schema *openapi3.Schema, takesJSON, takesForm bool) {
	for _, media := range []string{formMultipart, formURLEncoded, jsonPatch, "application/json"} {
		content := body.Content[media]
		if content == nil || content.Schema == nil {
			continue
		}
		schema = content.Schema.Value
		isJSON := strings.HasSuffix(media, "json")
		takesJSON, takesForm = takesJSON || isJSON, takesForm || !isJSON
	}
	return schema, takesJSON, takesForm
}

// TakesJSON tells whether the operation has a JSON body.
func (o *Operation) TakesJSON() bool { return o.json }

// TakesForm tells whether the operation has a form for a body.
func (o *Operation) TakesForm() bool { return o.form }

// Demo is the operation that a new user is shown: the one marked demo, else the
// first.
func (s *Spec) Demo() *Operation {
	for _, o := range s.Operations {
		for _, leaf := range o.Leaves() {
			if leaf.Demo {
				return leaf
			}
		}
	}
	return s.Operations[0].Leaves()[0]
}
