package cisco

import (
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// detailed is the one query parameter of a task status.
const detailed = "showDetailedDeviceStatus"

// ruleUnknown is the rule that a parameter breaks which the operation lacks.
const ruleUnknown = "unknown"

func getTaskStatus(c *sim.Call) (sim.Reply, error) {
	for _, name := range slices.Sorted(maps.Keys(c.Query)) {
		if name != detailed {
			return sim.Reply{}, sim.InvalidField(openapi.InQuery, name, ruleUnknown, "is no parameter of this operation").Expecting("no parameter but " + detailed)
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
	TaskType     string    `json:"taskType,omitempty"`
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

// typeOf is the type of a task, as it was written.
func typeOf(e sim.Entry, w *work) string {
	if w != nil {
		return sim.SetString(e, fieldTaskType, w.taskType)
	}
	return sim.SetString(e, fieldTaskType, deviceDeployment)
}

func taskAddress(c *sim.Call, id string) string { return address(c, "/job/taskstatuses/"+id) }

// status renders a task.
func status(c *sim.Call, e sim.Entry) taskStatus {
	w, _ := e.Data.(*work)
	written := typeOf(e, w)
	taskType := pageType(written)
	t := taskStatus{
		Description: title(taskType) + " task",
		ID:          e.ID,
		Links:       links{taskAddress(c, e.ID)},
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
	if taskType == deviceUpgrade {
		t.TaskType = "" // none of the vendor's types is an upgrade
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
		out[i] = subTask{message(of, taskType), w.of(part.Phase), targetOf(c, e, i)}
		if transfers[taskType] != "" {
			out[i].Target.Name = "" // the example of a transfer names no device
		}
	}
	return out
}

// targetOf is the device of a part: the one that the client named, or one of
// the fleet for a task that the scenario declares.
func targetOf(c *sim.Call, e sim.Entry, part int) target {
	if w, ok := e.Data.(*work); ok && part < len(w.devices) {
		return w.devices[part]
	}
	return fleetDevice(c, (e.Number+part)%fleetSize(c)).target()
}
