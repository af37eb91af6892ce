package admin

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
)

// goneKind is how package sim calls what became of a request whose client got no
// answer: none of the kinds that a vendor words.
const goneKind sim.Kind = "lost"

// faults say, of each fault that was asked about the request, whether it fired
// and why not. Where guards or limits refused the request none was: then they are
// those in force now.
func (q *question) faults() []api.WhyFault {
	all := []api.WhyFault{}
	for _, f := range q.entry.FaultsJudged {
		all = append(all, api.WhyFault{Fault: f.Name, Fired: f.Fired, Because: f.Why})
	}
	if len(all) > 0 || q.tenant == nil || !q.refused(sim.Unauthorized, sim.Forbidden, sim.RateLimited) {
		return all
	}
	for _, f := range q.tenant.Faults().List() {
		all = append(all, api.WhyFault{Fault: f.Fault.Name, Because: "the request was refused before faults are asked"})
	}
	return all
}

// faulted says what faults have made of an answer. Without them it would be
// because of what because says; they may stand in its place, or beside it.
func (q *question) faulted(because func() string) string {
	if len(q.entry.Faults) == 0 {
		return because()
	}
	struck := q.struck()
	var said []string
	for _, name := range q.entry.Faults {
		switch text := q.faultWords(name); {
		case name == struck:
			said = append([]string{text + ", instead of the vendor's own answer"}, said...)
		default:
			said = append(said, text)
		}
	}
	if !slices.Contains(q.entry.Faults, struck) {
		said = append([]string{because()}, said...)
	}
	return strings.Join(said, "; ")
}

// struck is the fault that stands in the place of the answer, as package sim notes
// it; "" for none.
func (q *question) struck() string {
	if q.entry.Refusal == nil || len(q.entry.Faults) == 0 {
		return ""
	}
	name, noted := strings.CutPrefix(q.entry.Refusal.Text, "fault ")
	if !noted {
		return ""
	}
	return name
}

// faultWords name a fault that fired, and say what it does as long as it is in
// force.
func (q *question) faultWords(name string) string {
	text := fmt.Sprintf("the fault %s fired", name)
	if q.tenant == nil {
		return text
	}
	for _, f := range q.tenant.Faults().List() {
		if f.Fault.Name == name {
			return text + ": " + traffic.AnswerWords(&f.Fault)
		}
	}
	return text
}
