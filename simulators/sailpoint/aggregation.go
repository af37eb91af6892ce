package sailpoint

import (
	"net/http"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// aggregationKept is how long after its end an account aggregation is answered.
// https://developer.sailpoint.com/docs/api/v2025/get-account-aggregation-status
const aggregationKept = time.Hour

// aggregationStatus is AccountAggregationStatus. The counts are there only with
// the status ACCOUNTS_COLLECTED or COMPLETED.
type aggregationStatus struct {
	Start             *string `json:"start"`
	Status            string  `json:"status"`
	TotalAccounts     *int    `json:"totalAccounts,omitempty"`
	ProcessedAccounts *int    `json:"processedAccounts,omitempty"`
}

// getAccountAggregationStatus tells how far the task of an account aggregation
// is: another way of polling it.
func getAccountAggregationStatus(c *sim.Call) (sim.Reply, error) {
	e, err := known(c)
	if err != nil {
		return sim.Reply{}, err
	}
	if workOf(c, e).does != accountAggregation || !e.Ended.IsZero() && !c.Now().Before(e.Ended.Add(aggregationKept)) {
		return sim.Reply{}, &sim.Fault{Kind: sim.UnknownTask}
	}
	e, ok := c.Read(e.ID)
	if !ok {
		return sim.Reply{}, &sim.Fault{Kind: sim.UnknownTask}
	}
	c.Until(e.Created.Add(retention))
	if !e.Ended.IsZero() {
		c.Until(e.Ended.Add(aggregationKept))
	}
	return sim.JSON(http.StatusOK, aggregated(e)), nil
}

// aggregated renders an aggregation. In the first half of its progress the
// accounts are collected, in the second they are processed.
func aggregated(e sim.Entry) aggregationStatus {
	s := aggregationStatus{Start: dateOrNull(e.Started), Status: "STARTED"}
	total := 100 + int(e.Luck%900)
	processed := total
	switch e.Phase {
	case scenarios.Succeeded, scenarios.Warning:
		s.Status = "COMPLETED"
	case scenarios.Failed:
		s.Status = "TERMINATED"
		return s
	case scenarios.Cancelled:
		s.Status = "CANCELLED"
		return s
	default:
		if e.Snapshot.Progress < 50 {
			return s
		}
		s.Status = "ACCOUNTS_COLLECTED"
		processed = total * (e.Snapshot.Progress - 50) / 50
	}
	s.TotalAccounts, s.ProcessedAccounts = &total, &processed
	return s
}
