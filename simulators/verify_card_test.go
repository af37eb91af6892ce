package simulators

import (
	"fmt"
	"testing"
)

// Each line of the report card tells good clients from bad ones, for every
// vendor that has such calls.
func TestVerifyCard(t *testing.T) {
	s := newStage(t)
	for line, clients := range cards {
		for i, want := range clients {
			t.Run(fmt.Sprintf("%s/%s-%d", line, want.vendor, i), func(t *testing.T) {
				c := s.client(t, want.vendor, want.scenario)
				c.more = incidentSteps()
				c.plays(want.script)
				got := c.line(line)
				if got.Verdict != want.grade || got.Found != want.found || figures(got) != want.figures {
					t.Errorf("%s\ngot:\n%s: %s\n%s\nwant:\n%s: %s\n%s", want.script,
						got.Verdict, got.Found, figures(got), want.grade, want.found, want.figures)
				}
				if exit := c.report().Exit(); exit != 0 {
					t.Errorf("a bad line alone exits %d", exit)
				}
			})
		}
	}
}

// Every line of the card, and every vendor that can be good or bad at it, is
// among the clients above.
func TestVerifyCardIsWhole(t *testing.T) {
	for _, l := range newStage(t).client(t, "sailpoint", "").report().Card {
		met := map[string]bool{}
		for _, c := range cards[l.Name] {
			met[c.vendor+" "+string(c.grade)] = true
		}
		for name, vendor := range dialects {
			switch {
			case l.Name == "token_refresh" && vendor.logIn == nil, l.Name == "pages" && vendor.page == nil:
				continue
			}
			if !met[name+" good"] || !met[name+" bad"] {
				t.Errorf("%s: no good or no bad client of %s", l.Name, name)
			}
		}
	}
}
