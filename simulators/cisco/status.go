package cisco

import (
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// globalDomain is the UUID of the global domain, the same on every FMC.
const globalDomain = "e276abec-e0f2-11e3-8169-6d9ed49b625f"

// detailed is the one query parameter of a task status.
const detailed = "showDetailedDeviceStatus"

// ruleUnknown is the rule that a parameter breaks which the operation lacks.
const ruleUnknown = "unknown"

func getTaskStatus(c *sim.Call) (sim.Reply, error) {
	switch c.Path["domainUUID"] {
	case globalDomain, "global", "default":
	default:
		return sim.Reply{}, &sim.Fault{Kind: sim.NotFound}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Query)) {
		if name != detailed {
			return sim.Reply{}, sim.InvalidField(openapi.InQuery, name, ruleUnknown, "is no parameter of this operation")
		}
	}
	e, ok := c.Read(c.Path["objectId"])
	if !ok {
		return sim.Reply{}, &sim.Fault{Kind: sim.UnknownTask}
	}
	return sim.JSON(http.StatusOK, c.Document(status(c, e), withoutTaskType(e))), nil
}

// taskStatus is the resource, in the alphabetical key order of the documented
// examples. What a task lacks is left out, as there.
type taskStatus struct {
	Description  string    `json:"description"`
	ID           string    `json:"id"`
	Links        links     `json:"links"`
	Message      string    `json:"message"`
	Metadata     any       `json:"metadata,omitempty"`
	Name         string    `json:"name,omitempty"`
	ShowDetailed string    `json:"showDetailedDeviceStatus,omitempty"` // only where a scenario sets it
	Status       string    `json:"status"`
	SubTasks     []subTask `json:"subTasks,omitempty"`
	TaskType     string    `json:"taskType"`
	Type         string    `json:"type"`
}

type links struct {
	Self string `json:"self"`
}

type metadata struct {
	Checksum    string `json:"checksum"`
	DownloadURL string `json:"downloadUrl"`
}

type subTask struct {
	Message string `json:"message"`
	Status  string `json:"status"`
	Target  target `json:"target"`
}

type target struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
	Type string `json:"type"`
}

const fieldTaskType = "taskType"

// withoutTaskType is the entry without the one field that is not pasted into
// the document as the scenario sets it: the type chooses the words, and its
// spelling depends on the profile.
func withoutTaskType(e sim.Entry) sim.Entry {
	spec := *e.Spec
	spec.Set = without(spec.Set, fieldTaskType)
	e.Spec, e.Snapshot.Set = &spec, without(e.Snapshot.Set, fieldTaskType)
	return e
}

func without(set map[string]any, name string) map[string]any {
	rest := maps.Clone(set)
	delete(rest, name)
	return rest
}

// status renders a task.
func status(c *sim.Call, e sim.Entry) taskStatus {
	written := sim.SetString(e, fieldTaskType, deviceDeployment)
	taskType := pageType(written)
	t := taskStatus{
		Description: title(taskType) + " task",
		ID:          e.ID,
		Links:       links{c.BaseURL + c.Base + "/api/fmc_config/v1/domain/" + c.Path["domainUUID"] + "/job/taskstatuses/" + e.ID},
		Message:     message(e, taskType),
		Name:        sim.SetString(e, "name", e.Spec.Name),
		Status:      wordsOf(taskType).of(e.Phase),
		TaskType:    taskType,
		Type:        "TaskStatus",
		// Set fields that are mostly left out stand here too, for their place.
		ShowDetailed: sim.SetString(e, detailed, ""),
	}
	t.Metadata, _ = sim.Set(e, "metadata")
	if c.Profile == sim.Observed {
		t.TaskType = written
	}
	asked, _ := strconv.ParseBool(c.Query.Get(detailed)) // the contract has refused what is neither
	direction := transfers[taskType]
	switch {
	case direction != "":
		t.Type = "DeviceImportExportTaskStatus"
		t.Metadata = metadata{
			Checksum:    sim.Hex(e.Luck, 64, "checksum"),
			DownloadURL: "/importExport/device/download.cgi?type=" + direction + "&id=" + e.ID,
		}
		t.SubTasks = subTasks(c, e, taskType, transferred)
	case asked && (taskType == deviceDeployment || taskType == deviceRollback):
		t.SubTasks = subTasks(c, e, taskType, deploying)
	}
	return t
}

// fleet is how many firewalls the FMC manages: the devices of the fixtures from
// the first on.
const fleet = 200

// subTasks are the devices of a task: one a part of it, or one for the whole.
func subTasks(c *sim.Call, e sim.Entry, taskType string, w words) []subTask {
	parts := e.Subtasks
	if len(parts) == 0 {
		parts = append(parts, e.Snapshot)
	}
	out := make([]subTask, len(parts))
	for i, part := range parts {
		of := e
		of.Snapshot = part
		out[i] = subTask{message(of, taskType), w.of(part.Phase), device(c, (e.Number+i)%fleet)}
		if transfers[taskType] != "" {
			out[i].Target.Name = "" // the example of a transfer names no device
		}
	}
	return out
}

// device is one firewall of the fleet.
func device(c *sim.Call, i int) target {
	d := c.Fixtures().Device(i)
	if d.ID == "" {
		d.ID = sim.UUID(c.SeedLuck("device" + strconv.Itoa(i)))
	}
	return target{ID: d.ID, Name: d.Name, Type: "Device"}
}
