package tenant

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
)

// Why a credential is refused.
var (
	ErrUnknown   = errors.New("names no tenant: demo, a scenario, or scenario~label")
	ErrSecret    = errors.New("has an empty or a wrong secret")
	ErrElsewhere = errors.New("names a tenant whose scenario is not for this vendor")
	ErrFull      = errors.New("too many tenants are active") // not the credential's fault
)

// IdleAfter is the real time after which an unused tenant is forgotten. The
// tenant demo never is, nor is one that was made on purpose.
const IdleAfter = 30 * time.Minute

// evictAfter is how long a tenant must have been unused to make room for
// another one.
const evictAfter = time.Minute

// What the kept answers and the journals of all tenants may take, in bytes. A
// journal's floor comes on top.
const (
	answerBytes  = 64 << 20
	journalBytes = 256 << 20
)

// Registry knows the tenants. Safe for concurrent use.
type Registry struct {
	served string // the scenario that demo runs
	max    int
	world  func(scenario string) (*World, error) // ErrUnknown where there is none
	source clock.Source
	logger *slog.Logger

	room    room
	tenants sync.Map   // name -> *Tenant
	tokens  sync.Map   // value -> *Token
	making  sync.Mutex // held while the set of tenants changes
	count   int        // guarded by making
}

// NewRegistry makes a registry of at most so many tenants. world loads a
// scenario by name, once.
func NewRegistry(served string, maximum int, world func(string) (*World, error), src clock.Source, logger *slog.Logger) *Registry {
	return &Registry{
		served: served, max: maximum, world: world, source: src, logger: logger,
		room: room{traffic.NewBudget(answerBytes), journal.NewBudget(journalBytes)},
	}
}

// ShareJournals sets how many bytes the journals of all tenants may take together,
// each one's floor aside: 256 MiB if nobody says. It is for a registry that has no
// tenant yet.
func (g *Registry) ShareJournals(bytes int64) { g.room.journal = journal.NewBudget(bytes) }

// Credential is what a client sent to say who it is.
type Credential struct {
	Name      string
	Secret    string
	HasSecret bool // whether the vendor's credential has a secret at all

	// Token is what stands in the place of a token: one that a log-in gave, else
	// a tenant's name itself. With it, Name and Secret do not count.
	Token string
}

// Accept answers the tenant of a credential at a vendor, creating it at its first
// use, or ErrUnknown, ErrElsewhere, ErrSecret, ErrExpired, ErrRevoked, ErrDisabled
// or ErrFull. With ErrDisabled comes the tenant, so that its test sees who was
// refused: the key names it like any other.
func (g *Registry) Accept(c Credential, vendor string) (*Tenant, error) {
	raw := false
	if c.Token != "" {
		k, err := g.Token(c.Token, vendor)
		switch {
		case k == nil: // a raw tenant name never ends, and stands outside auth
			c, raw = Credential{Name: c.Token}, true
		case err != nil:
			return nil, err
		case !k.Tenant.Serves(vendor): // its scenario was replaced
			return nil, elsewhere(k.Tenant.World(), vendor)
		default:
			return g.enter(k.Tenant, vendor)
		}
	}
	if c.HasSecret && (c.Secret == "" || c.Secret == Wrong) {
		return nil, ErrSecret
	}
	t, err := g.get(c.Name, vendor)
	if err != nil {
		return nil, err
	}
	if raw {
		t.touch(g.source.Now())
		return t, nil
	}
	return g.enter(t, vendor)
}

// enter lets a key into its tenant, unless the scenario has disabled it.
func (g *Registry) enter(t *Tenant, vendor string) (*Tenant, error) {
	t.touch(g.source.Now())
	if t.Auth(vendor).Disabled {
		return t, ErrDisabled
	}
	return t, nil
}

func (g *Registry) get(name, vendor string) (*Tenant, error) {
	var w *World
	t, ok := g.tenants.Load(name)
	if ok {
		w = t.(*Tenant).World()
	} else {
		var err error
		if w, err = g.worldOf(name); err != nil {
			return nil, err
		}
	}
	if !w.Serves(vendor) {
		return nil, elsewhere(w, vendor)
	}
	if ok {
		return t.(*Tenant), nil
	}
	return g.create(name, w)
}

func elsewhere(w *World, vendor string) error {
	return fmt.Errorf("%w (%s, %s)", ErrElsewhere, w.Scenario.Name, vendor)
}

// create begins a tenant, unless another request did so meanwhile.
func (g *Registry) create(name string, w *World) (*Tenant, error) {
	g.making.Lock()
	defer g.making.Unlock()
	if t, ok := g.tenants.Load(name); ok {
		return t.(*Tenant), nil
	}
	return g.begin(written(name, w))
}

// begin makes a tenant and makes it known. It is called with making held.
func (g *Registry) begin(d definition) (*Tenant, error) {
	if g.count >= g.max && !g.evict() {
		return nil, ErrFull
	}
	t := newTenant(d, g.source, g.room)
	g.tenants.Store(d.name, t)
	g.count++
	g.logger.Info("tenant begins", "tenant", d.name, "scenario", d.world.Scenario.Name, "seed", t.Seed)
	return t, nil
}

func (g *Registry) worldOf(name string) (*World, error) {
	scenario, ok := splitName(name)
	if !ok {
		return nil, ErrUnknown
	}
	if scenario == Demo {
		scenario = g.served
	}
	return g.world(scenario)
}

// Served is the world that the tenant demo runs.
func (g *Registry) Served() (*World, error) { return g.world(g.served) }

// Sweep forgets tenants that have been idle for long.
func (g *Registry) Sweep() {
	g.making.Lock()
	defer g.making.Unlock()
	now := g.source.Now()
	g.tenants.Range(func(_, v any) bool {
		if t := v.(*Tenant); t.passing() && t.idle(now) > IdleAfter {
			g.forget(t, "idle")
		}
		return true
	})
}

// passing tells whether a tenant may be forgotten though nobody said so.
func (t *Tenant) passing() bool { return t.Name != Demo && !t.Made }

// evict makes room by forgetting the tenant that has been idle longest.
func (g *Registry) evict() bool {
	now := g.source.Now()
	var oldest *Tenant
	g.tenants.Range(func(_, v any) bool {
		t := v.(*Tenant)
		if t.passing() && (oldest == nil || t.idle(now) > oldest.idle(now)) {
			oldest = t
		}
		return true
	})
	if oldest == nil || oldest.idle(now) <= evictAfter {
		return false
	}
	g.forget(oldest, "room for another")
	return true
}

// Close ends what the tenants do without being asked.
func (g *Registry) Close() {
	g.tenants.Range(func(_, v any) bool {
		v.(*Tenant).silence()
		return true
	})
}

func (g *Registry) forget(t *Tenant, why string) {
	g.dropTokens(t)
	g.tenants.Delete(t.Name)
	g.count--
	t.end()
	g.logger.Info("tenant ends", "tenant", t.Name, "why", why)
}

// end gives back what the tenant keeps. Requests under way finish on it.
func (t *Tenant) end() {
	t.silence()
	t.Answers.Drop()
	t.Journal.Drop()
}
