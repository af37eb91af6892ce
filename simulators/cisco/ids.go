package cisco

import (
	"strconv"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// ids are numbers for most tasks and version 1 UUIDs for exports and imports,
// both as in the vendor's examples. Either carries the task's number of idBits.
var ids = sim.IDs{
	Bits: idBits,
	Format: func(n uint64, created time.Time, t *scenarios.Task) string {
		written, _ := t.Set[fieldTaskType].(string)
		if transfers[pageType(written)] != "" {
			return timeUUID(n, created)
		}
		return strconv.FormatUint(firstID+n, 10)
	},
	// Only the length tells the two apart; the caller compares the whole id.
	Parse: func(id string) (uint64, bool) {
		if len(id) == uuidLength {
			n, err := strconv.ParseUint(id[uuidLength-12:], 16, 64)
			return n & (1<<idBits - 1), err == nil
		}
		n, err := strconv.ParseUint(id, 10, 64)
		return n - firstID, err == nil && n >= firstID && n < firstID+1<<idBits
	},
}

const (
	idBits     = 40
	firstID    = 1 << 33 // the smallest ids that the vendor shows are a little above it
	uuidLength = 36
)

// timeUUID is a version 1 UUID: the instant of creation, and in the place of
// the clock sequence and the node the number. The node's first byte is odd, as
// RFC 4122 wants it of a node that is no network card.
func timeUUID(n uint64, created time.Time) string {
	const from1582 = 0x01b21dd213814000 // 1582-10-15 until 1970-01-01 in steps of 100 ns
	t := uint64(created.UnixMilli())*10_000 + from1582
	var room [uuidLength + 6]byte
	b := append(sim.AppendHexNumber(room[:0], uint64(uint32(t)), 8), '-')
	b = append(sim.AppendHexNumber(b, uint64(uint16(t>>32)), 4), "-1"...)
	b = append(sim.AppendHexNumber(b, t>>48&0xfff, 3), '-')
	b = append(sim.AppendHexNumber(b, 0x8000|n>>26, 4), "-27"...)
	return string(sim.AppendHexNumber(b, n, 10))
}
