package admin

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
)

// What is said of near misses: so many at most, and but one that is less like the
// request than this: the nearest, where nothing is near.
const (
	maxMisses = 5
	unlike    = 0.5
)

// ranked are the misses worth telling, best first. Those alike keep their order.
func ranked(misses []api.Miss) []api.Miss {
	for i := range misses {
		misses[i].Score = max(math.Round(misses[i].Score*1000)/1000, 0)
	}
	slices.SortStableFunc(misses, func(a, b api.Miss) int { return cmp.Compare(b.Score, a.Score) })
	near := slices.IndexFunc(misses, func(m api.Miss) bool { return m.Score < unlike })
	if near < 0 {
		near = len(misses)
	}
	return misses[:min(len(misses), max(near, 1), maxMisses)]
}

// maxCompared bounds what is compared of a word, in bytes: a client may send a
// segment of a megabyte, and the work is the product of two lengths.
const maxCompared = 128

// caseCost is what another case costs, of a whole letter: less, since names are
// often written so.
const caseCost = 0.1

// similarity is how alike two words are: 1 less the letters that must be put in,
// left out or changed to make one of the other, over the length of the longer.
func similarity(a, b string) float64 {
	if a == b {
		return 1
	}
	a, b = a[:min(len(a), maxCompared)], b[:min(len(b), maxCompared)]
	cost := alignment(len(a), len(b), func(i, j int) float64 {
		switch {
		case a[i] == b[j]:
			return 0
		case strings.EqualFold(a[i:i+1], b[j:j+1]):
			return caseCost
		}
		return 1
	})
	return 1 - cost/float64(max(len(a), len(b), 1))
}

// alignment is the least cost of making one sequence of another: 1 for each
// element put in or left out, and change for one in the place of another.
func alignment(n, m int, change func(i, j int) float64) float64 {
	last, row := make([]float64, m+1), make([]float64, m+1)
	for j := range last {
		last[j] = float64(j)
	}
	for i := range n {
		row[0] = float64(i + 1)
		for j := range m {
			row[j+1] = min(last[j]+change(i, j), last[j+1]+1, row[j]+1)
		}
		last, row = row, last
	}
	return last[m]
}

// maxSegments bounds what is compared of a path.
const maxSegments = 64

// likeness is how much a path is like a template such as /tasks/{id}, 1 where it
// fits.
func likeness(template, path string) float64 {
	a, b := segments(template), segments(path)
	cost := alignment(len(a), len(b), func(i, j int) float64 {
		if strings.Contains(a[i], "{") && b[j] != "" {
			return 0
		}
		return 1 - similarity(a[i], b[j])
	})
	return 1 - cost/float64(max(len(a), len(b), 1))
}

// segments are the parts of a path between its slashes; a slash at the end makes
// an empty one, since it makes another path.
func segments(path string) []string {
	parts := strings.SplitN(strings.TrimPrefix(path, "/"), "/", maxSegments+1)
	return parts[:min(len(parts), maxSegments)]
}

// fits tells whether a path is one of a template's.
func fits(template, path string) bool { return likeness(template, path) == 1 }
