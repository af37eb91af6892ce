package journal

import (
	"encoding/json"
	"strings"
)

// json redacts a JSON object or array. It works on the text itself, so that
// everything else stays byte for byte: the order of members, the digits of
// numbers, blanks. The text must be valid JSON.
func (r *redactor) json(text string) string {
	c := jsonCopy{redactor: r, in: text}
	c.out.Grow(len(text))
	// A document that is a text alone has no name by which it could be judged.
	c.value(r.strict || strings.IndexAny(strings.TrimSpace(text), "{[") != 0)
	c.out.WriteString(c.in[c.at:])
	return c.out.String()
}

// jsonCopy copies valid JSON from in to out. Since it is valid, every value ends
// where its grammar says and no end of text has to be looked for. It recurses as
// deep as json.Valid lets values nest: 10,000.
type jsonCopy struct {
	*redactor
	in  string
	at  int // what stands before it has been copied
	out strings.Builder
}

// value copies a value; all texts in it are hidden where hideAll is true.
func (c *jsonCopy) value(hideAll bool) {
	c.copyTo(c.skipBlank(c.at))
	switch c.in[c.at] {
	case '{':
		c.members(func() {
			key := c.key()
			c.copyTo(strings.IndexByte(c.in[c.at:], ':') + c.at + 1)
			c.member(key, hideAll)
		})
	case '[':
		c.members(func() { c.value(hideAll) })
	default:
		c.scalar(hideAll)
	}
}

// members copies an object or array: each of its members by a call.
func (c *jsonCopy) members(member func()) {
	c.copyTo(c.skipBlank(c.at + 1))
	for c.in[c.at] != '}' && c.in[c.at] != ']' {
		if c.in[c.at] == ',' {
			c.copyTo(c.skipBlank(c.at + 1))
		}
		member()
		c.copyTo(c.skipBlank(c.at))
	}
	c.copyTo(c.at + 1)
}

// key copies the key of a member and tells it.
func (c *jsonCopy) key() string {
	key, end := c.string()
	if shown := c.name(key); shown != key {
		c.replace(end, shown)
	} else {
		c.copyTo(end)
	}
	return key
}

// member copies the value of a member. That of a secret one is hidden whole,
// whatever it is, but for null, which is no secret, and for true and false where
// only the name tells. Rewrite keeps the form of what only the name tells: a
// contract may ask for it.
func (c *jsonCopy) member(key string, hideAll bool) {
	c.copyTo(c.skipBlank(c.at))
	first, known := c.in[c.at], listed(c.Fields, key) || listed(c.Names, key)
	switch {
	case first == 'n', !known && !SecretName(key):
		c.value(hideAll)
		return
	case !known && (first == 't' || first == 'f'), !known && c.role != nil && (first == '{' || first == '['):
		c.value(true)
		return
	}
	end := c.end(c.at)
	value := c.in[c.at:end]
	if c.in[c.at] == '"' {
		value, _ = c.string()
	}
	switch {
	case !c.secret(c.Fields, key, value): // the tenant's name
		c.copyTo(end)
	case c.role != nil && c.in[c.at] != '"':
		c.empty(end)
	default:
		c.replace(end, c.hide(value))
	}
}

// empty writes a value of the same type that tells nothing.
func (c *jsonCopy) empty(end int) {
	switch first := c.in[c.at]; first {
	case '{', '[':
		c.out.WriteString(string(first) + string(first+2)) // its counterpart: {} and []
	case 't', 'f':
		c.out.WriteString(c.in[c.at:end])
	default:
		c.out.WriteByte('0')
	}
	c.hide("") // counted as found
	c.at = end
}

// scalar copies a string, number, true, false or null.
func (c *jsonCopy) scalar(hideAll bool) {
	end := c.end(c.at)
	if c.in[c.at] != '"' {
		if literal := c.in[c.at:end]; hideAll && len(literal) > longName && c.role != nil {
			c.empty(end)
		} else if hideAll && len(literal) > longName {
			c.replace(end, c.hide(literal))
		} else {
			c.copyTo(end)
		}
		return
	}
	value, _ := c.string()
	shown := ""
	if hideAll {
		shown = c.hide(value)
	} else {
		shown = c.text(value)
	}
	if shown == value {
		c.copyTo(end)
	} else {
		c.replace(end, shown)
	}
}

// string reads the string that begins here, and where it ends.
func (c *jsonCopy) string() (value string, end int) {
	end = c.end(c.at)
	_ = json.Unmarshal([]byte(c.in[c.at:end]), &value) // valid: it cannot fail
	return value, end
}

// end is where the value that begins at i ends.
func (c *jsonCopy) end(i int) int {
	switch c.in[i] {
	case '"':
		for i++; c.in[i] != '"'; i++ {
			if c.in[i] == '\\' {
				i++
			}
		}
		return i + 1
	case '{', '[':
		for depth := 0; ; {
			switch c.in[i] {
			case '"':
				i = c.end(i)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			}
			if i++; depth == 0 {
				return i
			}
		}
	}
	for i < len(c.in) && !strings.ContainsRune(",]} \t\r\n", rune(c.in[i])) {
		i++
	}
	return i
}

func (c *jsonCopy) skipBlank(i int) int {
	for i < len(c.in) && strings.IndexByte(" \t\r\n", c.in[i]) >= 0 {
		i++
	}
	return i
}

// copyTo copies up to a place.
func (c *jsonCopy) copyTo(end int) {
	c.out.WriteString(c.in[c.at:end])
	c.at = end
}

// replace writes a text as a string in place of what stands before end.
func (c *jsonCopy) replace(end int, text string) {
	var quoted strings.Builder
	enc := json.NewEncoder(&quoted)
	enc.SetEscapeHTML(false) // queries are full of "&"
	_ = enc.Encode(text)     // a string: it cannot fail
	c.out.WriteString(strings.TrimSuffix(quoted.String(), "\n"))
	c.at = end
}
