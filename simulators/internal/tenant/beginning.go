package tenant

import "github.com/vendorsim/vendorsim/scenarios"

// Beginning is what a tenant began with, whatever was changed since.
type Beginning struct {
	World *World
	Mode  scenarios.ClockMode
}

// Beginning is what the tenant began with.
func (t *Tenant) Beginning() Beginning { return Beginning{World: t.begun.world, Mode: t.begun.mode} }
