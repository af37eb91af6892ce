package journal

import "sync"

// How many bytes one journal holds: at most maxBytes, whatever is left of the
// budget, and floorBytes even where nothing is. The budget goes to whoever comes
// first; the floor is what a journal has though others were quicker.
const (
	maxBytes   = 8 << 20
	floorBytes = 64 << 10
)

// Journal holds the latest entries of one tenant, or those of a server that
// belong to no tenant. It is bounded by number and by bytes: what it holds beyond
// a floor of its own comes out of a budget that all journals of a server share.
// Where a bound is reached it drops its own oldest, never another's. An entry
// that is larger than what it can have is never held, and counts as lost. Safe
// for concurrent use.
//
// What counts is the size of the records, with their marks. What stands empty in
// the ring's blocks comes on top: about a quarter of a small journal, and never more
// than three of the largest blocks.
type Journal struct {
	budget *Budget
	most   int   // entries
	room   int64 // bytes
	floor  int64 // bytes that are not of the budget

	mu        sync.Mutex
	ring      ring
	added     int64
	gone      bool
	followers []*Follower
}

// New is an empty journal for so many entries, which spends from a budget. A
// tenant that is reset gets a new one.
func New(b *Budget, entries int) *Journal {
	return &Journal{budget: b, most: max(entries, 0), room: maxBytes, floor: floorBytes}
}

// mostScratch is the largest scratch that is kept, in bytes: a target or a header
// may be long for once.
const mostScratch = 64 << 10

// scratches are where records are written before they are added.
var scratches = sync.Pool{New: func() any { return new([]byte) }}

// Add adds an entry and gives it its Seq. It copies what it holds: nothing of the
// entry, nor of what it leads to, is kept, and all of it may be changed or used
// again. It is on the way of every request: it formats nothing and waits for
// nobody.
func (j *Journal) Add(e *Entry) { j.AddPacked(e, nil) }

// AddPacked adds an entry of which a part was packed before, and is not looked at
// again; nil: none was.
func (j *Journal) AddPacked(e *Entry, packed *Packed) {
	scratch := scratches.Get().(*[]byte)
	*scratch = appendEntry((*scratch)[:0], e, packed)
	e.Seq = j.add(record{*scratch, e.Request.Body, e.Reply.Body})
	if cap(*scratch) <= mostScratch {
		scratches.Put(scratch)
	}
}

func (j *Journal) add(rec record) (seq int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.added++
	if j.makeRoom(int64(rec.len()) + perEntry) {
		j.ring.push(j.added, rec)
	}
	for _, f := range j.followers {
		f.tell()
	}
	return j.added
}

// makeRoom takes bytes from the budget and drops the oldest where there is no
// room. It answers false where the entry cannot be held at all. Then it has
// dropped nothing, unless other journals were quicker to take what it gave back.
func (j *Journal) makeRoom(size int64) bool {
	held := j.ring.size()
	if j.gone || j.most == 0 || size > j.room || j.beyond(size) > j.beyond(held)+j.budget.left.Load() {
		return false
	}
	for j.ring.held == j.most || held+size > j.room {
		held = j.dropOldest()
	}
	for !j.budget.take(j.beyond(held+size) - j.beyond(held)) {
		if j.ring.held == 0 {
			return false
		}
		held = j.dropOldest()
	}
	return true
}

// beyond is what a journal of so many bytes has of the budget.
func (j *Journal) beyond(size int64) int64 { return max(size-j.floor, 0) }

// dropOldest answers what is held then, in bytes.
func (j *Journal) dropOldest() (held int64) {
	before := j.ring.size()
	j.ring.pop()
	held = j.ring.size()
	j.budget.give(j.beyond(before) - j.beyond(held))
	return held
}

// Drop forgets everything and gives its room back, for good: what a request
// that outlives its tenant still adds is lost, since nobody would give that room
// back. Followers end with ErrGone.
func (j *Journal) Drop() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.budget.give(j.beyond(j.ring.size()))
	j.ring, j.gone = ring{}, true
	for _, f := range j.followers {
		f.tell()
	}
}

// Held is how many entries the journal holds, and how many bytes they take.
func (j *Journal) Held() (entries int, bytes int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.ring.held, j.ring.size()
}

// Lost is how many entries were added and are held no more, or never were.
func (j *Journal) Lost() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.added - int64(j.ring.held)
}
