package dbvisit

import (
	"encoding/json"

	"github.com/vendorsim/vendorsim/fixtures"
	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// started is the answer of every command that makes a task.
type started struct {
	TaskID uint64 `json:"task_id"`
}

// databaseNames are the types of configuration as a person writes them.
var databaseNames = map[string]string{
	fixtures.TypeOracle: "Oracle", fixtures.TypePostgreSQL: "PostgreSQL", fixtures.TypeSQLServer: "SQL Server",
}

// start is a command that makes a task with this title, for configurations of
// one type of database.
func start(database, title string) sim.Operation {
	return func(c *sim.Call) (sim.Reply, error) {
		p := params(c)
		id, _, fault := integer(p, "configuration_id", "params.")
		if fault != nil {
			return sim.Reply{}, fault
		}
		d, ok := configurationOfID(c, id)
		switch {
		case !ok:
			return sim.Reply{}, unknownConfiguration(c, "params.configuration_id")
		case d.Type != database:
			fault := &sim.Fault{Kind: sim.Invalid, Detail: "configuration is not of type " + databaseNames[database]}
			return sim.Reply{}, fault.Naming(openapi.InBody, "params.configuration_id", "the id of a configuration of type "+databaseNames[database])
		}
		scripts, _ := p["user_script"].(map[string]any)
		for host := range scripts {
			if host != d.PrimaryHost && host != d.StandbyHost {
				fault := &sim.Fault{Kind: sim.Invalid, Detail: "invalid parameter user_script: a key must be the primary or the standby host"}
				return sim.Reply{}, fault.Naming(openapi.InBody, "params.user_script", "members "+d.PrimaryHost+" and "+d.StandbyHost)
			}
		}
		body, err := json.Marshal(p) // the same for the same request, however it is spaced
		if err != nil {
			return sim.Reply{}, err
		}
		e, err := create(c, id, title, body)
		if err != nil {
			return sim.Reply{}, err
		}
		return answer(c, started{number(e)})
	}
}

// create makes a task of a configuration, performed by the account that asks.
func create(c *sim.Call, configuration int64, title string, body []byte) (sim.Entry, error) {
	return c.Create(sim.Creation{
		Name: title,
		Set:  map[string]any{"configuration_id": configuration, "performed_by": c.Tenant.Name},
		Body: body,
	})
}
