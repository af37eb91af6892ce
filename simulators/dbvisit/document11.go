package dbvisit

import (
	"strconv"

	"github.com/vendorsim/vendorsim/fixtures"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// configuration11 is a configuration in version 11, in the order of the sample.
type configuration11 struct {
	ConfigurationID       int64 `json:"ConfigurationId"`
	ConfigurationType     string
	ConfigurationName     string
	PrimaryAgentManagerID string `json:"PrimaryAgentManagerId"`
	PrimaryAgent          agent11
	StandbyAgentManagerID string `json:"StandbyAgentManagerId"`
	StandbyAgent          agent11
	Settings              settings
}

type agent11 struct {
	AgentManagerConfig agentManager11
	UserScript         string
	SpecificData       specificData11
}

type agentManager11 struct {
	NatsAddress               string
	NatsPort                  int
	HostAddress               string
	OS                        string
	DefaultBackupDir          string
	IPAddresses               []string
	ServiceUser               string
	AgentManagerID            string `json:"AgentManagerId"`
	FileTransferListenAddress string
	FileTransferListenPort    int
	EnableDebugServer         bool
}

// specificData11 is known for PostgreSQL only; for the others it is empty.
type specificData11 struct {
	Port            int    `json:"Port,omitempty"`
	BinaryDirectory string `json:"BinaryDirectory,omitempty"`
}

// kind11 is what a type of database is in version 11.
type kind11 struct {
	word, os, backups, user string
	specific                specificData11
}

var kinds11 = map[string]kind11{
	fixtures.TypeOracle: {"Oracle", "linux", "/usr/dbvisit/standbymp/backup", "oracle", specificData11{}},
	fixtures.TypePostgreSQL: {"PostgreSQL", "linux", "/usr/dbvisit/standbymp/backup", "postgres",
		specificData11{5432, "/usr/lib/postgresql/15/bin"}},
	fixtures.TypeSQLServer: {"SQLServer", "windows", `C:\Program Files\Dbvisit\StandbyMP\backup`, "dbvisit", specificData11{}},
}

func (d configuration) document11(c *sim.Call) configuration11 {
	primary, standby := d.agent11(c, d.PrimaryHost), d.agent11(c, d.StandbyHost)
	return configuration11{
		ConfigurationID: d.ID, ConfigurationType: kinds11[d.Type].word, ConfigurationName: d.Name,
		PrimaryAgentManagerID: primary.AgentManagerConfig.AgentManagerID, PrimaryAgent: primary,
		StandbyAgentManagerID: standby.AgentManagerConfig.AgentManagerID, StandbyAgent: standby,
		Settings: d.Settings,
	}
}

// agent11 is the agent on a host. Its id and address follow from the host, so
// that two databases on one host have the same.
func (d configuration) agent11(c *sim.Call, host string) agent11 {
	luck, kind := c.SeedLuck("agent "+host), kinds11[d.Type]
	return agent11{
		AgentManagerConfig: agentManager11{
			NatsAddress: "controlcenter", NatsPort: 5533, HostAddress: host, OS: kind.os, DefaultBackupDir: kind.backups,
			IPAddresses: []string{"192.0.2." + strconv.FormatUint(1+luck%254, 10)}, // RFC 5737
			ServiceUser: kind.user, AgentManagerID: strconv.FormatUint(luck, 36), FileTransferListenPort: 7890,
		},
		SpecificData: kind.specific,
	}
}
