package sailpoint

import (
	"cmp"
	"net/http"
	"time"

	"github.com/vendorsim/vendorsim/fixtures"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// retention is how long a task is answered after its creation.
// https://developer.sailpoint.com/docs/api/v2024/get-task-status
const retention = 90 * 24 * time.Hour

func getTaskStatus(c *sim.Call) (sim.Reply, error) {
	e, err := known(c)
	if err != nil {
		return sim.Reply{}, err
	}
	e, ok := c.Read(e.ID)
	if !ok {
		return sim.Reply{}, &sim.Fault{Kind: sim.UnknownTask}
	}
	c.Until(e.Created.Add(retention))
	return sim.JSON(http.StatusOK, document(c, e)), nil
}

// known looks at the task whose id stands in the path. It counts no read: what
// is refused must not.
func known(c *sim.Call) (sim.Entry, error) {
	e, ok := c.Look(c.Path["id"])
	if !ok || !visible(c, e) {
		return sim.Entry{}, &sim.Fault{Kind: sim.UnknownTask}
	}
	return e, nil
}

// visible tells whether task-status knows a task: not one that is too old, and
// not one of another queue.
func visible(c *sim.Call, e sim.Entry) bool {
	return queued(c, e) && c.Now().Before(e.Created.Add(retention))
}

// queued tells whether a task is one of task-status's: not the job of a reload,
// whose id is none unless the option says so.
// https://developer.sailpoint.com/discuss/t/139828
func queued(c *sim.Call, e sim.Entry) bool {
	w, ok := e.Data.(work)
	return !ok || w.does != accountReload || c.Options.String("reload_task") == "shown"
}

// document is a task as it is answered.
func document(c *sim.Call, e sim.Entry) any { return c.Document(status(c, e), e) }

// taskStatus is the resource, in the key order of the documented example. All
// keys but target and taskDefinitionSummary are required, so none is left out.
type taskStatus struct {
	ID                    string          `json:"id"`
	Type                  string          `json:"type"`
	UniqueName            string          `json:"uniqueName"`
	Description           string          `json:"description"`
	ParentName            *string         `json:"parentName"`
	Launcher              string          `json:"launcher"`
	Target                *target         `json:"target"`
	Created               string          `json:"created"`
	Modified              *string         `json:"modified"`
	Launched              *string         `json:"launched"`
	Completed             *string         `json:"completed"`
	CompletionStatus      *string         `json:"completionStatus"`
	Messages              []message       `json:"messages"`
	Returns               []returned      `json:"returns"`
	Attributes            attributes      `json:"attributes"`
	Progress              *string         `json:"progress"`
	PercentComplete       int             `json:"percentComplete"`
	TaskDefinitionSummary *taskDefinition `json:"taskDefinitionSummary,omitempty"`
}

type target struct {
	ID   string `json:"id"`
	Type string `json:"type"`
	Name string `json:"name"`
}

type message struct {
	Type          string    `json:"type"`
	LocalizedText localized `json:"localizedText"`
	Key           string    `json:"key"`
	Parameters    []string  `json:"parameters"`
}

type localized struct {
	Locale  string `json:"locale"`
	Message string `json:"message"`
}

type returned struct {
	Name          string `json:"name"`
	AttributeName string `json:"attributeName"`
}

// attributes are those of the work: each kind has its own.
type attributes struct {
	AppID                string    `json:"appId,omitempty"`
	OptimizedAggregation string    `json:"optimizedAggregation,omitempty"`
	QpocJobID            string    `json:"qpocJobId,omitempty"`
	TaskStartDelay       *struct{} `json:"taskStartDelay,omitempty"`
}

type taskDefinition struct {
	ID          string   `json:"id"`
	UniqueName  string   `json:"uniqueName"`
	Description string   `json:"description"`
	ParentName  string   `json:"parentName"`
	Executor    string   `json:"executor"`
	Arguments   struct{} `json:"arguments"`
}

// status renders a task.
func status(c *sim.Call, e sim.Entry) taskStatus {
	w := workOf(c, e)
	t := taskStatus{
		ID: e.ID, Type: w.does.kind, UniqueName: cmp.Or(e.Spec.Name, w.does.name), Description: w.does.task, Launcher: w.launcher,
		Created: date(e.Created), Modified: dateOrNull(e.Changed), Launched: dateOrNull(e.Started), Completed: dateOrNull(e.Ended),
		CompletionStatus: completion[e.Phase],
		Messages:         messages(e),
		Returns:          w.does.returns,
		Attributes:       w.attributes(e),
		Progress:         progress(e),
		PercentComplete:  e.Snapshot.Progress,
	}
	if w.does == accountReload {
		return t
	}
	target := targetOf(w.source)
	t.Target = &target
	t.TaskDefinitionSummary = &taskDefinition{
		ID: sim.Hex(c.SeedLuck(w.does.name), 32), UniqueName: w.does.name, Description: w.does.description,
		ParentName: w.does.name, Executor: "sailpoint.task.ServiceTaskExecutor",
	}
	return t
}

func targetOf(s fixtures.Source) target {
	return target{ID: s.ID, Type: "APPLICATION", Name: s.Name + " [source]"}
}

func (w work) attributes(e sim.Entry) attributes {
	switch w.does {
	case accountAggregation:
		if w.optimized {
			return attributes{AppID: w.source.ID, OptimizedAggregation: "enabled"}
		}
		return attributes{AppID: w.source.ID, OptimizedAggregation: "disabled"}
	case uncorrelatedAccounts:
		return attributes{QpocJobID: sim.UUID(e.Luck, "qpoc job"), TaskStartDelay: &struct{}{}}
	}
	return attributes{AppID: w.source.ID}
}

// completion is completionStatus: null while the task is under way.
var completion = map[scenarios.Phase]*string{
	scenarios.Succeeded: text("SUCCESS"),
	scenarios.Warning:   text("WARNING"),
	scenarios.Failed:    text("ERROR"),
	scenarios.Cancelled: text("TERMINATED"),
}

func text(s string) *string { return &s }

var initializing, begun = text("Initializing..."), text("Started")

func progress(e sim.Entry) *string {
	if e.Phase == scenarios.Pending {
		return initializing
	}
	return begun
}

var levels = map[string]string{"info": "INFO", "warning": "WARN", "error": "ERROR"}

// messages are the task's log, with its error as the last line unless the
// scenario's own log has it already. The key of the error is its code.
func messages(e sim.Entry) []message {
	out := make([]message, 0, len(e.Snapshot.Messages)+1)
	told := e.Error == nil
	for _, m := range e.Snapshot.Messages {
		key := m.Text
		if e.Error != nil && m.Text == e.Error.Message {
			key, told = errorKey(e.Error), true
		}
		out = append(out, message{levels[m.Level], localized{"en-US", m.Text}, key, []string{}})
	}
	if !told {
		out = append(out, message{"ERROR", localized{"en-US", e.Error.Message}, errorKey(e.Error), []string{}})
	}
	return out
}

func errorKey(e *scenarios.Error) string {
	if e.Code != "" {
		return e.Code
	}
	return e.Message
}

// date is how all dates are written: milliseconds and Z.
func date(t time.Time) string {
	var room [32]byte
	b := t.UTC().AppendFormat(room[:0], time.RFC3339) // a layout of its own takes several times as long
	ms := t.Nanosecond() / int(time.Millisecond)
	return string(append(b[:len(b)-1], '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10), 'Z'))
}

func dateOrNull(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return text(date(t))
}
