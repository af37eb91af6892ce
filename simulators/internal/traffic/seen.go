package traffic

// seen remembers which requests were met lately, each by 32 bits of its hash in a
// pair of places that its hash decides. It grows where requests push one another
// out: a client that asks for a thousand tasks in turn meets each again only after
// all the others. The zero value is empty.
type seen struct {
	pairs  [][2]uint32 // a power of two of them; the later of each pair first; 0 is none
	pushed int         // out of their places since it last grew
	luck   uint32
}

const (
	leastSeen = 32 // pairs, which no budget counts
	mostSeen  = 1 << 13
	pairBytes = 8
)

// size is how many bytes it has taken from the budget.
func (s *seen) size() int64 { return pairBytes * int64(max(0, len(s.pairs)-leastSeen)) }

// met tells whether a request was met lately, and remembers it.
func (s *seen) met(hash uint64, b *Budget) bool {
	if s.pairs == nil {
		s.pairs = make([][2]uint32, leastSeen)
	}
	h := uint32(hash>>32) | 1
	if p := s.pair(h); p[0] == h || p[1] == h {
		return true
	}
	if s.push(h); s.pushed > 2*len(s.pairs) {
		s.grow(b)
	}
	return false
}

func (s *seen) pair(h uint32) *[2]uint32 { return &s.pairs[h>>1&uint32(len(s.pairs)-1)] }

// push puts a hash before the other of its pair. Which of those two goes is drawn:
// otherwise three that come in turn, however long, would each find itself gone.
func (s *seen) push(h uint32) {
	p := s.pair(h)
	if p[1] != 0 {
		s.pushed++
	}
	s.luck = s.luck*1664525 + 1013904223 // as good as it needs to be, and the same in every run
	if p[1] == 0 || s.luck>>31 == 0 {
		p[1] = p[0]
	}
	p[0] = h
}

// grow makes it four times as large, if the budget has plenty: it is not to take
// the answers' own room.
func (s *seen) grow(b *Budget) {
	s.pushed = 0
	old := s.pairs
	more := pairBytes * int64(3*len(old))
	if len(old) >= mostSeen || b.left.Load() < 4*more || !b.take(more) {
		return
	}
	s.pairs = make([][2]uint32, 4*len(old))
	for _, p := range old {
		for i := len(p) - 1; i >= 0; i-- { // the later is put before the earlier again
			if p[i] != 0 {
				s.push(p[i])
			}
		}
	}
	s.pushed = 0
}
