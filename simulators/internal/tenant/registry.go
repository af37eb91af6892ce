package tenant

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
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
	t, k, err := g.whose(&c, vendor)
	if err != nil {
		return nil, err
	}
	lived := time.Duration(0)
	if k != nil {
		lived = t.Clock.Lived()
	}
	if err = t.admit(&c, k, t.World().Vendor(vendor), lived, g.source.Now()); err != nil && err != ErrDisabled {
		return nil, err
	}
	return t, err
}

// Entered is a request that came in, and whose it is.
type Entered struct {
	Tenant  *Tenant      // nil: nobody's
	Vendor  *VendorWorld // what the tenant's scenario says of the vendor
	Token   *Token       // that the request carried, if one of the tenant's is known
	Number  int64        // as Arrive says, and so is Reading
	Reading clock.Reading
}

// Enter is Accept for a request that came at a real instant. It gets its number and
// its instant, which decides whether its token is over. With an error comes its
// tenant all the same where its token or its name told it: the request is one of
// that tenant's, though refused.
func (g *Registry) Enter(c *Credential, vendor string, real time.Time) (e Entered, err error) {
	t, k, err := g.whose(c, vendor)
	if err != nil {
		return e, err
	}
	e.Tenant, e.Token = t, k
	e.Number, e.Reading = t.Arrive()
	// The world comes after the reading: what is kept of a world that was replaced
	// since is of an older generation, and not given again.
	e.Vendor = t.World().Vendor(vendor)
	return e, t.admit(c, k, e.Vendor, e.Reading.Lived, real)
}

// whose answers the tenant that a credential names, creating it at its first use,
// and the token that it carries, if it carries one. With an error comes neither.
func (g *Registry) whose(c *Credential, vendor string) (t *Tenant, k *Token, err error) {
	switch {
	case c.Token != "":
		if k = g.Known(c.Token, vendor); k != nil {
			return k.Tenant, k, nil
		}
		t, err = g.get(c.Token, vendor)
	case c.HasSecret && (c.Secret == "" || c.Secret == Wrong):
		err = ErrSecret
	default:
		t, err = g.get(c.Name, vendor)
	}
	return t, nil, err
}

// admit lets a credential into the tenant that it names, whose token may be over or
// whose key the scenario may have disabled. A tenant's name that stands in the place
// of a token is outside of all that. Only who is let in, or has a key that is
// disabled, uses the tenant.
func (t *Tenant) admit(c *Credential, k *Token, w *VendorWorld, lived time.Duration, real time.Time) error {
	if k != nil {
		if err := k.Over(lived); err != nil {
			return err
		}
	}
	if !w.Serves { // the scenario was replaced
		return elsewhere(w)
	}
	t.touch(real)
	if w.Auth.Disabled && (k != nil || c.Token == "") {
		return ErrDisabled
	}
	return nil
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
	if of := w.Vendor(vendor); !of.Serves {
		return nil, elsewhere(of)
	}
	if ok {
		return t.(*Tenant), nil
	}
	return g.create(name, w)
}

func elsewhere(w *VendorWorld) error {
	return fmt.Errorf("%w (%s, %s)", ErrElsewhere, w.World.Scenario.Name, w.Name)
}

// create begins a tenant, unless another request did so meanwhile.
func (g *Registry) create(name string, w *World) (*Tenant, error) {
	g.making.Lock()
	defer g.making.Unlock()
	if t, ok := g.tenants.Load(name); ok {
		return t.(*Tenant), nil
	}
	return g.begin(written(strings.Clone(name), w)) // it may be a piece of a whole request
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
