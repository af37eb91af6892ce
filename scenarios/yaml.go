package scenarios

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"
)

// origin is what a scenario was loaded from, and as what.
type origin struct {
	text     []byte // as written; nil if something was extended or set
	root     *node  // with extends and sets resolved, but nothing filled in
	seed     int64
	mode     ClockMode
	profiles map[string]string
}

func (s *Scenario) remember(src *source, root *node) {
	s.origin = &origin{root: root, seed: s.Seed, mode: s.Clock.Mode, profiles: maps.Clone(s.Profiles)}
	if own, _ := src.tree(); root == own && root.get("extends") == nil {
		s.origin.text = src.data
	}
}

// YAML is the scenario as a text that loads to the same scenario by itself:
// what it extends and what was set stand in it. A scenario that neither extends
// nor was set is its own text, comments and all; of any other, comments are
// lost. A Seed, Clock.Mode or Profiles that was changed since loading is
// written too; nothing else should be changed. It is nil for a scenario that
// was not loaded. Only the text of a scenario of nearly MaxBytes may come out
// longer than a file may be.
func (s *Scenario) YAML() []byte {
	if s.origin == nil {
		return nil
	}
	root := s.origin.root
	put := func(value *node, path ...any) {
		// A checked scenario's root and clock are mappings, so this cannot fail.
		root, _ = setAt(root, path, value, "")
	}
	if s.Seed != s.origin.seed {
		put(&node{kind: number, scalar: strconv.FormatInt(s.Seed, 10)}, "seed")
	}
	if s.Clock.Mode != s.origin.mode {
		put(&node{kind: text, scalar: s.Clock.Mode.String()}, "clock", "mode")
	}
	if !maps.Equal(s.Profiles, s.origin.profiles) {
		profiles := &node{kind: mapping}
		for _, vendor := range sortedKeys(s.Profiles) {
			profiles.entries = append(profiles.entries, entry{key: vendor, value: &node{kind: text, scalar: s.Profiles[vendor]}})
		}
		put(profiles, "profiles")
	}
	if root == s.origin.root && s.origin.text != nil {
		return bytes.Clone(s.origin.text)
	}
	return encode(root)
}

// encode writes a resolved tree, what says which scenario it is first.
func encode(root *node) []byte {
	ordered := &node{kind: mapping}
	for _, key := range own {
		if value := root.get(key); value != nil && key != "extends" {
			ordered.entries = append(ordered.entries, entry{key: key, value: value})
		}
	}
	for _, e := range root.entries {
		if !slices.Contains(own, e.key) {
			ordered.entries = append(ordered.entries, e)
		}
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	// The tree came out of valid YAML, and a buffer takes everything.
	_ = encoder.Encode(toYAML(ordered, 0))
	_ = encoder.Close()
	return out.Bytes()
}

// writtenNull stands for nothing, which may have been written otherwise.
const writtenNull = "null"

// oneLine is how much a mapping or list may hold to stand on one line.
const oneLine = 100

// toYAML turns a tree back into what the encoder takes. Short mappings and
// lists stand on one line, but never the root's own.
func toYAML(n *node, depth int) *yaml.Node {
	y := &yaml.Node{Kind: yaml.ScalarNode, Value: n.scalar}
	switch n.kind {
	case mapping:
		y.Kind = yaml.MappingNode
		for _, e := range n.entries {
			y.Content = append(y.Content, textNode(e.key), toYAML(e.value, depth+1))
		}
	case list:
		y.Kind = yaml.SequenceNode
		for _, item := range n.items {
			y.Content = append(y.Content, toYAML(item, depth+1))
		}
	case text:
		return textNode(n.scalar)
	case null:
		y.Value = writtenNull
	}
	if y.Kind != yaml.ScalarNode && depth > 1 && n.length(oneLine) <= oneLine {
		y.Style = yaml.FlowStyle
	}
	return y
}

// plainText needs no quotes, wherever it stands.
var plainText = regexp.MustCompile(`^[A-Za-z]([A-Za-z0-9_./ -]*[A-Za-z0-9])?$`)

// oldBoolean is text in the YAML of today, but not to every reader.
var oldBoolean = regexp.MustCompile(`(?i)^(y|n|yes|no|on|off)$`)

// textNode is text, in quotes unless it plainly is text without.
func textNode(s string) *yaml.Node {
	y := &yaml.Node{Kind: yaml.ScalarNode, Value: s}
	if !plainText.MatchString(s) || oldBoolean.MatchString(s) || y.ShortTag() != "!!str" {
		y.Style, y.Tag = yaml.DoubleQuotedStyle, "!!str"
	}
	return y
}

// length is about how many characters a value takes on one line. It stops
// counting behind enough.
func (n *node) length(enough int) int {
	length := len(n.scalar) + 2
	if n.kind == null {
		length = len(writtenNull) + 2
	}
	for _, e := range n.entries {
		if length > enough {
			return length
		}
		length += len(e.key) + 2 + e.value.length(enough-length)
	}
	for _, item := range n.items {
		if length > enough {
			return length
		}
		length += item.length(enough - length)
	}
	return length
}
