package journal

import (
	"bytes"
	"math/bits"
	"slices"
	"sort"
	"strings"
)

// How large a block of a ring is, in bytes. It is about a quarter of what the ring
// holds: thousands of tenants that asked a few things take little, and what stands
// empty in the first and the last block stays small beside what does not.
const (
	leastBlock = 1 << 10
	mostBlock  = 64 << 10
)

// perEntry is what an entry takes beside its record: its mark. In bytes.
const perEntry = 16

// ring holds records, oldest first, as bytes in blocks. Records run on from one
// block to the next. There is no pointer in it but those to its blocks: the garbage
// collector does not look at what is held.
type ring struct {
	blocks []block // the last alone has room left
	spare  []byte  // a block that was emptied, for the next
	end    int64   // where the next record will begin, in bytes since the first ever

	marks []mark // in a circle, which grows
	first int    // the place of the oldest
	held  int
}

type block struct {
	start int64
	bytes []byte
}

func (b block) end() int64 { return b.start + int64(len(b.bytes)) }

// mark is where a record begins.
type mark struct{ seq, start int64 }

// record is what is to be held of an entry: what appendEntry made, and the bodies.
// It borrows all of them.
type record struct {
	text    []byte
	request []byte
	reply   string
}

func (r record) len() int { return len(r.text) + len(r.request) + len(r.reply) }

// at is the mark at a place from the oldest. After the latest comes the end.
func (r *ring) at(i int) mark {
	if i == r.held {
		return mark{start: r.end}
	}
	if i += r.first; i >= len(r.marks) {
		i -= len(r.marks)
	}
	return r.marks[i]
}

// after is the place, from the oldest, of the first record whose seq is above one.
func (r *ring) after(seq int64) int {
	return sort.Search(r.held, func(i int) bool { return r.at(i).seq > seq })
}

// size is what the records take, with their marks.
func (r *ring) size() int64 { return r.end - r.at(0).start + int64(r.held)*perEntry }

// push adds a record.
func (r *ring) push(seq int64, rec record) {
	if r.held == len(r.marks) {
		marks := make([]mark, max(2*r.held, 4))
		n := copy(marks, r.marks[r.first:])
		copy(marks[n:], r.marks[:r.first])
		r.marks, r.first = marks, 0
	}
	i := max(len(r.blocks)-1, 0)
	r.reserve(rec.len())
	r.marks[(r.first+r.held)%len(r.marks)] = mark{seq, r.end}
	r.held++
	i = put(r, i, rec.text)
	i = put(r, i, rec.request)
	put(r, i, rec.reply)
}

// put copies a part of a record to the end, which is in a block or just behind it.
// It answers in which block the end is then.
func put[T []byte | string](r *ring, i int, part T) int {
	for len(part) > 0 {
		b := r.blocks[i]
		n := copy(b.bytes[r.end-b.start:], part)
		if part, r.end = part[n:], r.end+int64(n); r.end == b.end() {
			i++
		}
	}
	return i
}

// reserve adds the blocks that so many bytes more want.
func (r *ring) reserve(n int) {
	end := r.end
	if last := len(r.blocks) - 1; last >= 0 {
		end = r.blocks[last].end()
	}
	for want := r.end + int64(n); end < want; {
		b := block{end, r.block(want - end)}
		r.blocks = append(r.blocks, b)
		end = b.end()
	}
}

// block is an empty block, if it can one that was used before: a larger one than is
// wanted is good, so that sizes which shift a little make nothing for long.
func (r *ring) block(want int64) []byte {
	size := max(1<<bits.Len64(uint64(want-1)), floor2(r.size()/4))
	size = min(max(size, leastBlock), mostBlock)
	if spare := r.spare; int64(len(spare)) >= size {
		r.spare = nil
		return spare
	}
	return make([]byte, size)
}

// floor2 is the power of two at or below a number; 0 for 0.
func floor2(n int64) int64 { return 1 << bits.Len64(uint64(n)) >> 1 }

// pop drops the oldest record. The largest block that this empties is kept for
// what comes: a ring that is full makes none.
func (r *ring) pop() {
	r.first = (r.first + 1) % len(r.marks)
	r.held--
	start, n := r.at(0).start, 0
	for ; n < len(r.blocks) && r.blocks[n].end() <= start; n++ {
		if emptied := r.blocks[n].bytes; len(emptied) > len(r.spare) {
			r.spare = emptied
		}
	}
	r.blocks = slices.Delete(r.blocks, 0, n)
}

// find is the block in which a byte stands.
func (r *ring) find(at int64) int {
	return sort.Search(len(r.blocks), func(i int) bool { return r.blocks[i].start > at }) - 1
}

// pieces are the bytes between two places, in pieces, in their order.
func (r *ring) pieces(from, to int64) func(each func(piece []byte) bool) {
	return func(each func(piece []byte) bool) {
		for i := r.find(from); from < to; i++ {
			b := r.blocks[i]
			end := min(b.end(), to)
			if !each(b.bytes[from-b.start : end-b.start]) {
				return
			}
			from = end
		}
	}
}

// text is a copy of the bytes between two places.
func (r *ring) text(from, to int64) string {
	var out strings.Builder
	out.Grow(int(to - from))
	for piece := range r.pieces(from, to) {
		out.Write(piece)
	}
	return out.String()
}

// begins tells whether the bytes between two places begin with others.
func (r *ring) begins(from, to int64, with []byte) bool {
	if to-from < int64(len(with)) {
		return false
	}
	for piece := range r.pieces(from, from+int64(len(with))) {
		if !bytes.Equal(piece, with[:len(piece)]) {
			return false
		}
		with = with[len(piece):]
	}
	return true
}
