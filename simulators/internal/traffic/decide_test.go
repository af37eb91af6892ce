package traffic

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

const s = time.Second

var unavailable = scenarios.Answer{Status: 503}

// poll is a request for a task of this id, which is queued and 10 s old, at 30 s
// of the tenant's time.
func poll(id string) Moment {
	return Moment{
		Vendor: "acme", Operation: "getTask", Kind: "poll",
		Task: id, Has: true, TaskName: "Name of " + id, Luck: uint64(len(id)) + uint64(id[0]), Phase: scenarios.Pending, State: "queued", Age: 10 * s,
		Since: 30 * s,
	}
}

// whys are what the faults said, one after the other, with a * where one fired.
func whys(d Decision) string {
	var all []string
	for _, j := range d.Judged {
		mark := ""
		if j.Fired {
			mark = "*"
		}
		all = append(all, mark+j.Name+": "+j.Why)
	}
	return strings.Join(all, "; ")
}

// Each condition by itself: the request and what the fault says of it.
func TestWhichRequestsAFaultSelects(t *testing.T) {
	none := poll("a")
	none.Task, none.Has, none.TaskName, none.Phase, none.State, none.Age = "", false, "", "", "", 0
	gone := none
	gone.Task = "gone"
	for _, tt := range []struct {
		rule  scenarios.Fault
		m     Moment
		fires bool
		want  string
	}{
		{scenarios.Fault{}, poll("a"), true, "it matches"},
		{scenarios.Fault{}, none, true, "it matches"},
		{scenarios.Fault{Vendor: "acme"}, poll("a"), true, "it matches"},
		{scenarios.Fault{Vendor: "bolt"}, poll("a"), false, "another vendor"},
		{scenarios.Fault{On: "poll"}, poll("a"), true, "it matches"},
		{scenarios.Fault{On: "getTask"}, poll("a"), true, "it matches"},
		{scenarios.Fault{On: "acme.getTask"}, poll("a"), true, "it matches"},
		{scenarios.Fault{On: "bolt.getTask"}, poll("a"), false, "another operation"},
		{scenarios.Fault{On: "list"}, poll("a"), false, "another operation"},
		{scenarios.Fault{Task: "a"}, poll("a"), true, "it matches"},
		{scenarios.Fault{Task: "Name of a"}, poll("a"), true, "it matches"},
		{scenarios.Fault{Task: "a"}, poll("b"), false, "another task"},
		{scenarios.Fault{Task: "a"}, none, false, "no task"},
		{scenarios.Fault{Task: "gone"}, gone, true, "it matches"}, // an id that is not there can be asked for
		{scenarios.Fault{Task: "a"}, gone, false, "another task"},
		{scenarios.Fault{When: &scenarios.TaskCondition{Phase: scenarios.Pending}}, poll("a"), true, "it matches"},
		{scenarios.Fault{When: &scenarios.TaskCondition{Phase: scenarios.Running}}, poll("a"), false, "another phase: pending"},
		{scenarios.Fault{When: &scenarios.TaskCondition{State: "queued"}}, poll("a"), true, "it matches"},
		{scenarios.Fault{When: &scenarios.TaskCondition{State: "running"}}, poll("a"), false, "another state: queued"},
		{scenarios.Fault{When: &scenarios.TaskCondition{Phase: scenarios.Pending, State: "running"}}, poll("a"), false, "another state: queued"},
		{scenarios.Fault{When: &scenarios.TaskCondition{Phase: scenarios.Pending}}, none, false, "no task"},
		{scenarios.Fault{When: &scenarios.TaskCondition{Phase: scenarios.Pending}}, gone, false, "no task"},
		{scenarios.Fault{During: &scenarios.Span{From: 20 * s, To: 50 * s}}, poll("a"), true, "it matches"},
		{scenarios.Fault{During: &scenarios.Span{From: 30 * s, To: 31 * s}}, poll("a"), true, "it matches"},
		{scenarios.Fault{During: &scenarios.Span{From: 30*s + 1}}, poll("a"), false, "not yet: 30.000000001s.."},
		{scenarios.Fault{During: &scenarios.Span{From: 40 * s, To: time.Minute}}, poll("a"), false, "not yet: 40s..1m0s"},
		{scenarios.Fault{During: &scenarios.Span{From: 20 * s, To: 30 * s}}, poll("a"), false, "over: 20s..30s"},
		{scenarios.Fault{Age: &scenarios.Span{To: 11 * s}}, poll("a"), true, "it matches"},
		{scenarios.Fault{Age: &scenarios.Span{From: 20 * s}}, poll("a"), false, "the task is too young: 20s.."},
		{scenarios.Fault{Age: &scenarios.Span{From: 5 * s, To: 10 * s}}, poll("a"), false, "the task is too old: 5s..10s"},
		{scenarios.Fault{Age: &scenarios.Span{To: 11 * s}}, none, false, "no task"},
		{scenarios.Fault{Nth: 1}, poll("a"), true, "its turn: nth 1, this is 1"},
		{scenarios.Fault{Nth: 2}, poll("a"), false, "not its turn: nth 2, this is 1"},
		{scenarios.Fault{First: 2}, poll("a"), true, "its turn: first 2, this is 1"},
		{scenarios.Fault{Every: 2}, poll("a"), false, "not its turn: every 2, this is 1"},
		{scenarios.Fault{Chance: scenarios.Certain}, poll("a"), true, "chance 100%: drew 88.99%"},
		{scenarios.Fault{Chance: 8900}, poll("a"), true, "chance 89%: drew 88.99%"},
		{scenarios.Fault{Chance: 8899}, poll("a"), false, "chance 88.99%: drew 88.99%"},
		{scenarios.Fault{Nth: 2, Chance: scenarios.Certain}, poll("a"), false, "not its turn: nth 2, this is 1"},
	} {
		tt.rule.Name, tt.rule.Answer = "f", unavailable
		d := NewFaults([]scenarios.Fault{tt.rule}, 1).Decide(tt.m)
		if got := d.Judged[0]; got.Why != tt.want || got.Fired != tt.fires || (d.Fire != nil) != tt.fires || (len(d.Names) == 1) != tt.fires {
			t.Errorf("%+v of %+v: %+v, want %v %q", tt.rule, tt.m, d, tt.fires, tt.want)
		}
	}
}

// Latencies add up; of other answers the first counts; every fault counts what it
// selects, whoever answers.
func TestSeveralFaults(t *testing.T) {
	late := func(d time.Duration) *scenarios.Duration { return &scenarios.Duration{Min: d, Max: d} }
	f := NewFaults([]scenarios.Fault{
		{Name: "slow", Answer: scenarios.Answer{Latency: late(s)}},
		{Name: "second", Nth: 2, Answer: unavailable},
		{Name: "both", Answer: scenarios.Answer{Latency: late(2 * s), Reset: true}},
		{Name: "third", First: 3, Answer: scenarios.Answer{Empty: true}},
		{Name: "slower", Every: 2, Answer: scenarios.Answer{Latency: late(4 * s)}},
	}, 1)
	for i, want := range []string{
		"3s both [slow both] *slow: it matches; second: not its turn: nth 2, this is 1; *both: it matches; third: its turn, but both comes first; slower: not its turn: every 2, this is 1",
		"7s second [slow second both slower] *slow: it matches; *second: its turn: nth 2, this is 2; *both: only its latency, since second comes first; third: its turn, but second comes first; *slower: its turn: every 2, this is 2",
		"3s both [slow both] *slow: it matches; second: not its turn: nth 2, this is 3; *both: it matches; third: its turn, but both comes first; slower: not its turn: every 2, this is 3",
		"7s both [slow both slower] *slow: it matches; second: not its turn: nth 2, this is 4; *both: it matches; third: not its turn: first 3, this is 4; *slower: its turn: every 2, this is 4",
	} {
		d := f.Decide(poll("a"))
		if got := fmt.Sprint(d.Latency, " ", d.Fire.Name, " ", d.Names, " ", whys(d)); got != want {
			t.Errorf("%d:\ngot  %s\nwant %s", i+1, got, want)
		}
	}
	var got []string
	for _, x := range f.List() {
		got = append(got, fmt.Sprint(x.Fault.Name, " ", x.Fired, "/", x.Matched))
	}
	if want := []string{"slow 4/4", "second 1/4", "both 4/4", "third 0/4", "slower 2/4"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// What is counted by itself: the second request of each line is selected by
// nth 2, or is the first of another kind.
func TestWhatAFaultCountsBy(t *testing.T) {
	list := Moment{Vendor: "acme", Operation: "listTasks", Kind: "list"}
	ghost := func(id string) Moment {
		m := poll(id)
		m.Has = false
		return m
	}
	other := poll("a")
	other.Operation = "getTaskStatus"
	bolt := poll("a")
	bolt.Vendor = "bolt"
	create := list
	create.Operation = "start"
	for _, tt := range []struct {
		per    string
		a, b   Moment
		second bool
	}{
		{"", poll("a"), poll("a"), true},
		{"", poll("a"), poll("b"), false},
		{"", poll("a"), other, true},
		{"", poll("a"), bolt, false},
		{"", list, list, true},
		{"", list, create, false},
		{"", poll("a"), list, false},
		{"", ghost("a"), ghost("b"), true}, // of no task
		{"", ghost("a"), poll("a"), false},
		{PerTask, poll("a"), poll("b"), false},
		{PerOperation, poll("a"), poll("b"), true},
		{PerOperation, poll("a"), ghost("b"), true},
		{PerOperation, poll("a"), other, false},
		{PerOperation, poll("a"), bolt, false},
		{PerTenant, poll("a"), other, true},
		{PerTenant, poll("a"), bolt, true},
		{PerTenant, ghost("a"), list, true},
	} {
		f := NewFaults([]scenarios.Fault{{Name: "f", Nth: 2, Per: tt.per, Answer: unavailable}}, 1)
		f.Decide(tt.a)
		if d := f.Decide(tt.b); (d.Fire != nil) != tt.second {
			t.Errorf("per %q, %+v and %+v: %s", tt.per, tt.a, tt.b, whys(d))
		}
	}
}

// Ids that clients make up take no memory.
func TestMadeUpIDsAreNotKept(t *testing.T) {
	f := NewFaults([]scenarios.Fault{{Name: "f", Nth: 5000, Answer: unavailable}}, 1)
	for i := range 10_000 {
		m := poll(fmt.Sprint("ghost", i))
		m.Has = false
		f.Decide(m)
	}
	if n := len(f.all()[0].met); n != 1 {
		t.Errorf("%d counters", n)
	}
}

// Without rules, and for a fault that passes a request over, nothing is kept.
func TestDecideWithoutRules(t *testing.T) {
	f := NewFaults(nil, 1)
	m := poll("a")
	if n := testing.AllocsPerRun(100, func() {
		if d := f.Decide(m); d.Fire != nil || d.Judged != nil {
			t.Error("something fired")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// A fault's luck is frozen like a task's: the same in every run and on every
// machine.
func TestGoldenLuck(t *testing.T) {
	f := NewFaults([]scenarios.Fault{
		{Name: "brownout", Chance: 3000, Answer: unavailable},
		{Name: "sluggish", Answer: scenarios.Answer{Latency: &scenarios.Duration{P50: s, P95: 5 * s}}},
	}, 42)
	var got []string
	for range 8 {
		d := f.Decide(poll("a"))
		got = append(got, fmt.Sprint(d.Fire != nil, " ", d.Latency))
	}
	want := []string{"false 3.467s", "false 931ms", "true 2.321s", "true 495ms", "false 447ms", "false 791ms", "false 4.367s", "false 3.706s"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func BenchmarkDecideWithoutRules(b *testing.B) {
	f, m := NewFaults(nil, 1), poll("a")
	b.ReportAllocs()
	for b.Loop() {
		f.Decide(m)
	}
}

func BenchmarkDecide(b *testing.B) {
	f := NewFaults([]scenarios.Fault{
		{Name: "brownout", On: "poll", During: &scenarios.Span{From: 20 * s, To: 50 * s}, Chance: 3000, Answer: unavailable},
		{Name: "lost-reply", On: "start", Nth: 1, Stage: "after", Answer: scenarios.Answer{Reset: true}},
		{Name: "sluggish", Answer: scenarios.Answer{Latency: &scenarios.Duration{Min: s, Max: 2 * s}}},
	}, 1)
	m := poll("a")
	b.ReportAllocs()
	for b.Loop() {
		f.Decide(m)
	}
}
