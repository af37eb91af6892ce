package verify

import (
	"fmt"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// Report is what is known of a tenant's client. Lengths of time are texts such
// as "1.5s".
type Report struct {
	Tenant       string        `json:"tenant"`
	Scenario     string        `json:"scenario"`
	At           time.Time     `json:"at"`         // the tenant's instant
	Calls        int64         `json:"calls"`      // requests observed
	Overlooked   int64         `json:"overlooked"` // mentions of tasks beyond the two million that are followed
	Verdict      Verdict       `json:"verdict"`    // of the expectations together; not judged where there is none
	Expectations []Expectation `json:"expectations"`
	Card         []Line        `json:"card"`
}

// Verdict is what became of an expectation.
type Verdict string

// The verdicts.
const (
	Passed       Verdict = "passed"
	Failed       Verdict = "failed"
	Inconclusive Verdict = "inconclusive" // nothing exercised it, or it cannot be decided yet
	NotJudged    Verdict = "not judged"   // the clock stood, or was moved
)

// Grade is what became of a line of the card.
type Grade string

// The grades: those of Passed, Failed, Inconclusive and NotJudged.
const (
	Good     Grade = "good"
	Bad      Grade = "bad"
	NotSeen  Grade = "not seen"
	Ungraded Grade = "not judged"
)

var grades = map[Verdict]Grade{Passed: Good, Failed: Bad, Inconclusive: NotSeen, NotJudged: Ungraded}

// Expectation is one expectation of the scenario, judged.
type Expectation struct {
	Rule     string  `json:"rule"` // as the scenario has it, on one line
	At       string  `json:"at"`   // where it stands: file:line:col
	Verdict  Verdict `json:"verdict"`
	Found    string  `json:"found"`    // one sentence
	Expected string  `json:"expected"` // one sentence
	Worst    *Case   `json:"worst,omitempty"`
}

// Line is one line of the report card.
type Line struct {
	Name    string  `json:"name"`
	Verdict Grade   `json:"verdict"`
	Found   string  `json:"found"` // one sentence
	Figures Figures `json:"figures"`
	Worst   *Case   `json:"worst,omitempty"`
}

// Figures are named numbers, lengths of time as texts, and lists of names.
type Figures map[string]any

// Case is where the worst was found, or what came nearest to it.
type Case struct {
	Vendor    string `json:"vendor"`
	Operation string `json:"operation,omitempty"`
	Task      string `json:"task,omitempty"`
}

// decided is a finding whose pass is taken back where tasks were overlooked.
func (f finding) decided(overlooked int64) finding {
	if f.verdict == Passed && overlooked > 0 {
		f.verdict = Inconclusive
		f.found += "; but there were more tasks than are followed"
	}
	return f
}

func (e *Expectation) fill(f finding, overlooked int64) {
	f = f.decided(overlooked)
	e.Verdict, e.Found, e.Worst = f.verdict, f.found, f.worst
}

func (l *Line) fill(f finding, overlooked int64) {
	f = f.decided(overlooked)
	l.Verdict, l.Found, l.Figures, l.Worst = grades[f.verdict], f.found, f.figures, f.worst
}

// gravity orders the verdicts: of several parts of one expectation the gravest
// holds. Not judged comes before inconclusive: more calls would change nothing.
var gravity = map[Verdict]int{Passed: 1, Inconclusive: 2, NotJudged: 3, Failed: 4}

func graver(a, b Verdict) Verdict {
	if gravity[a] > gravity[b] {
		return a
	}
	return b
}

// overall is failed if one failed, else inconclusive if one is, else passed if
// one passed.
func overall(all []Expectation) Verdict {
	met := map[Verdict]bool{}
	for _, e := range all {
		met[e.Verdict] = true
	}
	for _, v := range []Verdict{Failed, Inconclusive, Passed} {
		if met[v] {
			return v
		}
	}
	return NotJudged
}

// Exit is the exit code of "verify": 1 if an expectation failed, else 2 if one
// is inconclusive, else 0. The card does not count.
func (r *Report) Exit() int {
	switch overall(r.Expectations) {
	case Failed:
		return 1
	case Inconclusive:
		return 2
	}
	return 0
}

// ruleWords is an expectation as the scenario has it.
func ruleWords(e scenarios.Expect) string {
	words := ""
	add := func(key, value string) {
		if value == "" {
			return
		}
		if words != "" {
			words += ", "
		}
		words += key + ": " + value
	}
	add("call", e.Call)
	add("retry_after", e.RetryAfter)
	add("retried", e.Retried)
	add("no_calls_after", e.NoCallsAfter)
	add("every_task", e.EveryTask)
	add("tokens", e.Tokens)
	add("pages", e.Pages)
	add("submissions", e.Submissions)
	add("unknown_fields", e.UnknownFields)
	add("vendor", e.Vendor)
	add("per", e.Per)
	if e.MinGap > 0 {
		add("min_gap", length(e.MinGap))
	}
	if e.Max > 0 {
		add("max", fmt.Sprint(e.Max))
	}
	if e.MaxErrors != nil {
		add("max_errors", fmt.Sprint(*e.MaxErrors))
	}
	add("sends", printable(e.Sends))
	if e.Margin > 0 {
		add("margin", length(e.Margin))
	}
	if e.Grace > 0 {
		add("grace", fmt.Sprint(e.Grace))
	}
	if e.Within > 0 {
		add("within", length(e.Within))
	}
	return words
}

// expectedWords says in one sentence what a good client does.
func expectedWords(e scenarios.Expect) string {
	switch {
	case e.RetryAfter != "":
		return "no request comes before the wait that it was told is over"
	case e.Retried != "":
		return "each call that was told to wait is made again, and answered well"
	case e.NoCallsAfter != "":
		if e.Grace > 0 {
			return "at most " + count(e.Grace, "poll") + " of a task after an answer showed its end"
		}
		return "no poll of a task after an answer showed its end"
	case e.EveryTask != "":
		if e.Within > 0 {
			return "each task that the client starts or polls is seen ended within " + length(e.Within)
		}
		return "each task that the client starts or polls is seen ended"
	case e.Tokens != "":
		if e.Margin > 0 {
			return "no token is used in the last " + length(e.Margin) + " before its end, or after it"
		}
		return "no token is used after its end"
	case e.Pages != "":
		return "every list that is begun is read to its last page"
	case e.Submissions != "":
		return "no work is asked for again while it is under way"
	case e.UnknownFields != "":
		return "nothing is sent that nothing reads"
	}
	return callWords(e)
}

// callWords says what calls are held to.
func callWords(e scenarios.Expect) string {
	of := "about one task"
	if e.Per == "tenant" {
		of = "of one tenant to one vendor"
	}
	var parts []string
	if e.MinGap > 0 {
		parts = append(parts, "come at least "+length(e.MinGap)+" apart")
	}
	if e.Max > 0 {
		most := "at most " + count(e.Max, "time")
		if e.MinGap == 0 {
			most = "come " + most
		}
		parts = append(parts, most)
	}
	if e.MaxErrors != nil {
		parts = append(parts, "fail at most "+count(*e.MaxErrors, "time"))
	}
	if e.Sends != "" {
		parts = append(parts, "send "+printable(e.Sends)+" at least once")
	}
	return "calls of " + e.Call + " " + of + " " + strings.Join(parts, ", and ")
}
