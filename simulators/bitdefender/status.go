package bitdefender

import (
	"cmp"
	"net/http"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// success is a JSON-RPC answer that is a result.
type success struct {
	ID      any    `json:"id"`
	JSONRPC string `json:"jsonrpc"`
	Result  any    `json:"result"`
}

// taskStatus is the result at v1.0, and at v1.1 without subtasks, in the key
// order of the recorded replies.
type taskStatus struct {
	Name      string  `json:"name"`
	StartDate string  `json:"startDate"`
	Status    int     `json:"status"`
	Type      int     `json:"type"`
	Owner     owner   `json:"owner"`
	Company   company `json:"company"`
}

// withSubtasks is the result at v1.1 with options.returnSubtasks.
type withSubtasks struct {
	taskStatus
	HasMoreSubtasks   bool      `json:"hasMoreSubtasks"`
	Subtasks          []subtask `json:"subtasks"`
	TotalTargetsCount int       `json:"totalTargetsCount"`
}

type owner struct {
	ID       string `json:"id"`
	UserName string `json:"userName"`
}

type company struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// subtask is the task on one endpoint. The last three keys are there only when
// it has ended, and when it has failed.
type subtask struct {
	EndpointID   string `json:"endpointId"`
	EndpointName string `json:"endpointName"`
	EndpointType int    `json:"endpointType"`
	StartDate    string `json:"startDate"`
	Status       int    `json:"status"`
	EndDate      string `json:"endDate,omitempty"`
	ErrorCode    string `json:"errorCode,omitempty"`
	ErrorMessage string `json:"errorMessage,omitempty"`
}

// getTaskStatus serves both versions; at v1.0 nothing but taskId is looked at.
func getTaskStatus(c *sim.Call) (sim.Reply, error) {
	zone := zoneOf(c.Options.String("zone"))
	var q question
	if c.Op.ID == "networkV11" {
		var fault *sim.Fault
		if q, fault = ask(c.Params, zone); fault != nil {
			return sim.Reply{}, fault
		}
		q.perPage = c.PageSize(q.perPage)
	}
	id, _ := c.Params["taskId"].(string)
	e, ok := c.Read(id)
	if !ok {
		return sim.Reply{}, &sim.Fault{Kind: sim.UnknownTask}
	}
	t := status(c, e, zone)
	var doc any = t
	if q.subtasks {
		doc = list(c, e, t, q, zone)
	}
	return result(c, c.Document(doc, e)), nil
}

func result(c *sim.Call, value any) sim.Reply {
	return sim.JSON(http.StatusOK, success{ID: rpcID(c), JSONRPC: "2.0", Result: value})
}

// names are what the console calls a task of each type; the local date of its
// creation follows. The evidence stands at the behaviour auto-names.
var names = map[int]string{
	typeScan: "Quick Scan", typeReconfigure: "Reconfigure client", typeRemove: "Remove quarantine item",
	typeRestore: "Restore quarantine item", typeEmpty: "Empty quarantine", typeEmptyExchange: "Empty Exchange quarantine",
	typeIsolate: "Isolate endpoint", typeDeisolate: "Restore endpoint", typeRemoveExchange: "Remove Exchange quarantine item",
	typeRestoreExchange: "Restore Exchange quarantine item", typeAddFile: "Add file to quarantine", typeKillProcess: "Kill Process",
	24: "Upload file", 26: "Get active sessions", 27: "Create memory dump",
}

// nameOf is the name of a task as it is shown.
func nameOf(e sim.Entry, zone *time.Location) string {
	return sim.SetString(e, "name", cmp.Or(e.Spec.Name, autoName(names[typeOf(e)], e.Created, zone)))
}

func status(c *sim.Call, e sim.Entry, zone *time.Location) taskStatus {
	// Whoever made the API key owns the tasks.
	person := c.Fixtures().Person(0)
	return taskStatus{
		Name: nameOf(e, zone), StartDate: date(e.Created, zone), Status: parentStatus(e.Phase), Type: typeOf(e),
		Owner:   owner{ID: idOf(c, person.ID, "person", 0), UserName: person.Email},
		Company: companyOf(c),
	}
}

// The numbers of a status. They say nothing of success: a task whose subtasks
// all failed is finished.
const (
	pending  = 1
	progress = 2
	finished = 3
)

func parentStatus(p scenarios.Phase) int {
	switch {
	case p == scenarios.Pending:
		return pending
	case p.Ended():
		return finished
	}
	return progress
}

// subtaskStatus: a queued subtask is 0 in recorded replies, which the page does
// not know; a failed one stays "in progress" and has an end date and an error.
func subtaskStatus(profile string, p scenarios.Phase) int {
	switch p {
	case scenarios.Pending:
		if profile == sim.Observed {
			return 0
		}
		return pending
	case scenarios.Succeeded, scenarios.Warning:
		return finished
	}
	return progress
}

// list adds the subtasks that were asked for. A task that is declared without
// subtasks has one: itself.
func list(c *sim.Call, e sim.Entry, t taskStatus, q question, zone *time.Location) withSubtasks {
	parts := e.Subtasks
	if parts == nil {
		parts = []task.Snapshot{e.Snapshot}
	}
	var kept []int
	for i := range parts {
		if q.keeps(subtaskStatus(c.Profile, parts[i].Phase), parts[i].Ended) {
			kept = append(kept, i)
		}
	}
	from := min((q.page-1)*q.perPage, len(kept))
	to := min(from+q.perPage, len(kept))
	out := withSubtasks{
		taskStatus: t, HasMoreSubtasks: to < len(kept),
		Subtasks: make([]subtask, 0, to-from), TotalTargetsCount: len(parts),
	}
	c.Page(c.Rest("page", "perPage"), from, to-from, out.HasMoreSubtasks)
	place := endpointsOf(c, e)
	for _, i := range kept[from:to] {
		out.Subtasks = append(out.Subtasks, part(c, e, &parts[i], place(i), zone))
	}
	return out
}

// endpointsOf tells on which endpoint each subtask runs: what the client asked
// for, else a run of endpoints that belongs to the task.
func endpointsOf(c *sim.Call, e sim.Entry) func(part int) int {
	if w, ok := e.Data.(*work); ok {
		return func(i int) int { return w.endpoints[i] }
	}
	n := fleetSize(c)
	first := int(e.Luck % uint64(n))
	return func(i int) int { return (first + i) % n }
}

// part renders one subtask. Until it runs, its start date is the task's.
func part(c *sim.Call, e sim.Entry, s *task.Snapshot, endpoint int, zone *time.Location) subtask {
	machine := c.Fixtures().Endpoint(endpoint)
	out := subtask{
		EndpointID: endpointID(c, endpoint), EndpointName: machine.Name, EndpointType: installed,
		StartDate: date(e.Created, zone), Status: subtaskStatus(c.Profile, s.Phase),
	}
	if !s.Started.IsZero() {
		out.StartDate = date(s.Started, zone)
	}
	if !s.Ended.IsZero() {
		out.EndDate = date(s.Ended, zone)
	}
	if s.Phase == scenarios.Failed || s.Phase == scenarios.Cancelled {
		out.ErrorCode, out.ErrorMessage = errorOf(s)
	}
	return out
}

// installed is the endpointType of a machine with the vendor's agent on it, the
// only one in recorded replies.
const installed = 262

// errorOf is what went wrong: the scenario's error, else the page's, else, for
// a task that somebody stopped, a text of ours.
func errorOf(s *task.Snapshot) (code, text string) {
	code, text = "1", "Endpoint client has lost connection with Security Server [1]"
	if s.Phase == scenarios.Cancelled {
		text = "The task was stopped"
	}
	if s.Error == nil {
		return code, text
	}
	return cmp.Or(s.Error.Code, code), cmp.Or(s.Error.Message, text)
}
