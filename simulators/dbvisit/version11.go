package dbvisit

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// Version 11 stands beside version 12 and shows the same tasks.

// envelope11 is that of every answer of version 11.
type envelope11 struct {
	Status int
	Result any
}

// nothing is an object without members.
type nothing struct{}

func answer11(result any) sim.Reply {
	return sim.JSON(http.StatusOK, envelope11{http.StatusOK, result})
}

// done is the answer to what has no result.
func done() sim.Reply { return answer11(nothing{}) }

// scriptTitles are the scripts, as the page describes them.
var scriptTitles = map[string]string{
	"backupAndSend": "Create Backup Log & Send to Standby",
	"applyBackup":   "Apply Backup Log onto Standby Database",
	"failOver":      "Activate Standby",
}

// task11 is the answer that makes a task, in the order of the sample. Nothing of
// it has happened yet.
type task11 struct {
	TaskID           uint64 `json:"TaskId"`
	UserID           int64  `json:"UserId"`
	TaskData         taskData11
	State            string
	StateData        nothing
	History          history11
	Updated          string
	CliAgentRepoName string
	CliExecutionID   int64 `json:"CliExecutionId"`
	TraceContext     *nothing
}

type taskData11 struct {
	ConfigurationID int64 `json:"ConfigurationId"`
	Script          string
	Params          any // the client's own
}

type history11 struct{ States []state11 }

type state11 struct {
	EnterTime          string
	State              string
	StateData          nothing
	Logs               []string
	ExecutionState     string
	ExecutionStateData *nothing
}

// createTask runs a script on a configuration.
func createTask(c *sim.Call) (sim.Reply, error) {
	body, _ := c.Body.(map[string]any)
	asked, _ := body["Task"].(map[string]any)
	id, _, fault := integer(asked, "ConfigurationId", "Task.")
	if fault != nil {
		return sim.Reply{}, fault
	}
	if _, ok := configurationOfID(c, id); !ok {
		return sim.Reply{}, unknownConfiguration(c, "Task.ConfigurationId")
	}
	script, _ := asked["Script"].(string)
	data := taskData11{id, script, asked["Params"]}
	if data.Params == nil {
		data.Params = nothing{}
	}
	canonical, err := json.Marshal(data)
	if err != nil {
		return sim.Reply{}, err
	}
	e, err := create(c, id, scriptTitles[script], canonical)
	if err != nil {
		return sim.Reply{}, err
	}
	now := date11(e.Created)
	return answer11(task11{
		TaskID: number(e), UserID: 1, TaskData: data, State: "Start",
		History: history11{[]state11{{EnterTime: now, State: "Start", Logs: []string{}}}}, Updated: now,
	}), nil
}

// states11 are the phases in the words of version 11.
var states11 = map[scenarios.Phase]string{
	scenarios.Pending:   "Started",
	scenarios.Running:   "In Progress",
	scenarios.Paused:    "In Progress",
	scenarios.Succeeded: "Success",
	scenarios.Warning:   "Success",
	scenarios.Failed:    "Error",
	scenarios.Cancelled: "Error",
}

type progress11 struct {
	TaskID   uint64 `json:"TaskId"`
	State    string
	Progress []step11
}

type step11 struct{ Timestamp, Message string }

// getTask answers how far a task is. Its log begins with an empty message.
func getTask(c *sim.Call) (sim.Reply, error) {
	e, ok := c.Read(c.Path["taskId"])
	if !ok {
		return sim.Reply{}, &sim.Fault{Kind: sim.UnknownTask}
	}
	out := progress11{number(e), states11[e.Phase], []step11{{Timestamp: date11(e.Created)}}}
	for _, m := range log(e) {
		out.Progress = append(out.Progress, step11{date11(m.At), m.Text})
	}
	return answer11(out), nil
}

// date11 is how version 11 writes dates: UTC, whole seconds.
func date11(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// getConfigurations answers all configurations.
func getConfigurations(c *sim.Call) (sim.Reply, error) {
	out := make([]configuration11, 0, configurations)
	for _, d := range allConfigurations(c) {
		out = append(out, d.document11(c))
	}
	return answer11(out), nil
}

// getConfiguration answers one configuration.
func getConfiguration(c *sim.Call) (sim.Reply, error) {
	d, fault := configurationOfPath(c)
	if fault != nil {
		return sim.Reply{}, fault
	}
	return answer11(d.document11(c)), nil
}

// configurationOfPath is the configuration whose id stands in the path.
func configurationOfPath(c *sim.Call) (configuration, *sim.Fault) {
	id, err := strconv.ParseInt(c.Path["configurationId"], 10, 64)
	d, ok := configurationOfID(c, id)
	if err != nil || !ok {
		fault := &sim.Fault{Kind: sim.UnknownTask, Detail: noConfiguration}
		return configuration{}, fault.Naming(openapi.InPath, "configurationId", configurationIDs(c))
	}
	return d, nil
}

// editConfiguration changes the settings that the body names.
func editConfiguration(c *sim.Call) (sim.Reply, error) {
	body, _ := c.Body.(map[string]any)
	return edit(c, body["Settings"])
}

// editAutomatedStandbyUpdate changes one setting; the body is its value.
func editAutomatedStandbyUpdate(c *sim.Call) (sim.Reply, error) {
	return edit(c, map[string]any{"AutomatedStandbyUpdate": map[string]any{"Enabled": c.Body}})
}

// edit changes the settings named in a document that has the form of settings.
// The contract has held it to that form, but not that whole numbers are written
// as such and fit 64 bits.
func edit(c *sim.Call, named any) (sim.Reply, error) {
	d, fault := configurationOfPath(c)
	if fault != nil {
		return sim.Reply{}, fault
	}
	if named == nil { // nothing is named
		return done(), nil
	}
	document, err := json.Marshal(named)
	if err != nil {
		return sim.Reply{}, err
	}
	err = c.ChangeNote(settingsKey(d.ID), func(old any) (any, error) {
		changed, ok := old.(settings)
		if !ok {
			changed = fresh()
		}
		err := json.Unmarshal(document, &changed)
		return changed, err
	})
	if err != nil {
		return sim.Reply{}, sim.InvalidField(openapi.InBody, "Settings", "type", "a number must be an integer of 64 bits")
	}
	return done(), nil
}
