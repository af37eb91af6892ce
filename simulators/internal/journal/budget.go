package journal

import "sync/atomic"

// Budget bounds the bytes that all journals of a server may take together, beside
// what each has for itself. Who comes first is served first.
type Budget struct{ left atomic.Int64 }

// NewBudget is a budget of so many bytes.
func NewBudget(bytes int64) *Budget {
	b := &Budget{}
	b.left.Store(bytes)
	return b
}

// take spends bytes, or answers false and spends none.
func (b *Budget) take(n int64) bool {
	if n == 0 || b.left.Add(-n) >= 0 {
		return true
	}
	b.left.Add(n)
	return false
}

func (b *Budget) give(n int64) { b.left.Add(n) }
