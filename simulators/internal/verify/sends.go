package verify

import (
	"fmt"
	"slices"
	"strings"
)

// sends judges whether a field is sent: by at least one call about each task,
// or, of calls that are about none, at each vendor.
type sends struct {
	field, value string

	cells cells[sent]

	subjects, satisfied int64
}

// sent is what is known of the calls about one task.
type sent uint8

const (
	unsent  sent = 1 // there were calls, and none sent it
	didSend sent = 2
)

// newSends reads a field and its value, such as a.b=true. Nil for "".
func newSends(text string) *sends {
	if text == "" {
		return nil
	}
	field, value, _ := strings.Cut(text, "=")
	return &sends{field: field, value: value}
}

// add adds a call about a task, or (0) about none.
func (f *sends) add(task uint32, s *sighting) {
	state := f.cells.at(s.vendor, task)
	if *state == 0 {
		*state = unsent
		f.subjects++
	}
	if value, ok := s.Sent[f.field]; ok && value == f.value && *state == unsent {
		*state = didSend
		f.satisfied++
	}
}

func (f *sends) judge(b *book) finding {
	what := printable(f.field) + "=" + printable(f.value)
	if f.satisfied == f.subjects {
		return finding{verdict: Passed, found: what + " was sent for each"}
	}
	at := place{vendor: slices.Index(f.cells.byVendor, unsent)}
	f.cells.byTask.all(func(n uint32, state *sent) {
		if *state == unsent && at.task == 0 {
			at.task, at.vendor = n, int(b.tasks.at(n).vendor)
		}
	})
	found := fmt.Sprintf("%s: no call sent %s", b.subject(at), what)
	if others := f.subjects - f.satisfied - 1; others > 0 {
		found += fmt.Sprintf(" (nor for %s)", count(others, "other"))
	}
	return finding{verdict: Failed, found: found, worst: b.named(at)}
}

// wanted are the fields that rules ask for, each once.
func wanted(rules []rule) []string {
	var fields []string
	for _, r := range rules {
		if f := newSends(r.Sends); f != nil && !slices.Contains(fields, f.field) {
			fields = append(fields, f.field)
		}
	}
	return fields
}
