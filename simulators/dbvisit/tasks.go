package dbvisit

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// success is the envelope of an answer. The page declares an error in it too,
// but only as a part of the schema.
type success struct {
	Result     any  `json:"result"`
	Successful bool `json:"successful"` // always true
}

// successWithError is success where the option error_null asks for the member.
type successWithError struct {
	Error *failureText `json:"error"` // always null
	success
}

func answer(c *sim.Call, result any) (sim.Reply, error) {
	s := success{result, true}
	if c.Options.Bool("error_null") {
		return sim.JSON(http.StatusOK, successWithError{success: s}), nil
	}
	return sim.JSON(http.StatusOK, s), nil
}

type listing struct {
	Tasks []any `json:"tasks"`
}

// taskList answers the tasks of one configuration or of all, the newest first.
func taskList(c *sim.Call) (sim.Reply, error) {
	p := params(c)
	wanted, given, fault := integer(p, "configuration_id", "params.")
	if fault != nil {
		return sim.Reply{}, fault
	}
	showHidden, _ := p["show_"+c.Options.String("dismissed_name")].(bool)
	belongs := func(e sim.Entry) bool { return !given || configurationOf(e) == wanted }
	if _, known := configurationOfID(c, wanted); !known && given && wanted != 0 {
		if _, tasks := c.Choose(sim.Query{Match: belongs}, 0, 0); tasks == 0 { // hidden ones count too
			return sim.Reply{}, unknownConfiguration(c, "params.configuration_id")
		}
	}
	listed := func(e sim.Entry) bool { return belongs(e) && (showHidden || hiddenBy(e) == "") }
	entries := c.ReadAll(sim.Query{Match: listed})
	// A read can lead a task into a state in which it is hidden.
	entries = slices.DeleteFunc(entries, func(e sim.Entry) bool { return !listed(e) })
	slices.SortFunc(entries, newestFirst)
	c.Shows(entries...)
	out := listing{make([]any, 0, len(entries))}
	for _, e := range entries {
		out.Tasks = append(out.Tasks, document(c, e))
	}
	return answer(c, out)
}

// newestFirst orders by creation and, where that is the same, by number.
func newestFirst(a, b sim.Entry) int {
	if byCreation := b.Created.Compare(a.Created); byCreation != 0 {
		return byCreation
	}
	return cmp.Compare(number(b), number(a))
}

// taskShow answers one task, hidden or not.
func taskShow(c *sim.Call) (sim.Reply, error) {
	id, _, fault := integer(params(c), "task_id", "params.")
	if fault != nil {
		return sim.Reply{}, fault
	}
	e, ok := c.Read(strconv.FormatInt(id, 10))
	if !ok {
		return sim.Reply{}, &sim.Fault{Kind: sim.UnknownTask}
	}
	return answer(c, document(c, e))
}

// params are those of the request, nil where it has none.
func params(c *sim.Call) map[string]any {
	body, _ := c.Body.(map[string]any)
	p, _ := body["params"].(map[string]any)
	return p
}

// integer is an integer parameter, and whether it was given at all; null is as
// good as nothing. The contract has seen that it is a whole number, but not
// that it is written as one and fits 64 bits, which Go's decoder asks for.
// The object stands in the body at a path that ends in a dot.
func integer(object map[string]any, name, path string) (n int64, given bool, fault *sim.Fault) {
	written, given := object[name].(json.Number)
	if !given {
		return 0, false, nil
	}
	n, err := written.Int64()
	if err != nil {
		return 0, true, sim.InvalidField(openapi.InBody, path+name, "type", "value must be an integer of 64 bits")
	}
	return n, true, nil
}
