package task

import (
	"math"
	"time"
)

// The lognormal durations come out the same on every machine because nothing
// here rounds differently anywhere: only + - * / and sqrt, which IEEE 754 rounds
// exactly, and each product that is added to something in float64(), which forbids
// the compiler to fuse the two (on arm64 it would; so too a quotient by a power
// of two, which it makes a product). math.Log and math.Exp are in assembly on some
// machines, so they are not used.

// z95 is the 95th percentile of the standard normal distribution.
const z95 = 1.6448536269514722

// newLognormal is the lognormal timing with this median and 95th percentile.
func newLognormal(p50, p95 time.Duration) timing {
	a, b := float64(int64(p50)), float64(int64(p95))
	return timing{median: a / float64(ms), sigma: max(ln(b/a), 0) / z95}
}

// lognormal is the draw's length in milliseconds: at least 1, at most longest.
func (t *timing) lognormal(draw uint64) int64 {
	x := float64(t.median*exp(float64(t.sigma*normal(draw)))) + 0.5
	if !(x < float64(longest)) {
		return longest
	}
	return max(int64(x), 1)
}

// normal is a standard normal number by the polar method: a point in the unit
// circle, of which every draw tries as many as it takes (1.27 on average).
func normal(draw uint64) float64 {
	for {
		draw = finish(draw + golden)
		u := signed(draw)
		draw = finish(draw + golden)
		v := signed(draw)
		s := float64(u*u) + float64(v*v)
		if s < 1 && s > 0 {
			return float64(u * math.Sqrt(float64(-2*ln(s))/s))
		}
	}
}

// signed maps 64 bits evenly to -1..1.
func signed(bits uint64) float64 { return float64((float64(bits>>11)+0.5)/(1<<52)) - 1 }

const (
	// ln 2 in two parts: the first has so few bits that its products with the
	// exponents met here are exact.
	ln2Hi = 0x1.62e42feep-1
	ln2Lo = math.Ln2 - ln2Hi
)

// ln is the natural logarithm of x > 0, finite: x = m * 2^e with m in
// sqrt(1/2)..sqrt(2), and ln m = 2 artanh((m-1)/(m+1)), a series.
func ln(x float64) float64 {
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, e = m+m, e-1
	}
	s := (m - 1) / (m + 1)
	q := float64(s * s)
	sum := 0.0
	for k := 23; k >= 1; k -= 2 {
		sum = float64(sum*q) + 1/float64(k)
	}
	return float64(float64(e)*ln2Hi) + (float64(float64(e)*ln2Lo) + float64(2*float64(s*sum)))
}

// exp is e to the x; 0 or +Inf where the result is out of float64's range:
// x = k ln 2 + r with |r| <= ln 2 / 2, and e^r is its series.
func exp(x float64) float64 {
	if x > 709 {
		return math.Inf(1)
	}
	if x < -709 {
		return 0
	}
	k := math.Floor(x/math.Ln2 + 0.5)
	r := x - float64(k*ln2Hi) - float64(k*ln2Lo)
	sum := 1.0
	for n := 14; n >= 1; n-- {
		sum = float64(sum*r)/float64(n) + 1
	}
	return math.Ldexp(sum, int(k))
}
