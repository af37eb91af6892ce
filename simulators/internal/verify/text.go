package verify

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// Text writes the report for a terminal, in plain ASCII. The only errors are
// those of w.
func (r *Report) Text(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "tenant %s, scenario %s, %s, at %s\n", plain(r.Tenant), plain(r.Scenario),
		count(r.Calls, "call"), r.At.UTC().Format(time.RFC3339))
	if len(r.Expectations) > 0 {
		fmt.Fprintln(out)
		rows := [][]string{{"EXPECTATION", "VERDICT", "STANDS AT", "FOUND"}}
		for _, e := range r.Expectations {
			found := e.Found
			if e.Verdict != Passed {
				found += "; expected: " + e.Expected
			}
			rows = append(rows, []string{e.Rule, string(e.Verdict), e.At, found})
		}
		table(out, rows)
	}
	fmt.Fprintln(out)
	r.card(out)
	fmt.Fprintln(out)
	fmt.Fprintln(out, r.summary())
	return out.Flush()
}

// card writes the lines of the card.
func (r *Report) card(w io.Writer) {
	rows := [][]string{{"REPORT CARD", "VERDICT", "FOUND"}}
	for _, l := range r.Card {
		rows = append(rows, []string{strings.ReplaceAll(l.Name, "_", " "), string(l.Verdict), l.Found})
	}
	table(w, rows)
}

// summary is the verdict with how many expectations came to what.
func (r *Report) summary() string {
	if len(r.Expectations) == 0 {
		return "the scenario expects nothing: the card alone fails nothing"
	}
	met := map[Verdict]int{}
	for _, e := range r.Expectations {
		met[e.Verdict]++
	}
	var parts []string
	for _, v := range []Verdict{Failed, Inconclusive, NotJudged, Passed} {
		if met[v] > 0 {
			parts = append(parts, fmt.Sprint(met[v], " ", v))
		}
	}
	return fmt.Sprintf("%s: of %s, %s", r.Verdict, count(len(r.Expectations), "expectation"), strings.Join(parts, ", "))
}

// table writes rows with aligned columns. A buffer gives no errors.
func table(w io.Writer, rows [][]string) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for i := range row {
			row[i] = plain(row[i])
		}
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	_ = t.Flush()
}

// plain is a text in which what is not plain ASCII is a question mark: a
// scenario's name or file may hold anything.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
}
