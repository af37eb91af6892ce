package traffic

import (
	"fmt"
	"strings"

	"github.com/vendorsim/vendorsim/scenarios"
)

// FaultWords is a fault in words, without its name: what it selects, and what
// the client gets. "poll at cisco, during 20s..50s, chance 30%: 503, told to wait
// 5s".
func FaultWords(f *scenarios.Fault) string { return selectorWords(f) + ": " + AnswerWords(f) }

// selectorWords say which requests the fault is for.
func selectorWords(f *scenarios.Fault) string {
	var words []string
	add := func(format string, args ...any) { words = append(words, fmt.Sprintf(format, args...)) }
	what := f.On
	if what == "" {
		what = "every request"
	}
	if f.Vendor != "" && !strings.HasPrefix(f.On, f.Vendor+".") {
		what += " at " + f.Vendor
	}
	add("%s", what)
	if f.Task != "" {
		add("of task %s", f.Task)
	}
	if f.When != nil && f.When.Phase != "" {
		add("while the task is %s", f.When.Phase)
	}
	if f.When != nil && f.When.State != "" {
		add("in its state %s", f.When.State)
	}
	if f.During != nil {
		add("during %s", f.During)
	}
	if f.Age != nil {
		add("at the task's age %s", f.Age)
	}
	return strings.Join(append(words, countWords(f)...), ", ")
}

// countWords say which of the requests that all else selects, and counted by what.
func countWords(f *scenarios.Fault) []string {
	var words []string
	switch {
	case f.Nth > 0:
		words = append(words, ordinal(f.Nth))
	case f.First > 0:
		words = append(words, fmt.Sprintf("first %d", f.First))
	case f.Every > 1:
		words = append(words, "every "+ordinal(f.Every))
	}
	if f.Chance > 0 {
		words = append(words, "chance "+f.Chance.String())
	}
	switch {
	case len(words) == 0:
		return nil
	case f.Per == PerOperation:
		words[0] += " an operation"
	case f.Per == PerTenant:
		words[0] += " a tenant"
	case f.Nth > 0 || f.First > 0 || f.Every > 1:
		words[0] += " a task"
	}
	return words
}

// ordinal is a number as one counts: 1st, 2nd, 11th.
func ordinal(n int) string {
	suffix := "th"
	if tens := n / 10 % 10; tens != 1 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return fmt.Sprint(n, suffix)
}

// AnswerWords say what the client gets of a fault.
func AnswerWords(f *scenarios.Fault) string {
	a := &f.Answer
	var words []string
	if a.Latency != nil {
		words = append(words, "later by "+a.Latency.String())
	}
	if !a.OnlyLatency() {
		instead := insteadWords(a)
		if f.Stage == "after" {
			instead = "once the work is done, " + instead
		}
		words = append(words, instead)
	}
	return strings.Join(words, ", ")
}

// insteadWords say what an answer is beside late.
func insteadWords(a *scenarios.Answer) string {
	switch {
	case a.Reset:
		return "the connection is reset"
	case a.Empty:
		return "the connection is closed without an answer"
	case a.Malformed:
		return "a body that is no JSON"
	case a.HTML:
		return "an HTML error page"
	case a.Truncate != nil:
		return a.Truncate.String() + " of the body"
	case a.Drip > 0:
		return "the body bit by bit, over " + length(a.Drip)
	case a.ContentType != "":
		return "Content-Type " + a.ContentType
	case a.Duplicate != "":
		return "the header " + a.Duplicate + " twice"
	case a.Missing != "":
		return "without the header " + a.Missing
	case a.Stale > 0:
		return "the task as it was " + length(a.Stale) + " before"
	case a.Redirect != "":
		return "a redirect to " + a.Redirect
	}
	words := a.Kind
	if words == "" {
		words = fmt.Sprint(a.Status)
	}
	if a.RetryAfter > 0 {
		words += ", told to wait " + length(a.RetryAfter)
	}
	if a.RetryAfterForm == "date" {
		words += ", as a date"
	}
	return words
}
