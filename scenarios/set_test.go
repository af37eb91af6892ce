package scenarios

import (
	"strings"
	"testing"
	"time"
)

const settable = `version: 1
name: x
vendors: [acme]
lifecycles:
  scan:
    pending: {after: 5s, to: [{state: running, weight: 2}, succeeded]}
    running: {after: 5s, to: succeeded}
    succeeded: {}
tasks: [{count: 2}, {name: b}]
limits: [{per: token, requests: 1, window: 1s}]
faults: [{name: a, chance: 30%, answer: {reset: true}}]
`

// loadWith loads settable with sets, as the command line does.
func loadWith(sets ...string) (*Scenario, Problems) {
	return Shipped().load(readSource("x.yaml", []byte(settable)), testKnown, sets)
}

func TestSets(t *testing.T) {
	for set, holds := range map[string]func(*Scenario) bool{
		"clock.mode=x60": func(s *Scenario) bool { return s.Clock.Mode.Speed == 60 },
		"seed=7":         func(s *Scenario) bool { return s.Seed == 7 },
		"lifecycles.scan.running.after=3s": func(s *Scenario) bool {
			return s.Lifecycles["scan"][1].After.Min == 3*time.Second && s.Lifecycles["scan"][0].After.Min == 5*time.Second
		},
		"lifecycles.scan.running.after={p50: 1s, p95: 2s}": func(s *Scenario) bool { return s.Lifecycles["scan"][1].After.P95 == 2*time.Second },
		"lifecycles.scan.pending.to[0].weight=9":           func(s *Scenario) bool { return s.Lifecycles["scan"][0].To[0].Weight == 9 },
		"tasks[0].count=3":                                 func(s *Scenario) bool { return s.Tasks[0].Count == 3 && s.Tasks[1].Count == 1 },
		"tasks[1]={id: a1}":                                func(s *Scenario) bool { return s.Tasks[1].ID == "a1" && s.Tasks[1].Name == "" },
		"limits=[]":                                        func(s *Scenario) bool { return s.Limits != nil && len(s.Limits) == 0 },
		"faults[0].chance=0.5%":                            func(s *Scenario) bool { return s.Faults[0].Chance == 50 && s.Faults[0].Answer.Reset },
		"faults[0].answer={truncate: 5%}":                  func(s *Scenario) bool { return *s.Faults[0].Answer.Truncate == 5 && !s.Faults[0].Answer.Reset },
		"limits[0].early_retry=extend":                     func(s *Scenario) bool { return s.Limits[0].EarlyRetry == "extend" },
		"auth.clock_skew=-5s":                              func(s *Scenario) bool { return s.AuthOf("acme").ClockSkew == -5*time.Second },
		"surprises=seed":                                   func(s *Scenario) bool { return s.Surprises != nil && !s.Surprises.Own },
		"options.acme.slow=true":                           func(s *Scenario) bool { return s.Options["acme"]["slow"] == true },
		`description="a=b"`:                                func(s *Scenario) bool { return s.Description == "a=b" },
		"lifecycles.more={failed: {}}":                     func(s *Scenario) bool { return s.Lifecycles["more"][0].Phase == Failed },
	} {
		s, problems := loadWith(set)
		if len(problems) > 0 || !holds(s) {
			t.Errorf("--set %s: %v %+v", set, problems, s)
		}
	}
	if s, problems := loadWith("seed=7", "seed=8"); len(problems) > 0 || s.Seed != 8 {
		t.Errorf("the last of two does not win: %v %+v", problems, s)
	}
	if s, _ := loadWith(); s.Seed != 1 || s.Tasks[0].Count != 2 {
		t.Errorf("a set changed its source: %+v", s)
	}
}

func TestTooManySets(t *testing.T) {
	sets := make([]string, MaxSets+1)
	for i := range sets {
		sets[i] = "seed=3"
	}
	if s, problems := loadWith(sets[1:]...); len(problems) > 0 || s.Seed != 3 {
		t.Errorf("%v", problems)
	}
	if _, problems := loadWith(sets...); problems.Error() != "--set: there are 1001; at most 1000 are allowed" {
		t.Errorf("%v", problems)
	}
}

// A set may nest no deeper than a file, by its path and its value together.
func TestDeepSets(t *testing.T) {
	known := Known{Vendors: []string{"acme"}}
	for more, good := range map[int]bool{maxDepth - 5: true, maxDepth - 4: false, 100_000: false} {
		set := "tasks[0].set" + strings.Repeat(".a", more) + "={a: 1}"
		s, problems := Shipped().load(readSource("x.yaml", []byte(settable)), known, []string{set})
		switch {
		case good && len(problems) > 0, !good && problems.Error() != "--set "+set+": nested more than 32 deep":
			t.Errorf("%d more steps: %.200s", more, problems.Error())
		case good:
			checkAlone(t, s, known)
		}
	}
}

func TestBadSets(t *testing.T) {
	for set, want := range map[string]string{
		"seed":                              `write path=value, such as clock.mode=x60`,
		"=5":                                `"" is not a path; write one such as clock.mode or tasks[0].count`,
		"tasks[x].count=3":                  `"tasks[x].count" is not a path; write one such as clock.mode or tasks[0].count`,
		"clock..mode=real":                  `"clock..mode" is not a path; write one such as clock.mode or tasks[0].count`,
		"extends=slow":                      `"extends" cannot be set; it says which scenario this is`,
		"name=y":                            `"name" cannot be set; it says which scenario this is`,
		"sed=5":                             `unknown key "sed" - did you mean "seed"?`,
		"seed=":                             `"seed" has no value; write one, or leave the key out`,
		"seed=soon":                         `"seed" must be a whole number, not text`,
		"seed={":                            `not valid YAML: did not find expected node content`,
		"tasks[2].count=3":                  `tasks has 2 entries; [2] is none of them`,
		"version.a=3":                       `version has no key "a": it is a number`,
		"version[0]=3":                      `version is a number, no list, and has no [0]`,
		"tasks.a=3":                         `tasks has no key "a": it is a list`,
		"tasks[0].lifecycle=sc":             `there is no lifecycle "sc"; there is scan`,
		"tasks[0].name[1].x=1":              `tasks[0].name is missing, and has no [1]`,
		"clock.mode=fast":                   `"mode" cannot be "fast": a clock is real, xN (such as x60), frozen or skip`,
		"lifecycles.scan.succeeded.polls=1": `the state "succeeded" has "polls" and needs "to": the state that follows`,
	} {
		_, problems := loadWith(set)
		want = "--set " + set + ": " + want
		if set == "lifecycles.scan.succeeded.polls=1" {
			// The state itself stands in the file; only the key was set.
			want = "x.yaml:8:5" + want[len("--set "+set):]
		}
		if got := problems.Error(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
