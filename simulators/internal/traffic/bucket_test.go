package traffic

import (
	"math/big"
	"testing"
	"time"

	"golang.org/x/time/rate"
	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/scenarios"
)

// Waits that floats get wrong by a nanosecond, which a client is told as a second.
func TestABucketsWaitIsExact(t *testing.T) {
	for _, tt := range []struct {
		requests int
		window   time.Duration
		want     time.Duration
	}{
		{20, time.Minute, 3 * time.Second},
		{49, 49 * time.Second, time.Second},
		{7, 21 * time.Second, 3 * time.Second},
		{3, 10 * time.Second, 3_333_333_334},
		{1, 100 * 8766 * time.Hour, 100 * 8766 * time.Hour},
		{1_000_000_000, time.Second, 1},
		{1_000_000_000, time.Nanosecond, 1},
	} {
		l := NewLimiter([]scenarios.Limit{{Per: PerTenant, Requests: tt.requests, Window: tt.window, Algorithm: Bucket, Burst: 1}})
		for round := range 50 {
			at := time.Duration(round) * 1000 * tt.window
			if at/1000 != time.Duration(round)*tt.window {
				break // beyond 292 years
			}
			take(l, Request{}, at)
			if wait, ok := take(l, Request{}, at); ok || wait != tt.want {
				t.Errorf("%d in %v, round %d: %v, want %v", tt.requests, tt.window, round, wait, tt.want)
			}
		}
	}
}

// tokens is the model of a bucket: an exact number of them.
type tokens struct {
	rate, burst, there *big.Rat // rate: a nanosecond
	last               time.Duration
}

func (b *tokens) at(lived time.Duration) *big.Rat {
	there := new(big.Rat).Mul(b.rate, new(big.Rat).SetInt64(int64(lived-b.last)))
	if there.Add(there, b.there).Cmp(b.burst) > 0 {
		there.Set(b.burst)
	}
	return there
}

// wait is the first whole nanosecond at which there is a token.
func (b *tokens) wait(lived time.Duration) time.Duration {
	one := big.NewRat(1, 1)
	short := new(big.Rat).Sub(one, b.at(lived))
	if short.Sign() <= 0 {
		return 0
	}
	short.Quo(short, b.rate)
	whole, part := new(big.Int).QuoRem(short.Num(), short.Denom(), new(big.Int))
	if part.Sign() > 0 {
		whole.Add(whole, big.NewInt(1))
	}
	return time.Duration(whole.Int64())
}

func (b *tokens) take(lived time.Duration) {
	b.there, b.last = b.at(lived).Sub(b.at(lived), big.NewRat(1, 1)), lived
}

// used are the tokens that are not there, a part of one counts whole.
func (b *tokens) used(lived time.Duration) int {
	missing := new(big.Rat).Sub(b.burst, b.at(lived))
	whole, part := new(big.Int).QuoRem(missing.Num(), missing.Denom(), new(big.Int))
	if part.Sign() > 0 {
		whole.Add(whole, big.NewInt(1))
	}
	return int(whole.Int64())
}

// A bucket answers what exact numbers and, but for their rounding, what
// golang.org/x/time/rate answers.
func TestABucketAgainstItsModels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		requests, burst := rapid.IntRange(1, 1000).Draw(t, "requests"), rapid.IntRange(1, 50).Draw(t, "burst")
		window := time.Duration(rapid.Int64Range(1, int64(24*time.Hour)).Draw(t, "window"))
		b := newBucket(requests, window, burst)
		exact := &tokens{rate: big.NewRat(int64(requests), int64(window)), burst: big.NewRat(int64(burst), 1), there: big.NewRat(int64(burst), 1)}
		perSecond := rate.Limit(float64(requests) / window.Seconds())
		floats, epoch := rate.NewLimiter(perSecond, burst), time.Unix(0, 0)
		one := window / time.Duration(requests)
		for _, at := range someInstants(t, max(4*one, 40)) {
			wait := b.wait(at)
			if want := exact.wait(at); wait != want || b.used(at) != exact.used(at) || b.idle(at) != (exact.used(at) == 0) {
				t.Fatalf("at %v: wait %v used %d idle %v, want %v and %d", at, wait, b.used(at), b.idle(at), want, exact.used(at))
			}
			there := floats.TokensAt(epoch.Add(at))
			if about, _ := exact.at(at).Float64(); there < about-1e-3 || there > about+1e-3 {
				t.Fatalf("at %v: %v tokens, rate says %v", at, about, there)
			}
			if wait > 0 && rapid.Bool().Draw(t, "waits") {
				continue
			}
			if wait == 0 {
				b.take(at)
				exact.take(at)
				floats.ReserveN(epoch.Add(at), 1)
			}
		}
	})
}
