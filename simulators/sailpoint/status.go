package sailpoint

import (
	"net/http"
	"strconv"
	"time"

	"github.com/vendorsim/vendorsim/fixtures"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// retention is how long a task is answered after its creation.
// https://developer.sailpoint.com/docs/api/v2024/get-task-status
const retention = 90 * 24 * time.Hour

func getTaskStatus(c *sim.Call) (sim.Reply, error) {
	id := c.Path["id"]
	// Looked at first: what is refused must not count as a read.
	if e, ok := c.Look(id); !ok || !c.Now().Before(e.Created.Add(retention)) {
		return sim.Reply{}, &sim.Fault{Kind: sim.UnknownTask}
	}
	e, ok := c.Read(id)
	if !ok {
		return sim.Reply{}, &sim.Fault{Kind: sim.UnknownTask}
	}
	c.Until(e.Created.Add(retention))
	return sim.JSON(http.StatusOK, c.Document(status(c, e), e)), nil
}

// taskStatus is the resource, in the key order of the documented example. All
// keys but target and taskDefinitionSummary are required, so none is left out.
type taskStatus struct {
	ID                    string         `json:"id"`
	Type                  string         `json:"type"`
	UniqueName            string         `json:"uniqueName"`
	Description           string         `json:"description"`
	ParentName            *string        `json:"parentName"`
	Launcher              string         `json:"launcher"`
	Target                target         `json:"target"`
	Created               string         `json:"created"`
	Modified              *string        `json:"modified"`
	Launched              *string        `json:"launched"`
	Completed             *string        `json:"completed"`
	CompletionStatus      *string        `json:"completionStatus"`
	Messages              []message      `json:"messages"`
	Returns               []returned     `json:"returns"`
	Attributes            attributes     `json:"attributes"`
	Progress              *string        `json:"progress"`
	PercentComplete       int            `json:"percentComplete"`
	TaskDefinitionSummary taskDefinition `json:"taskDefinitionSummary"`
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

type attributes struct {
	AppID                string `json:"appId"`
	OptimizedAggregation string `json:"optimizedAggregation"`
}

type taskDefinition struct {
	ID          string   `json:"id"`
	UniqueName  string   `json:"uniqueName"`
	Description string   `json:"description"`
	ParentName  string   `json:"parentName"`
	Executor    string   `json:"executor"`
	Arguments   struct{} `json:"arguments"`
}

const aggregation = "Cloud Account Aggregation"

// sources is how many sources the tenant has; each task aggregates one.
const sources = 20

// sourceOf is the source that a task aggregates.
func sourceOf(c *sim.Call, e sim.Entry) fixtures.Source {
	i := e.Number % sources
	s := c.Fixtures().Source(i)
	if s.ID == "" {
		s.ID = sim.Hex(c.SeedLuck("source "+strconv.Itoa(i)), 32)
	}
	return s
}

// status renders a task.
func status(c *sim.Call, e sim.Entry) taskStatus {
	source := sourceOf(c, e)
	name := e.Spec.Name
	if name == "" {
		name = aggregation
	}
	return taskStatus{
		ID: e.ID, Type: "QUARTZ", UniqueName: name, Description: "Aggregate from the specified application", Launcher: "sweep",
		Target:  target{ID: source.ID, Type: "APPLICATION", Name: source.Name + " [source]"},
		Created: date(e.Created), Modified: dateOrNull(e.Changed), Launched: dateOrNull(e.Started), Completed: dateOrNull(e.Ended),
		CompletionStatus: completion[e.Phase],
		Messages:         messages(e),
		Returns: []returned{
			{"TASK_OUT_ACCOUNT_AGGREGATION_APPLICATIONS", "applications"},
			{"TASK_OUT_ACCOUNT_AGGREGATION_TOTAL", "total"},
		},
		Attributes:      attributes{AppID: source.ID, OptimizedAggregation: "enabled"},
		Progress:        progress(e),
		PercentComplete: e.Snapshot.Progress,
		TaskDefinitionSummary: taskDefinition{
			ID: sim.Hex(c.SeedLuck(aggregation), 32), UniqueName: aggregation, Description: "Aggregates from the specified application.",
			ParentName: aggregation, Executor: "sailpoint.task.ServiceTaskExecutor",
		},
	}
}

// completion is completionStatus: null while the task is under way.
var completion = map[scenarios.Phase]*string{
	scenarios.Succeeded: text("SUCCESS"),
	scenarios.Warning:   text("WARNING"),
	scenarios.Failed:    text("ERROR"),
	scenarios.Cancelled: text("TERMINATED"),
}

func text(s string) *string { return &s }

func progress(e sim.Entry) *string {
	if e.Phase == scenarios.Pending {
		return text("Initializing...")
	}
	return text("Started")
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
func date(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func dateOrNull(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return text(date(t))
}
