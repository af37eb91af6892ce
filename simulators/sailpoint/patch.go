package sailpoint

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	jsonpatch "github.com/evanphx/json-patch/v5"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// maxPatched bounds what the copy operations of a patch may add to a document,
// in bytes.
const maxPatched = 1 << 20

// phases are the ends that a completionStatus stands for. One that is as good
// as an error shows as itself.
var phases = map[string]scenarios.Phase{
	"SUCCESS": scenarios.Succeeded, "WARNING": scenarios.Warning, "ERROR": scenarios.Failed,
	"TERMINATED": scenarios.Cancelled, "TEMPERROR": scenarios.Failed,
}

// updateTaskStatus applies a JSON Patch to a task. What it is for is to end a
// task that hangs, by completionStatus and completed; nothing else may change.
// https://developer.sailpoint.com/docs/api/v2025/update-task-status
func updateTaskStatus(c *sim.Call) (sim.Reply, error) {
	e, err := known(c)
	if err != nil {
		return sim.Reply{}, err
	}
	fields, err := patched(c, e)
	if err != nil {
		return sim.Reply{}, err
	}
	if err := fits(e, fields); err != nil {
		return sim.Reply{}, err
	}
	if len(fields) > 0 {
		end(c, e, fields)
	}
	if e, err = known(c); err != nil {
		return sim.Reply{}, err
	}
	return sim.JSON(http.StatusOK, document(c, e)), nil
}

// fits refuses an end date without an end, and another end of what has ended.
func fits(e sim.Entry, fields map[string]any) error {
	_, ends := fields["completionStatus"]
	_, dated := fields["completed"]
	switch {
	case ends && !e.Ended.IsZero():
		return sim.InvalidField(openapi.InBody, "completionStatus", "patch", "cannot change in a task that has ended")
	case dated && !ends && e.Ended.IsZero():
		return sim.InvalidField(openapi.InBody, "completed", "patch", "needs a completionStatus in a task that has not ended")
	}
	return nil
}

// end writes the fields. A task that has not ended ends now, in the phase of
// its completionStatus, and from then on its modified date is that end; one
// that had ended was modified now.
func end(c *sim.Call, e sim.Entry, fields map[string]any) {
	status, _ := fields["completionStatus"].(string)
	if phase, ok := phases[status]; ok && c.End(e.ID, phase) {
		if *completion[phase] == status {
			delete(fields, "completionStatus")
		}
	} else if !e.Ended.IsZero() {
		fields["modified"] = date(c.Now())
	}
	c.Write(e.ID, fields)
}

// patched are the fields that the request's patch changes, with their new
// values in the vendor's own form.
func patched(c *sim.Call, e sim.Entry) (map[string]any, error) {
	before, err := json.Marshal(document(c, e))
	if err != nil {
		return nil, err
	}
	after, err := applyPatch(before, c.Body)
	if err != nil {
		return nil, sim.InvalidField(openapi.InBody, "patch", "patch", "cannot be applied to the task")
	}
	var was, is map[string]any
	if err := json.Unmarshal(before, &was); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(after, &is); err != nil || is == nil {
		return nil, sim.InvalidField(openapi.InBody, "patch", "patch", "leaves no task")
	}
	return changed(c, was, is)
}

func changed(c *sim.Call, was, is map[string]any) (map[string]any, error) {
	for name := range was {
		if _, ok := is[name]; !ok {
			return nil, sim.InvalidField(openapi.InBody, "patch", "patch", "may remove nothing")
		}
	}
	fields := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(is)) { // so that of several mistakes always the same is told
		if reflect.DeepEqual(is[name], was[name]) {
			continue
		}
		var err error
		if fields[name], err = written(c, name, is[name], was); err != nil {
			return nil, err
		}
	}
	return fields, nil
}

// applyPatch applies a patch, a parsed JSON document, to another document. The
// library panics at some malformed operations, such as a test of the whole
// document without a value; that is an error of the patch.
func applyPatch(doc []byte, patch any) (after []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			after, err = nil, fmt.Errorf("malformed patch: %v", p)
		}
	}()
	raw, err := json.Marshal(patch)
	if err != nil {
		return nil, err
	}
	operations, err := jsonpatch.DecodePatch(raw)
	if err != nil {
		return nil, err
	}
	options := jsonpatch.NewApplyOptions()
	options.AccumulatedCopySizeLimit = maxPatched
	return operations.ApplyWithOptions(doc, options)
}

// written is the value of a field that a client writes, as the vendor shows it:
// "Error" becomes ERROR, a date gets its milliseconds.
func written(c *sim.Call, name string, value any, was map[string]any) (any, error) {
	switch text, isText := value.(string); {
	case name != "completionStatus" && name != "completed":
		return nil, sim.InvalidField(openapi.InBody, "patch", "patch", "may change completionStatus and completed only")
	case value == nil && was["completionStatus"] != nil:
		return nil, sim.InvalidField(openapi.InBody, name, "patch", "cannot be null in a task that has ended")
	case name == "completionStatus" && isText:
		value = strings.ReplaceAll(strings.ToUpper(text), "_", "")
	case name == "completed" && isText:
		if t, err := time.Parse(time.RFC3339, text); err == nil {
			value = date(t)
		}
	}
	if err := c.CheckField(name, value); err != nil {
		return nil, sim.InvalidField(openapi.InBody, name, "patch", "has a value that a task cannot have")
	}
	return value, nil
}
