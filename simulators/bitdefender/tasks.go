package bitdefender

import (
	"slices"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// listedTask is one task of a list.
type listedTask struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Status    int    `json:"status"`
	StartDate string `json:"startDate"`
}

// getScanTasksList lists scans only, as they are shown by getTaskStatus.
func getScanTasksList(c *sim.Call) (sim.Reply, error) {
	zone := zoneOf(c.Options.String("zone"))
	name, status := text(c.Params, "name"), number(c.Params, "status", 0)
	a := pageAsked(c)
	shown, total := c.List(sim.Query{Match: func(e sim.Entry) bool {
		return typeOf(e) == typeScan && (status == 0 || statusOf(e) == status) && (name == "" || matches(nameOf(e, zone), name))
	}}, a.before(), a.perPage)
	return result(c, pageOf(c, total, func(i int) listedTask {
		e := shown[i-a.before()]
		c.Shows(e)
		return listedTask{
			ID: e.ID, Name: nameOf(e, zone), Status: statusOf(e),
			StartDate: sim.SetString(e, "startDate", date(e.Created, zone)),
		}
	})), nil
}

// deleteTask makes the vendor forget a task, unless it is in progress.
func deleteTask(c *sim.Call) (sim.Reply, error) {
	id := text(c.Params, "taskId")
	e, ok := c.Look(id)
	switch {
	case !ok:
		return sim.Reply{}, &sim.Fault{Kind: sim.UnknownTask}
	case statusOf(e) == progress:
		return sim.Reply{}, refuse("The task is in progress.")
	}
	c.Forget(id)
	return result(c, true), nil
}

// typeOf is the type of a task. One that the scenario gives none is a scan.
func typeOf(e sim.Entry) int { return setNumber(e, "type", typeScan) }

// statusOf is the status of a task as it is shown.
func statusOf(e sim.Entry) int { return setNumber(e, "status", parentStatus(e.Phase)) }

func setNumber(e sim.Entry, name string, otherwise int) int {
	if v, ok := sim.Set(e, name); ok {
		if n, ok := openapi.Number(v); ok {
			return int(n)
		}
	}
	return otherwise
}

// did is what has become of a task on one endpoint.
type did struct {
	endpoint int
	phase    scenarios.Phase
	ended    time.Time
}

// outcomes are what has become of a task on each of its endpoints. A task that
// was deleted before it ended does nothing any more.
func (w *work) outcomes(e sim.Entry) []did {
	var out []did
	for i, at := range w.endpoints {
		if i < len(e.Subtasks) && (e.Subtasks[i].Phase.Ended() || !e.Expired) {
			out = append(out, did{at, e.Subtasks[i].Phase, e.Subtasks[i].Ended})
		}
	}
	return out
}

func on(all []did, endpoint int) (did, bool) {
	i := slices.IndexFunc(all, func(d did) bool { return d.endpoint == endpoint })
	if i < 0 {
		return did{}, false
	}
	return all[i], true
}
