package bitdefender

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// eventFields are what all forms of an event have in this order.
type eventFields struct {
	ComputerName     string `json:"computer_name"`
	ComputerFQDN     string `json:"computer_fqdn"`
	ComputerIP       string `json:"computer_ip"`
	ComputerID       string `json:"computer_id"`
	ProductInstalled string `json:"product_installed"`
	UserID           string `json:"userId"`
	TaskID           string `json:"taskId"`
	TaskName         string `json:"taskName"`
	TaskType         int    `json:"taskType"`
	TargetName       string `json:"targetName"`
	IsSuccessful     int    `json:"isSuccessful"`
	Status           int    `json:"status"`
	ErrorMessage     string `json:"errorMessage"`
	ErrorCode        int    `json:"errorCode"`
}

// event is an event as splunk and qradar get it: the company comes late.
type event struct {
	eventFields
	CompanyID string `json:"companyId"`
	Module    string `json:"module"`
	TestEvent bool   `json:"_testEvent_,omitempty"`
}

// rpcEvent is an event as jsonRPC has it: the company comes first.
type rpcEvent struct {
	CompanyID string `json:"companyId"`
	eventFields
	Module    string `json:"module"`
	TestEvent bool   `json:"_testEvent_,omitempty"`
}

type addEvents struct {
	JSONRPC string `json:"jsonrpc"`
	Method  string `json:"method"`
	Params  struct {
		Events []rpcEvent `json:"events"`
	} `json:"params"`
	ID int64 `json:"id"` // milliseconds since 1970
}

type splunkEvent struct {
	Event event `json:"event"`
}

type cefEvents struct {
	CEF    string   `json:"cef"`
	Events []string `json:"events"`
}

// taskEnd is the event of a subtask's end. A task without subtasks is its own.
// A subtask that goes from one state to another of the same end has not ended
// anew.
func taskEnd(c *sim.Call, change sim.Change) (event, bool) {
	e, edge := change.Entry, change.Edge
	part, shot := 0, &e.Snapshot
	switch {
	case len(e.Subtasks) > 0 && edge.Sub == sim.Whole, edge.Expired, !edge.Phase.Ended():
		return event{}, false
	case len(e.Subtasks) > 0:
		part, shot = edge.Sub, &e.Subtasks[edge.Sub]
	}
	if !shot.Ended.Equal(edge.At) {
		return event{}, false
	}
	zone := zoneOf(c.Options.String("zone"))
	return eventOf(c, e.ID, nameOf(e, zone), typeOf(e), endpointsOf(c, e)(part), edge.Phase, shot), true
}

// subtaskType is the number of a subtask of a task of this type: 272 is that of
// a scan.
func subtaskType(typ int) int { return 271 + typ }

// processed is the status of every event: the subtask has ended.
const processed = 3

func eventOf(c *sim.Call, id, name string, typ, endpoint int, phase scenarios.Phase, shot *task.Snapshot) event {
	machine, person := c.Fixtures().Endpoint(endpoint), c.Fixtures().Person(0)
	out := event{CompanyID: companyOf(c).ID, Module: taskEvent, eventFields: eventFields{
		ComputerName: machine.Name, ComputerFQDN: machine.FQDN, ComputerIP: machine.IP, ComputerID: endpointID(c, endpoint),
		ProductInstalled: "BEST", UserID: idOf(c, person.ID, "person", 0), TaskID: id, TaskName: name + "(sub-task)",
		TaskType: subtaskType(typ), TargetName: machine.Name, IsSuccessful: 1, Status: processed,
	}}
	if phase == scenarios.Failed || phase == scenarios.Cancelled {
		code, text := errorOf(shot)
		out.IsSuccessful, out.ErrorMessage = 0, text
		var err error
		if out.ErrorCode, err = strconv.Atoi(code); err != nil {
			out.ErrorCode = 1 // a number here, though getTaskStatus has a text
		}
	}
	return out
}

// testEvent is the template's event: a quick scan of the first endpoint that
// went well, with what the client wants to have in it.
func testEvent(c *sim.Call) (event, *sim.Fault) {
	zone := zoneOf(c.Options.String("zone"))
	out := eventOf(c, objectID(c.SeedLuck("testevent")), autoName(names[typeScan], c.Now(), zone), typeScan, 0, scenarios.Succeeded, nil)
	data, err := json.Marshal(object(c.Params, "data"))
	if err == nil {
		err = json.Unmarshal(data, &out)
	}
	if err != nil {
		return event{}, sim.InvalidField(openapi.InParams, "data", "type", "has members of another type than the event")
	}
	out.Module, out.TestEvent = taskEvent, true
	return out, nil
}

// bodyOf is the message that tells of an event, in the form of a service.
func bodyOf(service string, e event, at time.Time) []byte {
	switch service {
	case "splunk":
		return compact(splunkEvent{e})
	case "cef":
		return compact(cefEvents{CEF: "0", Events: []string{cef(e)}})
	case "qradar":
		return append(compact(e), '\n') // lines of JSON
	}
	call := addEvents{JSONRPC: "2.0", Method: "addEvents", ID: at.UnixMilli()}
	call.Params.Events = []rpcEvent{{CompanyID: e.CompanyID, eventFields: e.eventFields, Module: e.Module, TestEvent: e.TestEvent}}
	return compact(call)
}

// compact is JSON as the vendor writes it: nothing escaped that need not be.
func compact(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // texts and numbers can be encoded
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// cef is the event in the Common Event Format. A test event looks like another.
func cef(e event) string {
	line := fmt.Sprintf("CEF:0|Bitdefender|GravityZone|6.36.0-1|20000|Task Status|4|BitdefenderGZModule=%s", e.Module)
	add := func(key, value string) { line += " " + key + "=" + cefValue.Replace(value) }
	add("BitdefenderGZCompanyId", e.CompanyID)
	add("dvchost", e.ComputerName)
	add("BitdefenderGZComputerFQDN", e.ComputerFQDN)
	add("dvc", e.ComputerIP)
	add("deviceExternalId", e.ComputerID)
	add("suid", e.UserID)
	add("BitdefenderGZTaskId", e.TaskID)
	add("msg", e.TaskName)
	add("BitdefenderGZTaskType", strconv.Itoa(e.TaskType))
	add("dhost", e.TargetName)
	add("BitdefenderGZTaskSuccessful", strconv.Itoa(e.IsSuccessful))
	add("BitdefenderGZStatus", cefStatus(e.Status))
	if e.ErrorMessage != "" {
		add("reason", e.ErrorMessage)
	}
	add("BitdefenderGZErrorCode", strconv.Itoa(e.ErrorCode))
	return line
}

// cefStatus is the status as a word. A client may put any number into a test
// event.
func cefStatus(status int) string {
	if status == processed {
		return "processed"
	}
	return strconv.Itoa(status)
}

// cefValue escapes what would end a value.
var cefValue = strings.NewReplacer(`\`, `\\`, "=", `\=`, "\r", `\r`, "\n", `\n`)

// checksum is what a receiver may check a message by.
// https://www.bitdefender.com/business/support/en/77211-135325-push-event-json-rpc-messages.html
func checksum(key string, body []byte) string { return md5hex(key + md5hex(string(body))) }

func md5hex(s string) string {
	sum := md5.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}
