package admin

import (
	"github.com/vendorsim/vendorsim/simulators/internal/api"
)

func (c *call) getScenario() (reply, error) {
	s := c.tenant.Scenario()
	return ok(api.Scenario{Scenario: s.Name, YAML: string(s.YAML())}), nil
}

func (c *call) replaceScenario() (reply, error) {
	var want api.Scenario
	if err := c.body(&want); err != nil {
		return reply{}, err
	}
	w, err := c.world(want)
	if err != nil {
		return reply{}, err
	}
	c.control.Scenario, c.control.YAML = w.Scenario.Name, string(w.Scenario.YAML())
	kept, added := c.tenant.Replace(w, c.now)
	return ok(api.Replaced{Scenario: w.Scenario.Name, Kept: kept, Added: added}), nil
}
