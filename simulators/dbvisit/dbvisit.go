// Package dbvisit imitates the task calls of Dbvisit StandbyMP, version 12. It
// must not know another vendor, YAML, routing or what time it is; its paths,
// schemas and evidence stand in openapi/dbvisit.yaml.
package dbvisit

import (
	"net/http"
	"strconv"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// New is the vendor. It has no public host: the product runs on the customer's
// own machine. It has no documented limits either.
func New() *sim.Vendor {
	return &sim.Vendor{
		Name:       "dbvisit",
		Title:      "Dbvisit StandbyMP",
		Credential: credential,
		Operations: map[string]sim.Operation{"taskList": taskList, "taskShow": taskShow},
		Fault:      fault,
		IDs:        ids,
		Examples:   []scenarios.Task{{ID: "1"}}, // task 1 of configuration 1, as on the pages
		Login: func(h http.Header, _, tenant string) {
			sim.SetBasic(h, tenant, "secret")
		},
		// The vendor ships no client that would read its own names; these are ours.
		Env: func(base, tenant string) []sim.Variable {
			return []sim.Variable{{Name: "DBVISIT_URL", Value: base}, {Name: "DBVISIT_USER", Value: tenant}, {Name: "DBVISIT_PASSWORD", Value: "secret"}}
		},
	}
}

// credential reads Basic: the user is the tenant.
func credential(c *sim.Call) (sim.Credential, *sim.Fault) {
	user, password, ok := sim.Basic(c.Header)
	if !ok {
		return sim.Credential{}, &sim.Fault{Kind: sim.Unauthorized, Missing: true}
	}
	return sim.Credential{Name: user, Secret: password, HasSecret: true}, nil
}

// ids count from 1, as a database does.
var ids = sim.IDs{
	From:   func(time.Time) uint64 { return 1 },
	Format: func(n uint64, _ time.Time, _ *scenarios.Task) string { return strconv.FormatUint(n, 10) },
	Parse: func(id string) (uint64, bool) {
		n, err := strconv.ParseUint(id, 10, 63)
		return n, err == nil
	},
}

// failure is the envelope of every answer that is no success.
type failure struct {
	Error      failureText `json:"error"`
	Successful bool        `json:"successful"` // always false
}

type failureText struct {
	Message string `json:"message"`
}

// refusals are the statuses and texts. The page documents the envelope and the
// status 400; the texts are ours.
var refusals = map[sim.Kind]struct {
	status int
	text   string
}{
	sim.Unauthorized:     {http.StatusUnauthorized, "authentication failed"},
	sim.Forbidden:        {http.StatusForbidden, "permission denied"},
	sim.NotFound:         {http.StatusNotFound, "unknown command"},
	sim.MethodNotAllowed: {http.StatusMethodNotAllowed, "method not allowed"},
	sim.UnknownMethod:    {http.StatusNotFound, "unknown command"},
	sim.UnknownTask:      {http.StatusBadRequest, "task not found"},
	sim.Malformed:        {http.StatusBadRequest, "request body is not valid JSON"},
	sim.TooLarge:         {http.StatusRequestEntityTooLarge, "request body is too large"},
	sim.RateLimited:      {http.StatusTooManyRequests, "too many requests"},
	sim.Internal:         {http.StatusInternalServerError, "internal error"},
	sim.Unavailable:      {http.StatusServiceUnavailable, "service unavailable"},
}

// fault words a failure.
func fault(_ *sim.Call, f *sim.Fault) sim.Reply {
	if f.Kind == sim.Invalid {
		return refuse(http.StatusBadRequest, invalid(f))
	}
	known := refusals[f.Kind]
	reply := refuse(known.status, known.text)
	switch f.Kind {
	case sim.Unauthorized:
		return reply.With("WWW-Authenticate", `Basic realm="StandbyMP"`)
	case sim.MethodNotAllowed:
		return reply.With("Allow", http.MethodPost) // every call is a POST
	case sim.RateLimited, sim.Unavailable:
		return reply.With("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	return reply
}

// invalid says what is wrong with a request.
func invalid(f *sim.Fault) string {
	if f.Detail != "" {
		return f.Detail
	}
	v, what := f.Violation, "request body"
	if v.Field != "" {
		what = "parameter " + v.Name()
	}
	switch v.Rule {
	case "required":
		return "missing " + what
	case "nullable":
		return "invalid " + what + ": value must not be null"
	}
	return "invalid " + what + ": " + v.Text
}

func refuse(status int, text string) sim.Reply {
	return sim.JSON(status, failure{Error: failureText{text}})
}
