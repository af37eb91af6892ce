package simtest

import (
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/verify"
)

// The types below are the control API's own, so that a test and the commands say
// the same. go doc does not show the fields of an alias, so each comment does; a
// test holds the two together.

// Task is a task in words that are no vendor's. Looking at one is no read.
//
//	Vendor    string
//	ID        string
//	Name      string
//	Lifecycle string
//	Origin    string         // declared or created
//	State     string         // empty where it has subtasks
//	Phase     string         // pending, running, paused, succeeded, warning, failed or cancelled
//	Progress  int            // 0 to 100
//	Created   time.Time
//	Entered   time.Time      // the present state
//	Started   *time.Time
//	Ended     *time.Time     // nil: not ended
//	Until     *time.Time     // when it next changes by itself; nil: never
//	Reads     int            // in the present state
//	Error     *TaskError     // nil: none
//	Messages  []api.Message  // At, Level, Text
//	Subtasks  []Subtask
//	Known     bool           // false: not created yet, or forgotten
//	Next      []Next         // where its present state may lead
type Task = api.Task

// TaskError is what went wrong with a task.
//
//	Code    string
//	Message string
type TaskError = api.TaskError

// Subtask is one part of a task.
//
//	Number   int // from 0
//	State    string
//	Phase    string
//	Progress int // 0 to 100
//	Entered  time.Time
//	Ended    *time.Time
//	Next     []Next
type Subtask = api.Subtask

// Next is a state to which the present one may lead.
//
//	State  string
//	Phase  string
//	By     string     // time or reads
//	At     *time.Time // by time: when
//	Reads  int        // by reads: how many more show the present state
//	Weight int
//	Drawn  bool       // this is the way that it will go
type Next = api.Next

// NewTask is a task to create. Only Vendor is needed.
//
//	Vendor    string
//	Operation string         // the call whose "on:" rule it lives by; empty: the default lifecycle
//	Lifecycle string         // instead of that rule's
//	Name      string
//	Subtasks  int
//	Set       map[string]any // fields of the vendor's by their wire names
type NewTask = api.NewTask

// Moved is what a move of the clock passed. All instants are the tenant's.
//
//	From    time.Time
//	To      time.Time
//	Clock   api.Clock       // as it is now: Now, Mode, Began, Lived
//	Edges   []Edge          // changes of state, in their order
//	Windows []api.WindowEnd // limits that are as new from then on: At, Vendor, Limit
//	Tokens  []api.TokenEnd  // tokens that ended: At, Vendor, Kind, Token (its length and hash)
//	Faults  []FaultEdge     // windows of faults that opened or closed
//	More    int             // edges beyond those listed
type Moved = api.Moved

// Edge is a change of state.
//
//	At      time.Time
//	Vendor  string
//	Task    string
//	Subtask *int   // from 0; nil: the task's own
//	From    string // empty: it was created
//	To      string // empty: it was forgotten
//	Phase   string
//	Expired bool
type Edge = api.Edge

// Fault is something that goes wrong on purpose.
//
//	Name     string
//	Words    string          // what it selects, and what the client gets
//	Added    bool            // by AddFault; else the scenario has it
//	Matched  int             // requests that it selected, before count and chance
//	Fired    int
//	Owed     int             // times that it was told to fire once and has not yet
//	Fault    json.RawMessage // as a scenario has it
//	Warnings []string        // of AddFault: such as that it can never fire
type Fault = api.Fault

// FaultEdge is an instant at which the window of a fault opens or closes.
//
//	At    time.Time
//	Name  string
//	Opens bool
type FaultEdge = api.FaultEdge

// Replaced is what came of Replace.
//
//	Scenario string
//	Kept     int // tasks under way, which keep their lifecycle
//	Added    int // declared tasks that begin now
type Replaced = api.Replaced

// Journal is what was asked and answered, oldest first.
//
//	Entries []Entry
//	Lost    int64 // entries that made room for later ones
//	Next    int64 // the number of the last one
type Journal = api.Journal

// Entry is one request and its reply, or one call of the control API that
// changed the tenant: then there is Control, and neither Request nor Reply.
// Secrets are shown by their length and hash.
//
//	ID            string                // what the reply said as X-Vendorsim-Request
//	Seq           int64
//	Real          time.Time
//	At            *time.Time            // the tenant's instant
//	Tenant        string
//	Vendor        string
//	Operation     string                // none: it met none
//	Kind          string                // login, poll, list, start, write or read
//	Profile       string
//	Latency       string                // such as 1.2ms
//	Note          string
//	Request       *journal.RequestView  // Method, URL, Header, Body
//	Reply         *journal.ReplyView    // Status, Header, Body
//	Control       *journal.ControlView  // Method, Path, Status, Body
//	Tasks         []journal.TaskView    // those that the reply showed: ID, State, Phase, Ended
//	Created       string                // the id of the task that it created
//	LimitsRefused []journal.LimitView   // Rule, Used, Of, Wait
//	Faults        []string              // the faults that fired, by name
//	Refusal       *journal.RefusalView  // Kind, In, Field, Rule, Text, RetryAfter; nil: it was answered well
//	Unread        []string              // what the client sent and nothing read: "query x", "body a.b"
type Entry = journal.View

// Report is the report card of the client, and how it met the scenario's
// expectations. Its methods Text(io.Writer) and JUnit(io.Writer) write it; Exit
// is the exit code of "vendorsim verify".
//
//	Tenant       string
//	Scenario     string
//	At           time.Time
//	Calls        int64          // requests observed
//	Overlooked   int64          // mentions of tasks beyond those that are followed
//	Verdict      verify.Verdict // of the expectations together
//	Expectations []Expectation
//	Card         []Line
type Report = api.Report

// Expectation is one expectation of the scenario, judged.
//
//	Rule     string         // as the scenario has it
//	At       string         // file:line:col
//	Verdict  verify.Verdict // passed, failed, inconclusive or not judged
//	Found    string         // one sentence
//	Expected string         // one sentence
//	Worst    *verify.Case   // Vendor, Operation, Task
type Expectation = verify.Expectation

// Line is one line of the report card.
//
//	Name    string
//	Verdict verify.Grade   // good, bad, not seen or not judged
//	Found   string         // one sentence
//	Figures verify.Figures // named numbers
//	Worst   *verify.Case   // Vendor, Operation, Task
type Line = verify.Line

// Why explains one answer.
//
//	ID        string
//	Tenant    string
//	Vendor    string
//	Operation string // none: it met none
//	Method    string
//	Path      string
//	Real      time.Time
//	At        *time.Time
//	Status    int
//	Because   string     // one sentence: what decided the answer
//	Tasks     []WhyTask
//	Contract  WhyContract
//	Limits    []WhyLimit
//	Faults    []WhyFault // all that were asked
//	Unread    []string   // what the client sent and nothing read
//	Misses    []Miss     // what it nearly met, best first
type Why = api.Why

// WhyTask explains a task in the answer.
//
//	ID       string
//	State    string
//	Phase    string
//	Entered  time.Time
//	Progress int
//	Until    *time.Time
//	Steps    []WhyStep // how it came there, the latest last
type WhyTask = api.WhyTask

// WhyStep is one change of state and its cause.
//
//	At      time.Time
//	Subtask *int   // from 0; nil: the task's own
//	From    string
//	To      string
//	Because string // the draw, the read or the person that did it
type WhyStep = api.WhyStep

// WhyContract says what the request was held to.
//
//	Profile  string
//	Held     bool   // false: it broke the rule that follows
//	In       string
//	Field    string
//	Rule     string
//	Expected string
//	Got      string
type WhyContract = api.WhyContract

// WhyLimit says what one limit said.
//
//	Limit   string // in words
//	Applied bool   // it looked at the request
//	Fired   bool
//	Because string
type WhyLimit = api.WhyLimit

// WhyFault says what one fault said.
//
//	Fault   string // its name
//	Fired   bool
//	Because string
type WhyFault = api.WhyFault

// Miss is an operation or a rule that the request nearly met.
//
//	Operation string
//	Score     float64 // 0 to 1
//	Expected  string
//	Got       string
type Miss = api.Miss
