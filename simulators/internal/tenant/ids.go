package tenant

import (
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// IDs is how a vendor writes the ids of tasks that a scenario does not name.
// An id carries a number, so that it can be found again without a table of all
// tasks: a hash (Bits above 0) that is a permutation of the task's place, or
// the next free number from From on (Bits 0).
type IDs struct {
	Format  func(n uint64, created time.Time, t *scenarios.Task) string
	Parse   func(id string) (n uint64, ok bool)
	Bits    uint                           // 2..64, even
	Aliases map[string]string              // other ids by which a documented task is asked for
	From    func(created time.Time) uint64 // with Bits 0: the first number that a task of this creation may have

	// Shown is the id that the answer shows of a task whose written id it does
	// not show; it can be asked for by both. nil where answers show written ids.
	// number is the task's place, from 0.
	Shown func(t *scenarios.Task, number int, created time.Time) string
}

// permute is a keyed bijection of the numbers of so many bits: four rounds of a
// Feistel network over the two halves.
func permute(n, key uint64, bits uint) uint64 {
	half := bits / 2
	mask := uint64(1)<<half - 1
	left, right := n>>half&mask, n&mask
	for round := range uint64(4) {
		left, right = right, left^(scramble(right^key^round<<59)&mask)
	}
	return left<<half | right
}

// unpermute is permute's inverse.
func unpermute(n, key uint64, bits uint) uint64 {
	half := bits / 2
	mask := uint64(1)<<half - 1
	left, right := n>>half&mask, n&mask
	for round := uint64(4); round > 0; round-- {
		left, right = right^(scramble(left^key^(round-1)<<59)&mask), left
	}
	return left<<half | right
}

// scramble is the finalizer of splitmix64.
func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
