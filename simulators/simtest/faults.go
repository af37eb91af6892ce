package simtest

import (
	"context"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
)

// AddFault lets something go wrong from now on. It is an entry of a scenario's
// "faults:", as YAML or JSON:
//
//	sim.AddFault("{name: brownout, on: poll, first: 2, answer: {status: 503, retry_after: 5s}}")
func (s *Sim) AddFault(yaml string) Fault {
	s.t.Helper()
	return must[Fault](s, "AddFault(%s)", yaml)(s.control.AddFault(context.Background(), s.tenant.Name, api.NewFault{"yaml": yaml}))
}

// RemoveFault ends a fault, of AddFault or of the scenario.
func (s *Sim) RemoveFault(name string) {
	s.t.Helper()
	if err := s.control.RemoveFault(context.Background(), s.tenant.Name, name); err != nil {
		s.t.Fatalf("simtest: RemoveFault(%q): %v", name, err)
	}
}

// FireFault lets a fault fire once, at the next request that its vendor, on, task
// and when select and that no earlier fault answers, whatever its windows, count
// and chance say.
func (s *Sim) FireFault(name string) {
	s.t.Helper()
	must[Fault](s, "FireFault(%q)", name)(s.control.FireFault(context.Background(), s.tenant.Name, name))
}

// Faults are the faults in force, with what each has counted.
func (s *Sim) Faults() []Fault {
	s.t.Helper()
	return must[api.Faults](s, "Faults")(s.control.Faults(context.Background(), s.tenant.Name)).Faults
}

// RevokeTokens ends the tokens of a vendor, all for "", earlier than the client
// was told, and answers how many there were.
func (s *Sim) RevokeTokens(vendor string) int {
	s.t.Helper()
	if vendor != "" {
		s.credential(vendor) // it must be there
	}
	return must[api.Revoked](s, "RevokeTokens(%q)", vendor)(s.control.RevokeTokens(context.Background(), s.tenant.Name, api.Revoke{Vendor: vendor})).Revoked
}
