package openapi

import (
	"fmt"
	"sort"
)

// Facts is the table of evidence: every operation, response, option, behaviour
// and surprise, each with why we believe it.
func (s *Spec) Facts() []Fact {
	var facts []Fact
	for _, o := range s.Operations {
		name := o.Name
		if len(o.Routes) > 0 {
			name = o.Method + " " + o.Routes[0].Path
		}
		facts = append(facts, Fact{Kind: "operation", Name: name, Text: o.Summary, Evidence: o.Evidence})
		facts = append(facts, o.responseFacts(name)...)
		for _, m := range o.Methods {
			facts = append(facts, Fact{Kind: "operation", Name: m.Name + " at " + o.Routes[0].Path, Text: m.Summary, Evidence: m.Evidence})
		}
	}
	facts = append(facts, s.Outside.responseFacts("any other request")...)
	for _, o := range s.Options {
		facts = append(facts, Fact{Kind: "option", Name: o.Name, Text: fmt.Sprintf("%s Default: %v.", o.Text, o.Default), Evidence: o.Evidence})
	}
	for _, b := range s.Behaviours {
		text := b.Text
		if b.Differs() {
			text = fmt.Sprintf("%s documented: %s observed: %s", b.Text, b.Documented, b.Observed)
		}
		facts = append(facts, Fact{Kind: "behaviour", Name: b.Name, Text: text, Evidence: b.Evidence})
	}
	for _, u := range s.Surprises {
		facts = append(facts, Fact{Kind: "surprise", Name: u.Name, Text: u.Text, Evidence: u.Evidence})
	}
	return facts
}

func (o *Operation) responseFacts(name string) []Fact {
	var facts []Fact
	for _, status := range o.Statuses() {
		r := o.responses[status]
		facts = append(facts, Fact{Kind: "response", Name: fmt.Sprintf("%s: %d", name, status), Text: r.description, Evidence: r.evidence})
	}
	return facts
}

// Statuses are the documented statuses of the operation, ascending.
func (o *Operation) Statuses() []int {
	o.ready()
	out := make([]int, 0, len(o.responses))
	for status := range o.responses {
		out = append(out, status)
	}
	sort.Ints(out)
	return out
}
