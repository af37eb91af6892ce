// Package scenarios is the scenario language: the YAML that says how tasks
// live through time. It parses strictly, tells every problem of a file at once
// as file:line:col, and embeds the scenarios that ship. It must not know a
// vendor, the state engine, HTTP or the time of day; what a scenario refers to
// outside the language (vendors, operations, fields) it is told through Known.
package scenarios

import (
	"errors"
	"time"
)

// Scenario is one parsed and checked scenario file, in which what the file
// leaves out is filled in (see Library.Load). Only Tasks, Limits, Auth and
// Surprises stay nil when left out, which for a list is something else than an
// empty one. The json tags name the keys, and the jsonschema tags the bounds, for
// both the editors' JSON Schema and the parser.
type Scenario struct {
	Version     int                       `json:"version" jsonschema:"enum=1" jsonschema_description:"The version of the language. Always 1."`
	Name        string                    `json:"name" jsonschema_description:"How the scenario is called, by clients too: the tenant name~label runs it."`
	Description string                    `json:"description,omitempty" jsonschema_description:"One sentence for the list of scenarios."`
	Extends     string                    `json:"extends,omitempty" jsonschema_description:"A scenario to start from: maps merge by key, a named state replaces whole, lists replace."`
	Vendors     []string                  `json:"vendors,omitempty" jsonschema_description:"The vendors that it is for. Left out: all."`
	Profiles    map[string]string         `json:"profiles,omitempty" jsonschema_description:"For a vendor: documented (what its page says, the default) or observed (what it really answers)."`
	Options     map[string]map[string]any `json:"options,omitempty" jsonschema_description:"For a vendor: its switches, as 'fidelity' lists them."`
	Seed        int64                     `json:"seed,omitempty" jsonschema_description:"All luck comes from it: the same seed, the same course of events."`
	Clock       Clock                     `json:"clock,omitempty" jsonschema_description:"The clock that each tenant of this scenario gets."`
	Default     string                    `json:"default,omitempty" jsonschema_description:"The lifecycle of tasks that clients create. Left out: the only lifecycle, else that of 'happy'."`
	Lifecycles  map[string]Lifecycle      `json:"lifecycles,omitempty" jsonschema_description:"Named lifecycles: states with durations or poll counts, branches, an end."`
	Tasks       []Task                    `json:"tasks,omitempty" jsonschema_description:"The tasks that exist. Left out: each vendor's documented example ids."`
	Limits      []Limit                   `json:"limits,omitempty" jsonschema_description:"Rate limits. Left out: each vendor's documented ones. []: none."`
	Faults      []Fault                   `json:"faults,omitempty" jsonschema_description:"What goes wrong on purpose, and when. Of those that match a request, latencies add up and the first other answer counts."`
	Auth        []Auth                    `json:"auth,omitempty" jsonschema_description:"How credentials and tokens behave: a mapping, or a list of them with 'vendor'. Left out: as each vendor documents it."`
	Surprises   *Surprises                `json:"surprises,omitempty" jsonschema_description:"What the contract allows and clients wrongly rule out, drawn from the scenario's seed (the word seed) or from a seed of its own (a number). Left out: none."`
	Expect      []Expect                  `json:"expect,omitempty" jsonschema_description:"What a good client does. The client is judged by it, never the vendors."`
	CountLists  bool                      `json:"count_lists,omitempty" jsonschema_description:"Whether list calls count as reads in states with 'polls'. Default false."`

	At Position `json:"-"`

	origin *origin // for YAML
}

// Position is where something stands in a file. Line and column count from 1.
type Position struct {
	File      string
	Line, Col int
}

// Clock says how a tenant's time runs.
type Clock struct {
	Start time.Time `json:"start,omitempty" jsonschema_description:"The instant at which the tenant's time begins. Left out: the real time of its first request."`
	Mode  ClockMode `json:"mode,omitempty" jsonschema_description:"real, xN (N times as fast), frozen, or skip (a poll that would show nothing new jumps to the next change)."`
}

// ClockMode is real, xN, frozen or skip. The zero value is real.
type ClockMode struct {
	Kind  ClockKind
	Speed int // tenant seconds a real second; 1 but for xN
}

// ClockKind names the four ways in which a tenant's clock can run.
type ClockKind string

// The clock kinds.
const (
	Real   ClockKind = "real"
	Scaled ClockKind = "x" // written xN
	Frozen ClockKind = "frozen"
	Skip   ClockKind = "skip"
)

// Phase is the neutral vocabulary that every vendor translates to its words.
type Phase string

// The phases.
const (
	Pending   Phase = "pending"
	Running   Phase = "running"
	Paused    Phase = "paused"
	Succeeded Phase = "succeeded"
	Warning   Phase = "warning"
	Failed    Phase = "failed"
	Cancelled Phase = "cancelled"
)

// Phases are all phases in the order in which a reader expects them.
var Phases = []Phase{Pending, Running, Paused, Succeeded, Warning, Failed, Cancelled}

// Ended tells whether a task in this phase has come to an end.
func (p Phase) Ended() bool {
	return p == Succeeded || p == Warning || p == Failed || p == Cancelled
}

// Lifecycle is a list of named states in the order written; the first starts.
// In YAML it is a mapping from the state's name to the state.
type Lifecycle []State

// State is one state of a lifecycle. Either After (by time) or Polls (by
// reads) leads To the next; a state with neither is an end or Forever.
type State struct {
	Name     string         `json:"-"`
	Phase    Phase          `json:"phase,omitempty" jsonschema:"enum=pending,enum=running,enum=paused,enum=succeeded,enum=warning,enum=failed,enum=cancelled" jsonschema_description:"What the state means. May be left out where the state's name is a phase."`
	After    *Duration      `json:"after,omitempty" jsonschema_description:"How long the state lasts: 5s, 2s..5s (uniform) or {p50: 40s, p95: 3m} (lognormal)."`
	Polls    int            `json:"polls,omitempty" jsonschema:"minimum=1,maximum=1000000" jsonschema_description:"How many reads show this state; the next one shows the following state."`
	To       []Branch       `json:"to,omitempty" jsonschema_description:"The next state, or a list of {state, weight}."`
	Forever  bool           `json:"forever,omitempty" jsonschema_description:"The state never ends."`
	Progress *Progress      `json:"progress,omitempty" jsonschema_description:"Percent: a number, or from..to, linear in the state's own time."`
	Messages []Message      `json:"messages,omitempty" jsonschema_description:"What the vendor's task log says, and when."`
	Error    *Error         `json:"error,omitempty" jsonschema_description:"The error that the vendor shows in this state."`
	Expires  *Expiry        `json:"expires,omitempty" jsonschema_description:"When an ended task is forgotten; afterwards the vendor answers as for an unknown task."`
	Set      map[string]any `json:"set,omitempty" jsonschema_description:"Vendor fields by their wire name while in this state, for the vendors that have them."`

	At Position `json:"-"`
}

// Duration is how long something lasts, in whole milliseconds: fixed (Min
// equals Max), uniform in Min..Max, or, where P50 is set, lognormal with this
// median and 95th percentile.
type Duration struct {
	Min, Max time.Duration
	P50, P95 time.Duration
}

// Branch is one way out of a state. Weights are relative; a lone branch has
// weight 1.
type Branch struct {
	State  string `json:"state" jsonschema_description:"The state to go to."`
	Weight int    `json:"weight,omitempty" jsonschema:"minimum=1,maximum=1000000" jsonschema_description:"Its chance, relative to the other weights. Default 1."`

	At Position `json:"-"`
}

// Progress is a percentage that moves linearly From..To within a state.
type Progress struct{ From, To int }

// Message is one line of a task's log.
type Message struct {
	When  Moment `json:"at,omitempty" jsonschema_description:"When it appears, since the state began: 50% of the state, or a duration. Default: at once."`
	Level string `json:"level,omitempty" jsonschema:"enum=info,enum=warning,enum=error" jsonschema_description:"info (default), warning or error."`
	Text  string `json:"text" jsonschema_description:"The text."`

	At Position `json:"-"`
}

// Moment is an instant within a state: Percent of its length (0..100), or, if
// Percent is 0, After its beginning.
type Moment struct {
	Percent int
	After   time.Duration
}

// Error is what went wrong with a task, in the vendor's own words.
type Error struct {
	Code    string `json:"code,omitempty" jsonschema_description:"The vendor's error code."`
	Message string `json:"message" jsonschema_description:"The error text."`
}

// Expiry says when an ended task is forgotten.
type Expiry struct {
	After Duration `json:"after" jsonschema_description:"How long after the end."`
}

// Task declares tasks that exist (ID, Name, Count ...) or, with On, how tasks
// that a client creates will live.
type Task struct {
	ID        string         `json:"id,omitempty" jsonschema_description:"The id by which clients ask for it. Left out: made from the seed, in the vendor's form."`
	Vendor    string         `json:"vendor,omitempty" jsonschema_description:"Left out: the task exists at every vendor of the scenario."`
	On        string         `json:"on,omitempty" jsonschema_description:"Instead of declaring a task: the rule for tasks that this operation (a name, vendor.name, or 'start') creates."`
	Name      string         `json:"name,omitempty" jsonschema_description:"The task's name as the vendor shows it."`
	Lifecycle string         `json:"lifecycle,omitempty" jsonschema_description:"Left out: the scenario's default lifecycle."`
	Created   *When          `json:"created,omitempty" jsonschema_description:"An instant, or a duration relative to the tenant's beginning such as -10m. Left out: that beginning."`
	Count     int            `json:"count,omitempty" jsonschema:"minimum=1,maximum=5000000" jsonschema_description:"How many such tasks. Default 1."`
	Subtasks  *Subtasks      `json:"subtasks,omitempty" jsonschema_description:"Subtasks live by the lifecycle; the task itself sums them up."`
	Set       map[string]any `json:"set,omitempty" jsonschema_description:"Vendor fields by their wire name."`

	At Position `json:"-"`

	numbers map[string]int // vendor -> which of the tasks that share a key's beginning; 1 left out
}

// When is an instant, or an offset from the tenant's beginning.
type When struct {
	Instant time.Time     // zero: Offset counts
	Offset  time.Duration // from the tenant's beginning; usually negative
}

// Subtasks says how many parts a task has and how they start.
type Subtasks struct {
	Count     int           `json:"count" jsonschema:"minimum=1,maximum=10000" jsonschema_description:"How many."`
	Stagger   time.Duration `json:"stagger,omitempty" jsonschema_description:"How much later each begins than the one before. Default 0."`
	Lifecycle string        `json:"lifecycle,omitempty" jsonschema_description:"Left out: the task's."`

	At Position `json:"-"`
}

// Limit is a rate limit, always inside one tenant: either so many Requests in a
// Window, or so many at once (Concurrent).
type Limit struct {
	Vendor         string        `json:"vendor,omitempty" jsonschema_description:"Left out: every vendor of the scenario, each counted by itself."`
	On             string        `json:"on,omitempty" jsonschema_description:"An operation (a name, vendor.name) or a kind: login, poll, list, start, write, read. Left out: every request."`
	Per            string        `json:"per" jsonschema:"enum=token,enum=credential,enum=tenant,enum=operation,enum=source" jsonschema_description:"What is counted by itself: token, credential, tenant, operation or source (address)."`
	Requests       int           `json:"requests,omitempty" jsonschema:"minimum=1,maximum=1000000000,oneof_required=requests" jsonschema_description:"How many requests a window grants."`
	Window         time.Duration `json:"window,omitempty" jsonschema:"oneof_required=requests" jsonschema_description:"How long a window is, in the tenant's time."`
	Concurrent     int           `json:"concurrent,omitempty" jsonschema:"minimum=1,maximum=1000000,oneof_required=concurrent" jsonschema_description:"Instead of requests and window: how many requests may be under way at once."`
	Algorithm      string        `json:"algorithm,omitempty" jsonschema:"enum=fixed,enum=sliding,enum=bucket" jsonschema_description:"fixed (default): a window opens at its first request. sliding: in any window. bucket: tokens that refill evenly."`
	Burst          int           `json:"burst,omitempty" jsonschema:"minimum=1,maximum=1000000000" jsonschema_description:"For bucket: how many requests may come at once. Default: requests."`
	EarlyRetry     string        `json:"early_retry,omitempty" jsonschema:"enum=ignore,enum=count,enum=extend" jsonschema_description:"What a request costs that comes before the wait is over: nothing (ignore, the default), a request like any other (count), or the whole wait anew (extend)."`
	RetryAfterForm string        `json:"retry_after_form,omitempty" jsonschema:"enum=seconds,enum=date" jsonschema_description:"Whether Retry-After is written as seconds or as an HTTP date. Left out: as the vendor writes it."`

	At Position `json:"-"`
}

// Kinds are the kinds of operation that On may name.
var Kinds = []string{"login", "poll", "list", "start", "write", "read"}

// ErrNoField is what Known's field checks answer, wrapped or not, for a field
// that the vendor does not have.
var ErrNoField = errors.New("the vendor has no such field")

// Known is what a scenario may refer to and the language itself does not know.
// The functions answer nil, or why not, in words that go on after a colon. A
// value is nil, a bool, int, float64, string, []any or map[string]any. What is
// nil or empty here is not checked.
type Known struct {
	Vendors    []string                                    // their names
	Operations map[string][]string                         // vendor -> names of its operations
	Option     func(vendor, name string, value any) error  // is this option declared, with this type?
	TaskID     func(vendor, id string) error               // does the vendor's contract allow this id?
	TaskField  func(vendor, field string, value any) error // set: on a task; computed fields are refused
	StateField func(vendor, field string, value any) error // set: on a state; ErrNoField if the vendor lacks it
	FaultKinds []string                                    // the kinds of a fault's answer, in the words of every vendor

	// FaultAnswer: does the vendor word such a failure for this operation? The
	// operation is empty where the fault names none, but a kind of operation or
	// nothing. Either kind or status is left out ("" or 0).
	FaultAnswer func(vendor, operation, kind string, status int) error

	// AuthKeys are the keys of auth that mean something at the vendor.
	AuthKeys func(vendor string) []string
}
