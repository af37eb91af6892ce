package openapi

import (
	"errors"
	"fmt"
	"slices"
	"sort"

	"github.com/getkin/kin-openapi/openapi3"
)

// ErrNoField says that the task document has no such field.
var ErrNoField = errors.New("no such field")

// CheckID tells whether the contract allows a task id.
func (s *Spec) CheckID(id string) error {
	if id == "" || s.Task.id != nil && !s.Task.id.MatchString(id) {
		return fmt.Errorf("id %q does not have the form of a %s task id, %s", id, s.Vendor, s.Task.ID)
	}
	return nil
}

// CheckField holds one "set:" entry to the contract. A computed field is
// refused unless computed is true (a state may set one, a task may not).
func (s *Spec) CheckField(name string, value any, computed bool) error {
	field := s.Task.fields()[name]
	if field == nil {
		return fmt.Errorf("%w: %s tasks have no field %q", ErrNoField, s.Vendor, name)
	}
	if !computed && slices.Contains(s.Task.Computed, name) {
		return fmt.Errorf("field %q is computed from the lifecycle; a task cannot set it", name)
	}
	if err := field.Value.VisitJSON(plain(value), openapi3.MultiErrors(), openapi3.VisitAsResponse()); err != nil {
		return fmt.Errorf("field %q: %s", name, bodyViolation(InBody, err).Text)
	}
	return nil
}

// Fields are the names of the task document's fields, sorted.
func (s *Spec) Fields() []string {
	fields := s.Task.fields()
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// plain turns YAML's numbers into JSON's, all the way down.
func plain(v any) any {
	if n, ok := Number(v); ok {
		return n
	}
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = plain(v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k := range v {
			out[k] = plain(v[k])
		}
		return out
	}
	return v
}

// HasField tells whether the task document has a field.
func (s *Spec) HasField(name string) bool { return s.Task.fields()[name] != nil }
