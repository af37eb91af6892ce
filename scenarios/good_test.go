package scenarios

import (
	"os"
	"reflect"
	"testing"
	"time"
)

// Everything that the language can say, and what it becomes.
func TestEverything(t *testing.T) {
	data, err := os.ReadFile("testdata/good/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s, problems := Parse("everything.yaml", data, testKnown)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	forgetPositions(s)
	none, three, one := 0, 3, false
	fixed := func(d time.Duration) *Duration { return &Duration{Min: d, Max: d} }
	want := &Scenario{
		Version: 1, Name: "everything", Description: "Every key of the language.",
		Vendors:  []string{"acme", "bolt"},
		Profiles: map[string]string{"bolt": "observed"},
		Options:  map[string]map[string]any{"acme": {"slow": true}},
		Seed:     42, Default: "scan", CountLists: true,
		Clock: Clock{Start: time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC), Mode: ClockMode{Real, 1}},
		Lifecycles: map[string]Lifecycle{
			"scan": {
				{Name: "queued", Phase: Pending, After: &Duration{Min: 2 * time.Second, Max: 5 * time.Second}, To: []Branch{{State: "running", Weight: 1}}},
				{
					Name: "running", Phase: Running, Progress: &Progress{0, 100}, After: &Duration{P50: 40 * time.Second, P95: 3 * time.Minute},
					To: []Branch{{State: "done", Weight: 90}, {State: "broken", Weight: 8}, {State: "stuck", Weight: 2}, {State: "doubtful", Weight: 1}},
					Messages: []Message{
						{When: Moment{Percent: 50}, Level: "warning", Text: "half way"},
						{When: Moment{After: time.Second}, Level: "info", Text: "begun"},
					},
				},
				{Name: "stuck", Phase: Running, Forever: true},
				{Name: "done", Phase: Succeeded, Expires: &Expiry{After: *fixed(24 * time.Hour)}},
				{Name: "broken", Phase: Failed, Progress: &Progress{40, 40}, Error: &Error{"1", "Endpoint client has lost connection"}},
				{Name: "doubtful", Phase: Warning, Set: map[string]any{"taskType": "SCAN", "colour": "yellow"}},
			},
			"polled": {
				{Name: "queued", Phase: Pending, Polls: 2, To: []Branch{{State: "running", Weight: 1}}},
				{Name: "running", Phase: Running, Polls: 3, To: []Branch{{State: "done", Weight: 1}}},
				{Name: "done", Phase: Succeeded},
			},
		},
		Tasks: []Task{
			{
				ID: "a65f46d08c6d2865b32048ba3", Vendor: "acme", Name: "Quick Scan", Lifecycle: "scan", Count: 1,
				Created:  &When{Offset: -10 * time.Minute},
				Subtasks: &Subtasks{Count: 5, Stagger: 500 * time.Millisecond, Lifecycle: "polled"},
			},
			{On: "createTask", Lifecycle: "scan", Count: 1},
			{On: "acme.createTask", Lifecycle: "scan", Count: 1},
			{On: "start", Lifecycle: "scan", Count: 1, Set: map[string]any{"taskType": "SCAN"}},
			{
				Vendor: "bolt", Count: 250, Lifecycle: "polled",
				Created: &When{Instant: time.Date(2026, 1, 15, 6, 0, 0, 5e8, time.UTC)},
			},
			{Vendor: "acme", Lifecycle: "scan", Count: 1, Set: map[string]any{"taskType": "DEVICE_BACKUP"}},
		},
		Limits: []Limit{
			{Per: "credential", Requests: 100, Window: 10 * time.Second, Algorithm: "fixed", EarlyRetry: "ignore"},
			{Vendor: "acme", On: "getStatus", Per: "token", Requests: 10, Window: time.Second, Algorithm: "bucket", Burst: 20, EarlyRetry: "ignore"},
			{On: "login", Per: "source", Requests: 3, Window: time.Minute, Algorithm: "sliding", EarlyRetry: "extend", RetryAfterForm: "date"},
			{Per: "source", Concurrent: 10, RetryAfterForm: "seconds"},
		},
		Faults: everyFault(),
		Auth: []Auth{
			{
				Vendor: "acme", TokenTTL: 12*time.Minute + 29*time.Second, Refreshes: &none, SingleSession: &one, RevokedAfter: 5 * time.Minute,
				ClockSkew: -90 * time.Second, Forbidden: []string{"createTask", "list"}, Disabled: true,
			},
			{Vendor: "bolt", ClockSkew: time.Minute, Forbidden: []string{}},
		},
		Surprises: &Surprises{Seed: 7, Own: true},
		Expect: []Expect{
			{Call: "getStatus", Vendor: "acme", Per: "task", MinGap: time.Second, Max: 40},
			{Call: "bolt.getStatus", Per: "tenant", Max: 1000},
			{Call: "poll", Per: "task", MinGap: 500 * time.Millisecond},
			{Call: "poll", Per: "task", MaxErrors: &none},
			{Call: "getStatus", Per: "task", Sends: "params.options.returnSubtasks=true", MaxErrors: &three},
			{RetryAfter: "respected"},
			{Retried: "every_refusal", Vendor: "acme"},
			{NoCallsAfter: "end", Grace: 1},
			{NoCallsAfter: "end", Vendor: "bolt"},
			{EveryTask: "seen_end", Within: 10 * time.Minute},
			{Tokens: "refreshed_in_time", Vendor: "acme"},
			{Tokens: "refreshed_in_time", Margin: 30 * time.Second},
			{Pages: "read_to_last"},
			{Submissions: "no_duplicates"},
			{UnknownFields: "none"},
		},
	}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("got\n%+v\nwant\n%+v", s, want)
	}
}

// everyFault is what the faults of everything.yaml become.
func everyFault() []Fault {
	sixty, zero := Percent(60), Percent(0)
	minutes := func(from, to time.Duration) *Span { return &Span{from * time.Minute, to * time.Minute} }
	return []Fault{
		{Name: "sluggish", Stage: "before", Per: "task", Answer: Answer{Latency: &Duration{Min: 1500 * time.Millisecond, Max: 1500 * time.Millisecond}}},
		{Name: "slow-login", On: "login", Stage: "before", Per: "task", Answer: Answer{Latency: &Duration{Min: time.Second, Max: 3 * time.Second}, Status: 429, RetryAfter: 10 * time.Second}},
		{
			Name: "brownout", Vendor: "acme", On: "poll", During: &Span{20 * time.Second, 50 * time.Second}, Chance: 3000, Stage: "before", Per: "task",
			Answer: Answer{Kind: "unavailable", RetryAfter: 5 * time.Second, RetryAfterForm: "date", Latency: &Duration{P50: time.Second, P95: 5 * time.Second}},
		},
		{Name: "lost-reply", On: "createTask", Nth: 1, Stage: "after", Per: "operation", Answer: Answer{Reset: true}},
		{Name: "torn", On: "getStatus", When: &TaskCondition{Phase: Running}, First: 2, Per: "task", Answer: Answer{Truncate: &sixty}},
		{
			Name: "nothing-yet", On: "bolt.getStatus", When: &TaskCondition{Pending, "queued"}, Every: 3, Stage: "before", Per: "tenant",
			Answer: Answer{Empty: true},
		},
		{Name: "old-scan", Task: "Quick Scan", Age: &Span{From: time.Hour}, Chance: 25, Per: "task", Answer: Answer{Stale: 30 * time.Second}},
		{
			Name: "by-id", Vendor: "acme", Task: "a65f46d08c6d2865b32048ba3", Age: &Span{0, 90 * time.Second}, Chance: 1250, Stage: "before", Per: "task",
			Answer: Answer{HTML: true},
		},
		{Name: "in-broken", When: &TaskCondition{State: "broken"}, Per: "task", Answer: Answer{Malformed: true}},
		{Name: "drip", During: minutes(1, 2), Per: "task", Answer: Answer{Drip: 2500 * time.Millisecond}},
		{Name: "as-text", During: minutes(2, 3), Per: "task", Answer: Answer{ContentType: "text/plain; charset=utf-8"}},
		{Name: "twice", During: minutes(3, 4), Per: "task", Answer: Answer{Duplicate: "Content-Type"}},
		{Name: "undated", During: minutes(4, 5), Per: "task", Answer: Answer{Missing: "Date"}},
		{Name: "elsewhere", During: minutes(5, 6), Stage: "before", Per: "task", Answer: Answer{Redirect: "https://example.com/login"}},
		{Name: "cut", During: minutes(6, 7), Per: "task", Answer: Answer{Truncate: &zero}},
	}
}

// The example of the language page, word for word, needs nothing said about it.
func TestRoughDay(t *testing.T) {
	data, err := os.ReadFile("testdata/good/rough-day.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s, problems := Parse("rough-day.yaml", data, pageKnown)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if len(s.Tasks) != 4 || len(s.Faults) != 4 || len(s.Limits) != 1 || len(s.Expect) != 4 {
		t.Errorf("%+v", s)
	}
	if a := s.AuthOf("cisco"); a.TokenTTL != 12*time.Minute+29*time.Second || *a.Refreshes != 3 || *a.SingleSession || s.Limits[0].EarlyRetry != "extend" {
		t.Errorf("%+v %+v", a, s.Limits)
	}
}

// forgetPositions clears every Position, of which the bad files have plenty, and
// the text that they stand in.
func forgetPositions(s *Scenario) {
	s.At, s.origin = Position{}, nil
	for _, lifecycle := range s.Lifecycles {
		for i := range lifecycle {
			state := &lifecycle[i]
			state.At = Position{}
			for j := range state.To {
				state.To[j].At = Position{}
			}
			for j := range state.Messages {
				state.Messages[j].At = Position{}
			}
		}
	}
	for i := range s.Tasks {
		s.Tasks[i].At = Position{}
		if s.Tasks[i].Subtasks != nil {
			s.Tasks[i].Subtasks.At = Position{}
		}
	}
	for i := range s.Limits {
		s.Limits[i].At = Position{}
	}
	for i := range s.Faults {
		s.Faults[i].At = Position{}
	}
	for i := range s.Auth {
		s.Auth[i].At = Position{}
	}
	for i := range s.Expect {
		s.Expect[i].At = Position{}
	}
}

func mustParse(t testing.TB, yaml string) *Scenario {
	t.Helper()
	s, problems := Parse("x.yaml", []byte(yaml), testKnown)
	if len(problems) > 0 {
		t.Fatalf("%v\nin\n%s", problems, yaml)
	}
	return s
}

func TestPositions(t *testing.T) {
	s := mustParse(t, `version: 1
name: x
lifecycles:
  scan:
    running: {after: 1s, to: [{state: succeeded}], messages: [{text: a}]}
    succeeded: {}
tasks:
  - subtasks: {count: 2}
limits:
  - {per: token, requests: 1, window: 1s}
expect: [{tokens: refreshed_in_time}]
faults: [{name: a, answer: {reset: true}}]
auth: {disabled: true}
`)
	running := s.Lifecycles["scan"][0]
	for what, got := range map[string]Position{
		"x.yaml:1:1":   s.At,
		"x.yaml:5:5":   running.At,
		"x.yaml:5:31":  running.To[0].At,
		"x.yaml:5:63":  running.Messages[0].At,
		"x.yaml:8:5":   s.Tasks[0].At,
		"x.yaml:8:15":  s.Tasks[0].Subtasks.At,
		"x.yaml:10:5":  s.Limits[0].At,
		"x.yaml:11:10": s.Expect[0].At,
		"x.yaml:12:10": s.Faults[0].At,
		"x.yaml:13:7":  s.Auth[0].At,
	} {
		if got.String() != what {
			t.Errorf("got %v, want %s", got, what)
		}
	}
}

func TestLeftOut(t *testing.T) {
	const head = "version: 1\nname: x\n"
	const scan = "{pending: {after: 1s, to: succeeded}, succeeded: {}}"
	for _, test := range []struct {
		yaml, byDefault string
		lifecycles      []string
	}{
		{"", "task", []string{"task", "waiting"}},
		{"tasks: []", "task", []string{"task", "waiting"}},
		{"lifecycles: {scan: " + scan + "}", "scan", []string{"scan", "waiting"}},
		{"lifecycles: {scan: " + scan + "}\ntasks: []", "scan", []string{"scan"}},
		{"lifecycles: {a: " + scan + ", b: " + scan + "}\ntasks: []", "task", []string{"a", "b", "task", "waiting"}},
		{"lifecycles: {a: " + scan + ", b: " + scan + "}\ntasks: []\ndefault: b", "b", []string{"a", "b"}},
		{"default: waiting", "waiting", []string{"task", "waiting"}},
	} {
		s := mustParse(t, head+test.yaml)
		if s.Default != test.byDefault || !reflect.DeepEqual(s.lifecycleNames(), test.lifecycles) {
			t.Errorf("%q: default %q of %v, want %q of %v", test.yaml, s.Default, s.lifecycleNames(), test.byDefault, test.lifecycles)
		}
	}

	s := mustParse(t, head)
	if s.Seed != 1 || s.Clock.Mode != (ClockMode{Real, 1}) || !reflect.DeepEqual(s.Vendors, testKnown.Vendors) || s.Tasks != nil || s.Limits != nil {
		t.Errorf("left out: %+v", s)
	}
	s = mustParse(t, head+"seed: 0\nvendors: [bolt]\ntasks: []\nlimits: []\n")
	if s.Seed != 0 || len(s.Vendors) != 1 || s.Tasks == nil || s.Limits == nil {
		t.Errorf("written: %+v", s)
	}
}

// A lifecycle of the scenario's own is not replaced by that of happy.
func TestOwnLifecyclesStay(t *testing.T) {
	s := mustParse(t, `{version: 1, name: x, lifecycles: {waiting: {cancelled: {}}, other: {failed: {}}}}`)
	if got := s.Lifecycles[Waiting][0].Phase; got != Cancelled || s.Default != "task" {
		t.Errorf("waiting is %s, default %s", got, s.Default)
	}
}

func TestValuesOfSet(t *testing.T) {
	s := mustParse(t, `{version: 1, name: x, options: {acme: {slow: true}}, tasks: []}`)
	if s.Options["acme"]["slow"] != true {
		t.Errorf("%v", s.Options)
	}
	known := Known{Vendors: []string{"acme"}}
	s, problems := Parse("x.yaml", []byte(`{version: 1, name: x, tasks: [{set: {a: 1, b: 1.5, c: null, d: [x, {y: false}], e: 2026-01-15, f: "1"}}]}`), known)
	want := map[string]any{"a": 1, "b": 1.5, "c": nil, "d": []any{"x", map[string]any{"y": false}}, "e": "2026-01-15", "f": "1"}
	if len(problems) > 0 || !reflect.DeepEqual(s.Tasks[0].Set, want) {
		t.Errorf("%v %v", problems, s)
	}
}

func TestClockModes(t *testing.T) {
	for _, word := range []string{"real", "x1", "x60", "x1000000", "frozen", "skip"} {
		mode, err := ParseClockMode(word)
		if err != nil || mode.String() != word || mode.Speed < 1 {
			t.Errorf("%s is %v, %v", word, mode, err)
		}
	}
	for _, word := range []string{"", "x", "x0", "x-1", "x1000001", "x1.5", "X60", "Real", "60x", "x99999999999999999999"} {
		if mode, err := ParseClockMode(word); err == nil {
			t.Errorf("%q is %v", word, mode)
		}
	}
	if (ClockMode{}).String() != "real" {
		t.Error("the zero value is not real")
	}
}
