package tenant

import (
	"cmp"
	"container/heap"
	"maps"
	"slices"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
)

// maxEdges is how many edges a move lists.
const maxEdges = 10_000

// Moved is what a move of a tenant's clock passed: everything in (From, To].
type Moved struct {
	From, To clock.Reading
	Edges    []Change            // by instant; at one instant by vendor and the task's number
	More     int                 // edges that are not listed
	Windows  []traffic.WindowEnd // of the limits that hold as the clock runs
	Tokens   []*Token            // those that ended, by their end
	Faults   []traffic.FaultEdge // windows of faults that opened or closed
}

// AdvanceBy moves the clock on by so much of the tenant's time, which is lived.
// Whoever listens is told.
func (t *Tenant) AdvanceBy(d time.Duration) Moved {
	t.moving.Lock()
	defer t.moving.Unlock()
	from, to := t.Clock.AdvanceBy(d)
	return t.moved(from, to)
}

// AdvanceTo moves the clock on to an instant; the time until then is lived.
// Whoever listens is told. The error is clock.ErrPast.
func (t *Tenant) AdvanceTo(at time.Time) (Moved, error) {
	t.moving.Lock()
	defer t.moving.Unlock()
	from, to, err := t.Clock.AdvanceTo(at)
	if err != nil {
		return Moved{From: from, To: to}, err
	}
	return t.moved(from, to), nil
}

// SetMode changes how the clock runs from now on.
func (t *Tenant) SetMode(mode scenarios.ClockMode) {
	t.moving.Lock()
	defer t.moving.Unlock()
	t.Clock.SetMode(mode)
	t.Wake()
}

// moved finds what a move passed. It is called with moving held.
func (t *Tenant) moved(from, to clock.Reading) Moved {
	m := Moved{
		From: from, To: to,
		Windows: t.Limits().Ends(from.Lived, to.Lived), // at once, before a request opens one anew
		Tokens:  t.tokens.ended(from.Lived, to.Lived),
		Faults:  t.faults.Edges(t.Since(from.Now), t.Since(to.Now)),
	}
	found := &first{}
	all := *t.tasks.Load()
	for _, vendor := range slices.Sorted(maps.Keys(all)) {
		if !t.Serves(vendor) {
			continue // its scenario was replaced
		}
		tasks := all[vendor]
		number := 0
		for ref := range tasks.All() { // by number, without a gap
			edges, more := tasks.crossed(ref, from.Now, to.Now)
			found.more += more
			for i, e := range edges {
				found.add(crossing{tasks: tasks, vendor: vendor, ref: ref, number: number, order: i, edge: e})
			}
			number++
		}
	}
	m.Edges, m.More = found.shown(), found.more
	t.Wake()
	return m
}

// crossed are the edges of a task in (from, to]. Of one that crossed more than a
// move can list, the first ones: it answers how many more there are, less those
// of a task with subtasks as a whole, which only the edges themselves tell.
func (t *Tasks) crossed(ref Ref, from, to time.Time) (edges []task.Edge, more int) {
	t.ask(ref, func(k task.Task, h *task.Record) {
		if h == nil {
			if k.Stand(from, nil).Next > to.UnixMicro() {
				return // most tasks of most moves
			}
			h = &task.Record{} // a place to go on from
		}
		steps := k.At(to, h).Steps
		if steps <= maxEdges {
			edges = k.Edges(from, to, h)
			return
		}
		end := from
		for span := time.Second; len(edges) < maxEdges && end.Before(to); span *= 2 {
			start := end
			if end = start.Add(span); end.After(to) {
				end = to
			}
			k.At(start, h)
			edges = append(edges, k.Edges(start, end, h)...)
		}
		more = steps - k.At(end, h).Steps
	})
	return edges, more
}

// crossing is an edge that a move crossed.
type crossing struct {
	tasks         *Tasks
	vendor        string
	ref           Ref
	number, order int // of the task, and of the edge among the task's
	edge          task.Edge
}

func (c *crossing) before(d *crossing) bool {
	return cmp.Or(c.edge.At.Compare(d.edge.At), cmp.Compare(c.vendor, d.vendor),
		cmp.Compare(c.number, d.number), cmp.Compare(c.order, d.order)) < 0
}

// first are the first maxEdges crossings; the last of them stands on top.
type first struct {
	heap []crossing
	more int
}

func (f *first) Len() int           { return len(f.heap) }
func (f *first) Less(i, j int) bool { return f.heap[j].before(&f.heap[i]) }
func (f *first) Swap(i, j int)      { f.heap[i], f.heap[j] = f.heap[j], f.heap[i] }
func (f *first) Push(x any)         { f.heap = append(f.heap, x.(crossing)) }
func (f *first) Pop() any {
	last := len(f.heap) - 1
	c := f.heap[last]
	f.heap = f.heap[:last]
	return c
}

func (f *first) add(c crossing) {
	if len(f.heap) < maxEdges {
		heap.Push(f, c)
		return
	}
	f.more++
	if c.before(&f.heap[0]) {
		f.heap[0] = c
		heap.Fix(f, 0)
	}
}

// shown are the crossings in order, each with its task as it stood at the edge.
func (f *first) shown() []Change {
	slices.SortFunc(f.heap, func(a, b crossing) int {
		if a.before(&b) {
			return -1
		}
		return 1
	})
	changes := make([]Change, 0, len(f.heap))
	memos := map[*Tasks]map[Ref]*task.Record{} // places to go on from, of tasks without a history
	for _, c := range f.heap {
		if memos[c.tasks] == nil {
			memos[c.tasks] = map[Ref]*task.Record{}
		}
		memo := memos[c.tasks][c.ref]
		if memo == nil {
			memo = &task.Record{}
			memos[c.tasks][c.ref] = memo
		}
		changes = append(changes, c.tasks.changeAt(c.ref, c.edge, memo))
	}
	return changes
}

// changeAt is an edge with its task as it stood then. memo is where a task without
// a history is gone on from.
func (t *Tasks) changeAt(ref Ref, e task.Edge, memo *task.Record) Change {
	k := t.task(ref)
	c := Change{Vendor: t.layout.Load().vendor, Edge: e}
	r := t.record(ref, false)
	if r == nil {
		c.Entry = t.entry(ref, k, k.At(e.At, memo))
		return c
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	c.Entry = t.entry(ref, k, r.written(k.At(e.At, &r.history)))
	return c
}
