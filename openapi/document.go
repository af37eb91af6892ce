package openapi

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// document is the text of a JSON document that is looked through without being
// decoded. What stands at a place is one value; each method that reads it answers
// the place after it and whether that was surely JSON. It knows less than
// encoding/json and refuses what it does not know: then that decides.
type document struct {
	text  string
	depth int  // of the value that is being read
	bound bool // a bound member was there, and is in order
}

// maxDepth is how deep values may stand in one another: far less than what
// encoding/json allows, and more than any document of ours has.
const maxDepth = 64

// maxNames is how many members of one object are compared with one another.
const maxNames = 64

// space is the next place that is no white space.
func (d *document) space(at int) int {
	for at < len(d.text) {
		switch d.text[at] {
		case ' ', '\n', '\t', '\r':
			at++
		default:
			return at
		}
	}
	return at
}

// is tells whether a byte stands at a place.
func (d *document) is(at int, c byte) bool { return at < len(d.text) && d.text[at] == c }

// special are the bytes that mean something within a string.
var special = func() (set [256]bool) {
	for c := range set {
		set[c] = c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf
	}
	return set
}()

// string reads a string. It is plain if what stands between the quotes is its
// value: no escapes, and all of it UTF-8.
func (d *document) string(at int) (next int, plain, ok bool) {
	text, start := d.text, at+1
	ascii, escaped := true, false
	for at = start; at < len(text); at++ {
		c := text[at]
		switch {
		case !special[c]:
		case c == '"':
			plain = !escaped && (ascii || utf8.ValidString(text[start:at]))
			return at + 1, plain, true
		case c == '\\':
			if escaped, ok = true, d.escape(at+1); !ok {
				return at, false, false
			}
			at++ // the digits after a u read as text
		case c < ' ':
			return at, false, false
		default:
			ascii = false
		}
	}
	return at, false, false
}

// escape tells whether what follows a backslash is an escape of JSON.
func (d *document) escape(at int) bool {
	if at >= len(d.text) {
		return false
	}
	if d.text[at] != 'u' {
		return strings.IndexByte(`"\/bfnrt`, d.text[at]) >= 0
	}
	if at+5 > len(d.text) {
		return false
	}
	for _, c := range []byte(d.text[at+1 : at+5]) {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F') {
			return false
		}
	}
	return true
}

// decoded is the value of a string that is not plain, from quote to quote, as
// kin-openapi would be given it.
func decoded(quoted string) (string, bool) {
	var s string
	err := json.Unmarshal([]byte(quoted), &s)
	return s, err == nil
}

// member reads the name of a member up to its value. A name that is not plain is
// refused.
func (d *document) member(at int) (name string, next int, ok bool) {
	if !d.is(at, '"') {
		return "", at, false
	}
	next, plain, ok := d.string(at)
	if !ok || !plain {
		return "", at, false
	}
	name = d.text[at+1 : next-1]
	if next = d.space(next); !d.is(next, ':') {
		return "", at, false
	}
	return name, d.space(next + 1), true
}

// more tells, after a part of a list or an object, whether another follows, and
// where that or the end is.
func (d *document) more(at int, end byte) (next int, more, ok bool) {
	at = d.space(at)
	switch {
	case d.is(at, ','):
		return d.space(at + 1), true, true
	case d.is(at, end):
		return at + 1, false, true
	}
	return at, false, false
}

// word reads null, true or false.
func (d *document) word(at int, word string) (int, bool) {
	return at + len(word), strings.HasPrefix(d.text[at:], word)
}

// number reads a number. Simple ones are whole, have few digits and no exponent;
// n is the value of such a one.
func (d *document) number(at int) (next int, n float64, simple, ok bool) {
	start := at
	if d.is(at, '-') {
		at++
	}
	first, whole := at, int64(0)
	for at < len(d.text) && d.text[at]-'0' <= 9 {
		whole = whole*10 + int64(d.text[at]-'0') // it may overflow: then it is not simple
		at++
	}
	if at == first || d.text[first] == '0' && at > first+1 {
		return at, 0, false, false
	}
	simple = at-first <= 15
	if d.is(at, '.') {
		simple = false
		if at, ok = d.digits(at + 1); !ok {
			return at, 0, false, false
		}
	}
	if d.is(at, 'e') || d.is(at, 'E') {
		simple = false
		if at++; d.is(at, '+') || d.is(at, '-') {
			at++
		}
		if at, ok = d.digits(at); !ok {
			return at, 0, false, false
		}
	}
	n = float64(whole)
	if start != first {
		n = -n
	}
	return at, n, simple, true
}

func (d *document) digits(at int) (next int, ok bool) {
	first := at
	for at < len(d.text) && d.text[at]-'0' <= 9 {
		at++
	}
	return at, at > first
}

// skip reads a value, whatever it is.
func (d *document) skip(at int) (int, bool) { return d.walk(at, false) }

// distinct tells whether surely no object in a value has a name twice.
func (d *document) distinct(at int) bool {
	_, ok := d.walk(at, true)
	return ok
}

func (d *document) walk(at int, distinct bool) (next int, ok bool) {
	if at >= len(d.text) || d.depth >= maxDepth {
		return at, false
	}
	switch c := d.text[at]; c {
	case '"':
		next, _, ok = d.string(at)
		return next, ok
	case '{', '[':
		d.depth++
		if c == '{' && distinct {
			next, ok = d.walkDistinct(at + 1)
		} else if c == '{' {
			next, ok = d.walkObject(at+1, nil)
		} else {
			next, ok = d.walkList(at+1, distinct)
		}
		d.depth--
		return next, ok
	case 'n':
		return d.word(at, "null")
	case 't':
		return d.word(at, "true")
	case 'f':
		return d.word(at, "false")
	}
	next, n, simple, ok := d.number(at)
	if ok && !simple {
		_, ok = float(d.text[at:next], n, simple) // encoding/json refuses one that is too great
	}
	return next, ok
}

// walkDistinct has room for the names, which is not cleared where nobody asks.
func (d *document) walkDistinct(at int) (next int, ok bool) {
	var names [maxNames]string
	return d.walkObject(at, names[:0])
}

// walkObject reads the members of an object. They are to be distinct where names
// is not nil.
func (d *document) walkObject(at int, names []string) (next int, ok bool) {
	if at = d.space(at); d.is(at, '}') {
		return at + 1, true
	}
	for more := true; more; {
		var name string
		if name, at, ok = d.member(at); !ok {
			return at, false
		}
		if names != nil {
			if len(names) == maxNames || slices.Contains(names, name) {
				return at, false
			}
			names = append(names, name)
		}
		if at, ok = d.walk(at, names != nil); !ok {
			return at, false
		}
		if at, more, ok = d.more(at, '}'); !ok {
			return at, false
		}
	}
	return at, true
}

func (d *document) walkList(at int, distinct bool) (next int, ok bool) {
	if at = d.space(at); d.is(at, ']') {
		return at + 1, true
	}
	for more := true; more; {
		if at, ok = d.walk(at, distinct); !ok {
			return at, false
		}
		if at, more, ok = d.more(at, ']'); !ok {
			return at, false
		}
	}
	return at, true
}

// last tells whether a member, whose value stands at a place, is surely the last
// of its name in its object: encoding/json takes that, whatever stood before.
func (d *document) last(name string, at int) bool {
	at, ok := d.skip(at)
	for more := true; ok; {
		if at, more, ok = d.more(at, '}'); !ok || !more {
			return ok
		}
		var other string
		if other, at, ok = d.member(at); !ok || other == name {
			return false
		}
		at, ok = d.skip(at)
	}
	return false
}

// find is where the value of a member of the object at the top stands, or -1
// where there is none. ok tells that this is sure. Of several of this name it is
// the last, as for encoding/json.
func (d *document) find(name string) (found int, ok bool) {
	found = -1
	at := d.space(0)
	if !d.is(at, '{') {
		return found, false
	}
	if at = d.space(at + 1); d.is(at, '}') {
		return found, true
	}
	for more := true; more; {
		var this string
		if this, at, ok = d.member(at); !ok {
			return found, false
		}
		if this == name {
			found = at
		}
		if at, ok = d.skip(at); !ok {
			return found, false
		}
		if at, more, ok = d.more(at, '}'); !ok {
			return found, false
		}
	}
	return found, true
}
