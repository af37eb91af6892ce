package openapi

import (
	"maps"
	"slices"
)

// Input is one thing that an operation takes: a parameter, or a member of its
// body.
type Input struct {
	Name, In string // In is InPath, InQuery, InHeader or InBody
	Type     string // in JSON Schema's words; "" where there are several
	Required bool
}

// Takes is what the operation takes, for a document about it: its parameters in
// the order written, then the members of its body by name.
func (o *Operation) Takes() []Input {
	o.ready()
	var all []Input
	typeOf := func(types []string) string {
		if len(types) == 1 {
			return types[0]
		}
		return ""
	}
	for _, p := range o.parameters {
		all = append(all, Input{p.Value.Name, p.Value.In, typeOf(p.Value.Schema.Value.Type.Slice()), p.Value.Required})
	}
	if o.bodySchema == nil {
		return all
	}
	for _, name := range slices.Sorted(maps.Keys(o.bodySchema.Properties)) {
		member := o.bodySchema.Properties[name].Value
		all = append(all, Input{name, InBody, typeOf(member.Type.Slice()), slices.Contains(o.bodySchema.Required, name)})
	}
	return all
}
