package simulators

import (
	"github.com/vendorsim/vendorsim/simulators/internal/replay"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// recording is a tenant's replay file. The error is replay.ErrLost.
func (s *Server) recording(t *tenant.Tenant) ([]byte, error) {
	began := t.Beginning()
	w := began.World
	f := &replay.File{
		Format: replay.Format, Version: Version(), Tenant: t.Name,
		Scenario: replay.Scenario{Name: w.Scenario.Name, YAML: string(w.Scenario.YAML())},
		Seed:     t.Seed, Profiles: map[string]string{}, Contract: s.options.Contract,
		Clock:        replay.Clock{Began: t.Clock.Began(), Mode: began.Mode.String()},
		SilentFaults: s.options.SilentFaults,
		OwnSecret:    t.Secret != tenant.DefaultSecret, OwnFixtures: w.Own != nil,
	}
	for _, vendor := range w.Scenario.Vendors {
		f.Profiles[vendor] = w.Profile(vendor)
	}
	if err := f.Record(t.Journal, s.secrets); err != nil {
		return nil, err
	}
	return f.Write()
}
