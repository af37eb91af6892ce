package admin

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// contract says what the request was held to, and what of it it broke.
func (q *question) contract() api.WhyContract {
	c := api.WhyContract{Profile: q.entry.Profile}
	switch {
	case q.entry.Refusal == nil, q.refused(sim.UnknownTask), q.refused(sim.Internal) && q.entry.Tenant != "":
		c.Held = true // these are refused by the operation, which comes later
	case q.refused(sim.Malformed):
		c.In, c.Rule, c.Expected, c.Got = openapi.InBody, "json", "one JSON document", q.brokenAt()
	case q.refused(sim.TooLarge):
		c.In, c.Rule, c.Expected, c.Got = openapi.InBody, "size", fmt.Sprintf("at most %d bytes", sim.MaxBody), q.size()
	case q.refused(sim.Invalid) && q.entry.Refusal.In != "" && q.entry.Refusal.Rule == "":
		c.Held = true // the vendor itself cannot use what the contract lets pass
	case q.refused(sim.Invalid) && q.entry.Refusal.In != "":
		v := q.view.Refusal
		c.In, c.Field, c.Rule = v.In, v.Field, v.Rule
		c.Expected, c.Got = q.expected(), q.sent(v.In, v.Field)
	}
	return c
}

// brokenAt says where the body stops being JSON: never what stands there.
func (q *question) brokenAt() string {
	body := q.entry.Request.Body
	switch {
	case q.entry.Request.Rest == journal.Broken:
		return fmt.Sprintf("a body that broke off after %d bytes", len(body))
	case len(bytes.TrimSpace(body)) == 0:
		return nothing
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	var document json.RawMessage
	err := dec.Decode(&document)
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		before := body[:min(max(int(syntax.Offset)-1, 0), len(body))]
		line := bytes.Count(before, []byte("\n"))
		return fmt.Sprintf("%d bytes that are no JSON from byte %d on (line %d, column %d)",
			len(body), len(before)+1, line+1, len(before)-bytes.LastIndexByte(before, '\n'))
	case err != nil:
		return fmt.Sprintf("%d bytes of JSON that end too early", len(body))
	}
	if rest := bytes.TrimSpace(body[dec.InputOffset():]); len(rest) > 0 {
		return fmt.Sprintf("a document of %d bytes, and %d bytes after it", dec.InputOffset(), len(rest))
	}
	return "JSON in which a member stands twice or does not fit"
}

// size is how large the body was, as far as that is known.
func (q *question) size() string {
	if told := q.entry.Request.Header.Get("Content-Length"); told != "" {
		return told + " bytes"
	}
	return "more"
}

// expected says what a rule of the contract asks for; "" where only the complaint
// is known.
func (q *question) expected() string {
	v := q.entry.Refusal
	want := v.Expected
	if want == "" && (v.Rule == "type" || v.Rule == "required") {
		want = q.typeOf(v.In, v.Field)
	}
	if v.Rule == "required" {
		return cmp.Or(want, "a value") + ": it is required"
	}
	return want
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
