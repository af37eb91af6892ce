// Package bitdefender imitates Bitdefender GravityZone's JSON-RPC API: starting
// tasks on endpoints and on the quarantine, and asking how they fare. It must not know another vendor, YAML, routing or what time it
// is; its paths, schemas and evidence stand in openapi/bitdefender.yaml.
package bitdefender

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
		Name:  "bitdefender",
		Title: "Bitdefender GravityZone",
		Hosts: []string{
			"cloud.gravityzone.bitdefender.com", "cloudgz.gravityzone.bitdefender.com", "cloudap.gravityzone.bitdefender.com",
			"cloudrbx.ovh.gravityzone.bitdefender.com", "cloudham.s11.gravityzone.bitdefender.com", "cloudher.dts.gravityzone.bitdefender.com",
		},
		Echo:       sim.Echo{Member: "id"},
		Credential: credential,
		Guards:     []sim.Guard{enabledAPI},
		Operations: operations,
		Fault:      fault,
		HTML:       html,
		Changed:    changed,
		IDs:        ids,
		Examples:   examples,
		Limits:     limits,
		Login:      func(h http.Header, _, tenant string) { sim.SetBasic(h, tenant, "") },
		// No client of the vendor's reads variables; the names are ours.
		Env: func(base, tenant string) []sim.Variable {
			return []sim.Variable{{Name: "GRAVITYZONE_URL", Value: base + "/api"}, {Name: "GRAVITYZONE_API_KEY", Value: tenant}}
		},
	}
}

// operations are the methods by name. One that several APIs, services or
// versions have is one function.
var operations = map[string]sim.Operation{
	"getApiKeyDetails":  getAPIKeyDetails,
	"getCompanyDetails": getCompanyDetails,
	"getEndpointsList":  getEndpointsList,

	"createScanTask":              createScanTask,
	"createScanTaskByMac":         createScanTaskByMac,
	"createReconfigureClientTask": createReconfigureClientTask,
	"killProcess":                 killProcess,
	"getTaskStatus":               getTaskStatus,
	"getScanTasksList":            getScanTasksList,
	"deleteTask":                  alone(deleteTask),

	"createIsolateEndpointTask":              createIsolateEndpointTask,
	"createRestoreEndpointFromIsolationTask": createRestoreEndpointFromIsolationTask,

	"getQuarantineItemsList":                  getQuarantineItemsList,
	"createRemoveQuarantineItemTask":          alone(createRemoveQuarantineItemTask),
	"createRestoreQuarantineItemTask":         alone(createRestoreQuarantineItemTask),
	"createEmptyQuarantineTask":               alone(createEmptyQuarantineTask),
	"createAddFileToQuarantineTask":           alone(createAddFileToQuarantineTask),
	"createRestoreQuarantineExchangeItemTask": alone(createRestoreQuarantineExchangeItemTask),
	"createReleaseQuarantineExchangeItemTask": alone(createReleaseQuarantineExchangeItemTask),

	"setPushEventSettings": setPushEventSettings,
	"getPushEventSettings": getPushEventSettings,
	"sendTestPushEvent":    sendTestPushEvent,
	"getPushEventStats":    getPushEventStats,
	"resetPushEventStats":  resetPushEventStats,
}

// credential reads the API key, which is the user name of Basic. There is no
// secret: the documented password is empty, and any other is not looked at.
func credential(c *sim.Call) (sim.Credential, *sim.Fault) {
	key, _, ok := sim.Basic(c.Header)
	if !ok || key == "" {
		return sim.Credential{}, &sim.Fault{Kind: sim.Unauthorized, Missing: true}
	}
	return sim.Credential{Name: key}, nil
}

// ids are MongoDB's ObjectIds: 8 hex digits of the second of creation, then 16
// that carry the number.
var ids = sim.IDs{
	Bits: 64,
	Format: func(n uint64, created time.Time, _ *scenarios.Task) string {
		var room [24]byte
		return string(sim.AppendHexNumber(sim.AppendHexNumber(room[:0], uint64(uint32(created.Unix())), 8), n, 16))
	},
	Parse: func(id string) (uint64, bool) {
		if len(id) != 24 {
			return 0, false
		}
		n, err := strconv.ParseUint(id[8:], 16, 64)
		return n, err == nil
	},
}

// objectID is the made-up id of something that is not a task. The first two
// digits put its creation into 2023 or 2024, where the page's own ids are.
func objectID(luck uint64) string { return "65" + sim.Hex(luck, 22) }

// examples are the tasks of the documented page.
var examples = []scenarios.Task{
	// Five subtasks, as the page's totalTargetsCount says. The stagger is short,
	// so that the last of them ends within 12 s in the scenario happy.
	{ID: "65f46d08c6d2865b32048ba3", Subtasks: &scenarios.Subtasks{Count: 5, Stagger: 200 * time.Millisecond}},
	{ID: "21a295eeb1a43d8b497b23b7", Name: "task", Lifecycle: scenarios.Waiting},
}

// alone lets one such request of a tenant be answered at a time: it looks at
// what is there before it acts.
func alone(op sim.Operation) sim.Operation {
	return func(c *sim.Call) (sim.Reply, error) { return c.Alone(op) }
}
