package cisco

import (
	"cmp"
	"strconv"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// fleet is how many firewalls the FMC manages from the start: the devices of
// the fixtures from the first on.
const fleet = 200

// exampleDevice is the id of the first firewall, unless the user's own data
// give it one: the device of the vendor's examples.
const exampleDevice = "d94f7ada-d141-11e5-acf3-c41f7e67fb1b"

// changedEvery says which firewalls have changes to deploy from the start: the
// first, and each so many further.
const changedEvery = 10

// firewall is one device as the tasks of clients have left it.
type firewall struct {
	id, name, hostName, model string
	natID                     string
	licenses                  []string
	policy                    reference

	changed   time.Time // the last change that is not deployed; zero where there is none
	version   int       // of the configuration that was deployed last; 0: none
	written   bool      // a task that has not ended writes to it
	deploying bool      // and that is a deployment or a rollback
}

func (f *firewall) target() target { return target{ID: f.id, Name: f.name, Type: "Device"} }

// reference points to another object.
type reference struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
	Type string `json:"type,omitempty"`
}

// work is what a task does that a client has started.
type work struct {
	taskType string
	devices  []target // one a part
	note     string
	joins    *firewall // of a registration: the new device
}

// writesTo tells whether a task type changes the devices or what runs on them.
// Exports, backups and comparisons only look.
func writesTo(taskType string) bool {
	switch taskType {
	case deviceDeployment, deviceRollback, deviceImport, copyConfigRequest, deviceUpgrade:
		return true
	}
	return false
}

// fleetSize is fleet, or as many as the user's own fixtures have.
func fleetSize(c *sim.Call) int {
	if own := c.Tenant.Own(); own != nil {
		return max(fleet, len(own.Devices))
	}
	return fleet
}

// estate is what the tasks of clients have made of the fleet. It is computed
// anew for each request; the tasks are all that is kept. What a scenario
// declares has devices for show and does nothing to them.
type estate struct {
	firewalls []*firewall
	byID      map[string]*firewall
	joining   []*firewall // devices whose registration has not ended
	queued    bool        // one of those has not even begun
	jobs      []job       // in the order in which they were asked for
}

func survey(c *sim.Call) *estate {
	n := fleetSize(c)
	s := &estate{byID: make(map[string]*firewall, n)}
	for i := range n {
		s.add(fleetDevice(c, i))
	}
	s.jobs = append(s.jobs, firstJob(c, s.firewalls[0]))
	for _, e := range c.Created() {
		w, ok := e.Data.(*work)
		switch {
		case !ok:
		case w.joins != nil:
			s.join(e, w)
		default:
			s.apply(e, w)
		}
	}
	return s
}

func (s *estate) add(f *firewall) {
	s.firewalls = append(s.firewalls, f)
	s.byID[f.id] = f
}

// fleetDevice is the firewall at a place of the fleet, as it is at the start.
func fleetDevice(c *sim.Call, i int) *firewall {
	d := c.Fixtures().Device(i)
	if i == 0 {
		d.ID = cmp.Or(d.ID, exampleDevice)
	}
	if d.ID == "" {
		d.ID = sim.UUID(c.SeedLuck("device" + strconv.Itoa(i)))
	}
	f := &firewall{
		id: d.ID, name: d.Name, hostName: d.Hostname, model: d.Model, version: 1,
		licenses: []string{"ESSENTIALS"},
		policy:   reference{sim.UUID(c.SeedLuck("access policy")), "Default access", "AccessPolicy"},
	}
	if i%changedEvery == 0 {
		f.changed = c.Tenant.Clock.Began().Add(-time.Hour)
	}
	return f
}

// join adds the device of a registration that went well.
func (s *estate) join(e sim.Entry, w *work) {
	switch {
	case !e.Phase.Ended():
		s.joining = append(s.joining, w.joins)
		s.queued = s.queued || e.Phase == scenarios.Pending
	case wentWell(e.Phase):
		f := *w.joins
		f.changed = e.Ended // its policies have still to be deployed
		s.add(&f)
	}
}

// apply does to the devices what a task has done so far.
func (s *estate) apply(e sim.Entry, w *work) {
	isJob := w.taskType == deviceDeployment || w.taskType == deviceRollback
	if isJob {
		s.jobs = append(s.jobs, newJob(s, e, w))
	}
	for i, t := range w.devices {
		f, part := s.byID[t.ID], partOf(e, i)
		if f == nil || !writesTo(w.taskType) {
			continue
		}
		switch {
		case !part.Phase.Ended():
			f.written, f.deploying = true, isJob
		case !wentWell(part.Phase), w.taskType == deviceUpgrade:
		case w.taskType == deviceDeployment:
			f.changed = time.Time{}
			f.version++
		default: // what the device runs is no longer what the FMC has
			f.changed = part.Ended
		}
	}
}

// partOf is a task as it stands for one of its devices.
func partOf(e sim.Entry, i int) sim.Entry {
	if i < len(e.Subtasks) {
		e.Snapshot = e.Subtasks[i]
	}
	return e
}

func wentWell(p scenarios.Phase) bool { return p == scenarios.Succeeded || p == scenarios.Warning }
