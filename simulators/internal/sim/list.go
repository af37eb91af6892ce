package sim

import (
	"math"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// Names that the author of a list meets.
type (
	Query = tenant.Query
	Order = tenant.Order
)

// The orders of a list.
const (
	AsWritten   = tenant.AsWritten
	OldestFirst = tenant.OldestFirst
	NewestFirst = tenant.NewestFirst
)

// shortest is how long a page of a list must last, in the tenant's time, to be
// kept: among very many tasks some change all the time, and pages are large.
const shortest = 10 * time.Millisecond

// List shows at most so many tasks of a list, from one on, and tells how many the
// list has. Where the scenario counts lists it is a read of every task of the list.
// Shows tells which of them the answer has.
func (c *Call) List(q Query, from, most int) (page []Entry, total int) {
	if !c.Tenant.Scenario().CountLists {
		return c.Choose(q, from, most)
	}
	all := c.ReadAll(q)
	from = min(from, len(all))
	return all[from:min(from+min(most, len(all)), len(all))], len(all)
}

// Choose is List, and never a read.
func (c *Call) Choose(q Query, from, most int) (page []Entry, total int) {
	tasks := c.Tenant.Tasks(c.vendor.Name)
	p := tasks.List(c.now, q, from, most)
	c.lists(tasks, p, true)
	c.age(p.Entries)
	return p.Entries, p.Total
}

// ReadAll counts one read of every task of a list and shows those that the vendor
// knows.
func (c *Call) ReadAll(q Query) []Entry {
	tasks := c.Tenant.Tasks(c.vendor.Name)
	p := tasks.List(c.now, q, 0, math.MaxInt)
	// A read that counts is a change by itself; one that may jump has to be made.
	c.lists(tasks, p, c.Tenant.Clock.Mode().Kind != scenarios.Skip)
	return c.ReadThese(p.Entries)
}

// ReadThese counts one read of each of some tasks, which Choose has shown, and
// shows those that the vendor knows.
func (c *Call) ReadThese(entries []Entry) []Entry {
	tasks := c.Tenant.Tasks(c.vendor.Name)
	refs := make([]tenant.Ref, len(entries))
	for i := range entries {
		refs[i] = entries[i].Ref
	}
	read, now := tasks.Read(c.now, refs...)
	c.now = now
	c.age(read)
	return read
}

// lists remembers how long the answer may be given again. steady tells whether to
// give it again is as good as to ask again.
func (c *Call) lists(tasks *tenant.Tasks, p tenant.Page, steady bool) {
	c.now = p.At
	if !p.Until.IsZero() && p.Until.Sub(p.At) < shortest {
		steady = false
	}
	c.shown = append(c.shown, shown{tasks: tasks, list: true, changes: p.Changes, steady: steady, until: p.Until})
}
