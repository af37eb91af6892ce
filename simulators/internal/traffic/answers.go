package traffic

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
)

// Budget bounds the bytes that all answers of a server may take.
type Budget struct{ left atomic.Int64 }

// NewBudget is a budget of so many bytes.
func NewBudget(bytes int64) *Budget {
	b := &Budget{}
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

// Answers keeps what one tenant was answered, by request, for as long as the
// caller finds it fresh: it never judges that itself. A request is kept from
// its second time on, so that clients which send a new id with each one do not
// fill it. When the budget is spent it forgets all its own and starts anew.
// Safe for concurrent use.
type Answers struct {
	budget *Budget

	mu   sync.RWMutex
	kept map[string]kept
	size int64
	seen [64]uint64 // hashes of requests met lately, each at its own place
}

var hashSeed = maphash.MakeSeed()

type kept struct {
	answer any
	size   int64
}

// NewAnswers is an empty store that spends from a budget.
func NewAnswers(b *Budget) *Answers { return &Answers{budget: b, kept: map[string]kept{}} }

// Get is what was kept for a request, or nil.
func (a *Answers) Get(request []byte) any {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.kept[string(request)].answer
}

// perAnswer is what an entry takes beside its bytes, roughly.
const perAnswer = 256

// Put keeps an answer of so many bytes, in place of an earlier one, if the
// request has been met before.
func (a *Answers) Put(request []byte, answer any, bytes int) {
	n, hash := int64(bytes+len(request)+perAnswer), maphash.Bytes(hashSeed, request)
	a.mu.Lock()
	defer a.mu.Unlock()
	if seen := &a.seen[hash%uint64(len(a.seen))]; *seen != hash {
		*seen = hash
		return
	}
	if a.kept == nil {
		return
	}
	if old, ok := a.kept[string(request)]; ok {
		delete(a.kept, string(request))
		a.size -= old.size
		a.budget.left.Add(old.size)
	}
	if !a.budget.take(n) {
		a.drop()
		if !a.budget.take(n) {
			return
		}
	}
	a.size += n
	a.kept[string(request)] = kept{answer, n}
}

// Drop forgets everything and gives its room back, for good: what a request
// that outlives its tenant still wants to keep is not kept, since nobody would
// give that room back.
func (a *Answers) Drop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.drop()
	a.kept = nil
}

func (a *Answers) drop() {
	a.budget.left.Add(a.size)
	a.size = 0
	clear(a.kept)
}
