package journal

import (
	"fmt"
	"testing"
)

// A busy tenant takes nothing from another when the budget is spent.
func TestTheBudgetIsShared(t *testing.T) {
	b := NewBudget(5 * unit)
	quiet, busy, late := without(b), without(b), without(b)
	quiet.Add(plain("q1", 0))
	quiet.Add(plain("q2", 0))
	for i := range 9 {
		busy.Add(plain(fmt.Sprintf("b%d", i+1), 0))
	}
	late.Add(plain("l1", 0)) // it has nothing to drop
	if got := ids(held(quiet)) + ", " + ids(held(busy)) + ", " + ids(held(late)); got != "q1 q2, b7 b8 b9, " {
		t.Errorf("held: %s", got)
	}
	if quiet.Lost() != 0 || busy.Lost() != 6 || late.Lost() != 1 {
		t.Errorf("lost: %d, %d, %d", quiet.Lost(), busy.Lost(), late.Lost())
	}
	busy.Drop()
	late.Add(plain("l2", 0))
	if got := ids(held(late)); got != "l2" {
		t.Errorf("after the busy one has gone: %q", got)
	}
}

// without is a journal that has the budget alone.
func without(b *Budget) *Journal {
	j := New(b, 100)
	j.floor = 0
	return j
}

// Who comes when the budget is spent still has its floor, and nobody more than
// its maximum: the latest entries are there to be asked about.
func TestTheFloorIsOnesOwn(t *testing.T) {
	b := NewBudget(2 * maxBytes)
	for range 4 {
		busy := New(b, 10_000)
		for i := range 2 * maxBytes / (8 * unit) {
			busy.Add(plain(fmt.Sprint(i), 7*unit))
		}
		if _, size := busy.Held(); size > maxBytes {
			t.Fatalf("one holds %d bytes", size)
		}
	}
	if left := b.left.Load(); left >= 8*unit {
		t.Fatalf("%d of the budget are left", left)
	}
	late := New(b, 10_000)
	for i := range 200 {
		late.Add(plain(fmt.Sprint(i), 0))
	}
	entries, size := late.Held()
	if entries != floorBytes/unit || size > floorBytes {
		t.Errorf("%d entries, %d bytes", entries, size)
	}
	if _, ok := late.Get("199"); !ok {
		t.Error("the latest is not held")
	}
	before := b.left.Load()
	late.Drop()
	if left := b.left.Load(); left != before {
		t.Errorf("%d left after it gave back its floor, %d before", left, before)
	}
}
