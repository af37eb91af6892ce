package journal

import (
	"sort"
	"sync"
)

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
type Journal struct {
	budget *Budget
	most   int   // entries
	room   int64 // bytes
	floor  int64 // bytes that are not of the budget

	mu        sync.Mutex
	ring      []*Entry // grows up to most
	first     int      // the place of the oldest
	held      int
	size      int64 // of those held, in bytes
	added     int64
	gone      bool
	followers []*Follower
}

// New is an empty journal for so many entries, which spends from a budget. A
// tenant that is reset gets a new one.
func New(b *Budget, entries int) *Journal {
	return &Journal{budget: b, most: max(entries, 0), room: maxBytes, floor: floorBytes}
}

// Add adds an entry and gives it its Seq. From here on nobody may change it. It
// is on the way of every request: it formats nothing and waits for nobody.
func (j *Journal) Add(e *Entry) {
	size := e.estimate()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.added++
	e.Seq, e.size = j.added, size
	if j.makeRoom(size) {
		j.put(e)
	}
	for _, f := range j.followers {
		f.tell()
	}
}

// makeRoom takes bytes from the budget and drops the oldest where there is no
// room. It answers false where the entry cannot be held at all. Then it has
// dropped nothing, unless other journals were quicker to take what it gave back.
func (j *Journal) makeRoom(size int64) bool {
	if j.gone || j.most == 0 || size > j.room || j.beyond(size) > j.beyond(j.size)+j.budget.left.Load() {
		return false
	}
	for j.held == j.most || j.size+size > j.room {
		j.dropOldest()
	}
	for !j.budget.take(j.beyond(j.size+size) - j.beyond(j.size)) {
		if j.held == 0 {
			return false
		}
		j.dropOldest()
	}
	return true
}

// beyond is what a journal of so many bytes has of the budget.
func (j *Journal) beyond(size int64) int64 { return max(size-j.floor, 0) }

func (j *Journal) put(e *Entry) {
	if j.held == len(j.ring) {
		ring := make([]*Entry, min(max(2*j.held, 16), j.most))
		n := copy(ring, j.ring[j.first:])
		copy(ring[n:], j.ring[:j.first])
		j.ring, j.first = ring, 0
	}
	j.ring[(j.first+j.held)%len(j.ring)] = e
	j.held++
	j.size += e.size
}

func (j *Journal) dropOldest() {
	e := j.ring[j.first]
	j.ring[j.first] = nil
	j.first = (j.first + 1) % len(j.ring)
	j.held--
	j.budget.give(j.beyond(j.size) - j.beyond(j.size-e.size))
	j.size -= e.size
}

// Drop forgets everything and gives its room back, for good: what a request
// that outlives its tenant still adds is lost, since nobody would give that room
// back. Followers end with ErrGone.
func (j *Journal) Drop() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.budget.give(j.beyond(j.size))
	j.ring, j.first, j.held, j.size, j.gone = nil, 0, 0, 0, true
	for _, f := range j.followers {
		f.tell()
	}
}

// Held is how many entries the journal holds, and about how many bytes.
func (j *Journal) Held() (entries int, bytes int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.held, j.size
}

// Lost is how many entries were added and are held no more, or never were.
func (j *Journal) Lost() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.added - int64(j.held)
}

// Get is the entry of a request's id.
func (j *Journal) Get(id string) (*Entry, bool) {
	entries, _ := j.since(0)
	for i := len(entries) - 1; i >= 0; i-- { // people ask about the latest
		if entries[i].ID == id {
			return entries[i], true
		}
	}
	return nil, false
}

// since copies the entries whose Seq is above one, oldest first, so that
// looking at them holds no request up. last is the Seq that was given last.
func (j *Journal) since(seq int64) (entries []*Entry, last int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	from := j.after(seq)
	entries = make([]*Entry, 0, j.held-from)
	for i := from; i < j.held; i++ {
		entries = append(entries, j.at(i))
	}
	return entries, j.added
}

// at is the entry at a place from the oldest.
func (j *Journal) at(i int) *Entry { return j.ring[(j.first+i)%len(j.ring)] }

// after is the place, from the oldest, of the first entry whose Seq is above one.
func (j *Journal) after(seq int64) int {
	return sort.Search(j.held, func(i int) bool { return j.at(i).Seq > seq })
}
