// Package sailpoint imitates SailPoint Identity Security Cloud: its log-in, the
// calls that start aggregations, and the API of their task-status. It must not know another vendor, YAML, routing or what time it is; its
// paths, schemas and evidence stand in openapi/sailpoint.yaml.
package sailpoint

import (
	"net/http"
	"strconv"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// New is the vendor.
func New() *sim.Vendor {
	return &sim.Vendor{
		Name:       "sailpoint",
		Title:      "SailPoint Identity Security Cloud",
		Hosts:      []string{"*.api.identitynow.com", "*.api.identitynow-demo.com"},
		Credential: credential,
		Guards:     []sim.Guard{accessOnly, experimental},
		Operations: operations,
		Fault:      fault,
		HTML:       html,
		Auth:       scenarios.Auth{TokenTTL: accessLife},
		Refreshes:  true,
		IDs:        ids,
		Examples:   examples,
		Limits:     limits,
		Login: func(h http.Header, _, tenant string) {
			h.Set("Authorization", "Bearer "+tenant)
		},
		Env: func(base, tenant string) []sim.Variable {
			return []sim.Variable{{Name: "SAIL_BASE_URL", Value: base}, {Name: "SAIL_CLIENT_ID", Value: tenant}, {Name: "SAIL_CLIENT_SECRET", Value: "secret"}}
		},
	}
}

// operations, by the vendor's own names.
var operations = map[string]sim.Operation{
	"getToken":                    getToken,
	"getTaskStatus":               getTaskStatus,
	"getTaskStatusList":           getTaskStatusList,
	"getPendingTasks":             getPendingTasks,
	"getPendingTaskHeaders":       getPendingTaskHeaders,
	"updateTaskStatus":            func(c *sim.Call) (sim.Reply, error) { return c.Alone(updateTaskStatus) },
	"getAccountAggregationStatus": getAccountAggregationStatus,
	"importAccounts":              importAccounts,
	"importUncorrelatedAccounts":  importUncorrelatedAccounts,
	"importEntitlements":          importEntitlements,
	"importEntitlementsBySource":  importEntitlementsBySource,
	"submitReloadAccount":         submitReloadAccount,
}

// limits: 100 requests a token in 10 s, then 429 with Retry-After.
// https://developer.sailpoint.com/docs/api/rate-limit
func limits(sim.Options) []scenarios.Limit {
	return []scenarios.Limit{{Vendor: "sailpoint", Per: "token", Requests: 100, Window: 10 * time.Second}}
}

// ids are 32 lower-case hex digits, as real ones. The first half carries the
// number, the second is filler made from it.
var ids = sim.IDs{
	Bits: 64,
	Format: func(n uint64, _ time.Time, _ *scenarios.Task) string {
		var room [32]byte
		return string(sim.AppendHexNumber(sim.AppendHex(room[:0], n, 16), n, 16))
	},
	Parse: func(id string) (uint64, bool) {
		if len(id) != 32 {
			return 0, false
		}
		n, err := strconv.ParseUint(id[16:], 16, 64)
		return n, err == nil
	},
}

// examples are the tasks of the documented page.
var examples = []scenarios.Task{{
	ID: "id12345",
	Set: map[string]any{
		"uniqueName":  "Big Task",
		"description": "A Really Big Task",
		"parentName":  "Parent Task",
		"target":      targetOf(documentedSource),
		"returns":     []returned{{Name: "label", AttributeName: "identityCount"}},
		"attributes":  map[string]any{"identityCount": 0},
	},
}}
