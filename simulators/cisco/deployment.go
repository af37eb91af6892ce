package cisco

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// deployable is a device with changes that are not deployed.
type deployable struct {
	CanBeDeployed       bool           `json:"canBeDeployed"`
	Device              sensor         `json:"device"`
	DeviceMembers       []sensor       `json:"deviceMembers"`
	Domain              domainOfDevice `json:"domain"`
	IsDeploying         bool           `json:"isDeploying"`
	Message             string         `json:"message,omitempty"`
	Name                string         `json:"name"`
	TrafficInterruption string         `json:"trafficInterruption"`
	Type                string         `json:"type"`
	UpToDate            bool           `json:"upToDate"`
	Version             string         `json:"version"`
}

// deployableBrief is what a list that is not expanded says of it.
type deployableBrief struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Version string `json:"version"`
}

type sensor struct {
	ID              string `json:"id"`
	KeepLocalEvents bool   `json:"keepLocalEvents"`
	Name            string `json:"name"`
	Type            string `json:"type"`
}

type domainOfDevice struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
	UUID string `json:"uuid"`
}

// busyMessage is what the vendor's example says of a device that is being
// deployed to.
const busyMessage = "Cannot perform deployment to the device, as another deployment is in progress for the device."

func listDeployable(c *sim.Call) (sim.Reply, error) {
	changed := slices.DeleteFunc(survey(c).firewalls, func(f *firewall) bool { return f.changed.IsZero() })
	return list(c, changed, func(f *firewall) any {
		version := strconv.FormatInt(f.changed.UnixMilli(), 10)
		if !expanded(c) {
			return deployableBrief{f.name, "DeployableDevice", version}
		}
		itself := sensor{ID: f.id, Name: f.name, Type: "SENSOR"}
		d := deployable{
			CanBeDeployed: !f.written, Device: itself, DeviceMembers: []sensor{itself},
			Domain:      domainOfDevice{globalDomain, "Global", "Domain", globalDomain},
			IsDeploying: f.deploying, Name: f.name, TrafficInterruption: "NO", Type: "DeployableDevice", Version: version,
		}
		if f.deploying {
			d.Message = busyMessage
		}
		return d
	})
}

// job is a deployment or a rollback as the history of jobs shows it.
type job struct {
	DeploymentNote string      `json:"deploymentNote,omitempty"`
	DeviceList     []jobDevice `json:"deviceList"`
	EndTime        string      `json:"endTime,omitempty"`
	ID             string      `json:"id"`
	JobName        string      `json:"jobName"`
	JobStatus      string      `json:"jobStatus"`
	JobType        string      `json:"jobType"`
	Links          *links      `json:"links,omitempty"`
	StartTime      string      `json:"startTime"`
	Type           string      `json:"type"`
	User           string      `json:"user"`

	began time.Time
	ended time.Time
}

type jobDevice struct {
	DeployedVersion  int    `json:"deployedVersion"`
	DeploymentStatus string `json:"deploymentStatus"`
	DeviceName       string `json:"deviceName"`
	DeviceUUID       string `json:"deviceUUID"`
}

// jobBrief is what a list that is not expanded says of it.
type jobBrief struct {
	ID      string `json:"id"`
	JobName string `json:"jobName"`
	Links   links  `json:"links"`
	Type    string `json:"type"`
}

// jobTypes are the words for a job by the type of its task.
var jobTypes = map[string]string{deviceDeployment: "DEPLOYMENT", deviceRollback: "ROLLBACK"}

// The words for a job, and for one of its devices.
var (
	jobWords       = words{"DEPLOYING", "DEPLOYING", "DEPLOYED", "FAILED", "ABORTED"}
	jobDeviceWords = words{"DEPLOYING", "DEPLOYING", "SUCCEEDED", "FAILED", "CANCELLED"}
)

// exampleJob is the id of the one job that ended before the tenant began: the
// first of the vendor's example of a rollback.
const exampleJob = "0050568B-9937-0ed3-0000-296352743514"

// firstJob brought the first firewall to where it stands at the start.
func firstJob(c *sim.Call, f *firewall) job {
	j := job{
		DeviceList: []jobDevice{{1, jobDeviceWords.success, f.name, f.id}}, ID: exampleJob,
		JobName: "Deploy_Job_1", JobStatus: jobWords.success, JobType: "DEPLOYMENT",
	}
	began := c.Tenant.Clock.Began()
	return j.at(began.Add(-24*time.Hour), began.Add(-24*time.Hour+85*time.Second))
}

func newJob(s *estate, e sim.Entry, w *work) job {
	j := job{
		DeploymentNote: w.note, DeviceList: []jobDevice{},
		// The low digits only have to differ from job to job; 3<<32 is where the
		// vendor's examples lie.
		ID:        fmt.Sprintf("0050568B-9937-0ed3-0000-%012d", 3<<32+e.Number),
		JobName:   "Deploy_Job_" + strconv.Itoa(len(s.jobs)+1),
		JobStatus: jobWords.of(e.Phase), JobType: jobTypes[w.taskType],
	}
	for i, t := range w.devices {
		d := jobDevice{-1, jobDeviceWords.of(partOf(e, i).Phase), t.Name, t.ID} // -1 as in the example of a rollback
		if f := s.byID[t.ID]; f != nil && w.taskType == deviceDeployment {
			d.DeployedVersion = f.version + 1
		}
		if partOf(e, i).Phase == scenarios.Warning {
			d.DeploymentStatus = "PARTIALLY_SUCCEEDED"
		}
		j.DeviceList = append(j.DeviceList, d)
	}
	began := e.Started
	if began.IsZero() {
		began = e.Created
	}
	return j.at(began, e.Ended)
}

// at fills in when the job began and ended; the zero time where it has not.
func (j job) at(began, ended time.Time) job {
	const layout = "2006-01-02T15:04:05Z"
	j.began, j.ended, j.StartTime = began, ended, began.UTC().Format(layout)
	if !ended.IsZero() {
		j.EndTime = ended.UTC().Format(layout)
	}
	j.Type, j.User = "JobHistory", "admin"
	return j
}

func jobAddress(c *sim.Call, id string) string { return address(c, "/deployment/jobhistories/"+id) }

// listJobs lists the jobs, the newest first.
func listJobs(c *sim.Call) (sim.Reply, error) {
	keep, err := jobFilter(c)
	if err != nil {
		return sim.Reply{}, err
	}
	jobs := slices.DeleteFunc(survey(c).jobs, func(j job) bool { return !keep(j) })
	slices.Reverse(jobs)
	return list(c, jobs, func(j job) any {
		if !expanded(c) {
			return jobBrief{j.ID, j.JobName, links{jobAddress(c, j.ID)}, j.Type}
		}
		return j
	})
}

func jobFilter(c *sim.Call) (keep func(job) bool, err error) {
	wanted, err := filter(c, "deviceUUID", "startTime", "endTime", "status", "jobType")
	if err != nil {
		return nil, err
	}
	from, noStart := seconds(wanted, "startTime")
	to, noEnd := seconds(wanted, "endTime")
	if noStart != noEnd || from == nil && !noStart || to == nil && !noEnd ||
		wanted["status"] != "" && !slices.Contains([]string{"DEPLOYING", "DEPLOYED", "FAILED", "ABORTED", "EDIT_INUSE"}, wanted["status"]) ||
		wanted["jobType"] != "" && !slices.Contains([]string{"DEPLOYMENT", "ROLLBACK", "CERTIFICATE"}, wanted["jobType"]) {
		return nil, badFilter()
	}
	return func(j job) bool {
		return (wanted["status"] == "" || j.JobStatus == wanted["status"]) &&
			(wanted["jobType"] == "" || j.JobType == wanted["jobType"]) &&
			(from == nil || !j.began.Before(*from) && !j.began.After(*to)) &&
			(wanted["deviceUUID"] == "" || slices.ContainsFunc(j.DeviceList, func(d jobDevice) bool { return d.DeviceUUID == wanted["deviceUUID"] }))
	}, nil
}

// seconds reads an instant of a filter in epoch seconds; nil where it is left
// out (missing) or no number.
func seconds(wanted map[string]string, name string) (at *time.Time, missing bool) {
	text, ok := wanted[name]
	n, err := strconv.ParseInt(text, 10, 64)
	if !ok || err != nil {
		return nil, !ok
	}
	t := time.Unix(n, 0)
	return &t, false
}

func getJob(c *sim.Call) (sim.Reply, error) {
	for _, j := range survey(c).jobs {
		if j.ID == c.Path["objectId"] {
			j.Links = &links{jobAddress(c, j.ID)}
			return sim.JSON(http.StatusOK, j), nil
		}
	}
	fault := &sim.Fault{Kind: sim.NotFound, Note: "no such job"}
	return sim.Reply{}, fault.Naming(openapi.InPath, "objectId", "the id of a job that the list of jobs has")
}
