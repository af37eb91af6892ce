package checkpoint

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

func getTask(c *sim.Call) (sim.Reply, error) {
	here, refused := inQueryScope(c)
	if refused != nil {
		return sim.Reply{}, refused
	}
	if here {
		if e, ok := c.Read(c.Path["taskId"]); ok && !workOf(e).hidden {
			return sim.JSON(http.StatusOK, reply{taskSuccess(c, 1), c.Document(render(c, e), e)}), nil
		}
	}
	if c.Options.String("unknown_task") == "not_found" {
		return sim.Reply{}, &sim.Fault{Kind: sim.UnknownTask}
	}
	return sim.Reply{}, sim.Refuse(sim.UnknownTask, sim.JSON(http.StatusOK, reply{taskSuccess(c, 0), []struct{}{}}))
}

// workOf is what a client created the task for; a task of the scenario's puts
// e-mails into quarantine, as the documented one does.
func workOf(e sim.Entry) work {
	if w, ok := e.Data.(*work); ok {
		return *w
	}
	return work{verb: quarantine}
}

// document is responseData, in the alphabetical order of both samples. failed,
// succeed and action_message exist only in the profile observed.
type document struct {
	Actions    []action `json:"actions"`
	Created    string   `json:"created"`
	Customer   string   `json:"customer"`
	Failed     *int     `json:"failed,omitempty"`
	ID         uint64   `json:"id"`
	Name       string   `json:"name"`
	Owner      string   `json:"owner"`
	Progress   int      `json:"progress"`
	Sequential bool     `json:"sequential"`
	Status     string   `json:"status"`
	Succeed    *int     `json:"succeed,omitempty"`
	Total      int      `json:"total"`
	Type       string   `json:"type"`
	Updated    string   `json:"updated"`
}

type action struct {
	Created string `json:"action_created"`
	ID      string `json:"action_id"`
	Message string `json:"action_message,omitempty"`
	Name    string `json:"action_name"`
	Status  string `json:"action_status"`
	Type    string `json:"action_type"`
	Updated string `json:"action_updated"`
	HashKey string `json:"hash_key"`
}

// How far apart the instants of one task lie. The first four are those of the
// page's sample. There the first action begins 23 ms after its task; here
// sooner, so that no date lies far ahead of the clock.
const (
	createdAfterID       = 6 * time.Microsecond
	updatedAfterCreated  = 92 * time.Microsecond
	actionCreatedAfterID = 20 * time.Microsecond // after the action's own id
	actionUpdatedAfter   = 7 * time.Microsecond  // after the action's creation
	actionIDAfterCreated = 100 * time.Microsecond
	actionLag            = 100 * time.Microsecond // the task's record changes first, then its actions'
)

// render shows a task. Each subtask is one action; a task without subtasks has
// one.
func render(c *sim.Call, e sim.Entry) document {
	parts, w := parts(&e), workOf(e)
	id := number(e)
	created := createdAt(e, id).Add(createdAfterID)
	d := document{
		Actions: make([]action, len(parts)), Created: date(created), Customer: sim.SetString(e, "customer", customer(c)), ID: id,
		Name: "Office365 Emails Manual Action", Owner: "service@checkpoint.com", Sequential: true,
		Status: statuses[e.Phase], Total: len(parts), Type: "office365_emails_manual_action",
	}
	if e.Spec.Name != "" {
		d.Name = e.Spec.Name
	}
	hashKey := farm(c) + "##" + d.Customer + "##" + strconv.FormatUint(id, 10)
	updated := created.Add(updatedAfterCreated)
	failed, succeed := 0, 0
	for i := range parts {
		at := created.Add(actionIDAfterCreated + time.Duration(i)*time.Microsecond)
		d.Actions[i] = renderAction(c, &parts[i], at, w.verb, entity(c, e, i, len(parts)))
		d.Actions[i].HashKey = hashKey
		updated = later(updated, changed(&parts[i]))
		switch p := parts[i].Phase; {
		case p == scenarios.Succeeded:
			succeed++
		case p.Ended():
			failed++
		}
	}
	d.Updated, d.Progress = date(updated), succeed+failed
	if c.Profile == sim.Observed {
		if w.verb == restore {
			remarkIdle(c, e, parts, d.Actions)
		}
		d.Owner, d.Sequential, d.Failed, d.Succeed = "service@avanan.com", false, &failed, &succeed
	}
	return d
}

// statuses are the documented words of a task. An action has them too, but one
// that ended as warning is failed: the task completes all the same.
var statuses = map[scenarios.Phase]string{
	scenarios.Pending:   "init",
	scenarios.Running:   "inprogress",
	scenarios.Paused:    "paused",
	scenarios.Succeeded: "completed",
	scenarios.Warning:   "completed",
	scenarios.Failed:    "failed",
	scenarios.Cancelled: "stopped",
}

// renderAction shows what is done to one entity. id is the instant that is the
// action's number.
func renderAction(c *sim.Call, part *task.Snapshot, id time.Time, verb, entity string) action {
	created := id.Add(actionCreatedAfterID)
	updated := created.Add(actionUpdatedAfter)
	if at := changed(part); !at.IsZero() {
		updated = later(updated, at.Add(actionLag))
	}
	a := action{
		Created: date(created), ID: strconv.FormatUint(micros(id), 10), Name: verb + " " + entity,
		Status: statuses[part.Phase], Type: verb + "_" + entity, Updated: date(updated),
	}
	if part.Phase == scenarios.Warning {
		a.Status = "failed"
	}
	if c.Profile == sim.Observed {
		a.ID, a.Message = a.Type, remark(part)
	}
	return a
}

// remark is what an action that has ended says of its end: the error, else the
// last message that is no mere information.
func remark(part *task.Snapshot) string {
	if !part.Phase.Ended() {
		return ""
	}
	if part.Error != nil {
		return part.Error.Message
	}
	for i := len(part.Messages) - 1; i >= 0; i-- {
		if part.Messages[i].Level != "info" {
			return part.Messages[i].Text
		}
	}
	if part.Phase == scenarios.Failed || part.Phase == scenarios.Warning {
		return "Action failed"
	}
	return ""
}

// remarkIdle says of each action that restored nothing that there was nothing to
// restore: its e-mail was not in quarantine by then. It succeeded all the same.
func remarkIdle(c *sim.Call, e sim.Entry, parts []task.Snapshot, actions []action) {
	in := openInbox(c)
	emails := in.byID()
	for i, id := range workOf(e).entities {
		m := emails[id]
		if m == nil || i >= len(parts) || parts[i].Phase != scenarios.Succeeded {
			continue
		}
		if !in.standing(m, &deed{task: e.ID, part: i}).quarantined {
			actions[i].Message = "Message is not quarantined.. log record id: " + sim.UUID(e.Luck, "record", id)
		}
	}
}

// changed is when a part last entered a state; zero while it has not begun.
func changed(part *task.Snapshot) time.Time {
	if part.Started.IsZero() {
		return time.Time{}
	}
	return part.Entered
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// entity is the e-mail that the i-th of so many actions is about: the one that
// the client named, else one of the fleet. A task never meets one twice: a large
// one reaches beyond the fleet.
func entity(c *sim.Call, e sim.Entry, i, count int) string {
	if w := workOf(e); i < len(w.entities) {
		return w.entities[i]
	}
	place := (e.Luck%fleet + uint64(i)) % uint64(max(fleet, count))
	return sim.Hex(c.SeedLuck(fmt.Sprintf("checkpoint/email/%d", place)), hexDigits)
}

// number is the id that the answer shows.
func number(e sim.Entry) uint64 {
	set, _ := sim.Set(e, "id")
	n, _ := openapi.Number(set)
	return shownNumber(uint64(n), e.ID, e.Number, e.Created)
}

// createdAt is the creation to the microsecond: the id's own instant where it is
// minted, or where it says the same millisecond as the scenario.
func createdAt(e sim.Entry, id uint64) time.Time {
	at := time.UnixMicro(int64(id))
	if e.Spec.ID == "" || at.Truncate(time.Millisecond).Equal(e.Created) {
		return at
	}
	return e.Created
}

// date is how all dates are written: UTC with microseconds and no zone.
func date(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.000000") }
