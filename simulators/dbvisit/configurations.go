package dbvisit

import (
	"fmt"

	"github.com/vendorsim/vendorsim/fixtures"
	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// configurations is how many configurations the customer has, if he does not
// bring more of his own. One further up exists where a scenario's task belongs to
// it. Few seeds leave out a type of database among so many.
const configurations = 12

// noConfiguration refuses a configuration that does not exist.
const noConfiguration = "configuration not found"

// unknownConfiguration is that refusal, of the id in a field of the body.
func unknownConfiguration(c *sim.Call, field string) *sim.Fault {
	fault := &sim.Fault{Kind: sim.Invalid, Detail: noConfiguration}
	return fault.Naming(openapi.InBody, field, configurationIDs(c))
}

// configurationIDs says what a configuration is called by.
func configurationIDs(c *sim.Call) string {
	all := fleet(c)
	if len(all) == 0 {
		return "the id of a configuration"
	}
	return fmt.Sprintf("the id of a configuration that there is, such as %d", all[0].ID)
}

// configuration is a database with its standby and what clients set of it.
type configuration struct {
	ID int64
	fixtures.Configuration
	Settings settings
}

// settings are what version 11 can change, in the order of its page.
type settings struct {
	ApplicationDelayMinutes int64
	StandbyModeConfig       struct {
		UndoFilePath string
		Enabled      bool
	}
	AutoSyncConfig struct {
		Enabled         bool
		IntervalSeconds int64
		BackupType      string
	}
	AutomatedStandbyUpdate struct {
		Enabled bool
	}
}

// fresh are the settings of a configuration that nobody has changed.
func fresh() (s settings) {
	s.AutomatedStandbyUpdate.Enabled = true
	return s
}

// fleet are all configurations, computed once a tenant.
func fleet(c *sim.Call) []configuration {
	if known, ok := c.Note("fleet").([]configuration); ok {
		return known
	}
	count := configurations
	if own := c.Tenant.Own(); own != nil {
		count = max(count, len(own.Configurations))
	}
	all := numbered(c.Fixtures(), count)
	_ = c.ChangeNote("fleet", func(any) (any, error) { return all, nil })
	return all
}

// numbered gives so many configurations their ids: the customer's own where it is
// a number, else the place among them, or the next number that is free.
func numbered(data *fixtures.Data, count int) []configuration {
	all := make([]configuration, count)
	taken := map[int64]bool{}
	for i := range all {
		d := &all[i]
		d.Configuration = data.Configuration(i)
		if n, ok := ids.Parse(d.Configuration.ID); ok && n > 0 && !taken[int64(n)] {
			d.ID = int64(n)
			taken[d.ID] = true
		}
	}
	for i := range all {
		if all[i].ID > 0 {
			continue
		}
		n := int64(i + 1)
		for taken[n] {
			n++
		}
		all[i].ID, taken[n] = n, true
	}
	return all
}

func configurationOfID(c *sim.Call, id int64) (configuration, bool) {
	for _, d := range fleet(c) {
		if d.ID == id {
			d.Settings = fresh()
			if changed, ok := c.Note(settingsKey(id)).(settings); ok {
				d.Settings = changed
			}
			return d, true
		}
	}
	return configuration{}, false
}

// settingsKey is where the settings of a configuration are noted.
func settingsKey(id int64) string { return fmt.Sprintf("settings/%d", id) }

func allConfigurations(c *sim.Call) []configuration {
	all := make([]configuration, 0, configurations)
	for _, d := range fleet(c) {
		d, _ = configurationOfID(c, d.ID)
		all = append(all, d)
	}
	return all
}

// configurationDocument is an entry of /list, in the order of its page.
type configurationDocument struct {
	ConfigurationID   int64      `json:"configuration_id"`
	ConfigurationName string     `json:"configuration_name"`
	ConfigurationType string     `json:"configuration_type"`
	Observer          observer   `json:"observer"`
	AutoUpdate        autoUpdate `json:"auto_update"`
	Primary           database   `json:"primary"`
	ReplicationMode   string     `json:"replication_mode"` // "" but for PostgreSQL
	Standby           database   `json:"standby"`
}

type observer struct {
	CheckIntervalSeconds int    `json:"check_interval_seconds"`
	CustomScriptPrimary  string `json:"custom_script_primary"`
	CustomScriptRule     string `json:"custom_script_rule"`
	CustomScriptStandby  string `json:"custom_script_standby"`
	EmergencyAction      string `json:"emergency_action"`
	Enabled              bool   `json:"enabled"`
	HeartbeatEnabled     bool   `json:"heartbeat_enabled"`
	HeartbeatHour        int    `json:"heartbeat_hour"`
	HeartbeatMinute      int    `json:"heartbeat_minute"`
	MaxFailCount         int    `json:"max_fail_count"`
	SendEmail            bool   `json:"send_email"`
	SendSlack            bool   `json:"send_slack"`
}

type autoUpdate struct {
	Enabled bool `json:"enabled"`
}

type database struct {
	Host string `json:"host"`
}

type configurationListing struct {
	Configurations []configurationDocument `json:"configurations"`
}

// typeWords are the types in answers; requests have the fixtures' own words.
var typeWords = map[string]string{
	fixtures.TypeOracle: "oracle", fixtures.TypePostgreSQL: "pgsql", fixtures.TypeSQLServer: "mssql",
}

// listConfigurations answers the configurations that every filter given lets
// through.
func listConfigurations(c *sim.Call) (sim.Reply, error) {
	p := params(c)
	id, byID, fault := integer(p, "configuration_id", "params.")
	if fault != nil {
		return sim.Reply{}, fault
	}
	name, byName := p["configuration_name"].(string)
	kind, byType := p["configuration_type"].(string)
	out := configurationListing{[]configurationDocument{}}
	for _, d := range allConfigurations(c) {
		if byID && d.ID != id || byName && d.Name != name || byType && d.Type != kind {
			continue
		}
		out.Configurations = append(out.Configurations, d.document())
	}
	return answer(c, out)
}

func (d configuration) document() configurationDocument {
	out := configurationDocument{
		ConfigurationID: d.ID, ConfigurationName: d.Name, ConfigurationType: typeWords[d.Type],
		Observer:   observer{CheckIntervalSeconds: 60, CustomScriptRule: "disabled", EmergencyAction: "notify", MaxFailCount: 5},
		AutoUpdate: autoUpdate{d.Settings.AutomatedStandbyUpdate.Enabled},
		Primary:    database{d.PrimaryHost}, Standby: database{d.StandbyHost},
	}
	if d.Type == fixtures.TypePostgreSQL {
		out.ReplicationMode = "STREAMING"
	}
	return out
}
