package admin

import (
	"fmt"
	"slices"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
)

// limits say, of each limit that holds at the vendor, whether it refused the
// request and why not; first those that looked at it. They are those in force now: a scenario that was replaced
// since had others.
func (q *question) limits() []api.WhyLimit {
	var all []api.WhyLimit
	for i, rule := range q.tenant.Limits().Rules() {
		if rule.Vendor == "" || rule.Vendor == q.Name {
			all = append(all, q.limit(i, rule))
		}
	}
	all = append(all, q.frozenLimits()...)
	slices.SortStableFunc(all, func(a, b api.WhyLimit) int {
		switch {
		case a.Applied == b.Applied:
			return 0
		case a.Applied:
			return -1
		}
		return 1
	})
	return all
}

// frozenLimits are the vendor's own limits where they do not hold, since the
// clock stands.
func (q *question) frozenLimits() []api.WhyLimit {
	if q.Limits == nil || q.tenant.Scenario().Limits != nil || q.tenant.Clock.Mode().Kind != scenarios.Frozen {
		return nil
	}
	var all []api.WhyLimit
	for _, rule := range q.Limits(q.tenant.Options(q.Name)) {
		all = append(all, api.WhyLimit{
			Limit:   traffic.Words(rule),
			Because: "not asked: on a frozen clock no window would ever pass: only limits that the scenario itself writes hold there",
		})
	}
	return all
}

func (q *question) limit(i int, rule scenarios.Limit) api.WhyLimit {
	w := api.WhyLimit{Limit: traffic.Words(rule)}
	at := slices.IndexFunc(q.entry.Limits, func(j journal.Judged) bool { return j.Rule == i })
	switch {
	case at >= 0:
		said := q.entry.Limits[at]
		w.Applied, w.Fired = true, said.Wait > 0
		w.Because = fmt.Sprintf("%d of %d were used before this request", said.Used, said.Of)
		if w.Fired {
			w.Because += fmt.Sprintf("; it grants again after %s of the tenant's time", said.Wait)
		}
	case !scenarios.Selects(rule.On, q.Name, q.entry.Operation, q.entry.Kind):
		w.Because = fmt.Sprintf("not asked: it looks at %s alone, and this is %s", rule.On, q.met())
	default:
		w.Because = "not asked: the request was refused before limits are looked at"
	}
	return w
}

// met names what the request met, as limits select by it.
func (q *question) met() string {
	if q.entry.Kind == "" {
		return "no operation"
	}
	return q.entry.Operation + ", of kind " + q.entry.Kind
}
