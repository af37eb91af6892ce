package verify

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// born is when the tests' tenants begin, in both times.
var born = time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)

// read reads a client's calls, one a line:
//
//	WHEN KIND [TASKS] [words]
//
// WHEN is the real time since the beginning; the tenant's time is the same, or
// as "at=". TASKS are those that the answer shows, a star at those ended; one
// alone was asked for, and "?id" was asked for and not shown, with status 404
// unless another follows. A start creates its task. The other words are named as the fields of an Observation.
func read(t testing.TB, script string) []Observation {
	t.Helper()
	var all []Observation
	for line := range strings.Lines(script) {
		line, _, _ = strings.Cut(line, " // ")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		when := duration(t, words[0])
		o := Observation{
			Real: born.Add(when), At: born.Add(when), Lived: when, Speed: 1, Status: 200,
			Vendor: "acme", Kind: words[1], Operation: words[1] + "Task",
		}
		for _, w := range words[2:] {
			readWord(t, &o, w)
		}
		all = append(all, o)
	}
	return all
}

func readWord(t testing.TB, o *Observation, word string) {
	t.Helper()
	key, value, _ := strings.Cut(word, "=")
	first, second, _ := strings.Cut(value, "/")
	switch key {
	case "vendor":
		o.Vendor = value
	case "op":
		o.Operation = value
	case "at":
		o.At, o.Lived = born.Add(duration(t, value)), duration(t, value)
	case "speed":
		o.Speed = int(number(t, value))
	case "frozen":
		o.Frozen = true
	case "took":
		o.Took = duration(t, value)
	case "body":
		o.Body = number(t, value)
	case "limit":
		o.Limits = append(o.Limits, number(t, value))
	case "wait": // seconds, and which limit told so
		o.RetryAfter = int(number(t, first))
		if second != "" {
			o.Told = number(t, second)
		}
	case "gives": // a token, and how long it lives
		o.Token.Given = number(t, first)
		if second != "" {
			o.Token.Life = duration(t, second)
		}
	case "sends":
		o.Token.Sent = number(t, value)
	case "over":
		o.Token.Expired = true
	case "page": // what stands before it, and its length
		o.Page = &Page{List: o.Operation, From: int(number(t, first)), Len: int(number(t, second))}
	case "more":
		o.Page.More = true
	case "of": // which list
		o.Page.List = value
	case "status":
		o.Status = int(number(t, value))
	case "failed": // a JSON-RPC error
		o.Failed = true
	case "refused": // the same, for now only
		o.Failed, o.Refused = true, true
	case "lost":
		o.Lost = true
	case "done":
		o.Done = true
	case "fault":
		o.Fault = value
	case "sent": // a field, and its value
		o.Sent = map[string]string{first: second}
	case "field":
		o.Unknown = append(o.Unknown, "query "+value)
	default:
		readTasks(o, word)
	}
}

func readTasks(o *Observation, word string) {
	if id, ok := strings.CutPrefix(word, "?"); ok {
		o.Asked, o.Status = id, 404
		return
	}
	for id := range strings.SplitSeq(word, ",") {
		id, ended := strings.CutSuffix(id, "*")
		o.Tasks = append(o.Tasks, Task{ID: id, Ended: ended})
	}
	if o.Kind == "start" {
		o.Created = true
	} else if len(o.Tasks) == 1 && o.Kind != "list" {
		o.Asked = o.Tasks[0].ID
	}
}

func duration(t testing.TB, s string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func number(t testing.TB, s string) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// observe is Observe for whoever has the observation in no place.
func observe(o *Observer, call Observation) { o.Observe(&call) }

// judged feeds calls to a new observer and asks for the report at an instant.
func judged(rules []scenarios.Expect, calls []Observation, now Now) *Report {
	o := New(rules)
	for _, call := range calls {
		o.Observe(&call)
	}
	return o.Report(now)
}

// after is the instant of a report, in both times.
func after(d time.Duration) Now {
	return Now{Real: born.Add(d), At: born.Add(d), Lived: d}
}

// course of a test: a script, and what is found.
type expectCase struct {
	name    string
	rule    scenarios.Expect
	script  string
	now     Now // zero: an hour after the beginning
	verdict Verdict
	found   string // the whole sentence
}

func (c expectCase) run(t *testing.T) {
	t.Helper()
	if c.now.Real.IsZero() {
		ended := c.now.Ended
		c.now = after(time.Hour)
		c.now.Ended = ended
	}
	r := judged([]scenarios.Expect{c.rule}, read(t, c.script), c.now)
	got := r.Expectations[0]
	if got.Verdict != c.verdict || got.Found != c.found {
		t.Errorf("%s:\n got %s: %s\nwant %s: %s", c.name, got.Verdict, got.Found, c.verdict, c.found)
	}
}

func runAll(t *testing.T, cases []expectCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, c.run)
	}
}

// endedAt says of some tasks when they ended; "" is one that has not. Others
// are unknown.
func endedAt(tasks map[string]string) func(vendor, task string) (time.Time, bool) {
	return func(vendor, task string) (time.Time, bool) {
		when, known := tasks[task]
		if when == "" {
			return time.Time{}, known
		}
		d, err := time.ParseDuration(when)
		if err != nil {
			panic(fmt.Sprint("a test's mistake: ", err))
		}
		return born.Add(d), true
	}
}
