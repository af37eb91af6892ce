package verify

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
	"unsafe"
	"weak"

	"github.com/vendorsim/vendorsim/scenarios"
)

// Each line of the card, for a client that is good at it, one that is bad, and
// one that shows nothing.
func TestReportCard(t *testing.T) {
	gradeAll(t, []cardCase{
		{"poll_gaps", `
			0s poll t1
			1s poll t1
			3s poll t1`, Good, `{"below_1s":0,"count":2,"max":"2s","min":"1s","not_judged":0,"p50":"1.007s","p90":"2s","p99":"2s"}`},
		{"poll_gaps", `
			0s   poll t1
			0.2s poll t1`, Bad, `{"below_1s":1,"count":1,"max":"200ms","min":"200ms","not_judged":0,"p50":"200ms","p90":"200ms","p99":"200ms"}`},
		{"poll_gaps", `
			0s   poll
			0.2s poll
			0.4s list t1
			0.5s list t1`, NotSeen, `{"below_1s":0,"count":0,"not_judged":0}`},
		{"poll_gaps", `
			0s   poll t1
			0.2s poll t1 frozen`, Ungraded, `{"below_1s":0,"count":0,"not_judged":1}`},
		{"retry_after", `
			0s poll t1 limit=7 wait=5/7
			5s poll t1 limit=7`, Good, `{"early":0,"told":1}`},
		{"retry_after", `
			0s poll t1 limit=7 wait=5/7
			1s poll t1 limit=7`, Bad, `{"early":1,"told":1,"worst":"4s"}`},
		{"retry_after", `0s poll t1`, NotSeen, `{"early":0,"told":0}`},
		{"token_refresh", `
			0m  login gives=1/30m
			29m login gives=2/30m`, Good, `{"calls_after_end":0,"log_ins":2,"not_judged":0,"refreshed_after_end":0,"refreshed_before_end":1}`},
		{"token_refresh", `
			0m  login gives=1/30m
			31m poll t1 sends=1 over
			31m login gives=2/30m`, Bad, `{"calls_after_end":1,"log_ins":2,"not_judged":0,"refreshed_after_end":1,"refreshed_before_end":0,"worst":"1m"}`},
		{"token_refresh", `0s poll t1`, NotSeen, `{"calls_after_end":0,"log_ins":0,"not_judged":0,"refreshed_after_end":0,"refreshed_before_end":0}`},
		{"token_refresh", `
			0m login gives=1/30m frozen
			1s poll t1 sends=1 over frozen at=40m`, Ungraded, `{"calls_after_end":0,"log_ins":1,"not_judged":1,"refreshed_after_end":0,"refreshed_before_end":0}`},
		{"pages", `
			0s list page=0/10 more
			1s list page=10/3`, Good, `{"begun":1,"left":0,"read_to_last":1}`},
		{"pages", `0s list page=0/10 more`, Bad, `{"begun":1,"left":1,"read_to_last":0}`},
		{"pages", `0s list page=0/3`, NotSeen, `{"begun":0,"left":0,"read_to_last":0}`},
		{"calls_after_end", `
			0s poll t1
			1s poll t1*`, Good, `{"polls_after":0,"tasks":0,"tasks_seen_ended":1}`},
		{"calls_after_end", `
			0s poll t1*
			1s poll t1*`, Bad, `{"polls_after":1,"tasks":1,"tasks_seen_ended":1}`},
		{"calls_after_end", `0s poll t1`, NotSeen, `{"polls_after":0,"tasks":0,"tasks_seen_ended":0}`},
		{"duplicate_submissions", `
			0s start t1 body=1
			1s start t2 body=2`, Good, `{"duplicates":0,"submissions":2}`},
		{"duplicate_submissions", `
			0s start t1 body=1
			1s start t2 body=1`, Bad, `{"duplicates":1,"submissions":2}`},
		{"duplicate_submissions", `0s poll t1`, NotSeen, `{"duplicates":0,"submissions":0}`},
		{"unknown_fields", `0s poll t1`, Good, `{"calls":1,"calls_with":0,"fields":[]}`},
		{"unknown_fields", `0s poll t1 field=x`, Bad, `{"calls":1,"calls_with":1,"fields":["acme.pollTask query x (1)"]}`},
		{"unknown_fields", ``, NotSeen, `{"calls":0,"calls_with":0,"fields":[]}`},
	})
}

// cardCase is what a line of the card says of a script.
type cardCase struct {
	line, script string
	grade        Grade
	figures      string // as JSON
}

func gradeAll(t *testing.T, cases []cardCase) {
	t.Helper()
	for _, c := range cases {
		r := judged(nil, read(t, c.script), after(time.Hour))
		l := line(t, r, c.line)
		figures, err := json.Marshal(l.Figures)
		if err != nil {
			t.Fatal(err)
		}
		if l.Verdict != c.grade || string(figures) != c.figures {
			t.Errorf("%s of%s\n got %s %s\nwant %s %s", c.line, c.script, l.Verdict, figures, c.grade, c.figures)
		}
		if l.Found == "" {
			t.Errorf("%s of%s: no sentence", c.line, c.script)
		}
		if (l.Verdict == Bad) != (l.Worst != nil && l.Worst.Operation != "") && l.Name != "poll_gaps" {
			t.Errorf("%s of%s: %s, the worst is %+v", c.line, c.script, l.Verdict, l.Worst)
		}
		if r.Exit() != 0 || r.Verdict != NotJudged {
			t.Errorf("%s of%s: the card alone decides: exit %d, %s", c.line, c.script, r.Exit(), r.Verdict)
		}
	}
}

// fatal is a test, also one of rapid's.
type fatal interface {
	Helper()
	Fatalf(format string, args ...any)
}

func line(t fatal, r *Report, name string) Line {
	t.Helper()
	for _, l := range r.Card {
		if l.Name == name {
			return l
		}
	}
	t.Fatalf("no line %s", name)
	return Line{}
}

// The exit code and the verdict are those of the gravest expectation.
func TestExit(t *testing.T) {
	passes := scenarios.Expect{UnknownFields: "none"}
	fails := scenarios.Expect{Call: "poll", Max: 1}
	open := scenarios.Expect{Pages: "read_to_last"}
	unjudged := scenarios.Expect{Call: "poll", MinGap: time.Second}
	for _, c := range []struct {
		rules   []scenarios.Expect
		exit    int
		verdict Verdict
	}{
		{nil, 0, NotJudged},
		{[]scenarios.Expect{passes}, 0, Passed},
		{[]scenarios.Expect{unjudged}, 0, NotJudged},
		{[]scenarios.Expect{passes, unjudged}, 0, Passed},
		{[]scenarios.Expect{passes, open, unjudged}, 2, Inconclusive},
		{[]scenarios.Expect{passes, open, fails}, 1, Failed},
	} {
		r := judged(c.rules, read(t, `
			0s poll t1 frozen
			0s poll t1 frozen`), after(0))
		if r.Exit() != c.exit || r.Verdict != c.verdict {
			t.Errorf("%v: exit %d %s, want %d %s", c.rules, r.Exit(), r.Verdict, c.exit, c.verdict)
		}
	}
}

// After the scenario was replaced, expectations know nothing of before. The
// card does.
func TestRulesBeginAnew(t *testing.T) {
	rules := []scenarios.Expect{
		{Call: "poll", Max: 2}, {NoCallsAfter: "end"}, {EveryTask: "seen_end"},
		{RetryAfter: "respected"}, {Submissions: "no_duplicates"}, {Tokens: "refreshed_in_time"},
	}
	o := New(rules)
	for _, c := range read(t, `
		0s start t9 body=1
		0s login gives=1/30m
		0s poll t1
		1s poll t1*
		2s poll t1* limit=7 wait=9/7`) {
		o.Observe(&c)
	}
	if got := o.Report(after(time.Hour)).Exit(); got != 1 {
		t.Fatalf("before: exit %d, want 1", got)
	}
	o.Rules(rules)
	for _, e := range o.Report(after(time.Hour)).Expectations {
		if e.Verdict != Inconclusive {
			t.Errorf("%s is %s (%s) though nothing came since", e.Rule, e.Verdict, e.Found)
		}
	}
	for _, c := range read(t, `
		3s start t8 body=1
		4s poll t1* limit=7`) {
		o.Observe(&c)
	}
	r := o.Report(after(time.Hour))
	for i, want := range []Verdict{Passed, Passed, Inconclusive, Inconclusive, Passed, Inconclusive} {
		if e := r.Expectations[i]; e.Verdict != want {
			t.Errorf("%s is %s (%s), want %s", e.Rule, e.Verdict, e.Found, want)
		}
	}
	for _, name := range []string{"calls_after_end", "retry_after", "duplicate_submissions"} {
		if l := line(t, r, name); l.Verdict != Bad {
			t.Errorf("the card forgot: %s is %s", name, l.Verdict)
		}
	}
}

// Ended may ask somebody who is just calling the observer.
func TestEndedIsAskedWithoutTheLock(t *testing.T) {
	o := New([]scenarios.Expect{{EveryTask: "seen_end"}})
	poll := read(t, `0s poll t1`)[0]
	o.Observe(&poll)
	now := after(0)
	now.Ended = func(vendor, task string) (time.Time, bool) {
		o.Observe(&poll)
		return time.Time{}, true
	}
	if r := o.Report(now); r.Calls != 1 || r.Verdict != Inconclusive {
		t.Errorf("%d calls, %s", r.Calls, r.Verdict)
	}
}

// What is kept of a request, once it is judged, holds on to no piece of it.
func TestNothingOfARequestIsKept(t *testing.T) {
	o := New(allRules())
	request := func() weak.Pointer[byte] {
		text := strings.Repeat("id", 1<<16)
		observe(o, Observation{
			Vendor: "acme", Operation: "listTasks", Kind: "poll", Asked: text[:4], Tasks: []Task{{ID: text[:6]}},
			Page: &Page{List: text[:8], More: true}, Unknown: []string{text[:10]},
		})
		return weak.Make(unsafe.StringData(text))
	}()
	o.Report(after(0)) // by then it is judged
	runtime.GC()
	if request.Value() != nil {
		t.Error("the request is still there")
	}
	runtime.KeepAlive(o)
}

// What clients make up is bounded: tasks, ids, lists, waits and fields. Where
// that hides something, nothing passes.
func TestBounds(t *testing.T) {
	o := New([]scenarios.Expect{{NoCallsAfter: "end"}, {Call: "poll", Max: 2}})
	o.book.most = 2
	for _, c := range read(t, `
		0s poll t1*
		0s poll t2
		0s poll t3*
		1s poll t3*`) {
		o.Observe(&c)
	}
	r := o.Report(after(time.Hour))
	if r.Overlooked != 4 || r.Exit() != 2 {
		t.Errorf("%d overlooked, exit %d; want 4 (asked and shown, twice) and 2", r.Overlooked, r.Exit())
	}
	if l := line(t, r, "calls_after_end"); l.Verdict != NotSeen || !strings.HasSuffix(l.Found, "more tasks than are followed") {
		t.Errorf("the card says %s: %s", l.Verdict, l.Found)
	}

	o = New(nil)
	for i := range 30_000 {
		when := fmt.Sprint(i, "s")
		observe(o, read(t, when+` list page=0/10 more of=`+when+` limit=`+fmt.Sprint(i+1)+` wait=1/`+fmt.Sprint(i+1)+` field=`+when)[0])
	}
	if n := len(o.card[1].tracker.(*waits).limits); n > minSweep {
		t.Errorf("%d waits are kept, most of them over", n)
	}
	if n := len(o.card[3].tracker.(*lists).open); n != mostLists {
		t.Errorf("%d lists are kept", n)
	}
	r = o.Report(after(time.Hour))
	if l := line(t, r, "pages"); l.Figures["left"] != int64(30_000) {
		t.Errorf("lists left: %v", l.Figures["left"])
	}
	l := line(t, r, "unknown_fields")
	if n := len(l.Figures["fields"].([]string)); n != mostFields || !strings.HasSuffix(l.Found, "and 29980 more") {
		t.Errorf("%d fields are named: %s", n, l.Found)
	}
	observe(o, Observation{Kind: "poll", Vendor: "acme", Asked: strings.Repeat("x", longestID+1)})
	if got := o.Report(after(0)).Overlooked; got != 1 {
		t.Errorf("an endless id: %d overlooked, want 1", got)
	}
}

// What waits to be judged is not changed by a caller who uses the observation and
// its room for the next request.
func TestWhatWaitsIsTheCallersNoMore(t *testing.T) {
	o := New(nil)
	seen, limits := [1]Task{}, [2]uint64{}
	for _, id := range []string{"a", "b", "c"} {
		seen[0], limits[0] = Task{ID: id}, 7
		poll := Observation{Vendor: "acme", Operation: "getTask", Kind: "poll", Status: 200, Asked: id, Tasks: seen[:], Limits: limits[:1], Speed: 1}
		o.Observe(&poll)
		poll = Observation{}
	}
	seen[0], limits[0] = Task{ID: "z"}, 0
	o.Report(after(0))
	var met []string
	for n := uint32(1); n <= o.book.n; n++ {
		met = append(met, o.book.id(n))
	}
	if got := strings.Join(met, " "); got != "a b c" {
		t.Errorf("met %s", got)
	}
}
