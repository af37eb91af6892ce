package simulators

import (
	"encoding/json"
	"io"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// PlanOptions choose what Plan writes. The zero value is a text of the scenario
// as it is written.
type PlanOptions struct {
	ScenariosDir string   // a folder of scenario files that join the shipped ones
	Set          []string // path=value
	Seed         *int64   // overrides the scenario's seed
	Clock        string   // overrides the scenario's clock: real, xN, frozen or skip
	Profiles     []string // documented, observed or vendor=profile; overrides the scenario's
	All          bool     // every task, not only the first ones
	JSON         bool     // one JSON document instead of text
}

// Plan writes what a scenario, of this name or in this file, will do: its
// settings, its lifecycles with the chances of their ends, and the course that
// each declared task takes by its seed. It starts no server.
//
// The problems are the scenario's. If there are errors among them, nothing is
// written; warnings are written too. The error is about the options, a file
// that cannot be read, or the writer.
func Plan(w io.Writer, arg string, o PlanOptions) (scenarios.Problems, error) {
	vendors, err := loadVendors()
	if err != nil {
		return nil, err
	}
	world, file, problems, err := planWorld(arg, o, vendors)
	if err != nil || problems.Err() != nil {
		return problems, err
	}
	doc := newPlanDoc(world, vendors, file, problems, o.All)
	if !o.JSON {
		_, err = io.WriteString(w, doc.text())
		return problems, err
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return problems, enc.Encode(doc)
}

// planWorld compiles the scenario and tells where it stands.
func planWorld(arg string, o PlanOptions, vendors []*vendor) (*tenant.World, string, scenarios.Problems, error) {
	c := &catalog{library: scenarios.Shipped(), known: known(vendors), vendors: vendors}
	err := c.parseOverrides(Options{Clock: o.Clock, Profiles: o.Profiles}, vendors)
	if err == nil && o.ScenariosDir != "" {
		err = c.library.AddDir(o.ScenariosDir)
	}
	if err != nil {
		return nil, "", nil, err
	}
	name, problems, err := named(c.library, arg)
	if err != nil || problems != nil {
		return nil, "", problems, err
	}
	s, problems := c.library.Load(name, c.known, o.Set)
	if problems.Err() != nil {
		return nil, "", problems, nil
	}
	c.o.Seed = o.Seed
	c.override(s)
	return c.newWorld(s), c.library.File(name), problems, nil
}
