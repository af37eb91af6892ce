package task

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"pgregory.net/rapid"
)

// born is when the tests' tasks are created.
var born = time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)

// at is the instant d after the creation.
func at(d time.Duration) time.Time { return born.Add(d) }

// newTask is a task without subtasks, of luck 1.
func newTask(states ...scenarios.State) Task {
	return Task{&Definition{Lifecycle: Compile("test", states)}, 1, born}
}

// withSubtasks makes its states the subtasks'.
func withSubtasks(t Task, n int, stagger time.Duration) Task {
	return Task{&Definition{Lifecycle: t.Lifecycle, Subtasks: n, Stagger: stagger}, t.Luck, t.Created}
}

// fixed is a length without luck.
func fixed(d time.Duration) *scenarios.Duration { return &scenarios.Duration{Min: d, Max: d} }

func to(state string) []scenarios.Branch { return []scenarios.Branch{{State: state, Weight: 1}} }

// threeSteps is queued 2 s, running 10 s with 0..100 percent, done.
func threeSteps() []scenarios.State {
	return []scenarios.State{
		{Name: "queued", Phase: scenarios.Pending, After: fixed(2 * time.Second), To: to("running")},
		{Name: "running", Phase: scenarios.Running, After: fixed(10 * time.Second), To: to("done"), Progress: &scenarios.Progress{From: 0, To: 100}},
		{Name: "done", Phase: scenarios.Succeeded},
	}
}

// polled shows queued to 2 reads, running to 3.
func polled() []scenarios.State {
	return []scenarios.State{
		{Name: "queued", Phase: scenarios.Pending, Polls: 2, To: to("running")},
		{Name: "running", Phase: scenarios.Running, Polls: 3, To: to("done"), Progress: &scenarios.Progress{From: 0, To: 90}},
		{Name: "done", Phase: scenarios.Succeeded},
	}
}

// brief is a snapshot in one line: state, percent and what stands out.
func brief(s Snapshot) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d%%", s.State, s.Progress)
	if s.State == "" || s.State != string(s.Phase) {
		fmt.Fprintf(&b, " %s", s.Phase)
	}
	if s.Reads > 0 {
		fmt.Fprintf(&b, " reads=%d", s.Reads)
	}
	if s.Future {
		b.WriteString(" future")
	}
	if s.Expired {
		b.WriteString(" expired")
	}
	return strings.TrimSpace(b.String())
}

// briefEdges are edges in one line each.
func briefEdges(edges []Edge) string {
	var b strings.Builder
	for _, e := range edges {
		who := "task"
		if e.Sub != Whole {
			who = fmt.Sprint("sub ", e.Sub)
		}
		to := e.To
		if e.Expired {
			to = "(forgotten)"
		}
		fmt.Fprintf(&b, "%v %s: %s -> %s [%s]\n", e.At.Sub(born), who, e.From, to, e.Phase)
	}
	return b.String()
}

// drawState draws the i-th of n states. Its way leads anywhere if it takes time
// or reads, so that there are cycles; one that takes no time leads on.
func drawState(t *rapid.T, i, n int) scenarios.State {
	s := scenarios.State{Name: fmt.Sprint("s", i), Phase: rapid.SampledFrom(scenarios.Phases).Draw(t, "phase")}
	lowest := 0
	kind := rapid.SampledFrom([]string{"fixed", "uniform", "lognormal", "polls", "none"}).Draw(t, "kind")
	if i == n-1 {
		kind = "none"
	}
	switch kind {
	case "fixed":
		length := time.Duration(rapid.IntRange(0, 5000).Draw(t, "ms")) * time.Millisecond
		if length < 100*time.Millisecond {
			lowest = i + 1
		}
		s.After = fixed(length)
	case "uniform":
		s.After = &scenarios.Duration{Min: 100 * time.Millisecond, Max: time.Duration(rapid.IntRange(100, 9000).Draw(t, "max")) * time.Millisecond}
	case "lognormal":
		lowest = i + 1
		s.After = &scenarios.Duration{P50: 700 * time.Millisecond, P95: time.Duration(rapid.IntRange(700, 9000).Draw(t, "p95")) * time.Millisecond}
	case "polls":
		s.Polls = rapid.IntRange(1, 4).Draw(t, "polls")
	case "none":
		s.Forever = !s.Phase.Ended()
	}
	if kind != "none" {
		for range rapid.IntRange(1, 3).Draw(t, "ways") {
			next := fmt.Sprint("s", rapid.IntRange(lowest, n-1).Draw(t, "next"))
			s.To = append(s.To, scenarios.Branch{State: next, Weight: rapid.IntRange(1, 5).Draw(t, "weight")})
		}
	}
	if rapid.Bool().Draw(t, "has progress") {
		s.Progress = &scenarios.Progress{From: rapid.IntRange(0, 100).Draw(t, "from"), To: rapid.IntRange(0, 100).Draw(t, "to")}
	}
	if s.Phase.Ended() && rapid.Bool().Draw(t, "expires") {
		s.Expires = &scenarios.Expiry{After: scenarios.Duration{Min: 0, Max: 5 * time.Second}}
	}
	for m := range rapid.IntRange(0, 3).Draw(t, "messages") {
		s.Messages = append(s.Messages, scenarios.Message{Text: fmt.Sprint(s.Name, " ", m), When: scenarios.Moment{
			Percent: rapid.IntRange(0, 100).Draw(t, "percent"),
			After:   time.Duration(rapid.IntRange(0, 3000).Draw(t, "after")) * time.Millisecond,
		}})
	}
	return s
}

// drawTask draws a task, with subtasks or without.
func drawTask(t *rapid.T) Task {
	n := rapid.IntRange(1, 12).Draw(t, "states") // more than course.few holds, too
	var l scenarios.Lifecycle
	for i := range n {
		l = append(l, drawState(t, i, n))
	}
	return Task{
		&Definition{
			Lifecycle: Compile("drawn", l),
			Subtasks:  rapid.SampledFrom([]int{0, 0, 1, 2, 4}).Draw(t, "subtasks"),
			Stagger:   rapid.SampledFrom([]time.Duration{0, 500 * time.Millisecond, 3 * time.Second}).Draw(t, "stagger"),
		},
		LuckOf(rapid.Int64().Draw(t, "seed"), "key"), born,
	}
}

// drawInstant draws one of the first 40 seconds, mostly a whole millisecond.
func drawInstant(t *rapid.T, name string) time.Time {
	d := time.Duration(rapid.IntRange(-1000, 40_000).Draw(t, name)) * time.Millisecond
	return at(d + rapid.SampledFrom([]time.Duration{0, 0, 0, 1, 999_999}).Draw(t, name+" ns"))
}

// drawRecord lives through some reads and changes by people, in order of time,
// and tells the instant of the last.
func drawRecord(t *rapid.T, k Task) (*Record, time.Time) {
	r, now := &Record{}, born
	for range rapid.IntRange(0, 12).Draw(t, "actions") {
		now = now.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "pause")) * time.Millisecond)
		act(t, k, r, now)
	}
	return r, now
}

// act does one thing to a task: most often a read.
func act(t *rapid.T, k Task, r *Record, now time.Time) {
	sub := Whole
	if k.Subtasks > 0 {
		sub = rapid.IntRange(Whole, k.Subtasks-1).Draw(t, "sub")
	}
	switch rapid.IntRange(0, 11).Draw(t, "action") {
	default:
		k.Read(now, r)
	case 9:
		_ = r.Force(now, k, sub, rapid.SampledFrom(k.Lifecycle.States()).Draw(t, "state"))
	case 10:
		_ = r.End(now, k, rapid.SampledFrom([]scenarios.Phase{scenarios.Failed, scenarios.Cancelled}).Draw(t, "end"))
	case 11:
		if rapid.Bool().Draw(t, "really") {
			r.Expire(now, k)
		}
	}
}

// forgetful is the record without its memo.
func forgetful(r *Record) *Record {
	if r == nil {
		return nil
	}
	return &Record{history: r.history, reads: r.reads}
}

func mustForce(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
