package sim

import (
	"fmt"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// Ids are as the plain way makes them: fmt, and one block of 16 digits after the other.
func TestHex(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		luck, digits := rapid.Uint64().Draw(t, "luck"), rapid.IntRange(0, 100).Draw(t, "digits")
		parts := rapid.SliceOfN(rapid.String(), 0, 6).Draw(t, "parts")
		plain := func(digits int) string {
			var all string
			for block := 0; len(all) < digits; block++ {
				all += fmt.Sprintf("%016x", task.Draw(luck, append(parts[:len(parts):len(parts)], strconv.Itoa(block))...))
			}
			return all[:digits]
		}
		if got, want := Hex(luck, digits, parts...), plain(digits); got != want {
			t.Errorf("Hex: %s, want %s", got, want)
		}
		h := []byte(plain(32))
		h[12], h[16] = '4', "89ab"[h[16]&3]
		if got, want := UUID(luck, parts...), fmt.Sprintf("%s-%s-%s-%s-%s", h[:8], h[8:12], h[12:16], h[16:20], h[20:]); got != want {
			t.Errorf("UUID: %s, want %s", got, want)
		}
		n := luck >> rapid.IntRange(0, 64).Draw(t, "shift")
		if got, want := string(AppendHexNumber(nil, n, digits)), fmt.Sprintf("%0*x", digits, n); got != want && digits > 0 {
			t.Errorf("AppendHexNumber: %s, want %s", got, want)
		}
	})
}
