package admin

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
)

func (c *call) listFaults() (reply, error) {
	list := api.Faults{Faults: []api.Fault{}}
	for _, f := range c.tenant.Faults().List() {
		shown, err := faultOf(f)
		if err != nil {
			return reply{}, err
		}
		list.Faults = append(list.Faults, shown)
	}
	return ok(list), nil
}

func faultOf(f traffic.FaultState) (api.Fault, error) {
	rule, err := json.Marshal(f.Fault)
	return api.Fault{
		Name: f.Fault.Name, Words: traffic.FaultWords(&f.Fault), Added: f.Added,
		Matched: f.Matched, Fired: f.Fired, Owed: f.Owed, Fault: rule,
	}, err
}

// fault is the fault of the path as it is now.
func (c *call) fault(name string) (api.Fault, error) {
	all := c.tenant.Faults().List()
	i := slices.IndexFunc(all, func(f traffic.FaultState) bool { return f.Fault.Name == name })
	if i < 0 {
		return api.Fault{}, c.noFault(name)
	}
	return faultOf(all[i])
}

// noFault says which faults there are instead.
func (c *call) noFault(name string) error {
	var names []string
	for _, f := range c.tenant.Faults().List() {
		names = append(names, f.Fault.Name)
	}
	if len(names) == 0 {
		return problem(noSuchFault, "the tenant has no faults")
	}
	return problem(noSuchFault, "the tenant has: %s", strings.Join(byLikeness(name, names), ", "))
}

func (c *call) addFault() (reply, error) {
	file, text, err := c.faultText()
	if err != nil {
		return reply{}, err
	}
	rule, problems := c.Fault(file, text, c.tenant.Scenario())
	if rule == nil {
		p := scenarioProblem("fault", problems.Err())
		p.Type, p.Title = typePrefix+string(badFault), words[badFault].title
		return reply{}, p
	}
	switch err := c.tenant.Faults().Add(*rule); {
	case errors.Is(err, traffic.ErrFaultName):
		return reply{}, problem(faultExists, "%s; remove it first, or take another name", rule.Name)
	case errors.Is(err, traffic.ErrFaults):
		return reply{}, problem(tooManyFaults, "at most %d a tenant", traffic.MaxFaults)
	case err != nil:
		return reply{}, err
	}
	added, err := faultOf(traffic.FaultState{Fault: *rule, Added: true})
	for _, w := range problems {
		added.Warnings = append(added.Warnings, w.String())
	}
	rep := reply{status: http.StatusCreated, header: http.Header{}, value: added}
	rep.header.Set("Location", tenantPath(c.tenant.Name)+"/faults/"+url.PathEscape(rule.Name))
	return rep, err
}

// faultText is the fault that the body holds, and where its problems are said to
// be: the keys of a fault themselves, or its text.
func (c *call) faultText() (file string, text []byte, err error) {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(c.raw, &keys); err != nil {
		return "", nil, problem(invalid, "body: %s", err)
	}
	if _, inText := keys["yaml"]; !inText {
		return "fault", c.raw, nil
	}
	if len(keys) > 2 || len(keys) == 2 && keys["file"] == nil {
		return "", nil, wrongValue("yaml", "stands alone, or beside file: it is the whole fault")
	}
	var want struct{ YAML, File string }
	if err := json.Unmarshal(c.raw, &want); err != nil {
		return "", nil, problem(invalid, "body: %s", err)
	}
	if want.File == "" {
		want.File = "fault"
	}
	return want.File, []byte(want.YAML), nil
}

func (c *call) removeFault() (reply, error) {
	name := c.path["name"]
	if !c.tenant.Faults().Remove(name) {
		return reply{}, c.noFault(name)
	}
	return reply{status: http.StatusNoContent}, nil
}

func (c *call) fireFault() (reply, error) {
	name := c.path["name"]
	if err := c.tenant.Faults().Fire(name); err != nil {
		return reply{}, c.noFault(name)
	}
	shown, err := c.fault(name)
	return ok(shown), err
}

// FaultReader reads a fault's text for a tenant that runs a scenario. The fault is
// nil if there are errors among the problems.
type FaultReader func(file string, text []byte, s *scenarios.Scenario) (*scenarios.Fault, scenarios.Problems)
