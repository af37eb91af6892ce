package tenant

import (
	"cmp"
	"slices"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// Order is the order of a list.
type Order int

// The orders: tasks as they were written and then created; by creation, and those
// of one instant as they were written.
const (
	AsWritten Order = iota
	OldestFirst
	NewestFirst
)

// Query says which tasks a list is of, and in which order.
type Query struct {
	// Match tells whether the list has a task; nil: every task. It is asked once for
	// many tasks alike, with an entry that has nothing but Spec, Data, Number,
	// Created, State, Phase and Set, and may go by Number only as far as Period says.
	// Of what is on the page it is asked again, with the entry whole.
	Match  func(Entry) bool
	Period int // above 1: Match goes by Number modulo Period; else not by Number

	IDs       []string      // not nil: only tasks of these ids; Match is asked with the entry whole
	Retention time.Duration // not 0: only for so long after its creation is a task listed
	Unknown   bool          // also tasks that the vendor does not know yet, or no more
	Order     Order
}

func (q *Query) matches(e Entry) bool { return q.Match == nil || q.Match(e) }

// has tells whether the list has a task that is shown whole.
func (q *Query) has(e Entry, at time.Time) bool {
	return (q.Unknown || known(e.Snapshot)) && !q.over(e.Created, at) && q.matches(e)
}

// over tells whether tasks of a creation are listed no more.
func (q *Query) over(created, at time.Time) bool {
	return q.Retention > 0 && !at.Before(created.Add(q.Retention))
}

func (q *Query) compare(a, b time.Time) int {
	switch q.Order {
	case OldestFirst:
		return a.Compare(b)
	case NewestFirst:
		return b.Compare(a)
	}
	return 0
}

// Page is a part of a list.
type Page struct {
	Entries []Entry
	Total   int       // how many tasks the whole list has
	At      time.Time // the instant that it shows: that asked for, or a later one where another list was faster

	// Entries and Total stay what they are as long as Changes counts this and Until
	// has not come; zero: it never does.
	Changes uint64
	Until   time.Time
}

// List answers at most so many tasks of a list, from one on. It counts no read.
func (t *Tasks) List(now time.Time, q Query, from, most int) Page {
	// A page is chosen by what is known of all tasks, and then shown. A task that
	// another request led on in between, at a later instant, may belong there no
	// longer; then the page is chosen anew, at a later instant too.
	from, most = max(from, 0), max(most, 0)
	const tries = 4
	for try := 1; ; try++ {
		p, whole := t.list(now, &q, from, most)
		if whole || try == tries {
			return p
		}
		now = t.clock.Now()
	}
}

func (t *Tasks) list(now time.Time, q *Query, from, most int) (p Page, whole bool) {
	p = Page{At: now, Changes: t.Changes()}
	if q.IDs != nil {
		t.listNamed(&p, q, from, most)
		return p, true
	}
	f := finding{tasks: t, query: q, at: now, until: task.Never, skip: from, room: most}
	f.find()
	p.At, p.Total = f.at, f.total
	if f.until != task.Never {
		p.Until = time.UnixMicro(f.until).UTC()
	}
	p.Entries, whole = make([]Entry, 0, len(f.refs)), true
	for _, ref := range f.refs {
		e := t.whole(ref, p.At)
		whole = whole && q.has(e, p.At)
		p.show(e)
	}
	return p, whole
}

// whole is a task as Look shows it, known or not.
func (t *Tasks) whole(ref Ref, at time.Time) Entry {
	e, _ := t.Look(ref, at)
	return e
}

func (p *Page) show(e Entry) {
	p.Entries = append(p.Entries, e)
	p.lasts(e.Until)
}

// lasts says that the page may be another from an instant on; zero says nothing.
func (p *Page) lasts(until time.Time) {
	if !until.IsZero() && (p.Until.IsZero() || until.Before(p.Until)) {
		p.Until = until
	}
}

// listNamed fills in the tasks of the query's ids.
func (t *Tasks) listNamed(p *Page, q *Query, from, most int) {
	var all []Entry
	seen := map[Ref]bool{}
	for _, id := range q.IDs {
		ref, ok := t.Find(id)
		if !ok || seen[ref] {
			continue
		}
		seen[ref] = true
		e := t.whole(ref, p.At)
		p.lasts(e.Until)
		if q.has(e, p.At) {
			all = append(all, e)
			if q.Retention > 0 {
				p.lasts(e.Created.Add(q.Retention))
			}
		}
	}
	slices.SortFunc(all, func(a, b Entry) int { return cmp.Or(q.compare(a.Created, b.Created), cmp.Compare(a.Number, b.Number)) })
	p.Total = len(all)
	from = min(from, len(all))
	p.Entries = all[from:min(from+min(most, len(all)), len(all))]
}
