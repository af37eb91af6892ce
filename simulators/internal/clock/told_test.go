package clock

import (
	"math"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"pgregory.net/rapid"
)

func TestWhatAClientIsTold(t *testing.T) {
	for _, tt := range []struct {
		mode       scenarios.ClockMode
		d          time.Duration
		wall       time.Duration
		wait, life int
	}{
		{realMode, 5 * time.Second, 5 * time.Second, 5, 5},
		{realMode, 5*time.Second + 1, 5*time.Second + 1, 6, 5},
		{realMode, 6*time.Second - 1, 6*time.Second - 1, 6, 5},
		{realMode, 0, 0, 1, 1},
		{realMode, -time.Hour, -time.Hour, 1, 1},
		{x60, 5 * time.Minute, 5 * time.Second, 5, 5},
		{x60, 5*time.Minute + 1, 5*time.Second + 1, 6, 5},
		{x60, time.Second, time.Second/60 + 1, 1, 1},
		{x60, time.Hour - 1, time.Minute, 60, 59},
		{frozen, 90 * time.Second, 90 * time.Second, 90, 90},
		{skip, 90 * time.Second, 90 * time.Second, 90, 90},
		{realMode, math.MaxInt64, math.MaxInt64, 9_223_372_037, 9_223_372_036},
	} {
		c := New(NewManual(real0), tt.mode, begin0)
		if got := c.Wall(tt.d); got != tt.wall {
			t.Errorf("%v: Wall(%v) = %v, want %v", tt.mode, tt.d, got, tt.wall)
		}
		if got := c.WaitSeconds(tt.d); got != tt.wait {
			t.Errorf("%v: WaitSeconds(%v) = %d, want %d", tt.mode, tt.d, got, tt.wait)
		}
		if got := c.LifeSeconds(tt.d); got != tt.life {
			t.Errorf("%v: LifeSeconds(%v) = %d, want %d", tt.mode, tt.d, got, tt.life)
		}
	}
}

// A client that waits the real seconds it was told has waited long enough, and
// with one second less it had not (but for the least of 1).
func TestWaitIsEnoughAndNotTooMuch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 100_000).Draw(t, "speed")
		d := time.Duration(rapid.Int64Range(1, int64(1000*time.Hour)).Draw(t, "wait"))
		source := NewManual(real0)
		c := New(source, scenarios.ClockMode{Kind: scenarios.Scaled, Speed: n}, begin0)
		wait, life := c.WaitSeconds(d), c.LifeSeconds(d)
		if waited := time.Duration(wait) * time.Second * time.Duration(n); waited < d {
			t.Fatalf("x%d: waited %d s for %v, which was %v", n, wait, d, waited)
		}
		if wait > 1 && time.Duration(wait-1)*time.Second*time.Duration(n) >= d {
			t.Fatalf("x%d: %d s for %v is more than needed", n, wait, d)
		}
		if life > 1 && time.Duration(life)*time.Second*time.Duration(n) > d {
			t.Fatalf("x%d: told %d s for a life of %v", n, life, d)
		}
		if err := source.Advance(c.Wall(d)); err != nil {
			t.Fatal(err)
		}
		if c.Lived() < d {
			t.Fatalf("x%d: Wall(%v) was too short by %v", n, d, d-c.Lived())
		}
	})
}
