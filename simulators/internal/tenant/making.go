package tenant

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// Why a tenant cannot be made.
var (
	ErrName  = errors.New("is no name that a tenant can be made with: scenario~label")
	ErrTaken = errors.New("is the name of another tenant")
)

// Making is a tenant that is made on purpose. It begins when it is made, and
// stays until it is deleted.
type Making struct {
	Name   string // scenario~label
	World  *World
	Seed   *int64               // nil: the scenario's
	Mode   *scenarios.ClockMode // nil: the scenario's
	Start  time.Time            // where its clock begins; zero: the scenario's, else the real now
	Secret string               // "": DefaultSecret
}

// Make begins a tenant. Its name leads to it though no scenario may be loaded
// under that name. Errors: ErrName, ErrTaken, ErrFull.
func (g *Registry) Make(m Making) (*Tenant, error) {
	if scenario, ok := splitName(m.Name); !ok || scenario == Demo {
		return nil, ErrName
	}
	d := written(m.Name, m.World)
	d.made = true
	if m.Seed != nil {
		d.seed = *m.Seed
	}
	if m.Mode != nil {
		d.mode = *m.Mode
	}
	if !m.Start.IsZero() {
		d.start = m.Start
	}
	d.secret = cmp.Or(m.Secret, DefaultSecret)
	g.making.Lock()
	defer g.making.Unlock()
	if _, taken := g.tenants.Load(m.Name); taken {
		return nil, ErrTaken
	}
	return g.begin(d)
}

// Demo is the tenant demo, which begins when it is first asked for. The error is
// ErrFull.
func (g *Registry) Demo() (*Tenant, error) {
	if t, ok := g.Find(Demo); ok {
		return t, nil
	}
	w, err := g.Served()
	if err != nil {
		return nil, err
	}
	return g.create(Demo, w)
}

// Find is the tenant of a name, if there is one now. To be found is no use of it.
func (g *Registry) Find(name string) (*Tenant, bool) {
	v, ok := g.tenants.Load(name)
	if !ok {
		return nil, false
	}
	return v.(*Tenant), true
}

// All are the tenants that there are now, by name.
func (g *Registry) All() []*Tenant {
	var all []*Tenant
	g.tenants.Range(func(_, v any) bool {
		all = append(all, v.(*Tenant))
		return true
	})
	slices.SortFunc(all, func(a, b *Tenant) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// Reset begins a tenant anew from the same definition, with the scenario that it
// runs now: the clock as it began, no history, no tokens, nothing that clients
// did. Requests under way finish on the old one and leave nothing in the new
// one. The error is ErrUnknown.
func (g *Registry) Reset(name string) (*Tenant, error) {
	g.making.Lock()
	defer g.making.Unlock()
	old, ok := g.Find(name)
	if !ok {
		return nil, ErrUnknown
	}
	// The old tokens go first: a token of the new one may have the same value.
	g.dropTokens(old)
	d := old.begun
	d.world = old.World()
	t := newTenant(d, g.source, g.room)
	g.tenants.Store(name, t) // at no instant is the name free
	old.end()
	g.logger.Info("tenant begins anew", "tenant", name, "scenario", d.world.Scenario.Name, "seed", t.Seed)
	return t, nil
}

// Delete forgets a tenant. A tenant that its name alone makes, as demo is, begins
// anew at its next use. The error is ErrUnknown.
func (g *Registry) Delete(name string) error {
	g.making.Lock()
	defer g.making.Unlock()
	t, ok := g.Find(name)
	if !ok {
		return ErrUnknown
	}
	g.forget(t, "deleted")
	return nil
}
