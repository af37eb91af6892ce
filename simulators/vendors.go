package simulators

import (
	"runtime/debug"

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

func loadVendors() ([]*vendor, error) {
	var out []*vendor
	for _, make := range all {
		v := &vendor{Vendor: make()}
		var err error
		if v.spec, err = openapi.Load(v.Name); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// known is what scenarios may refer to: the vendors' names, operations, options
// and fields, all out of the specs.
func known(vendors []*vendor) scenarios.Known {
	specs := map[string]*openapi.Spec{}
	k := scenarios.Known{Operations: map[string][]string{}}
	for _, v := range vendors {
		specs[v.Name] = v.spec
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
