package scenarios

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// checkAlone holds the text of a loaded scenario to what YAML promises: where
// there is nothing to extend it loads to the same scenario, whose text it is.
func checkAlone(t rapid.TB, s *Scenario, known Known) *Scenario {
	t.Helper()
	text := s.YAML()
	again, problems := (&Library{}).load(readSource("alone.yaml", text), known, nil)
	if problems.Err() != nil {
		t.Fatalf("%v\nin\n%s", problems, text)
	}
	if fixed := again.YAML(); !bytes.Equal(text, fixed) {
		t.Fatalf("the text\n%s\nbecame\n%s", text, fixed)
	}
	if encoded := encode(again.origin.root); s.origin.text == nil && !bytes.Equal(text, encoded) {
		t.Fatalf("the text\n%s\nis encoded as\n%s", text, encoded)
	}
	want, got := *s, *again
	want.Extends = "" // resolved
	forgetPositions(&want)
	forgetPositions(&got)
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got\n%+v\nwant\n%+v\nfrom\n%s", got, want, text)
	}
	return again
}

func TestYAMLLoadsAlone(t *testing.T) {
	for _, test := range []struct {
		files fs.FS
		known func(file string) Known
	}{
		{shipped, func(string) Known { return Known{} }},
		{os.DirFS("testdata/good"), knownFor},
	} {
		names, err := fs.Glob(test.files, "*.yaml")
		if err != nil || len(names) == 0 {
			t.Fatalf("%d files, %v", len(names), err)
		}
		for _, name := range names {
			data, err := fs.ReadFile(test.files, name)
			if err != nil {
				t.Fatal(err)
			}
			for _, sets := range [][]string{nil, {"seed=77", `description="set"`}} {
				s, problems := Shipped().load(readSource(name, data), test.known(name), sets)
				if problems.Err() != nil {
					t.Fatal(problems)
				}
				asWritten := s.Extends == "" && sets == nil
				if bytes.Equal(s.YAML(), data) != asWritten {
					t.Errorf("%s with %v is its own text: %v", name, sets, !asWritten)
				}
				checkAlone(t, s, test.known(name))
			}
		}
	}
}

// What is extended and set stands in the text, and which scenario it is first.
func TestYAMLResolved(t *testing.T) {
	library := Shipped()
	if err := library.AddDir(write(t, map[string]string{
		"base.yaml": `name: base
description: Not inherited.
clock: {mode: x60}
lifecycles:
  scan:
    queued: {phase: pending, after: 5s, to: succeeded}
    succeeded: {messages: [{text: a long text that makes the whole of its state too long to stand on one line}], progress: 100}
options: {acme: {slow: true}}
`,
		"top.yaml": `extends: base # gone, as every comment
name: top
lifecycles: {scan: {queued: {phase: pending, polls: 2, to: [{state: succeeded}]}}}
tasks: [{id: "a1", created: 2026-01-15T09:00:00Z, set: {taskType: "yes", colour: "7"}}]
expect: [{call: poll, max: 3}]
`,
	})); err != nil {
		t.Fatal(err)
	}
	s, problems := library.Load("top", testKnown, []string{"expect[0].max=4", "limits=[]", "tasks[0].name=the=name"})
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	const want = `version: 1
name: top
clock:
  mode: x60
lifecycles:
  scan:
    queued: {phase: pending, polls: 2, to: [{state: succeeded}]}
    succeeded:
      messages: [{text: a long text that makes the whole of its state too long to stand on one line}]
      progress: 100
options:
  acme: {slow: true}
tasks:
  - {id: a1, created: "2026-01-15T09:00:00Z", set: {taskType: "yes", colour: "7"}, name: "the=name"}
expect:
  - {call: poll, max: 4}
limits: []
`
	if got := string(s.YAML()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	checkAlone(t, s, testKnown)
}

// The command line's own seed, clock and profiles are written after loading.
func TestYAMLOfAChangedScenario(t *testing.T) {
	s := mustParse(t, "version: 1 # one\nname: x\nclock: {mode: x2, start: 2026-01-15T09:00:00Z}\n")
	s.Profiles = map[string]string{}
	if got := string(s.YAML()); !strings.Contains(got, "# one") {
		t.Errorf("nothing was changed, and the text became %s", got)
	}
	s.Seed, s.Clock.Mode, s.Profiles["bolt"] = -7, ClockMode{Skip, 1}, "observed"
	again := checkAlone(t, s, testKnown)
	if again.Seed != -7 || again.Clock.Mode.Kind != Skip || again.Clock.Start.IsZero() || again.Profiles["bolt"] != "observed" {
		t.Errorf("%+v", again)
	}
	if got, want := string(s.YAML()), `version: 1
name: x
clock:
  mode: skip
  start: "2026-01-15T09:00:00Z"
seed: -7
profiles:
  bolt: observed
`; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}

	s = mustParse(t, "version: 1\nname: x\nprofiles: {acme: observed}\n")
	s.Profiles["acme"] = "documented" // in the map that was loaded
	if again := checkAlone(t, s, testKnown); again.Profiles["acme"] != "documented" {
		t.Errorf("%+v", again)
	}
	if got := (&Scenario{Name: "made by hand"}).YAML(); got != nil {
		t.Errorf("%s", got)
	}
}

// Text that looks like something else, and everything else that YAML has a form
// for, keeps its type and its value.
func TestYAMLKeepsValues(t *testing.T) {
	known := Known{Vendors: []string{"acme"}}
	odd := []string{
		"", " ", "~", "null", "Null", "true", "yes", "No", "on", "7", "-7", "0x1f", "0o7", "1_000", "1e3", ".inf", ".nan", "2026-01-15", "12:30:45",
		"<<", "=", "-", "- a", "? a", "a: b", "a #b", "#", "&a", "*a", "!t", "|", ">", "@", "`", "%", "{", "}", "[", "]", ",", "'", "\"", "\\", "...", "---",
		"a\nb", "\n", "\na", "a\n", "a\n\n", " a\n b", "\t", "a\t", "trailing ", "\u00e9", "\u0085", "\u2028", "\U0001f600", strings.Repeat("long ", 300),
	}
	text := rapid.OneOf(rapid.SampledFrom(odd), rapid.StringMatching(`[ -~\n\t\x{a0}-\x{2ff}]{0,12}`))
	scalar := rapid.OneOf(
		rapid.Map(text, func(s string) string { return fmt.Sprintf("%q", s) }),
		rapid.SampledFrom([]string{"7", "-7", "0x1f", "0o7", "1_000", "1e3", "1.50", "true", "False", "null", "~", "9223372036854775808", "plain", "2026-01-15", "2026-01-15T09:00:00Z", "12:30"}),
	)
	rapid.Check(t, func(rt *rapid.T) {
		value := scalar.Draw(rt, "value")
		for range rapid.IntRange(0, 4).Draw(rt, "depth") {
			if rapid.Bool().Draw(rt, "list") {
				value = fmt.Sprintf("[%s, %s]", value, scalar.Draw(rt, "beside"))
			} else {
				value = fmt.Sprintf("{? %q : %s, ? %q : %s}", "a"+text.Draw(rt, "key"), value, "b"+text.Draw(rt, "key"), scalar.Draw(rt, "beside"))
			}
		}
		source := fmt.Sprintf("{version: 1, name: x, tasks: [{set: {? %q : %s}}], description: %q}", text.Draw(rt, "field"), value, text.Draw(rt, "description"))
		src := readSource("x.yaml", []byte(source))
		s, problems := Shipped().load(src, known, []string{"seed=2"})
		if problems.Err() != nil {
			rt.Fatalf("%v\nin\n%s", problems, source)
		}
		checkAlone(rt, s, known)
	})
}
