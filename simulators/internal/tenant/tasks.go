package tenant

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// Entry is one task as a vendor sees it at one instant.
type Entry struct {
	Ref    Ref
	ID     string
	Spec   *scenarios.Task
	Number int    // its place among the vendor's tasks, from 0: those declared at the beginning first
	Luck   uint64 // for filler that belongs to the task
	Data   any    // what the vendor remembers of a task that a client created; nil for declared ones
	task.Snapshot
}

// Tasks are one tenant's tasks at one vendor. Only a task that has history or
// reads has a record; everything else is computed. Safe for concurrent use.
type Tasks struct {
	layout atomic.Pointer[layout]
	seed   int64
	clock  *clock.Clock
	began  time.Time // what declared creations are relative to, at first
	made   created

	shards [shardCount]shard
	lists  lists

	alarm     atomic.Pointer[alarm] // nil while nobody listens
	listening sync.Mutex            // held while alarm changes
	gone      bool                  // the tenant is forgotten; guarded by listening
	jumped    func()                // called after the clock was moved
}

// shardCount spreads the records over so many locks; a power of two.
const shardCount = 32

type shard struct {
	mu      sync.Mutex
	records map[Ref]*record
}

// all are the records as they are now.
func (s *shard) all() map[Ref]*record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.records)
}

// record is the mutable part of one task.
type record struct {
	mu      sync.Mutex
	history task.Record
	latest  time.Time // the latest instant for which it was used
	seen    int       // Steps at the last read; only under a skip clock
	read    bool
	set     map[string]any // fields that a client has written
	writes  int
}

func newTasks(set *Set, seed int64, c *clock.Clock, began time.Time) *Tasks {
	t := &Tasks{seed: seed, clock: c, began: began}
	t.jumped = func() { t.wake() }
	t.layout.Store(t.newLayout(set))
	return t
}

// Find looks a task up by its id.
func (t *Tasks) Find(id string) (Ref, bool) {
	if ref, ok := t.findDeclared(id); ok {
		return ref, true
	}
	return t.findCreated(id)
}

func (t *Tasks) findDeclared(id string) (Ref, bool) {
	l := t.layout.Load()
	if i, ok := l.written[id]; ok {
		return Ref{template: i}, true
	}
	if i, ok := l.written[l.ids.Aliases[id]]; ok {
		return Ref{template: i}, true
	}
	n, ok := l.ids.Parse(id)
	if !ok {
		return Ref{}, false
	}
	if l.ids.Bits == 0 {
		if ref, ok := t.findInOrder(l, id, n); ok {
			return ref, true
		}
		i, ok := l.shown()[id]
		return Ref{template: i}, ok
	}
	return t.findHashed(l, id, n)
}

// findHashed tries the entries that may have the number of an id, in the order
// written: of those with one task the ones that have it, of the others all.
func (t *Tasks) findHashed(l *layout, id string, n uint64) (Ref, bool) {
	singles := l.singles()
	next, _ := slices.BinarySearchFunc(singles, n, func(b block, n uint64) int { return cmp.Compare(b.from, n) })
	plural := l.plural
	for {
		single := next < len(singles) && singles[next].from == n
		switch {
		case single && (len(plural) == 0 || singles[next].template < plural[0]):
			if ref := (Ref{template: singles[next].template}); t.ID(ref) == id {
				return ref, true
			}
			next++
		case len(plural) > 0:
			if ref, ok := t.findAmong(l, plural[0], id, n); ok {
				return ref, true
			}
			plural = plural[1:]
		default:
			return Ref{}, false
		}
	}
}

func (t *Tasks) findAmong(l *layout, template int, id string, n uint64) (Ref, bool) {
	tmpl := &l.templates[template]
	index := unpermute(n, t.entryLuck(l.Set, template), l.ids.Bits) - uint64(tmpl.skipped) // below it: beyond all counts
	if index >= uint64(tmpl.count) {
		return Ref{}, false
	}
	ref := Ref{template: template, index: int(index)}
	return ref, t.ID(ref) == id
}

func (t *Tasks) findInOrder(l *layout, id string, n uint64) (Ref, bool) {
	blocks := l.blocks()
	i := sort.Search(len(blocks), func(i int) bool { return blocks[i].from > n }) - 1
	if i < 0 || n-blocks[i].from >= uint64(l.templates[blocks[i].template].count) {
		return Ref{}, false
	}
	ref := Ref{template: blocks[i].template, index: int(n - blocks[i].from)}
	return ref, t.ID(ref) == id
}

// All are the tasks by their number: the declared ones in the order written, then
// the created ones; after those what a scenario brought that replaced another.
func (t *Tasks) All() iter.Seq[Ref] {
	return func(yield func(Ref) bool) {
		templates, made, next := t.layout.Load().templates, t.madeSoFar(), 0
		for i := range templates {
			for ; next < len(made) && made[next].number < templates[i].first; next++ {
				if !yield(Ref{template: onCreated, index: next}) {
					return
				}
			}
			for j := range templates[i].count {
				if !yield(Ref{template: i, index: j}) {
					return
				}
			}
		}
		for ; next < len(made); next++ {
			if !yield(Ref{template: onCreated, index: next}) {
				return
			}
		}
	}
}

// Created are the tasks that clients have created, in order.
func (t *Tasks) Created() iter.Seq[Ref] {
	return func(yield func(Ref) bool) {
		for i := range t.madeSoFar() {
			if !yield(Ref{template: onCreated, index: i}) {
				return
			}
		}
	}
}

// ID is a task's id: the written one, else one minted from the seed.
func (t *Tasks) ID(ref Ref) string {
	if ref.template == onCreated {
		return t.createdTask(ref.index).id
	}
	l := t.layout.Load()
	spec := l.templates[ref.template].spec
	if spec.ID != "" {
		return spec.ID
	}
	return l.ids.Format(t.number(l, ref), t.createdIn(l.Set, ref.template), spec)
}

func (t *Tasks) number(l *layout, ref Ref) uint64 {
	if bits := l.ids.Bits; bits > 0 {
		return permute(uint64(l.templates[ref.template].skipped+ref.index), t.entryLuck(l.Set, ref.template), bits)
	}
	return l.starts()[ref.template] + uint64(ref.index)
}

// Spec is what the scenario says of a task.
func (t *Tasks) Spec(ref Ref) *scenarios.Task {
	if ref.template == onCreated {
		return t.createdTask(ref.index).spec
	}
	return t.layout.Load().templates[ref.template].spec
}

func (t *Tasks) luck(s *Set, ref Ref) uint64 {
	return s.templates[ref.template].luck(t.seed, ref.index)
}

// entryLuck is the luck of the first task of a template's entry.
func (t *Tasks) entryLuck(s *Set, template int) uint64 {
	tmpl := &s.templates[template]
	return tmpl.luck(t.seed, -tmpl.skipped)
}

// createdIn is the creation of a template's tasks.
func (t *Tasks) createdIn(s *Set, template int) time.Time {
	began := s.templates[template].began
	if began.IsZero() {
		began = t.began
	}
	return createdAt(s.templates[template].spec, began)
}

// createdAt is a declared task's creation, in whole milliseconds.
func createdAt(spec *scenarios.Task, began time.Time) time.Time {
	switch {
	case spec.Created == nil:
		return began.Truncate(time.Millisecond)
	case !spec.Created.Instant.IsZero():
		return spec.Created.Instant.UTC().Truncate(time.Millisecond)
	}
	return began.Add(spec.Created.Offset).Truncate(time.Millisecond)
}

func (t *Tasks) task(ref Ref) task.Task {
	if ref.template == onCreated {
		return t.createdTask(ref.index).task()
	}
	s := t.layout.Load().Set
	return task.Task{Definition: s.templates[ref.template].def, Luck: t.luck(s, ref), Created: t.createdIn(s, ref.template)}
}

func (t *Tasks) entry(ref Ref, k task.Task, s task.Snapshot) Entry {
	if ref.template == onCreated {
		return t.createdEntry(ref.index, s)
	}
	tmpl := &t.layout.Load().templates[ref.template]
	return Entry{Ref: ref, ID: t.ID(ref), Spec: tmpl.spec, Number: tmpl.first + ref.index, Luck: k.Luck, Snapshot: s}
}

// record is the record of a task, or nil where there is none and create is false.
func (t *Tasks) record(ref Ref, create bool) *record {
	s := &t.shards[uint(ref.template*31+ref.index)%shardCount]
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.records[ref]
	if r == nil && create {
		if s.records == nil {
			s.records = map[Ref]*record{}
		}
		r = &record{}
		s.records[ref] = r
	}
	return r
}
