// Package checkpoint imitates Check Point Harmony Email & Collaboration (HEC) at
// both of its doors, the Infinity gateway and the legacy Avanan Smart API: the
// log-ins, actions on e-mails and their tasks, and the searches that find what
// to act upon. It must not know another vendor, YAML, routing or what time it
// is; its paths, schemas and evidence stand in openapi/checkpoint.yaml.
package checkpoint

import (
	"strconv"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// New is the vendor.
func New() *sim.Vendor {
	return &sim.Vendor{
		Name:       "checkpoint",
		Title:      "Check Point Harmony Email & Collaboration",
		Hosts:      hosts,
		Echo:       sim.Echo{Header: requestID, Member: "responseEnvelope.requestId"},
		Credential: credential,
		Operations: map[string]sim.Operation{
			"authExternal":     authExternal,
			"authExternalUser": authExternal,
			"authExternalV2":   authExternal,
			"auth":             authLegacy,
			"getScopes":        getScopes,
			"actionEntity":     actionEntity,
			"actionEvent":      actionEvent,
			"getTask":          getTask,
			"eventQuery":       eventQuery,
			"getEvent":         getEvent,
			"searchQuery":      searchQuery,
			"getEntity":        getEntity,
		},
		Fault:    fault,
		HTML:     html,
		Auth:     scenarios.Auth{TokenTTL: infinityLife},
		IDs:      ids,
		Examples: examples,
		Login:    login,
		// No public client of this API shares a name with another one; these are
		// the fields of its login, clientId and accessKey.
		Env: func(base, tenant string) []sim.Variable {
			return []sim.Variable{
				{Name: "CHECKPOINT_BASE_URL", Value: base},
				{Name: "CHECKPOINT_CLIENT_ID", Value: tenant},
				{Name: "CHECKPOINT_ACCESS_KEY", Value: sim.DefaultSecret},
			}
		},
	}
}

// hosts are the gateways of all regions and their legacy twins. Clients
// disagree on the Emirates' gateway, me or ae, so both are served.
var hosts = []string{
	"cloudinfra-gw-us.portal.checkpoint.com",
	"cloudinfra-gw.portal.checkpoint.com",
	"cloudinfra-gw.ap.portal.checkpoint.com",
	"cloudinfra-gw.ca.portal.checkpoint.com",
	"cloudinfra-gw.in.portal.checkpoint.com",
	"cloudinfra-gw.uk.portal.checkpoint.com",
	"cloudinfra-gw.me.portal.checkpoint.com",
	"cloudinfra-gw.ae.portal.checkpoint.com",
	"smart-api-production-1-us.avanan.net",
	"smart-api-production-1-eu.avanan.net",
	"smart-api-production-5-ap.avanan.net",
	"smart-api-production-1-ca.avanan.net",
	"smart-api-production-1-aps1.avanan.net",
	"smart-api-production-1-euw2.avanan.net",
	"smart-api-production-1-mec1.avanan.net",
	"smart-api-qa-1-us.avanan.net",
}

// ids are the microseconds of the creation; a number that is taken makes way
// to the next one.
var ids = sim.IDs{
	From:    micros,
	Format:  func(n uint64, _ time.Time, _ *scenarios.Task) string { return strconv.FormatUint(n, 10) },
	Parse:   parseID,
	Aliases: map[string]string{"4b8312c5b04d4a6d884662237fa2e25d": "1628077538799978"},
	Shown: func(t *scenarios.Task, place int, created time.Time) string {
		set, _ := openapi.Number(t.Set["id"])
		return strconv.FormatUint(shownNumber(uint64(set), t.ID, place, created), 10)
	},
}

// shownNumber is the id that a task's answer shows: the one that is set, else
// the one it has. A task whose id is no number gets one just before its
// creation, where minted ids do not begin.
func shownNumber(set uint64, id string, place int, created time.Time) uint64 {
	if set > 0 {
		return set
	}
	if n, ok := parseID(id); ok {
		return n
	}
	return micros(created.Add(-time.Duration(1+place) * time.Microsecond))
}

// micros is an instant in microseconds since 1970; an earlier one counts as the
// first, since ids begin with 1.
func micros(t time.Time) uint64 { return uint64(max(t.UnixMicro(), 1)) }

// hexDigits is how long the ids of the documented request are.
const hexDigits = 32

func parseID(id string) (uint64, bool) {
	if len(id) == hexDigits {
		return 0, false
	}
	n, err := strconv.ParseUint(id, 10, 64)
	return n, err == nil
}

// examples is the task of the documented page: its request asks by the alias,
// its response shows the number.
var examples = []scenarios.Task{{ID: "1628077538799978"}}
