package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// Entry is one task at one instant.
type Entry = tenant.Entry

// Document is a task's document with what the scenario sets: fields by their
// wire name replace the computed ones, in their place; others follow. A state's
// fields win over the task's; those that this vendor lacks are left out, since
// a lifecycle may serve several vendors.
func (c *Call) Document(doc any, e Entry) any {
	if len(e.Spec.Set) == 0 && len(e.Snapshot.Set) == 0 {
		return doc
	}
	set := map[string]any{}
	for _, from := range []map[string]any{e.Spec.Set, e.Snapshot.Set} {
		for name, value := range from {
			if c.spec.HasField(name) {
				set[name] = value
			}
		}
	}
	return document{doc, set}
}

// Set is what the scenario sets a field of a task's document to.
func Set(e Entry, name string) (any, bool) {
	if v, ok := e.Snapshot.Set[name]; ok {
		return v, true
	}
	v, ok := e.Spec.Set[name]
	return v, ok
}

// SetString is Set for a text, or otherwise where it is not set.
func SetString(e Entry, name, otherwise string) string {
	if v, ok := Set(e, name); ok {
		if s, ok := v.(string); ok {
			return s
		}
	}
	return otherwise
}

type document struct {
	doc any
	set map[string]any
}

func (d document) MarshalJSON() ([]byte, error) {
	plain, err := marshal(d.doc)
	if err != nil || len(d.set) == 0 {
		return plain, err
	}
	return override(plain, d.set)
}

// override replaces top-level members of a JSON object, keeping its order.
func override(plain []byte, set map[string]any) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(plain))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return nil, fmt.Errorf("a task's document is no JSON object")
	}
	var out bytes.Buffer
	out.WriteByte('{')
	member := func(name string, value any) error {
		if out.Len() > 1 {
			out.WriteByte(',')
		}
		key, err := marshal(name)
		if err != nil {
			return err
		}
		data, err := marshal(value)
		if err != nil {
			return err
		}
		out.Write(key)
		out.WriteByte(':')
		out.Write(data)
		return nil
	}
	left := maps.Clone(set)
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var value any = new(json.RawMessage)
		if err := dec.Decode(value); err != nil {
			return nil, err
		}
		if v, ok := set[name.(string)]; ok {
			value = v
			delete(left, name.(string))
		}
		if err := member(name.(string), value); err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		if err := member(name, left[name]); err != nil {
			return nil, err
		}
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// marshal is the one way in which documents become JSON: nothing is escaped
// that need not be.
func marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}
