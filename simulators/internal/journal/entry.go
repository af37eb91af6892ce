// Package journal remembers what was asked and what was answered: bounded, in
// order, with secrets redacted in everything that leaves it. It must not know a
// vendor's words, a tenant's state or what time it is.
package journal

import (
	"net/http"
	"time"
)

// IDHeader is the header line of a reply that tells the entry's ID.
const IDHeader = "X-Vendorsim-Request"

// Entry is one request and its reply, or one call of the control API that
// changed the tenant. What it holds is raw: only View, HAR and the replay file,
// which redact, may leave the process.
type Entry struct {
	ID   string // what IDHeader says
	Seq  int64  // set by Add: from 1, in the order of adding, which is that of being answered
	Real time.Time

	// Of a request or control call of a tenant; zero for a refused one.
	Number int64         // its place among them by arrival, from 1: what ID ends in
	At     time.Time     // the tenant's instant of arrival
	Lived  time.Duration // how long the tenant had lived by then

	Tenant    string // "" for a refused request
	Vendor    string
	Operation string // "none" where it met none
	Kind      string
	Profile   string

	Request Request
	Reply   Reply
	Latency time.Duration // real
	Note    string        // as in the request log

	Asked   string // the id of the one task that was asked for, also where it is unknown; "" for none. No View shows it
	Tasks   []Shown
	Created string   // the id of the task that it created
	Limits  []Judged // the limits that looked at it
	Faults  []string // the scenario's faults that fired, by name
	// FaultsJudged are all faults that were asked, with what each said.
	FaultsJudged []FaultJudged
	Refusal      *Refusal // nil for a good answer
	Unread       []string // what the client sent and nothing read: "query x", "body a.b"

	Control *Control // a control call; then Request and Reply are empty
}

// Request is what the client sent.
type Request struct {
	Method string
	Scheme string // http or https
	Host   string
	Target string // path and query as sent, with the vendor's prefix
	Proto  string
	Header http.Header
	Body   []byte
	Form   bool   // its body was read as a form, whatever its type says
	Rest   Rest   // what there was of its body beyond Body
	Source string // the address it came from, without port
}

// Rest is what followed the part of a body that was kept.
type Rest string

// The kinds of Rest. Where the body is whole there is none.
const (
	TooMuch Rest = "too much" // more than a request may have
	Broken  Rest = "broken"   // it broke off
)

// Reply is what was answered.
type Reply struct {
	Status int
	Header http.Header // names as written
	Body   string
}

// Shown is a task that a reply showed, as it was then.
type Shown struct {
	ID    string
	State string // "" for one with subtasks
	Phase string
	Ended bool
}

// Judged is what one limit said of a request.
type Judged struct {
	Rule int           // its place among the limits in force
	Key  uint64        // a hash of what it counts by itself
	Used int           // requests granted in its window before this one; a bucket: tokens taken
	Of   int           // how many it grants
	Wait time.Duration // the tenant's time until it would grant; 0: granted
}

// FaultJudged is what one fault said of a request.
type FaultJudged struct {
	Name  string
	Fired bool
	Why   string // a few words
}

// Refusal says why a request was not answered well.
type Refusal struct {
	Kind       string // sim.Kind
	In         string // of a violation: path, query, header, body, params
	Field      string
	Rule       string
	Text       string // never holds a credential
	Expected   string // what would have been right in the field, in words; "" where nothing says. No View shows it
	RetryAfter int    // real seconds told; 0: none
}

// Control is one call of the control API that changed the tenant.
type Control struct {
	Method string
	Path   string // below /tenants/{tenant}
	Body   []byte
	Status int

	// The scenario that the call brought, if it did: its name and, resolved, its
	// whole text.
	Scenario, YAML string
}
