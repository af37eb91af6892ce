package journal

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// capacity is what a ring's blocks take, whatever they hold.
func (r *ring) capacity() (n int64) {
	for _, b := range r.blocks {
		n += int64(len(b.bytes))
	}
	return n + int64(len(r.spare))
}

// Records of any length, pushed and popped in any order, stay what they are.
func TestRecordsStay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r ring
		var model []string
		size := rapid.OneOf(rapid.IntRange(0, 20), rapid.IntRange(0, 3000), rapid.SampledFrom([]int{leastBlock - 1, leastBlock, mostBlock, 3*mostBlock + 1}))
		for n := range rapid.IntRange(1, 60).Draw(t, "steps") {
			if len(model) > 0 && rapid.IntRange(0, 2).Draw(t, "pop") == 0 {
				for range rapid.IntRange(1, len(model)).Draw(t, "popped") {
					r.pop()
					model = model[1:]
				}
			} else {
				part := func(c string, name string) string { return strings.Repeat(c, size.Draw(t, name)) }
				rec := record{[]byte(fmt.Sprint(n) + part("a", "text")), []byte(part("b", "request")), part("c", "reply")}
				model = append(model, string(rec.text)+string(rec.request)+rec.reply)
				r.push(int64(n), rec)
			}
			checkRecords(t, &r, model)
		}
	})
}

func checkRecords(t *rapid.T, r *ring, model []string) {
	var got []string
	total := len(model) * perEntry
	for i := range r.held {
		from, to := r.at(i).start, r.at(i+1).start
		text := r.text(from, to)
		got, total = append(got, text), total+len(text)
		half := text[:len(text)/2]
		if !r.begins(from, to, []byte(half)) || !r.begins(from, to, []byte(text)) || r.begins(from, to, []byte(half+"!")) || r.begins(from, to, []byte(text+"!")) {
			t.Fatalf("record %d is not seen to begin as it does", i)
		}
	}
	if !slices.Equal(got, model) {
		t.Fatalf("%d records of %d, or others than were pushed", len(got), len(model))
	}
	if r.size() != int64(total) {
		t.Fatalf("size %d, want %d", r.size(), total)
	}
	if over := r.capacity() - r.size(); over > 3*mostBlock {
		t.Fatalf("%d bytes in blocks for %d", r.capacity(), r.size())
	}
}

// A tenant that asked little takes little, and one that is full hardly more than
// what counts.
func TestWhatBlocksTake(t *testing.T) {
	j := New(NewBudget(64<<20), 8000)
	for n := range 20_000 {
		j.Add(typical(n))
		size, capacity := j.ring.size(), j.ring.capacity()
		if n == 2 && capacity > 6<<10 {
			t.Errorf("%d bytes in blocks for three requests", capacity)
		}
		if capacity > size+max(size/2, 2*leastBlock) || size > 1<<20 && capacity > size+3*mostBlock {
			t.Fatalf("%d bytes in blocks after %d requests of %d bytes", capacity, n+1, size)
		}
	}
	if j.Lost() == 0 {
		t.Error("it was never full")
	}
}

// A full journal takes nothing from the heap for what is added: emptied blocks are
// used again. The scratch is left out, since the race detector's pool forgets.
func TestAFullJournalAllocatesNothing(t *testing.T) {
	for name, j := range map[string]*Journal{"by count": New(NewBudget(64<<20), 50), "by bytes": New(NewBudget(64<<20), 8000), "on its floor": New(NewBudget(0), 8000)} {
		scratch, e := make([]byte, 0, 4096), typical(1)
		add := func() {
			for range 9000 { // many: a block holds dozens
				scratch = appendEntry(scratch[:0], e, nil)
				j.add(record{scratch, e.Request.Body, e.Reply.Body})
			}
		}
		if got := testing.AllocsPerRun(3, add); got != 0 || j.Lost() == 0 {
			t.Errorf("full %s: %v allocations for 9000 entries", name, got)
		}
	}
}
