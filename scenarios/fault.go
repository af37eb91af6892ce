package scenarios

import "time"

// Fault is something that goes wrong on purpose. It selects requests (Vendor,
// On, Task, When, During, Age), lets some of them through (one of Nth, First
// and Every, and Chance), and says what the client gets instead of, or after,
// the vendor's own answer. All conditions must hold. Of the faults that match
// one request the latencies add up; of their other answers the first counts.
type Fault struct {
	Name   string         `json:"name" jsonschema:"pattern=^[a-z0-9][a-z0-9-]*$,maxLength=64" jsonschema_description:"How it is called, in the journal and in the header X-Vendorsim-Fault. Unique in the scenario."`
	Vendor string         `json:"vendor,omitempty" jsonschema_description:"Left out: every vendor of the scenario."`
	On     string         `json:"on,omitempty" jsonschema_description:"An operation (a name, vendor.name) or a kind: login, poll, list, start, write, read. Left out: every request."`
	Task   string         `json:"task,omitempty" jsonschema_description:"Only requests for the task of this id or name."`
	When   *TaskCondition `json:"when,omitempty" jsonschema_description:"What the task asked for must be like, before the request is served."`
	During *Span          `json:"during,omitempty" jsonschema_description:"When, in the tenant's time since its beginning: 20s..50s, or 20s.. without end."`
	Age    *Span          `json:"age,omitempty" jsonschema_description:"How old the task asked for must be, in its own time since it was created: 20s..50s, or 20s.."`
	Nth    int            `json:"nth,omitempty" jsonschema:"minimum=1,maximum=1000000000" jsonschema_description:"Only the nth of the requests that everything above selects, counted from 1."`
	First  int            `json:"first,omitempty" jsonschema:"minimum=1,maximum=1000000000" jsonschema_description:"Only the first so many of them."`
	Every  int            `json:"every,omitempty" jsonschema:"minimum=1,maximum=1000000000" jsonschema_description:"Only every so manieth of them."`
	Chance Chance         `json:"chance,omitempty" jsonschema_description:"How likely it is, such as 30%, drawn from the seed. Left out: always."`
	Stage  string         `json:"stage,omitempty" jsonschema:"enum=before,enum=after" jsonschema_description:"before (default): the work is not done. after: it is done, but the client never hears. Not beside answers that alter the real reply: there the work is always done."`
	Per    string         `json:"per,omitempty" jsonschema:"enum=task,enum=operation,enum=tenant" jsonschema_description:"What nth, first, every and chance are counted by: task (default; the operation where a request has no task), operation or tenant."`
	Answer Answer         `json:"answer" jsonschema_description:"What the client gets: one answer, beside which latency may stand."`

	At Position `json:"-"`
}

// TaskCondition is what a fault wants of the task asked for, at the request's
// instant and before the request counts as a read: its phase, its state, or
// both.
type TaskCondition struct {
	Phase Phase  `json:"phase,omitempty" jsonschema:"enum=pending,enum=running,enum=paused,enum=succeeded,enum=warning,enum=failed,enum=cancelled" jsonschema_description:"The phase that the task must be in."`
	State string `json:"state,omitempty" jsonschema_description:"The state of its lifecycle that the task must be in."`
}

// Answer is what a fault does to one request. Latency may stand alone or beside
// one of the others. Malformed, Truncate, Drip, ContentType, Duplicate, Missing
// and Stale alter the vendor's real reply, the others replace it.
type Answer struct {
	Latency        *Duration     `json:"latency,omitempty" jsonschema_description:"So much later, in the tenant's time: 1500ms, 1s..3s (uniform) or {p50: 1s, p95: 5s} (lognormal)."`
	Status         int           `json:"status,omitempty" jsonschema:"minimum=400,maximum=599" jsonschema_description:"An error of the vendor's, by its HTTP status."`
	Kind           string        `json:"kind,omitempty" jsonschema_description:"An error of the vendor's, by its kind, such as rate-limited, unavailable or internal."`
	RetryAfter     time.Duration `json:"retry_after,omitempty" jsonschema_description:"With status or kind: how long the client is told to wait, in the tenant's time."`
	RetryAfterForm string        `json:"retry_after_form,omitempty" jsonschema:"enum=seconds,enum=date" jsonschema_description:"With retry_after: as seconds or as an HTTP date. Left out: as the vendor writes it."`
	Reset          bool          `json:"reset,omitempty" jsonschema_description:"The connection is reset."`
	Empty          bool          `json:"empty,omitempty" jsonschema_description:"The connection is closed without an answer."`
	Malformed      bool          `json:"malformed,omitempty" jsonschema_description:"The body is no JSON."`
	HTML           bool          `json:"html,omitempty" jsonschema_description:"The error page of the vendor's proxy, as HTML."`
	Truncate       *Percent      `json:"truncate,omitempty" jsonschema_description:"The connection is closed after so much of the body, such as 60%; 0% to 99%."`
	Drip           time.Duration `json:"drip,omitempty" jsonschema_description:"The body comes piece by piece, over so much of the tenant's time."`
	ContentType    string        `json:"content_type,omitempty" jsonschema_description:"Another Content-Type."`
	Duplicate      string        `json:"duplicate,omitempty" jsonschema_description:"The header of the answer that comes twice."`
	Missing        string        `json:"missing,omitempty" jsonschema_description:"The header of the answer that is not sent."`
	Stale          time.Duration `json:"stale,omitempty" jsonschema_description:"The task as it was so long ago."`
	Redirect       string        `json:"redirect,omitempty" jsonschema_description:"A redirect to this path or URL."`
}

// Mangles tells whether the answer alters the vendor's real reply, so that the
// work is done. Such a fault's Stage is empty.
func (a *Answer) Mangles() bool {
	return a.Malformed || a.Truncate != nil || a.Drip != 0 || a.ContentType != "" || a.Duplicate != "" || a.Missing != "" || a.Stale != 0
}

// OnlyLatency tells whether the answer is late, and nothing else.
func (a *Answer) OnlyLatency() bool {
	latency := Answer{Latency: a.Latency}
	return *a == latency
}

// Span is a span of time: From counts as inside, To does not. A To of 0 is no
// end.
type Span struct{ From, To time.Duration }

// Contains tells whether an instant lies inside. A nil Span contains all.
func (s *Span) Contains(at time.Duration) bool {
	return s == nil || at >= s.From && (s.To == 0 || at < s.To)
}

// Chance is how likely something is, in parts of 10,000. Of a Fault, 0 is left
// out: always.
type Chance int

// Certain is the Chance of what always happens.
const Certain Chance = 10_000

// Percent is a share in whole percent.
type Percent int

// Auth says how credentials and tokens behave at one vendor, or at all. What is
// left out is as the vendor documents it.
type Auth struct {
	Vendor        string        `json:"vendor,omitempty" jsonschema_description:"Left out: every vendor that has such a thing. In a list of several, each names its vendor."`
	TokenTTL      time.Duration `json:"token_ttl,omitempty" jsonschema_description:"How long a token lives, in the tenant's time."`
	Refreshes     *int          `json:"refreshes,omitempty" jsonschema:"minimum=0,maximum=1000000000" jsonschema_description:"How often a token can be refreshed."`
	SingleSession *bool         `json:"single_session,omitempty" jsonschema_description:"Whether a second log-in ends the tokens of the first."`
	RevokedAfter  time.Duration `json:"revoked_after,omitempty" jsonschema_description:"Tokens end so long after they were given, earlier than the client was told."`
	ClockSkew     time.Duration `json:"clock_skew,omitempty" jsonschema:"pattern=^-?([0-9]+([.][0-9]+)?(ms|s|m|h))+$" jsonschema_description:"How far the vendor's watch is ahead of the client's; with a minus, behind."`
	Forbidden     []string      `json:"forbidden,omitempty" jsonschema_description:"The operations (a name, vendor.name) or kinds to which the key has no right."`
	Disabled      bool          `json:"disabled,omitempty" jsonschema_description:"The key is refused as disabled."`

	At Position `json:"-"`
}

// AuthOf is what the scenario says about credentials and tokens at a vendor. It
// is empty where the scenario says nothing.
func (s *Scenario) AuthOf(vendor string) Auth {
	for _, a := range s.Auth {
		if a.Vendor == "" || a.Vendor == vendor {
			return a
		}
	}
	return Auth{}
}

// Surprises turns on what a vendor's contract allows and clients wrongly rule
// out, drawn from a seed. In YAML it is the word seed, or a whole number.
type Surprises struct {
	Seed int64 // counts if Own
	Own  bool  // false: the seed is the scenario's
}

// SurpriseSeed is the seed of the surprises. It tells false where there are
// none.
func (s *Scenario) SurpriseSeed() (seed int64, ok bool) {
	switch {
	case s.Surprises == nil:
		return 0, false
	case s.Surprises.Own:
		return s.Surprises.Seed, true
	}
	return s.Seed, true
}
