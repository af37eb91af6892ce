package verify

import (
	"strconv"
	"strings"
	"time"
)

// longestName is how much of what a client sent stands in a sentence.
const longestName = 80

// printable is a client's text that may stand on a terminal: plain ASCII, one
// line, not too long. What is not is quoted.
func printable(s string) string {
	cut := len(s) > longestName
	if cut {
		s = s[:longestName]
	}
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			s = strconv.QuoteToASCII(s)
			break
		}
	}
	if cut {
		s += "..."
	}
	return s
}

// length is a length of time as text, cut to whole milliseconds, or to whole
// microseconds (us) below one: never longer than it was, and plain ASCII.
func length(d time.Duration) string {
	unit := time.Millisecond
	if d < unit {
		unit = time.Microsecond
	}
	text := strings.Replace(d.Truncate(unit).String(), "µ", "u", 1)
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// count is a number with its noun: "1 call", "2 calls".
func count[N int | int64 | uint32](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.FormatInt(int64(n), 10) + " " + noun + "s"
}
