package openapi

import (
	"net/http"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
)

// quick is what the checks of an operation ask before kin-openapi. It is made at
// the first use of the operation, so that a start does not pay for what nobody
// asks; two that make it at once make the same.
type quick struct {
	parameters []parameter
	body       *checker
	params     *checker            // of a JSON-RPC method
	results    map[string]*checker // of a JSON-RPC method, by profile
}

func (o *Operation) quickly() *quick {
	if q := o.quick.Load(); q != nil {
		return q
	}
	q := &quick{results: compileAll(o.results)}
	for _, p := range o.parameters {
		q.parameters = append(q.parameters, parameterOf(p.Value))
	}
	if o.bodySchema != nil && o.json {
		q.body = compile(o.bodySchema)
	}
	if o.params != nil {
		q.params = compile(o.params)
	}
	o.quick.Store(q)
	return q
}

func compileAll(schemas map[string]*openapi3.Schema) map[string]*checker {
	all := make(map[string]*checker, len(schemas))
	for name, s := range schemas {
		all[name] = compile(s)
	}
	return all
}

// parametersPass tells whether the parameters of a request are surely in order.
func (q *quick) parametersPass(r *Request) bool {
	for i := range q.parameters {
		if !q.parameters[i].passes(r) {
			return false
		}
	}
	return true
}

// bodyPasses tells whether the body of a request is surely in order.
func (q *quick) bodyPasses(r *Request) bool {
	return r.Raw != nil && !r.Form && q.body != nil && q.body.passes(view(r.Raw))
}

// paramsPass tells whether the params of a JSON-RPC call are surely in order.
func (q *quick) paramsPass(r *Request) bool {
	if r.Raw == nil {
		return false
	}
	d := document{text: view(r.Raw)}
	at, ok := d.find("params")
	switch {
	case !ok:
		return false
	case at < 0 || d.is(at, 'n'):
		return q.params.passes("{}") // params left out are params without members
	}
	return q.params.passesAt(&d, at)
}

// resultPasses tells whether the answer to a call has an error, or a result that
// is surely in order. The envelope is.
func (q *quick) resultPasses(profile string, body string) bool {
	if len(q.results) == 0 {
		return true
	}
	d := document{text: body}
	if at, ok := d.find("error"); !ok || at >= 0 && !d.is(at, 'n') {
		return ok
	}
	at, ok := d.find("result")
	return ok && at >= 0 && pick(q.results, profile).passesAt(&d, at)
}

// quickResponse is the same for one status.
type quickResponse struct {
	contents map[string]map[string]*checker // media type -> profile -> checker
	headers  []*checker                     // nil where a header has no schema
}

func (r *response) quickly() *quickResponse {
	if q := r.quick.Load(); q != nil {
		return q
	}
	q := &quickResponse{contents: make(map[string]map[string]*checker, len(r.contents))}
	for media, schemas := range r.contents {
		q.contents[media] = compileAll(schemas)
	}
	for _, h := range r.headers {
		var c *checker
		if h.Schema != nil {
			c = compile(h.Schema.Value)
		}
		q.headers = append(q.headers, c)
	}
	r.quick.Store(q)
	return q
}

// parameter is a parameter made ready to look at what a client sent for it.
type parameter struct {
	in, name      string // a header's in canonical form
	required      bool
	empty         bool // an empty value is one
	integer, text bool
	bool          bool
	bits          int // of an integer
	check         *checker
}

// parameterOf makes a parameter ready. One that is no plain text, integer or
// boolean, or that stands in a cookie, has no checker and is left to kin-openapi.
func parameterOf(p *openapi3.Parameter) parameter {
	out := parameter{in: p.In, name: p.Name, required: p.Required, empty: p.AllowEmptyValue, bits: 64}
	if p.Schema == nil || p.Content != nil || p.Style != "" {
		return out
	}
	s := p.Schema.Value
	out.integer, out.text, out.bool = s.Type.Is(openapi3.TypeInteger), s.Type.Is(openapi3.TypeString), s.Type.Is(openapi3.TypeBoolean)
	if s.Format == "int32" {
		out.bits = 32
	}
	switch p.In {
	case InHeader:
		out.name = http.CanonicalHeaderKey(p.Name)
	case InPath, InQuery:
	default:
		return out
	}
	if c := compile(s); c.plain() && (out.integer || out.text || out.bool) {
		out.check = c
	}
	return out
}

// plain tells whether the rules of a text, a number or a boolean are all that a
// schema asks of one.
func (c *checker) plain() bool {
	return !c.unknown && !c.anything && c.not == nil && c.oneOf == nil && c.anyOf == nil
}

// passes tells whether a request surely has what a parameter asks for.
func (p *parameter) passes(r *Request) bool {
	if p.check == nil {
		return false
	}
	value, found, ok := p.value(r)
	switch {
	case !ok || !found:
		return ok && !p.required
	case value == "" && p.empty:
		return true
	case p.text:
		return p.check.textHolds(value)
	case p.integer:
		n, err := strconv.ParseInt(value, 10, p.bits)
		return err == nil && p.check.numberHolds(float64(n))
	}
	b, err := strconv.ParseBool(value)
	return err == nil && p.check.boolHolds(b)
}

// value is what a client sent for a parameter, as kin-openapi finds it: of
// several in the query the first that is not empty, of a header the first. ok
// tells that this is sure.
func (p *parameter) value(r *Request) (value string, found, ok bool) {
	var all []string
	switch p.in {
	case InPath:
		value = r.Path[p.name]
		return value, value != "", true
	case InQuery:
		if r.Query == nil && len(r.HTTP.URL.RawQuery) > 0 {
			return "", false, false
		}
		all, found = r.Query[p.name]
	case InHeader:
		all, found = r.HTTP.Header[p.name]
	}
	if len(all) == 0 {
		return "", false, !found
	}
	if value = all[0]; p.in == InQuery {
		for _, other := range all[1:] {
			if value == "" {
				value = other
			}
		}
	}
	return value, true, true
}
