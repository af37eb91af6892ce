package sailpoint

import (
	"net/http"
	"slices"
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
	p := find(c, order, func(e sim.Entry) bool {
		if rules.completedOnly && completionOf(e) == nil {
			return false
		}
		return conditions.match(c, e)
	})
	return p.reply(c, sim.JSON(http.StatusOK, p.documents(c))), nil
}

func getPendingTasks(c *sim.Call) (sim.Reply, error) {
	p := find(c, nil, isPending)
	if len(p.shown) == 0 {
		return p.reply(c, sim.Reply{Status: http.StatusNoContent}), nil
	}
	return p.reply(c, sim.JSON(http.StatusOK, p.documents(c))), nil
}

// getPendingTaskHeaders is getPendingTasks without a body, and never a read.
func getPendingTaskHeaders(c *sim.Call) (sim.Reply, error) {
	p := choose(c, nil, isPending)
	if len(p.shown) == 0 {
		return p.reply(c, sim.Reply{Status: http.StatusNoContent}), nil
	}
	return p.reply(c, sim.Reply{Status: http.StatusOK}), nil
}

func isPending(e sim.Entry) bool { return completionOf(e) == nil }

// page is the part of a list that limit and offset ask for.
type page struct {
	total int // what there is without limit and offset
	from  int // what stands before it
	shown []sim.Entry
}

// pageSize is limit where it is left out, and its maximum.
// https://developer.sailpoint.com/docs/api/standard-collection-parameters
const pageSize = 250

// choose finds the page of the tasks that match, without reading any. order is
// nil for the order in which they were written and then created.
func choose(c *sim.Call, order func(a, b sim.Entry) int, match func(sim.Entry) bool) page {
	var all []sim.Entry
	c.List(func(e sim.Entry) bool { // keeps nothing itself: only what the page shows may count as read
		if visible(c, e) && match(e) {
			all = append(all, e)
		}
		return false
	})
	if order != nil {
		slices.SortStableFunc(all, order)
	}
	from := min(c.QueryNumber("offset", 0), len(all))
	to := min(from+c.PageSize(c.QueryNumber("limit", pageSize)), len(all))
	return page{len(all), from, all[from:to]}
}

// find is choose, and reads what the page shows where the scenario counts lists.
func find(c *sim.Call, order func(a, b sim.Entry) int, match func(sim.Entry) bool) page {
	p := choose(c, order, match)
	// The total is asked for with the first page and left out of the others.
	c.Page(c.Rest("limit", "offset", "count"), p.from, len(p.shown), p.from+len(p.shown) < p.total)
	if !c.Tenant.Scenario().CountLists {
		return p
	}
	place := make(map[string]int, len(p.shown))
	for i, e := range p.shown {
		place[e.ID] = i
	}
	for _, e := range c.List(func(e sim.Entry) bool { _, ok := place[e.ID]; return ok }) {
		p.shown[place[e.ID]] = e
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
func parseSorters(text string) (func(a, b sim.Entry) int, error) {
	if text == "" {
		return nil, nil
	}
	for field := range strings.SplitSeq(text, ",") {
		if strings.TrimPrefix(strings.TrimSpace(field), "-") != "created" {
			return nil, sim.InvalidField(openapi.InQuery, "sorters", "sorters", "can sort by created only")
		}
	}
	if strings.HasPrefix(strings.TrimSpace(text), "-") {
		return func(a, b sim.Entry) int { return b.Created.Compare(a.Created) }, nil
	}
	return func(a, b sim.Entry) int { return a.Created.Compare(b.Created) }, nil
}
