// Package sim is what a vendor is written against: Vendor, Call, Reply, Fault,
// and the one fixed order in which a request is answered. It must not know any
// vendor, YAML, or what time it is.
//
// The order: resolve (operation, kind, task; the body is read once) -> guards
// -> limits -> faults before the work -> request contract -> operation -> encode
// -> response contract -> faults after the work, surprises, mangling -> write. A
// request that meets no operation is resolved too, as a fault that waits until
// guards, limits and the scenario's faults have had their say.
//
// Two things are called a fault. Fault is a failure before the vendor has worded
// it, whatever led to it; a scenario's fault (scenarios.Fault) is what goes wrong
// on purpose, which may ask for such a failure.
package sim

import (
	"net/http"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// Names that the author of a vendor meets.
type (
	IDs        = tenant.IDs
	Credential = tenant.Credential
	Options    = tenant.Options
)

// The profiles.
const (
	Documented = tenant.Documented
	Observed   = tenant.Observed
)

// DefaultSecret is the secret of a tenant that was not made with another. The
// vendors' signatures need one; where there is none, any secret is as good.
const DefaultSecret = tenant.DefaultSecret

// Vendor is one imitated company. Method and path of its operations come from
// its spec, openapi/<Name>.yaml.
type Vendor struct {
	Name  string   // the one word used everywhere
	Title string   // how people call it
	Hosts []string // real host names, for routing by Host; "*.x" stands for any name below x

	// Credential reads who asks. It answers a fault where there is nothing to
	// read; whether the credential is accepted is decided elsewhere.
	Credential func(*Call) (Credential, *Fault)
	Guards     []Guard // header rules and the like, in order, after the credential is accepted
	Operations map[string]Operation
	Fault      func(*Call, *Fault) Reply // the vendor's wording of each kind of failure
	Changed    func(*Call, Change)       // hears of changes where Call.Listen was called; nil if it never is

	Echo Echo // where answers repeat the name that a client gave its call, if they do

	IDs      IDs
	Examples []scenarios.Task // the tasks of its documentation
	Limits   func(Options) []scenarios.Limit
	Auth     scenarios.Auth // what it documents of tokens, where a scenario says nothing; no TokenTTL: it gives none

	// Refreshes: a client can have a token refreshed, as often as Auth says.
	Refreshes bool

	// HTML is the error page that what stands before the vendor shows with a
	// status; "" where it has none. The call may be one that nobody made. nil: it
	// has no pages.
	HTML func(c *Call, status int) string

	// Login writes the credential of a tenant into the header of a request to a
	// server part of the paths (Call.Base), for examples and tests.
	Login func(h http.Header, base, tenantName string)
	// Env are the variables that the vendor's own clients read.
	Env func(base, tenantName string) []Variable
}

// Variable is one environment variable.
type Variable struct{ Name, Value string }

// Guard refuses a request, or answers nil.
type Guard func(*Call) *Fault

// Operation answers a request. It returns a value and never sees a
// ResponseWriter, a path or a clock. An error that is a *Fault is worded by the
// vendor; any other is a defect and answers the vendor's internal error.
//
// A good answer that showed one task, or a page of one list, is kept and given
// again until the task, or the list, next changes. So it may depend on the call's
// path, query, body and the headers that the spec declares, on the tenant and on
// what it showed; on nothing else, and not on Now.
type Operation func(*Call) (Reply, error)

// Tenants is what tenants need to know of the vendor.
func (v *Vendor) Tenants(spec *openapi.Spec) tenant.Vendor {
	defaults := map[string]any{}
	for _, o := range spec.Options {
		defaults[o.Name] = o.Default
	}
	return tenant.Vendor{Name: v.Name, IDs: v.IDs, Examples: v.Examples, Options: defaults, Limits: v.Limits}
}
