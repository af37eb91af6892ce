// Package tenant turns the credential that a client sends anyway into its
// isolated world: a clock, a seed, tasks, rate limits and faults of its own. It must not
// know how a vendor reads a credential or words an answer.
package tenant

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/vendorsim/vendorsim/fixtures"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
	"github.com/vendorsim/vendorsim/simulators/internal/verify"
)

// Tenant is an isolated customer of all vendors. Safe for concurrent use.
type Tenant struct {
	Name     string
	Seed     int64
	Secret   string // what signatures of its requests are made with
	Made     bool   // on purpose: it is never forgotten by itself
	Clock    *clock.Clock
	Answers  *traffic.Answers
	Fixtures *fixtures.Data
	Journal  *journal.Journal
	Observer *verify.Observer

	// Notes are what vendors keep beside tasks, by vendor and key.
	Notes Notes
	// Issued counts the tokens that the tenant was given: two are never alike.
	Issued atomic.Int64
	// Tracked counts the tracking ids that the tenant has had.
	Tracked atomic.Int64
	// Alone is held by a call that looks before it acts.
	Alone sync.Mutex

	begun  definition
	faults *traffic.Faults
	moving sync.Mutex // held while the clock is moved by hand or the scenario replaced

	// A scenario can be replaced while requests run.
	world  atomic.Pointer[World]
	limits atomic.Pointer[limits]
	tasks  atomic.Pointer[map[string]*Tasks]

	tokens tokens
	waits  waits

	_ [64]byte // what each request writes is not to share a cache line with what each reads
	arrivals
	_ [64]byte
}

// arrivals are the requests so far.
type arrivals struct {
	arriving sync.Mutex // held while a request gets its number and its instant
	// Requests counts the requests that were accepted: the ordinals of their ids.
	Requests atomic.Int64
	used     atomic.Int64 // real Unix nanoseconds of the last request
}

// definition is all that makes a tenant what it is at its beginning: it can be
// begun anew from that.
type definition struct {
	name   string
	world  *World
	seed   int64
	mode   scenarios.ClockMode
	start  time.Time // zero: the real now
	secret string
	made   bool
}

// written is the definition of a tenant that is what its scenario says.
func written(name string, w *World) definition {
	s := w.Scenario
	return definition{name: name, world: w, seed: s.Seed, mode: s.Clock.Mode, start: s.Clock.Start, secret: DefaultSecret}
}

// room is what all tenants of a registry share to keep things in.
type room struct {
	answers *traffic.Budget
	journal *journal.Budget
}

// journalEntries is how many requests one tenant's journal holds at most.
const journalEntries = 8_000

func newTenant(d definition, src clock.Source, r room) *Tenant {
	w := d.world
	t := &Tenant{
		Name: d.name, Seed: d.seed, Secret: d.secret, Made: d.made,
		Clock:    clock.New(src, d.mode, d.start),
		Answers:  traffic.NewAnswers(r.answers),
		Fixtures: fixtures.New(d.seed, w.Own),
		Journal:  journal.New(r.journal, journalEntries),
		Observer: verify.New(w.Scenario.Expect),
		begun:    d,
		faults:   traffic.NewFaults(w.Scenario.Faults, d.seed),
	}
	tasks := map[string]*Tasks{}
	for vendor, set := range w.sets {
		tasks[vendor] = t.newTasks(set, t.Clock.Began())
	}
	t.tasks.Store(&tasks)
	t.limits.Store(newLimits(w))
	t.world.Store(w)
	t.touch(src.Now())
	return t
}

func (t *Tenant) newTasks(set *Set, began time.Time) *Tasks {
	tasks := newTasks(set, t.Seed, t.Clock, began)
	tasks.jumped = t.Wake
	return tasks
}

// World is what the tenant runs now. A request that looks at it twice may find
// two: what belongs together is asked of one.
func (t *Tenant) World() *World { return t.world.Load() }

// Scenario is the scenario that the tenant runs now.
func (t *Tenant) Scenario() *scenarios.Scenario { return t.World().Scenario }

// Own are the user's own fixtures, or nil.
func (t *Tenant) Own() *fixtures.Own { return t.World().Own }

// Serves tells whether the tenant's scenario is for a vendor.
func (t *Tenant) Serves(vendor string) bool { return t.World().Serves(vendor) }

// Options are a vendor's options in the tenant's scenario.
func (t *Tenant) Options(vendor string) Options { return t.World().Options(vendor) }

// Profile is what the tenant's scenario has of a vendor: documented or observed.
func (t *Tenant) Profile(vendor string) string { return t.World().Profile(vendor) }

// Auth is what the tenant's scenario says about credentials and tokens at a vendor.
func (t *Tenant) Auth(vendor string) scenarios.Auth { return t.World().Vendor(vendor).Auth }

// Faults are what goes wrong on purpose: the scenario's, and what a test adds.
func (t *Tenant) Faults() *traffic.Faults { return t.faults }

// Tasks are the tenant's tasks at a vendor that its scenario is for.
func (t *Tenant) Tasks(vendor string) *Tasks { return (*t.tasks.Load())[vendor] }

// limits are a scenario's limits and what they have counted.
type limits struct {
	limiter, none *traffic.Limiter
	written       bool // in the scenario: they hold on a frozen clock too
}

func newLimits(w *World) *limits {
	return &limits{limiter: traffic.NewLimiter(w.limits), none: traffic.NewLimiter(nil), written: w.Scenario.Limits != nil}
}

// Limits are the limits that hold as the clock runs now. On a frozen clock no
// window would ever pass, so only what the scenario itself writes holds there.
// What the others had counted they count on once the clock runs again.
func (t *Tenant) Limits() *traffic.Limiter {
	l := t.limits.Load()
	if !l.written && t.Clock.Mode().Kind == scenarios.Frozen {
		return l.none
	}
	return l.limiter
}

// Wake is for whoever moves the tenant's clock or changes how it runs: what has
// come due is told to those who listen, and who waits for the clock looks at it.
// A clock that runs wakes them by itself.
func (t *Tenant) Wake() {
	t.waits.wake()
	for _, tasks := range *t.tasks.Load() {
		tasks.wake()
	}
}

// Settle returns once all that is due by now has been told to those who listen.
func (t *Tenant) Settle() {
	for _, tasks := range *t.tasks.Load() {
		tasks.settle()
	}
}

// Arrive gives a request its number among the tenant's, from 1, and its instant:
// of two requests the one with the lower number came no later than the other.
func (t *Tenant) Arrive() (number int64, now clock.Reading) {
	t.arriving.Lock()
	defer t.arriving.Unlock()
	return t.Requests.Add(1), t.Clock.Read()
}

// Since is the tenant's time from its beginning to an instant of it, also what a
// skipping clock jumped over: what the windows of faults go by.
func (t *Tenant) Since(now time.Time) time.Duration { return now.Sub(t.Clock.Began()) }

// silence ends all listening and waiting, for good.
func (t *Tenant) silence() {
	t.waits.end()
	for _, tasks := range *t.tasks.Load() {
		tasks.silence()
	}
}

// LastUsed is the real instant of the last request, before the first that of the
// tenant's beginning.
func (t *Tenant) LastUsed() time.Time { return time.Unix(0, t.used.Load()).UTC() }

func (t *Tenant) touch(real time.Time)              { t.used.Store(real.UnixNano()) }
func (t *Tenant) idle(real time.Time) time.Duration { return real.Sub(time.Unix(0, t.used.Load())) }
