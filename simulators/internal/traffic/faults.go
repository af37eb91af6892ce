package traffic

import (
	"cmp"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// Why a fault cannot be added or found.
var (
	ErrFaultName = errors.New("is the name of another fault")
	ErrNoFault   = errors.New("is the name of no fault")
	ErrFaults    = errors.New("there are too many faults")
)

// MaxFaults is how many faults of one tenant there may be before none can be
// added: every request asks all of them.
const MaxFaults = 1000

// Faults decide which requests of one tenant go wrong, and how. They do nothing
// themselves. What they decide of a request depends on the seed, on the fault, on
// the request and on how many requests the fault has selected before for the same
// task (operation, tenant); never on what other tasks are asked meanwhile. Safe
// for concurrent use.
type Faults struct {
	seed int64

	// What a request goes by: nil where there is none. A list is never changed.
	rules atomic.Pointer[[]*fault]
	mu    sync.Mutex // held while the list is replaced by another one
}

// fault is one fault, and what it has counted.
type fault struct {
	scenarios.Fault
	texts
	luck   uint64
	counts bool // it asks how many requests came before
	added  bool // by hand

	matched, fired atomic.Int64
	owed           atomic.Int64 // times that it was told to fire once
	mu             sync.Mutex
	met            map[counted]*tries
}

// counted is what nth, first, every and chance are counted by. The zero value is
// the tenant.
type counted struct {
	vendor, operation, task string // one of operation and task
}

// tries are the requests that a fault has selected of one task, operation or
// tenant.
type tries struct {
	n    int
	luck uint64
}

// NewFaults are the faults of one tenant: the rules of its scenario, in order.
func NewFaults(rules []scenarios.Fault, seed int64) *Faults {
	f := &Faults{seed: seed}
	f.Replace(rules)
	return f
}

func (f *Faults) make(rule scenarios.Fault, added bool) *fault {
	latency := rule.Answer.Latency
	return &fault{
		Fault: rule, texts: textsOf(&rule), added: added,
		luck: task.LuckOf(f.seed, "fault/"+rule.Name),
		counts: rule.Nth > 0 || rule.First > 0 || rule.Every > 0 || rule.Chance > 0 ||
			latency != nil && (latency.P50 > 0 || latency.Min != latency.Max),
		met: map[counted]*tries{},
	}
}

// None tells whether there is no fault to ask: then nobody need find out what
// Decide would look at.
func (f *Faults) None() bool { return f.rules.Load() == nil }

// all are the faults in force, in order.
func (f *Faults) all() []*fault {
	if rules := f.rules.Load(); rules != nil {
		return *rules
	}
	return nil
}

// set puts other faults in force. It is called with mu held.
func (f *Faults) set(rules []*fault) {
	if len(rules) == 0 {
		f.rules.Store(nil)
		return
	}
	f.rules.Store(&rules)
}

// Replace puts the rules of another scenario in place of the earlier one's; they
// have counted nothing. Those added by hand stay as they are, behind them; where
// one has the name of a new rule, it stays instead of that.
func (f *Faults) Replace(rules []scenarios.Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var byHand, all []*fault
	for _, r := range f.all() {
		if r.added {
			byHand = append(byHand, r)
		}
	}
	for _, rule := range rules {
		if named(byHand, rule.Name) < 0 {
			all = append(all, f.make(rule, false))
		}
	}
	f.set(append(all, byHand...))
}

// named is the place of the fault of a name, -1 if there is none.
func named(all []*fault, name string) int {
	return slices.IndexFunc(all, func(r *fault) bool { return r.Name == name })
}

// Add puts a fault in force, behind the others. Errors: ErrFaultName, ErrFaults.
func (f *Faults) Add(rule scenarios.Fault) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := f.all()
	switch {
	case named(all, rule.Name) >= 0:
		return ErrFaultName
	case len(all) >= MaxFaults:
		return ErrFaults
	}
	f.set(append(slices.Clone(all), f.make(rule, true)))
	return nil
}

// Remove takes a fault out of force, whoever put it there. It answers false where
// there is none of that name.
func (f *Faults) Remove(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := f.all()
	i := named(all, name)
	if i < 0 {
		return false
	}
	f.set(slices.Delete(slices.Clone(all), i, i+1))
	return true
}

// Fire lets a fault answer the next request that its vendor, on, task and when
// select, once, whatever its windows, count and chance say; a request that an
// earlier fault answers is not yet it, and it stays owed (FaultState.Owed). The
// error is ErrNoFault.
func (f *Faults) Fire(name string) error {
	all := f.all()
	i := named(all, name)
	if i < 0 {
		return ErrNoFault
	}
	all[i].owed.Add(1)
	return nil
}

// FaultState is a fault in force.
type FaultState struct {
	Fault   scenarios.Fault
	Added   bool // by hand; else the scenario has it
	Matched int  // requests that it selected, before count and chance
	Fired   int
	Owed    int // times that it was told to fire once and has not yet
}

// List are the faults in force, in the order in which they are asked.
func (f *Faults) List() []FaultState {
	list := []FaultState{}
	for _, r := range f.all() {
		list = append(list, FaultState{
			Fault: r.Fault, Added: r.added,
			Matched: int(r.matched.Load()), Fired: int(r.fired.Load()), Owed: int(r.owed.Load()),
		})
	}
	return list
}

// FaultEdge is an instant at which a fault's window ("during") opens or closes.
type FaultEdge struct {
	At    time.Duration // the tenant's time since its beginning
	Name  string
	Opens bool
}

// Edges are the edges of windows in (from, to] of the tenant's time since its
// beginning, by instant, at one instant in the order of the faults.
func (f *Faults) Edges(from, to time.Duration) []FaultEdge {
	var edges []FaultEdge
	add := func(at time.Duration, name string, opens bool) {
		if at > from && at <= to {
			edges = append(edges, FaultEdge{At: at, Name: name, Opens: opens})
		}
	}
	for _, r := range f.all() {
		if r.During == nil {
			continue
		}
		add(r.During.From, r.Name, true)
		if r.During.To > 0 {
			add(r.During.To, r.Name, false)
		}
	}
	slices.SortStableFunc(edges, func(a, b FaultEdge) int { return cmp.Compare(a.At, b.At) })
	return edges
}
