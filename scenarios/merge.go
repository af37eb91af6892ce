package scenarios

import "slices"

// own are the keys that a scenario never takes from the one that it extends.
var own = []string{"version", "name", "description", "extends"}

// extend puts a scenario onto its base: maps merge by key, a named state
// replaces whole, lists and scalars replace. What the base has keeps its
// place, so that its first state still starts; what is new comes behind.
func extend(base, child *node) *node {
	inherited := *base
	inherited.entries = slices.DeleteFunc(slices.Clone(base.entries), func(e entry) bool {
		return slices.Contains(own, e.key)
	})
	merged := merge(&inherited, child, nil)
	merged.at = child.at
	return merged
}

func merge(base, child *node, path []string) *node {
	aState := len(path) == 3 && path[0] == "lifecycles"
	if base.kind != mapping || child.kind != mapping || aState {
		return child
	}
	merged := *child
	merged.entries = slices.Clone(base.entries)
	for _, e := range child.entries {
		merged.put(e, func(old *node) *node {
			return merge(old, e.value, append(slices.Clip(path), e.key))
		})
	}
	return &merged
}

// put replaces the value of a key by what change makes of it, or adds the
// entry. It must only be called on a node that nobody else holds.
func (n *node) put(e entry, change func(old *node) *node) {
	for i := range n.entries {
		if n.entries[i].key == e.key {
			n.entries[i] = entry{e.key, e.at, change(n.entries[i].value)}
			return
		}
	}
	n.entries = append(n.entries, e)
}

// withHappy adds lifecycles of happy under their names where the scenario
// lacks them, and tells the default lifecycle. All of happy's come where the
// scenario has none of its own, or several and no default. `waiting` alone
// comes where tasks are left out, because some vendors' example tasks stay
// pending.
func withHappy(root, happy *node) (merged *node, byDefault string) {
	lifecycles := root.get("lifecycles")
	if lifecycles != nil && lifecycles.kind != mapping {
		return root, ""
	}
	written := root.get("default")
	if written != nil {
		byDefault = written.scalar
	}
	var names []string
	switch {
	case lifecycles == nil || len(lifecycles.entries) == 0, written == nil && len(lifecycles.entries) > 1:
		for _, e := range happy.get("lifecycles").entries {
			names = append(names, e.key)
		}
		if written == nil {
			byDefault = happy.get("default").scalar
		}
	case written == nil:
		byDefault = lifecycles.entries[0].key
	}
	if root.get("tasks") == nil && names == nil {
		names = []string{Waiting}
	}
	return withLifecycles(root, happy.get("lifecycles"), names), byDefault
}

func withLifecycles(root, happy *node, names []string) *node {
	merged := *root
	lifecycles := &node{at: root.at, kind: mapping}
	if old := root.get("lifecycles"); old != nil {
		*lifecycles = *old
		lifecycles.entries = slices.Clone(old.entries)
	}
	for _, e := range happy.entries {
		if slices.Contains(names, e.key) {
			lifecycles.put(e, func(old *node) *node { return old })
		}
	}
	_, at := root.find("lifecycles")
	merged.entries = slices.Clone(root.entries)
	merged.put(entry{"lifecycles", at, lifecycles}, func(*node) *node { return lifecycles })
	return &merged
}
