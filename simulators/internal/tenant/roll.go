package tenant

import (
	"math"
	"math/bits"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// A roll says of each task of one template, or of each created one, in which
// state it stands, and until when. It is made when a list first asks by state,
// and brought up to date when one asks again: for that each chunk knows the
// earliest instant at which time may change one of its tasks, and is marked when
// somebody else did. What it costs is 10 bytes a task, and at each change of
// state what it takes to work the new one out.

// chunkSize is how many tasks a chunk has; counts fit into 16 bits.
const chunkSize = 512

// kind is how a task stands: its state with what else lists ask for.
type kind uint16

const (
	expired kind = 0x1000 // the vendor has forgotten it
	future  kind = 0x2000 // the vendor does not know it yet
	odd     kind = 0x4000 // clients wrote into its document: it is a class of its own
	unset   kind = 0x8000
	inState kind = 0x0fff // more states than a lifecycle may have
)

// roll is guarded by lists.mu, but for what marks.
type roll struct {
	tasks    *Tasks
	template int // or onCreated
	states   int // of its definition; created tasks have each their own
	alike    bool
	chunks   atomic.Pointer[[]*chunk]
	covered  int
	least    int64 // the earliest instant at which time may change one, as task.Standing has it
}

type chunk struct {
	marked atomic.Bool     // after a bit of marks was set
	marks  []atomic.Uint64 // of tasks that were changed by somebody

	past   []uint64 // of tasks that somebody has changed ever: they have a record
	kinds  []kind
	next   []int64
	counts []uint16 // of its tasks by class; nil for created ones
	least  int64
}

func newRoll(t *Tasks, l *layout, template int) *roll {
	r := &roll{tasks: t, template: template, least: math.MinInt64}
	r.chunks.Store(new([]*chunk))
	if template != onCreated {
		def := l.templates[template].def
		r.states, r.alike = def.States(), def.Lifecycle.Alike()
	}
	return r
}

// classes is how many classes tasks of so many states fall into: as many that the
// vendor knows, as many that it has forgotten, those that it does not know yet,
// and those that are each a class of its own.
func classes(states int) int { return 2*states + 2 }

// class is the class of a kind.
func (k kind) class(states int) int {
	switch {
	case k&odd != 0:
		return 2*states + 1
	case k&future != 0:
		return 2 * states
	case k&expired != 0:
		return states + int(k&inState)
	}
	return int(k)
}

// cover makes room for so many tasks, of which nothing is known yet. From then on
// they can be marked; what happened to them before is found in their records.
func (r *roll) cover(count int) {
	if count <= r.covered {
		return
	}
	chunks := *r.chunks.Load()
	if r.template != onCreated {
		chunks = make([]*chunk, 0, (count+chunkSize-1)/chunkSize)
	}
	for from := len(chunks) * chunkSize; from < count; from += chunkSize {
		size := chunkSize
		if r.template != onCreated { // there will be no more of them
			size = min(size, count-from)
		}
		c := &chunk{
			marks: make([]atomic.Uint64, (size+63)/64), past: make([]uint64, (size+63)/64),
			kinds: make([]kind, size), next: make([]int64, size), least: math.MinInt64,
		}
		for i := range c.kinds {
			c.kinds[i], c.next[i] = unset, task.Never
		}
		if r.template != onCreated {
			c.counts = make([]uint16, classes(r.states))
		}
		chunks = append(chunks, c)
	}
	chunks = chunks[:len(chunks):len(chunks)] // whoever marks may hold the old ones
	r.chunks.Store(&chunks)
	for i := r.covered; i < count; i++ {
		c := chunks[i/chunkSize]
		c.next[i%chunkSize], c.least = math.MinInt64, math.MinInt64
	}
	r.covered, r.least = count, math.MinInt64
	if r.template != onCreated {
		r.findPast(chunks)
	}
}

// findPast finds the declared tasks that have a record already. One that gets a
// record later is marked when something happens to it.
func (r *roll) findPast(chunks []*chunk) {
	for i := range r.tasks.shards {
		s := &r.tasks.shards[i]
		s.mu.Lock()
		for ref := range s.records {
			if ref.template == r.template && ref.index < r.covered {
				c, at := chunks[ref.index/chunkSize], ref.index%chunkSize
				c.past[at/64] |= 1 << (at % 64)
			}
		}
		s.mu.Unlock()
	}
}

// mark says that somebody has changed a task. It waits for nobody. One that the
// roll does not cover yet is looked at when it does.
func (r *roll) mark(index int) {
	chunks := *r.chunks.Load()
	if index/chunkSize >= len(chunks) {
		return
	}
	c, at := chunks[index/chunkSize], index%chunkSize
	c.marks[at/64].Or(1 << (at % 64))
	c.marked.Store(true)
}

// refresh brings the first count tasks up to date.
func (r *roll) refresh(at time.Time, count int) {
	r.cover(count)
	now := at.UnixMicro()
	var due []int
	chunks := *r.chunks.Load()
	for i, c := range chunks {
		if c.least <= now || c.marked.Load() {
			due = append(due, i)
		}
	}
	if len(due) == 0 {
		return
	}
	share(len(due), func(i int) { r.refreshChunk(chunks[due[i]], due[i]*chunkSize, at, now) })
	r.least = task.Never
	for _, c := range chunks {
		r.least = min(r.least, c.least)
	}
}

// share does n pieces of work, by as many goroutines as there are processors
// where there are many.
func share(n int, do func(i int)) {
	const few = 8
	if n <= few {
		for i := range n {
			do(i)
		}
		return
	}
	var next atomic.Int64
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	all.Wait()
}

// refreshChunk works out anew how those tasks of a chunk stand that time or
// somebody may have changed. first is the index of its first one.
func (r *roll) refreshChunk(c *chunk, first int, at time.Time, now int64) {
	if c.marked.Swap(false) {
		for w := range c.marks {
			set := c.marks[w].Swap(0)
			c.past[w] |= set
			for ; set != 0; set &= set - 1 {
				if i := w*64 + bits.TrailingZeros64(set); c.kinds[i] != unset {
					c.next[i] = math.MinInt64
				}
			}
		}
	}
	stand := r.stander(at)
	c.least = task.Never
	for i, next := range c.next {
		if next <= now {
			k, next := stand(first+i, c.past[i/64]>>(i%64)&1 != 0)
			c.put(i, k, next, r.states)
		}
		c.least = min(c.least, c.next[i])
	}
}

func (c *chunk) put(i int, k kind, next int64, states int) {
	if c.counts != nil && c.kinds[i] != k {
		if c.kinds[i] != unset {
			c.counts[c.kinds[i].class(states)]--
		}
		c.counts[k.class(states)]++
	}
	c.kinds[i], c.next[i] = k, next
}

// stander answers how the task of an index stands at an instant. past tells
// whether it has a record that matters.
func (r *roll) stander(at time.Time) func(index int, past bool) (kind, int64) {
	t := r.tasks
	s := t.layout.Load().Set
	var created time.Time
	if r.template != onCreated {
		created = t.createdIn(s, r.template)
	}
	var common struct {
		kind  kind
		next  int64
		known bool
	}
	return func(index int, past bool) (kind, int64) {
		ref := Ref{template: r.template, index: index}
		if past || r.template == onCreated { // of those marks may be missed while they are not covered
			return t.stand(ref, at)
		}
		if common.known {
			return common.kind, common.next
		}
		k := task.Task{Definition: s.templates[r.template].def, Luck: t.luck(s, ref), Created: created}
		stands := k.Stand(at, nil)
		if r.alike {
			common.kind, common.next, common.known = kindOf(stands), stands.Next, true
		}
		return kindOf(stands), stands.Next
	}
}

// stand is how a task stands at an instant, or at the later one for which its
// record was used.
func (t *Tasks) stand(ref Ref, at time.Time) (kind, int64) {
	k := t.task(ref)
	r := t.record(ref, false)
	if r == nil {
		s := k.Stand(at, nil)
		return kindOf(s), s.Next
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s := k.Stand(r.now(at), &r.history)
	if len(r.set) > 0 {
		return kindOf(s) | odd, s.Next
	}
	return kindOf(s), s.Next
}

func kindOf(s task.Standing) kind {
	k := kind(s.State)
	if s.Future {
		k |= future
	}
	if s.Expired {
		k |= expired
	}
	return k
}
