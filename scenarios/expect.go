package scenarios

import "time"

// Expect is one expectation: what a good client does. It has one of the rules
// Call, RetryAfter, Retried, NoCallsAfter, EveryTask, Tokens, Pages, Submissions
// and UnknownFields. It judges the client, by the requests that one tenant gets,
// and changes no answer. Each vendor is judged by itself.
//
//   - call: of the calls that it names, the client leaves MinGap between two,
//     and makes no more than Max: about one task, or (per: tenant) in all. Calls
//     about no task count together. A gap is the real time between two calls,
//     times N under the clock xN. No more than MaxErrors of them are answered with
//     an error, and of those about each task at least one sends what Sends says.
//   - retry_after: respected. Where an answer told the client to wait, it sends
//     nothing that the same limit counts before that time is over. It is held to
//     what it was told, not to when the limit would have granted it.
//   - retried: every_refusal. Each call that was told to wait is made again, and
//     then answered well.
//   - no_calls_after: end. Once an answer showed a task at its end, the client
//     polls it no more, but for Grace calls.
//   - every_task: seen_end. Each task that the client started or polled, it has
//     seen at its end; with Within, by that much of the tenant's time after its
//     first call about the task.
//   - tokens: refreshed_in_time. No request carries a token that is over; with
//     Margin, each token that is still used was replaced at least so much of the
//     tenant's time before its end.
//   - pages: read_to_last. A list that comes in pages is read to its last page.
//   - submissions: no_duplicates. No work is asked for again while it is under way.
//   - unknown_fields: none. The client sends nothing that nobody reads.
//
// An expectation is met or not, or inconclusive: where the client did nothing
// that it is about, or what it is about is not over yet. Gaps tell nothing on a
// frozen clock and are not judged there.
type Expect struct {
	Call          string        `json:"call,omitempty" jsonschema:"oneof_required=call" jsonschema_description:"The calls of an operation (a name, vendor.name) or a kind (login, poll, list, start, write, read); with min_gap, max or both."`
	Vendor        string        `json:"vendor,omitempty" jsonschema_description:"Only the calls to this vendor. Left out: every vendor of the scenario, each by itself."`
	Per           string        `json:"per,omitempty" jsonschema:"enum=task,enum=tenant" jsonschema_description:"With call: whether gaps and counts are of one task (the default) or of the whole tenant."`
	MinGap        time.Duration `json:"min_gap,omitempty" jsonschema_description:"With call: the least time between two calls: real time, times N under a clock xN."`
	Max           int           `json:"max,omitempty" jsonschema:"minimum=1,maximum=1000000000" jsonschema_description:"With call: how many calls at most."`
	MaxErrors     *int          `json:"max_errors,omitempty" jsonschema:"minimum=0,maximum=1000000000" jsonschema_description:"With call: how many of them may be answered with an error, at most: a status of 400 and above, or a JSON-RPC error."`
	Sends         string        `json:"sends,omitempty" jsonschema:"pattern=^[^=]+=.+$" jsonschema_description:"With call: a field and its value, such as params.options.returnSubtasks=true, that at least one call about each task sends."`
	RetryAfter    string        `json:"retry_after,omitempty" jsonschema:"enum=respected,oneof_required=retry_after" jsonschema_description:"respected: who is told to wait sends nothing before that time is over."`
	Retried       string        `json:"retried,omitempty" jsonschema:"enum=every_refusal,oneof_required=retried" jsonschema_description:"every_refusal: each call that was told to wait is made again, and answered well."`
	NoCallsAfter  string        `json:"no_calls_after,omitempty" jsonschema:"enum=end,oneof_required=no_calls_after" jsonschema_description:"end: who has seen a task at its end polls it no more."`
	Grace         int           `json:"grace,omitempty" jsonschema:"minimum=0,maximum=1000000000" jsonschema_description:"With no_calls_after: how many calls after the end of a task are forgiven. Default 0."`
	EveryTask     string        `json:"every_task,omitempty" jsonschema:"enum=seen_end,oneof_required=every_task" jsonschema_description:"seen_end: each task that the client started or polled, it has seen at its end."`
	Within        time.Duration `json:"within,omitempty" jsonschema_description:"With every_task: how much of the tenant's time that may take, from the client's first call about the task."`
	Tokens        string        `json:"tokens,omitempty" jsonschema:"enum=refreshed_in_time,oneof_required=tokens" jsonschema_description:"refreshed_in_time: no request carries a token that is over."`
	Margin        time.Duration `json:"margin,omitempty" jsonschema_description:"With tokens: how long before its end a token is replaced, at least, in the tenant's time."`
	Pages         string        `json:"pages,omitempty" jsonschema:"enum=read_to_last,oneof_required=pages" jsonschema_description:"read_to_last: a list that comes in pages is read to its last one."`
	Submissions   string        `json:"submissions,omitempty" jsonschema:"enum=no_duplicates,oneof_required=submissions" jsonschema_description:"no_duplicates: no work is asked for again while it is under way."`
	UnknownFields string        `json:"unknown_fields,omitempty" jsonschema:"enum=none,oneof_required=unknown_fields" jsonschema_description:"none: the client sends nothing that nobody reads."`

	At Position `json:"-"`
}
