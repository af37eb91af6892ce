package cisco

import (
	"slices"
	"strings"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// Task types that are treated in a way of their own. The whole list stands in
// the contract.
const (
	deviceDeployment   = "DEVICE_DEPLOYMENT"
	deviceRollback     = "DEVICE_ROLLBACK"
	deviceRegistration = "DEVICE_REGISTRATION"
	deviceExport       = "DEVICE_EXPORT"
	deviceImport       = "DEVICE_IMPORT"
	deviceBackup       = "DEVICE_BACKUP"
	copyConfigRequest  = "COPY_CONFIG_REQUEST"
	pendingChanges     = "PENDING_CHANGES_REQUEST"
	unregistration     = "DEVICE_UNREGISTRATION"

	deviceUpgrade = "DEVICE_UPGRADE" // ours: the list has no type for it
)

// transfers are the task types of DeviceImportExportTaskStatus, with the word
// that the download address has for them.
var transfers = map[string]string{deviceExport: "export", deviceImport: "import"}

// otherSpellings are task types as some of the vendor's examples write them,
// with the name that the documented list has for the same thing.
var otherSpellings = map[string]string{
	"DeviceExport":            deviceExport,
	"DeviceImport":            deviceImport,
	"DeviceTroubleshoot":      "DEVICE_TROUBLESHOOT",
	"CPU_Profiler":            "CPU_PROFILER",
	"SnortProfiler":           "SNORT_PROFILER",
	"MANAGE_CERTIFICATE":      "DEVICE_CERTIFICATE_MANAGEMENT",
	"NGFW_CLUSTER_OPERATIONS": "FTD_CLUSTER_COMMAND",
}

// pageType is a task type in the documented spelling; left out, a deployment.
func pageType(written string) string {
	if written == "" {
		return deviceDeployment
	}
	if page, ok := otherSpellings[written]; ok {
		return page
	}
	return written
}

// words are the status words of one family of tasks. Families differ in the
// words and even in their case.
type words struct{ pending, running, success, failed, cancelled string }

var (
	deploying   = words{"Pending", "Deploying", "Deployed", "Failed", "Cancelled"}
	titled      = words{"Pending", "Running", "Success", "Failed", "Cancelled"}
	transfer    = words{"PENDING", "RUNNING", "COMPLETED", "FAILED", "FAILED"}
	transferred = words{"PENDING", "PENDING", "SUCCESS", "FAILED", "FAILED"} // one device of a transfer
	clustering  = words{"PENDING", "IN_PROGRESS", "SUCCESS", "FAILED", "FAILED"}
	pairing     = words{"PENDING", "RUNNING", "Success", "FAILED", "FAILED"}
	general     = words{"PENDING", "RUNNING", "SUCCESS", "FAILED", "FAILED"}
)

// wordsOf are the words of the family of a task type.
func wordsOf(taskType string) words {
	switch taskType {
	case deviceDeployment, deviceRollback:
		return deploying
	case unregistration, pendingChanges, deviceBackup:
		return titled
	case deviceExport, deviceImport, deviceUpgrade:
		return transfer
	case "NGFWHA_OPERATIONS":
		return pairing
	}
	if strings.HasPrefix(taskType, "FTD_CLUSTER_") {
		return clustering
	}
	return general
}

// of is the word for a phase. The vendor knows no pause, and a success with
// trouble is a success: the message tells the trouble.
func (w words) of(p scenarios.Phase) string {
	switch p {
	case scenarios.Pending:
		return w.pending
	case scenarios.Running, scenarios.Paused:
		return w.running
	case scenarios.Failed:
		return w.failed
	case scenarios.Cancelled:
		return w.cancelled
	}
	return w.success
}

// registered are the messages of a registration; clients look for them.
var registered = map[scenarios.Phase]string{
	scenarios.Running:   "REGISTRATION_IN_PROGRESS",
	scenarios.Paused:    "REGISTRATION_IN_PROGRESS",
	scenarios.Succeeded: "DISCOVERY_SUCCESS",
}

// course says in our own words how a task stands, after its title.
var course = map[scenarios.Phase]string{
	scenarios.Pending:   "queued",
	scenarios.Running:   "in progress",
	scenarios.Paused:    "paused",
	scenarios.Succeeded: "completed",
	scenarios.Warning:   "completed with warnings",
	scenarios.Failed:    "failed",
	scenarios.Cancelled: "cancelled",
}

// message is what a task or one of its parts says last: the trouble first, then
// the family's own words, then the scenario's.
func message(e sim.Entry, taskType string) string {
	if e.Error != nil {
		return e.Error.Message
	}
	if e.Phase == scenarios.Warning || e.Phase == scenarios.Failed {
		for _, m := range slices.Backward(e.Messages) {
			if m.Level != "info" {
				return m.Text
			}
		}
	}
	if text := registered[e.Phase]; text != "" && taskType == deviceRegistration {
		return text
	}
	if n := len(e.Messages); n > 0 && !e.Messages[n-1].At.Before(e.Entered) { // an earlier state's is stale
		return e.Messages[n-1].Text
	}
	return title(taskType) + " " + course[e.Phase]
}

// title is a task type in words: "Device deployment", "FTD cluster create".
func title(taskType string) string {
	parts := strings.Split(strings.ToLower(taskType), "_")
	for i, part := range parts {
		switch part {
		case "ftd", "ngfwha", "ssp", "epm", "oir", "ltp", "oob", "cpu", "fa":
			parts[i] = strings.ToUpper(part)
		}
	}
	text := strings.Join(parts, " ")
	return strings.ToUpper(text[:1]) + text[1:]
}
