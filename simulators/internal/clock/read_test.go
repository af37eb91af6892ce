package clock

import (
	"errors"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"pgregory.net/rapid"
)

// One advance in each mode, 7 real seconds after the beginning.
func TestAdvanceBy(t *testing.T) {
	for _, tt := range []struct {
		mode     scenarios.ClockMode
		by       time.Duration
		from, to time.Duration // the tenant's time since its beginning
	}{
		{realMode, time.Minute, 7 * time.Second, 67 * time.Second},
		{skip, time.Minute, 7 * time.Second, 67 * time.Second},
		{x60, time.Minute, 7 * time.Minute, 8 * time.Minute},
		{frozen, time.Minute, 0, time.Minute},
		{frozen, 0, 0, 0},
		{realMode, -time.Minute, 7 * time.Second, 7 * time.Second},
		{frozen, math.MaxInt64, 0, Longest},
	} {
		source := NewManual(real0)
		c := New(source, tt.mode, begin0)
		if err := source.Advance(7 * time.Second); err != nil {
			t.Fatal(err)
		}
		from, to := c.AdvanceBy(tt.by)
		if want := (Reading{begin0.Add(tt.from), tt.from, 0, tt.mode}); from != want {
			t.Errorf("%v by %v: from %+v, want %+v", tt.mode, tt.by, from, want)
		}
		if want := (Reading{begin0.Add(tt.to), tt.to, 1, tt.mode}); to != want || c.Read() != want {
			t.Errorf("%v by %v: to %+v, then %+v, want %+v", tt.mode, tt.by, to, c.Read(), want)
		}
	}
}

func TestAdvanceTo(t *testing.T) {
	c := New(NewManual(real0), frozen, begin0)
	before := c.Read()
	from, to, err := c.AdvanceTo(begin0.Add(time.Minute).In(time.FixedZone("elsewhere", 3600)))
	want := Reading{begin0.Add(time.Minute), time.Minute, 1, frozen}
	if err != nil || from != before || to != want || c.Read() != want {
		t.Errorf("from %+v to %+v, %v", from, to, err)
	}
	if from, to, err := c.AdvanceTo(begin0); !errors.Is(err, ErrPast) || from != want || to != want || c.Read() != want {
		t.Errorf("into the past: from %+v to %+v, %v; then %+v", from, to, err, c.Read())
	}
}

// A new generation is all that Renew makes.
func TestRenew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		source := NewManual(real0)
		c := New(source, drawMode(t), begin0)
		other := New(source, c.Mode(), begin0)
		for range rapid.IntRange(1, 9).Draw(t, "times") {
			if err := source.Advance(time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "d"))); err != nil {
				t.Fatal(err)
			}
			before := c.Read()
			c.Renew()
			after, never := c.Read(), other.Read()
			before.Generation++
			never.Generation = after.Generation
			if after != before || after != never {
				t.Fatalf("%+v became %+v; never renewed it is %+v", before, after, never)
			}
		}
	})
}

// A reading is what the clock tells field by field, while nothing moves.
func TestReadAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		source := NewManual(real0)
		c := New(source, drawMode(t), begin0)
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			d := time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "d"))
			switch rapid.IntRange(0, 4).Draw(t, "kind") {
			case 0:
				if err := source.Advance(d); err != nil {
					t.Fatal(err)
				}
			case 1:
				if err := c.Skip(c.Now().Add(d)); err != nil {
					t.Fatal(err)
				}
			case 2:
				before := c.Read()
				from, to := c.AdvanceBy(d)
				if from != before || to.Now != from.Now.Add(d) || to.Lived != from.Lived+d || to.Mode != from.Mode {
					t.Fatalf("at %+v: from %+v by %v to %+v", before, from, d, to)
				}
			case 3:
				c.SetMode(drawMode(t))
			case 4:
				c.Renew()
			}
			if got, want := c.Read(), (Reading{c.Now(), c.Lived(), c.Generation(), c.Mode()}); got != want {
				t.Fatalf("read %+v, asked one by one %+v", got, want)
			}
		}
	})
}

// A clock that nobody skips has lived what has passed: whoever reads both at one
// instant finds them equal, whatever others do. And all advances add up, each
// beginning where another ended.
func TestAdvanceByAddsUp(t *testing.T) {
	const writers, times = 8, 500
	c := New(System(), frozen, begin0)
	var busy, reader sync.WaitGroup
	stop := make(chan struct{})
	reader.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if r := c.Read(); r.Now.Sub(begin0) != r.Lived {
				t.Errorf("at %v it has lived %v", r.Now.Sub(begin0), r.Lived)
				return
			}
		}
	})
	var mu sync.Mutex
	began := map[time.Time]int{}
	for w := range writers {
		busy.Go(func() {
			for range times {
				d := time.Duration(w + 1)
				from, to := c.AdvanceBy(d)
				if to.Now.Sub(from.Now) != d || to.Lived-from.Lived != d || to.Generation != from.Generation+1 {
					t.Errorf("by %v: from %+v to %+v", d, from, to)
				}
				mu.Lock()
				began[from.Now]++
				mu.Unlock()
			}
		})
	}
	busy.Wait()
	close(stop)
	reader.Wait()
	if got, want := c.Lived(), time.Duration(times*writers*(writers+1)/2); got != want {
		t.Errorf("lived %v, want %v", got, want)
	}
	if len(began) != writers*times {
		t.Errorf("%d advances began at %d instants: two began at one", writers*times, len(began))
	}
}

// What is read while the clock jumps is of before the jump or of after it.
func TestReadWhileJumping(t *testing.T) {
	source := &hooked{Manual: NewManual(real0)}
	c := New(source, realMode, begin0)
	source.hook = func() {
		if err := c.Skip(begin0.Add(time.Hour)); err != nil {
			t.Error(err)
		}
	}
	if got, want := c.Read(), (Reading{begin0.Add(time.Hour), 0, 1, realMode}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
