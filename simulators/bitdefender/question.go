package bitdefender

import (
	"encoding/json"
	"math"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// question is what v1.1 asks for beyond the task: which of its subtasks.
type question struct {
	subtasks      bool
	page, perPage int
	status        int // 0: any
	after, before *time.Time
}

// dateLayout is how all dates are written and read: local time without a zone.
const dateLayout = "2006-01-02T15:04:05"

func date(t time.Time, zone *time.Location) string { return t.In(zone).Format(dateLayout) }

// zoneOf reads the option zone, whose form the spec holds.
func zoneOf(offset string) *time.Location {
	t, err := time.Parse("-07:00", offset)
	if err != nil {
		return time.UTC
	}
	_, seconds := t.Zone()
	return time.FixedZone("", seconds)
}

// ask reads params that the request contract has let through, so types and
// ranges are right; left is what a schema cannot say: the 31st of June.
func ask(params map[string]any, zone *time.Location) (question, *sim.Fault) {
	options, filters := object(params, "options"), object(params, "subtaskFilters")
	q := question{page: number(options, "page", 1), perPage: number(options, "perPage", 30), status: number(filters, "status", 0)}
	q.subtasks, _ = options["returnSubtasks"].(bool)
	var fault *sim.Fault
	if q.after, fault = instant(filters, "endedAfter", zone); fault == nil {
		q.before, fault = instant(filters, "endedBefore", zone)
	}
	return q, fault
}

func instant(filters map[string]any, name string, zone *time.Location) (*time.Time, *sim.Fault) {
	text, ok := filters[name].(string)
	if !ok {
		return nil, nil
	}
	t, err := time.ParseInLocation(dateLayout, text, zone)
	if err != nil {
		return nil, sim.InvalidField(openapi.InParams, "subtaskFilters."+name, "format", "is no date")
	}
	return &t, nil
}

// keeps tells whether a subtask passes the filters. Dates are compared as they
// are shown, in whole seconds, and both ends are exclusive; what has not ended
// passes no date filter.
func (q question) keeps(status int, ended time.Time) bool {
	if q.status != 0 && q.status != status {
		return false
	}
	if ended.IsZero() {
		return q.after == nil && q.before == nil
	}
	ended = ended.Truncate(time.Second)
	return (q.after == nil || ended.After(*q.after)) && (q.before == nil || ended.Before(*q.before))
}

func object(m map[string]any, name string) map[string]any {
	o, _ := m[name].(map[string]any)
	return o
}

// number reads a number, which may be written 5, 5.0 or 0.5e1. One beyond any
// page is cut, so that arithmetic on it cannot overflow.
func number(m map[string]any, name string, otherwise int) int {
	n, ok := m[name].(json.Number)
	if !ok {
		return otherwise
	}
	f, err := n.Float64()
	if err != nil {
		return otherwise
	}
	return int(math.Min(f, lastPage))
}

// lastPage is beyond the last page of any task: a task has at most 10,000
// subtasks.
const lastPage = 1_000_000
