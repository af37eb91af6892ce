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

var (
	real0  = time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)
	begin0 = time.Date(2020, 2, 29, 12, 0, 0, 0, time.UTC)

	realMode = scenarios.ClockMode{Kind: scenarios.Real, Speed: 1}
	x60      = scenarios.ClockMode{Kind: scenarios.Scaled, Speed: 60}
	frozen   = scenarios.ClockMode{Kind: scenarios.Frozen, Speed: 1}
	skip     = scenarios.ClockMode{Kind: scenarios.Skip, Speed: 1}
)

// after is the tenant's time since its beginning.
func after(c *Clock) time.Duration { return c.Now().Sub(c.Began()) }

func TestModes(t *testing.T) {
	for _, tt := range []struct {
		name string
		mode scenarios.ClockMode
		want time.Duration // after 90 real seconds
	}{
		{"nothing said is real", scenarios.ClockMode{}, 90 * time.Second},
		{"real", realMode, 90 * time.Second},
		{"real takes no speed", scenarios.ClockMode{Kind: scenarios.Real, Speed: 7}, 90 * time.Second},
		{"x60", x60, 90 * time.Minute},
		{"x without a speed", scenarios.ClockMode{Kind: scenarios.Scaled}, 90 * time.Second},
		{"frozen stands still", frozen, 0},
		{"skip runs as real", skip, 90 * time.Second},
		{"faster than a Duration holds", scenarios.ClockMode{Kind: scenarios.Scaled, Speed: 150_000_000}, Longest},
		{"as fast as it goes", scenarios.ClockMode{Kind: scenarios.Scaled, Speed: math.MaxInt64}, Longest},
	} {
		t.Run(tt.name, func(t *testing.T) {
			source := NewManual(real0)
			c := New(source, tt.mode, begin0)
			if got := c.Now(); got != begin0 {
				t.Errorf("begins at %v, want %v", got, begin0)
			}
			if err := source.Advance(90 * time.Second); err != nil {
				t.Fatal(err)
			}
			if got := c.Now().Sub(begin0); got != tt.want {
				t.Errorf("after 90 real seconds %v have passed, want %v", got, tt.want)
			}
			if got := c.Lived(); got != tt.want {
				t.Errorf("lived %v, want %v", got, tt.want)
			}
			if got := c.Real(); got != real0.Add(90*time.Second) {
				t.Errorf("Real() = %v", got)
			}
		})
	}
}

func TestStartLeftOutIsTheRealNow(t *testing.T) {
	zone := time.FixedZone("elsewhere", 3600)
	c := New(NewManual(real0.In(zone)), realMode, time.Time{})
	if c.Began() != real0 || c.Now() != real0 {
		t.Errorf("began %v, now %v, want %v in UTC", c.Began(), c.Now(), real0)
	}
}

// One life of a clock, step by step.
func TestChanges(t *testing.T) {
	source := NewManual(real0)
	c := New(source, realMode, begin0)
	for _, step := range []struct {
		what       string
		do         func() error
		want       error
		after      time.Duration // the tenant's time since its beginning
		lived      time.Duration
		generation uint64
	}{
		{"nothing", func() error { return nil }, nil, 0, 0, 0},
		{"10 s pass", func() error { return source.Advance(10 * time.Second) }, nil, 10 * time.Second, 10 * time.Second, 0},
		{"x60", func() error { c.SetMode(x60); return nil }, nil, 10 * time.Second, 10 * time.Second, 1},
		{"1 s passes", func() error { return source.Advance(time.Second) }, nil, 70 * time.Second, 70 * time.Second, 1},
		{"skip to 100 s", func() error { return c.Skip(begin0.Add(100 * time.Second)) }, nil, 100 * time.Second, 70 * time.Second, 2},
		{"skip back", func() error { return c.Skip(begin0.Add(99 * time.Second)) }, ErrPast, 100 * time.Second, 70 * time.Second, 2},
		{"advance back", func() error { return c.Advance(begin0) }, ErrPast, 100 * time.Second, 70 * time.Second, 2},
		{"advance to now", func() error { return c.Advance(begin0.Add(100 * time.Second)) }, nil, 100 * time.Second, 70 * time.Second, 3},
		{"advance to 130 s", func() error { return c.Advance(begin0.Add(130 * time.Second)) }, nil, 130 * time.Second, 100 * time.Second, 4},
		{"frozen", func() error { c.SetMode(frozen); return nil }, nil, 130 * time.Second, 100 * time.Second, 5},
		{"a day passes", func() error { return source.Advance(24 * time.Hour) }, nil, 130 * time.Second, 100 * time.Second, 5},
		{"advance 1 ns", func() error { return c.Advance(begin0.Add(130*time.Second + 1)) }, nil, 130*time.Second + 1, 100*time.Second + 1, 6},
		{"real", func() error { c.SetMode(realMode); return nil }, nil, 130*time.Second + 1, 100*time.Second + 1, 7},
		{"1 s passes", func() error { return source.Advance(time.Second) }, nil, 131*time.Second + 1, 101*time.Second + 1, 7},
	} {
		if err := step.do(); !errors.Is(err, step.want) {
			t.Errorf("%s: error %v, want %v", step.what, err, step.want)
		}
		if got := after(c); got != step.after {
			t.Errorf("%s: at %v, want %v", step.what, got, step.after)
		}
		if got := c.Lived(); got != step.lived {
			t.Errorf("%s: lived %v, want %v", step.what, got, step.lived)
		}
		if got := c.Generation(); got != step.generation {
			t.Errorf("%s: generation %d, want %d", step.what, got, step.generation)
		}
	}
	if c.Mode() != realMode {
		t.Errorf("mode %v", c.Mode())
	}
}

// A clock stands at its Last instant, however it comes there, and goes beyond it
// in no way.
func TestTheLastInstant(t *testing.T) {
	for name, reach := range map[string]func(*Clock, *Manual) error{
		"by":   func(c *Clock, _ *Manual) error { c.AdvanceBy(math.MaxInt64); return nil },
		"to":   func(c *Clock, _ *Manual) error { return c.Advance(c.Last()) },
		"runs": func(_ *Clock, s *Manual) error { return s.Advance(Longest + time.Hour) },
		"skip": func(c *Clock, _ *Manual) error { return c.Skip(c.Last()) },
	} {
		source := NewManual(real0)
		c := New(source, realMode, begin0)
		if err := reach(c, source); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := source.Advance(time.Minute); err != nil {
			t.Fatal(err)
		}
		before := c.Read()
		lived := Longest
		if name == "skip" {
			lived = 0
		}
		if before.Now != c.Last() || before.Lived != lived || c.Last().Year() != begin0.Year()+200 {
			t.Errorf("%s: %+v, the last is %v", name, before, c.Last())
		}
		c.AdvanceBy(time.Hour)
		for _, err := range []error{c.Advance(c.Last().Add(1)), c.Skip(c.Last().AddDate(300, 0, 0))} {
			if !errors.Is(err, ErrFuture) {
				t.Errorf("%s: beyond it: %v", name, err)
			}
		}
		if after := c.Read(); after.Now != before.Now || after.Lived != before.Lived {
			t.Errorf("%s: then %+v", name, after)
		}
	}
}

// hooked is a source that lets something happen while it is asked.
type hooked struct {
	*Manual
	hook func()
}

func (h *hooked) Now() time.Time {
	if do := h.hook; do != nil {
		h.hook = nil
		do()
	}
	return h.Manual.Now()
}

// A clock that is slowed down while somebody reads it does not tell that reader
// what the faster clock would have come to.
func TestSlowedDownWhileRead(t *testing.T) {
	source := &hooked{Manual: NewManual(real0)}
	c := New(source, x60, begin0)
	source.hook = func() {
		c.SetMode(frozen)
		if err := source.Advance(time.Minute); err != nil {
			t.Error(err)
		}
	}
	if during, later := c.Now(), c.Now(); later.Before(during) || during != begin0 {
		t.Errorf("told %v, later %v, want %v both times", during, later, begin0)
	}
}

func drawMode(t *rapid.T) scenarios.ClockMode {
	m := rapid.SampledFrom([]scenarios.ClockMode{realMode, frozen, skip, x60}).Draw(t, "mode")
	if m.Kind == scenarios.Scaled {
		m.Speed = rapid.IntRange(1, 50_000).Draw(t, "speed") // 30 hours so take less than Longest
	}
	return m
}

// xN runs exactly N times as fast, frozen stands still; what was lived and what
// was skipped make up all of the tenant's time.
func TestTimeAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		source := NewManual(real0)
		c := New(source, drawMode(t), begin0)
		want, skipped := begin0, time.Duration(0)
		steps := rapid.IntRange(1, 30).Draw(t, "steps")
		for range steps {
			d := time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "d"))
			generation := c.Generation()
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				if err := source.Advance(d); err != nil {
					t.Fatal(err)
				}
				if m := c.Mode(); m.Kind != scenarios.Frozen {
					want = want.Add(d * time.Duration(m.Speed))
				}
				generation-- // time alone is no change
			case 1:
				want, skipped = want.Add(d), skipped+d
				if err := c.Skip(want); err != nil {
					t.Fatal(err)
				}
			case 2:
				want = want.Add(d)
				if err := c.Advance(want); err != nil {
					t.Fatal(err)
				}
			case 3:
				c.SetMode(drawMode(t))
			}
			if got := c.Now(); got != want {
				t.Fatalf("now %v, want %v", got, want)
			}
			if got := c.Lived() + skipped; got != after(c) {
				t.Fatalf("lived and skipped are %v, passed are %v", got, after(c))
			}
			if c.Generation() != generation+1 {
				t.Fatalf("generation %d after %d", c.Generation(), generation)
			}
			if err := c.Skip(want.Add(-1)); !errors.Is(err, ErrPast) {
				t.Fatalf("going back by 1 ns: %v", err)
			}
		}
	})
}

// Whatever others do to it, no reader ever sees a clock go back, in Now or in
// Lived: many readers watch while three writers jump and change modes.
func TestNeverGoesBack(t *testing.T) {
	c := New(System(), x60, begin0)
	var writers, readers sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		readers.Go(func() {
			var now time.Time
			var lived time.Duration
			var generation uint64
			for {
				select {
				case <-stop:
					return
				default:
				}
				if got := c.Now(); got.Before(now) {
					t.Errorf("now went back by %v", now.Sub(got))
					return
				} else {
					now = got
				}
				if got := c.Lived(); got < lived {
					t.Errorf("lived went back by %v", lived-got)
					return
				} else {
					lived = got
				}
				if got := c.Generation(); got < generation {
					t.Errorf("generation went back from %d to %d", generation, got)
					return
				} else {
					generation = got
				}
			}
		})
	}
	modes := []scenarios.ClockMode{realMode, frozen, x60, skip, {Kind: scenarios.Scaled, Speed: 1_000_000}}
	for w := range 3 {
		writers.Go(func() {
			for i := range 2000 {
				switch (i + w) % 3 {
				case 0:
					c.SetMode(modes[i%len(modes)])
				case 1:
					_ = c.Skip(c.Now().Add(time.Duration(i))) // ErrPast: another was faster
				case 2:
					_ = c.Advance(c.Now().Add(time.Duration(i)))
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	readers.Wait()
}

func BenchmarkNow(b *testing.B) {
	c := New(System(), x60, begin0)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if c.Now().Before(begin0) {
				b.Fail()
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	c := New(System(), realMode, begin0)
	b.ReportAllocs()
	for b.Loop() {
		if c.Read().Now.Before(begin0) {
			b.Fail()
		}
	}
}

// What the machine's clock itself takes, of all that Read takes.
func BenchmarkSystem(b *testing.B) {
	source := System()
	b.ReportAllocs()
	for b.Loop() {
		source.Now()
	}
}
