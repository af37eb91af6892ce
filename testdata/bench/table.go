package main

import (
	"fmt"
	"slices"
	"strings"
)

// table is what bench prints: Markdown, to be pasted into README.
type table struct {
	head []string
	rows [][]string
	text []string // further tables and remarks, in their order
}

// begin ends the table before and begins another.
func (t *table) begin(columns ...string) {
	t.end()
	t.head = columns
}

func (t *table) row(cells ...string) {
	t.rows = append(t.rows, cells)
	tell("  %s", strings.Join(cells, " | "))
}

func (t *table) remark(format string, args ...any) {
	t.end()
	t.text = append(t.text, fmt.Sprintf(format, args...))
	tell("  "+format, args...)
}

func (t *table) end() {
	if len(t.rows) > 0 {
		var b strings.Builder
		fmt.Fprintf(&b, "| %s |\n|%s", strings.Join(t.head, " | "), strings.Repeat("---|", len(t.head)))
		for _, row := range t.rows {
			fmt.Fprintf(&b, "\n| %s |", strings.Join(row, " | "))
		}
		t.text = append(t.text, b.String())
	}
	t.head, t.rows = nil, nil
}

func (t *table) markdown() string {
	t.end()
	return strings.Join(t.text, "\n\n") + "\n"
}

// series are the values of one figure, one a round.
type series []float64

func (s series) sorted() series { return slices.Sorted(slices.Values(s)) }

// median is the middle one, or the mean of the two in the middle.
func (s series) median() float64 {
	o := s.sorted()
	return (o[(len(o)-1)/2] + o[len(o)/2]) / 2
}

// over is this series against another, round by round.
func (s series) over(other series) series {
	out := make(series, len(s))
	for i := range s {
		out[i] = s[i] / other[i]
	}
	return out
}

// spread writes the median and, behind it, the least and the greatest.
func (s series) spread(format string) string {
	o := s.sorted()
	return fmt.Sprintf(format+" ("+format+" to "+format+")", s.median(), o[0], o[len(o)-1])
}

// atMost and atLeast are a bar, and whether a figure meets it. It is held to the
// unrounded median.
func atMost(value, bar float64, written string) string {
	return verdict(value <= bar, "at most "+written)
}

func atLeast(value, bar float64, written string) string {
	return verdict(value >= bar, "at least "+written)
}

func verdict(met bool, bar string) string {
	if met {
		return bar + ": met"
	}
	return bar + ": **missed**"
}

const mb = 1e6

func megabytes(bytes float64) string { return fmt.Sprintf("%.1f MB", bytes/mb) }

// count writes a whole number in groups of three digits.
func count[T int | float64](n T) string {
	s := fmt.Sprintf("%.0f", float64(n))
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
