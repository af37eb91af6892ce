// Package api is the words of the control API: what is sent and answered as
// JSON, and a client for it. It must not know the server behind it.
// openapi/admin.yaml is the same in OpenAPI; the handler is held to that.
package api

import (
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/verify"
)

// Lengths of time are texts such as "40m" or "1.5s" everywhere.

// NewTenant asks for a tenant. Scenario or YAML; neither: the served scenario.
type NewTenant struct {
	Scenario string            `json:"scenario,omitempty"` // the name of a loaded scenario
	YAML     string            `json:"yaml,omitempty"`     // a scenario's text; it may extend loaded ones
	File     string            `json:"file,omitempty"`     // what problems of YAML are said to be in
	Set      []string          `json:"set,omitempty"`      // path=value, as serve --set
	Label    string            `json:"label,omitempty"`    // the tenant is scenario~label; left out: one is made up
	Seed     *int64            `json:"seed,omitempty"`
	Clock    string            `json:"clock,omitempty"` // real, xN, frozen or skip
	Start    *time.Time        `json:"start,omitempty"` // where its clock begins
	Profiles map[string]string `json:"profiles,omitempty"`
	Secret   string            `json:"secret,omitempty"` // what its requests are signed with; left out: "secret"
}

// Tenant is one tenant.
type Tenant struct {
	Name        string     `json:"name"`
	Scenario    string     `json:"scenario"`
	Seed        int64      `json:"seed"`
	Made        bool       `json:"made"` // by the control API: it is never forgotten by itself
	Clock       Clock      `json:"clock"`
	Requests    int64      `json:"requests"`               // accepted ones
	LastRequest *time.Time `json:"last_request,omitempty"` // real time; null before the first

	// Credentials are answered where one tenant is asked for, by vendor.
	Credentials map[string]Credential `json:"credentials,omitempty"`
}

// Credential is how a client says to one vendor that it is this tenant.
type Credential struct {
	BaseURL string            `json:"base_url"`
	Header  map[string]string `json:"header"` // a header that the vendor accepts as it is
	Env     []Variable        `json:"env"`    // what the vendor's own clients read
}

// Variable is one environment variable.
type Variable struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Tenants is the list of tenants, by name.
type Tenants struct {
	Tenants []Tenant `json:"tenants"`
}

// Clock is a tenant's clock.
type Clock struct {
	Now   time.Time `json:"now"`
	Mode  string    `json:"mode"` // real, xN, frozen or skip
	Began time.Time `json:"began"`
	Lived string    `json:"lived"` // what passed since it began, less what was skipped
}

// Speed asks for a speed: the tenant's seconds a real second.
type Speed struct {
	Speed int `json:"speed"`
}

// Advance moves a clock on: exactly one of the three.
type Advance struct {
	By    string     `json:"by,omitempty"`
	To    *time.Time `json:"to,omitempty"`
	Until *Target    `json:"until,omitempty"`
}

// Target is a task in a state: a state's name, a phase, or "ended". Vendor may
// be left out where one vendor alone has the task.
type Target struct {
	Vendor string `json:"vendor,omitempty"`
	Task   string `json:"task"`
	State  string `json:"state"`
}

// Moved is what a move of the clock passed.
type Moved struct {
	From    time.Time   `json:"from"`
	To      time.Time   `json:"to"`
	Clock   Clock       `json:"clock"`
	Edges   []Edge      `json:"edges"`
	Windows []WindowEnd `json:"windows"` // limit windows that ended
	Tokens  []TokenEnd  `json:"tokens"`  // tokens that ended
	Faults  []FaultEdge `json:"faults"`  // windows of faults that opened or closed
	More    int         `json:"more"`    // edges beyond those listed
}

// Edge is a change of state.
type Edge struct {
	At      time.Time `json:"at"`
	Vendor  string    `json:"vendor"`
	Task    string    `json:"task"`
	Subtask *int      `json:"subtask,omitempty"` // from 0; left out: the task's own
	From    string    `json:"from"`              // "": it was created
	To      string    `json:"to"`                // "": it was forgotten
	Phase   string    `json:"phase"`
	Expired bool      `json:"expired,omitempty"`
}

// WindowEnd is the end of a limit's window: from then on it is as new.
type WindowEnd struct {
	At     time.Time `json:"at"`
	Vendor string    `json:"vendor"`
	Limit  string    `json:"limit"` // in words
}

// TokenEnd is the end of a token.
type TokenEnd struct {
	At     time.Time `json:"at"`
	Vendor string    `json:"vendor"`
	Kind   string    `json:"kind"`  // the vendor's own: access, refresh ...
	Token  string    `json:"token"` // its length and 4 hex of its hash
}

// Task is a task in neutral words.
type Task struct {
	Vendor    string     `json:"vendor"`
	ID        string     `json:"id"`
	Name      string     `json:"name,omitempty"`
	Lifecycle string     `json:"lifecycle"`
	Origin    string     `json:"origin"`          // declared or created
	State     string     `json:"state,omitempty"` // left out where it has subtasks
	Phase     string     `json:"phase"`
	Progress  int        `json:"progress"`
	Created   time.Time  `json:"created"`
	Entered   time.Time  `json:"entered"`
	Started   *time.Time `json:"started,omitempty"`
	Ended     *time.Time `json:"ended,omitempty"`
	Until     *time.Time `json:"until,omitempty"` // when it next changes by itself
	Reads     int        `json:"reads"`           // in the present state
	Error     *TaskError `json:"error,omitempty"`
	Messages  []Message  `json:"messages,omitempty"`
	Subtasks  []Subtask  `json:"subtasks,omitempty"`
	Known     bool       `json:"known"`          // false: not created yet, or forgotten
	Next      []Next     `json:"next,omitempty"` // where its present state may lead
}

// TaskError is what went wrong with a task.
type TaskError struct {
	Code    string `json:"code,omitempty"`
	Message string `json:"message"`
}

// Message is a line of a task's log.
type Message struct {
	At    time.Time `json:"at"`
	Level string    `json:"level"`
	Text  string    `json:"text"`
}

// Subtask is one part of a task.
type Subtask struct {
	Number   int        `json:"number"` // from 0
	State    string     `json:"state"`
	Phase    string     `json:"phase"`
	Progress int        `json:"progress"`
	Entered  time.Time  `json:"entered"`
	Ended    *time.Time `json:"ended,omitempty"`
	Next     []Next     `json:"next,omitempty"`
}

// Next is a state to which the present one may lead.
type Next struct {
	State  string     `json:"state"`
	Phase  string     `json:"phase"`
	By     string     `json:"by"`           // time or reads
	At     *time.Time `json:"at,omitempty"` // by time: when
	Reads  int        `json:"reads,omitempty"`
	Weight int        `json:"weight"`
	Drawn  bool       `json:"drawn"` // this is the way that it will go
}

// Tasks is one page of a tenant's tasks.
type Tasks struct {
	Tasks []Task `json:"tasks"`
	Total int    `json:"total"`
}

// NewTask creates a task at a vendor as a client's call of Operation would.
type NewTask struct {
	Vendor    string         `json:"vendor"`
	Operation string         `json:"operation,omitempty"` // whose "on:" rule it lives by; left out: the default lifecycle
	Lifecycle string         `json:"lifecycle,omitempty"` // instead of the rule's
	Name      string         `json:"name,omitempty"`
	Subtasks  int            `json:"subtasks,omitempty"`
	Set       map[string]any `json:"set,omitempty"`
}

// Force puts a task, or one subtask of it, into a state.
type Force struct {
	State   string `json:"state"`
	Subtask *int   `json:"subtask,omitempty"` // from 0; left out: the task, or all its subtasks
}

// Scenario is what a tenant runs. To replace it, send Scenario or YAML.
type Scenario struct {
	Scenario string   `json:"scenario,omitempty"`
	YAML     string   `json:"yaml,omitempty"`
	File     string   `json:"file,omitempty"`
	Set      []string `json:"set,omitempty"`
}

// Replaced says what came of replacing a scenario.
type Replaced struct {
	Scenario string `json:"scenario"`
	Kept     int    `json:"kept"`  // tasks under way that keep their lifecycle
	Added    int    `json:"added"` // declared tasks that begin now
}

// Journal is one page of a journal, oldest first.
type Journal struct {
	Entries []journal.View `json:"entries"`
	Lost    int64          `json:"lost"` // entries that made room for later ones
	Next    int64          `json:"next"` // what to send as after= for what comes later
}

// Wait asks to wait for exactly one of Until, Idle and Pushes.
type Wait struct {
	Until   *Target `json:"until,omitempty"`
	Idle    string  `json:"idle,omitempty"`    // no request for so long, in real time
	Pushes  bool    `json:"pushes,omitempty"`  // everything due has been delivered, or given up
	Timeout string  `json:"timeout,omitempty"` // real time, at most 10m; left out: 30s
}

// Waited is what came of a wait. Done is false where the timeout came first.
type Waited struct {
	Done   bool   `json:"done"`
	Waited string `json:"waited"`         // real time
	Task   *Task  `json:"task,omitempty"` // of Until, as it is now
	Why    string `json:"why,omitempty"`  // why it is not done: what it waits for
}

// Report is the report card and the expectations.
type Report = verify.Report

// Health is the answer of /healthz and /readyz.
type Health struct {
	Status string `json:"status"` // ok
}

// Version is the build information.
type Version struct {
	Version string   `json:"version"`
	Go      string   `json:"go"`
	OS      string   `json:"os"`
	Arch    string   `json:"arch"`
	Vendors []string `json:"vendors"`
}

// Problem is an error as RFC 9457 has it.
type Problem struct {
	Type     string         `json:"type"` // "urn:vendorsim:problem:" and a word
	Title    string         `json:"title"`
	Status   int            `json:"status"`
	Detail   string         `json:"detail,omitempty"`
	Instance string         `json:"instance,omitempty"`
	Errors   []ProblemError `json:"errors,omitempty"` // one a mistake, of a scenario or of a request
}

// ProblemError is one mistake.
type ProblemError struct {
	Where  string `json:"where,omitempty"` // file:line:col, or the member of the request
	Detail string `json:"detail"`
}

// Error makes a problem an error. A mistake that the detail has told is not told
// again.
func (p *Problem) Error() string {
	text := p.Title
	if p.Detail != "" {
		text = p.Detail
	}
	for _, e := range p.Errors {
		told := e.Detail
		if e.Where != "" {
			told = e.Where + ": " + told
		}
		if !strings.HasSuffix(p.Detail, told) {
			text += "\n  " + told
		}
	}
	return text
}
