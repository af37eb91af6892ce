package dbvisit

import (
	"maps"
	"slices"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// task is the resource, in the key order of the documented sample. Who hid it
// stands under one of two names, as the option dismissed_name says: the other
// is left out, and an empty text is not.
type task struct {
	ConfigurationID   int64     `json:"configuration_id"`
	ConfigurationName string    `json:"configuration_name"`
	HiddenBy          *string   `json:"hidden_by,omitempty"`
	DismissedBy       *string   `json:"dismissed_by,omitempty"`
	Finished          string    `json:"finished"`
	Messages          []message `json:"messages"`
	PerformedBy       string    `json:"performed_by"`
	Started           string    `json:"started"`
	State             string    `json:"state"`
	TaskID            uint64    `json:"task_id"`
	Title             string    `json:"title"`
	Updated           string    `json:"updated"`
}

type message struct {
	Message string `json:"message"`
	Time    string `json:"time"`
}

// users is how many people start tasks.
const users = 10

// titles are those of tasks without a name, after the vendor's commands.
var titles = []string{"Switchover", "Activate", "Synchronize standby", "Start DR test"}

// document renders a task with what the scenario sets.
func document(c *sim.Call, e sim.Entry) any {
	t := task{
		ConfigurationID: configurationOf(e),
		Finished:        date(e.Ended),
		Messages:        messages(e),
		PerformedBy:     c.Fixtures().Person(int(e.Luck % users)).User,
		Started:         date(e.Created), // there is no word for a task that waits: it has started
		State:           state(e),
		TaskID:          number(e),
		Title:           e.Spec.Name,
		Updated:         date(e.Stepped), // the last change that shows: there is no progress here
	}
	if d, ok := configurationOfID(c, t.ConfigurationID); ok {
		t.ConfigurationName = d.Name
	} else if t.ConfigurationID > 0 { // one further up
		t.ConfigurationName = c.Fixtures().Configuration(int(t.ConfigurationID - 1)).Name
	}
	if t.Title == "" {
		t.Title = titles[e.Luck/users%uint64(len(titles))]
	}
	by := hiddenBy(e)
	if c.Options.String("dismissed_name") == "hidden" {
		t.HiddenBy = &by
		return c.Document(t, e)
	}
	t.DismissedBy = &by
	return c.Document(t, without(e, "hidden_by"))
}

// without is the entry with one field not set: it is rendered already, under
// its other name.
func without(e sim.Entry, field string) sim.Entry {
	spec := *e.Spec
	spec.Set, e.Snapshot.Set = maps.Clone(spec.Set), maps.Clone(e.Snapshot.Set)
	delete(spec.Set, field)
	delete(e.Snapshot.Set, field)
	e.Spec = &spec
	return e
}

func hiddenBy(e sim.Entry) string { return sim.SetString(e, "hidden_by", "") }

// configurationOf is the configuration that a task belongs to: 1 unless the
// scenario sets another, 0 where it is gone.
func configurationOf(e sim.Entry) int64 {
	if v, ok := sim.Set(e, "configuration_id"); ok {
		n, _ := openapi.Number(v)
		return int64(n)
	}
	return 1
}

// number is the task's id as a number; every id has that form.
func number(e sim.Entry) uint64 {
	n, _ := ids.Parse(e.ID)
	return n
}

var states = map[scenarios.Phase]string{
	scenarios.Pending:   "In Progress",
	scenarios.Running:   "In Progress",
	scenarios.Paused:    "In Progress",
	scenarios.Succeeded: "End",
	scenarios.Warning:   "End",
	scenarios.Failed:    "Failed",
	scenarios.Cancelled: "Failed",
}

// state is Dismissed for a hidden task, whatever became of it.
func state(e sim.Entry) string {
	if hiddenBy(e) != "" {
		return "Dismissed"
	}
	return states[e.Phase]
}

// messages are the task's log in version 12.
func messages(e sim.Entry) []message {
	lines := log(e)
	out := make([]message, 0, len(lines))
	for _, m := range lines {
		out = append(out, message{m.Text, date(m.At)})
	}
	return out
}

// line is one line of a task's log.
type line struct {
	Text string
	At   time.Time
}

// log is the task's log. Its error is one of the lines, in its place by time: a
// task has no other place for it.
func log(e sim.Entry) []line {
	out := make([]line, 0, len(e.Snapshot.Messages)+1)
	trouble, failed := firstError(e)
	before := 0
	for _, m := range e.Snapshot.Messages {
		if m.Text == trouble {
			trouble = "" // the scenario's own log says it
		}
		if !m.At.After(failed) {
			before++
		}
		out = append(out, line{m.Text, m.At})
	}
	if trouble == "" {
		return out
	}
	return slices.Insert(out, before, line{trouble, failed})
}

// firstError is the error of a task and when it appeared; of a task with parts
// that of the part that failed first, since a log never loses a line.
func firstError(e sim.Entry) (text string, at time.Time) {
	if e.Error == nil {
		return "", time.Time{}
	}
	text, at = e.Error.Message, e.Entered
	for i, first := 0, true; i < len(e.Subtasks); i++ {
		if s := &e.Subtasks[i]; s.Error != nil && (first || s.Entered.Before(at)) {
			text, at, first = s.Error.Message, s.Entered, false
		}
	}
	return text, at
}

// date is how all dates are written: UTC, always nine digits of a second, and
// nothing where there is none yet.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000000Z")
}
