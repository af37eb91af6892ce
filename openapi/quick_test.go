package openapi

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"
	"pgregory.net/rapid"
)

// leaves are all operations of all specs, and with them the HTTP operations that
// carry JSON-RPC.
func leaves(t testing.TB) []*Operation {
	t.Helper()
	specs := specsRead(t)
	var all []*Operation
	for _, s := range specs {
		for _, o := range s.Operations {
			all = append(all, o.Leaves()...)
			if o.RPC {
				all = append(all, o)
			}
		}
	}
	return all
}

// kinTakes tells what kin-openapi says of a parameter.
func kinTakes(o *Operation, i int, r Request) bool {
	input := &openapi3filter.RequestValidationInput{
		Request: r.HTTP, PathParams: r.Path, QueryParams: r.Query, Route: o.route, Options: filterOptions,
	}
	return openapi3filter.ValidateParameter(context.Background(), input, o.parameters[i].Value) == nil
}

// A parameter that passes is in order for kin-openapi too; those of our specs all
// pass where they are in order.
func TestParametersAreSound(t *testing.T) {
	all := leaves(t)
	values := []string{"", "1", "0", "-1", "+1", "007", "1.5", "1e2", "250", "1000", "10001", "9223372036854775808", "2147483648", "true", "TRUE", "t",
		"false", "x", "é", "\xff", "abc def", " ", "Device", "id", "created", "0123456789abcdef0123456789abcdef", "NaN",
		"e276abec-e0f2-11e3-8169-6d9ed49b625f", strings.Repeat("x", 300)}
	rapid.Check(t, func(t *rapid.T) {
		o := rapid.SampledFrom(all).Draw(t, "operation")
		for i, ref := range o.parameters {
			p := ref.Value
			r := Request{HTTP: &http.Request{URL: &url.URL{}, Header: http.Header{}}, Path: map[string]string{}, Query: url.Values{}}
			some := slices.Clone(values)
			for _, v := range append(p.Schema.Value.Enum, p.Example) {
				some = append(some, fmt.Sprint(v))
			}
			for range rapid.IntRange(0, 2).Draw(t, "times") {
				value := rapid.SampledFrom(some).Draw(t, "value")
				switch p.In {
				case InPath:
					r.Path[p.Name] = value
				case InQuery:
					r.Query.Add(p.Name, value)
				case InHeader:
					r.HTTP.Header.Add(p.Name, value)
				}
			}
			switch rapid.IntRange(0, 9).Draw(t, "none") {
			case 0:
				r.Query[p.Name] = nil
			case 1:
				r.Query, r.HTTP.URL.RawQuery = nil, r.Query.Encode()
			case 2:
				r.HTTP.Header[p.Name] = []string{}
			}
			q := o.quickly().parameters[i]
			if pass, kin := q.passes(&r), kinTakes(o, i, r); pass && !kin || q.check == nil {
				t.Fatalf("%s: %s %s: sure of %q, %q, %q", o.Name, p.In, p.Name, r.Path, r.Query, r.HTTP.Header)
			}
		}
	})
}

// Every example of a request is in order without a word of kin-openapi.
func TestExamplesOfRequestsPass(t *testing.T) {
	for _, o := range leaves(t) {
		if o.RPC || o.Name == "newTask" || o.Name == "getTask" {
			continue
		}
		e, err := o.Example(o.Routes[0], "")
		if err != nil {
			t.Fatal(err)
		}
		r := asRequest(t, o, o.Routes[0], e)
		if !o.quickly().parametersPass(&r) {
			t.Errorf("%s: not sure of its parameters: %+v", o.Name, e)
		}
		if e.Body == nil {
			continue
		}
		if r.Raw, err = json.Marshal(e.Body); err != nil {
			t.Fatal(err)
		}
		if !o.quickly().bodyPasses(&r) || o.params != nil && !o.quickly().callPasses(&r) {
			t.Errorf("%s: not sure of its body %s", o.Name, r.Raw)
		}
	}
}

// What is quick and what kin-openapi says of a request is the same, whether the
// text of its body is known or not.
func TestRawChangesNothing(t *testing.T) {
	words := []any{nil, true, 0.0, 1.0, "", "x", []any{}, []any{1.0}, map[string]any{}, "2.0", "1.0"}
	var all []*Operation
	for _, o := range leaves(t) {
		if o.bodySchema != nil && o.json && len(o.parameters) == 0 {
			all = append(all, o)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		o := rapid.SampledFrom(all).Draw(t, "operation")
		e, err := o.Example(o.Routes[0], "")
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			text := mutated(t, e.Body, words)
			plain := Request{HTTP: &http.Request{URL: &url.URL{}, Header: http.Header{}}}
			dec := json.NewDecoder(strings.NewReader(text))
			dec.UseNumber()
			if dec.Decode(&plain.Body) != nil {
				continue
			}
			raw := plain
			raw.Raw = []byte(text)
			with, without := o.CheckRequest(raw), o.CheckRequest(plain)
			if fmt.Sprint(with) != fmt.Sprint(without) {
				t.Fatalf("%s: %s: %v, without its text %v", o.Name, text, with, without)
			}
		}
	})
}

// The same for answers: CheckResponse says what it would say without a checker.
func TestQuickChangesNoAnswer(t *testing.T) {
	words := []any{nil, true, 0.0, 1.0, "", "x", []any{}, map[string]any{}}
	type answer struct {
		o      *Operation
		status int
		media  string
		body   any
	}
	var all []answer
	for _, o := range leaves(t) {
		for _, status := range sorted(o.responses) {
			for media := range o.responses[status].contents {
				if !strings.HasSuffix(media, "json") {
					continue
				}
				content := o.route.Operation.Responses.Value(fmt.Sprint(status)).Value.Content[media]
				for _, example := range examplesOf(content) {
					if example != nil {
						all = append(all, answer{o, status, media, example})
					}
				}
			}
		}
	}
	sure := 0
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SampledFrom(all).Draw(t, "answer")
		profile := rapid.SampledFrom(profiles).Draw(t, "profile")
		header := http.Header{"Content-Type": {a.media}}
		for _, h := range a.o.responses[a.status].headers {
			header[h.name] = []string{rapid.SampledFrom([]string{"1", "0", "x", "", "GET", `Basic realm="x"`}).Draw(t, "header")}
		}
		body := a.body
		if object, ok := body.(map[string]any); ok && len(a.o.results) > 0 && rapid.Bool().Draw(t, "result") {
			object = maps.Clone(object)
			object["result"] = made(t, pick(a.o.results, profile), 0)
			body = object
		}
		text := mutated(t, body, words)
		if with := a.o.quickly().answerPasses(pick(a.o.responses[a.status].quickly().contents[a.media], profile), profile, text); with {
			sure++
		}
		with := a.o.CheckResponse(profile, a.status, header, []byte(text))
		without := a.o.slowResponse(profile, a.status, header, text)
		if fmt.Sprint(with) != fmt.Sprint(without) {
			t.Fatalf("%s %d %s: %s: %v, without a checker %v", a.o.Name, a.status, profile, text, with, without)
		}
	})
	if sure == 0 {
		t.Error("no answer was surely in order: nothing was tried")
	}
}

// slowResponse is CheckResponse with kin-openapi alone.
func (o *Operation) slowResponse(profile string, status int, h http.Header, text string) error {
	r := o.responses[status]
	for _, one := range r.headers {
		if err := checkHeader(one, &checker{unknown: true}, h); err != nil {
			return err
		}
	}
	return o.checkJSON(pick(r.contents[h.Get("Content-Type")], profile), profile, []byte(text))
}
