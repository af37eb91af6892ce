package cisco

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// page is one page of a list. A page without items has no such key.
type page struct {
	Items  any       `json:"items,omitempty"`
	Links  pageLinks `json:"links"`
	Paging paging    `json:"paging"`
}

type pageLinks struct {
	Self string `json:"self,omitempty"`
}

type paging struct {
	Count  int      `json:"count"`
	Limit  int      `json:"limit"`
	Next   []string `json:"next,omitempty"`
	Offset int      `json:"offset"`
	Pages  int      `json:"pages"`
	Prev   []string `json:"prev,omitempty"`
}

// defaultLimit is how long a page is where the client does not say.
const defaultLimit = 25

// list answers the page that the client asks for. Only what stands on it is
// rendered.
func list[T, R any](c *sim.Call, all []T, render func(T) R) (sim.Reply, error) {
	limit, offset := pageAsked(c)
	from := min(offset, len(all))
	return pageOf(c, limit, offset, len(all), all[from:min(from+limit, len(all))], render), nil
}

// pageAsked is how long a page the client asks for, and how many things stand
// before it.
func pageAsked(c *sim.Call) (limit, offset int) {
	return c.PageSize(c.QueryNumber("limit", defaultLimit)), c.QueryNumber("offset", 0)
}

// pageOf is a page of a list of so many things, with those that stand on it.
func pageOf[T, R any](c *sim.Call, limit, offset, total int, shown []T, render func(T) R) sim.Reply {
	from := min(offset, total)
	c.Page(c.Rest("limit", "offset"), from, len(shown), from+len(shown) < total)
	if total == 0 {
		return sim.JSON(http.StatusOK, page{})
	}
	p := page{
		Links:  pageLinks{pageAddress(c, offset, limit)},
		Paging: paging{Count: total, Limit: limit, Offset: offset, Pages: (total + limit - 1) / limit},
	}
	if len(shown) > 0 {
		var items []R
		for _, v := range shown {
			items = append(items, render(v))
		}
		p.Items = items
	}
	if offset+limit < total {
		p.Paging.Next = []string{pageAddress(c, offset+limit, limit)}
	}
	if offset > 0 {
		p.Paging.Prev = []string{pageAddress(c, max(0, offset-limit), limit)}
	}
	return sim.JSON(http.StatusOK, p)
}

// pageAddress is where another page of the same list stands.
func pageAddress(c *sim.Call, offset, limit int) string {
	query := "offset=" + strconv.Itoa(offset) + "&limit=" + strconv.Itoa(limit)
	if filter := c.Query.Get("filter"); filter != "" {
		query = "filter=" + url.QueryEscape(filter) + "&" + query
	}
	if c.Query.Has("expanded") {
		query += "&expanded=" + strconv.FormatBool(expanded(c))
	}
	return c.BaseURL() + c.RequestPath() + "?" + query
}

// expanded tells whether the client wants more than what an object is called.
func expanded(c *sim.Call) bool {
	yes, _ := strconv.ParseBool(c.Query.Get("expanded"))
	return yes
}

// filter reads a filter such as "type:Deployment;status:Failed".
func filter(c *sim.Call, known ...string) (map[string]string, error) {
	found := map[string]string{}
	for term := range strings.SplitSeq(c.Query.Get("filter"), ";") {
		if term = strings.TrimSpace(term); term == "" {
			continue
		}
		key, value, _ := strings.Cut(term, ":")
		if _, twice := found[key]; twice || value == "" || !slices.Contains(known, key) {
			return nil, badFilter()
		}
		found[key] = value
	}
	return found, nil
}

func badFilter() error {
	return sim.InvalidField(openapi.InQuery, "filter", "format", "is no filter of this operation")
}

// listed are the kinds of task that a list of tasks may be of, with the task
// type and the statuses that the page allows for each.
var listed = map[string]struct {
	taskType string
	statuses []string
}{
	"Deployment":            {deviceDeployment, []string{"Deploying", "Cancelled", "Failed", "Succeeded"}},
	"Registration":          {deviceRegistration, []string{"Pending", "Running", "Success", "Failed"}},
	"Unregistration":        {unregistration, []string{"Running", "Success", "Failed"}},
	"PendingChangesRequest": {pendingChanges, []string{"Running", "Success", "Failed"}},
	"DEVICE_BACKUP":         {deviceBackup, []string{"Running", "Success", "Failed", "Cancelled"}},
}

// brief is an object of a list that is not expanded.
type brief struct {
	ID    string `json:"id"`
	Links links  `json:"links"`
	Name  string `json:"name,omitempty"`
	Type  string `json:"type"`
}

func listTasks(c *sim.Call) (sim.Reply, error) {
	wanted, err := filter(c, "type", "status")
	if err != nil {
		return sim.Reply{}, err
	}
	kind, ok := listed[wanted["type"]]
	if !ok || !slices.Contains(kind.statuses, wanted["status"]) {
		return sim.Reply{}, badFilter()
	}
	limit, offset := pageAsked(c)
	shown, total := c.List(sim.Query{Match: func(e sim.Entry) bool {
		w, _ := e.Data.(*work)
		return pageType(typeOf(e, w)) == kind.taskType && filterWord(kind.taskType, kind.statuses, e.Phase) == wanted["status"]
	}}, offset, limit)
	return pageOf(c, limit, offset, total, shown, func(e sim.Entry) any {
		c.Shows(e)
		full := status(c, e)
		if !expanded(c) {
			return brief{full.ID, full.Links, full.Name, full.Type}
		}
		return c.Document(full, withoutTaskType(e))
	}), nil
}

// filterWord is a phase in the words of the filter, which are not always those
// of the tasks: "" where the filter has none. What waits counts as running where
// the filter does not tell the two apart.
func filterWord(taskType string, statuses []string, p scenarios.Phase) string {
	w := wordsOf(taskType)
	word := w.of(p)
	if p == scenarios.Pending && !slices.Contains(statuses, "Pending") {
		word = w.running
	}
	if word == deploying.success {
		word = "Succeeded"
	}
	for _, s := range statuses {
		if strings.EqualFold(s, word) {
			return s
		}
	}
	return ""
}
