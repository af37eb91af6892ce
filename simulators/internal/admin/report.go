package admin

import (
	"bytes"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
	"github.com/vendorsim/vendorsim/simulators/internal/verify"
)

// getReport answers the report card and the expectations, judged now.
func (c *call) getReport() (reply, error) {
	t := c.tenant
	now := t.Clock.Read()
	report := t.Observer.Report(verify.Now{
		Real: c.Source.Now(), At: now.Now, Lived: now.Lived,
		Ended: func(vendor, task string) (time.Time, bool) { return endedAt(t, vendor, task, now.Now) },
	})
	report.Tenant, report.Scenario = t.Name, t.Scenario().Name
	var text bytes.Buffer
	switch c.query.Get("format") {
	case api.ReportJUnit:
		err := report.JUnit(&text)
		return document("application/xml", text.Bytes()), err
	case api.ReportText:
		err := report.Text(&text)
		return document("text/plain; charset=utf-8", text.Bytes()), err
	}
	return ok(report), nil
}

// endedAt tells since when a task stands at its end, whether or not the client
// has seen it there: zero where it does not. known is false where the vendor
// never had such a task, or has it only later.
func endedAt(t *tenant.Tenant, vendor, id string, now time.Time) (ended time.Time, known bool) {
	tasks := t.Tasks(vendor)
	if tasks == nil {
		return time.Time{}, false // the scenario was replaced by one without the vendor
	}
	ref, found := tasks.Find(id)
	if !found {
		return time.Time{}, false
	}
	e, _ := tasks.Look(ref, now) // one that was forgotten has ended too
	if e.Phase.Ended() {
		ended = e.Ended
	}
	return ended, !e.Future
}
