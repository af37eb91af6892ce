package traffic

import (
	"sync"
	"sync/atomic"
)

// Budget bounds the bytes that all answers of a server may take.
type Budget struct {
	total int64
	left  atomic.Int64

	mu      sync.Mutex
	holders []*Answers // those that keep an answer
	next    int        // where victim looks next
}

// NewBudget is a budget of so many bytes.
func NewBudget(bytes int64) *Budget {
	b := &Budget{total: bytes}
	b.left.Store(bytes)
	return b
}

// take spends bytes, or answers false and spends none.
func (b *Budget) take(n int64) bool {
	if b.left.Add(-n) >= 0 {
		return true
	}
	b.left.Add(n)
	return false
}

// mostVictims is how often room is made for one answer before it is given up:
// others who want to keep something may take what was made.
const mostVictims = 8

// makeRoom spends bytes for a tenant, and forgets other answers for that if it
// must. It answers false where that does not help. Nobody's lock is held.
func (b *Budget) makeRoom(n int64, a *Answers) bool {
	if n > b.total {
		return false
	}
	for range mostVictims {
		if b.take(n) {
			return true
		}
		victim := b.victim(a)
		if victim == nil {
			return false
		}
		victim.evict(n)
	}
	return b.take(n)
}

// mostCandidates is of how many tenants the one with the most answers makes room.
const mostCandidates = 4

// victim is who makes room for a tenant: itself where it has its share, else the
// largest of a few that are looked at in turn. Nil: nobody keeps anything.
func (b *Budget) victim(a *Answers) *Answers {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.holders) == 0 {
		return nil
	}
	if own := a.size.Load(); own > 0 && own >= (b.total-b.left.Load())/int64(len(b.holders)) {
		return a
	}
	var victim *Answers
	for range min(mostCandidates, len(b.holders)) {
		b.next = (b.next + 1) % len(b.holders)
		if c := b.holders[b.next]; victim == nil || c.size.Load() > victim.size.Load() {
			victim = c
		}
	}
	return victim
}

// join is called with the lock of the tenant's answers held, when it keeps a
// first one.
func (b *Budget) join(a *Answers) {
	b.mu.Lock()
	defer b.mu.Unlock()
	a.holder = len(b.holders)
	b.holders = append(b.holders, a)
}

// part is the opposite, when it keeps none any more.
func (b *Budget) part(a *Answers) {
	b.mu.Lock()
	defer b.mu.Unlock()
	last := len(b.holders) - 1
	b.holders[a.holder] = b.holders[last]
	b.holders[a.holder].holder = a.holder
	b.holders[last] = nil
	b.holders = b.holders[:last]
}
