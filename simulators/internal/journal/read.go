package journal

import (
	"iter"
	"math"
)

// lookedAt is how many records are looked at before others have their turn.
const lookedAt = 500

// Get is the entry of a request's id.
func (j *Journal) Get(id string) (*Entry, bool) {
	begin := appendText(nil, id)
	for before := int64(math.MaxInt64); before > 0; {
		var rec copied
		if rec, before = j.find(begin, before); rec.seq > 0 {
			return decode(rec.seq, rec.text), true
		}
	}
	return nil, false
}

// find copies the latest record with a Seq below one that begins so, as people ask
// about the latest. Where there is none among those it looked at, rec.seq is 0 and
// left is below which Seq to go on; 0: there are no more.
func (j *Journal) find(begin []byte, before int64) (rec copied, left int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	i := j.ring.after(before - 1)
	for last := max(i-lookedAt, 0); i > last; i-- {
		from, to := j.ring.at(i-1), j.ring.at(i)
		if j.ring.begins(from.start, to.start, begin) {
			return copied{from.seq, j.ring.text(from.start, to.start)}, 0
		}
		left = from.seq
	}
	if i == 0 {
		left = 0
	}
	return copied{}, left
}

// chunk is how much is copied before others have their turn, in bytes: a moment's
// work, though the journal be full.
const chunk = 64 << 10

// copied is a record that was copied, and its Seq.
type copied struct {
	seq  int64
	text string
}

// since are the records whose Seq is above one, oldest first, up to the one that
// was given last. Requests go on meanwhile, and may drop what was not reached yet.
func (j *Journal) since(seq int64) (last int64, each iter.Seq[copied]) {
	j.mu.Lock()
	last = j.added
	j.mu.Unlock()
	return last, func(yield func(copied) bool) {
		for records := j.next(seq, last); len(records) > 0; records = j.next(seq, last) {
			for _, rec := range records {
				if !yield(rec) {
					return
				}
			}
			seq = records[len(records)-1].seq
		}
	}
}

// next copies about a chunk of the records from one Seq, not with it, to another.
func (j *Journal) next(seq, last int64) (records []copied) {
	j.mu.Lock()
	defer j.mu.Unlock()
	first := j.ring.after(seq)
	from := j.ring.at(first).start
	n, to := 0, from
	for ; to-from < chunk && first+n < j.ring.held && j.ring.at(first+n).seq <= last; n++ {
		to = j.ring.at(first + n + 1).start
	}
	text := j.ring.text(from, to)
	for i := range n {
		m, end := j.ring.at(first+i), j.ring.at(first+i+1).start
		records = append(records, copied{m.seq, text[m.start-from : end-from]})
	}
	return records
}
