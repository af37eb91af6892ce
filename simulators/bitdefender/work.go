package bitdefender

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// work is what is remembered of a task that a client created.
type work struct {
	endpoints []int // one a subtask, in their order
	handling  *handling
}

// The types of task that clients create.
const (
	typeScan            = 1
	typeReconfigure     = 7
	typeRemove          = 9
	typeRestore         = 10
	typeEmpty           = 14
	typeEmptyExchange   = 15
	typeIsolate         = 16
	typeDeisolate       = 17
	typeRemoveExchange  = 18
	typeRestoreExchange = 19
	typeAddFile         = 20
	typeKillProcess     = 21
)

// create makes one task with a subtask an endpoint. Its luck hangs on the
// params alone: clients give each call an id of its own.
func create(c *sim.Call, typ int, name string, w *work) (sim.Entry, error) {
	params, err := json.Marshal(c.Params)
	if err != nil {
		return sim.Entry{}, err
	}
	return c.Create(sim.Creation{
		Name: name, Parts: len(w.endpoints), Set: map[string]any{"type": typ}, Data: w, Body: params,
	})
}

// createAndTell makes a task and answers as the version does: true at v1.0, a
// list of ids later.
func createAndTell(c *sim.Call, typ int, w *work) (sim.Reply, error) {
	e, err := create(c, typ, "", w)
	if err != nil {
		return sim.Reply{}, err
	}
	if atV10(c) {
		c.Hide(e.ID)
		return result(c, true), nil
	}
	return result(c, []string{e.ID}), nil
}

// targets are the endpoints that ids stand for: endpoints, or containers, which
// are the company and its one group. What is unknown is left out, as long as
// something is known.
func targets(c *sim.Call, ids []string) ([]int, *sim.Fault) {
	if slices.Contains(ids, companyOf(c).ID) || slices.Contains(ids, groupID(c)) {
		return allEndpoints(c), nil
	}
	found, _ := endpointsByID(c, ids)
	if len(found) == 0 {
		return nil, refuse(noTargets)
	}
	return found, nil
}

// scanNames are what a scan is called that the client gives no name.
var scanNames = map[int]string{1: "Quick Scan", 2: "Full Scan", 3: "Memory Scan", customScan: "Custom Scan"}

const customScan = 4

func createScanTask(c *sim.Call) (sim.Reply, error) {
	found, fault := targets(c, texts(c.Params, "targetIds"))
	if fault != nil {
		return sim.Reply{}, fault
	}
	e, err := scan(c, found)
	if err != nil {
		return sim.Reply{}, err
	}
	switch all, _ := c.Params["returnAllTaskIds"].(bool); {
	case all:
		return result(c, []string{e.ID}), nil
	case c.Options.String("scan_task_result") == "id":
		return result(c, e.ID), nil
	}
	return result(c, true), nil
}

func createScanTaskByMac(c *sim.Call) (sim.Reply, error) {
	macs := texts(c.Params, "macAddresses")
	for i := range macs {
		macs[i] = strings.ToLower(macs[i])
	}
	found, _ := find(macs, fleetSize(c), func(i int) string { return c.Fixtures().Endpoint(i).MAC })
	if len(found) == 0 {
		return sim.Reply{}, refuse(noTargets)
	}
	e, err := scan(c, found)
	if err != nil {
		return sim.Reply{}, err
	}
	if told, _ := c.Params["returnTaskId"].(bool); told {
		return result(c, e.ID), nil
	}
	return result(c, true), nil
}

func scan(c *sim.Call, endpoints []int) (sim.Entry, error) {
	kind := number(c.Params, "type", 0)
	if kind == customScan {
		if fault := checkScanSettings(c.Params["customScanSettings"]); fault != nil {
			return sim.Entry{}, fault
		}
	}
	name := text(c.Params, "name")
	if name == "" {
		name = autoName(scanNames[kind], c.Now(), zoneOf(c.Options.String("zone")))
	}
	return create(c, typeScan, name, &work{endpoints: endpoints})
}

// checkScanSettings holds the settings of a custom scan to the page. For other
// scans they are not looked at, which no schema can say.
func checkScanSettings(settings any) *sim.Fault {
	const field = "customScanSettings"
	if settings == nil {
		return sim.InvalidField(openapi.InParams, field, "required", "is missing")
	}
	s, ok := settings.(map[string]any)
	if !ok {
		return sim.InvalidField(openapi.InParams, field, "type", "is no object")
	}
	if depth, given := s["scanDepth"]; given {
		if _, ok := depth.(json.Number); !ok {
			return sim.InvalidField(openapi.InParams, field+".scanDepth", "type", "is no number")
		}
		if n := number(s, "scanDepth", 0); n < 1 || n > 3 {
			return invalidValue("scanDepth")
		}
	}
	if paths, given := s["scanPath"]; given {
		if list, ok := paths.([]any); !ok || slices.ContainsFunc(list, func(v any) bool { _, ok := v.(string); return !ok }) {
			return sim.InvalidField(openapi.InParams, field+".scanPath", "type", "is no list of texts")
		}
	}
	return nil
}

// neededBy are the members of a scheduler that a recurrence needs.
var neededBy = map[int][]string{1: {"everyHour"}, 2: {"startTime"}, 3: {"everyHour", "startTime"}}

const scheduled = 2

// createReconfigureClientTask begins at once, whatever the scheduler says.
func createReconfigureClientTask(c *sim.Call) (sim.Reply, error) {
	scheduler := object(c.Params, "scheduler")
	if number(scheduler, "type", 0) == scheduled {
		for _, name := range append([]string{"recurrence"}, neededBy[number(scheduler, "recurrence", 0)]...) {
			if scheduler[name] == nil {
				return sim.Reply{}, sim.InvalidField(openapi.InParams, "scheduler."+name, "required", "is missing")
			}
		}
	}
	found, fault := targets(c, texts(c.Params, "targetIds"))
	if fault != nil {
		return sim.Reply{}, fault
	}
	return createAndTell(c, typeReconfigure, &work{endpoints: found})
}

func createIsolateEndpointTask(c *sim.Call) (sim.Reply, error) { return isolation(c, typeIsolate) }

func createRestoreEndpointFromIsolationTask(c *sim.Call) (sim.Reply, error) {
	return isolation(c, typeDeisolate)
}

// isolation serves all versions: v1.2 has endpointIds, the others endpointId.
func isolation(c *sim.Call, typ int) (sim.Reply, error) {
	if unlicensed(c) {
		return sim.Reply{}, sim.Refuse(sim.Forbidden,
			rpcError(c, http.StatusOK, -32001, "The company does not have a valid license for this operation"))
	}
	ids := []string{text(c.Params, "endpointId")}
	if c.Op.ID == "incidentsV12" {
		ids = texts(c.Params, "endpointIds")
	}
	found, complete := endpointsByID(c, ids)
	if !complete {
		return sim.Reply{}, refuse(noEndpoint)
	}
	return createAndTell(c, typ, &work{endpoints: found})
}

// unlicensed tells whether the company has not paid for the methods that need
// more than the antivirus.
func unlicensed(c *sim.Call) bool { return c.Options.String("license") == "none" }

type killed struct {
	TaskIDs []string `json:"taskIds"`
}

// killProcess serves the API network, which answers an object, and the API
// investigation, which wants one of processId and path and answers the id.
func killProcess(c *sim.Call) (sim.Reply, error) {
	if unlicensed(c) {
		return sim.Reply{}, sim.Refuse(sim.Forbidden, rpcError(c, http.StatusOK, -32000, "Feature not available"))
	}
	investigation, target := c.Op.ID == "investigationV10", "endpointId"
	if investigation {
		target = "targetId"
		if c.Params["processId"] == nil && c.Params["path"] == nil {
			return sim.Reply{}, sim.InvalidField(openapi.InParams, "processId", "required", "is missing")
		}
	}
	found, complete := endpointsByID(c, []string{text(c.Params, target)})
	if !complete {
		return sim.Reply{}, refuse(noEntity)
	}
	e, err := create(c, typeKillProcess, "", &work{endpoints: found})
	if err != nil {
		return sim.Reply{}, err
	}
	if investigation {
		return result(c, e.ID), nil
	}
	return result(c, killed{TaskIDs: []string{e.ID}}), nil
}

// autoName is what the console calls a task: what it does, and the local date.
func autoName(what string, t time.Time, zone *time.Location) string {
	return what + " " + t.In(zone).Format(time.DateOnly)
}
