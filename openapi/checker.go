package openapi

import (
	"math"
	"unsafe"

	"github.com/getkin/kin-openapi/openapi3"
)

// verdict is what a checker says of a value.
type verdict int8

const (
	unsure  verdict = iota // kin-openapi has to decide
	broken                 // kin-openapi finds a violation, if the document is JSON
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
	pure     bool // it has oneOf or anyOf, and no rules of its own
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
	required               uint64 // a bit for each of members
	others                 member // any that is not named
	minMembers, maxMembers int
	counted                bool // these two say something
	presence               *presence
}

// member is a member that a schema names.
type member struct {
	name   string
	check  *checker // nil: anything
	closed bool     // it may not be there
	bound  *checker // it is held to this too, unless it is null: see bind
}

// enum are the values that a schema allows.
type enum struct {
	texts   []string
	numbers []float64
	bools   []bool
}

// passes tells whether a text is one JSON document that is surely in order.
func (c *checker) passes(text string) bool {
	passes, _ := c.passesBound(text)
	return passes
}

// passesBound is passes of a checker that bind made, and whether the member was
// there and held to what it was bound to.
func (c *checker) passesBound(text string) (passes, bound bool) {
	d := document{text: text}
	next, v := c.check(&d, d.space(0))
	return v == inOrder && d.space(next) == len(text), d.bound
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
		next, v = c.combined(d, at)
		if d.depth--; v != inOrder || c.pure {
			return next, v
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
	_, v := c.combined(d, at)
	d.depth--
	return next, v
}

// combined asks the schemas of which a schema is made. The place after the value
// is that of one that holds.
func (c *checker) combined(d *document, at int) (next int, v verdict) {
	if c.not != nil {
		switch _, v = c.not.check(d, at); v {
		case unsure:
			return at, unsure
		case inOrder:
			return at, broken
		}
	}
	if c.oneOf != nil {
		matches := 0
		for _, one := range c.oneOf {
			if !one.mayBe(d.text[at]) {
				continue
			}
			end, v := one.alternative(d, at)
			if v == unsure {
				return at, unsure
			}
			if v == inOrder {
				matches++
				next = end
			}
		}
		if matches != 1 {
			return at, broken
		}
	}
	if c.anyOf == nil {
		return next, inOrder
	}
	for _, one := range c.anyOf {
		if next, v = one.alternative(d, at); v != broken {
			return next, v
		}
	}
	return at, broken
}

// alternative is check of one of several. What one that does not hold has bound
// is not.
func (c *checker) alternative(d *document, at int) (next int, v verdict) {
	before := d.bound
	if next, v = c.check(d, at); v != inOrder {
		d.bound = before
	}
	return next, v
}

// bare tells whether a schema has no rule but what it is made of.
func (c *checker) bare() bool {
	return c.kinds == isObject|isList|isText|isNumber|isBool && c.enum == nil && !c.limited && c.not == nil && !c.counted &&
		math.IsInf(c.min, -1) && math.IsInf(c.max, 1) && c.items == nil && c.minItems == 0 && c.maxItems < 0 &&
		len(c.members) == 0 && c.others == member{}
}

// mayBe tells whether a value that begins so may be of a kind that the schema
// allows: what is not need not be read once more.
func (c *checker) mayBe(first byte) bool {
	switch {
	case c.unknown || c.anything || c.nullable || first == 'n':
		return true
	case first == '"':
		return c.kinds&isText != 0
	case first == '{':
		return c.kinds&isObject != 0
	case first == '[':
		return c.kinds&isList != 0
	case first == 't' || first == 'f':
		return c.kinds&isBool != 0
	}
	return c.kinds&isNumber != 0
}
