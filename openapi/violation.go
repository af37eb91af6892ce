package openapi

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// Where a violation stands.
const (
	InPath   = "path"
	InQuery  = "query"
	InHeader = "header"
	InBody   = "body"
	InParams = "params" // the params of a JSON-RPC call
)

// Violation is the first way in which a request leaves the contract. The vendor
// words it for the client.
type Violation struct {
	In    string // path, query, header, body or params
	Field string // the parameter's name, or the dotted path of the member: options.perPage
	Rule  string // required, type, or the schema keyword: enum, minimum, pattern, ...
	Text  string // a sentence, without the value

	// Expected is what would have been right, in words: at most 250, a string; ""
	// where nothing says. It is for whoever asks why, never for the wire.
	Expected string
}

func (v *Violation) Error() string {
	if v.Field == "" {
		return v.In + ": " + v.Text
	}
	return v.In + " " + v.Field + ": " + v.Text
}

// Name is the last part of Field: the member's own name.
func (v *Violation) Name() string { return v.Field[strings.LastIndexByte(v.Field, '.')+1:] }

// parameterViolation words what kin-openapi says of a parameter.
func parameterViolation(p *openapi3.Parameter, err error) *Violation {
	v := &Violation{In: p.In, Field: p.Name, Rule: "type", Text: "has the wrong form"}
	var parse *openapi3filter.ParseError
	switch {
	case errors.Is(err, openapi3filter.ErrInvalidRequired):
		v.Rule, v.Text, v.Expected = "required", "is missing", expectedAs(p.Schema.Value)
	case errors.Is(err, openapi3filter.ErrInvalidEmptyValue):
		v.Rule, v.Text, v.Expected = "required", "is empty", expectedAs(p.Schema.Value)
	case errors.As(err, &parse):
		v.Text, v.Expected = "has the wrong type", expectedAs(p.Schema.Value)
	default:
		if s := first(err); s != nil {
			v.Rule, v.Text, v.Expected = s.SchemaField, s.Reason, expectedBy(s)
		}
	}
	return v
}

// bodyViolation words what kin-openapi says of a document.
func bodyViolation(in string, err error) *Violation {
	s := first(err)
	if s == nil {
		return &Violation{In: in, Rule: "type", Text: err.Error()}
	}
	text := short(s.Reason)
	if s.SchemaField == "format" && s.Schema != nil && s.Schema.Format == "int64" {
		text = "value must be an integer of 64 bits" // kin-openapi's own words name its limits
	}
	return &Violation{In: in, Field: short(strings.Join(s.JSONPointer(), ".")), Rule: s.SchemaField, Text: text, Expected: expectedBy(s)}
}

// maxText bounds what is said of a violation, in bytes: a client may have sent
// a member with a name of a megabyte.
const maxText = 200

func short(s string) string {
	if len(s) <= maxText {
		return s
	}
	return strings.ToValidUTF8(s[:maxText], "") + "..."
}

// first picks, of all errors of a schema, always the same one: missing members
// before wrong ones, then by place.
func first(err error) *openapi3.SchemaError {
	var all []*openapi3.SchemaError
	collect(err, &all)
	if len(all) == 0 {
		return nil
	}
	return slices.MinFunc(all, func(a, b *openapi3.SchemaError) int {
		return cmp.Or(rank(a)-rank(b), slices.Compare(a.JSONPointer(), b.JSONPointer()), cmp.Compare(a.Reason, b.Reason))
	})
}

func rank(s *openapi3.SchemaError) int {
	if s.SchemaField == "required" {
		return 0
	}
	return 1
}

func collect(err error, all *[]*openapi3.SchemaError) {
	var multi openapi3.MultiError
	if errors.As(err, &multi) {
		for _, e := range multi {
			collect(e, all)
		}
		return
	}
	var s *openapi3.SchemaError
	if errors.As(err, &s) {
		if s.Origin != nil { // allOf and the like wrap the error that matters
			n := len(*all)
			if collect(s.Origin, all); len(*all) > n {
				return
			}
		}
		*all = append(*all, s)
	}
}
