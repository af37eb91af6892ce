package openapi

import (
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// compile makes a checker of a schema of OpenAPI 3.0. It changes nothing, so two
// may compile one schema at once.
func compile(s *openapi3.Schema) *checker { return compiler{}.checker(s) }

// compiler remembers what is made of each schema: some hold themselves.
type compiler map[*openapi3.Schema]*checker

func (all compiler) checker(s *openapi3.Schema) *checker {
	if c := all[s]; c != nil {
		return c
	}
	c := &checker{min: math.Inf(-1), max: math.Inf(1), maxLength: -1, maxItems: -1, maxMembers: -1}
	all[s] = c
	c.nullable = s.Nullable
	c.anything = s.IsEmpty()
	c.unknown = !c.anything && saysMore(s)
	if c.anything || c.unknown {
		return c
	}
	c.kinds = kindsOf(s)
	c.setEnum(s.Enum)
	c.setNumber(s)
	c.setText(s)
	c.minItems, c.maxItems = int(s.MinItems), limit(s.MaxItems)
	if s.Items != nil {
		c.items = all.checker(s.Items.Value)
	}
	c.setMembers(s, all)
	if s.Not == nil && s.OneOf == nil && s.AnyOf == nil || c.setPresence(s) {
		return c
	}
	if s.Not != nil {
		c.not = all.checker(s.Not.Value)
	}
	c.oneOf, c.anyOf = all.each(s.OneOf), all.each(s.AnyOf)
	c.pure = len(c.oneOf)+len(c.anyOf) > 0 && c.bare()
	return c
}

// bind is a checker that holds a member of the object at the top to another
// checker too, unless the member is null. Whether that holds is beside the schema's
// own oneOf and the like: where it does not, the checker is not sure.
func (c *checker) bind(name string, to *checker) *checker {
	b := *c // a copy: it may stand deeper in itself, where nothing is bound
	b.members = slices.Clone(c.members)
	for i := range b.members {
		if b.members[i].name == name {
			b.members[i].bound = to
		}
	}
	b.oneOf, b.anyOf = slices.Clone(c.oneOf), slices.Clone(c.anyOf)
	for _, list := range [][]*checker{b.oneOf, b.anyOf} {
		for i, one := range list {
			if one.oneOf == nil && one.anyOf == nil {
				list[i] = one.bind(name, to)
			}
		}
	}
	return &b
}

func (all compiler) each(refs openapi3.SchemaRefs) []*checker {
	var found []*checker
	for _, ref := range refs {
		found = append(found, all.checker(ref.Value))
	}
	return found
}

// saysMore tells whether a schema has a keyword that a checker does not know.
// None of our contracts has one, and a test keeps it so: whoever needs one
// teaches it to the checker, or pays with kin-openapi's time.
func saysMore(s *openapi3.Schema) bool {
	rest := *s
	// What says nothing of a value.
	rest.Extensions, rest.Origin, rest.Title, rest.Description, rest.Default = nil, nil, "", "", nil
	rest.Example, rest.ExternalDocs, rest.XML, rest.Deprecated, rest.AllowEmptyValue = nil, nil, nil, false, false
	rest.ReadOnly, rest.WriteOnly = false, false // they matter to the object around it
	// What is known.
	rest.Type, rest.Nullable, rest.Enum, rest.Format = nil, false, nil, ""
	rest.Not, rest.OneOf, rest.AnyOf = nil, nil, nil
	rest.Min, rest.Max, rest.MinLength, rest.MaxLength, rest.Pattern = nil, nil, 0, nil, ""
	rest.Items, rest.MinItems, rest.MaxItems = nil, 0, nil
	rest.Properties, rest.Required, rest.MinProps, rest.MaxProps = nil, nil, 0, nil
	rest.AdditionalProperties = openapi3.AdditionalProperties{}
	if !reflect.ValueOf(rest).IsZero() {
		return true
	}
	// A member of one direction only need not be there in the other.
	for _, ref := range s.Properties {
		if ref.Value.ReadOnly || ref.Value.WriteOnly {
			return true
		}
	}
	return s.Type != nil && kindsOf(s) == 0 || s.AdditionalProperties.Has != nil && s.AdditionalProperties.Schema != nil ||
		slices.ContainsFunc(s.Enum, isStructure) || !knownFormat(s) || s.Pattern != "" && !knownPattern(s.Pattern) ||
		unnamed(s)+len(s.Properties) > 64 // as many as a checker has bits for
}

// unnamed is how many members are required and not among the properties.
func unnamed(s *openapi3.Schema) int {
	n := 0
	for _, name := range s.Required {
		if s.Properties[name] == nil {
			n++
		}
	}
	return n
}

// kindsOf are the kinds that a schema's type allows: all without a type, none
// that is known where there are several types.
func kindsOf(s *openapi3.Schema) kind {
	if s.Type == nil {
		return isObject | isList | isText | isNumber | isBool
	}
	if len(*s.Type) != 1 {
		return 0
	}
	return map[string]kind{
		openapi3.TypeObject: isObject, openapi3.TypeArray: isList, openapi3.TypeString: isText,
		openapi3.TypeInteger: isNumber, openapi3.TypeNumber: isNumber, openapi3.TypeBoolean: isBool,
	}[(*s.Type)[0]]
}

func limit(most *uint64) int {
	if most == nil || *most > math.MaxInt32 {
		return -1 // no text is as long
	}
	return int(*most)
}

// isStructure tells whether a value of an enum is one that a checker does not
// compare.
func isStructure(value any) bool {
	switch value.(type) {
	case nil, string, bool, float64, int, int64, uint64:
		return false
	}
	return true
}

// setEnum takes over the values of an enum, but for null: nullable alone decides
// on that.
func (c *checker) setEnum(values []any) {
	if len(values) == 0 {
		return
	}
	c.enum = &enum{}
	for _, value := range values {
		switch value := value.(type) {
		case string:
			c.enum.texts = append(c.enum.texts, value)
		case bool:
			c.enum.bools = append(c.enum.bools, value)
		case float64:
			c.enum.numbers = append(c.enum.numbers, value)
		case int:
			c.enum.numbers = append(c.enum.numbers, float64(value))
		case int64:
			c.enum.numbers = append(c.enum.numbers, float64(value))
		case uint64:
			c.enum.numbers = append(c.enum.numbers, float64(value))
		}
	}
}

// knownFormat tells whether a checker holds what a format asks of numbers; that
// of texts it leaves to kin-openapi's own function.
func knownFormat(s *openapi3.Schema) bool {
	if !s.Type.Is(openapi3.TypeInteger) {
		return openapi3.SchemaNumberFormats[s.Format] == nil
	}
	return s.Format == "int32" || s.Format == "int64" || openapi3.SchemaIntegerFormats[s.Format] == nil
}

func (c *checker) setNumber(s *openapi3.Schema) {
	c.integer = s.Type.Is(openapi3.TypeInteger)
	if c.integer && s.Format == "int32" {
		c.min, c.max = math.MinInt32, math.MaxInt32
	}
	if c.integer && s.Format == "int64" {
		c.min, c.max = math.MinInt64, math.MaxInt64 // rounded to 1<<63, as kin-openapi has it
	}
	if s.Min != nil {
		c.min = max(c.min, *s.Min)
	}
	if s.Max != nil {
		c.max = min(c.max, *s.Max)
	}
}

// knownPattern tells whether a pattern means the same to Go and to kin-openapi,
// which rewrites \u.
func knownPattern(pattern string) bool {
	_, err := regexp.Compile(pattern)
	return err == nil && !strings.Contains(pattern, `\u`)
}

func (c *checker) setText(s *openapi3.Schema) {
	c.minLength, c.maxLength = int(s.MinLength), limit(s.MaxLength)
	if s.Pattern != "" {
		c.pattern = patternOf(s.Pattern)
	}
	if f := openapi3.SchemaStringFormats[s.Format]; f != nil {
		c.format = f
	}
	c.limited = c.enum != nil || c.minLength > 0 || c.maxLength >= 0 || c.pattern != nil || c.format != nil
}

func (c *checker) setMembers(s *openapi3.Schema, all compiler) {
	if ref := s.AdditionalProperties.Schema; ref != nil {
		c.others.check = all.checker(ref.Value)
	}
	c.others.closed = s.AdditionalProperties.Has != nil && !*s.AdditionalProperties.Has
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		c.members = append(c.members, member{name: name, check: all.checker(s.Properties[name].Value)})
	}
	for _, name := range s.Required {
		i := slices.IndexFunc(c.members, func(m member) bool { return m.name == name })
		if i < 0 { // required, and for the rest one of the others
			i = len(c.members)
			c.members = append(c.members, member{name: name, check: c.others.check, closed: c.others.closed})
		}
		c.required |= 1 << i
	}
	c.minMembers, c.maxMembers = int(s.MinProps), limit(s.MaxProps)
	c.counted = c.minMembers > 0 || c.maxMembers >= 0
}
