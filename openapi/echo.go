package openapi

import (
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// MaxEcho is how long the text may be, in bytes, that Echoes speaks of.
const MaxEcho = 128

// Echoes tells whether the name that a client gives its call counts for nothing in
// the contract: whether a request and its good answer that are in order stay so with
// any other name in the place of theirs. A name is a text of 1 to MaxEcho bytes of
// ASCII, or a whole number; another one is of the same kind. In the request it is the
// value of a header or, where that is "", the body's member id; in the answer it is
// that of a member, as a path of names. It tells false where it cannot be sure.
func (o *Operation) Echoes(profile string, status int, media, header, member string) bool {
	o.ready()
	r := o.responses[status]
	if r == nil || r.contents[media] == nil || !indifferent(pick(r.contents[media], profile), strings.Split(member, ".")) {
		return false
	}
	if header == "" {
		return o.bodySchema != nil && indifferent(o.bodySchema, []string{"id"})
	}
	p := o.parameters.GetByInAndName(InHeader, header)
	return p != nil && p.Schema != nil && indifferent(p.Schema.Value, nil)
}

// indifferent tells whether it is all the same to a schema which name stands at a
// path of its value's members.
func indifferent(s *openapi3.Schema, path []string) bool {
	if s == nil {
		return false
	}
	if len(s.Enum) > 0 || s.Discriminator != nil || !all(s.AllOf, path) || !all(s.AnyOf, path) || !all(s.OneOf, path) {
		return false
	}
	if s.Not != nil && !indifferent(s.Not.Value, path) {
		return false
	}
	if len(path) == 0 {
		return s.Pattern == "" && s.Format == "" && s.MinLength <= 1 && (s.MaxLength == nil || *s.MaxLength >= MaxEcho) &&
			s.Min == nil && s.Max == nil && s.MultipleOf == nil
	}
	if p := s.Properties[path[0]]; p != nil {
		return indifferent(p.Value, path[1:])
	}
	if p := s.AdditionalProperties.Schema; p != nil {
		return indifferent(p.Value, path[1:])
	}
	return true // it may be there or not, but nothing is said of it
}

func all(alternatives openapi3.SchemaRefs, path []string) bool {
	for _, a := range alternatives {
		if !indifferent(a.Value, path) {
			return false
		}
	}
	return true
}
