package journal

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// unit is what a plain entry takes, in bytes.
const unit = 1024

// plain is an entry that takes so many bytes more than a unit.
func plain(id string, more int) *Entry {
	e := &Entry{ID: id, Vendor: "acme", Reply: Reply{Status: 200}}
	want := unit + more
	e.Reply.Body = strings.Repeat("x", want-sizeOf(e))
	e.Reply.Body = e.Reply.Body[sizeOf(e)-want:] // the longer length takes a byte or two
	return e
}

// sizeOf is what an entry takes, in bytes.
func sizeOf(e *Entry) int { return recordOf(e).len() + perEntry }

func recordOf(e *Entry) record {
	return record{appendEntry(nil, e, nil), e.Request.Body, e.Reply.Body}
}

func ids(entries []*Entry) string {
	var out []string
	for _, e := range entries {
		out = append(out, e.ID)
	}
	return strings.Join(out, " ")
}

// held are all entries of a journal, oldest first.
func held(j *Journal) []*Entry {
	entries, _ := j.Entries(Filter{}, 0)
	return entries
}

func TestTheOldestMakeRoom(t *testing.T) {
	j := New(NewBudget(1<<20), 3)
	for i, want := range []string{"a", "a b", "a b c", "b c d", "c d e"} {
		j.Add(plain(string(rune('a'+i)), 0))
		if got := ids(held(j)); got != want {
			t.Errorf("after %d: %q, want %q", i+1, got, want)
		}
	}
	if got := j.Lost(); got != 2 {
		t.Errorf("lost %d, want 2", got)
	}
	if e, ok := j.Get("d"); !ok || e.ID != "d" || e.Seq != 4 {
		t.Errorf("d is %+v", e)
	}
	for _, id := range []string{"a", "f", ""} {
		if _, ok := j.Get(id); ok {
			t.Errorf("%q is there", id)
		}
	}
}

func TestBytesMakeRoom(t *testing.T) {
	j := New(NewBudget(1<<20), 100)
	j.room = 10_000
	j.Add(plain("a", 3000))
	j.Add(plain("b", 3000))
	j.Add(plain("c", 0))
	if got := ids(held(j)); got != "a b c" || j.ring.size() != 3*unit+6000 {
		t.Errorf("%q, %d bytes", got, j.ring.size())
	}
	j.Add(plain("d", 3000)) // in place of a
	if got := ids(held(j)); got != "b c d" {
		t.Errorf("%q", got)
	}
	j.Add(plain("e", 20_000)) // never fits, and so drives out nothing
	if got := ids(held(j)); got != "b c d" || j.Lost() != 2 {
		t.Errorf("%q, lost %d", got, j.Lost())
	}
}

// The ring grows while its oldest is not at its beginning.
func TestTheRingGrows(t *testing.T) {
	j := New(NewBudget(1<<20), 100)
	j.room = 40 * unit
	j.Add(plain("large", 30*unit))
	var want []string
	for i := range 40 {
		want = append(want, fmt.Sprint(i))
		j.Add(plain(want[i], 0))
	}
	if got := ids(held(j)); got != strings.Join(want, " ") || j.Lost() != 1 {
		t.Errorf("held %q, lost %d", got, j.Lost())
	}
}

// A request may outlive its tenant: it must not take room that nobody gives back.
func TestADroppedJournalHoldsNothing(t *testing.T) {
	b := NewBudget(1 << 20)
	j := New(b, 10)
	j.Add(plain("a", 0))
	j.Drop()
	j.Add(plain("b", 0))
	if left := b.left.Load(); left != 1<<20 || len(held(j)) != 0 || j.Lost() != 2 {
		t.Errorf("%d left, %d held, %d lost", left, len(held(j)), j.Lost())
	}
	j.Drop()
	if left := b.left.Load(); left != 1<<20 {
		t.Errorf("%d left after a second Drop", left)
	}
}

func TestAJournalForNothing(t *testing.T) {
	for _, j := range []*Journal{New(NewBudget(1<<20), 0), without(NewBudget(0)), New(NewBudget(1<<20), -1)} {
		j.Add(plain("a", 0))
		if len(held(j)) != 0 || j.Lost() != 1 {
			t.Errorf("%d held, %d lost", len(held(j)), j.Lost())
		}
	}
}

// What an entry takes counts whatever a client can make long.
func TestWhatAnEntryTakes(t *testing.T) {
	const long = 5000
	text := strings.Repeat("x", long)
	for name, e := range map[string]*Entry{
		"target":       {Request: Request{Target: text}},
		"header":       {Request: Request{Header: http.Header{"A": {text}}}},
		"header name":  {Request: Request{Header: http.Header{text: {""}}}},
		"body":         {Request: Request{Body: []byte(text)}},
		"reply header": {Reply: Reply{Header: http.Header{"A": {text}}}},
		"reply":        {Reply: Reply{Body: text}},
		"unread":       {Unread: []string{text}},
		"control":      {Control: &Control{Body: []byte(text)}},
		"task":         {Tasks: []Shown{{ID: text}}},
	} {
		j := New(NewBudget(1<<20), 10)
		j.Add(e)
		if _, got := j.Held(); got < long+perEntry || got > long+200 {
			t.Errorf("%s: %d", name, got)
		}
	}
}

// Whatever is added: never over a bound, in order, nothing unaccounted for, and
// all of the budget comes back.
func TestTheRing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(0, 40*unit).Draw(t, "budget")
		b := NewBudget(total)
		var all []*Journal
		for range rapid.IntRange(1, 3).Draw(t, "journals") {
			j := New(b, rapid.IntRange(0, 40).Draw(t, "entries"))
			j.room, j.floor = rapid.Int64Range(0, 30*unit).Draw(t, "room"), rapid.Int64Range(0, 10*unit).Draw(t, "floor")
			all = append(all, j)
		}
		added, last := make([]int64, len(all)), make([]string, len(all))
		for range rapid.IntRange(1, 120).Draw(t, "steps") {
			n := rapid.IntRange(0, len(all)-1).Draw(t, "journal")
			j, before := all[n], held(all[n])
			e := plain(fmt.Sprintf("%d.%d", n, added[n]), rapid.SampledFrom([]int{0, 0, 10, 2000, 30_000}).Draw(t, "body"))
			size := int64(sizeOf(e))
			could := j.most > 0 && size <= j.room && max(size-j.floor, 0) <= max(j.ring.size()-j.floor, 0)+b.left.Load()
			j.Add(e)
			added[n]++
			last[n] = e.ID
			checkRing(t, j, added[n])
			after := held(j)
			if kept := len(after) > 0 && after[len(after)-1].ID == e.ID; kept != could {
				t.Fatalf("held: %v, could be: %v", kept, could)
			}
			if !could && ids(before) != ids(after) {
				t.Fatalf("%q became %q for one that did not fit", ids(before), ids(after))
			}
			sum := b.left.Load()
			for _, j := range all {
				sum += max(j.ring.size()-j.floor, 0)
			}
			if sum != total || b.left.Load() < 0 {
				t.Fatalf("%d accounted for of %d, %d left", sum, total, b.left.Load())
			}
		}
		for _, j := range all {
			j.Drop()
		}
		if left := b.left.Load(); left != total {
			t.Fatalf("%d came back of %d", left, total)
		}
	})
}

func checkRing(t *rapid.T, j *Journal, added int64) {
	entries, size := held(j), int64(0)
	for i, e := range entries {
		size += int64(sizeOf(e))
		if i > 0 && e.Seq <= entries[i-1].Seq || e.ID[strings.Index(e.ID, ".")+1:] != fmt.Sprint(e.Seq-1) {
			t.Fatalf("entry %d of %q has Seq %d", i, ids(entries), e.Seq)
		}
		if got, ok := j.Get(e.ID); !ok || got.Seq != e.Seq || got.Reply.Body != e.Reply.Body {
			t.Fatalf("Get(%q) is %v", e.ID, got)
		}
	}
	if len(entries) > j.most || size > j.room || size != j.ring.size() || len(j.ring.marks) > max(2*j.most, 4) {
		t.Fatalf("%d entries of %d, %d bytes (counted %d) of %d", len(entries), j.most, size, j.ring.size(), j.room)
	}
	if j.Lost()+int64(len(entries)) != added {
		t.Fatalf("%d lost, %d held, %d added", j.Lost(), len(entries), added)
	}
}

// Everything at once. Run with -race.
func TestAtOnce(t *testing.T) {
	const total = 200 * unit
	b := NewBudget(total)
	var wg, followers sync.WaitGroup
	for range 3 {
		j := New(b, 50)
		for range 2 {
			f, stop := j.Follow()
			followers.Go(func() {
				defer stop()
				var seq int64
				for {
					e, missed, err := f.Next(t.Context())
					if err != nil {
						if err != ErrGone {
							t.Error(err)
						}
						return
					}
					if seq += int64(missed); e == nil {
						continue
					}
					if seq++; e.Seq != seq {
						t.Errorf("%d in the place of %d, %d missed", e.Seq, seq, missed)
					}
				}
			})
		}
		var adders sync.WaitGroup
		for a := range 4 {
			adders.Go(func() {
				for i := range 300 {
					j.Add(plain(fmt.Sprintf("%d.%d", a, i), i))
					if i%20 == 0 {
						j.Get("1.5")
						if entries, next := j.Entries(Filter{Vendor: "acme"}, 10); len(entries) > 10 || next < 1 {
							t.Errorf("%d entries, next %d", len(entries), next)
						}
					}
				}
			})
		}
		wg.Go(func() {
			adders.Wait()
			if got := j.Lost() + int64(len(held(j))); got != 1200 {
				t.Errorf("%d lost or held of 1200", got)
			}
			j.Drop()
		})
	}
	wg.Wait()
	followers.Wait()
	if left := b.left.Load(); left != total {
		t.Errorf("%d left of %d", left, total)
	}
}
