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

// What an entry takes beside its texts, roughly, in bytes.
const (
	perEntry  = 1024
	perHeader = 64
	perTask   = 128
	perLimit  = 48
	perFault  = 80
)

// estimate is what the entry takes, in bytes, from the lengths of what may be
// long. It is an estimate: the same texts may stand in memory once for several
// entries, and a slice may have room to spare.
func (e *Entry) estimate() int64 {
	n := perEntry + len(e.Note) + len(e.Request.Target) + len(e.Request.Body) + len(e.Reply.Body)
	for _, h := range [...]map[string][]string{e.Request.Header, e.Reply.Header} {
		for name, values := range h {
			n += len(name) + perHeader
			for _, v := range values {
				n += len(v)
			}
		}
	}
	n += len(e.Tasks)*perTask + len(e.Limits)*perLimit + len(e.FaultsJudged)*perFault
	for _, u := range e.Unread {
		n += len(u)
	}
	if e.Control != nil {
		n += len(e.Control.Path) + len(e.Control.Body) + len(e.Control.YAML)
	}
	return int64(n)
}
