package simtest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/simtest"
)

// Whoever uses the package wrongly reads what is wrong, and what would be right.
func TestMisuse(t *testing.T) {
	t.Parallel()
	broken := filepath.Join(t.TempDir(), "broken.yaml")
	if err := os.WriteFile(broken, []byte("version: 1\nname: broken\nlifecycles:\n  task:\n    pending: {after: 3s, to: runing}\n    running: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	frozen := simtest.ClockMode("frozen")
	for _, c := range []struct {
		name string
		use  func(t testing.TB)
		want []string
	}{
		{"unknown scenario", func(t testing.TB) { simtest.Start(t, simtest.Scenario("hapy")) },
			[]string{"scenario", "no scenario of this name", "happy"}},
		{"no such file", func(t testing.TB) { simtest.Start(t, simtest.Scenario("no-such.yaml")) },
			[]string{"no-such.yaml", "no such file"}},
		{"a file with problems", func(t testing.TB) { simtest.Start(t, simtest.Scenario(broken)) },
			[]string{"broken.yaml:5:30", `"runing"`, "running", "broken.yaml:6:5", "forever: true"}},
		{"a text with problems", func(t testing.TB) { simtest.Start(t, simtest.YAML("version: 1\nname: x\nlifecycle: {}\n")) },
			[]string{"inline.yaml:3:1", "lifecycles"}},
		{"an override that leads nowhere", func(t testing.TB) { simtest.Start(t, simtest.Set("lifecycles.tusk.running.after=1ms")) },
			[]string{"lifecycles.tusk"}},
		{"unknown clock", func(t testing.TB) { simtest.Start(t, simtest.ClockMode("fast")) },
			[]string{"clock", `"fast"`, "real", "frozen", "skip"}},
		{"unknown profile", func(t testing.TB) { simtest.Start(t, simtest.Profile("cisco", "guessed")) },
			[]string{"cisco=guessed", "documented", "observed"}},
		{"unknown vendor", func(t testing.TB) { simtest.Start(t).URL("cysco") },
			[]string{`no vendor "cysco"`, "bitdefender, checkpoint, cisco, dbvisit, sailpoint"}},
		{"a vendor that the scenario leaves out", func(t testing.TB) {
			simtest.Start(t, simtest.YAML("version: 1\nname: one\nextends: happy\nvendors: [sailpoint]\n")).Auth("cisco")
		}, []string{`no vendor "cisco"`, "it has sailpoint"}},
		{"tasks of an unknown vendor", func(t testing.TB) { simtest.Start(t).Tasks("cysco") }, []string{`no vendor "cysco"`}},
		{"unknown task", func(t testing.TB) { simtest.Start(t).Task("id1234") },
			[]string{`task "id1234"`, "scenario happy", "sailpoint/id12345"}},
		{"unknown task of a vendor", func(t testing.TB) { simtest.Start(t).Clock.AdvanceUntil("sailpoint/id1234", simtest.Ended) },
			[]string{`"sailpoint/id1234"`, "sailpoint/id12345"}},
		{"ambiguous task", func(t testing.TB) { simtest.Start(t, both).Clock.AdvanceUntil("4711", simtest.Ended) },
			[]string{"cisco and sailpoint have a task \"4711\"", "cisco/4711"}},
		{"unknown state", func(t testing.TB) { simtest.Start(t).Clock.AdvanceUntil("id12345", "done") },
			[]string{"lifecycle task", "pending", "running", "succeeded", "ended"}},
		{"unreachable state", func(t testing.TB) {
			simtest.Start(t, frozen, simtest.StartAt(time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC))).Clock.AdvanceUntil("sailpoint/id12345", simtest.Failed)
		}, []string{"pending -> running (at 2026-01-15T09:00:03Z) -> succeeded", "which is its end"}},
		{"a state that only reads reach", func(t testing.TB) {
			simtest.Start(t, simtest.Scenario("polls")).Clock.AdvanceUntil("id12345", simtest.Ended)
		}, []string{"which only reads end", "finds running"}},
		{"a wait for what never comes", func(t testing.TB) { simtest.Start(t).WaitFor("id12345", simtest.Failed, time.Millisecond) },
			[]string{"WaitFor(\"id12345\", \"failed\", 1ms)"}},
		{"a wait on a clock that stands", func(t testing.TB) { simtest.Start(t, frozen).WaitFor("id12345", simtest.Ended, time.Millisecond) },
			[]string{"WaitFor(\"id12345\", \"ended\", 1ms)", "the tenant's clock stands"}},
		{"a wait for quiet", func(t testing.TB) { simtest.Start(t).WaitIdle(time.Hour, time.Millisecond) },
			[]string{"WaitIdle(1h0m0s, 1ms)"}},
		{"a clock put back", func(t testing.TB) { s := simtest.Start(t); s.Clock.AdvanceTo(s.Clock.Now().Add(-time.Hour)) },
			[]string{"Clock.AdvanceTo(", "already"}},
		{"a clock moved by less than nothing", func(t testing.TB) { simtest.Start(t).Clock.Advance(-time.Second) }, []string{"Clock.Advance(-1s)"}},
		{"a speed of none", func(t testing.TB) { simtest.Start(t).Clock.Speed(0) }, []string{"Clock.Speed(0)"}},
		{"a forced state that it has not", func(t testing.TB) { simtest.Start(t).Force("id12345", "done") }, []string{"done", "succeeded"}},
		{"a fault that is none", func(t testing.TB) { simtest.Start(t).AddFault("{name: a, on: pol, answers: {reset: true}}") },
			[]string{"AddFault({name: a, on: pol, answers: {reset: true}})", `"answers" - did you mean "answer"?`}},
		{"a fault of a name that is taken", func(t testing.TB) {
			s := simtest.Start(t)
			s.AddFault("{name: a, answer: {reset: true}}")
			s.AddFault("{name: a, answer: {reset: true}}")
		}, []string{"remove it first"}},
		{"a fault that is not there", func(t testing.TB) { simtest.Start(t).RemoveFault("a") }, []string{`RemoveFault("a")`, "the tenant has no faults"}},
		{"a fault that cannot fire", func(t testing.TB) {
			s := simtest.Start(t)
			s.AddFault("{name: torn, answer: {reset: true}}")
			s.FireFault("tom")
		}, []string{`FireFault("tom")`, "torn"}},
		{"tokens of an unknown vendor", func(t testing.TB) { simtest.Start(t).RevokeTokens("cysco") }, []string{`no vendor "cysco"`}},
		{"a task of no vendor", func(t testing.TB) { simtest.Start(t).Create(simtest.NewTask{}) }, []string{`no vendor ""`}},
		{"a task of an unknown operation", func(t testing.TB) {
			simtest.Start(t).Create(simtest.NewTask{Vendor: "sailpoint", Operation: "importAcounts"})
		}, []string{"importAcounts", "importAccounts"}},
		{"an answer of nobody", func(t testing.TB) { simtest.Start(t).Why("happy~x.1") }, []string{"happy~x.1"}},
		{"Replace of what stays", func(t testing.TB) { simtest.Start(t).Replace(simtest.Seed(1)) },
			[]string{"it takes Scenario, YAML and Set"}},
		{"Replace by nothing", func(t testing.TB) { simtest.Start(t).Replace() }, []string{"scenario"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			said, f := try(t, c.use)
			if !f.Failed() {
				t.Fatal("it does not fail")
			}
			if !strings.HasPrefix(said, "simtest: ") {
				t.Errorf("it does not say who speaks: %s", said)
			}
			for _, want := range c.want {
				if !strings.Contains(said, want) {
					t.Errorf("it says\n%s\nwithout %s", said, want)
				}
			}
		})
	}
}

// both is a scenario in which two vendors have a task of the same id.
var both = simtest.YAML(`version: 1
name: both
extends: happy
vendors: [sailpoint, cisco]
tasks: [{vendor: sailpoint, id: "4711"}, {vendor: cisco, id: "4711"}]
`)
