package cisco

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// record is a device as the FMC has it.
type record struct {
	AccessPolicy     reference `json:"accessPolicy"`
	DeploymentStatus string    `json:"deploymentStatus"`
	FTDMode          string    `json:"ftdMode"`
	HealthStatus     string    `json:"healthStatus"`
	HostName         string    `json:"hostName"`
	ID               string    `json:"id"`
	IsConnected      bool      `json:"isConnected"`
	KeepLocalEvents  bool      `json:"keepLocalEvents"`
	LicenseCaps      []string  `json:"license_caps"`
	Links            links     `json:"links"`
	Model            string    `json:"model"`
	Name             string    `json:"name"`
	NatID            string    `json:"natID,omitempty"`
	SWVersion        string    `json:"sw_version"`
	Type             string    `json:"type"`
}

func recordOf(c *sim.Call, f *firewall) record {
	r := record{
		AccessPolicy: f.policy, DeploymentStatus: "DEPLOYED", FTDMode: "ROUTED", HealthStatus: "green",
		HostName: f.hostName, ID: f.id, IsConnected: true, LicenseCaps: f.licenses,
		Links: links{deviceAddress(c, f.id)}, Model: f.model, Name: f.name, NatID: f.natID,
		SWVersion: c.Options.String("server_version"), Type: "Device",
	}
	if !f.changed.IsZero() {
		r.DeploymentStatus = "NOT_DEPLOYED"
	}
	return r
}

func deviceAddress(c *sim.Call, id string) string { return address(c, "/devices/devicerecords/"+id) }

func listDevices(c *sim.Call) (sim.Reply, error) {
	wanted, err := filter(c, "name", "hostName")
	if err != nil {
		return sim.Reply{}, err
	}
	found := slices.DeleteFunc(survey(c).firewalls, func(f *firewall) bool {
		return wanted["name"] != "" && f.name != wanted["name"] || wanted["hostName"] != "" && f.hostName != wanted["hostName"]
	})
	return list(c, found, func(f *firewall) any {
		if !expanded(c) {
			return brief{f.id, links{deviceAddress(c, f.id)}, f.name, "Device"}
		}
		return recordOf(c, f)
	})
}

func getDevice(c *sim.Call) (sim.Reply, error) {
	f := survey(c).byID[c.Path["objectId"]]
	if f == nil {
		fault := &sim.Fault{Kind: sim.NotFound, Note: "no such device"}
		return sim.Reply{}, fault.Naming(openapi.InPath, "objectId", aDevice)
	}
	return sim.JSON(http.StatusOK, recordOf(c, f)), nil
}

// registration is the request and, with metadata, its answer.
type registration struct {
	AccessPolicy    *reference `json:"accessPolicy,omitempty"`
	HostName        string     `json:"hostName"`
	LicenseCaps     []string   `json:"license_caps"`
	Metadata        any        `json:"metadata"`
	Name            string     `json:"name"`
	NatID           string     `json:"natID,omitempty"`
	PerformanceTier string     `json:"performanceTier,omitempty"`
	RegKey          string     `json:"regKey"`
	Type            string     `json:"type"`
}

// register adds a device. It is one of the FMC's devices once its task has
// ended well.
func register(c *sim.Call) (sim.Reply, error) {
	var r registration
	if err := payload(c, &r); err != nil {
		return sim.Reply{}, err
	}
	s := survey(c)
	taken := func(f *firewall) bool {
		return f.name == r.Name || r.HostName != "" && strings.EqualFold(f.hostName, r.HostName)
	}
	switch {
	case slices.ContainsFunc(s.firewalls, taken):
		return sim.Reply{}, sim.InvalidField(openapi.InBody, "name", "exists", "is a device already").Expecting("the name of a device that there is not yet")
	case s.queued, slices.ContainsFunc(s.joining, taken):
		return sim.Reply{}, parallel()
	}
	place := len(s.firewalls) + len(s.joining)
	f := &firewall{
		id: sim.UUID(c.SeedLuck("device"), r.Name), name: r.Name, hostName: r.HostName, natID: r.NatID,
		licenses: r.LicenseCaps, model: c.Fixtures().Device(place).Model,
	}
	if r.AccessPolicy != nil {
		f.policy = *r.AccessPolicy
	}
	e, err := create(c, &work{taskType: deviceRegistration, joins: f})
	if err != nil {
		return sim.Reply{}, err
	}
	r.Type = cmp.Or(r.Type, "Device")
	r.Metadata = queuedTask{stub{ID: e.ID, Name: deviceRegistration, Type: "TaskStatus"}}
	return sim.JSON(http.StatusAccepted, r), nil
}
