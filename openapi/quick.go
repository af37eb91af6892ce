package openapi

import (
	"net/http"
	"strconv"
	"sync/atomic"

	"github.com/getkin/kin-openapi/openapi3"
)

// doubts counts the answers that kin-openapi had to find in order.
var doubts atomic.Uint64

// Doubts is how many answers of this process were in order though CheckResponse
// was not sure of that without kin-openapi, which takes ten times as long and
// more. None of ours should be.
func Doubts() uint64 { return doubts.Load() }

// quick is what the checks of an operation ask before kin-openapi. It is made at
// the first use of the operation, so that a start does not pay for what nobody
// asks; of two that are made at once either will do.
type quick struct {
	parameters []parameter
	body       *checker
	params     *checker            // of a JSON-RPC method
	call       *checker            // of a JSON-RPC method: body, and params in it
	answers    map[answer]*checker // of a JSON-RPC method: its answers, and the result in them
}

// answer is one form of an answer to a JSON-RPC method.
type answer struct {
	envelope *checker
	profile  string
}

func (o *Operation) quickly() *quick {
	if q := o.quick.Load(); q != nil {
		return q
	}
	q := &quick{answers: map[answer]*checker{}}
	for _, p := range o.parameters {
		q.parameters = append(q.parameters, parameterOf(p.Value))
	}
	if o.bodySchema != nil && o.json {
		q.body = compile(o.bodySchema)
	}
	if o.params != nil {
		q.params = compile(o.params)
		q.call = q.body.bind("params", q.params)
	}
	results := compileAll(o.results)
	for _, r := range o.responses {
		if len(results) == 0 {
			break
		}
		for _, envelopes := range r.quickly().contents {
			for _, profile := range profiles {
				a := answer{pick(envelopes, profile), profile}
				q.answers[a] = a.envelope.bind("result", pick(results, profile))
			}
		}
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

// callPasses tells whether the body of a JSON-RPC call, and the params in it, are
// surely in order.
func (q *quick) callPasses(r *Request) bool {
	if r.Raw == nil || r.Form || q.call == nil {
		return false
	}
	passes, bound := q.call.passesBound(view(r.Raw))
	return passes && (bound || q.params.passes("{}")) // params left out are params without members
}

// answerPasses tells whether a JSON body of an answer is surely in order: one to a
// JSON-RPC method has an error, or a result that is.
func (q *quick) answerPasses(envelope *checker, profile, body string) bool {
	if len(q.answers) == 0 {
		return envelope.passes(body)
	}
	c := q.answers[answer{envelope, profile}]
	if c == nil {
		c = q.answers[answer{envelope, profileDocumented}]
	}
	passes, bound := c.passesBound(body)
	if !passes || bound {
		return passes
	}
	d := document{text: body}
	at, ok := d.find("error")
	return ok && at >= 0 && !d.is(at, 'n')
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
	if !r.quick.CompareAndSwap(nil, q) { // who asks by a checker is to find it
		return r.quick.Load()
	}
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
