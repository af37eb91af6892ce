// Package cisco imitates the task statuses of Cisco's Firewall Management
// Center: the cloud-delivered one (cdFMC) behind Security Cloud Control (SCC),
// and the one on a customer's own machine. It must not know another vendor,
// YAML, routing or what time it is; its paths, schemas and evidence stand in
// openapi/cisco.yaml.
package cisco

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// New is the vendor.
func New() *sim.Vendor {
	return &sim.Vendor{
		Name:  "cisco",
		Title: "Cisco Secure Firewall Management Center",
		Hosts: []string{
			"api.us.security.cisco.com", "api.eu.security.cisco.com", "api.apj.security.cisco.com",
			"api.au.security.cisco.com", "api.in.security.cisco.com", "api.int.security.cisco.com",
			"scale.manage.security.cisco.com", "ci.manage.security.cisco.com", "manage.stg.secure.cisco",
			"*.cdo.cisco.com", // edge.us.cdo.cisco.com, and each tenant's own host below app.us.cdo.cisco.com
		},
		Credential: credential,
		Operations: map[string]sim.Operation{"getTaskStatus": getTaskStatus},
		Fault:      fault,
		IDs:        ids,
		Examples:   []scenarios.Task{{ID: "133143986189", Set: map[string]any{fieldTaskType: deviceDeployment}}},
		Limits:     limits,
		Login: func(h http.Header, _, tenant string) {
			h.Set("Authorization", "Bearer "+tenant)
		},
		// The Terraform provider reads them; go-fmc, which it is made of, reads
		// none. It adds /v1/cdfmc only to Cisco's own host names. FMC_USERNAME and
		// FMC_PASSWORD would be for an FMC at the root: it takes one or the other.
		Env: func(base, tenant string) []sim.Variable {
			return []sim.Variable{{Name: "FMC_URL", Value: base + "/v1/cdfmc"}, {Name: "FMC_TOKEN", Value: tenant}}
		},
	}
}

// accessTokenHeader carries the token that an FMC gives out itself.
const accessTokenHeader = "X-auth-access-token"

// credential reads the token: the tenant's own name. Where a client sends both
// headers, the FMC's own counts.
func credential(c *sim.Call) (sim.Credential, *sim.Fault) {
	token, ok := c.Header.Get(accessTokenHeader), true
	if token == "" {
		token, ok = sim.Bearer(c.Header)
	}
	if !ok || token == "" {
		return sim.Credential{}, &sim.Fault{Kind: sim.Unauthorized, Missing: true}
	}
	c.Token = token
	return sim.Credential{Name: token}, nil
}

// limits: 120 requests a minute from one address, 300 from 7.4.1 on.
func limits(o sim.Options) []scenarios.Limit {
	requests := 120
	if slices.Compare(parseVersion(o.String("server_version")), []int{7, 4, 1}) >= 0 {
		requests = 300
	}
	return []scenarios.Limit{{Vendor: "cisco", Per: "source", Requests: requests, Window: time.Minute}}
}

// parseVersion splits a version such as 7.4.1. The contract of the option has
// refused whatever is no number.
func parseVersion(version string) []int {
	var out []int
	for part := range strings.SplitSeq(version, ".") {
		n, _ := strconv.Atoi(part)
		out = append(out, n)
	}
	return out
}
