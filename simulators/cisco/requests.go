package cisco

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// The calls that start a task on devices. Each answers what it was asked, with
// the task in metadata.

// queuedTask is the metadata of such an answer.
type queuedTask struct {
	Task stub `json:"task"`
}

// stub is the task as the call that starts it shows it. Each call shows other
// fields.
type stub struct {
	Description string     `json:"description,omitempty"`
	ID          string     `json:"id"`
	Links       *stubLinks `json:"links,omitempty"`
	Message     string     `json:"message,omitempty"`
	Name        string     `json:"name,omitempty"`
	Status      string     `json:"status,omitempty"`
	TaskType    string     `json:"taskType,omitempty"`
	Type        string     `json:"type,omitempty"`
}

type stubLinks struct {
	Self   string `json:"self,omitempty"`
	Spaced string `json:"self ,omitempty"` // as some examples have it
}

// payload reads the body. The contract has held it to its types; what is left
// to go wrong is a member written twice in different cases.
func payload(c *sim.Call, into any) error {
	raw, err := json.Marshal(c.Body)
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		return &sim.Fault{Kind: sim.Malformed, Note: err.Error()}
	}
	return nil
}

// parallel refuses a write while another is under way.
func parallel() *sim.Fault {
	return &sim.Fault{
		Kind: sim.RateLimited, Detail: "Parallel add/update/delete operations are blocked. Please retry the request.",
		Note: "another write is under way",
	}
}

// aDevice is what a device is named by.
const aDevice = "the id of a device that the list of devices has"

// begin starts work on devices, unless one is unknown or, for work that
// writes, another task still writes to it. field is where the ids stand.
func begin(c *sim.Call, w *work, field string, ids []string) (sim.Entry, error) {
	s, busy, seen := survey(c), false, map[string]bool{}
	for _, id := range ids {
		f := s.byID[id]
		if f == nil {
			return sim.Entry{}, sim.InvalidField(openapi.InBody, field, "unknown", "names a device that there is not").Expecting(aDevice)
		}
		if busy = busy || f.written; !seen[id] {
			seen[id] = true
			w.devices = append(w.devices, f.target())
		}
	}
	if busy && writesTo(w.taskType) {
		return sim.Entry{}, parallel()
	}
	return create(c, w)
}

func create(c *sim.Call, w *work) (sim.Entry, error) {
	what := sim.Creation{Parts: len(w.devices), Data: w}
	if w.taskType != deviceUpgrade { // which the document has no word for
		what.Set = map[string]any{fieldTaskType: w.taskType}
	}
	return c.Create(what)
}

// queued is a stub as the examples of changes and transfers have it.
func queued(c *sim.Call, e sim.Entry, taskType, description string) stub {
	t := stub{
		Description: description, ID: e.ID, Links: &stubLinks{Self: taskAddress(c, e.ID)},
		Status: wordsOf(taskType).of(e.Phase), TaskType: taskType,
	}
	if c.Profile == sim.Observed {
		t.Status = strconv.Itoa(http.StatusOK)
	}
	return t
}

type deploymentRequest struct {
	DeploymentNote string             `json:"deploymentNote,omitempty"`
	DeviceList     []string           `json:"deviceList"`
	ForceDeploy    *bool              `json:"forceDeploy,omitempty"`
	IgnoreWarning  *bool              `json:"ignoreWarning,omitempty"`
	Metadata       any                `json:"metadata"`
	Selected       []selectedPolicies `json:"selectedPoliciesforDevices,omitempty"`
	Type           string             `json:"type"`
	Version        string             `json:"version,omitempty"`
}

type selectedPolicies struct {
	DeviceUUID       string   `json:"deviceUUID"`
	SelectedPolicies []string `json:"selectedPolicies"`
}

func deploy(c *sim.Call) (sim.Reply, error) {
	var r deploymentRequest
	if err := payload(c, &r); err != nil {
		return sim.Reply{}, err
	}
	e, err := begin(c, &work{taskType: deviceDeployment, note: r.DeploymentNote}, "deviceList", r.DeviceList)
	if err != nil {
		return sim.Reply{}, err
	}
	r.Type = "DeploymentRequest"
	r.Metadata = queuedTask{stub{ID: e.ID, Links: &stubLinks{Self: taskAddress(c, e.ID)}}}
	return sim.JSON(http.StatusAccepted, r), nil
}

type rollbackRequest struct {
	Metadata any            `json:"metadata"`
	Jobs     []rollbackJobs `json:"rollbackDeviceList"`
	Type     string         `json:"type"`
}

type rollbackJobs struct {
	DeploymentJobID string   `json:"deploymentJobId"`
	DeviceList      []string `json:"deviceList"`
}

// rollBack takes devices back to what a job deployed to them.
func rollBack(c *sim.Call) (sim.Reply, error) {
	var r rollbackRequest
	if err := payload(c, &r); err != nil {
		return sim.Reply{}, err
	}
	deployed := map[string]bool{} // job and device
	for _, j := range survey(c).jobs {
		for _, d := range j.DeviceList {
			deployed[j.ID+" "+d.DeviceUUID] = j.JobType == jobTypes[deviceDeployment] && d.DeploymentStatus == jobDeviceWords.success
		}
	}
	var ids []string
	for _, j := range r.Jobs {
		for _, id := range j.DeviceList {
			if !deployed[j.DeploymentJobID+" "+id] {
				return sim.Reply{}, sim.InvalidField(openapi.InBody, "rollbackDeviceList", "unknown", "names a job that did not deploy to the device").Expecting("a job that has deployed to the device")
			}
			ids = append(ids, id)
		}
	}
	e, err := begin(c, &work{taskType: deviceRollback}, "rollbackDeviceList", ids)
	if err != nil {
		return sim.Reply{}, err
	}
	r.Type = "RollbackRequest"
	r.Metadata = queuedTask{stub{ID: e.ID, Links: &stubLinks{Self: taskAddress(c, e.ID)}}}
	return sim.JSON(http.StatusCreated, r), nil
}

type pendingChangesRequest struct {
	DeviceList  []string `json:"deviceList"`
	Metadata    any      `json:"metadata"`
	RequestType string   `json:"requestType,omitempty"`
}

// compare asks what would change with the next deployment.
func compare(c *sim.Call) (sim.Reply, error) {
	var r pendingChangesRequest
	if err := payload(c, &r); err != nil {
		return sim.Reply{}, err
	}
	e, err := begin(c, &work{taskType: pendingChanges}, "deviceList", r.DeviceList)
	if err != nil {
		return sim.Reply{}, err
	}
	r.Metadata = queuedTask{queued(c, e, pendingChanges, "Pending changes request task queued")}
	return sim.JSON(http.StatusAccepted, r), nil
}
