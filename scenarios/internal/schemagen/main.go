// Command schemagen writes the JSON Schema by which editors help to write
// scenarios. It reads it off the Go types of package scenarios, so it must not
// know any key of the language itself, only the forms that values may take.
// The simulator does not contain it.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"time"

	"github.com/invopop/jsonschema"

	"github.com/vendorsim/vendorsim/scenarios"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: schemagen FILE")
		os.Exit(2)
	}
	data, err := generate()
	if err == nil {
		err = os.WriteFile(os.Args[1], data, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "schemagen:", err)
		os.Exit(1)
	}
}

// generate is the schema as indented JSON.
func generate() ([]byte, error) {
	r := &jsonschema.Reflector{Anonymous: true, ExpandedStruct: true, Mapper: form}
	schema := r.Reflect(&scenarios.Scenario{})
	schema.Title = "vendorsim scenario"
	// These stand behind forms of their own, where the reflector does not find
	// them.
	for name, v := range map[string]any{"State": &scenarios.State{}, "Branch": &scenarios.Branch{}, "Auth": &scenarios.Auth{}} {
		found := r.Reflect(v)
		for definition, s := range found.Definitions {
			schema.Definitions[definition] = s
		}
		found.Version, found.Definitions = "", nil
		schema.Definitions[name] = found
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(schema)
	return out.Bytes(), err
}

const (
	length   = `([0-9]+(\.[0-9]+)?(ms|s|m|h))+`
	percent  = `(100|[0-9]{1,2})`
	instant  = `[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})`
	progress = `^` + percent + `\.\.` + percent + `$`
)

func pattern(p string) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: "^" + p + "$"}
}

func ref(definition string) *jsonschema.Schema {
	return &jsonschema.Schema{Ref: "#/$defs/" + definition}
}

// form is the schema of a type that YAML writes differently from its fields.
func form(t reflect.Type) *jsonschema.Schema {
	switch t {
	case reflect.TypeFor[time.Duration]():
		return pattern(length)
	case reflect.TypeFor[time.Time]():
		return pattern(instant)
	case reflect.TypeFor[scenarios.ClockMode]():
		return pattern(`(real|x[1-9][0-9]*|frozen|skip)`)
	case reflect.TypeFor[scenarios.Moment]():
		return pattern(`(` + percent + `%|` + length + `)`)
	case reflect.TypeFor[scenarios.When]():
		return pattern(`(-?` + length + `|` + instant + `)`)
	case reflect.TypeFor[scenarios.Progress]():
		number := &jsonschema.Schema{Type: "integer", Minimum: "0", Maximum: "100"}
		return oneOf(number, &jsonschema.Schema{Type: "string", Pattern: progress})
	case reflect.TypeFor[scenarios.Duration]():
		percentiles := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(),
			Required: []string{"p50", "p95"}, AdditionalProperties: jsonschema.FalseSchema}
		percentiles.Properties.Set("p50", pattern(length))
		percentiles.Properties.Set("p95", pattern(length))
		return oneOf(pattern(length+`(\.\.`+length+`)?`), percentiles)
	case reflect.TypeFor[scenarios.Span]():
		return pattern(length + `\.\.(` + length + `)?`)
	case reflect.TypeFor[scenarios.Chance]():
		return pattern(percent + `(\.[0-9]{1,2})?%`)
	case reflect.TypeFor[scenarios.Percent]():
		return pattern(`[0-9]{1,2}%`)
	case reflect.TypeFor[scenarios.Surprises]():
		return oneOf(&jsonschema.Schema{Type: "string", Enum: []any{"seed"}}, &jsonschema.Schema{Type: "integer"})
	case reflect.TypeFor[[]scenarios.Auth]():
		return oneOf(ref("Auth"), &jsonschema.Schema{Type: "array", Items: ref("Auth")})
	case reflect.TypeFor[scenarios.Lifecycle]():
		return &jsonschema.Schema{Type: "object", AdditionalProperties: ref("State")}
	case reflect.TypeFor[[]scenarios.Branch]():
		name, one := &jsonschema.Schema{Type: "string"}, uint64(1)
		return oneOf(name, &jsonschema.Schema{Type: "array", MinItems: &one, Items: oneOf(name, ref("Branch"))})
	}
	return nil
}

func oneOf(forms ...*jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{OneOf: forms}
}
