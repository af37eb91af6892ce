package sim

import (
	"bytes"
	"encoding/json"
	"errors"
)

// node is a part of a JSON document that keeps its members in their order, and
// everything else to the letter.
type node struct {
	open  json.Delim // '{' or '[', 0: neither
	names []string   // of the members of an object
	parts []*node    // of an object or a list
	raw   json.RawMessage
}

// parseNode reads one document.
func parseNode(text string) (*node, error) {
	dec := json.NewDecoder(bytes.NewReader([]byte(text)))
	return readNode(dec)
}

func readNode(dec *json.Decoder) (*node, error) {
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		return nil, err
	}
	n := &node{raw: raw}
	inside := json.NewDecoder(bytes.NewReader(raw))
	inside.UseNumber() // a number may be one that Go cannot hold
	token, err := inside.Token()
	if err != nil {
		return nil, err
	}
	open, compound := token.(json.Delim)
	if !compound {
		return n, nil
	}
	n.open = open
	for inside.More() {
		if open == '{' {
			name, err := inside.Token()
			if err != nil {
				return nil, err
			}
			text, ok := name.(string)
			if !ok {
				return nil, errors.New("a member without a name")
			}
			n.names = append(n.names, text)
		}
		part, err := readNode(inside)
		if err != nil {
			return nil, err
		}
		n.parts = append(n.parts, part)
	}
	return n, nil
}

// at calls f with each part of the document at a path of members. Each part of a
// list on the way counts; what is not there is not there.
func (n *node) at(path []string, f func(*node)) {
	switch {
	case n.open == '[' && len(path) > 0:
		for _, part := range n.parts {
			part.at(path, f)
		}
	case len(path) == 0:
		f(n)
	default:
		for i, name := range n.names {
			if name == path[0] {
				n.parts[i].at(path[1:], f)
			}
		}
	}
}

func (n *node) String() string {
	var out bytes.Buffer
	n.write(&out)
	return out.String()
}

// write appends the document, compact.
func (n *node) write(out *bytes.Buffer) {
	if n.open == 0 {
		out.Write(n.raw)
		return
	}
	out.WriteByte(byte(n.open))
	for i, part := range n.parts {
		if i > 0 {
			out.WriteByte(',')
		}
		if n.open == '{' {
			name, _ := marshal(n.names[i]) // a text: cannot fail
			out.Write(name)
			out.WriteByte(':')
		}
		part.write(out)
	}
	out.WriteByte(byte(n.open + 2)) // '}' and ']' come two after their openings
}
