package scenarios

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// MaxSets is how many overrides one load may have.
const MaxSets = 1_000

// applySets applies each "path=value" to a tree and answers the new tree. The
// value is YAML. Everything that a set gives is positioned as the set itself.
func applySets(root *node, sets []string) (*node, Problems) {
	var problems Problems
	if len(sets) > MaxSets {
		problems.add(Position{File: "--set"}, "there are %d; at most %d are allowed", len(sets), MaxSets)
		return root, problems
	}
	for _, set := range sets {
		at := Position{File: "--set " + set}
		path, written, found := strings.Cut(set, "=")
		if !found {
			problems.add(at, "write path=value, such as clock.mode=x60")
			continue
		}
		steps, err := parsePath(path)
		if err != nil {
			problems.add(at, "%v", err)
			continue
		}
		value, p := readValue(at, written)
		problems = append(problems, p...)
		if value == nil {
			continue
		}
		if len(steps)+value.depth() > maxDepth {
			problems.add(at, "nested more than %d deep", maxDepth)
			continue
		}
		changed, err := setAt(root, steps, value, "")
		if err != nil {
			problems.add(at, "%v", err)
			continue
		}
		root = changed
	}
	return root, problems
}

var pathStep = regexp.MustCompile(`^([^.\[\]]+)((?:\[[0-9]{1,9}\])*)$`)

// parsePath reads lifecycles.scan.running.to[0].weight into keys (string) and
// indexes (int).
func parsePath(path string) ([]any, error) {
	var steps []any
	for part := range strings.SplitSeq(path, ".") {
		m := pathStep.FindStringSubmatch(part)
		if m == nil {
			return nil, fmt.Errorf("%q is not a path; write one such as clock.mode or tasks[0].count", path)
		}
		steps = append(steps, m[1])
		for index := range strings.SplitSeq(strings.Trim(m[2], "[]"), "][") {
			if n, err := strconv.Atoi(index); err == nil {
				steps = append(steps, n)
			}
		}
	}
	if key := steps[0]; key == "name" || key == "extends" {
		return nil, fmt.Errorf("%q cannot be set; it says which scenario this is", key)
	}
	return steps, nil
}

func readValue(at Position, written string) (*node, Problems) {
	value, problems := readTree(at.File, []byte(written))
	for i := range problems {
		problems[i].At = at
	}
	return value.moved(at), problems
}

// moved is a copy of the tree that stands at one position as a whole.
func (n *node) moved(at Position) *node {
	if n == nil {
		return nil
	}
	moved := *n
	moved.at = at
	moved.entries = slices.Clone(n.entries)
	for i := range moved.entries {
		moved.entries[i].at = at
		moved.entries[i].value = moved.entries[i].value.moved(at)
	}
	moved.items = slices.Clone(n.items)
	for i := range moved.items {
		moved.items[i] = moved.items[i].moved(at)
	}
	return &moved
}

// setAt is a copy of n with the value put at the end of the path. Mappings on
// the way are made where they are missing; list entries must exist.
func setAt(n *node, steps []any, value *node, sofar string) (*node, error) {
	if len(steps) == 0 {
		return value, nil
	}
	changed := node{at: value.at, kind: mapping}
	if n != nil {
		changed = *n
	}
	switch step := steps[0].(type) {
	case string:
		if changed.kind != mapping {
			return nil, fmt.Errorf("%s has no key %q: it is %s", sofar, step, changed.kind)
		}
		below, err := setAt(changed.get(step), steps[1:], value, strings.TrimPrefix(sofar+"."+step, "."))
		if err != nil {
			return nil, err
		}
		at := value.at
		if _, key := changed.find(step); len(steps) > 1 && changed.get(step) != nil {
			at = key // only something below it is set
		}
		changed.entries = slices.Clone(changed.entries)
		changed.put(entry{step, at, below}, func(*node) *node { return below })
	case int:
		switch {
		case n == nil:
			return nil, fmt.Errorf("%s is missing, and has no [%d]", sofar, step)
		case n.kind != list:
			return nil, fmt.Errorf("%s is %s, no list, and has no [%d]", sofar, n.kind, step)
		case step >= len(n.items):
			return nil, fmt.Errorf("%s has %d entries; [%d] is none of them", sofar, len(n.items), step)
		}
		below, err := setAt(n.items[step], steps[1:], value, fmt.Sprintf("%s[%d]", sofar, step))
		if err != nil {
			return nil, err
		}
		changed.items = slices.Clone(n.items)
		changed.items[step] = below
	}
	return &changed, nil
}
