package traffic

import (
	"cmp"
	"math"
	"math/bits"
	"time"
)

// bucket refills evenly. Its arithmetic is exact: with golang.org/x/time/rate's
// floats a wait of 3 s came out a nanosecond too long, which a client is told as
// 4 s. So it counts not tokens but the time until it is full, in nanoseconds and
// fractions of one. It is tested against that package.
type bucket struct {
	requests uint64 // come back
	window   uint64 // in so many nanoseconds
	burst    int
	one      span // in which one token comes back
	grants   span // it grants while it is full again within so long
	most     span // what is owed at most

	last time.Duration // when it last changed
	owed span          // how long from then on until it is full
}

// span is a length of time: nanoseconds, and a numerator of one more, whose
// denominator is the bucket's requests.
type span struct {
	ns   int64
	part uint64 // below requests
}

func newBucket(requests int, window time.Duration, burst int) *bucket {
	b := &bucket{requests: uint64(requests), window: uint64(window), burst: burst}
	b.one, b.grants, b.most = b.tokens(1), b.tokens(burst-1), b.tokens(2*burst)
	return b
}

// tokens is how long n tokens take to come back. 292 years are the end of it.
func (b *bucket) tokens(n int) span {
	hi, lo := bits.Mul64(uint64(n), b.window)
	if hi >= b.requests {
		return span{ns: math.MaxInt64}
	}
	ns, part := bits.Div64(hi, lo, b.requests)
	if ns > math.MaxInt64 {
		return span{ns: math.MaxInt64}
	}
	return span{int64(ns), part}
}

func (a span) compare(b span) int {
	return cmp.Or(cmp.Compare(a.ns, b.ns), cmp.Compare(a.part, b.part))
}

// and is the sum of two lengths.
func (b *bucket) and(a, n span) span {
	part := a.part + n.part
	carry := int64(part / b.requests)
	if a.ns > math.MaxInt64-n.ns-carry {
		return span{ns: math.MaxInt64}
	}
	return span{a.ns + n.ns + carry, part % b.requests}
}

// left is how long it still takes until it is full.
func (b *bucket) left(lived time.Duration) span {
	passed := int64(max(0, lived-b.last))
	if b.owed.ns < passed {
		return span{}
	}
	return span{b.owed.ns - passed, b.owed.part}
}

func (b *bucket) wait(lived time.Duration) time.Duration {
	left := b.left(lived)
	if left.compare(b.grants) <= 0 {
		return 0
	}
	wait := left.ns - b.grants.ns
	if left.part > b.grants.part {
		wait++ // a part of a nanosecond
	}
	return time.Duration(wait)
}

// used are the tokens that have not come back, a part of one counts whole.
func (b *bucket) used(lived time.Duration) int {
	left := b.left(lived)
	hi, lo := bits.Mul64(uint64(left.ns), b.requests)
	lo, carry := bits.Add64(lo, left.part, 0)
	if hi += carry; hi >= b.window {
		return b.burst
	}
	n, part := bits.Div64(hi, lo, b.window)
	if part > 0 {
		n++
	}
	return int(min(n, uint64(b.burst)))
}

func (b *bucket) take(lived time.Duration) {
	b.last, b.owed = lived, b.and(b.left(lived), b.one)
}

func (b *bucket) idle(lived time.Duration) bool { return b.left(lived) == (span{}) }

// count takes a token that is not there yet. It never owes more than a bucket:
// a client that hammers for a day must not wait for one.
func (b *bucket) count(lived time.Duration) {
	b.take(lived)
	if b.owed.compare(b.most) > 0 {
		b.owed = b.most
	}
}

// renew empties it: what had come back of the next token is lost.
func (b *bucket) renew(lived time.Duration) { b.last, b.owed = lived, b.and(b.grants, b.one) }
