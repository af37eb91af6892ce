package tenant

import (
	"iter"
	"maps"
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
	ID     string
	Spec   *scenarios.Task
	Number int    // its place among the vendor's tasks, from 0: declared ones first
	Luck   uint64 // for filler that belongs to the task
	Data   any    // what the vendor remembers of a task that a client created; nil for declared ones
	task.Snapshot
}

// Tasks are one tenant's tasks at one vendor. Only a task that has history or
// reads has a record; everything else is computed. Safe for concurrent use.
type Tasks struct {
	set    *Set
	seed   int64
	clock  *clock.Clock
	began  time.Time
	blocks func() []block
	shown  func() map[string]int // the id that an answer shows -> template
	made   created

	shards [shardCount]shard

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
	seen    int // Steps at the last read; only under a skip clock
	read    bool
	set     map[string]any // fields that a client has written
	writes  int
}

func newTasks(set *Set, seed int64, c *clock.Clock) *Tasks {
	t := &Tasks{set: set, seed: seed, clock: c, began: c.Began()}
	t.jumped = func() { t.wake() }
	t.blocks = sync.OnceValue(func() []block {
		return set.blocks(func(i int) time.Time { return t.created(Ref{template: i}) })
	})
	t.shown = sync.OnceValue(t.shownIDs)
	return t
}

// shownIDs are the written tasks by the ids that their answers show.
func (t *Tasks) shownIDs() map[string]int {
	ids := map[string]int{}
	for i := range t.set.templates {
		spec := t.set.templates[i].spec
		if t.set.ids.Shown == nil || spec.ID == "" {
			continue
		}
		id := t.set.ids.Shown(spec, t.set.templates[i].first, t.created(Ref{template: i}))
		if _, taken := ids[id]; !taken {
			ids[id] = i
		}
	}
	return ids
}

// Find looks a task up by its id.
func (t *Tasks) Find(id string) (Ref, bool) {
	if ref, ok := t.findDeclared(id); ok {
		return ref, true
	}
	return t.findCreated(id)
}

func (t *Tasks) findDeclared(id string) (Ref, bool) {
	if i, ok := t.set.written[id]; ok {
		return Ref{template: i}, true
	}
	if i, ok := t.set.written[t.set.ids.Aliases[id]]; ok {
		return Ref{template: i}, true
	}
	n, ok := t.set.ids.Parse(id)
	if !ok {
		return Ref{}, false
	}
	if t.set.ids.Bits == 0 {
		if ref, ok := t.findInOrder(id, n); ok {
			return ref, true
		}
		i, ok := t.shown()[id]
		return Ref{template: i}, ok
	}
	for _, i := range t.set.minted {
		index := unpermute(n, t.luck(Ref{template: i}), t.set.ids.Bits)
		if index >= uint64(t.set.templates[i].count) {
			continue
		}
		if ref := (Ref{template: i, index: int(index)}); t.ID(ref) == id {
			return ref, true
		}
	}
	return Ref{}, false
}

func (t *Tasks) findInOrder(id string, n uint64) (Ref, bool) {
	blocks := t.blocks()
	i := sort.Search(len(blocks), func(i int) bool { return blocks[i].from > n }) - 1
	if i < 0 || n-blocks[i].from >= uint64(t.set.templates[blocks[i].template].count) {
		return Ref{}, false
	}
	ref := Ref{template: blocks[i].template, index: int(n - blocks[i].from)}
	return ref, t.ID(ref) == id
}

// All are the declared tasks in the order written, then the created ones.
func (t *Tasks) All() iter.Seq[Ref] {
	return func(yield func(Ref) bool) {
		for i := range t.set.templates {
			for j := range t.set.templates[i].count {
				if !yield(Ref{template: i, index: j}) {
					return
				}
			}
		}
		t.Created()(yield)
	}
}

// Created are the tasks that clients have created, in order.
func (t *Tasks) Created() iter.Seq[Ref] {
	return func(yield func(Ref) bool) {
		for i := range t.countCreated() {
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
	spec := t.set.templates[ref.template].spec
	if spec.ID != "" {
		return spec.ID
	}
	return t.set.ids.Format(t.number(ref), t.created(ref), spec)
}

func (t *Tasks) number(ref Ref) uint64 {
	if bits := t.set.ids.Bits; bits > 0 {
		return permute(uint64(ref.index), t.luck(Ref{template: ref.template}), bits)
	}
	for _, b := range t.blocks() {
		if b.template == ref.template {
			return b.from + uint64(ref.index)
		}
	}
	return 0 // a written id; not asked for
}

// Spec is what the scenario says of a task.
func (t *Tasks) Spec(ref Ref) *scenarios.Task {
	if ref.template == onCreated {
		return t.createdTask(ref.index).spec
	}
	return t.set.templates[ref.template].spec
}

func (t *Tasks) luck(ref Ref) uint64 {
	return task.LuckOf(t.seed, t.set.templates[ref.template].spec.Key(t.set.vendor, ref.index))
}

func (t *Tasks) created(ref Ref) time.Time {
	return createdAt(t.set.templates[ref.template].spec, t.began)
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
	return task.Task{Definition: t.set.templates[ref.template].def, Luck: t.luck(ref), Created: t.created(ref)}
}

func (t *Tasks) entry(ref Ref, k task.Task, s task.Snapshot) Entry {
	if ref.template == onCreated {
		return t.createdEntry(ref.index, s)
	}
	tmpl := &t.set.templates[ref.template]
	return Entry{ID: t.ID(ref), Spec: tmpl.spec, Number: tmpl.first + ref.index, Luck: k.Luck, Snapshot: s}
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
