package openapi

import (
	"regexp"
	"regexp/syntax"
	"unicode/utf8"
)

// shape is a pattern of a whole text that has one length and for each place a set
// of ASCII: an id, a date. Most of our patterns are such, and to look at each
// byte once takes a tenth of a regular expression's time.
type shape []*[utf8.RuneSelf]bool

// MatchString tells whether a text has the shape.
func (s shape) MatchString(text string) bool {
	if len(text) != len(s) {
		return false
	}
	for i, allowed := range s {
		if c := text[i]; c >= utf8.RuneSelf || !allowed[c] {
			return false
		}
	}
	return true
}

// patternOf makes a pattern ready: as a shape if it is one, else as a regular
// expression. It is one that compiles.
func patternOf(pattern string) interface{ MatchString(string) bool } {
	if parsed, err := syntax.Parse(pattern, syntax.Perl); err == nil {
		if s, ok := shapeOf(parsed.Simplify()); ok { // which writes x{3} as xxx
			return s
		}
	}
	return regexp.MustCompile(pattern)
}

// shapeOf is the shape of a parsed pattern that begins and ends with the text.
func shapeOf(re *syntax.Regexp) (shape, bool) {
	if re.Op != syntax.OpConcat || len(re.Sub) < 2 || re.Sub[0].Op != syntax.OpBeginText || re.Sub[len(re.Sub)-1].Op != syntax.OpEndText {
		return nil, false
	}
	var s shape
	for _, part := range re.Sub[1 : len(re.Sub)-1] {
		if !s.add(part) {
			return nil, false
		}
	}
	return s, true
}

// add adds the places of a part of a pattern, if it is literal text or a set.
func (s *shape) add(re *syntax.Regexp) bool {
	switch {
	case re.Op == syntax.OpLiteral && re.Flags&syntax.FoldCase == 0:
		for _, r := range re.Rune {
			if !s.place(r, r) {
				return false
			}
		}
		return true
	case re.Op == syntax.OpCharClass:
		return s.place(re.Rune...)
	case re.Op == syntax.OpConcat || re.Op == syntax.OpCapture:
		for _, part := range re.Sub {
			if !s.add(part) {
				return false
			}
		}
		return true
	}
	return false
}

// place adds one place with pairs of first and last characters.
func (s *shape) place(pairs ...rune) bool {
	var set [utf8.RuneSelf]bool
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] >= utf8.RuneSelf {
			return false
		}
		for r := pairs[i]; r <= pairs[i+1]; r++ {
			set[r] = true
		}
	}
	*s = append(*s, &set)
	return true
}
