package traffic

import (
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
// caller finds it fresh: it never judges that itself. When the budget is spent
// it forgets all its own and starts anew. Safe for concurrent use.
type Answers struct {
	budget *Budget

	mu   sync.RWMutex
	kept map[string]kept
	size int64
}

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

// Put keeps an answer of so many bytes, in place of an earlier one.
func (a *Answers) Put(request []byte, answer any, bytes int) {
	n := int64(bytes + len(request) + perAnswer)
	a.mu.Lock()
	defer a.mu.Unlock()
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

// Drop forgets everything and gives the bytes back.
func (a *Answers) Drop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.drop()
}

func (a *Answers) drop() {
	a.budget.left.Add(a.size)
	a.size = 0
	clear(a.kept)
}
