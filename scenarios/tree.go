package scenarios

// node is one value of a YAML file. Unlike a yaml.Node it knows its file, so
// that a scenario merged from several files still tells where each value
// stands. Nodes are shared between loads and never changed once read.
type node struct {
	at      Position
	kind    kind
	scalar  string  // a scalar as it is written, without quotes
	value   any     // a scalar as Go sees it: string, bool, int, int64, uint64, float64, nil
	entries []entry // of a mapping, in the order written
	items   []*node // of a list
}

type entry struct {
	key   string
	at    Position
	value *node
}

type kind string

const (
	mapping kind = "a mapping"
	list    kind = "a list"
	text    kind = "text"
	number  kind = "a number"
	boolean kind = "true or false"
	null    kind = "nothing"
)

// depth is how many values stand in each other, this one counted.
func (n *node) depth() int {
	deepest := 0
	for _, e := range n.entries {
		deepest = max(deepest, e.value.depth())
	}
	for _, item := range n.items {
		deepest = max(deepest, item.depth())
	}
	return deepest + 1
}

// get is the value under a key, or nil.
func (n *node) get(key string) *node {
	if n == nil {
		return nil
	}
	for _, e := range n.entries {
		if e.key == key {
			return e.value
		}
	}
	return nil
}

// lookup is the value at the end of keys (string) and indexes (int), or nil.
func (n *node) lookup(path ...any) *node {
	for _, step := range path {
		if key, isKey := step.(string); isKey {
			n = n.get(key)
		} else if i := step.(int); n != nil && i < len(n.items) {
			n = n.items[i]
		} else {
			return nil
		}
	}
	return n
}

// find follows keys (string) and indexes (int) as far as they lead: a `to`
// written as one word is found under to[0].state as well. It answers the last
// value reached, and where the last key stands, which for an index is the item.
func (n *node) find(path ...any) (value *node, key Position) {
	key = n.at
	for _, step := range path {
		switch step := step.(type) {
		case string:
			found := false
			for _, e := range n.entries {
				if e.key == step {
					n, key, found = e.value, e.at, true
					break
				}
			}
			if !found {
				return n, key
			}
		case int:
			if step >= len(n.items) {
				return n, key
			}
			n = n.items[step]
			key = n.at
		}
	}
	return n, key
}
