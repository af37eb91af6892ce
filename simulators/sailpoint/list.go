package sailpoint

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// listRules is in what GET /task-status differs between the versions.
type listRules struct {
	completedOnly bool
	isNull        bool // completionStatus isnull
	launcher      bool // a filter field
}

var listRulesAt = map[string]listRules{
	"/beta":  {completedOnly: true},
	"/v2024": {completedOnly: true},
	"/v2025": {isNull: true},
	"/v2026": {isNull: true, launcher: true},
	"":       {isNull: true, launcher: true}, // v1 stands after the resource
}

func getTaskStatusList(c *sim.Call) (sim.Reply, error) {
	rules := listRulesAt[c.Base]
	conditions, err := parseFilters(c.Query.Get("filters"), rules)
	if err != nil {
		return sim.Reply{}, err
	}
	order, err := parseSorters(c.Query.Get("sorters"))
	if err != nil {
		return sim.Reply{}, err
	}
	q := conditions.query(c)
	q.Order = order
	meets := q.Match
	q.Match = func(e sim.Entry) bool { return (!rules.completedOnly || completionOf(e) != nil) && meets(e) }
	p := find(c, q)
	return p.reply(c, sim.JSON(http.StatusOK, p.documents(c))), nil
}

func getPendingTasks(c *sim.Call) (sim.Reply, error) {
	p := find(c, pendingTasks)
	if len(p.shown) == 0 {
		return p.reply(c, sim.Reply{Status: http.StatusNoContent}), nil
	}
	return p.reply(c, sim.JSON(http.StatusOK, p.documents(c))), nil
}

// getPendingTaskHeaders is getPendingTasks without a body, and never a read.
func getPendingTaskHeaders(c *sim.Call) (sim.Reply, error) {
	p := choose(c, pendingTasks)
	if len(p.shown) == 0 {
		return p.reply(c, sim.Reply{Status: http.StatusNoContent}), nil
	}
	return p.reply(c, sim.Reply{Status: http.StatusOK}), nil
}

var pendingTasks = sim.Query{Match: func(e sim.Entry) bool { return completionOf(e) == nil }}

// page is the part of a list that limit and offset ask for.
type page struct {
	total int // what there is without limit and offset
	from  int // what stands before it
	shown []sim.Entry
}

// pageSize is limit where it is left out, and its maximum.
// https://developer.sailpoint.com/docs/api/standard-collection-parameters
const pageSize = 250

// choose finds the page of a list, without reading any task.
func choose(c *sim.Call, q sim.Query) page {
	q.Retention = retention
	match := q.Match
	q.Match = func(e sim.Entry) bool { return queued(c, e) && match(e) }
	from := c.QueryNumber("offset", 0)
	shown, total := c.Choose(q, from, c.PageSize(c.QueryNumber("limit", pageSize)))
	return page{total, min(from, total), shown}
}

// find is choose, and reads what the page shows where the scenario counts lists.
func find(c *sim.Call, q sim.Query) page {
	p := choose(c, q)
	// The total is asked for with the first page and left out of the others.
	c.Page(c.Rest("limit", "offset", "count"), p.from, len(p.shown), p.from+len(p.shown) < p.total)
	if !c.Tenant.Scenario().CountLists {
		return p
	}
	read := c.ReadThese(p.shown)
	place := make(map[string]int, len(read))
	for i := range read {
		place[read[i].ID] = i
	}
	for i := range p.shown { // one that the vendor forgets meanwhile stays as it was chosen
		if at, ok := place[p.shown[i].ID]; ok {
			p.shown[i] = read[at]
		}
	}
	return p
}

func (p page) documents(c *sim.Call) []any {
	c.Shows(p.shown...)
	out := make([]any, len(p.shown))
	for i, e := range p.shown {
		out[i] = document(c, e)
	}
	return out
}

// reply adds the total where it is asked for.
func (p page) reply(c *sim.Call, r sim.Reply) sim.Reply {
	if counted, _ := strconv.ParseBool(c.Query.Get("count")); counted {
		return r.With("X-Total-Count", strconv.Itoa(p.total))
	}
	return r
}

// parseSorters reads a list of fields, each with a minus for falling order. The
// only field is created, so the first decides.
func parseSorters(text string) (sim.Order, error) {
	if text == "" {
		return sim.AsWritten, nil
	}
	for field := range strings.SplitSeq(text, ",") {
		if strings.TrimPrefix(strings.TrimSpace(field), "-") != "created" {
			return 0, sim.InvalidField(openapi.InQuery, "sorters", "sorters", "can sort by created only")
		}
	}
	if strings.HasPrefix(strings.TrimSpace(text), "-") {
		return sim.NewestFirst, nil
	}
	return sim.OldestFirst, nil
}
