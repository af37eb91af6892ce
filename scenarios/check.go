package scenarios

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// The most that the lifecycles of a scenario may have.
const (
	MaxStates    = 1_000  // states of one lifecycle
	MaxAllStates = 10_000 // states of all lifecycles together
	MaxBranches  = 10_000 // ways out of all states together
)

// MaxVendors is how many vendors a scenario may name.
const MaxVendors = 100

// checker holds a decoded scenario to the rules that its types cannot say. It
// looks for positions, and for what was written at all, in the tree.
type checker struct {
	*decoder
	root     *node
	scenario *Scenario
	known    Known
	names    []string // of the lifecycles, sorted
	shown    *shown   // made when first asked for
}

// at adds a problem with the value at the end of a path.
func (c *checker) at(path []any, format string, args ...any) {
	n, _ := c.root.find(path...)
	c.refuse(n, format, args...)
}

// atKey adds a problem with the key at the end of a path.
func (c *checker) atKey(path []any, format string, args ...any) {
	n, key := c.root.find(path...)
	c.refused[n] = true
	c.problems.add(key, format, args...)
}

// sound is the value at the end of a path, if nothing is wrong with it yet;
// else nil: of a value that could not be read nothing more is said.
func (c *checker) sound(path ...any) *node {
	if n := c.root.lookup(path...); c.clean(n) {
		return n
	}
	return nil
}

func under(path []any, steps ...any) []any { return append(slices.Clip(path), steps...) }

func (c *checker) check() {
	c.names = c.scenario.lifecycleNames()
	c.checkName()
	c.checkVendors()
	if c.checkSize() {
		for _, name := range c.names {
			c.checkLifecycle(name, c.scenario.Lifecycles[name])
		}
	}
	if c.sound("default") != nil {
		c.lifecycleExists([]any{"default"}, c.scenario.Default)
	}
	c.checkTasks()
	c.checkLimits()
	c.checkFaults()
	c.checkAuth()
	c.checkExpect()
}

var (
	scenarioName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*$`)
	plainName    = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
)

// nameError says why a scenario cannot have this name. Clients send it as a
// credential, name~label, so it must be easy to type and to split.
func nameError(name string) error {
	switch {
	case name == "demo":
		return errors.New(`the name "demo" is reserved for the tenant that runs the served scenario`)
	case name == "wrong":
		return errors.New(`the name "wrong" is reserved for the credential that is always refused`)
	case !scenarioName.MatchString(name) || len(name) > 64:
		return fmt.Errorf(`the name %q must be 1 to 64 of a-z 0-9 . _ - and /, such as "slow" or "incident/fmc-500"`, name)
	}
	return nil
}

func (c *checker) checkName() {
	if c.sound("name") != nil {
		if err := nameError(c.scenario.Name); err != nil {
			c.at([]any{"name"}, "%v", err)
		}
	}
}

// checkSize tells whether there are few enough states to look at each.
func (c *checker) checkSize() bool {
	states, branches := 0, 0
	for _, lifecycle := range c.scenario.Lifecycles {
		states += len(lifecycle)
		for _, s := range lifecycle {
			branches += len(s.To)
		}
	}
	if states > MaxAllStates {
		c.atKey([]any{"lifecycles"}, "the lifecycles have %d states together; at most %d are allowed", states, MaxAllStates)
	}
	if branches > MaxBranches {
		c.atKey([]any{"lifecycles"}, "the states have %d ways out together; at most %d are allowed", branches, MaxBranches)
	}
	return states <= MaxAllStates && branches <= MaxBranches
}

// checkPlainName: names of states and lifecycles stand in --set paths and keys.
func (c *checker) checkPlainName(path []any, what, name string) {
	if !plainName.MatchString(name) {
		c.atKey(path, "the %s %q must have a name of 1 to 64 letters, digits, _ and -", what, name)
	}
}

func (c *checker) checkVendors() {
	s := c.scenario
	if c.sound("vendors") != nil && len(s.Vendors) == 0 {
		c.at([]any{"vendors"}, "the list is empty; name at least one vendor, or leave the key out for all")
	}
	if len(s.Vendors) > MaxVendors {
		c.at([]any{"vendors"}, "the list has %d vendors; at most %d are allowed", len(s.Vendors), MaxVendors)
		s.Vendors = nil // nothing more is concluded from it
	}
	for i, vendor := range s.Vendors {
		if c.root.get("vendors") == nil {
			break
		}
		c.vendorExists([]any{"vendors", i}, vendor)
		if slices.Index(s.Vendors, vendor) < i {
			c.at([]any{"vendors", i}, "%q is given twice", vendor)
		}
	}
	for _, vendor := range sortedKeys(s.Profiles) {
		c.vendorKeyExists([]any{"profiles", vendor}, vendor)
		if profile := s.Profiles[vendor]; c.sound("profiles", vendor) != nil && profile != "documented" && profile != "observed" {
			c.at([]any{"profiles", vendor}, "the profile is documented or observed, not %q", profile)
		}
	}
	for _, vendor := range sortedKeys(s.Options) {
		if !c.vendorKeyExists([]any{"options", vendor}, vendor) || c.known.Option == nil {
			continue
		}
		for _, name := range sortedKeys(s.Options[vendor]) {
			if err := c.known.Option(vendor, name, s.Options[vendor][name]); err != nil && c.sound("options", vendor, name) != nil {
				c.atKey([]any{"options", vendor, name}, "option %q of %s: %v", name, vendor, err)
			}
		}
	}
}

func (c *checker) unknownVendor(vendor string) string {
	if len(c.known.Vendors) == 0 || slices.Contains(c.known.Vendors, vendor) {
		return ""
	}
	return fmt.Sprintf("there is no vendor %q%s", vendor, c.didYouMean(vendor, c.known.Vendors))
}

func (c *checker) vendorKeyExists(path []any, vendor string) bool {
	problem := c.unknownVendor(vendor)
	if problem != "" {
		c.atKey(path, "%s", problem)
	}
	return problem == ""
}

func (c *checker) vendorExists(path []any, vendor string) {
	if c.sound(path...) == nil {
		return
	}
	if problem := c.unknownVendor(vendor); problem != "" {
		c.at(path, "%s", problem)
	}
}

// vendorServed holds the vendor key of a task or a limit to the scenario's own
// vendors and tells whether it stands there rightly.
func (c *checker) vendorServed(path []any, vendor string) bool {
	s := c.scenario
	switch {
	case c.root.lookup(path...) == nil:
		return true
	case c.sound(path...) == nil:
		return false
	}
	c.vendorExists(path, vendor)
	if c.sound(path...) != nil && len(s.Vendors) > 0 && !slices.Contains(s.Vendors, vendor) {
		c.at(path, "the scenario is not for %q; add it to \"vendors\"", vendor)
	}
	return c.sound(path...) != nil
}

func (c *checker) lifecycleExists(path []any, name string) {
	if _, exists := c.scenario.Lifecycles[name]; !exists && c.sound(path...) != nil {
		c.at(path, "there is no lifecycle %q%s", name, c.didYouMean(name, c.names))
	}
}
