package openapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// expectedBy says in words what the rule asks for that a value broke; "" where
// the rule has no words, as one that puts several schemas together.
func expectedBy(e *openapi3.SchemaError) string {
	s := e.Schema
	if s == nil {
		return ""
	}
	switch e.SchemaField {
	case "required":
		at := e.JSONPointer()
		if len(at) == 0 || s.Properties[at[len(at)-1]] == nil {
			return ""
		}
		return expectedAs(s.Properties[at[len(at)-1]].Value)
	case "enum":
		return oneOf(s.Enum)
	case "type", "nullable":
		return expectedAs(s)
	case "format":
		return formatWords(s.Format)
	case "pattern":
		if s.Description != "" {
			return short(s.Description)
		}
		return "a text that matches " + short(s.Pattern)
	case "additionalProperties", "properties":
		return "one of " + strings.Join(slices.Sorted(maps.Keys(s.Properties)), ", ")
	}
	return boundWords(e.SchemaField, s)
}

// expectedAs says what a value of a schema is: its values where it lists them,
// else its type.
func expectedAs(s *openapi3.Schema) string {
	switch {
	case len(s.Enum) > 0:
		return oneOf(s.Enum)
	case s.Format == "date-time" || s.Format == "date":
		return formatWords(s.Format)
	}
	var types []string
	for _, t := range s.Type.Slice() {
		types = append(types, article(t))
	}
	return strings.Join(types, " or ")
}

// article puts "a" or "an" before a noun.
func article(noun string) string {
	if noun != "" && strings.ContainsRune("aeio", rune(noun[0])) { // not "a UUID"
		return "an " + noun
	}
	return "a " + noun
}

// maxListed is how many values of an enum are told.
const maxListed = 12

func oneOf(values []any) string {
	var words []string
	for i, v := range values {
		if i == maxListed {
			words = append(words, fmt.Sprintf("%d more", len(values)-maxListed))
			break
		}
		word, err := json.Marshal(v)
		if err != nil {
			return ""
		}
		words = append(words, string(word))
	}
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

func formatWords(format string) string {
	switch format {
	case "date-time":
		return "a date and time such as 2026-01-15T09:00:00Z"
	case "date":
		return "a date such as 2026-01-15"
	case "int64", "int32":
		return "an integer of " + strings.TrimPrefix(format, "int") + " bits"
	}
	return article(format)
}

func boundWords(rule string, s *openapi3.Schema) string {
	number := func(words string, bound *float64) string {
		if bound == nil {
			return ""
		}
		return words + " " + strconv.FormatFloat(*bound, 'f', -1, 64)
	}
	most := func(bound *uint64, of string) string {
		if bound == nil {
			return ""
		}
		return "at most " + count(*bound, of)
	}
	switch rule {
	case "minimum":
		return number("at least", s.Min)
	case "maximum":
		return number("at most", s.Max)
	case "exclusiveMinimum":
		return number("more than", s.Min)
	case "exclusiveMaximum":
		return number("less than", s.Max)
	case "multipleOf":
		return number("a multiple of", s.MultipleOf)
	case "minLength":
		return "at least " + count(s.MinLength, "character")
	case "maxLength":
		return most(s.MaxLength, "character")
	case "minItems":
		return "at least " + count(s.MinItems, "item")
	case "maxItems":
		return most(s.MaxItems, "item")
	case "uniqueItems":
		return "no item twice"
	case "minProperties":
		return "at least " + count(s.MinProps, "member")
	case "maxProperties":
		return most(s.MaxProps, "member")
	}
	return ""
}

func count(n uint64, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}
