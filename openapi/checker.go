package openapi

import (
	"math"
	"slices"
	"strconv"
	"unicode/utf8"
	"unsafe"

	"github.com/getkin/kin-openapi/openapi3"
)

// verdict is what a checker says of a value.
type verdict int8

const (
	unsure  verdict = iota // kin-openapi has to decide
	broken                 // kin-openapi finds a violation, if the document is JSON in which no name stands twice
	inOrder                // kin-openapi finds none
)

// kind is a set of the types of JSON, but for null.
type kind uint8

const (
	isObject kind = 1 << iota
	isList
	isText
	isNumber
	isBool
)

// checker is a schema made ready to look through the text of a document, in one
// pass and without decoding it, for the one question that is asked of every
// answer: is it in order? Where it is not sure, kin-openapi decides, and words
// what is wrong. So it may know less than kin-openapi, but must never be content
// where that is not. compile makes one; it never changes.
type checker struct {
	unknown  bool // the schema says something that is not known here: never sure
	anything bool // the schema says nothing: kin-openapi takes all but null
	nullable bool
	kinds    kind
	not      *checker
	oneOf    []*checker
	anyOf    []*checker
	enum     *enum

	integer  bool
	min, max float64

	limited              bool // any of the rules of a text
	minLength, maxLength int
	pattern              interface{ MatchString(string) bool }
	format               openapi3.StringFormatValidator

	items              *checker // nil: anything, also null
	minItems, maxItems int

	members                []member
	required               uint64   // a bit for each of members
	others                 *checker // of members that are not named; nil: anything
	closed                 bool     // there may be none of those
	minMembers, maxMembers int
	counted                bool // these two say something
}

// member is a member that a schema names.
type member struct {
	name   string
	check  *checker // nil: anything
	closed bool     // it is required, and may not be there
}

// enum are the values that a schema allows.
type enum struct {
	texts   []string
	numbers []float64
	bools   []bool
}

// passes tells whether a text is one JSON document that is surely in order.
func (c *checker) passes(text string) bool {
	d := document{text: text}
	next, v := c.check(&d, d.space(0))
	return v == inOrder && d.space(next) == len(text)
}

// passesAt is passes for a value within a document that was read before.
func (c *checker) passesAt(d *document, at int) bool {
	_, v := c.check(d, at)
	return v == inOrder
}

// view is the text of bytes that nobody changes meanwhile; they are not copied.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// check looks at the value at a place. The place after it means something only
// where the value is in order.
func (c *checker) check(d *document, at int) (next int, v verdict) {
	if c.unknown || at >= len(d.text) || d.depth >= maxDepth {
		return at, unsure
	}
	first := d.text[at]
	if first == 'n' {
		return c.null(d, at)
	}
	if c.anything {
		return skipped(d.skip(at))
	}
	if c.not != nil || c.oneOf != nil || c.anyOf != nil {
		d.depth++ // a schema may be made of itself
		v = c.combined(d, at)
		d.depth--
		if v != inOrder {
			return at, v
		}
	}
	switch first {
	case '"':
		return c.text(d, at)
	case '{', '[':
		d.depth++
		if first == '{' {
			next, v = c.object(d, at)
		} else {
			next, v = c.list(d, at)
		}
		d.depth--
		return next, v
	case 't', 'f':
		return c.bool(d, at)
	}
	return c.number(d, at)
}

func skipped(next int, ok bool) (int, verdict) {
	if !ok {
		return next, unsure
	}
	return next, inOrder
}

// sure is the verdict of a rule.
func sure(holds bool) verdict {
	if holds {
		return inOrder
	}
	return broken
}

// null looks at a null. Beside nullable only what a schema is made of can allow
// it, and then the rest of the schema is not asked.
func (c *checker) null(d *document, at int) (int, verdict) {
	next, ok := d.word(at, "null")
	switch {
	case !ok:
		return at, unsure
	case c.nullable:
		return next, inOrder
	case c.oneOf == nil && c.anyOf == nil:
		return next, broken
	}
	d.depth++
	v := c.combined(d, at)
	d.depth--
	return next, v
}

// combined asks the schemas of which a schema is made. What one of them takes
// for broken counts only if no name stands twice.
func (c *checker) combined(d *document, at int) verdict {
	if (c.not != nil || c.oneOf != nil) && !d.distinct(at) {
		return unsure
	}
	if c.not != nil {
		switch _, v := c.not.check(d, at); v {
		case unsure:
			return unsure
		case inOrder:
			return broken
		}
	}
	if c.oneOf != nil {
		matches := 0
		for _, one := range c.oneOf {
			_, v := one.check(d, at)
			if v == unsure {
				return unsure
			}
			if v == inOrder {
				matches++
			}
		}
		if matches != 1 {
			return broken
		}
	}
	if c.anyOf == nil {
		return inOrder
	}
	for _, one := range c.anyOf {
		if _, v := one.check(d, at); v != broken {
			return v
		}
	}
	return broken
}

func (c *checker) bool(d *document, at int) (next int, v verdict) {
	value, word := d.text[at] == 't', "false"
	if value {
		word = "true"
	}
	next, ok := d.word(at, word)
	if !ok {
		return at, unsure
	}
	return next, sure(c.boolHolds(value))
}

func (c *checker) boolHolds(value bool) bool {
	return c.kinds&isBool != 0 && (c.enum == nil || slices.Contains(c.enum.bools, value))
}

func (c *checker) number(d *document, at int) (next int, v verdict) {
	next, n, simple, ok := d.number(at)
	if !ok {
		return at, unsure
	}
	if n, ok = float(d.text[at:next], n, simple); !ok {
		return at, unsure
	}
	return next, sure(c.numberHolds(n))
}

// float is the value of a number: n if it is simple.
func float(text string, n float64, simple bool) (float64, bool) {
	if simple {
		return n, true
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}

func (c *checker) numberHolds(n float64) bool {
	return c.kinds&isNumber != 0 && n >= c.min && n <= c.max &&
		(!c.integer || n == math.Trunc(n)) &&
		(c.enum == nil || slices.Contains(c.enum.numbers, n))
}

func (c *checker) text(d *document, at int) (next int, v verdict) {
	next, plain, ok := d.string(at)
	switch {
	case !ok:
		return at, unsure
	case c.kinds&isText == 0:
		return next, broken
	case !c.limited:
		return next, inOrder
	}
	value := d.text[at+1 : next-1]
	if !plain {
		if value, ok = decoded(d.text[at:next]); !ok {
			return at, unsure
		}
	}
	return next, sure(c.textHolds(value))
}

// textHolds tells whether the rules of a text hold for a value.
func (c *checker) textHolds(value string) bool {
	switch {
	case c.kinds&isText == 0:
		return false
	case !c.limited:
		return true
	case c.enum != nil && !slices.Contains(c.enum.texts, value):
		return false
	case c.minLength > 0 || c.maxLength >= 0:
		if n := utf8.RuneCountInString(value); n < c.minLength || c.maxLength >= 0 && n > c.maxLength {
			return false
		}
	}
	return (c.pattern == nil || c.pattern.MatchString(value)) && (c.format == nil || c.format.Validate(value) == nil)
}

func (c *checker) list(d *document, at int) (next int, v verdict) {
	if c.kinds&isList == 0 || c.enum != nil {
		return at, broken
	}
	n := 0
	if at = d.space(at + 1); d.is(at, ']') {
		at++
	} else {
		for more := true; more; n++ {
			if at, v = c.items.orAnything(d, at); v != inOrder {
				return at, v
			}
			var ok bool
			if at, more, ok = d.more(at, ']'); !ok {
				return at, unsure
			}
		}
	}
	return at, sure(n >= c.minItems && (c.maxItems < 0 || n <= c.maxItems))
}

// orAnything is check, where no schema is one that takes anything.
func (c *checker) orAnything(d *document, at int) (int, verdict) {
	if c == nil {
		return skipped(d.skip(at))
	}
	return c.check(d, at)
}

func (c *checker) object(d *document, at int) (next int, v verdict) {
	if c.kinds&isObject == 0 || c.enum != nil {
		return at, broken
	}
	start, n, unnamed, hint := at, 0, 0, 0
	var seen uint64
	if at = d.space(at + 1); d.is(at, '}') {
		at++
	} else {
		for more := true; more; n++ {
			name, value, ok := d.member(at)
			if !ok {
				return at, unsure
			}
			check, closed := c.others, c.closed
			if i := c.named(name, hint); i >= 0 {
				if seen&(1<<i) != 0 {
					return at, unsure
				}
				seen |= 1 << i
				check, closed, hint = c.members[i].check, c.members[i].closed, i+1
			} else {
				unnamed++
			}
			if closed {
				return at, broken
			}
			if at, v = check.orAnything(d, value); v != inOrder {
				return at, v
			}
			if at, more, ok = d.more(at, '}'); !ok {
				return at, unsure
			}
		}
	}
	if c.counted && unnamed > 1 && !d.distinct(start) {
		return at, unsure // several of one name count once
	}
	return at, sure(seen&c.required == c.required && n >= c.minMembers && (c.maxMembers < 0 || n <= c.maxMembers))
}

// named is the number of a member that the schema names, or -1. Members mostly
// come in one order, so it looks from hint on.
func (c *checker) named(name string, hint int) int {
	for i := hint; i < len(c.members); i++ {
		if c.members[i].name == name {
			return i
		}
	}
	for i := range min(hint, len(c.members)) {
		if c.members[i].name == name {
			return i
		}
	}
	return -1
}
