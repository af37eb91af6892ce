package simulators

import (
	"errors"
	"runtime/debug"
	"sync"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/bitdefender"
	"github.com/vendorsim/vendorsim/simulators/checkpoint"
	"github.com/vendorsim/vendorsim/simulators/cisco"
	"github.com/vendorsim/vendorsim/simulators/dbvisit"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/sailpoint"
)

// all is the list of vendors. A new one is a folder here, a spec, its
// transcripts and one line.
var all = []func() *sim.Vendor{
	bitdefender.New,
	checkpoint.New,
	sailpoint.New,
	cisco.New,
	dbvisit.New,
}

// loadVendors reads the specs at once, side by side: it is most of a start.
func loadVendors() ([]*vendor, error) {
	out, failed := make([]*vendor, len(all)), make([]error, len(all))
	var wg sync.WaitGroup
	for i, make := range all {
		wg.Go(func() {
			out[i], failed[i] = loaded(make())
		})
	}
	wg.Wait()
	return out, errors.Join(failed...)
}

func loaded(v *sim.Vendor) (*vendor, error) {
	spec, err := openapi.Load(v.Name)
	return &vendor{Vendor: v, spec: spec}, err
}

// known is what scenarios may refer to: the vendors' names, operations, options
// and fields, all out of the specs.
func known(vendors []*vendor) scenarios.Known {
	specs := map[string]*openapi.Spec{}
	byName := map[string]*vendor{}
	k := scenarios.Known{Operations: map[string][]string{}, FaultKinds: sim.FaultKinds()}
	for _, v := range vendors {
		specs[v.Name], byName[v.Name] = v.spec, v
		k.Vendors = append(k.Vendors, v.Name)
		for _, o := range v.spec.Operations {
			for _, leaf := range o.Leaves() {
				k.Operations[v.Name] = append(k.Operations[v.Name], leaf.Name)
			}
		}
	}
	k.Option = func(vendor, name string, value any) error { return specs[vendor].CheckOption(name, value) }
	k.TaskID = func(vendor, id string) error { return specs[vendor].CheckID(id) }
	k.TaskField = func(vendor, field string, value any) error {
		return fieldError(specs[vendor].CheckField(field, value, false))
	}
	k.StateField = func(vendor, field string, value any) error {
		return fieldError(specs[vendor].CheckField(field, value, true))
	}
	k.FaultAnswer = func(vendor, operation, kind string, status int) error {
		return byName[vendor].FaultAnswer(specs[vendor], operation, kind, status)
	}
	k.AuthKeys = func(vendor string) []string { return byName[vendor].AuthKeys() }
	return k
}

// version is set by the Makefile; a plain "go install" finds it in the build
// information.
var version = ""

// Version is the version of this build.
func Version() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
