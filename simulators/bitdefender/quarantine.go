package bitdefender

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// The services of the API quarantine.
const (
	computers = "computers"
	exchange  = "exchange"
)

// serviceOf is the service that a call is for.
func serviceOf(c *sim.Call) string {
	if strings.HasPrefix(c.Op.ID, "quarantineExchange") {
		return exchange
	}
	return computers
}

// item is one thing in quarantine, in the key order of the recorded list.
type item struct {
	ID            string      `json:"id"`
	QuarantinedOn string      `json:"quarantinedOn"`
	ActionStatus  int         `json:"actionStatus"`
	EndpointID    string      `json:"endpointId"`
	EndpointName  string      `json:"endpointName"`
	EndpointIP    string      `json:"endpointIP"`
	CanBeRestored bool        `json:"canBeRestored"`
	CanBeRemoved  bool        `json:"canBeRemoved"`
	ThreatName    string      `json:"threatName"`
	Details       itemDetails `json:"details"`

	endpoint int
	since    time.Time
}

// itemDetails has a path for a file, and nothing that is known for a mail.
type itemDetails struct {
	FilePath string `json:"filePath,omitempty"`
}

// The action statuses: nothing asked for, asked for, and failed.
const (
	untouched      = 0
	pendingRemove  = 1
	pendingRestore = 2
	failedRemove   = 3
	failedRestore  = 4
)

// handling is what a task does to the quarantine.
type handling struct {
	service          string
	items            []string // the ids of those it takes out
	waiting, failing int      // their action status until then, and where it fails
	file             string   // or the path of a file that it puts in
}

// How many things are in quarantine at first.
const (
	fileItems = 40
	mailItems = 12
)

// threats are what is in quarantine: names that recorded lists have.
var threats = []string{"EICAR-Test-File (not a virus)", "Application.CoinMiner.AY", "Backdoor.PHP.AXS", "Gen:Variant.Razy.417809"}

// addedByHand stands in the place of a threat where a client added the file.
const addedByHand = "Added manually"

// quarantined is what a service has in quarantine now: what was there at first,
// and what the clients' tasks have made of it, one after the other.
func quarantined(c *sim.Call, service string) []item {
	items := atFirst(c, service)
	for _, e := range c.Created() { // what a task did lasts, even if it is known no more
		if w, ok := e.Data.(*work); ok && w.handling != nil && w.handling.service == service {
			items = w.handling.apply(c, items, e, w.outcomes(e))
		}
	}
	return items
}

func atFirst(c *sim.Call, service string) []item {
	n, homes := fileItems, allEndpoints(c)
	if service == exchange { // which runs on Windows servers
		n, homes = mailItems, slices.DeleteFunc(homes, func(i int) bool {
			m := c.Fixtures().Endpoint(i)
			return m.Kind != "server" || !onWindows(m.OS)
		})
	}
	items := make([]item, 0, n)
	for i := 0; i < n && len(homes) > 0; i++ {
		name := service + " item " + strconv.Itoa(i)
		id, luck := objectID(c.SeedLuck(name)), c.SeedLuck("place of "+name)
		home := homes[luck%uint64(len(homes))]
		threat := threats[luck/1_000_003%uint64(len(threats))]
		file := ""
		if service == computers {
			file = pathOn(c, home, "sample"+strconv.Itoa(i+1)+".bin")
		}
		items = append(items, newItem(c, id, home, bornOf(c, id), threat, file))
	}
	return items
}

func newItem(c *sim.Call, id string, at int, since time.Time, threat, file string) item {
	m := c.Fixtures().Endpoint(at)
	return item{
		ID: id, QuarantinedOn: date(since, zoneOf(c.Options.String("zone"))), EndpointID: endpointID(c, at), EndpointName: m.Name,
		EndpointIP: m.IP, CanBeRestored: true, CanBeRemoved: true, ThreatName: threat, Details: itemDetails{FilePath: file},
		endpoint: at, since: since,
	}
}

// pathOn is where a file was found on an endpoint, as its system writes it.
func pathOn(c *sim.Call, at int, file string) string {
	user := c.Fixtures().Person(at).User
	switch os := c.Fixtures().Endpoint(at).OS; {
	case onWindows(os):
		return `C:\Users\` + user + `\Downloads\` + file
	case onLinux(os):
		return "/home/" + user + "/" + file
	}
	return "/Users/" + user + "/Downloads/" + file
}

// apply is the quarantine with what a task has done to it.
func (h *handling) apply(c *sim.Call, items []item, e sim.Entry, done []did) []item {
	if h.file != "" {
		for _, d := range done {
			if d.phase == scenarios.Succeeded || d.phase == scenarios.Warning {
				id := ids.Format(e.Luck+uint64(d.endpoint), d.ended, nil)
				items = append(items, newItem(c, id, d.endpoint, d.ended, addedByHand, h.file))
			}
		}
		return items
	}
	kept := items[:0]
	for _, it := range items {
		d, acted := on(done, it.endpoint)
		if acted && slices.Contains(h.items, it.ID) {
			switch d.phase {
			case scenarios.Succeeded, scenarios.Warning:
				continue // out of the quarantine
			case scenarios.Failed, scenarios.Cancelled:
				it.mark(h.failing, true)
			default:
				it.mark(h.waiting, false)
			}
		}
		kept = append(kept, it)
	}
	return kept
}

func (it *item) mark(status int, free bool) {
	it.ActionStatus, it.CanBeRestored, it.CanBeRemoved = status, free, free
}

// getQuarantineItemsList lists what is in quarantine and passes all filters.
func getQuarantineItemsList(c *sim.Call) (sim.Reply, error) {
	if id, asked := c.Params["companyId"].(string); asked && id != companyOf(c).ID {
		return sim.Reply{}, noCompany(c)
	}
	id := text(c.Params, "endpointId")
	if _, known := endpointsByID(c, []string{id}); id != "" && !known {
		return sim.Reply{}, refuse(noEndpoint)
	}
	passes, fault := itemFilter(c, object(c.Params, "filters"))
	if fault != nil {
		return sim.Reply{}, fault
	}
	items := slices.DeleteFunc(quarantined(c, serviceOf(c)), func(it item) bool {
		return id != "" && it.EndpointID != id || !passes(it)
	})
	return result(c, pageOf(c, len(items), func(i int) item { return items[i] })), nil
}

// itemFilter reads the filters of the list: an item must pass all.
func itemFilter(c *sim.Call, filters map[string]any) (func(item) bool, *sim.Fault) {
	zone := zoneOf(c.Options.String("zone"))
	after, fault := moment(filters, "startDate", zone)
	if fault != nil {
		return nil, fault
	}
	before, fault := moment(filters, "endDate", zone)
	if fault != nil {
		return nil, fault
	}
	threat, file, ip, status := text(filters, "threatName"), text(filters, "filePath"), text(filters, "ip"), number(filters, "actionStatus", -1)
	return func(it item) bool {
		since := it.since.Truncate(time.Second)
		return matches(it.ThreatName, threat) && matches(it.Details.FilePath, file) &&
			(ip == "" || ip == it.EndpointIP) && (status < 0 || status == it.ActionStatus) &&
			(after == nil || since.After(*after)) && (before == nil || since.Before(*before))
	}, nil
}

// moment reads an ISO 8601 date, with or without a time and a zone.
func moment(filters map[string]any, name string, zone *time.Location) (*time.Time, *sim.Fault) {
	value, asked := filters[name].(string)
	if !asked {
		return nil, nil
	}
	for _, layout := range []string{dateLayout, time.RFC3339, time.DateOnly} {
		if t, err := time.ParseInLocation(layout, value, zone); err == nil {
			return &t, nil
		}
	}
	return nil, invalidValue(name)
}
