package cisco

import (
	"encoding/json"
	"net/http"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// The calls that move configurations, backups and software.

// transferRequest is an export or an import.
type transferRequest struct {
	DeviceList []string `json:"deviceList"`
	Metadata   any      `json:"metadata"`
}

func export(c *sim.Call) (sim.Reply, error) {
	var r transferRequest
	if err := payload(c, &r); err != nil {
		return sim.Reply{}, err
	}
	return move(c, r, deviceExport, "Device configuration export task queued")
}

// importInto takes the list of devices as JSON in the field of a form, which
// carries the file, or in a JSON body. The file itself is not looked at.
func importInto(c *sim.Call) (sim.Reply, error) {
	body, _ := c.Body.(map[string]any)
	r := transferRequest{}
	if text, ok := body["deviceList"].(string); ok {
		if err := json.Unmarshal([]byte(text), &r.DeviceList); err != nil || len(r.DeviceList) == 0 {
			return sim.Reply{}, sim.InvalidField(openapi.InBody, "deviceList", "type", "must be a JSON list of device ids").Expecting("a JSON list of device ids")
		}
	} else if err := payload(c, &r); err != nil {
		return sim.Reply{}, err
	}
	return move(c, r, deviceImport, "Device configuration import task queued")
}

func move(c *sim.Call, r transferRequest, taskType, description string) (sim.Reply, error) {
	e, err := begin(c, &work{taskType: taskType}, "deviceList", r.DeviceList)
	if err != nil {
		return sim.Reply{}, err
	}
	t := queued(c, e, taskType, description)
	if c.Profile == sim.Observed {
		t.Links = &stubLinks{Spaced: "/fmc_config/v1/domain/" + domain(c) + "/job/taskstatuses/" + e.ID}
	}
	r.Metadata = queuedTask{t}
	return sim.JSON(http.StatusCreated, r), nil
}

type copyRequest struct {
	CopySharedPolicies *bool       `json:"copySharedPolicies,omitempty"`
	Metadata           any         `json:"metadata"`
	SourceDevice       reference   `json:"sourceDevice"`
	Targets            []reference `json:"targetDeviceList"`
	Type               string      `json:"type"`
}

func copyConfig(c *sim.Call) (sim.Reply, error) {
	var r copyRequest
	if err := payload(c, &r); err != nil {
		return sim.Reply{}, err
	}
	if survey(c).byID[r.SourceDevice.ID] == nil {
		return sim.Reply{}, sim.InvalidField(openapi.InBody, "sourceDevice", "unknown", "names a device that there is not").Expecting(aDevice)
	}
	e, err := begin(c, &work{taskType: copyConfigRequest}, "targetDeviceList", idsOf(r.Targets))
	if err != nil {
		return sim.Reply{}, err
	}
	r.Type, r.Metadata = "CopyConfigRequest", plainTask(c, e)
	return sim.JSON(http.StatusAccepted, r), nil
}

// plainTask is the metadata of a call whose stub is id, address and type.
func plainTask(c *sim.Call, e sim.Entry) queuedTask {
	return queuedTask{stub{ID: e.ID, Links: &stubLinks{Self: taskAddress(c, e.ID)}, Type: "TaskStatus"}}
}

func idsOf(all []reference) []string {
	ids := make([]string, len(all))
	for i, r := range all {
		ids[i] = r.ID
	}
	return ids
}

type backupRequest struct {
	Devices  []reference `json:"devices"`
	Metadata any         `json:"metadata"`
	Name     string      `json:"name,omitempty"`
	Retrieve *bool       `json:"retrieveToManagementCenter,omitempty"`
	Type     string      `json:"type,omitempty"`
}

func backUp(c *sim.Call) (sim.Reply, error) {
	var r backupRequest
	if err := payload(c, &r); err != nil {
		return sim.Reply{}, err
	}
	e, err := begin(c, &work{taskType: deviceBackup}, "devices", idsOf(r.Devices))
	if err != nil {
		return sim.Reply{}, err
	}
	r.Metadata = plainTask(c, e)
	return sim.JSON(http.StatusCreated, r), nil
}

// upgradeRequest has its switches as texts, as the vendor's examples.
type upgradeRequest struct {
	Metadata            any         `json:"metadata"`
	PushUpgradeFileOnly string      `json:"pushUpgradeFileOnly"`
	ReadinessCheckOnly  string      `json:"readinessCheckOnly,omitempty"`
	Targets             []reference `json:"targets"`
	Type                string      `json:"type"`
	UpgradePackage      reference   `json:"upgradePackage"`
}

func upgrade(c *sim.Call) (sim.Reply, error) {
	var r upgradeRequest
	if err := payload(c, &r); err != nil {
		return sim.Reply{}, err
	}
	push := c.Query.Get("pushUpgradeFileOnly") == "true" || r.PushUpgradeFileOnly == "true"
	check := c.Query.Get("readinessCheckOnly") == "true" || r.ReadinessCheckOnly == "true"
	message := "Triggered all upgrades successfully."
	switch {
	case push && check: // the page calls the two incompatible
		return sim.Reply{}, sim.InvalidField(openapi.InBody, "pushUpgradeFileOnly", "format", "cannot go with readinessCheckOnly")
	case push:
		message = "Triggered all upgrade staging successfully."
	case check:
		message = "Triggered all readiness checks successfully."
	}
	e, err := begin(c, &work{taskType: deviceUpgrade}, "targets", idsOf(r.Targets))
	if err != nil {
		return sim.Reply{}, err
	}
	r.Type, r.ReadinessCheckOnly, r.PushUpgradeFileOnly = "Upgrade", "", "false"
	if push {
		r.PushUpgradeFileOnly = "true"
	}
	r.Metadata = queuedTask{stub{ID: e.ID, Message: message, Status: "RUNNING"}}
	return sim.JSON(http.StatusCreated, r), nil
}
