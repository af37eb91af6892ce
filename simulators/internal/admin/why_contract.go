package admin

import (
	"fmt"
	"slices"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// contract says what the request was held to, and what of it it broke.
func (q *question) contract() api.WhyContract {
	c := api.WhyContract{Profile: q.entry.Profile}
	switch {
	case q.entry.Refusal == nil, q.refused(sim.UnknownTask), q.refused(sim.Internal) && q.entry.Tenant != "":
		c.Held = true // these are refused by the operation, which comes later
	case q.refused(sim.Malformed):
		c.In, c.Rule, c.Expected, c.Got = openapi.InBody, "json", "one JSON document", q.sent(openapi.InBody, "")
	case q.refused(sim.TooLarge):
		c.In, c.Rule, c.Expected, c.Got = openapi.InBody, "size", fmt.Sprintf("at most %d bytes", sim.MaxBody), "more"
	case q.refused(sim.Invalid) && q.entry.Refusal.In != "":
		v := q.view.Refusal
		c.In, c.Field, c.Rule = v.In, v.Field, v.Rule
		c.Expected, c.Got = q.expected(), q.sent(v.In, v.Field)
	}
	return c
}

// expected says what a rule of the contract asks for.
func (q *question) expected() string {
	v := q.view.Refusal
	want := q.typeOf(v.In, v.Field)
	switch {
	case v.Rule == "required" && want == "":
		return "a value: it is required"
	case v.Rule == "required":
		return want + ": it is required"
	case want == "":
		return v.Text
	case v.Rule == "type":
		return want
	}
	return want + ": " + v.Text
}

// typeOf is the type that the operation takes a field with, such as "a string";
// "" where the spec does not say one. Of a body it knows the members at the top.
func (q *question) typeOf(in, field string) string {
	o, _ := q.operation()
	if o == nil {
		return ""
	}
	takes := o.Takes()
	i := slices.IndexFunc(takes, func(t openapi.Input) bool { return t.In == in && t.Name == field })
	if i < 0 || takes[i].Type == "" {
		return ""
	}
	article := "a "
	if t := takes[i].Type; t[0] == 'i' || t[0] == 'a' || t[0] == 'o' { // integer, array, object
		article = "an "
	}
	return article + takes[i].Type
}
