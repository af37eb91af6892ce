package sim

import (
	"bytes"

	"github.com/vendorsim/vendorsim/openapi"
)

// Clients name each of their calls anew, and some vendors repeat that name in the
// answer: else two answers about an unchanged task are the same. So a kept answer
// is given again with another name in its place. Request and answer are then held to
// their contract anew, unless it is all the same to the contract what the name is.

// Echo says where a vendor repeats the name that a client gave its call.
type Echo struct {
	Header string // the header that has it; "": it is the id of a JSON-RPC call
	Member string // the answer's member that repeats it, as a path: a.b
}

// maxEcho is how long a name may be, in bytes as JSON.
const maxEcho = openapi.MaxEcho + len(`""`)

// plain tells whether a JSON value is a text that reads the same in every encoding,
// or a whole number that fits 64 bits. Other names are answered without kept answers.
func plain(value []byte) bool {
	n := len(value)
	if n == 0 || n > maxEcho {
		return false
	}
	if value[0] == '"' {
		return n > 2 && value[n-1] == '"' && plainText(value[1:n-1])
	}
	digits := bytes.TrimPrefix(value, []byte("-"))
	if len(digits) == 0 || len(digits) > 18 || digits[0] == '0' && len(digits) > 1 {
		return false
	}
	for _, d := range digits {
		if d < '0' || d > '9' {
			return false
		}
	}
	return true
}

func plainText[T string | []byte](text T) bool {
	for i := range len(text) {
		if b := text[i]; b < ' ' || b > '~' || b == '"' || b == '\\' {
			return false
		}
	}
	return true
}

// memberAt is where the value at a path of members stands in a JSON object. It is
// false where there is none, where a name on the way stands there twice or is
// written with escapes, and for what is no JSON as far as it had to look.
func memberAt[T string | []byte](object T, path string) (from, to int, ok bool) {
	from, to = 0, len(object)
	for path != "" {
		name := path
		path = ""
		for i := range len(name) {
			if name[i] == '.' {
				name, path = name[:i], name[i+1:]
				break
			}
		}
		start, end, ok := memberOf(object[from:to], name)
		if !ok {
			return 0, 0, false
		}
		from, to = from+start, from+end
	}
	return from, to, true
}

func memberOf[T string | []byte](object T, name string) (from, to int, ok bool) {
	i := skipBlank(object, 0)
	if i == len(object) || object[i] != '{' {
		return 0, 0, false
	}
	for {
		i = skipBlank(object, i+1)
		end, escaped := textEnd(object, i)
		if end < 0 || escaped {
			return 0, 0, false
		}
		key := object[i+1 : end-1]
		if i = skipBlank(object, end); i == len(object) || object[i] != ':' {
			return 0, 0, false
		}
		i = skipBlank(object, i+1)
		if end = valueEnd(object, i); end < 0 {
			return 0, 0, false
		}
		if string(key) == name {
			if ok {
				return 0, 0, false
			}
			from, to, ok = i, end, true
		}
		if i = skipBlank(object, end); i == len(object) || object[i] != ',' {
			return from, to, ok && i < len(object) && object[i] == '}' && skipBlank(object, i+1) == len(object)
		}
	}
}

func skipBlank[T string | []byte](text T, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\n' || text[i] == '\r' || text[i] == '\t') {
		i++
	}
	return i
}

// textEnd is where the JSON text that begins at i ends, -1 if it does not, and
// whether it has escapes.
func textEnd[T string | []byte](text T, i int) (end int, escaped bool) {
	if i >= len(text) || text[i] != '"' {
		return -1, false
	}
	for i++; i < len(text); i++ {
		switch text[i] {
		case '"':
			return i + 1, escaped
		case '\\':
			escaped = true
			i++
		}
	}
	return -1, false
}

// valueEnd is where the JSON value that begins at i ends, -1 if it does not.
func valueEnd[T string | []byte](text T, i int) int {
	depth := 0
	for start := i; i < len(text); i++ {
		switch text[i] {
		case '"':
			end, _ := textEnd(text, i)
			if end < 0 {
				return -1
			}
			if depth == 0 {
				return end
			}
			i = end - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
			if depth < 0 {
				return endOr(start, i)
			}
		case ',', ' ', '\n', '\r', '\t':
			if depth == 0 {
				return endOr(start, i)
			}
		}
	}
	return -1
}

// endOr is the end of a bare word, -1 where it is empty.
func endOr(start, end int) int {
	if start == end {
		return -1
	}
	return end
}
