package task

import (
	"math"
	"math/bits"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// All luck is hashing: a draw is a 64-bit number that depends on its key alone,
// never on the order in which draws are made. The functions of this file and of
// lognormal.go are frozen for `version: 1` of the scenario language: whoever
// changes one bit changes what every scenario and seed shows.

const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
	golden    = 0x9e3779b97f4a7c15
)

// finish is the finalizer of splitmix64: each bit of x reaches all bits.
func finish(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// join makes one hash of a hash and a number.
func join(h, x uint64) uint64 { return finish(finish(h+golden) ^ x) }

// Mix hashes the parts to 64 well-mixed bits: FNV-1a over each part's length
// (8 bytes, the lowest first) and bytes, then the finalizer of splitmix64. The
// lengths keep ("ab","c") from ("a","bc"). Frozen for `version: 1`.
func Mix(parts ...string) uint64 {
	h := uint64(fnvOffset)
	for _, p := range parts {
		h = mixNumber(h, uint64(len(p)))
		for i := 0; i < len(p); i++ {
			h = (h ^ uint64(p[i])) * fnvPrime
		}
	}
	return finish(h)
}

// mixNumber goes on with the 8 bytes of a number, the lowest first.
func mixNumber(h, n uint64) uint64 {
	for range 8 {
		h = (h ^ n&0xff) * fnvPrime
		n >>= 8
	}
	return h
}

// LuckOf is the luck of the task with this key under this seed; the key is what
// the scenario calls the task, never an id that was made for it.
func LuckOf(seed int64, key string) uint64 { return join(finish(uint64(seed)), Mix(key)) }

// Draw is the draw of this name, by its parts, for a task with this luck. The
// engine's own draws have other keys: it never meets them.
func Draw(luck uint64, parts ...string) uint64 { return join(luck, Mix(parts...)) }

// below maps a draw to 0..n-1, each as likely as the others but for a bias of
// n in 2^64.
func below(draw, n uint64) uint64 {
	hi, _ := bits.Mul64(draw, n)
	return hi
}

// never is the offset of what does not happen. No instant reaches it: 292 years
// after a task's creation its time stands still.
const never = math.MaxInt64

// plus adds a length that is not negative; what would overflow never happens.
func plus(at, length int64) int64 {
	if at > 0 && length >= never-at {
		return never
	}
	return at + length
}

// times is n times a length; neither is negative.
func times(length, n int64) int64 {
	if length > 0 && n > never/length {
		return never
	}
	return max(length, 0) * n
}

const (
	ms      = int64(time.Millisecond)
	longest = int64(3_155_760_000_000) // ms: 100 years of 365.25 days
)

// timing is a duration ready to draw. All numbers are whole milliseconds.
type timing struct {
	least, count uint64  // uniform: count values from least on
	median       float64 // above 0: lognormal
	sigma        float64
}

func newTiming(d scenarios.Duration) timing {
	if d.P50 > 0 {
		return newLognormal(d.P50, d.P95)
	}
	least := uint64(max(int64(d.Min)/ms, 0))
	return timing{least: least, count: uint64(max(int64(d.Max)/ms, int64(least))) - least + 1}
}

// sure tells whether every draw gives the same length.
func (t *timing) sure() bool { return t.median == 0 && t.count == 1 }

// draw is the length in nanoseconds that this draw gives.
func (t *timing) draw(draw uint64) int64 {
	if t.median > 0 {
		return t.lognormal(draw) * ms
	}
	if t.count == 1 {
		return int64(t.least) * ms
	}
	return int64(t.least+below(draw, t.count)) * ms
}

// Length is the duration that a draw gives of a range: what a state's After gives
// for that draw. It is for luck beside tasks, such as how late an answer comes.
func Length(d scenarios.Duration, draw uint64) time.Duration {
	t := newTiming(d)
	return time.Duration(t.draw(draw))
}
