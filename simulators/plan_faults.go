package simulators

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/plan"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
)

// How far a plan follows the chance of a fault.
const (
	planRequests = 10 // of each task, operation or tenant
	planHits     = 5  // tasks or operations
)

// planFault is a fault of the scenario.
type planFault struct {
	Words string          `json:"words"` // what it selects, and what the client gets
	Fault scenarios.Fault `json:"fault"`
	Hits  []planHit       `json:"hits,omitempty"` // of one with a chance: of the first tasks or operations
	More  bool            `json:"more,omitempty"` // there are others
}

// planHit is which of the first requests a fault with a chance fires at, of those
// that all its other conditions select.
type planHit struct {
	Vendor    string `json:"vendor,omitempty"`
	Operation string `json:"operation,omitempty"`
	Task      string `json:"task,omitempty"`
	Fires     []int  `json:"fires"` // from 1
	Of        int    `json:"of"`
}

// planSurprise is a surprise that happens by the scenario's seed.
type planSurprise struct {
	Vendor string   `json:"vendor"`
	Name   string   `json:"name"`
	Text   string   `json:"text"`
	On     []string `json:"on"` // the operations at which it happens
}

// faults lists what goes wrong, and where luck will have it.
func (d *planDoc) faults(w *tenant.World, entries []*planEntry, specs map[string]*openapi.Spec) {
	for i := range w.Scenario.Faults {
		f := &w.Scenario.Faults[i]
		p := planFault{Words: traffic.FaultWords(f), Fault: *f}
		if f.Chance > 0 {
			for _, at := range planMoments(w, f, entries, specs) {
				if len(p.Hits) == planHits {
					p.More = true
					break
				}
				if hit, selected := planHitOf(f, d.Seed, at); selected {
					p.Hits = append(p.Hits, hit)
				}
			}
		}
		d.Faults = append(d.Faults, p)
	}
}

// planMoments are requests of each sort that the fault counts by itself.
func planMoments(w *tenant.World, f *scenarios.Fault, entries []*planEntry, specs map[string]*openapi.Spec) []traffic.Moment {
	polls, all := map[string]traffic.Moment{}, []traffic.Moment{}
	for _, vendor := range w.Scenario.Vendors {
		for _, o := range specs[vendor].Operations {
			for _, leaf := range o.Leaves() {
				m := traffic.Moment{Vendor: vendor, Operation: leaf.Name, Kind: leaf.Kind}
				if f.Vendor != "" && f.Vendor != vendor || !scenarios.Selects(f.On, vendor, leaf.Name, leaf.Kind) {
					continue
				}
				if _, have := polls[vendor]; leaf.Task != "" && !have {
					polls[vendor] = m
				}
				if !slices.Contains(all, m) { // one may stand at several paths
					all = append(all, m)
				}
			}
		}
	}
	if f.Per == traffic.PerTenant {
		return all[:min(1, len(all))]
	}
	if f.Per == traffic.PerOperation || len(polls) == 0 {
		return all
	}
	var tasks []traffic.Moment
	for _, e := range entries {
		for i, vendor := range e.vendors {
			m, asked := polls[vendor]
			if !asked {
				continue
			}
			m.Has, m.Task, m.TaskName, m.Luck = true, e.now[i].ID(0), e.Spec.Name, e.now[i].Task(0).Luck
			if id := e.ids(0)[vendor]; e.Spec.ID == "" && id == "" { // made when the tenant begins
				m.Task = e.Key(0)
			}
			tasks = append(tasks, m)
		}
	}
	return tasks
}

// planHitOf asks the fault itself, apart from where and when it is in force: that
// is the client's matter. It is false where the fault is not for such requests.
func planHitOf(f *scenarios.Fault, seed int64, at traffic.Moment) (planHit, bool) {
	rule := *f
	rule.During, rule.Age, rule.When = nil, nil, nil
	faults := traffic.NewFaults([]scenarios.Fault{rule}, seed)
	hit := planHit{Vendor: at.Vendor, Operation: at.Operation, Task: at.Task, Fires: []int{}, Of: planRequests}
	if at.Has {
		hit.Operation = "" // whatever asks for the task
	}
	if f.Per == traffic.PerTenant {
		hit.Vendor, hit.Operation = "", ""
	}
	for n := range planRequests {
		if d := faults.Decide(at); len(d.Names) > 0 {
			hit.Fires = append(hit.Fires, n+1)
		}
	}
	return hit, faults.List()[0].Matched == planRequests
}

// surprises lists those that happen.
func (d *planDoc) surprises(w *tenant.World, specs map[string]*openapi.Spec) {
	seed, on := w.Scenario.SurpriseSeed()
	if !on {
		return
	}
	for _, vendor := range w.Scenario.Vendors {
		for _, s := range sim.Surprises(specs[vendor], seed) {
			i := slices.IndexFunc(d.Surprises, func(p planSurprise) bool { return p.Vendor == vendor && p.Name == s.Name })
			if i < 0 {
				i = len(d.Surprises)
				d.Surprises = append(d.Surprises, planSurprise{Vendor: vendor, Name: s.Name, Text: s.Text})
			}
			if on := &d.Surprises[i].On; s.Operation != "" && !slices.Contains(*on, s.Operation) { // it may stand at several paths
				*on = append(*on, s.Operation)
			}
		}
	}
	d.SurpriseSeed = &seed
}

// faultLines are the faults for a person.
func (d *planDoc) faultLines() []string {
	if len(d.Faults) == 0 {
		return nil
	}
	title := "faults"
	if slices.ContainsFunc(d.Faults, func(f planFault) bool { return f.Fault.Chance > 0 }) {
		title += fmt.Sprintf(" by seed %d; below a chance: at which of the requests that all else selects", d.Seed)
	}
	lines := append([]string{""}, plan.WrapText("", title)...)
	for _, f := range d.Faults {
		lines = append(lines, plan.WrapText("  "+f.Fault.Name+": ", f.Words)...)
		for _, h := range f.Hits {
			lines = append(lines, plan.WrapText("    ", h.String())...)
		}
		if f.More {
			lines = append(lines, "    and others")
		}
	}
	return lines
}

func (h *planHit) String() string {
	whose := "all together"
	if what := cmp.Or(h.Task, h.Operation); what != "" {
		whose = what + " at " + h.Vendor
	}
	numbers := make([]string, len(h.Fires))
	for i, n := range h.Fires {
		numbers[i] = fmt.Sprint(n)
	}
	return fmt.Sprintf("%s: %s of the first %d", whose, cmp.Or(strings.Join(numbers, ", "), "none"), h.Of)
}

// surpriseLines are the surprises for a person.
func (d *planDoc) surpriseLines() []string {
	if d.SurpriseSeed == nil {
		return nil
	}
	lines := []string{"", fmt.Sprintf("surprises by seed %d, which clients have to bear", *d.SurpriseSeed)}
	if len(d.Surprises) == 0 {
		return append(lines, "  none by this seed")
	}
	for _, s := range d.Surprises {
		lines = append(lines, plan.WrapText("  ", fmt.Sprintf("%s, %s: %s", s.Vendor, s.Name, s.Text))...)
		if len(s.On) > 0 { // one of ids is at none
			lines = append(lines, plan.Wrap("    at ", s.On)...)
		}
	}
	return lines
}
