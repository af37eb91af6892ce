package verify

// pages is a list that grows without moving and in which what was never asked
// for takes little room. Its first pages are short, since most tenants meet few
// tasks; the later ones are not, since each costs the collector. The zero value is
// empty.
type pages[T any] struct{ pages [][]T }

const (
	shortBits = 5
	longBits  = 10 // places below 1 << longBits are on short pages
	shorts    = 1 << (longBits - shortBits)
)

// pageOf tells on which page a number stands and where there.
func pageOf(n uint32) (page, at uint32) {
	if n < 1<<longBits {
		return n >> shortBits, n % (1 << shortBits)
	}
	return shorts - 1 + n>>longBits, n % (1 << longBits)
}

// peek is the place of a number, or nil where nobody asked for it or one near it.
func (p *pages[T]) peek(n uint32) *T {
	page, at := pageOf(n)
	if int(page) < len(p.pages) && int(at) < len(p.pages[page]) {
		return &p.pages[page][at]
	}
	return nil
}

// at is the place of a number, made when it is first asked for.
func (p *pages[T]) at(n uint32) *T {
	if v := p.peek(n); v != nil {
		return v
	}
	page, at := pageOf(n)
	for int(page) >= len(p.pages) {
		p.pages = append(p.pages, nil)
	}
	p.pages[page] = make([]T, pageLen(page))
	return &p.pages[page][at]
}

// pageLen is how many places a page has.
func pageLen(page uint32) int {
	if page < shorts {
		return 1 << shortBits
	}
	return 1 << longBits
}

// all goes over the places that were made, by number.
func (p *pages[T]) all(do func(n uint32, v *T)) {
	n := 0
	for page := range p.pages {
		for i := range p.pages[page] {
			do(uint32(n+i), &p.pages[page][i])
		}
		n += pageLen(uint32(page))
	}
}

// put sets an element of a map that is made with its first one: most observers need
// few of theirs, and there may be ten thousand of them.
func put[K comparable, V any](m *map[K]V, key K, value V) {
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[key] = value
}

// arena keeps short texts one behind the other in blocks, so that a million of
// them are not a million things for the collector. The zero value is empty.
type arena struct {
	blocks [][]byte
	size   int // bytes in all blocks
}

// span is where a text stands in an arena.
type span struct {
	block, from, length uint16
}

const (
	leastBlock = 256
	mostBlock  = 1 << 16 // bytes; 65,536 such blocks are more than mostTasks of longestID take
)

// add keeps a copy of a text of at most longestID bytes.
func (a *arena) add(text string) span {
	last := len(a.blocks) - 1
	if last < 0 || cap(a.blocks[last])-len(a.blocks[last]) < len(text) {
		a.blocks = append(a.blocks, make([]byte, 0, min(max(leastBlock, a.size), mostBlock)))
		last++
	}
	block := a.blocks[last]
	a.blocks[last] = append(block, text...)
	a.size += len(text)
	return span{block: uint16(last), from: uint16(len(block)), length: uint16(len(text))}
}

// bytes is the text at a place. It must not be changed.
func (a *arena) bytes(s span) []byte { return a.blocks[s.block][s.from:][:s.length] }
