// Package sailpoint imitates SailPoint Identity Security Cloud's task-status
// API. It must not know another vendor, YAML, routing or what time it is; its
// paths, schemas and evidence stand in openapi/sailpoint.yaml.
package sailpoint

import (
	"net/http"
	"strconv"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
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
		Guards:     []sim.Guard{experimental},
		Operations: map[string]sim.Operation{"getTaskStatus": getTaskStatus},
		Fault:      fault,
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

// credential reads the bearer token: the tenant's own name.
func credential(c *sim.Call) (sim.Credential, *sim.Fault) {
	token, ok := sim.Bearer(c.Header)
	if !ok || token == "" {
		return sim.Credential{}, &sim.Fault{Kind: sim.Unauthorized, Missing: true}
	}
	c.Token = token
	return sim.Credential{Name: token}, nil
}

// experimentalHeader must be "true" where the API is experimental: /v2024,
// /v2025 and /v2026 as on the documented page, and nowhere in what the vendor
// serves today.
const experimentalHeader = "X-SailPoint-Experimental"

func experimental(c *sim.Call) *sim.Fault {
	if c.Profile == sim.Observed || c.Op == nil || c.Header.Get(experimentalHeader) == "true" {
		return nil
	}
	switch c.Base {
	case "/v2024", "/v2025", "/v2026":
		return sim.InvalidField(openapi.InHeader, experimentalHeader, "required", "must be true to use this experimental API")
	}
	return nil
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
		return sim.Hex(n, 16) + sim.HexNumber(n, 16)
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
		"target":      target{ID: "c6dc37bf508149b28ce5b7d90ca4bbf9", Type: "APPLICATION", Name: "Active Directory [source]"},
		"returns":     []returned{{Name: "label", AttributeName: "identityCount"}},
		"attributes":  map[string]any{"identityCount": 0},
	},
}}
