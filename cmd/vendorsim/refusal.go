package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/vendorsim/vendorsim/simulators"
)

// refusal is what the control API refused, and whose tenant it was about.
type refusal struct {
	*simulators.Problem
	tenant string
}

func (r refusal) Unwrap() error { return r.Problem }

// about names the tenant that an error is about: the one of --tenant, or of the
// arguments.
func (c *control) about(err error, args []string) error {
	var problem *simulators.Problem
	if !errors.As(err, &problem) || errors.As(err, &refusal{}) {
		return err
	}
	if c.tenant == "" && len(args) > 0 {
		return refusal{problem, args[0]}
	}
	return refusal{problem, c.tenant}
}

// word is what kind of problem it is.
func word(p *simulators.Problem) string { return p.Type[strings.LastIndex(p.Type, ":")+1:] }

// isAboutValue tells whether the control API could not read what the command
// line asked for.
func isAboutValue(p *simulators.Problem) bool { return word(p) == "value" || word(p) == "invalid" }

// hints say what to do next, by the kind of problem.
var hints = map[string]string{
	"no-such-tenant":  "vendorsim tenant list shows those there are, vendorsim tenant new makes one",
	"no-such-task":    "vendorsim tasks list shows those there are",
	"no-such-fault":   "vendorsim fault list shows those there are",
	"no-such-request": "vendorsim journal shows the ids of a tenant's requests, with --turned-away those that had no tenant",
	"unreachable":     "vendorsim tasks force TASK STATE puts it into a state",
	"ambiguous-task":  "write it as VENDOR/TASK",
	"unauthorized":    "give it as --admin-token or VENDORSIM_ADMIN_TOKEN",
	"foreign-host":    "the server is told of further names with serve --admin-host",
	"journal-lost":    "vendorsim journal --har --partial writes what is left",
}

// overHTTP is the control API's own advice, for who speaks HTTP to it.
var overHTTP = regexp.MustCompile(`[;,] (?:see |or with )?(?:GET|POST) /[^ ;]+(?: puts it into a state)?`)

// errorWords is an error as its reader has to do with it. A refusal of the
// control API says what is wrong, and what to do about it.
func errorWords(err error) string {
	var p *simulators.Problem
	if !errors.As(err, &p) {
		return err.Error()
	}
	text := strings.ToLower(p.Title[:min(1, len(p.Title))]) + p.Title[min(1, len(p.Title)):]
	switch {
	case len(p.Errors) == 1: // it says all that there is
		text = fmt.Sprintf("%s: %s", p.Errors[0].Where, p.Errors[0].Detail)
	case len(p.Errors) > 1:
		for _, e := range p.Errors {
			text += fmt.Sprintf("\n  %s: %s", e.Where, e.Detail)
		}
	case p.Detail != "":
		text += ": " + overHTTP.ReplaceAllString(p.Detail, "")
	}
	var about refusal
	if errors.As(err, &about) && word(p) == "no-such-tenant" && about.tenant != "" {
		text = about.tenant + ": " + text
	}
	if hint := hints[word(p)]; hint != "" {
		text += "\n  " + hint
	}
	return text
}
