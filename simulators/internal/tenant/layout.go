package tenant

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// layout is what one tenant has declared at a vendor, and the ids by which that
// is asked for. It never changes: a scenario that replaces another brings a new
// one, in which every task that was there has kept its place.
type layout struct {
	*Set
	blocks func() []block        // with IDs.Bits 0
	starts func() []uint64       // the same by template; those with a written id have none
	shown  func() map[string]int // the id that an answer shows -> template

	// With IDs.Bits above 0: the minted templates of one task, by the number of its
	// id, and those of several.
	singles func() []block
	plural  []int
}

// newLayout is the layout of a tenant's beginning.
func (t *Tasks) newLayout(set *Set) *layout {
	l := &layout{Set: set}
	l.blocks = sync.OnceValue(func() []block { return t.blocks(set, 0, nil) })
	t.index(l)
	return l
}

// index prepares what an id is looked up in; it is made when one is.
func (t *Tasks) index(l *layout) {
	set := l.Set
	l.shown = sync.OnceValue(func() map[string]int { return t.shownIDs(set) })
	if set.ids.Bits == 0 {
		l.starts = sync.OnceValue(func() []uint64 {
			out := make([]uint64, len(set.templates))
			for _, b := range l.blocks() {
				out[b.template] = b.from
			}
			return out
		})
		return
	}
	var single []int
	for _, i := range set.minted {
		if set.templates[i].count == 1 {
			single = append(single, i)
		} else {
			l.plural = append(l.plural, i)
		}
	}
	l.singles = sync.OnceValue(func() []block {
		out := make([]block, len(single))
		for i, template := range single {
			out[i] = block{t.number(l, Ref{template: template}), template}
		}
		slices.SortStableFunc(out, func(a, b block) int { return cmp.Compare(a.from, b.from) })
		return out
	})
}

// replace goes on with the tasks of another scenario: those that are not there
// yet begin now, and created ones live by its rules from now on. What is there
// stays as it is. It answers how many there were and how many were added.
func (t *Tasks) replace(next *Set, now time.Time) (kept, added int) {
	t.made.mu.Lock() // no task is created meanwhile
	defer t.made.mu.Unlock()
	old := t.layout.Load()
	kept = old.total + len(t.made.tasks)
	set := t.with(old.Set, next, kept, now)
	l := &layout{Set: set}
	t.index(l)
	if set.ids.Bits == 0 {
		blocks := t.moreBlocks(old, set)
		l.blocks = func() []block { return blocks }
	}
	t.layout.Store(l)
	t.lists.changes.Add(1)
	t.wake()
	return kept, set.total - old.total
}

// with is a set with the tasks of another behind its own, but for those that are
// there: by the same written id, or by the same key. Of an entry with a count
// only the rest is added. The first added task has the number first.
func (t *Tasks) with(old, next *Set, first int, now time.Time) *Set {
	s := &Set{
		vendor: next.vendor, ids: next.ids, rules: next.rules, define: next.define, total: old.total,
		templates: slices.Clone(old.templates), written: maps.Clone(old.written),
		minted: slices.Clone(old.minted), reserved: slices.Clone(old.reserved),
	}
	have := map[string]int{} // tasks without a written id, by their entry's key
	for i := range old.templates {
		o := &old.templates[i]
		if o.spec.ID == "" {
			key := entryKey(o.spec, old.vendor)
			have[key] = max(have[key], o.skipped+o.count)
		}
	}
	for _, n := range next.templates { // copies
		if n.spec.ID != "" {
			if t.taken(n.spec.ID) {
				continue
			}
		} else if n.skipped = have[entryKey(n.spec, next.vendor)]; n.skipped >= n.count {
			continue
		}
		n.count -= n.skipped
		n.first, n.began = first, now
		first += n.count
		s.add(n)
	}
	slices.Sort(s.reserved)
	return s
}

// entryKey is the key of an entry whatever its count is.
func entryKey(spec *scenarios.Task, vendor string) string {
	one := *spec
	one.Count = 1
	return one.Key(vendor, 0)
}

// taken tells whether a task is asked for by an id. It is called with made held.
func (t *Tasks) taken(id string) bool {
	if _, ok := t.made.byID[id]; ok {
		return true
	}
	_, ok := t.findDeclared(id)
	return ok
}

// moreBlocks are the blocks that there are and those of the templates that a set
// has more, which meet no id that a task has. It is called with made held.
func (t *Tasks) moreBlocks(old *layout, set *Set) []block {
	blocks := slices.Clone(old.blocks())
	var taken []run
	for _, b := range blocks {
		taken = append(taken, run{b.from, old.templates[b.template].count})
	}
	add := func(id string) {
		if n, ok := set.ids.Parse(id); ok {
			taken = append(taken, run{n, 1})
		}
	}
	for id := range t.made.byID {
		add(id)
	}
	for id := range old.shown() {
		add(id)
	}
	blocks = append(blocks, t.blocks(set, len(old.templates), taken)...)
	slices.SortFunc(blocks, func(a, b block) int { return cmp.Compare(a.from, b.from) })
	return blocks
}

// block is a run of numbers that one template's tasks have for ids.
type block struct {
	from     uint64
	template int
}

// run is so many numbers from one on.
type run struct {
	from  uint64
	count int
}

// blocks gives each minted template from this one on the next free run of
// numbers, in the order of creation; ascending. The numbers of written ids are
// taken, and those given here.
func (t *Tasks) blocks(s *Set, template int, taken []run) []block {
	var out []block
	for _, i := range s.minted {
		if i >= template {
			out = append(out, block{from: s.ids.From(t.createdIn(s, i)), template: i})
		}
	}
	slices.SortStableFunc(out, func(a, b block) int { return cmp.Compare(a.from, b.from) })
	for _, n := range s.reserved {
		taken = append(taken, run{n, 1})
	}
	slices.SortFunc(taken, func(a, b run) int { return cmp.Compare(a.from, b.from) })
	var next uint64
	for i := range out {
		count := s.templates[out[i].template].count
		out[i].from = free(taken, max(out[i].from, next), count)
		next = out[i].from + uint64(count)
	}
	return out
}

// free is the first number from on with count numbers after it of which none is
// taken. The runs are ascending.
func free(taken []run, from uint64, count int) uint64 {
	for _, r := range taken {
		if r.from < from+uint64(count) && from < r.from+uint64(r.count) {
			from = r.from + uint64(r.count)
		}
	}
	return from
}

// shownIDs are the written tasks by the ids that their answers show.
func (t *Tasks) shownIDs(s *Set) map[string]int {
	ids := map[string]int{}
	for i := range s.templates {
		spec := s.templates[i].spec
		if s.ids.Shown == nil || spec.ID == "" {
			continue
		}
		id := s.ids.Shown(spec, s.templates[i].first, t.createdIn(s, i))
		if _, taken := ids[id]; !taken {
			ids[id] = i
		}
	}
	return ids
}
