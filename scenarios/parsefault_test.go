package scenarios

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseFault(t *testing.T) {
	s := mustParse(t, "version: 1\nname: x\nvendors: [acme]\ntasks: []\nfaults: [{name: lost, answer: {reset: true}}]\n")
	want := &Fault{
		Name: "lost", On: "createTask", Task: "not-yet-there", Chance: 5000, Stage: "after", Per: "task", Answer: Answer{Reset: true},
		At: Position{"body", 1, 1},
	}
	for _, text := range []string{
		"{name: lost, on: createTask, task: not-yet-there, chance: 50%, stage: after, answer: {reset: true}}",
		`{"name": "lost", "on": "createTask", "task": "not-yet-there", "chance": "50%", "stage": "after", "answer": {"reset": true}}`,
		"name: lost\non: createTask\ntask: not-yet-there\nchance: 50%\nstage: after\nanswer:\n  reset: true\n",
		"{\n\t\"name\": \"lost\",\n\t\"on\": \"createTask\", \"task\": \"not-yet-there\",\n\t\"chance\": \"50%\", \"stage\": \"after\",\n\t\"answer\": {\n\t\t\"reset\": true\n\t}\n}\n",
	} {
		if f, problems := ParseFault("body", []byte(text), testKnown, s); len(problems) > 0 || !reflect.DeepEqual(f, want) {
			t.Errorf("%s\nbecame %+v, %v", text, f, problems)
		}
	}
	if f, problems := ParseFault("body", []byte("{name: a, on: getStatus, answer: {kind: internal}}"), testKnown, nil); len(problems) > 0 || f == nil {
		t.Errorf("with no scenario: %v", problems)
	}
}

func TestParseFaultRefuses(t *testing.T) {
	s := mustParse(t, "version: 1\nname: x\nvendors: [acme]\nlifecycles: {scan: {queued: {phase: pending, after: 1s, to: succeeded}, succeeded: {}}}\ntasks: [{}]\n")
	for text, want := range map[string]string{
		"":                       `body:1:1: a fault must be a mapping with keys such as "name" and "answer", not nothing`,
		"[]":                     `body:1:1: a fault must be a mapping with keys such as "name" and "answer", not a list`,
		"{":                      `body:1:1: not valid YAML: did not find expected node content`,
		"\xff":                   `body:1:1: byte 0xff is not UTF-8; save the file as UTF-8`,
		"{}":                     "body:1:1: \"fault\" needs \"name\"\nbody:1:1: \"fault\" needs \"answer\"",
		"{name: a, answer: {}}":  `body:1:19: the answer is empty; write "latency" or one of status, kind, reset, empty, html, redirect, malformed, truncate, drip, content_type, duplicate, missing, stale`,
		"{name: a, answers: {}}": `body:1:11: unknown key "answers" - did you mean "answer"?`,
		"{name: A, on: getStatu, vendor: acm, nth: 1, first: 1, answer: {truncate: 60%}, stage: after}": "body:1:8: the name \"A\" must be 1 to 64 of a-z 0-9 and -, such as \"lost-reply\"\n" +
			"body:1:33: there is no vendor \"acm\" - did you mean \"acme\"?\n" +
			"body:1:46: \"first\" cannot stand beside \"nth\"; write one of nth, first and every\n" +
			"body:1:81: \"stage\" cannot stand beside \"truncate\", which alters the real reply: the work is always done",
		"{name: a, vendor: bolt, answer: {reset: true}}":          `body:1:19: the scenario is not for "bolt"; add it to "vendors"`,
		"{name: a, on: getStatu, answer: {reset: true}}":          `body:1:15: "getStatu" is no operation of a vendor of this scenario - did you mean "getStatus"?`,
		"{name: a, when: {state: qeued}, answer: {reset: true}}":  `body:1:25: no lifecycle has a state "qeued" - did you mean "queued"?`,
		"{name: a, on: createTask, answer: {kind: rate-limited}}": `body:1:42: acme: has no 429 here`,
		"{name: a, task: '', answer: {reset: true}}":              `body:1:17: "task" is empty; leave the key out for every task`,
	} {
		f, problems := ParseFault("body", []byte(text), testKnown, s)
		if got := problems.Error(); got != want || f != nil {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
	f, problems := ParseFault("body", []byte("{name: a, when: {phase: paused}, answer: {reset: true}}"), testKnown, s)
	want := "body:1:18: warning: a fault that can never fire: no lifecycle has a state of the phase paused"
	if got := problems.Error(); got != want || f == nil {
		t.Errorf("%v, %s", f, got)
	}
	if _, problems := ParseFault("body", []byte(strings.Repeat("#", MaxBytes+1)), testKnown, s); len(problems) != 1 {
		t.Errorf("%v", problems)
	}
}

// drawAnswer draws one of everything that an answer can be.
func drawAnswer(t *rapid.T) Answer {
	length := rapid.Map(rapid.Int64Range(1, int64(MaxDuration/time.Millisecond)), func(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond })
	kept := Percent(rapid.IntRange(0, 99).Draw(t, "kept"))
	a := rapid.SampledFrom([]Answer{
		{Status: 500}, {Status: 429, RetryAfter: length.Draw(t, "retry after")}, {Kind: "internal"},
		{Kind: "internal", RetryAfter: length.Draw(t, "retry after"), RetryAfterForm: "date"}, {Reset: true}, {Empty: true}, {Malformed: true}, {HTML: true},
		{Truncate: &kept}, {Drip: length.Draw(t, "drip")}, {ContentType: "text/html; a=\"<b>\""}, {Duplicate: "Date"}, {Missing: "X-a"},
		{Stale: length.Draw(t, "stale")}, {Redirect: "/a?b=c&d=%20"},
	}).Draw(t, "answer")
	least := length.Draw(t, "least")
	most := min(least+length.Draw(t, "more"), MaxDuration)
	a.Latency = rapid.SampledFrom([]*Duration{nil, {Min: least, Max: least}, {Min: 0, Max: most}, {Min: least, Max: most}, {P50: least, P95: most}}).Draw(t, "latency")
	return a
}

// A fault in JSON, as the control API tells it, is what ParseFault reads.
func TestFaultInJSON(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := &Fault{Name: rapid.StringMatching(`[a-z0-9][a-z0-9-]{0,63}`).Draw(rt, "name"), Per: "task", Answer: drawAnswer(rt)}
		if !f.Answer.Mangles() {
			f.Stage = rapid.SampledFrom([]string{"before", "after"}).Draw(rt, "stage")
		}
		f.Vendor = rapid.SampledFrom([]string{"", "acme"}).Draw(rt, "vendor")
		f.On = rapid.SampledFrom([]string{"", "poll", "getStatus", "acme.getStatus"}).Draw(rt, "on")
		f.Task = rapid.SampledFrom([]string{"", "a1", "Quick <Scan> & more", "7", "\u00e9\u2028"}).Draw(rt, "task")
		f.When = rapid.SampledFrom([]*TaskCondition{nil, {Phase: Running}, {State: "running"}, {Running, "running"}}).Draw(rt, "when")
		f.During = rapid.SampledFrom([]*Span{nil, {From: 0}, {From: time.Hour}, {time.Second, time.Minute}, {0, time.Millisecond}}).Draw(rt, "during")
		f.Age = rapid.SampledFrom([]*Span{nil, {From: 90 * time.Second}}).Draw(rt, "age")
		f.Chance = Chance(rapid.IntRange(0, int(Certain)).Draw(rt, "chance"))
		*rapid.SampledFrom([]*int{&f.Nth, &f.First, &f.Every}).Draw(rt, "counts") = rapid.IntRange(0, 9).Draw(rt, "count")
		text, err := json.Marshal(f)
		if err != nil {
			rt.Fatal(err)
		}
		again, problems := ParseFault("json", text, testKnown, mustParse(t, "version: 1\nname: x\n"))
		if problems.Err() != nil {
			rt.Fatalf("%v\nin\n%s", problems, text)
		}
		again.At = Position{}
		if !reflect.DeepEqual(f, again) {
			rt.Fatalf("%+v\nbecame\n%+v\nby\n%s", f, again, text)
		}
	})
}

// Whatever comes over the control API: nothing panics, there is a fault or an
// error, and a fault in JSON is read as the same fault.
func FuzzParseFault(f *testing.F) {
	for _, text := range []string{
		"{name: a, answer: {reset: true}}", "name: a\nduring: 1s..\nchance: 0.5%\nanswer: {truncate: 0%, latency: {p50: 1s, p95: 2s}}",
		`{"name": "a", "answer": {"status": 503, "retry_after": "5s", "retry_after_form": "date"}}`, "", "[", "{answer: }", "- a", "{when: 1, answer: []}",
	} {
		f.Add([]byte(text))
	}
	s, _ := Parse("x.yaml", []byte("{version: 1, name: x}"), testKnown)
	f.Fuzz(func(t *testing.T, data []byte) {
		fault, problems := ParseFault("f", data, testKnown, s)
		if (fault == nil) != (problems.Err() != nil) {
			t.Fatalf("fault %v with %v", fault, problems)
		}
		if fault == nil {
			return
		}
		text, err := json.Marshal(fault)
		if err != nil {
			t.Fatal(err)
		}
		again, problems := ParseFault("f", text, testKnown, s)
		if problems.Err() != nil {
			t.Fatalf("%v\nin\n%s", problems, text)
		}
		fault.At, again.At = Position{}, Position{}
		if !reflect.DeepEqual(fault, again) {
			t.Fatalf("%+v\nbecame\n%+v\nby\n%s", fault, again, text)
		}
	})
}
