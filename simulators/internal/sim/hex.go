package sim

import (
	"strconv"

	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// Hex is a made-up id of so many lower-case hex digits: a hash of luck and the
// parts.
func Hex(luck uint64, digits int, parts ...string) string {
	var room [64]byte
	return string(AppendHex(room[:0], luck, digits, parts...))
}

// AppendHex appends what Hex makes.
func AppendHex(b []byte, luck uint64, digits int, parts ...string) []byte {
	var room [4]string
	keyed := append(append(room[:0], parts...), "")
	for end, block := len(b)+digits, 0; len(b) < end; block++ {
		keyed[len(parts)] = strconv.Itoa(block)
		b = AppendHexNumber(b, task.Draw(luck, keyed...), 16)
		b = b[:min(len(b), end)]
	}
	return b
}

// UUID is a made-up version 4 UUID: a hash of luck and the parts.
func UUID(luck uint64, parts ...string) string {
	var room, hex [36]byte
	h := AppendHex(hex[:0], luck, 32, parts...)
	h[12] = '4'
	h[16] = "89ab"[h[16]&3]
	b := room[:0]
	for i, end := range [...]int{8, 12, 16, 20, 32} {
		if i > 0 {
			b = append(b, '-')
		}
		b = append(b, h[len(b)-i:end]...)
	}
	return string(b)
}

// AppendHexNumber appends a number as so many lower-case hex digits, or as many more
// as it has.
func AppendHexNumber(b []byte, n uint64, digits int) []byte {
	for ; digits > 16; digits-- {
		b = append(b, '0')
	}
	for shift := 60; shift >= 0; shift -= 4 {
		if digits > shift/4 || n>>shift != 0 {
			b = append(b, "0123456789abcdef"[n>>shift&15])
		}
	}
	return b
}
