package openapi

import (
	"math"
	"slices"
	"strconv"
	"unicode/utf8"
)

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
			m := &c.others
			if i := c.named(name, hint); i >= 0 {
				if seen&(1<<i) != 0 {
					return at, unsure
				}
				seen |= 1 << i
				m, hint = &c.members[i], i+1
			} else {
				unnamed++
			}
			if at, v = m.value(d, value); v != inOrder {
				if v == broken && !m.closed && !d.last(name, value) {
					v = unsure
				}
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
	return at, sure(seen&c.required == c.required && n >= c.minMembers && (c.maxMembers < 0 || n <= c.maxMembers) &&
		(c.presence == nil || c.presence.holds(seen)))
}

// value looks at the value of a member.
func (m *member) value(d *document, at int) (next int, v verdict) {
	switch {
	case m.closed:
		return at, broken
	case m.check == nil:
		next, v = skipped(d.skip(at))
	default:
		next, v = m.check.check(d, at)
	}
	if m.bound == nil || v != inOrder || d.is(at, 'n') {
		return next, v
	}
	if _, v = m.bound.check(d, at); v != inOrder {
		return at, unsure
	}
	d.bound = true
	return next, inOrder
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
