package scenarios

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// decoder fills the Go types from a tree by their json tags. What a field may
// hold beyond its type (enum, minimum, maximum) it reads from the jsonschema
// tags, so that the editors' schema and the parser cannot disagree.
type decoder struct {
	problems Problems
	refused  map[*node]bool // the values about which a problem was told
	fields   map[reflect.Type][]field
	guessed  int // pairs of letters compared, see maxGuessing
}

func newDecoder() *decoder {
	return &decoder{refused: map[*node]bool{}, fields: map[reflect.Type][]field{}}
}

func (d *decoder) refuse(n *node, format string, args ...any) {
	d.refused[n] = true
	d.problems.add(n.at, format, args...)
}

// clean tells whether no problem was found in a value or below it.
func (d *decoder) clean(n *node) bool {
	if n == nil || d.refused[n] {
		return false
	}
	for _, e := range n.entries {
		if !d.clean(e.value) {
			return false
		}
	}
	return !slices.ContainsFunc(n.items, func(item *node) bool { return !d.clean(item) })
}

// field is one key of a struct: its tags, read.
type field struct {
	key      string
	index    int
	required bool
	signed   bool // a duration that may be negative
	enum     []string
	min, max *int64
}

func (d *decoder) fieldsOf(t reflect.Type) []field {
	fields, known := d.fields[t]
	if known {
		return fields
	}
	for i := range t.NumField() {
		f := t.Field(i)
		key, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || key == "-" {
			continue
		}
		found := field{key: key, index: i, required: !strings.Contains(options, "omitempty")}
		for rule := range strings.SplitSeq(f.Tag.Get("jsonschema"), ",") {
			name, value, _ := strings.Cut(rule, "=")
			number, _ := strconv.ParseInt(value, 10, 64)
			switch name {
			case "pattern":
				found.signed = strings.HasPrefix(value, "^-?")
			case "enum":
				found.enum = append(found.enum, value)
			case "minimum":
				found.min = &number
			case "maximum":
				found.max = &number
			}
		}
		fields = append(fields, found)
	}
	d.fields[t] = fields
	return fields
}

// decode fills one value. What is its key's name, for messages.
func (d *decoder) decode(n *node, to reflect.Value, what string) {
	if n.kind == null && to.Kind() != reflect.Interface {
		d.refuse(n, "%q has no value; write one, or leave the key out", what)
		return
	}
	if d.special(n, to, what) {
		return
	}
	switch to.Kind() {
	case reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		d.decode(n, to.Elem(), what)
	case reflect.Struct:
		d.object(n, to, what)
	case reflect.Slice:
		d.list(n, to, what)
	case reflect.Map:
		d.dictionary(n, to, what)
	case reflect.Interface:
		if v := d.anything(n, what); v != nil {
			to.Set(reflect.ValueOf(v))
		}
	case reflect.String:
		if n.kind == number || n.kind == boolean {
			d.refuse(n, "%q must be text; write it in quotes: %q", what, n.scalar)
		} else if d.is(n, text, what) {
			to.SetString(n.scalar)
		}
	case reflect.Bool:
		if d.is(n, boolean, what) {
			to.SetBool(n.value.(bool))
		}
	default:
		d.integer(n, to, what)
	}
}

func (d *decoder) is(n *node, want kind, what string) bool {
	if n.kind == want {
		return true
	}
	d.refuse(n, "%q must be %s, not %s", what, want, n.kind)
	return false
}

func (d *decoder) integer(n *node, to reflect.Value, what string) {
	switch v := n.value.(type) {
	case int:
		to.SetInt(int64(v))
	case int64:
		to.SetInt(v)
	case uint64, float64:
		if f, isFloat := v.(float64); isFloat && f != math.Trunc(f) {
			d.refuse(n, "%q must be a whole number, not %s", what, n.scalar)
		} else {
			d.refuse(n, "%q must be a whole number that fits in 64 bits, without point and exponent, not %s", what, n.scalar)
		}
	default:
		d.refuse(n, "%q must be a whole number, not %s", what, n.kind)
	}
}

func (d *decoder) object(n *node, to reflect.Value, what string) {
	if at := to.FieldByName("At"); at.IsValid() && at.Type() == reflect.TypeFor[Position]() {
		at.Set(reflect.ValueOf(n.at))
	}
	fields := d.fieldsOf(to.Type())
	if n.kind != mapping {
		d.refuse(n, "%s must be a mapping with keys such as %q, not %s", named(what), fields[0].key, n.kind)
		return
	}
	var misspelt []string // known keys that unknown ones seem to mean
	for _, e := range n.entries {
		i := slices.IndexFunc(fields, func(f field) bool { return f.key == e.key })
		switch {
		case i >= 0:
			d.field(e, to.Field(fields[i].index), fields[i])
		default:
			d.refused[n] = true
			meant := d.nearest(e.key, keysOf(fields))
			misspelt = append(misspelt, meant)
			d.problems.add(e.at, "unknown key %q%s", e.key, hint(meant, keysOf(fields)))
		}
	}
	for _, f := range fields {
		if f.required && n.get(f.key) == nil && !slices.Contains(misspelt, f.key) {
			d.missing(n, f, what)
		}
	}
}

func (d *decoder) field(e entry, to reflect.Value, f field) {
	if offset, isDuration := to.Addr().Interface().(*time.Duration); isDuration && f.signed && e.value.kind != null {
		scalar(d, e.value, offset, e.key, parseOffset)
		return
	}
	d.decode(e.value, to, e.key)
	d.rules(e.value, to, f)
}

func (d *decoder) missing(n *node, f field, what string) {
	hint := ""
	if len(f.enum) == 1 {
		hint = fmt.Sprintf("; write %s: %s", f.key, f.enum[0])
	} else if len(f.enum) > 1 {
		hint = "; one of " + strings.Join(f.enum, ", ")
	}
	d.refuse(n, "%s needs %q%s", named(what), f.key, hint)
}

func named(what string) string {
	if what == "" {
		return "the scenario"
	}
	return strconv.Quote(what)
}

func keysOf(fields []field) []string {
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = f.key
	}
	return keys
}

// rules holds a decoded value to its field's enum, minimum and maximum.
func (d *decoder) rules(n *node, v reflect.Value, f field) {
	if d.refused[n] || n.kind != text && n.kind != number {
		return
	}
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if len(f.enum) > 0 && !slices.Contains(f.enum, n.scalar) {
		if len(f.enum) == 1 {
			d.refuse(n, "%q must be %s, not %s", f.key, f.enum[0], n.scalar)
		} else {
			d.refuse(n, "%q cannot be %q%s", f.key, n.scalar, d.didYouMean(n.scalar, f.enum))
		}
		v.SetZero() // nothing more is concluded from it
	}
	if v.CanInt() && f.min != nil && v.Int() < *f.min {
		d.refuse(n, "%q must be at least %d, not %s", f.key, *f.min, n.scalar)
	}
	if v.CanInt() && f.max != nil && v.Int() > *f.max {
		d.refuse(n, "%q must be at most %d, not %s", f.key, *f.max, n.scalar)
	}
}

// list fills a slice, never leaving it nil: an empty list is something else
// than a key left out.
func (d *decoder) list(n *node, to reflect.Value, what string) {
	to.Set(reflect.MakeSlice(to.Type(), 0, len(n.items)))
	if n.kind != list {
		d.refuse(n, "%q must be a list, not %s; for one entry write [...] around it", what, n.kind)
		return
	}
	to.Set(reflect.MakeSlice(to.Type(), len(n.items), len(n.items)))
	for i, item := range n.items {
		d.decode(item, to.Index(i), fmt.Sprintf("%s[%d]", what, i))
	}
}

func (d *decoder) dictionary(n *node, to reflect.Value, what string) {
	to.Set(reflect.MakeMap(to.Type()))
	if !d.is(n, mapping, what) {
		return
	}
	for _, e := range n.entries {
		v := reflect.New(to.Type().Elem()).Elem()
		d.decode(e.value, v, e.key)
		to.SetMapIndex(reflect.ValueOf(e.key), v)
	}
}

// anything turns a value into what encoding/json would make of it, but keeps
// whole numbers as int.
func (d *decoder) anything(n *node, what string) any {
	switch n.kind {
	case mapping:
		m := make(map[string]any, len(n.entries))
		for _, e := range n.entries {
			m[e.key] = d.anything(e.value, e.key)
		}
		return m
	case list:
		items := make([]any, len(n.items))
		for i, item := range n.items {
			items[i] = d.anything(item, what)
		}
		return items
	}
	switch v := n.value.(type) {
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			d.refuse(n, "%q cannot be %s: JSON has no such number", what, n.scalar)
		}
	case int64:
		return float64(v) // only where int has 32 bits
	case uint64:
		return float64(v)
	}
	return n.value
}
