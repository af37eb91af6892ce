package openapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// profileDocumented is the profile whose schemas stand where OpenAPI has them.
const profileDocumented = "documented"

var profiles = []string{profileDocumented, "observed"}

// Request is what a request looks like to its contract.
type Request struct {
	HTTP  *http.Request     // for headers and cookies; its body is not read
	Path  map[string]string // path variables, unescaped
	Query url.Values
	Body  any  // the parsed JSON body: nil, bool, float64, string, []any, map[string]any
	Empty bool // there was no body at all
	Form  bool // Body is a form, with the fields of the query in it

	// Raw is the JSON text that Body was parsed from, without what comes around it,
	// or nil. It makes the check quick; nobody may change it meanwhile.
	Raw []byte
}

// CheckRequest holds a request to the operation: parameters, then the body,
// then, for a JSON-RPC method, the params. It answers nil or the first
// violation, and never changes the request.
func (o *Operation) CheckRequest(r Request) *Violation {
	o.ready()
	if v := o.checkParameters(r); v != nil {
		return v
	}
	if o.quickly().callPasses(&r) {
		return nil
	}
	if v := o.checkBody(r); v != nil || o.params == nil {
		return v
	}
	params := any(map[string]any{}) // params left out are params without members
	if body, ok := r.Body.(map[string]any); ok && body["params"] != nil {
		params = body["params"]
	}
	if err := o.params.VisitJSON(params, openapi3.MultiErrors(), openapi3.VisitAsRequest()); err != nil {
		return bodyViolation(InParams, err)
	}
	return nil
}

func (o *Operation) checkParameters(r Request) *Violation {
	if len(o.parameters) == 0 || o.quickly().parametersPass(&r) {
		return nil
	}
	input := &openapi3filter.RequestValidationInput{
		Request: r.HTTP, PathParams: r.Path, QueryParams: r.Query, Route: o.route, Options: filterOptions,
	}
	for _, p := range o.parameters {
		if err := openapi3filter.ValidateParameter(context.Background(), input, p.Value); err != nil {
			return parameterViolation(p.Value, err)
		}
	}
	return nil
}

func (o *Operation) checkBody(r Request) *Violation {
	if o.body == nil || o.bodySchema == nil {
		return nil
	}
	if r.Empty {
		if o.body.Required {
			return &Violation{In: InBody, Rule: "required", Text: "is missing", Expected: "a body"}
		}
		return nil
	}
	if o.quickly().bodyPasses(&r) {
		return nil
	}
	if err := o.bodySchema.VisitJSON(r.Body, openapi3.MultiErrors(), openapi3.VisitAsRequest()); err != nil {
		return bodyViolation(InBody, err)
	}
	return nil
}

// response is the contract of one status.
type response struct {
	contents    map[string]map[string]*openapi3.Schema // media type -> profile -> schema
	headers     []header
	evidence    Evidence
	description string
	quick       atomic.Pointer[quickResponse]
}

type header struct {
	name string
	*openapi3.Header
}

func (b *builder) response(r *openapi3.Response) (*response, error) {
	out := &response{contents: map[string]map[string]*openapi3.Schema{}}
	for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
		out.headers = append(out.headers, header{name, r.Headers[name].Value})
	}
	known := []string{"x-evidence", "x-profiles"}
	if b.own {
		known = nil
	}
	if err := onlyExtensions(r.Extensions, known...); err != nil {
		return nil, err
	}
	if r.Description != nil {
		out.description = *r.Description
	}
	if err := extension(r.Extensions, "x-evidence", &out.evidence); err != nil {
		return nil, err
	}
	if !b.own {
		if err := out.evidence.check(); err != nil {
			return nil, err
		}
	}
	var named map[string]string
	if err := extension(r.Extensions, "x-profiles", &named); err != nil {
		return nil, err
	}
	for media, content := range r.Content {
		if content.Schema == nil {
			return nil, fmt.Errorf("%s: no schema", media)
		}
		if content.Example == nil && len(content.Examples) == 0 {
			return nil, fmt.Errorf("%s: no example", media)
		}
		byProfile := map[string]*openapi3.Schema{profileDocumented: content.Schema.Value}
		for profile, name := range named {
			if !slices.Contains(profiles, profile) {
				return nil, fmt.Errorf("x-profiles: unknown profile %q", profile)
			}
			schema, err := b.schema(name)
			if err != nil {
				return nil, fmt.Errorf("x-profiles: %w", err)
			}
			byProfile[profile] = schema
		}
		out.contents[media] = byProfile
	}
	return out, nil
}

// CheckResponse holds an answer to the contract of (operation, status, profile):
// the status is documented, the media type and the required headers are there,
// the body is valid. The error names the field, never a value.
func (o *Operation) CheckResponse(profile string, status int, header http.Header, body []byte) error {
	o.ready()
	r := o.responses[status]
	if r == nil {
		return fmt.Errorf("status %d is not in the contract", status)
	}
	q := r.quickly()
	for i, h := range r.headers {
		if err := checkHeader(h, q.headers[i], header); err != nil {
			return err
		}
	}
	if len(r.contents) == 0 {
		if len(body) > 0 {
			return fmt.Errorf("a body where the contract has none")
		}
		return nil
	}
	media, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	schemas := r.contents[media]
	if schemas == nil {
		return fmt.Errorf("Content-Type %q is not in the contract", media)
	}
	quick := pick(q.contents[media], profile)
	if !strings.HasSuffix(media, "json") {
		if quick.plain() && quick.textHolds(view(body)) {
			return nil
		}
		return visit(pick(schemas, profile), string(body), "body")
	}
	if o.quickly().answerPasses(quick, profile, view(body)) {
		return nil
	}
	err := o.checkJSON(pick(schemas, profile), profile, body)
	if err == nil {
		doubts.Add(1)
	}
	return err
}

// checkJSON holds a JSON body of an answer, and the result in it of a JSON-RPC
// method.
func (o *Operation) checkJSON(schema *openapi3.Schema, profile string, body []byte) error {
	value, err := decode(body)
	if err != nil {
		return fmt.Errorf("body is not JSON: %w", err)
	}
	if err := visit(schema, value, "body"); err != nil || o.results == nil {
		return err
	}
	if answer, ok := value.(map[string]any); ok && answer["error"] == nil {
		return visit(pick(o.results, profile), answer["result"], "result")
	}
	return nil
}

// Declares tells whether an answer of a status may have a media type.
func (o *Operation) Declares(status int, media string) bool {
	o.ready()
	r := o.responses[status]
	return r != nil && r.contents[media] != nil
}

func pick[T any](schemas map[string]*T, profile string) *T {
	if s := schemas[profile]; s != nil {
		return s
	}
	return schemas[profileDocumented]
}

func visit(schema *openapi3.Schema, value any, in string) error {
	err := schema.VisitJSON(value, openapi3.MultiErrors(), openapi3.VisitAsResponse())
	if err == nil {
		return nil
	}
	v := bodyViolation(in, err)
	return fmt.Errorf("%w (%s)", v, v.Rule)
}

func checkHeader(h header, quick *checker, all http.Header) error {
	values := all[h.name] // as written: FMC's DOMAIN_UUID is not canonical
	if len(values) == 0 {
		values = all.Values(h.name)
	}
	if len(values) == 0 {
		if h.Required {
			return fmt.Errorf("header %s is missing", h.name)
		}
		return nil
	}
	for _, value := range values {
		if err := checkHeaderValue(h.Schema, quick, value); err != nil {
			return fmt.Errorf("header %s: %w", h.name, err)
		}
	}
	return nil
}

func checkHeaderValue(schema *openapi3.SchemaRef, quick *checker, value string) error {
	if schema == nil {
		return nil
	}
	isText := schema.Value.Type.Is("string")
	if quick.plain() && (isText && quick.textHolds(value) || !isText && quick.passes(value)) {
		return nil
	}
	var v any = value
	if !isText {
		if err := json.Unmarshal([]byte(value), &v); err != nil {
			return fmt.Errorf("is not of type %s", schema.Value.Type.Slice())
		}
	}
	return visit(schema.Value, v, "value")
}

// decode parses one JSON document and refuses anything after it.
func decode(body []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("something follows the document")
	}
	return v, nil
}
