package traffic

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
)

// Answers keeps what one tenant was answered, by request, for as long as the
// caller finds it fresh: it never judges that itself. A request is kept from
// its second time on, so that clients which send a new id with each one do not
// fill it. When the budget is spent, answers that were not given for long make
// room: the tenant's own, or, where it has less than its share, another's. Safe
// for concurrent use; Get takes no lock.
type Answers struct {
	budget *Budget
	table  atomic.Pointer[table] // nil while nothing is kept

	mu     sync.Mutex // held while what is kept changes
	gone   bool
	all    []*entry
	hand   int          // where evict looks next
	size   atomic.Int64 // bytes of all
	seen   seen
	holder int // its place among the budget's holders, while it keeps anything
}

// entry is one answer. It never changes but for its links, so whoever finds it
// may read it.
type entry struct {
	hash    uint64
	request string
	answer  any
	size    int64
	place   int // in all

	next  atomic.Pointer[entry] // with a hash that begins at the same place of the table
	given atomic.Bool           // since the hand last came by
}

// table finds entries by the low bits of their hashes. Its length is a power of two.
type table []atomic.Pointer[entry]

func (t table) head(hash uint64) *atomic.Pointer[entry] { return &t[hash&uint64(len(t)-1)] }

var hashSeed = maphash.MakeSeed()

// NewAnswers is an empty store that spends from a budget.
func NewAnswers(b *Budget) *Answers { return &Answers{budget: b} }

// Get is what was kept for a request, or nil.
func (a *Answers) Get(request []byte) any {
	if a.table.Load() == nil {
		return nil
	}
	e := a.find(maphash.Bytes(hashSeed, request), request)
	if e == nil {
		return nil
	}
	if !e.given.Load() { // to write it each time would take it from the other processors
		e.given.Store(true)
	}
	return e.answer
}

// find may miss an entry while the table grows, but comes to an end: links are
// changed to entries that were linked anew before, and to no others.
func (a *Answers) find(hash uint64, request []byte) *entry {
	t := a.table.Load()
	if t == nil {
		return nil
	}
	for e := t.head(hash).Load(); e != nil; e = e.next.Load() {
		if e.hash == hash && e.request == string(request) {
			return e
		}
	}
	return nil
}

// perAnswer is what an entry takes beside its bytes, roughly.
const perAnswer = 256

// Put keeps an answer of so many bytes, in place of an earlier one, if the
// request has been met before.
func (a *Answers) Put(request []byte, answer any, bytes int) {
	n, hash := int64(bytes+len(request)+perAnswer), maphash.Bytes(hashSeed, request)
	if !a.met(hash) {
		return
	}
	hasRoom := a.budget.makeRoom(n, a)
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.gone {
		if old := a.find(hash, request); old != nil {
			a.remove(old) // also where there is no room: it is not the answer any more
		}
	}
	switch {
	case !hasRoom:
	case a.gone:
		a.budget.left.Add(n)
	default:
		a.add(&entry{hash: hash, request: string(request), answer: answer, size: n})
	}
}

// Meets tells whether a request was met before: if not, there is nothing to gain from
// Put, and it counts as met from now on.
func (a *Answers) Meets(request []byte) bool { return a.met(maphash.Bytes(hashSeed, request)) }

// met tells whether a request was met before.
func (a *Answers) met(hash uint64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !a.gone && a.seen.met(hash, a.budget)
}

const leastTable = 8

// add links an entry whose room was taken.
func (a *Answers) add(e *entry) {
	e.place = len(a.all)
	a.all = append(a.all, e)
	a.size.Add(e.size)
	if len(a.all) == 1 {
		a.budget.join(a)
	}
	t := a.table.Load()
	if t == nil || len(a.all) > len(*t) {
		grown := make(table, max(leastTable, 2*(len(a.all)-1)))
		for _, e := range a.all {
			grown.link(e)
		}
		a.table.Store(&grown)
		return
	}
	t.link(e)
}

func (t table) link(e *entry) {
	head := t.head(e.hash)
	e.next.Store(head.Load())
	head.Store(e)
}

// remove unlinks an entry and gives its room back. Who has found it goes on with
// it.
func (a *Answers) remove(e *entry) {
	link := a.table.Load().head(e.hash)
	for link.Load() != e {
		link = &link.Load().next
	}
	link.Store(e.next.Load())
	last := len(a.all) - 1
	a.all[e.place] = a.all[last]
	a.all[e.place].place = e.place
	a.all[last] = nil
	a.all = a.all[:last]
	a.size.Add(-e.size)
	a.budget.left.Add(e.size)
	if last == 0 {
		a.budget.part(a)
	}
}

// Evict looks at so many entries at most, and spares as many of them because they
// were given since it last came by.
const (
	mostLooks  = 16
	mostSpared = 8
)

// evict forgets answers until n bytes are free, in bounded work: those that were
// not given since the hand last came by.
func (a *Answers) evict(n int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for look := 0; look < mostLooks && n > 0 && len(a.all) > 0; look++ {
		a.hand %= len(a.all)
		e := a.all[a.hand]
		if look < mostSpared && e.given.Load() {
			e.given.Store(false)
			a.hand++
			continue
		}
		n -= e.size
		a.remove(e)
	}
}

// Drop forgets everything and gives its room back, for good: what a request
// that outlives its tenant still wants to keep is not kept, since nobody would
// give that room back.
func (a *Answers) Drop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.all) > 0 {
		a.budget.part(a)
	}
	a.budget.left.Add(a.size.Load() + a.seen.size())
	a.gone, a.all, a.seen = true, nil, seen{}
	a.size.Store(0)
	a.table.Store(nil)
}
