package simulators

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/verify"
)

// Of the two clients of each row the scenario refuses the bad one, for the very
// reason, and lets the good one pass. Both speak HTTP to a real server, whose
// time is the test's: half an hour takes none.
func TestIncidents(t *testing.T) {
	s := newStage(t)
	for _, row := range incidents {
		t.Run(row.scenario+"/"+row.vendor, func(t *testing.T) {
			exit, failures := s.judged(t, row.scenario, row.vendor, row.bad)
			if exit != 1 || failures != row.failures {
				t.Errorf("the bad client: %s\nexits %d for\n%s\nwant 1 for\n%s", row.bad, exit, failures, row.failures)
			}
			exit, failures = s.judged(t, row.scenario, row.vendor, row.good)
			if exit != 0 || failures != "" {
				t.Errorf("the good client: %s\nexits %d for\n%s", row.good, exit, failures)
			}
		})
	}
}

// judged plays a client in a scenario, and answers the exit code of verify and
// what each failed expectation says, a line each.
func (s *stage) judged(t *testing.T, scenario, vendor, script string) (exit int, failures string) {
	t.Helper()
	c := s.as(t, vendor, api.NewTenant{Scenario: scenario})
	c.more = incidentSteps()
	c.plays(script)
	r := c.report()
	var lines []string
	for _, e := range r.Expectations {
		if e.Verdict == verify.Failed {
			lines = append(lines, e.Found)
		}
	}
	return r.Exit(), strings.Join(lines, "\n")
}

// Every scenario that ships and judges has its two clients, and there is a row
// for every vendor that it tells apart.
func TestIncidentsAreWhole(t *testing.T) {
	vendors, err := loadVendors()
	if err != nil {
		t.Fatal(err)
	}
	library := scenarios.Shipped()
	for _, name := range library.Names() {
		s, problems := library.Load(name, known(vendors), nil)
		if len(problems) > 0 {
			t.Errorf("%v", problems)
			continue
		}
		var played []string
		for _, row := range incidents {
			if row.scenario == name {
				played = append(played, row.vendor)
			}
		}
		for _, vendor := range s.Vendors {
			if len(s.Expect) > 0 && !slices.Contains(played, vendor) {
				t.Errorf("%s: no clients of %s", name, vendor)
			}
		}
	}
}

// What a faulty answer looks like is the vendor's own: this is what the bad
// clients stumble over.
func TestIncidentAnswers(t *testing.T) {
	s := newStage(t)
	for _, want := range incidentAnswers {
		t.Run(want.scenario, func(t *testing.T) {
			c := s.as(t, want.vendor, api.NewTenant{Scenario: want.scenario})
			c.more = incidentSteps()
			c.plays(want.script)
			if !strings.Contains(c.body, want.body) || strings.Join(c.answer.Header["Retry-After"], ", ") != want.retryAfter ||
				c.answer.Header.Get("Content-Type") != want.contentType {
				t.Errorf("%s\n%v\n%s", want.script, c.answer.Header, c.body)
			}
		})
	}
}

func TestListIncidents(t *testing.T) {
	var out bytes.Buffer
	if err := ListIncidents(&out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 12 {
		t.Errorf("%d incidents", len(lines))
	}
	for _, line := range lines {
		words := strings.Fields(line)
		if !strings.HasPrefix(words[0], "incident/") || !slices.Contains(Names(), words[1]) || !strings.HasPrefix(words[len(words)-1], "https://") {
			t.Errorf("%s", line)
		}
	}
	want := "incident/fmc-second-login cisco A second log-in of the same user ends the first at an FMC. https://github.com/marksull/fmcapi/issues/94"
	if !slices.ContainsFunc(lines, func(line string) bool { return strings.Join(strings.Fields(line), " ") == want }) {
		t.Errorf("no line\n%s\nin\n%s", want, out.String())
	}
}
