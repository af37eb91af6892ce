package scenarios

import (
	"errors"
	"strings"
)

func (c *checker) checkLifecycle(name string, lifecycle Lifecycle) {
	path := []any{"lifecycles", name}
	c.checkPlainName(path, "lifecycle", name)
	n := c.root.lookup(path...)
	switch {
	case n.kind != mapping:
		return
	case len(lifecycle) == 0:
		c.at(path, "the lifecycle %q has no states; the first one written starts", name)
		return
	}
	names := make([]string, len(lifecycle))
	exists := make(map[string]bool, len(lifecycle))
	for i, state := range lifecycle {
		names[i], exists[state.Name] = state.Name, true
	}
	for i := range lifecycle {
		state := &lifecycle[i]
		c.checkPlainName(under(path, state.Name), "state", state.Name)
		c.checkState(under(path, state.Name), state)
		c.checkBranches(under(path, state.Name), state, names, exists)
	}
	if c.clean(n) {
		c.checkGraph(name, lifecycle)
	}
}

// checkState holds one state to the rules that need no other state.
func (c *checker) checkState(path []any, s *State) {
	n := c.root.lookup(path...)
	if n.kind != mapping {
		return
	}
	has := func(key string) bool { return n.get(key) != nil }
	if s.Phase == "" && !has("phase") {
		c.atKey(path, "the state %q needs a \"phase\", because its name is none; there is %s", s.Name, joinPhases())
	}
	switch timed := has("after") || has("polls"); {
	case has("after") && has("polls"):
		c.atKey(under(path, "polls"), `a state lasts either by time ("after") or by reads ("polls"), not both`)
	case s.Forever && (timed || has("to")):
		c.atKey(under(path, "forever"), `a state with "forever" cannot have "after", "polls" or "to"`)
	case timed && !has("to"):
		c.atKey(path, `the state %q has %q and needs "to": the state that follows`, s.Name, firstOf(n, "after", "polls"))
	case has("to") && !timed:
		c.atKey(under(path, "to"), `"to" alone is not enough: write how long the state lasts with "after" or "polls"`)
	case !timed && !s.Forever && s.Phase != "" && !s.Phase.Ended():
		c.atKey(path, `the state %q never ends, though %s is no end: write "after" or "polls" with "to", or "forever: true"`, s.Name, s.Phase)
	}
	if has("expires") && s.Phase != "" && !s.Phase.Ended() {
		c.atKey(under(path, "expires"), `only an ended task expires; the phase here is %s`, s.Phase)
	}
	if p := s.Progress; p != nil && p.From != p.To && !has("after") && !has("polls") {
		c.at(under(path, "progress"), `a range needs "after" or "polls" over which to move; write one number here`)
	}
	c.checkMessages(path, n, s)
	c.checkStateFields(path, s)
}

func firstOf(n *node, keys ...string) string {
	for _, key := range keys {
		if n.get(key) != nil {
			return key
		}
	}
	return ""
}

func joinPhases() string {
	words := make([]string, len(Phases))
	for i, phase := range Phases {
		words[i] = string(phase)
	}
	return strings.Join(words, ", ")
}

func (c *checker) checkMessages(path []any, n *node, s *State) {
	for i, m := range s.Messages {
		at := under(path, "messages", i, "at")
		switch {
		case c.sound(at...) == nil:
		case m.When.Percent != 0 && n.get("after") == nil:
			c.at(at, `a percentage needs a state with "after"; write a duration, or leave "at" out`)
		case m.When.After != 0 && n.get("polls") != nil:
			c.at(at, `a state with "polls" has no length in time; leave "at" out`)
		}
	}
}

// checkStateFields: a state's set is for the vendors that have the field; one
// at least must.
func (c *checker) checkStateFields(path []any, s *State) {
	c.checkFields(under(path, "set"), s.Set, c.scenario.Vendors, c.known.StateField)
}

// checkFields holds vendor fields to the vendors' contracts. A vendor may lack
// a field if another has it.
func (c *checker) checkFields(path []any, set map[string]any, vendors []string, check func(vendor, field string, value any) error) {
	if check == nil || len(vendors) == 0 {
		return
	}
	for _, field := range sortedKeys(set) {
		lacking := 0
		for _, vendor := range vendors {
			err := check(vendor, field, set[field])
			if errors.Is(err, ErrNoField) {
				lacking++
			} else if err != nil && c.sound(under(path, field)...) != nil {
				c.at(under(path, field), "%s: %v", vendor, err)
			}
		}
		if lacking == len(vendors) && c.sound(under(path, field)...) != nil {
			c.atKey(under(path, field), "no field %q can be set at %s", field, strings.Join(vendors, ", "))
		}
	}
}

func (c *checker) checkBranches(path []any, s *State, names []string, exists map[string]bool) {
	for i, b := range s.To {
		at := under(path, "to", i, "state")
		if n, _ := c.root.find(at...); c.clean(n) && !exists[b.State] {
			c.at(at, "there is no state %q in this lifecycle%s", b.State, c.didYouMean(b.State, names))
		}
	}
}

// State is the state of this name, or nil.
func (l Lifecycle) State(name string) *State {
	for i := range l {
		if l[i].Name == name {
			return &l[i]
		}
	}
	return nil
}
