package simulators

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/vendorsim/vendorsim/fixtures"
	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// catalog is every scenario that can be named, compiled at first use.
type catalog struct {
	library *scenarios.Library
	known   scenarios.Known
	vendors []*vendor
	own     *fixtures.Own
	served  string
	o       Options
	clock   *scenarios.ClockMode
	profile map[string]string

	mu     sync.Mutex
	worlds map[string]*tenant.World
}

func newCatalog(o Options, vendors []*vendor) (*catalog, error) {
	c := &catalog{library: scenarios.Shipped(), known: known(vendors), vendors: vendors, o: o, served: o.Scenario, worlds: map[string]*tenant.World{}}
	if err := c.addFiles(o); err != nil {
		return nil, err
	}
	if c.served == "" {
		c.served = "happy"
	}
	if o.FixturesDir != "" {
		var err error
		if c.own, err = fixtures.LoadOwn(o.FixturesDir); err != nil {
			return nil, err
		}
	}
	if err := c.parseOverrides(o, vendors); err != nil {
		return nil, err
	}
	return c, c.checkOwn()
}

// UsageError says that an option, or what a command was asked for, is no good.
type UsageError struct{ error }

// Unwrap is the error behind it.
func (e UsageError) Unwrap() error { return e.error }

func usage(format string, args ...any) error { return UsageError{fmt.Errorf(format, args...)} }

// checkOwn loads the user's own scenarios, and the served one, at once: a
// mistake in a file is told at the start, not to the first client that names it.
func (c *catalog) checkOwn() error {
	var all scenarios.Problems
	shipped := scenarios.Shipped()
	for _, name := range c.library.Names() {
		if name != c.served && shipped.Has(name) {
			continue
		}
		var problems scenarios.Problems
		if _, err := c.world(name); errors.As(err, &problems) {
			all = append(all, problems...)
		} else if err != nil {
			return err
		}
	}
	if !c.library.Has(c.served) {
		return usage("no scenario %q; there are: %s", c.served, strings.Join(c.library.Names(), ", "))
	}
	return all.Err()
}

func (c *catalog) addFiles(o Options) error {
	if o.ScenariosDir != "" {
		if err := c.library.AddDir(o.ScenariosDir); err != nil {
			return err
		}
	}
	if o.File == "" {
		return nil
	}
	name, err := c.library.AddFile(o.File)
	if c.served == "" {
		c.served = name
	}
	return err
}

func (c *catalog) parseOverrides(o Options, vendors []*vendor) error {
	if o.Clock != "" {
		mode, err := scenarios.ParseClockMode(o.Clock)
		if err != nil {
			return usage("clock %q: %w", o.Clock, err)
		}
		c.clock = &mode
	}
	c.profile = map[string]string{}
	for _, p := range o.Profiles {
		name, profile, one := strings.Cut(p, "=")
		if !one {
			name, profile = "", p
		}
		if profile != sim.Documented && profile != sim.Observed {
			return usage("profile %q is neither documented nor observed", profile)
		}
		found := false
		for _, v := range vendors {
			if name == "" || name == v.Name {
				c.profile[v.Name], found = profile, true
			}
		}
		if !found {
			return usage("profile %q: no vendor %q; there are: %s", p, name, strings.Join(Names(), ", "))
		}
	}
	return nil
}

// world compiles a scenario, once. It answers tenant.ErrUnknown for a name that
// no scenario has.
func (c *catalog) world(name string) (*tenant.World, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if w := c.worlds[name]; w != nil {
		return w, nil
	}
	if !c.library.Has(name) {
		return nil, tenant.ErrUnknown
	}
	var sets []string
	if name == c.served {
		sets = c.o.Set
	}
	w, err := c.compile(c.library.Load(name, c.known, c.limited(sets)))
	if err == nil {
		c.worlds[name] = w
	}
	return w, err
}

// changed compiles a scenario that the library has, with path=value overrides.
// It answers tenant.ErrUnknown for a name that no scenario has.
func (c *catalog) changed(name string, sets []string) (*tenant.World, error) {
	if len(sets) == 0 {
		return c.world(name)
	}
	if !c.library.Has(name) {
		return nil, tenant.ErrUnknown
	}
	return c.compile(c.library.Load(name, c.known, c.limited(sets)))
}

// inline compiles a scenario's text, which joins nothing: it is the world of
// those tenants alone that are made with it.
func (c *catalog) inline(file string, text []byte, sets []string) (*tenant.World, error) {
	return c.compile(c.library.LoadText(file, text, c.known, c.limited(sets)))
}

// limited adds, to the sets of a scenario, that nothing is limited. So it stands
// in the scenario's own text, and a recording has it.
func (c *catalog) limited(sets []string) []string {
	if c.o.Limits == limitsOff {
		return append(slices.Clip(sets), "limits=[]")
	}
	return sets
}

// fault reads a fault for a tenant that runs a scenario.
func (c *catalog) fault(file string, text []byte, s *scenarios.Scenario) (*scenarios.Fault, scenarios.Problems) {
	return scenarios.ParseFault(file, text, c.known, s)
}

func (c *catalog) compile(s *scenarios.Scenario, problems scenarios.Problems) (*tenant.World, error) {
	if errs := problems.Errors(); len(errs) > 0 {
		return nil, errs
	}
	c.override(s)
	return c.newWorld(s), nil
}

// newWorld makes a checked scenario ready.
func (c *catalog) newWorld(s *scenarios.Scenario) *tenant.World {
	vendors := tenantVendors(c.vendors)
	if seed, on := s.SurpriseSeed(); on {
		for i, v := range c.vendors {
			vendors[i].IDs = sim.LongerIDs(vendors[i].IDs, v.spec, seed)
		}
	}
	return tenant.NewWorld(s, vendors, c.own)
}

// profiled is a world in which some vendors have another profile.
func (c *catalog) profiled(w *tenant.World, profiles map[string]string) (*tenant.World, error) {
	s := *w.Scenario
	s.Profiles = maps.Clone(s.Profiles)
	if s.Profiles == nil {
		s.Profiles = map[string]string{}
	}
	for vendor, profile := range profiles {
		if !w.Serves(vendor) {
			return nil, usage("profiles: scenario %s has no vendor %q; it has %s", s.Name, vendor, strings.Join(s.Vendors, ", "))
		}
		if profile != sim.Documented && profile != sim.Observed {
			return nil, usage("profiles: %q is neither documented nor observed", profile)
		}
		s.Profiles[vendor] = profile
	}
	return c.newWorld(&s), nil
}

func (c *catalog) override(s *scenarios.Scenario) {
	if c.o.Seed != nil {
		s.Seed = *c.o.Seed
	}
	if c.clock != nil {
		s.Clock.Mode = *c.clock
	}
	for vendor, profile := range c.profile {
		if s.Profiles == nil {
			s.Profiles = map[string]string{}
		}
		s.Profiles[vendor] = profile
	}
}

// fieldError says in the language's words that a vendor lacks a field.
func fieldError(err error) error {
	if errors.Is(err, openapi.ErrNoField) {
		return fmt.Errorf("%w: %w", scenarios.ErrNoField, err)
	}
	return err
}
