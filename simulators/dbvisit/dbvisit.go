// Package dbvisit imitates the API of Dbvisit StandbyMP: tasks, the commands that
// make them and configurations, of version 12 and of version 11. It must not know
// another vendor, YAML, routing or what time it is; its paths, schemas and
// evidence stand in openapi/dbvisit.yaml. Names of version 11 end in 11.
package dbvisit

import (
	"net/http"
	"strconv"
	"time"

	"github.com/vendorsim/vendorsim/fixtures"
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
		Operations: operations,
		Fault:      fault,
		HTML:       html,
		Auth:       scenarios.Auth{TokenTTL: cookieLife},
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

var operations = map[string]sim.Operation{
	"taskList":           taskList,
	"taskShow":           taskShow,
	"listConfigurations": listConfigurations,

	"switchoverOracle":          start(fixtures.TypeOracle, "Switchover"),
	"switchoverPostgresql":      start(fixtures.TypePostgreSQL, "Switchover"),
	"activateOracle":            start(fixtures.TypeOracle, "Activate"),
	"activatePostgresql":        start(fixtures.TypePostgreSQL, "Activate"),
	"drTestStartOracle":         start(fixtures.TypeOracle, "Start DR test"),
	"syncOracle":                start(fixtures.TypeOracle, "Synchronize standby"),
	"readOnlyModeExitSqlserver": start(fixtures.TypeSQLServer, "Exit read-only mode"),

	"login":                      login,
	"createTask":                 createTask,
	"getTask":                    getTask,
	"getConfigurations":          getConfigurations,
	"getConfiguration":           getConfiguration,
	"editConfiguration":          editConfiguration,
	"editAutomatedStandbyUpdate": editAutomatedStandbyUpdate,
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
