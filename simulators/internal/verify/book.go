package verify

import (
	"hash/maphash"
	"strings"
	"time"
)

// What is kept is bounded: ids come from clients, also such as no vendor has.
const (
	mostTasks = 2 << 20 // calls about further ones are overlooked, and counted
	longestID = 256     // bytes; a longer one is no vendor's
)

// book numbers the vendors and tasks that were met. Trackers keep what they
// know of a task under its number. The numbers of tasks begin at 1; 0 is none.
type book struct {
	vendors []string // few, so they are looked for one after the other

	most  int // mostTasks, but in tests
	seed  maphash.Seed
	heads map[uint32]uint32 // hash of an id -> the latest task with that hash
	tasks pages[entry]
	ids   arena
	n     uint32
}

// entry is one task. 32 bits of hash keep the map small; next is the task met
// before it with the same hash. There may be millions: neither they nor the map
// have a pointer in them that the collector would follow.
type entry struct {
	id     span
	next   uint32
	vendor uint8
}

func newBook() *book {
	return &book{most: mostTasks, seed: maphash.MakeSeed(), heads: map[uint32]uint32{}}
}

// vendor is the number of a vendor, from 0.
func (b *book) vendor(name string) int {
	for i, v := range b.vendors {
		if v == name {
			return i
		}
	}
	b.vendors = append(b.vendors, strings.Clone(name))
	return len(b.vendors) - 1
}

// task is the number of a task; 0 where it is overlooked.
func (b *book) task(vendor int, id string) uint32 {
	hash := uint32(maphash.String(b.seed, id))
	for n := b.heads[hash]; n != 0; {
		e := b.tasks.at(n)
		if int(e.vendor) == vendor && string(b.ids.bytes(e.id)) == id {
			return n
		}
		n = e.next
	}
	if int(b.n) >= b.most || len(id) > longestID || vendor > 255 {
		return 0
	}
	b.n++
	*b.tasks.at(b.n) = entry{id: b.ids.add(id), next: b.heads[hash], vendor: uint8(vendor)}
	b.heads[hash] = b.n
	return b.n
}

// id is the id of a task.
func (b *book) id(task uint32) string { return string(b.ids.bytes(b.tasks.at(task).id)) }

// cells keep something for each task, and for each vendor something for what is
// about no task. The zero value is empty.
type cells[T any] struct {
	byTask   pages[T]
	byVendor []T
}

// at is the cell of a task or, where that is 0, of a vendor.
func (c *cells[T]) at(vendor int, task uint32) *T {
	if task != 0 {
		return c.byTask.at(task)
	}
	for vendor >= len(c.byVendor) {
		var none T
		c.byVendor = append(c.byVendor, none)
	}
	return &c.byVendor[vendor]
}

// sighting is an observation with its instants since the first one, and its
// tasks by number. It is used again for the next observation.
type sighting struct {
	*Observation // for as long as it is looked at
	vendor       int
	real, at     time.Duration // Real and At, since those of the first observation
	shown        []uint32      // Tasks, in the same order
	about        []uint32      // the tasks that the call is about
	none         bool          // it is about no task

	moved      bool          // somebody has moved the clock
	movedAfter time.Duration // the latest request before the last such move, as real
}

// place is where something happened, small enough to be kept as the worst case.
type place struct {
	vendor    int
	operation string
	task      uint32
}

// unclear tells whether nobody can say how long it was since an earlier call, that
// came at real: the clock stands, or was moved in between.
func (s *sighting) unclear(real time.Duration) bool {
	return s.Frozen || s.moved && real <= s.movedAfter
}

func (s *sighting) place(task uint32) place {
	return place{vendor: s.vendor, operation: s.Operation, task: task}
}

// ended tells whether the client was shown the i-th task at its end.
func (s *sighting) ended(i int) bool { return s.Tasks[i].Ended && !s.Lost }

// failed tells whether the answer is an error.
func (s *sighting) failed() bool { return s.Failed || s.Status >= 400 }

// refused tells whether the client got nothing for now, and may try again.
func (s *sighting) refused() bool {
	return s.Lost || s.Refused || s.Status == 429 || s.Status >= 500
}

// see readies a sighting of the observation that it holds. It answers how many
// tasks were overlooked.
func (b *book) see(s *sighting) (overlooked int) {
	s.vendor = b.vendor(s.Vendor)
	s.shown, s.about = s.shown[:0], s.about[:0]
	for i := range s.Tasks {
		n := b.task(s.vendor, s.Tasks[i].ID)
		if n == 0 {
			overlooked++
		}
		s.shown = append(s.shown, n)
	}
	s.none = s.Created || s.Asked == "" && len(s.Tasks) == 0
	switch {
	case s.none:
	case s.Asked != "":
		n := b.task(s.vendor, s.Asked)
		if n == 0 {
			overlooked++
			break
		}
		s.about = append(s.about, n)
	default:
		for _, n := range s.shown {
			if n != 0 {
				s.about = append(s.about, n)
			}
		}
	}
	return overlooked
}

// the names of a place, for a report.
func (b *book) named(p place) *Case {
	c := &Case{Vendor: b.vendors[p.vendor], Operation: p.operation}
	if p.task != 0 {
		c.Task = b.id(p.task)
	}
	return c
}

// subject is what a sentence says of a place whose task, or else vendor, counts.
func (b *book) subject(p place) string {
	if p.task == 0 {
		return b.vendors[p.vendor]
	}
	return b.vendors[p.vendor] + " task " + printable(b.id(p.task))
}

// operation is what a sentence says of a place whose operation counts.
func (b *book) operation(p place) string {
	text := b.vendors[p.vendor] + "." + p.operation
	if p.task != 0 {
		text += " (task " + printable(b.id(p.task)) + ")"
	}
	return text
}
