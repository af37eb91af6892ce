package openapi

import (
	"slices"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
)

// How much of what a client sent is named: so many names, of so many bytes.
const (
	maxUndeclared     = 20
	maxUndeclaredName = 100
)

// Undeclared names what a request has and its operation does not declare: "query
// x", "form y", "body a.b", "params p.q", at most 20 of them, long ones
// shortened. Parts of a list are not told apart. Whatever stands below a schema
// that takes anything is declared, as is what has another type than its schema:
// that is a violation, and another matter.
func (o *Operation) Undeclared(r Request) []string {
	o.ready()
	found := undeclared{}
	var form declared
	if r.Form && o.bodySchema != nil {
		form = members([]*openapi3.Schema{o.bodySchema})
	}
	addAll(&found, "query ", r.Query, func(name string) bool {
		return o.parameters.GetByInAndName(InQuery, name) != nil || form.has(name)
	})
	body, isObject := r.Body.(map[string]any)
	switch {
	case r.Form:
		addAll(&found, "form ", body, func(name string) bool { return r.Query.Has(name) || form.has(name) })
	case o.bodySchema == nil:
	case o.params == nil:
		found.walk("body ", "", []*openapi3.Schema{o.bodySchema}, r.Body)
	case isObject:
		found.members("body ", "", []*openapi3.Schema{o.bodySchema}, body, "params")
		found.walk("params ", "", []*openapi3.Schema{o.params}, body["params"])
	}
	return found.names
}

type undeclared struct{ names []string }

func (u *undeclared) add(in, name string) {
	if len(u.names) >= maxUndeclared {
		return
	}
	if len(name) > maxUndeclaredName {
		cut := maxUndeclaredName
		for cut > 0 && !utf8.RuneStart(name[cut]) {
			cut--
		}
		name = name[:cut] + "..."
	}
	if name = in + name; !slices.Contains(u.names, name) {
		u.names = append(u.names, name)
	}
}

// addAll adds the names that are not declared, in order.
func addAll[V any](u *undeclared, in string, all map[string]V, declared func(name string) bool) {
	var names []string
	for name := range all {
		if !declared(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		u.add(in, name)
	}
}

// walk goes through a value beside the schemas that declare it: what any of them
// declares is declared.
func (u *undeclared) walk(in, path string, schemas []*openapi3.Schema, value any) {
	if len(u.names) >= maxUndeclared {
		return
	}
	switch value := value.(type) {
	case map[string]any:
		u.members(in, path, schemas, value, "")
	case []any:
		items := items(schemas)
		if len(items) == 0 {
			return
		}
		for _, v := range value {
			u.walk(in, path, items, v)
		}
	}
}

// members goes through those of an object, but for one.
func (u *undeclared) members(in, path string, schemas []*openapi3.Schema, object map[string]any, but string) {
	all := members(schemas)
	if all.anything {
		return
	}
	for _, name := range all.unclear(object) {
		below := all.of(name)
		switch {
		case name == but && but != "":
		case len(below) == 0:
			u.add(in, path+name)
		default:
			u.walk(in, path+name+".", below, object[name])
		}
	}
}

// declared are the members that some schemas of one value declare.
type declared struct {
	schemas  []*openapi3.Schema // those themselves, and the parts of which they are made
	anything bool               // one of them takes whatever there is
}

// members gathers what schemas declare of an object.
func members(schemas []*openapi3.Schema) declared {
	all := parts(schemas)
	return declared{all, slices.ContainsFunc(all, takesAnything)}
}

// unclear are the members of an object, by name, that are not declared or may hold
// something that is not. Of most objects that is none.
func (d declared) unclear(object map[string]any) []string {
	var found []string
	for name, value := range object {
		switch value.(type) {
		case map[string]any, []any:
		default:
			if d.has(name) {
				continue
			}
		}
		found = append(found, name)
	}
	slices.Sort(found)
	return found
}

func (d declared) has(name string) bool {
	return slices.ContainsFunc(d.schemas, func(s *openapi3.Schema) bool {
		return s.Properties[name] != nil || s.AdditionalProperties.Schema != nil
	})
}

// of are the schemas of a member.
func (d declared) of(name string) []*openapi3.Schema {
	var found []*openapi3.Schema
	for _, s := range d.schemas {
		switch {
		case s.Properties[name] != nil:
			found = append(found, s.Properties[name].Value)
		case s.AdditionalProperties.Schema != nil:
			found = append(found, s.AdditionalProperties.Schema.Value)
		}
	}
	return found
}

// takesAnything tells whether a schema declares every member: it says so, or it
// says nothing at all, neither a type nor what it is made of.
func takesAnything(s *openapi3.Schema) bool {
	if has := s.AdditionalProperties.Has; has != nil {
		return *has
	}
	return s.Type == nil && len(s.Properties) == 0 && s.AdditionalProperties.Schema == nil &&
		len(s.AllOf) == 0 && len(s.OneOf) == 0 && len(s.AnyOf) == 0
}

// items are the schemas of the parts of a list.
func items(schemas []*openapi3.Schema) []*openapi3.Schema {
	var found []*openapi3.Schema
	for _, s := range parts(schemas) {
		if s.Items != nil {
			found = append(found, s.Items.Value)
		}
	}
	return found
}

// parts are schemas with all that they are made of.
func parts(schemas []*openapi3.Schema) []*openapi3.Schema {
	if !slices.ContainsFunc(schemas, func(s *openapi3.Schema) bool { return len(s.AllOf)+len(s.OneOf)+len(s.AnyOf) > 0 }) {
		return schemas
	}
	all := slices.Clone(schemas)
	for i := 0; i < len(all); i++ { // it grows
		for _, ref := range slices.Concat(all[i].AllOf, all[i].OneOf, all[i].AnyOf) {
			if !slices.Contains(all, ref.Value) {
				all = append(all, ref.Value)
			}
		}
	}
	return all
}
