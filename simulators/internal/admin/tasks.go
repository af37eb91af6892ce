package admin

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// What is done here is no client's read: it never moves a task that waits for
// reads.

// defaultPage is how many entries of a list are answered where nobody says.
const defaultPage = 100

// served are the vendors that the tenant has, in the order of the server's.
func (c *call) served() []string {
	var names []string
	for _, v := range c.Vendors {
		if c.tenant.Serves(v.Name) {
			names = append(names, v.Name)
		}
	}
	return names
}

// noVendor says which vendors there are instead.
func (c *call) noVendor(member, name string) *api.Problem {
	return wrongValue(member, "the tenant has no such vendor; it has: %s", strings.Join(byLikeness(name, c.served()), ", "))
}

func (c *call) listTasks() (reply, error) {
	vendors := c.served()
	if only := c.query.Get("vendor"); only != "" {
		if !slices.Contains(vendors, only) {
			return reply{}, c.noVendor("vendor", only)
		}
		vendors = []string{only}
	}
	now := c.tenant.Clock.Now()
	p := page{
		call: c, now: now, phase: scenarios.Phase(c.query.Get("phase")),
		skip: int(c.number("offset", 0)), room: int(c.number("limit", defaultPage)),
		out: api.Tasks{Tasks: []api.Task{}},
	}
	for _, vendor := range vendors {
		p.add(vendor, c.tenant.Tasks(vendor))
	}
	return ok(p.out), nil
}

// page is a page of tasks while it is filled.
type page struct {
	*call
	now        time.Time
	phase      scenarios.Phase // "": all
	skip, room int
	out        api.Tasks
}

// add fills in the tasks of one vendor, also those that it does not know. Only what
// is on the page is shown whole.
func (p *page) add(vendor string, tasks *tenant.Tasks) {
	q := tenant.Query{Unknown: true}
	if p.phase != "" {
		q.Match = func(e tenant.Entry) bool { return e.Phase == p.phase }
	}
	l := tasks.List(p.now, q, p.skip, p.room)
	p.out.Total += l.Total
	p.skip -= min(p.skip, l.Total)
	p.room -= len(l.Entries)
	for _, e := range l.Entries {
		p.out.Tasks = append(p.out.Tasks, taskOf(vendor, tasks, e.Ref, l.At))
	}
}

// aTask is the task that the path names.
type aTask struct {
	vendor string
	tasks  *tenant.Tasks
	ref    tenant.Ref
}

func (c *call) task() (aTask, error) {
	vendor := c.path["vendor"]
	if !c.tenant.Serves(vendor) {
		return aTask{}, problem(noSuchTask, "the tenant has no such vendor; it has: %s", strings.Join(byLikeness(vendor, c.served()), ", "))
	}
	tasks := c.tenant.Tasks(vendor)
	ref, found := tasks.Find(c.path["id"])
	if !found {
		return aTask{}, problem(noSuchTask, "%s has no task of this id; see GET %s/tasks?vendor=%s", vendor, tenantPath(c.tenant.Name), vendor)
	}
	return aTask{vendor, tasks, ref}, nil
}

// show answers the task as it is now.
func (c *call) show(k aTask) (reply, error) {
	return ok(taskOf(k.vendor, k.tasks, k.ref, c.tenant.Clock.Now())), nil
}

func (c *call) getTask() (reply, error) {
	k, err := c.task()
	if err != nil {
		return reply{}, err
	}
	return c.show(k)
}

func (c *call) forceTask() (reply, error) {
	var want api.Force
	if err := c.body(&want); err != nil {
		return reply{}, err
	}
	k, err := c.task()
	if err != nil {
		return reply{}, err
	}
	sub := task.Whole
	if want.Subtask != nil {
		sub = *want.Subtask
	}
	err = k.tasks.Force(k.ref, c.now, sub, want.State)
	if errors.Is(err, task.ErrState) {
		return reply{}, wrongValue("state", "lifecycle %s has no such state; it has: %s",
			k.tasks.Lifecycle(k.ref), strings.Join(byLikeness(want.State, k.tasks.States(k.ref)), ", "))
	}
	if err != nil {
		return reply{}, refused(err)
	}
	return c.show(k)
}

func (c *call) cancelTask() (reply, error) {
	k, err := c.task()
	if err != nil {
		return reply{}, err
	}
	if err := k.tasks.End(k.ref, c.now, scenarios.Cancelled); err != nil {
		return reply{}, refused(err)
	}
	return c.show(k)
}

func (c *call) expireTask() (reply, error) {
	k, err := c.task()
	if err != nil {
		return reply{}, err
	}
	if _, known := k.tasks.Look(k.ref, c.now); !known {
		return reply{}, refused(task.ErrUnknown)
	}
	k.tasks.Expire(k.ref, c.now)
	return c.show(k)
}

// refused words why a task cannot be changed.
func refused(err error) error {
	switch {
	case errors.Is(err, task.ErrSubtask):
		return wrongValue("subtask", "%s; they count from 0", err)
	case errors.Is(err, task.ErrUnknown):
		return problem(taskUnknown, "it is not created yet, or forgotten")
	case errors.Is(err, task.ErrEnded):
		return problem(taskEnded, "only a task under way can be cancelled")
	}
	return err
}

func (c *call) createTask() (reply, error) {
	var want api.NewTask
	if err := c.body(&want); err != nil {
		return reply{}, err
	}
	vendor, known := c.vendor(want.Vendor)
	if !known || !c.tenant.Serves(want.Vendor) {
		return reply{}, c.noVendor("vendor", want.Vendor)
	}
	if err := checkNewTask(vendor.Spec, &want); err != nil {
		return reply{}, err
	}
	tasks := c.tenant.Tasks(want.Vendor)
	e, err := tasks.Create(c.now, tenant.Creation{
		Operation: want.Operation, Body: c.raw, Name: want.Name,
		Parts: want.Subtasks, Set: want.Set, Lifecycle: want.Lifecycle,
	})
	switch {
	case errors.Is(err, tenant.ErrTasks):
		return reply{}, problem(tooManyTasks, "at most %d a vendor", tenant.MaxCreated)
	case errors.Is(err, tenant.ErrLifecycle):
		var names []string
		for name := range c.tenant.Scenario().Lifecycles {
			names = append(names, name)
		}
		return reply{}, wrongValue("lifecycle", "the scenario has no such lifecycle; it has: %s", strings.Join(byLikeness(want.Lifecycle, names), ", "))
	case err != nil:
		return reply{}, err
	}
	ref, _ := tasks.Find(e.ID)
	rep, err := c.show(aTask{want.Vendor, tasks, ref})
	rep.status, rep.header = http.StatusCreated, http.Header{}
	rep.header.Set("Location", taskPath(c.tenant.Name, want.Vendor, e.ID))
	return rep, err
}

// taskPath is the path of a task.
func taskPath(tenantName, vendor, id string) string {
	return tenantPath(tenantName) + "/tasks/" + vendor + "/" + url.PathEscape(id)
}

// checkNewTask holds what a request says of a task to the vendor's contract.
func checkNewTask(spec *openapi.Spec, want *api.NewTask) error {
	if want.Operation != "" {
		var names []string
		there := false
		for _, o := range spec.Operations {
			for _, leaf := range o.Leaves() {
				there = there || leaf.Name == want.Operation
				if leaf.Kind == "start" && !slices.Contains(names, leaf.Name) { // one may stand at several paths
					names = append(names, leaf.Name)
				}
			}
		}
		switch {
		case slices.Contains(names, want.Operation):
		case there:
			return wrongValue("operation", "this operation of %s starts no work; those that do: %s", want.Vendor, strings.Join(byLikeness(want.Operation, names), ", "))
		default:
			return wrongValue("operation", "%s has no such operation; nearest: %s", want.Vendor, nearestOf(want.Operation, names))
		}
	}
	for name, value := range want.Set {
		if err := spec.CheckField(name, value, false); err != nil {
			return wrongValue("set."+name, "%s", err)
		}
	}
	return nil
}
