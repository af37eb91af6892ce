package plan

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Lines are the lifecycle: its states as a table, its ends, and how long until
// then.
func (p *Lifecycle) Lines() []string {
	rows := [][]string{{"  STATE", "PHASE", "LASTS", "PROGRESS", "TO"}}
	tails := [][]string{nil}
	for _, s := range p.States {
		lasts := s.Lasts
		if s.Expires != "" {
			lasts += ", forgotten after " + s.Expires
		}
		rows = append(rows, []string{"  " + s.Name, string(s.Phase), lasts, s.Progress})
		tails = append(tails, ways(s.To))
	}
	lines := table(rows, tails)
	lines = append(lines, Wrap("  ends   ", ends(p.Ends, p.Exact))...)
	lines = append(lines, Wrap("  time   ", p.time())...)
	lines = append(lines, Wrap("  polls  ", p.polls())...)
	return lines
}

func ways(to []Way) []string {
	if len(to) == 1 {
		return []string{to[0].State}
	}
	var out []string
	for _, w := range to {
		out = append(out, Percent(w.Chance)+" "+w.State)
	}
	return out
}

// Ends are ends in words; shares of draws are "about".
func ends(all []End, exact bool) []string {
	var out []string
	for _, e := range all {
		words := e.State
		switch {
		case e.Round != nil:
			words = "never (round and round: " + strings.Join(e.Round, ", ") + ")"
		case e.Never && e.State == "":
			words = "never"
		case e.Never:
			words = "never (" + e.State + " for ever)"
		case e.State == "":
			words = string(e.Phase)
		case e.Forgotten:
			words = "forgotten in " + e.State
		}
		words = Percent(e.Chance) + " " + words
		if !exact {
			words = "about " + words
		}
		out = append(out, words)
	}
	return out
}

// WholeEnds are the ends of a task of so many subtasks, in words.
func (p *Lifecycle) WholeEnds(subtasks int) []string { return ends(p.Whole(subtasks), p.Exact) }

// time says how much time it takes to an end.
func (p *Lifecycle) time() []string {
	if p.Time == nil {
		return nil
	}
	words := p.Time.words("earliest", "latest", millis, func(ms float64) string { return length(int64(math.Round(ms))).about() })
	if p.Reads != nil {
		words = append(words, "besides its polls")
	}
	return p.ofThose(words)
}

// polls says how many reads it takes to an end.
func (p *Lifecycle) polls() []string {
	if p.Reads == nil {
		return nil
	}
	words := p.Reads.words("at least", "at most", Number[int64], func(n float64) string {
		return strconv.FormatFloat(math.Round(n*10)/10, 'f', -1, 64)
	})
	return p.ofThose(append(words, "and one more that shows the end"))
}

// ofThose adds, where some tasks never end, that those are not meant.
func (p *Lifecycle) ofThose(words []string) []string {
	if slices.ContainsFunc(p.Ends, func(e End) bool { return e.Never }) {
		return append(words, "of those that end")
	}
	return words
}

func (f *Figures) words(least, most string, exact func(int64) string, rough func(float64) string) []string {
	if f.Most != nil && *f.Most == f.Least {
		return []string{exact(f.Least)}
	}
	over := ""
	if f.Over {
		over = "over "
	}
	out := []string{least + " " + over + exact(f.Least)}
	if d := f.Drawn; d != nil {
		out = append(out, "half by "+rough(float64(d.P50)), "mean "+rough(d.Mean), "95% by "+rough(float64(d.P95)))
	}
	if f.Most == nil {
		return append(out, most+": no bound")
	}
	return append(out, most+" "+exact(*f.Most))
}

// shown is how many steps of a timeline are printed: of a longer one the first
// and the last.
const (
	shown     = 12
	shownLast = 3
)

// Words are the steps in words. begin is the task's creation relative to the
// instant from which times are told.
func (t *Timeline) Words(begin Length) []string {
	var out []string
	read := false
	for i, s := range t.Steps {
		words := s.words(begin, read)
		read = read || s.Reads > 0
		if i == len(t.Steps)-1 && !t.More && !s.Forgotten && !s.Phase.Ended() {
			words += " for ever"
		}
		switch left := len(t.Steps) - shown; {
		case left <= 1 || i < shown-shownLast || i >= len(t.Steps)-shownLast:
			out = append(out, words)
		case i == shown-shownLast:
			out = append(out, fmt.Sprintf("... %s more ...", Number(left)))
		}
	}
	if t.More {
		out = append(out, "and so on")
	}
	return out
}

func (s *Step) words(begin Length, read bool) string {
	state := s.State
	if s.Forgotten {
		state = "forgotten"
	}
	more := ""
	if read {
		more = "more "
	}
	word := "read"
	if s.Reads > 1 {
		word = "reads"
	}
	switch {
	case s.At != nil:
		return (begin + *s.At).signed() + " " + state
	case s.Reads == 0:
		return s.Later.String() + " later " + state
	case s.Later > 0:
		return fmt.Sprintf("after %s %s%s and %s %s", Number(s.Reads), more, word, s.Later, state)
	}
	return fmt.Sprintf("after %s %s%s %s", Number(s.Reads), more, word, state)
}

// Counts are counts in words.
func Counts(all []Count) []string {
	var out []string
	for _, c := range all {
		out = append(out, Number(c.Count)+" "+c.What)
	}
	return out
}
