package openapi

import (
	"fmt"
	"slices"
	"strings"
)

// The kinds of surprise.
const (
	SurpriseField      = "field"       // one more member
	SurpriseValue      = "value"       // another value
	SurpriseOrder      = "order"       // a list in another order
	SurprisePages      = "pages"       // smaller pages
	SurpriseHeaderCase = "header-case" // names of the header in small letters
	SurpriseRetryDate  = "retry-date"  // Retry-After as an HTTP date
	SurpriseIDs        = "ids"         // longer ids, where the vendor makes them
)

// surpriseTakes are the kinds with what each takes beside name, on and text.
var surpriseTakes = map[string]struct{ at, field, values bool }{
	SurpriseField:      {field: true}, // at "" is the answer itself
	SurpriseValue:      {at: true, values: true},
	SurpriseOrder:      {}, // likewise
	SurprisePages:      {},
	SurpriseHeaderCase: {},
	SurpriseRetryDate:  {},
	SurpriseIDs:        {},
}

// Surprise is what the vendor may do at any time, and what clients wrongly rule
// out: a scenario's "surprises:" makes it happen.
type Surprise struct {
	Name     string   `json:"name"`
	Kind     string   `json:"kind"`
	On       []string `json:"on,omitempty"`     // names of operations; none: all
	At       string   `json:"at,omitempty"`     // a path of members of the answer
	Field    string   `json:"field,omitempty"`  // kind field: the member's name
	Value    any      `json:"value,omitempty"`  // kind field: its value
	Values   []any    `json:"values,omitempty"` // kind value: one of them
	Text     string   `json:"text"`
	Evidence Evidence `json:"x-evidence"`
}

// For tells whether the surprise may happen at an operation.
func (u *Surprise) For(operation string) bool {
	return len(u.On) == 0 || slices.Contains(u.On, operation)
}

func (u *Surprise) check() error {
	takes, known := surpriseTakes[u.Kind]
	switch {
	case u.Name == "" || u.Text == "":
		return fmt.Errorf("needs a name and a text")
	case !known:
		return fmt.Errorf("unknown kind %q", u.Kind)
	case takes.at && u.At == "":
		return fmt.Errorf("kind %s needs at", u.Kind)
	case u.At != "" && u.Kind != SurpriseField && u.Kind != SurpriseValue && u.Kind != SurpriseOrder:
		return fmt.Errorf("kind %s takes no at", u.Kind)
	case takes.field != (u.Field != "") || takes.field != (u.Value != nil):
		return fmt.Errorf("field and value go with kind %s, and only with it", SurpriseField)
	case takes.values != (len(u.Values) > 0):
		return fmt.Errorf("values go with kind %s, and only with it", SurpriseValue)
	}
	return u.Evidence.check()
}

// checkSurprises holds the surprises to their own rules, and to the operations
// that there are.
func (s *Spec) checkSurprises() error {
	seen := map[string]bool{}
	for i := range s.Surprises {
		u := &s.Surprises[i]
		if err := u.check(); err != nil {
			return fmt.Errorf("surprise %q: %w", u.Name, err)
		}
		if seen[u.Name] {
			return fmt.Errorf("surprise %q: twice", u.Name)
		}
		seen[u.Name] = true
		for _, name := range u.On {
			if !s.has(name) {
				return fmt.Errorf("surprise %q: no operation %q", u.Name, name)
			}
		}
	}
	return nil
}

func (s *Spec) has(operation string) bool {
	return slices.ContainsFunc(s.Operations, func(o *Operation) bool {
		return slices.ContainsFunc(o.Leaves(), func(leaf *Operation) bool { return leaf.Name == operation })
	})
}

// Path are the members of At.
func (u *Surprise) Path() []string {
	if u.At == "" {
		return nil
	}
	return strings.Split(u.At, ".")
}
