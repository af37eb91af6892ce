package scenarios

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// write puts files into a fresh folder. Their contents lack "version: 1".
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("version: 1\n"+text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestAddDir(t *testing.T) {
	library := Shipped()
	before := len(library.Names())
	dir := write(t, map[string]string{
		"a.yaml":         "name: mine/a",
		"deep/er/b.yml":  "name: b\nextends: mine/a",
		"notes.txt":      "name: notes",
		".hidden.yaml":   "name: hidden",
		".git/some.yaml": "name: some",
	})
	if err := library.AddDir(dir); err != nil {
		t.Fatal(err)
	}
	if !library.Has("mine/a") || library.File("b") != filepath.Join(dir, "deep/er/b.yml") || len(library.Names()) != before+2 {
		t.Errorf("%v", library.Names())
	}
	if !slices.IsSorted(library.Names()) || library.Has("c") || library.File("c") != "" {
		t.Errorf("%v", library.Names())
	}
	if len(Shipped().Names()) != before {
		t.Error("adding to one library changed what ships")
	}
	if err := library.AddDir(filepath.Join(dir, "missing")); err == nil {
		t.Error("a missing folder is no error")
	}
}

// What cannot join is told, all at once; what can, joins.
func TestWhatCannotJoin(t *testing.T) {
	dir := write(t, map[string]string{
		"a.yaml":      "name: twice",
		"b.yaml":      "name: twice",
		"c.yaml":      "name: slow",
		"d.yaml":      "name: demo",
		"e.yaml":      "description: none",
		"f.yaml":      "name: [f]",
		"g.yaml":      "name: {",
		"h.yaml":      "name: faulty\nsed: 5",
		"wrong~.yaml": "name: a~b",
	})
	library := Shipped()
	err := library.AddDir(dir)
	if err == nil {
		t.Fatal("no error")
	}
	got := strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), "")
	want := strings.Join([]string{
		`b.yaml:2:7: the name "twice" is taken by a.yaml; give this scenario another`,
		`c.yaml:2:7: the name "slow" is taken by scenarios/slow.yaml; give this scenario another`,
		`d.yaml:2:7: the name "demo" is reserved for the tenant that runs the served scenario`,
		`e.yaml:1:1: a scenario needs a "name", a text such as "slow-login"`,
		`f.yaml:2:7: a scenario needs a "name", a text such as "slow-login"`,
		`g.yaml:2:1: not valid YAML: did not find expected node content`,
		`wrong~.yaml:2:7: the name "a~b" must be 1 to 64 of a-z 0-9 . _ - and /, such as "slow" or "incident/fmc-500"`,
	}, "\n")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if !library.Has("twice") || !library.Has("faulty") {
		t.Error("the others did not join")
	}
	_, problems := library.Load("faulty", testKnown, nil)
	if got := problems.Error(); !strings.HasSuffix(got, `h.yaml:3:1: unknown key "sed" - did you mean "seed"?`) {
		t.Errorf("%s", got)
	}
}

func TestLoadUnknown(t *testing.T) {
	_, problems := Shipped().Load("happpy", testKnown, nil)
	if got, want := problems.Error(), `there is no scenario "happpy" - did you mean "happy"?`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestExtends(t *testing.T) {
	dir := write(t, map[string]string{
		"base.yaml": `
name: base
description: Not inherited.
clock: {mode: x60, start: 2026-01-15T09:00:00Z}
options: {acme: {slow: true}}
vendors: [acme]
lifecycles:
  scan:
    pending: {after: 5s, progress: 3, to: succeeded}
    succeeded: {}
tasks: [{id: a1}, {id: a2}]
`,
		"middle.yaml": `
name: middle
extends: base
clock: {mode: skip}
lifecycles:
  scan:
    pending: {after: 1s, to: stopped}
    stopped: {phase: cancelled}
  other: {failed: {}}
default: scan
`,
		"top.yaml": `
name: top
extends: middle
tasks: [{id: a3}]
lifecycles: {scan: {succeeded: {progress: 90}}}
`,
	})
	library := Shipped()
	if err := library.AddDir(dir); err != nil {
		t.Fatal(err)
	}
	s, problems := library.Load("top", testKnown, nil)
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	// The one warning stands in the base, where the state is written that the
	// middle one cut off; the top one has written it anew.
	if len(problems) != 1 || problems[0].At != (Position{filepath.Join(dir, "top.yaml"), 6, 21}) {
		t.Errorf("%v", problems)
	}
	if s.Name != "top" || s.Description != "" || s.Extends != "middle" || s.Clock.Mode.Kind != Skip || s.Clock.Start.IsZero() {
		t.Errorf("scalars: %+v", s)
	}
	if len(s.Tasks) != 1 || s.Tasks[0].ID != "a3" || len(s.Vendors) != 1 || s.Options["acme"]["slow"] != true {
		t.Errorf("lists and maps: %+v", s)
	}
	scan := s.Lifecycles["scan"]
	if len(scan) != 3 || scan[0].Name != "pending" || scan[0].Progress != nil || scan[0].To[0].State != "stopped" ||
		scan[1].Progress.To != 90 || scan[2].Name != "stopped" || len(s.Lifecycles) != 2 {
		t.Errorf("states: %+v", scan)
	}
	if at := scan[0].At; at != (Position{filepath.Join(dir, "middle.yaml"), 8, 5}) {
		t.Errorf("pending stands at %v", at)
	}
}

func TestProblemsOfABase(t *testing.T) {
	dir := write(t, map[string]string{
		"base.yaml": "name: base\nsed: 5\nseed: 1\nseed: 2\n",
		"top.yaml":  "name: top\nextends: base\ncolor: red\n",
		"a.yaml":    "name: a\nextends: c\n",
		"b.yaml":    "name: b\nextends: a\n",
		"c.yaml":    "name: c\nextends: b\n",
		"self.yaml": "name: self\nextends: self\n",
	})
	library := Shipped()
	if err := library.AddDir(dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"top": "base.yaml:3:1: unknown key \"sed\" - did you mean \"seed\"?\n" +
			"base.yaml:5:1: \"seed\" is given twice; the first stands at line 4\n" +
			"top.yaml:4:1: unknown key \"color\"; there is version, name, description, extends, vendors, profiles, options, seed, clock, default, lifecycles, tasks, limits, faults, auth, surprises, expect, count_lists",
		"a":    `b.yaml:3:10: extends "a", which extends this scenario in turn`,
		"self": `self.yaml:3:10: extends "self", which extends this scenario in turn`,
	} {
		_, problems := library.Load(name, testKnown, nil)
		if got := strings.ReplaceAll(problems.Error(), dir+string(filepath.Separator), ""); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}
