package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong with a scenario, where a person looks for it.
type Problem struct {
	At      Position
	Text    string
	Warning bool // worth saying, but the scenario runs
}

// String is "file:line:col: text", with "warning: " before a warning's text.
func (p Problem) String() string {
	text := p.Text
	if p.Warning {
		text = "warning: " + text
	}
	if p.At.File == "" {
		return text
	}
	return p.At.String() + ": " + text
}

// String is "file:line:col", or only the file where there is no line: what a
// --set gave is positioned as "--set path=value".
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// Problems are all problems of a scenario, sorted by position. To get an error
// that is nil if there is none, use Err.
type Problems []Problem

// Error is one line a problem.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Errors are the problems without the warnings.
func (ps Problems) Errors() Problems {
	var errors Problems
	for _, p := range ps {
		if !p.Warning {
			errors = append(errors, p)
		}
	}
	return errors
}

// Err is nil if there are only warnings, else the errors.
func (ps Problems) Err() error {
	if errors := ps.Errors(); len(errors) > 0 {
		return errors
	}
	return nil
}

func (ps *Problems) add(at Position, format string, args ...any) {
	*ps = append(*ps, Problem{At: at, Text: fmt.Sprintf(format, args...)})
}

func (ps *Problems) warn(at Position, format string, args ...any) {
	*ps = append(*ps, Problem{At: at, Text: fmt.Sprintf(format, args...), Warning: true})
}

// sorted orders by position and drops repeats, such as those of a --set that is
// given twice.
func (ps Problems) sorted() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(a.At.File, b.At.File),
			cmp.Compare(a.At.Line, b.At.Line),
			cmp.Compare(a.At.Col, b.At.Col),
		)
	})
	return slices.Compact(ps)
}

// MaxProblems is how many problems are told of one scenario.
const MaxProblems = 1_000

// capped leaves out what nobody would read.
func (ps Problems) capped() Problems {
	if len(ps) <= MaxProblems {
		return ps
	}
	capped := slices.Clone(ps[:MaxProblems])
	capped.add(ps[MaxProblems].At, "%d more problems from here on are left out", len(ps)-MaxProblems)
	return capped
}

// didYouMean ends a message about an unknown word: the nearest known one, or,
// where none is near, all of them. It is empty if nothing is known.
func didYouMean(word string, known []string) string {
	return hint(nearest(word, known), known)
}

func hint(best string, known []string) string {
	switch {
	case best != "":
		return fmt.Sprintf(" - did you mean %q?", best)
	case len(known) == 0:
		return ""
	case len(known) > 20:
		return fmt.Sprintf("; there are %d, such as %s", len(known), known[0])
	}
	return "; there is " + strings.Join(known, ", ")
}

// maxGuessing bounds the work of guessing what was meant, in pairs of letters
// compared: a file of very many unknown words must not take long.
const maxGuessing = 30_000_000

func (d *decoder) nearest(word string, known []string) string {
	for _, k := range known {
		d.guessed += min(len(word), maxGuessed) * min(len(k), maxGuessed)
	}
	if d.guessed > maxGuessing {
		return ""
	}
	return nearest(word, known)
}

func (d *decoder) didYouMean(word string, known []string) string {
	return hint(d.nearest(word, known), known)
}

// maxGuessed is the most letters of a word that somebody mistypes.
const maxGuessed = 64

// nearest is the known word that somebody who wrote this one may have meant.
func nearest(word string, known []string) string {
	best, least := "", 2+len(word)/4
	for _, k := range known {
		if d := distance(word, k); d < least && d < len(k) {
			best, least = k, d
		}
	}
	return best
}

// distance is how many letters must be put in, left out, changed or swapped
// with their neighbour to make b of a.
func distance(a, b string) int {
	if len(a) > maxGuessed || len(b) > maxGuessed {
		return maxGuessed
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := last[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(change, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
