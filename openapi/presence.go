package openapi

import (
	"reflect"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// presence is a rule on which members an object has, and on nothing else: what
// not, oneOf and anyOf say where they are made of required alone. It needs no
// second look at the object.
type presence struct {
	required uint64 // a bit for each of the checker's members
	not      *presence
	oneOf    []*presence
	anyOf    []*presence
}

// holds tells whether the rule holds for an object with these members.
func (p *presence) holds(seen uint64) bool {
	if seen&p.required != p.required || p.not != nil && p.not.holds(seen) {
		return false
	}
	matches := 0
	for _, one := range p.oneOf {
		if one.holds(seen) {
			matches++
		}
	}
	return (p.oneOf == nil || matches == 1) &&
		(p.anyOf == nil || slices.ContainsFunc(p.anyOf, func(one *presence) bool { return one.holds(seen) }))
}

// maxPresence is how deep rules on presence may stand in one another.
const maxPresence = 8

// setPresence makes a presence of what an object's schema is made of, if it is no
// more than that.
func (c *checker) setPresence(s *openapi3.Schema) bool {
	if c.kinds != isObject {
		return false
	}
	p, ok := c.presenceOf(&openapi3.Schema{Not: s.Not, OneOf: s.OneOf, AnyOf: s.AnyOf, Required: s.Required}, 0)
	if ok {
		c.presence = p
	}
	return ok
}

func (c *checker) presenceOf(s *openapi3.Schema, depth int) (p *presence, ok bool) {
	rest := *s
	rest.Origin, rest.Description, rest.Not, rest.OneOf, rest.AnyOf, rest.Required = nil, "", nil, nil, nil, nil
	if depth > maxPresence || !reflect.ValueOf(rest).IsZero() {
		return nil, false
	}
	p = &presence{}
	if s.IsEmpty() && depth > 0 { // as kin-openapi has it, also with a not that is empty
		return p, true
	}
	for _, name := range s.Required {
		i := slices.IndexFunc(c.members, func(m member) bool { return m.name == name })
		if i < 0 {
			return nil, false
		}
		p.required |= 1 << i
	}
	if s.Not != nil {
		if p.not, ok = c.presenceOf(s.Not.Value, depth+1); !ok {
			return nil, false
		}
	}
	p.oneOf, ok = c.presences(s.OneOf, depth)
	if ok {
		p.anyOf, ok = c.presences(s.AnyOf, depth)
	}
	return p, ok
}

func (c *checker) presences(refs openapi3.SchemaRefs, depth int) ([]*presence, bool) {
	var all []*presence
	for _, ref := range refs {
		p, ok := c.presenceOf(ref.Value, depth+1)
		if !ok {
			return nil, false
		}
		all = append(all, p)
	}
	return all, true
}
