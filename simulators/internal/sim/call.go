package sim

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"github.com/vendorsim/vendorsim/fixtures"
	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
	"github.com/vendorsim/vendorsim/simulators/internal/verify"
)

// Call is one request on its way through a vendor. Nobody keeps it: once it has been
// answered it is used for another request.
type Call struct {
	Op     *openapi.Operation // nil where the request met none
	Base   string             // the server part of the path that was met: /v2025
	Path   map[string]string  // path variables, unescaped
	Query  url.Values
	Header http.Header
	Body   any            // the parsed JSON body, numbers as json.Number; nil where there is none
	Form   url.Values     // the form, with the query's fields after the body's; nil where there is none
	Params map[string]any // the params of a JSON-RPC call
	RPCID  any            // the id of a JSON-RPC call, nil where it cannot be told

	Tenant  *tenant.Tenant // nil until the credential is accepted
	Profile string         // documented or observed
	Options Options
	Token   string // the bearer token sent, if any: limits may count by it

	handler *handler
	vendor  *Vendor
	spec    *openapi.Spec
	request *http.Request // below the vendor's prefix
	prefix  string        // of the path with which it came; "" by host
	now     time.Time
	body    []byte // as it was sent, or its beginning
	isRead  bool   // body and readErr are there
	known   bool   // what it asks for was known: it need not be resolved
	another bool   // Body has the id of another call still
	readErr error
	rest    journal.Rest
	raw     []byte    // the body without white space around it
	began   time.Time // real
	empty   bool      // there was no body
	outcome *Fault    // what resolving found; it waits for guards and limits
	fault   *Fault    // what was answered instead of what was asked for
	shown   []shown   // the tasks read
	given   *kept     // the kept answer that it was given, if it was
	foundID string    // the last task that was found by its id
	found   tenant.Ref
	asked   string // the task asked for, for the log
	state   string
	note    string

	// What stays of the call, for the journal and for who judges the client.
	owner        *tenant.Tenant // whose journal it belongs to: also where a token of its is refused
	number       int64          // its place among the owner's requests
	reading      clock.Reading  // of the owner's clock, when it arrived
	source       string         // the address it comes from
	trace        trace
	token        verify.Token
	named        *Token // the first token of a log-in that its credential named
	namedExpired bool
	claimed      *tenant.Tenant // whose call it says it is, without a proof

	// What the scenario's faults and surprises have to do with the call.
	decision  traffic.Decision
	stale     time.Duration // how old what it is shown is
	date      bool          // Retry-After is told as a date
	surprised []string      // the surprises that are in the answer
	done      bool          // the work was done
	striking  bool          // a fault of the scenario answers instead of the vendor
	outside   bool          // a tenant's name stands in the place of a token: what a scenario says of keys and tokens is not for it
	wire      wire          // how the reply leaves
	probing   bool          // nobody made it: it asks for the vendor's words

	echo []byte // the name that the client gave the call, as JSON; nil where the answer repeats none
	*scratch
}

// scratch is room that calls use one after the other. It is not cleared in between:
// whoever uses it begins with what he puts there.
type scratch struct {
	question []byte // what the request asks for, as resolutions know it
	key      []byte // the request, as kept answers know it
	small    []byte // a small body
	quoted   []byte // the echo
	own      http.Request
	url      url.URL
	entry    journal.Entry
	judged   [2]journal.Judged // room for its limits: more are rare
	inside   traffic.Inside    // what limits of requests at once count of it
	observed verify.Observation
	limits   [4]uint64 // room for its limits
	header   http.Header
	match    mux.RouteMatch
	vars     map[string]string // room for its path variables; empty between calls

	// Room for the one task that most calls are about.
	firstShown [1]shown
	firstTask  [1]journal.Shown
	firstSeen  [1]verify.Task
}

// Now is the instant of the tenant's time at which the call is answered; real
// time where no tenant was accepted.
func (c *Call) Now() time.Time { return c.now }

// BaseURL is scheme, host and the vendor's prefix: what stands before a path of the
// spec in this request's URL.
func (c *Call) BaseURL() string { return schemeOf(c.request) + "://" + c.request.Host + c.prefix }

// RequestPath is the path of the request below the vendor's prefix.
func (c *Call) RequestPath() string { return c.request.URL.Path }

// Targets are the path and query of the request as they were sent: below the
// vendor's prefix and, where there is one, with it. A client that signs its
// requests signs one of them.
func (c *Call) Targets() []string {
	u := *c.request.URL
	u.Scheme, u.Host, u.User = "", "", nil
	targets := []string{u.RequestURI()}
	if c.prefix != "" {
		targets = append(targets, c.prefix+targets[0])
	}
	return targets
}

// Fixtures is the tenant's filler data.
func (c *Call) Fixtures() *fixtures.Data { return c.Tenant.Fixtures }

// Read counts one read of a task and shows it, or answers false where the
// vendor does not know it. Call it once everything else is in order: a refused
// request is no read.
func (c *Call) Read(id string) (Entry, bool) {
	tasks, ref, ok := c.find(id)
	if !ok {
		return Entry{}, false
	}
	version, steady := tasks.Version(ref)
	var e Entry
	if e, c.now, ok = tasks.ReadOne(c.now, ref); !ok {
		return Entry{}, false
	}
	c.shown = append(c.shown, shown{tasks: tasks, ref: ref, version: version, steady: steady, until: e.Until})
	if c.stale > 0 {
		e = c.aged(e)
	}
	c.asked, c.state = id, stateOf(e)
	c.trace.show(&e)
	return e, true
}

// find is the place of the task of an id among the vendor's. The last one is
// remembered: an operation looks at a task before it reads it.
func (c *Call) find(id string) (*tenant.Tasks, tenant.Ref, bool) {
	tasks := c.Tenant.Tasks(c.vendor.Name)
	if c.foundID == id && id != "" {
		return tasks, c.found, true
	}
	ref, ok := tasks.Find(id)
	if ok {
		c.foundID, c.found = id, ref
	}
	return tasks, ref, ok
}

// age puts what a stale read shows in the place of what was read: each task as it
// was so long ago, at the earliest as it was made. The read has counted.
func (c *Call) age(entries []Entry) {
	if c.stale == 0 {
		return
	}
	for i := range entries {
		entries[i] = c.aged(entries[i])
	}
}

func (c *Call) aged(e Entry) Entry {
	return c.Tenant.Tasks(c.vendor.Name).Was(e.Ref, c.now.Add(-c.stale))
}

// Until says that what was read may be answered differently from an instant on,
// though the task itself does not change then.
func (c *Call) Until(t time.Time) {
	for i := range c.shown {
		if s := &c.shown[i]; s.until.IsZero() || t.Before(s.until) {
			s.until = t
		}
	}
}

// Look shows a task without counting a read.
func (c *Call) Look(id string) (Entry, bool) {
	tasks, ref, ok := c.find(id)
	if !ok {
		return Entry{}, false
	}
	e, ok := tasks.Look(ref, c.now)
	if ok && id == c.askedFor() {
		c.trace.show(&e)
	}
	return e, ok
}

// stateOf names what a task shows: its state, or its phase where subtasks make
// it up.
func stateOf(e Entry) string {
	if e.State != "" {
		return e.State
	}
	return string(e.Phase)
}

// TrackingID is the id of an error report, 32 lower-case hex digits: a hash of
// the seed, what it is for, and how many the tenant has had before.
func (c *Call) TrackingID(kind string) string {
	if c.probing {
		return Hex(0, 32)
	}
	seed, ordinal := c.handler.served.Scenario.Seed, &c.handler.tracked
	if c.owner != nil {
		seed, ordinal = c.owner.Seed, &c.owner.Tracked
	}
	var n int64
	if c.striking {
		n = -c.number // a fault leaves the ids of later reports as they are
	} else {
		n = ordinal.Add(1)
	}
	return Hex(task.LuckOf(seed, kind), 32, decimal(n))
}

// SeedLuck is luck that belongs to the tenant's seed and a name, not to a task.
func (c *Call) SeedLuck(name string) uint64 { return task.LuckOf(c.Tenant.Seed, name) }

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// QueryNumber is a whole number of the query; the contract has held it to its
// bounds and refused what is none.
func (c *Call) QueryNumber(name string, otherwise int) int {
	if n, err := strconv.Atoi(c.Query.Get(name)); err == nil {
		return n
	}
	return otherwise
}
