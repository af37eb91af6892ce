package verify

import (
	"encoding/xml"
	"io"
	"strings"
	"time"
)

// JUnit's XML, as far as CI servers read it.
type (
	junitSuites struct {
		XMLName xml.Name   `xml:"testsuites"`
		Suite   junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		XMLName    xml.Name        `xml:"testsuite"`
		Name       string          `xml:"name,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Timestamp  string          `xml:"timestamp,attr"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
		Out        string          `xml:"system-out"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		XMLName xml.Name      `xml:"testcase"`
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Failure *junitMessage `xml:"failure"`
		Error   *junitMessage `xml:"error"`
		Skipped *junitMessage `xml:"skipped"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes the report as JUnit XML: a test case for each expectation, which
// failed, is an error where it is inconclusive, or was skipped where it was not
// judged. The card, which fails nothing, is the suite's output. The only errors
// are those of w.
func (r *Report) JUnit(w io.Writer) error {
	suite := junitSuite{
		Name: "vendorsim." + r.Scenario, Tests: len(r.Expectations),
		Timestamp:  r.At.UTC().Format(time.RFC3339),
		Properties: []junitProperty{{"tenant", r.Tenant}},
	}
	for _, l := range r.Card {
		suite.Properties = append(suite.Properties, junitProperty{"card." + l.Name, string(l.Verdict)})
	}
	for _, e := range r.Expectations {
		c := junitCase{Class: suite.Name, Name: e.Rule}
		text := "expected: " + e.Expected + "\nfound: " + e.Found + "\nstands at: " + e.At
		switch e.Verdict {
		case Failed:
			c.Failure = &junitMessage{e.Found, string(Failed), text}
			suite.Failures++
		case Inconclusive:
			c.Error = &junitMessage{e.Found, string(Inconclusive), text}
			suite.Errors++
		case NotJudged:
			c.Skipped = &junitMessage{Message: e.Found}
			suite.Skipped++
		default:
			c.Out = text
		}
		suite.Cases = append(suite.Cases, c)
	}
	var card strings.Builder
	r.card(&card)
	suite.Out = card.String()

	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(junitSuites{Suite: suite}); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
