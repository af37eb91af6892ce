package verify

import (
	"math"
	"math/bits"
	"time"
)

// histogram is a distribution of lengths of time in fixed buckets on a
// logarithmic scale: each power of two microseconds is split in 32 of equal
// width. So a quantile is within 1/64 of the true one, and a microsecond. The
// least and the most are exact. The zero value is empty, and small.
type histogram struct {
	rows     []*[subBuckets]int64 // by power of two, each made with its first length
	n        int64
	min, max time.Duration
}

const (
	bucketBits = 5
	subBuckets = 1 << bucketBits
	// longest is where the last bucket begins: some 200 days.
	longest = uint64(1) << 44
)

// bucket is the number of the bucket of so many microseconds.
func bucket(us uint64) int {
	us = min(us, longest)
	if us < subBuckets {
		return int(us)
	}
	shift := bits.Len64(us) - bucketBits - 1
	return (shift+1)*subBuckets + int(us>>shift) - subBuckets
}

// middle is the middle of a bucket.
func middle(bucket int) time.Duration {
	if bucket < subBuckets {
		return time.Duration(bucket) * time.Microsecond
	}
	shift := bucket/subBuckets - 1
	least := uint64(subBuckets+bucket%subBuckets) << shift
	return time.Duration(least+uint64(1)<<shift/2) * time.Microsecond
}

func (h *histogram) add(d time.Duration) {
	if h.n == 0 {
		h.min, h.max = d, d
	}
	h.n++
	h.min, h.max = min(h.min, d), max(h.max, d)
	b := bucket(uint64(d / time.Microsecond))
	row := b / subBuckets
	for row >= len(h.rows) {
		h.rows = append(h.rows, nil)
	}
	if h.rows[row] == nil {
		h.rows[row] = new([subBuckets]int64)
	}
	h.rows[row][b%subBuckets]++
}

// quantile is the length that a share q of all does not exceed (the nearest
// rank). 0 of an empty histogram.
func (h *histogram) quantile(q float64) time.Duration {
	if h.n == 0 {
		return 0
	}
	rank := max(1, int64(math.Ceil(q*float64(h.n))))
	var seen int64
	for row, buckets := range h.rows {
		if buckets == nil {
			continue
		}
		for i, n := range buckets {
			if seen += n; seen >= rank {
				return min(max(middle(row*subBuckets+i), h.min), h.max)
			}
		}
	}
	return h.max
}
