package bitdefender

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// fleet is how many endpoints the customer has, unless one of the scenario's
// tasks is for more.
const fleet = 200

func fleetSize(c *sim.Call) int {
	n := fleet
	if own := c.Tenant.Own(); own != nil {
		n = max(n, len(own.Endpoints))
	}
	for i := range c.Tenant.Scenario().Tasks {
		t := &c.Tenant.Scenario().Tasks[i]
		if t.Subtasks != nil && t.On == "" && (t.Vendor == "" || t.Vendor == "bitdefender") {
			n = max(n, t.Subtasks.Count)
		}
	}
	return n
}

// idOf is an id of the fixtures, or one that always belongs to the same thing.
func idOf(c *sim.Call, own, kind string, index int) string {
	if own != "" {
		return own
	}
	return objectID(c.SeedLuck(kind + strconv.Itoa(index)))
}

// bornOf is the creation that an ObjectId tells. It is never after the tenant's
// beginning: what is there was there before.
func bornOf(c *sim.Call, id string) time.Time {
	began := c.Tenant.Clock.Began()
	if len(id) < 8 {
		return began
	}
	seconds, err := strconv.ParseInt(id[:8], 16, 64)
	if born := time.Unix(seconds, 0); err == nil && born.Before(began) {
		return born
	}
	return began
}

func endpointID(c *sim.Call, i int) string {
	return idOf(c, c.Fixtures().Endpoint(i).ID, "endpoint", i)
}

// groupID is the one group that all endpoints are in.
func groupID(c *sim.Call) string { return idOf(c, "", "group", 0) }

// allEndpoints are the indexes of the whole fleet.
func allEndpoints(c *sim.Call) []int {
	all := make([]int, fleetSize(c))
	for i := range all {
		all[i] = i
	}
	return all
}

// endpointsByID finds endpoints by their ids, and tells whether all are there.
func endpointsByID(c *sim.Call, ids []string) (found []int, complete bool) {
	return find(ids, fleetSize(c), func(i int) string { return endpointID(c, i) })
}

// find answers where the keys stand, in the order of the keys.
func find(keys []string, n int, key func(int) string) (found []int, complete bool) {
	at := make(map[string]int, n)
	for i := range n {
		at[key(i)] = i
	}
	complete = true
	for _, k := range keys {
		i, ok := at[k]
		complete = complete && ok
		if ok && !slices.Contains(found, i) {
			found = append(found, i)
		}
	}
	return found, complete
}

// endpoint is one endpoint of a list.
type endpoint struct {
	ID                     string   `json:"id"`
	Name                   string   `json:"name"`
	Label                  string   `json:"label"`
	FQDN                   string   `json:"fqdn"`
	GroupID                string   `json:"groupId"`
	IsManaged              bool     `json:"isManaged"`
	MachineType            int      `json:"machineType"`
	OperatingSystemVersion string   `json:"operatingSystemVersion"`
	IP                     string   `json:"ip"`
	MACs                   []string `json:"macs"`
	SSID                   string   `json:"ssid"`
	ManagedWithBest        bool     `json:"managedWithBest,omitempty"`
	Policy                 policy   `json:"policy"`
}

type policy struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Applied bool   `json:"applied"`
}

// The machine types: a computer, or a virtual machine, which our servers are.
const (
	computer       = 1
	virtualMachine = 2
)

func endpointAt(c *sim.Call, i int) endpoint {
	m := c.Fixtures().Endpoint(i)
	out := endpoint{
		ID: endpointID(c, i), Name: m.Name, FQDN: m.FQDN, GroupID: groupID(c), IsManaged: true, MachineType: computer,
		OperatingSystemVersion: m.OS, IP: m.IP, MACs: []string{m.MAC}, ManagedWithBest: !onLinux(m.OS),
		Policy: policy{ID: idOf(c, "", "policy", 0), Name: "Default policy", Applied: true},
	}
	if m.Kind == "server" {
		out.MachineType = virtualMachine
	}
	if onLinux(m.OS) && !strings.HasPrefix(m.OS, "Linux") {
		out.OperatingSystemVersion = "Linux " + m.OS
	}
	return out
}

func onWindows(os string) bool { return strings.HasPrefix(os, "Windows") }

func onLinux(os string) bool { return !onWindows(os) && !strings.HasPrefix(os, "macOS") }

// getEndpointsList lists the fleet. All its endpoints are managed, in one group
// of one company, and none is an Exchange server, a relay or a Security Server.
func getEndpointsList(c *sim.Call) (sim.Reply, error) {
	if parent, asked := c.Params["parentId"].(string); asked && parent != companyOf(c).ID && parent != groupID(c) {
		return sim.Reply{}, invalidValue("parentId")
	}
	shown := allEndpoints(c)
	if managed, asked := c.Params["isManaged"].(bool); asked && !managed {
		shown = nil
	}
	filters := object(c.Params, "filters")
	if wanted := endpointFilter(filters); wanted != nil {
		shown = slices.DeleteFunc(shown, func(i int) bool { return !wanted(endpointAt(c, i)) })
	}
	return result(c, pageOf(c, len(shown), func(i int) endpoint { return endpointAt(c, shown[i]) })), nil
}

// endpointFilter is the filter that a client asks for, nil for none. Filters of
// one section are alternatives; all sections must let an endpoint pass.
func endpointFilter(filters map[string]any) func(endpoint) bool {
	management, details := object(object(filters, "security"), "management"), object(filters, "details")
	best, _ := management["managedWithBest"].(bool)
	others := false // what no endpoint of ours is
	for _, role := range []string{"managedExchangeServers", "managedRelays", "securityServers"} {
		is, _ := management[role].(bool)
		others = others || is
	}
	name, ssid, macs := text(details, "name"), text(details, "ssid"), texts(details, "macs")
	if !best && !others && name == "" && ssid == "" && len(macs) == 0 {
		return nil
	}
	return func(e endpoint) bool {
		if (best || others) && !(best && e.ManagedWithBest) {
			return false
		}
		if name == "" && ssid == "" && len(macs) == 0 {
			return true
		}
		return name != "" && matches(e.Name, name) || ssid != "" && e.SSID == ssid || slices.Contains(macs, e.MACs[0])
	}
}
