package openapi

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Option is a switch of one vendor, chosen by a scenario's "options:".
type Option struct {
	Name     string   `json:"name"`
	Default  any      `json:"default"` // string, bool or float64; its type is the option's
	Values   []string `json:"values,omitempty"`
	Pattern  string   `json:"pattern,omitempty"`
	Minimum  *float64 `json:"minimum,omitempty"`
	Maximum  *float64 `json:"maximum,omitempty"`
	Text     string   `json:"text"`
	Evidence Evidence `json:"x-evidence"`
}

func (o Option) check() error {
	if o.Name == "" || o.Text == "" {
		return fmt.Errorf("option %q: needs a name and a text", o.Name)
	}
	if _, err := regexp.Compile(o.Pattern); err != nil {
		return fmt.Errorf("option %s: %w", o.Name, err)
	}
	if err := o.Check(o.Default); err != nil {
		return fmt.Errorf("default: %w", err)
	}
	if err := o.Evidence.check(); err != nil {
		return fmt.Errorf("option %s: %w", o.Name, err)
	}
	return nil
}

// Check tells whether a value is one that the option can have.
func (o Option) Check(value any) error {
	switch want := o.Default.(type) {
	case bool:
		if _, ok := value.(bool); !ok {
			return fmt.Errorf("option %s is true or false, not %v", o.Name, value)
		}
	case string:
		return o.checkString(value)
	case float64:
		n, ok := Number(value)
		if !ok || n != float64(int64(n)) || o.Minimum != nil && n < *o.Minimum || o.Maximum != nil && n > *o.Maximum {
			return fmt.Errorf("option %s is %s, not %v", o.Name, o.span(), value)
		}
	default:
		return fmt.Errorf("option %s: a default of type %T", o.Name, want)
	}
	return nil
}

func (o Option) checkString(value any) error {
	s, ok := value.(string)
	switch {
	case !ok:
		return fmt.Errorf("option %s is a text, not %v", o.Name, value)
	case len(o.Values) > 0 && !slices.Contains(o.Values, s):
		return fmt.Errorf("option %s is one of %s, not %q", o.Name, strings.Join(o.Values, ", "), s)
	case o.Pattern != "" && !regexp.MustCompile(o.Pattern).MatchString(s):
		return fmt.Errorf("option %s has the form %s, not %q", o.Name, o.Pattern, s)
	}
	return nil
}

func (o Option) span() string {
	switch {
	case o.Minimum != nil && o.Maximum != nil:
		return fmt.Sprintf("a whole number from %g to %g", *o.Minimum, *o.Maximum)
	case o.Minimum != nil:
		return fmt.Sprintf("a whole number from %g on", *o.Minimum)
	}
	return "a whole number"
}

// Number is a YAML or JSON number as a float64.
func Number(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case int:
		return float64(n), true
	case int64:
		return float64(n), true
	case uint64:
		return float64(n), true
	}
	return 0, false
}

// CheckOption tells whether an option is declared and can have a value.
func (s *Spec) CheckOption(name string, value any) error {
	o, ok := s.Option(name)
	if !ok {
		names := make([]string, 0, len(s.Options))
		for _, o := range s.Options {
			names = append(names, o.Name)
		}
		return fmt.Errorf("%s has no option %q; it has: %s", s.Vendor, name, strings.Join(names, ", "))
	}
	return o.Check(value)
}
