// Package cisco imitates the tasks of Cisco's Firewall Management Center: of the
// cloud-delivered one (cdFMC) behind Security Cloud Control (SCC), and of the
// one on a customer's own machine. It must not know another vendor, YAML,
// routing or what time it is; its paths, schemas and evidence stand in
// openapi/cisco.yaml.
package cisco

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
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
		Guards:     []sim.Guard{accessOnly},
		Operations: operations(),
		Fault:      fault,
		HTML:       html,
		Auth:       scenarios.Auth{TokenTTL: tokenLife, Refreshes: new(maxRefreshes)},
		Refreshes:  true,
		IDs:        ids,
		Examples:   []scenarios.Task{{ID: "133143986189", Set: map[string]any{fieldTaskType: deviceDeployment}}},
		Limits:     limits,
		// At the root, where an FMC logs users in itself, both that and its token.
		Login: func(h http.Header, base, tenant string) {
			if base != "" {
				h.Set("Authorization", "Bearer "+tenant)
				return
			}
			sim.SetBasic(h, tenant, "secret")
			h.Set(accessTokenHeader, tenant)
		},
		// The Terraform provider reads them; go-fmc, which it is made of, reads
		// none. It takes a user or FMC_TOKEN, not both. The same address serves
		// either: at the root, the tenant's name is a bearer token too.
		Env: func(base, tenant string) []sim.Variable {
			return []sim.Variable{
				{Name: "FMC_URL", Value: base}, {Name: "FMC_USERNAME", Value: tenant}, {Name: "FMC_PASSWORD", Value: "secret"},
			}
		},
	}
}

// operations are what is served, by the vendor's own names.
func operations() map[string]sim.Operation {
	all := map[string]sim.Operation{
		opGenerate: generate, opRefresh: refresh, "revokeaccess": revoke,
		"getAllServerVersion": listVersions, "getAllDomain": listDomains, "getApiDescription": describe,
		"getTaskStatus": getTaskStatus, "getAllTaskStatus": listTasks,
		"getDeployableDevice": listDeployable, "getAllJobHistory": listJobs, "getJobHistory": getJob,
		"getAllDevice": listDevices, "getDevice": getDevice,
	}
	starts := map[string]sim.Operation{
		"createDeploymentRequest": deploy, "createRollbackRequest": rollBack, "createPendingChangesRequest": compare,
		"createDevice": register, "createDeviceExport": export, "createDeviceImport": importInto,
		"createDeviceCopyConfigRequest": copyConfig, "createDeviceBackup": backUp, "createUpgrade": upgrade,
	}
	for name, start := range starts { // so two that come together see each other's task
		all[name] = func(c *sim.Call) (sim.Reply, error) { return c.Alone(start) }
	}
	for name, op := range all {
		all[name] = inDomain(op)
	}
	return all
}

// globalDomain is the UUID of the global domain, the same on every FMC.
const globalDomain = "e276abec-e0f2-11e3-8169-6d9ed49b625f"

// inDomain is the operation for the one domain that there is.
func inDomain(op sim.Operation) sim.Operation {
	return func(c *sim.Call) (sim.Reply, error) {
		switch domain(c) {
		case globalDomain, "global", "default":
			return op(c)
		}
		fault := &sim.Fault{Kind: sim.NotFound, Note: "no such domain"}
		return sim.Reply{}, fault.Naming(openapi.InPath, "domainUUID", globalDomain+", the one domain that there is")
	}
}

// domain is the domain as the path names it; calls of the platform name none.
func domain(c *sim.Call) string { return cmp.Or(c.Path["domainUUID"], globalDomain) }

// address is the full address of a resource of the domain, at the door at which
// the request came in.
func address(c *sim.Call, resource string) string {
	return c.BaseURL() + c.Base + "/api/fmc_config/v1/domain/" + domain(c) + resource
}

// limits: 120 requests a minute from one address, 300 from 7.4.1 on, and 10 at
// once.
func limits(o sim.Options) []scenarios.Limit {
	requests := 120
	if slices.Compare(parseVersion(o.String("server_version")), []int{7, 4, 1}) >= 0 {
		requests = 300
	}
	return []scenarios.Limit{
		{Vendor: "cisco", Per: "source", Requests: requests, Window: time.Minute},
		{Vendor: "cisco", Per: "source", Concurrent: 10},
	}
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
