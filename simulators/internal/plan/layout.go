package plan

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Width is how many columns the text of a plan has, unless single words are
// longer.
const Width = 100

// Length is a length of time: 1h2m3.4s in text, whole milliseconds in JSON.
type Length time.Duration

// String leaves out the units that are zero.
func (l Length) String() string {
	s := time.Duration(l).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// MarshalJSON is the number of milliseconds.
func (l Length) MarshalJSON() ([]byte, error) {
	return strconv.AppendInt(nil, int64(time.Duration(l)/time.Millisecond), 10), nil
}

// signed is the length after (or before) an instant.
func (l Length) signed() string {
	if l < 0 {
		return l.String()
	}
	return "+" + l.String()
}

// about is the length to three digits, or what a clock shows of them.
func (l Length) about() string {
	units := []time.Duration{
		time.Hour, 10 * time.Minute, time.Minute, 10 * time.Second, time.Second,
		100 * time.Millisecond, 10 * time.Millisecond, time.Millisecond,
	}
	for _, unit := range units {
		if time.Duration(l) >= 100*unit {
			return Length(time.Duration(l).Round(unit)).String()
		}
	}
	return l.String()
}

// length is so many milliseconds, at most the longest Length (292 years).
func length(ms int64) Length { return Length(min(ms, math.MaxInt64/perMs) * perMs) }

const perMs = int64(time.Millisecond)

// millis is so many milliseconds in words.
func millis(ms int64) string {
	if ms > math.MaxInt64/perMs {
		return Number(ms/(365*24*3600*1000)) + " years"
	}
	return length(ms).String()
}

// count is "1 poll" or "2 polls".
func count(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return Number(n) + " " + what + "s"
}

// Number is a number with a comma between thousands.
func Number[N int | int64](n N) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Percent is a chance with four digits, or as many as keep it from looking
// certain. Long odds are "under" something: their zeros tell nobody anything.
func Percent(chance float64) string {
	if chance < 1e-6 {
		return "under 0.0001%"
	}
	for digits := 4; ; digits++ {
		s := strconv.FormatFloat(chance*100, 'g', digits, 64)
		if s != "100" || chance >= 1-rounding {
			v, _ := strconv.ParseFloat(s, 64)
			return strconv.FormatFloat(v, 'f', -1, 64) + "%"
		}
	}
}

// Wrap writes items one after the other behind a head, with commas between,
// and indents the lines that follow as far. Without items there are no lines.
func Wrap(head string, items []string) []string {
	items = slices.Clone(items)
	for i := range max(len(items)-1, 0) {
		items[i] += ","
	}
	return wrap(head, items)
}

// WrapText does the same with the words of a text.
func WrapText(head, text string) []string { return wrap(head, strings.Fields(text)) }

func wrap(head string, words []string) []string {
	var lines []string
	line, empty := head, true
	for _, word := range words {
		switch {
		case empty:
		case width(line)+1+width(word) > Width:
			lines = append(lines, line)
			line = strings.Repeat(" ", width(head))
		default:
			line += " "
		}
		line, empty = line+word, false
	}
	if empty {
		return nil
	}
	return append(lines, line)
}

func width(s string) int { return utf8.RuneCountInString(s) }

// table aligns the rows' columns; behind each row its tail, wrapped.
func table(rows, tails [][]string) []string {
	widths := make([]int, len(rows[1]))
	for _, row := range rows {
		for i := range widths {
			widths[i] = max(widths[i], width(row[i]))
		}
	}
	var lines []string
	for i, row := range rows {
		line := ""
		for j, cell := range row {
			line += cell
			if j < len(widths) {
				line += strings.Repeat(" ", widths[j]-width(cell)+2)
			}
		}
		if wrapped := Wrap(line, tails[i]); len(wrapped) > 0 {
			lines = append(lines, wrapped...)
		} else {
			lines = append(lines, strings.TrimRight(line, " "))
		}
	}
	return lines
}
