package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// MaxBytes is how long one scenario file may be.
const MaxBytes = 1 << 20

// MaxKeys is how many keys one mapping may have: as many as a lifecycle may
// have states. Mappings are searched key by key, so they must stay short.
const MaxKeys = MaxStates

const tooManyKeys = "the mapping has %d keys; at most %d are allowed"

// MaxValues is how many values one file may have, keys not counted: ten for
// each of as many tasks as are allowed. Each costs far more than its bytes.
const MaxValues = 100_000

// maxDepth is how deep a file may nest. The language itself needs eight.
const maxDepth = 32

// readTree reads one YAML document. The tree is as complete as the problems
// allow, and nil only if nothing can be read. An empty file is a null.
func readTree(file string, data []byte) (*node, Problems) {
	r := reader{file: file}
	if len(data) > MaxBytes {
		r.problems.add(Position{file, 1, 1}, "the file has %d bytes; at most %d are allowed", len(data), MaxBytes)
		return nil, r.problems
	}
	if at, what := unreadable(file, data); what != "" {
		r.problems.add(at, "%s", what)
		return nil, r.problems
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	doc, err := parseYAML(decoder)
	switch {
	case errors.Is(err, io.EOF):
		return &node{at: Position{file, 1, 1}, kind: null}, nil
	case err != nil:
		at, what := syntaxError(file, data, err)
		r.problems.add(at, "not valid YAML: %s", what)
		return nil, r.problems
	}
	root := r.node(doc.Content[0], 1)
	r.secondDocument(decoder, data)
	if r.tooLong {
		return nil, r.problems
	}
	return root, r.problems
}

// parseYAML reads the next document. yaml.v3 panics on some broken input that
// its own recovery does not know; for a reader of foreign files that is one
// more syntax error.
func parseYAML(decoder *yaml.Decoder) (doc yaml.Node, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	err = decoder.Decode(&doc)
	if err == nil && len(doc.Content) == 0 {
		err = io.EOF
	}
	return doc, err
}

// secondDocument refuses what yaml.v3 would silently leave out. The decoder has
// read the first document.
func (r *reader) secondDocument(decoder *yaml.Decoder, data []byte) {
	second, err := parseYAML(decoder)
	if errors.Is(err, io.EOF) {
		return
	}
	at := Position{r.file, second.Line, second.Column}
	if err != nil {
		at, _ = syntaxError(r.file, data, err)
	}
	r.problems.add(within(at, data), "a second YAML document begins here; put one scenario in one file")
}

var (
	lineNumber    = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// syntaxError takes the line out of a message of yaml.v3, which tells no file
// and no column. Its parser, unlike its scanner, counts lines from 0, and a
// missing anchor it tells without a line.
func syntaxError(file string, data []byte, err error) (Position, string) {
	m := lineNumber.FindStringSubmatch(err.Error())
	what := strings.TrimPrefix(err.Error(), m[0])
	line, _ := strconv.Atoi(m[1])
	if line > 0 && strings.HasPrefix(what, "did not find expected") {
		line++
	}
	if m := unknownAnchor.FindStringSubmatch(what); m != nil {
		before, _, _ := bytes.Cut(data, []byte("*"+m[1]))
		at, _ := unreadable(file, before)
		return at, fmt.Sprintf("there is no anchor &%s; aliases are not supported anyway: write the value out", m[1])
	}
	return within(Position{file, line, 1}, data), what
}

// within moves a position that yaml.v3 tells behind the last line back to it.
func within(at Position, data []byte) Position {
	last := 1
	for _, c := range string(data) {
		if isBreak(c) {
			last++ // counts \r\n twice: an upper bound is enough
		}
	}
	if at.Line > last {
		return Position{at.File, last, 1}
	}
	return Position{at.File, max(at.Line, 1), max(at.Col, 1)}
}

func isBreak(c rune) bool {
	return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029
}

// unreadable finds the first byte that YAML does not allow, else the end.
// yaml.v3 would tell it without a line, and would guess at encodings.
func unreadable(file string, data []byte) (Position, string) {
	at := Position{file, 1, 1}
	for i := 0; i < len(data); {
		c, size := utf8.DecodeRune(data[i:])
		switch {
		case c == utf8.RuneError && size == 1:
			return at, fmt.Sprintf("byte %#x is not UTF-8; save the file as UTF-8", data[i])
		case c < 0x20 && c != '\t' && c != '\n' && c != '\r', c == 0x7f, c > 0x7f && c < 0xa0 && c != 0x85,
			c == 0xfeff && i > 0, c == 0xfffe, c == 0xffff:
			return at, fmt.Sprintf("the character U+%04X is not allowed in YAML", c)
		case c == '\r' && i+1 < len(data) && data[i+1] == '\n':
			// the \n ends the line
		case isBreak(c):
			at.Line, at.Col = at.Line+1, 0
		}
		i += size
		at.Col++
	}
	return at, ""
}

// reader turns yaml.Nodes into nodes and refuses what the language leaves out.
type reader struct {
	file     string
	problems Problems
	values   int
	tooLong  bool // the file or some mapping is, so nothing is concluded from the rest
}

// node answers nil for what it refused.
func (r *reader) node(y *yaml.Node, depth int) *node {
	at := Position{r.file, y.Line, y.Column}
	r.values++
	switch {
	case r.values > MaxValues:
		if !r.tooLong {
			r.problems.add(at, "the file has more than %d values; that is the most allowed", MaxValues)
		}
		r.tooLong = true
		return nil
	case depth > maxDepth:
		r.problems.add(at, "nested more than %d deep", maxDepth)
		return nil
	case y.Kind == yaml.AliasNode:
		r.problems.add(at, "aliases (*%s) are not supported; write the value out, or take it from another scenario with extends", y.Value)
		return nil
	case y.Anchor != "":
		r.problems.add(at, "anchors (&%s) are not supported; write the value out, or take it from another scenario with extends", y.Anchor)
	case y.Style&yaml.TaggedStyle != 0:
		r.problems.add(at, "tags (%s) are not supported; for text use quotes", y.Tag)
	}
	n := &node{at: at}
	switch y.Kind {
	case yaml.MappingNode:
		n.kind = mapping
		r.entries(y, n, depth)
	case yaml.SequenceNode:
		n.kind = list
		for _, item := range y.Content {
			if item := r.node(item, depth+1); item != nil {
				n.items = append(n.items, item)
			}
		}
	default:
		n.setScalar(y)
	}
	return n
}

func (r *reader) entries(y *yaml.Node, n *node, depth int) {
	if keys := len(y.Content) / 2; keys > MaxKeys {
		r.tooLong = true
		r.problems.add(n.at, tooManyKeys, keys, MaxKeys)
		return
	}
	seen := map[string]Position{}
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := y.Content[i]
		at := Position{r.file, key.Line, key.Column}
		first, repeated := seen[key.Value]
		switch {
		case key.ShortTag() == "!!merge":
			r.problems.add(at, "merge keys (<<) are not supported; take values from another scenario with extends")
			continue
		case key.Kind != yaml.ScalarNode:
			r.problems.add(at, "a key must be text")
			continue
		case key.Anchor != "" || key.Style&yaml.TaggedStyle != 0:
			r.problems.add(at, "a key must be plain text, without anchors and tags")
			continue
		case key.ShortTag() != "!!str" && key.ShortTag() != "!!timestamp":
			r.problems.add(at, "a key must be text; write it in quotes: %q", key.Value)
			continue
		case repeated:
			r.problems.add(at, "%q is given twice; the first stands at line %d", key.Value, first.Line)
			continue
		}
		seen[key.Value] = at
		if value := r.node(y.Content[i+1], depth+1); value != nil {
			n.entries = append(n.entries, entry{key.Value, at, value})
		}
	}
}

// tooLarge holds a tree that was merged, or changed by sets, to what one file
// may hold.
func tooLarge(root *node) Problems {
	var problems Problems
	values := 0
	var walk func(n *node)
	walk = func(n *node) {
		values++
		if len(n.entries) > MaxKeys {
			problems.add(n.at, tooManyKeys, len(n.entries), MaxKeys)
		}
		for _, e := range n.entries {
			walk(e.value)
		}
		for _, item := range n.items {
			walk(item)
		}
	}
	walk(root)
	if values > MaxValues {
		problems.add(root.at, "with what it extends the scenario has %d values; at most %d are allowed", values, MaxValues)
	}
	return problems
}

func (n *node) setScalar(y *yaml.Node) {
	n.scalar = y.Value
	n.kind, n.value = text, y.Value
	switch y.ShortTag() {
	case "!!null":
		n.kind, n.value = null, nil
	case "!!bool":
		n.kind = boolean
	case "!!int", "!!float":
		n.kind = number
	default: // text, and instants, which the language reads itself
		return
	}
	if err := y.Decode(&n.value); err != nil {
		n.kind, n.value = text, y.Value
	}
}
