package openapi

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// Secrets says where a credential may stand in a vendor's requests and replies.
type Secrets struct {
	Headers []string `json:"headers"` // header names
	Fields  []string `json:"fields"`  // members of a query, a form or a JSON body, at any depth
	Names   []string `json:"names"`   // headers or members that hold the tenant's name

	// Signatures are those of Headers that are made from a secret for one request.
	Signatures []string `json:"signatures"`
}

// commonHeaders carry credentials without being declared: OpenAPI has them as
// security schemes.
var commonHeaders = []string{"Authorization", "Cookie", "Set-Cookie"}

// checkSecrets refuses a name that the document does not know: it is misspelt,
// and what it was meant for would be shown.
func (s *Spec) checkSecrets(doc *openapi3.T) error {
	known := names{headers: map[string]bool{}, fields: map[string]bool{}, seen: map[*openapi3.Schema]bool{}}
	for _, name := range commonHeaders {
		known.headers[name] = true
	}
	known.document(doc)
	for _, name := range s.Secrets.Headers {
		if !known.headers[http.CanonicalHeaderKey(name)] {
			return fmt.Errorf("x-secrets: no header %q", name)
		}
	}
	for _, name := range s.Secrets.Signatures {
		if !slices.Contains(s.Secrets.Headers, name) {
			return fmt.Errorf("x-secrets: signature %q is not among the headers", name)
		}
	}
	for _, name := range s.Secrets.Fields {
		if !known.fields[name] {
			return fmt.Errorf("x-secrets: no field %q", name)
		}
	}
	for _, name := range s.Secrets.Names {
		if !known.fields[name] && !known.headers[http.CanonicalHeaderKey(name)] {
			return fmt.Errorf("x-secrets: no header and no field %q", name)
		}
	}
	return nil
}

// names are those that a document declares.
type names struct {
	headers map[string]bool // in canonical form
	fields  map[string]bool
	seen    map[*openapi3.Schema]bool // schemas refer to each other
}

func (n *names) document(doc *openapi3.T) {
	for _, scheme := range doc.Components.SecuritySchemes {
		if scheme.Value.In == InHeader {
			n.headers[http.CanonicalHeaderKey(scheme.Value.Name)] = true
		}
	}
	for _, schema := range doc.Components.Schemas {
		n.schema(schema)
	}
	for _, item := range doc.Paths.Map() {
		n.parameters(item.Parameters)
		for _, op := range item.Operations() {
			n.parameters(op.Parameters)
			if op.RequestBody != nil {
				n.content(op.RequestBody.Value.Content)
			}
			for _, r := range op.Responses.Map() {
				n.response(r.Value)
			}
		}
	}
	for _, r := range doc.Components.Responses {
		n.response(r.Value)
	}
}

func (n *names) parameters(all openapi3.Parameters) {
	for _, p := range all {
		switch p.Value.In {
		case InHeader:
			n.headers[http.CanonicalHeaderKey(p.Value.Name)] = true
		case InQuery:
			n.fields[p.Value.Name] = true
		}
	}
}

func (n *names) response(r *openapi3.Response) {
	for name := range r.Headers {
		n.headers[http.CanonicalHeaderKey(name)] = true
	}
	n.content(r.Content)
}

func (n *names) content(c openapi3.Content) {
	for _, media := range c {
		n.schema(media.Schema)
	}
}

func (n *names) schema(ref *openapi3.SchemaRef) {
	if ref == nil || ref.Value == nil || n.seen[ref.Value] {
		return
	}
	s := ref.Value
	n.seen[s] = true
	for name, property := range s.Properties {
		n.fields[name] = true
		n.schema(property)
	}
	n.schema(s.Items)
	n.schema(s.AdditionalProperties.Schema)
	for _, part := range slices.Concat(s.AllOf, s.OneOf, s.AnyOf) {
		n.schema(part)
	}
}
