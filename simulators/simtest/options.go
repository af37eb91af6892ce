package simtest

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
)

// Option changes what Start makes.
type Option func(*wanted)

// wanted is the tenant that options ask for.
type wanted struct {
	api.NewTenant
	err error // the first option that cannot be met
}

// want is what options ask for together; a later one overrides an earlier.
func want(options []Option) (wanted, error) {
	var w wanted
	for _, option := range options {
		option(&w)
	}
	return w, w.err
}

// words are what was asked for, as far as it can be wrong.
func (w *wanted) words() string {
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, fmt.Sprintf("%s %q", name, value))
		}
	}
	add("Scenario", w.Scenario)
	add("Scenario", w.File)
	for _, value := range w.Set {
		add("Set", value)
	}
	if w.Seed != nil {
		add("Seed", fmt.Sprint(*w.Seed))
	}
	add("ClockMode", w.Clock)
	if w.Start != nil {
		add("StartAt", w.Start.String())
	}
	for _, vendor := range slices.Sorted(maps.Keys(w.Profiles)) {
		add("Profile", vendor+"="+w.Profiles[vendor])
	}
	return strings.Join(parts, ", ")
}

// Scenario is what the tenant runs: the name of a shipped scenario, or a file,
// whose name ends in .yaml or .yml. Left out: happy.
func Scenario(nameOrFile string) Option {
	return func(w *wanted) {
		if !strings.HasSuffix(nameOrFile, ".yaml") && !strings.HasSuffix(nameOrFile, ".yml") {
			w.Scenario, w.YAML, w.File = nameOrFile, "", ""
			return
		}
		text, err := os.ReadFile(nameOrFile)
		if err != nil && w.err == nil {
			w.err = fmt.Errorf("the scenario cannot be read: %w", err)
		}
		w.Scenario, w.YAML, w.File = "", string(text), nameOrFile
	}
}

// YAML is a scenario's text. It may extend a shipped scenario, as
// "extends: slow".
func YAML(text string) Option {
	return func(w *wanted) { w.Scenario, w.YAML, w.File = "", text, "" }
}

// Set overrides one value of the scenario, as "lifecycles.task.running.after=1ms".
// It may be given several times.
func Set(pathValue string) Option {
	return func(w *wanted) { w.Set = append(w.Set, pathValue) }
}

// Seed is the tenant's seed, instead of the scenario's.
func Seed(seed int64) Option {
	return func(w *wanted) { w.Seed = &seed }
}

// ClockMode is how the tenant's clock runs: real, xN, frozen or skip. Left out:
// as the scenario says.
func ClockMode(mode string) Option {
	return func(w *wanted) { w.Clock = mode }
}

// StartAt is the instant at which the tenant's clock begins. Left out: as the
// scenario says, else the real time.
func StartAt(at time.Time) Option {
	return func(w *wanted) { w.Start = &at }
}

// Profile is documented or observed, for one vendor.
func Profile(vendor, profile string) Option {
	return func(w *wanted) {
		if w.Profiles == nil {
			w.Profiles = map[string]string{}
		}
		w.Profiles[vendor] = profile
	}
}

// Secret is what the tenant's requests are signed with, instead of "secret".
func Secret(secret string) Option {
	return func(w *wanted) { w.NewTenant.Secret = secret }
}
