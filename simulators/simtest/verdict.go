package simtest

import (
	"context"
	"strings"
	"testing"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
)

// Filter chooses entries of the journal by all that is not empty.
type Filter struct {
	Vendor    string
	Operation string // the vendor's name of the call, such as getTaskStatus
	Kind      string // login, poll, list, start, write or read
	Task      string // the id of a task that was asked for, shown or created
	Status    string // 404, or 4xx
	Method    string
	Refused   bool // only requests that were not answered well
}

// Journal is what was asked and answered so far, as a filter chooses. A request
// is in it before its client has the reply.
func (s *Sim) Journal(f Filter) Journal {
	s.t.Helper()
	return must[Journal](s, "Journal(%+v)", f)(s.journal(f))
}

func (s *Sim) journal(f Filter) (Journal, error) {
	const page = 1000                  // the most that there is in one
	all := Journal{Entries: []Entry{}} // "[]" in a file
	for {
		more, err := s.control.Journal(context.Background(), s.tenant.Name, api.JournalQuery{
			Vendor: f.Vendor, Operation: f.Operation, Kind: f.Kind, Task: f.Task, Status: f.Status,
			Method: f.Method, Refused: f.Refused, Limit: page, After: all.Next,
		})
		if err != nil {
			return Journal{}, err
		}
		all.Entries, all.Lost, all.Next = append(all.Entries, more.Entries...), more.Lost, more.Next
		if len(more.Entries) < page {
			return all, nil
		}
	}
}

// Why explains an answer by its X-Vendorsim-Request.
func (s *Sim) Why(id string) Why {
	s.t.Helper()
	return must[Why](s, "Why(%q)", id)(s.control.Why(context.Background(), id))
}

// Report is the report card of the client, and how it met the scenario's
// expectations.
func (s *Sim) Report() *Report {
	s.t.Helper()
	return must[*Report](s, "Report")(s.control.Report(context.Background(), s.tenant.Name))
}

// Verify fails t where an expectation of the scenario failed, or could not be
// decided, and goes on. What is not judged, since the clock stood, fails
// nothing; a scenario without expectations says so in the log.
func (s *Sim) Verify(t testing.TB) {
	t.Helper()
	report := s.Report()
	if report.Exit() == 0 {
		if len(report.Expectations) == 0 {
			t.Logf("simtest: scenario %s expects nothing of a client: give it an expect:", report.Scenario)
		}
		return
	}
	var text strings.Builder
	_ = report.Text(&text) // a Builder takes everything
	t.Errorf("the client did not meet the expectations of scenario %s:\n%s", report.Scenario, text.String())
}
