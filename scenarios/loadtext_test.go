package scenarios

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestLoadText(t *testing.T) {
	library := Shipped()
	if err := library.AddDir(write(t, map[string]string{"mine.yaml": "name: mine\nseed: 5\nexpect: [{tokens: refreshed_in_time}]\n"})); err != nil {
		t.Fatal(err)
	}
	before := strings.Join(library.Names(), " ")
	text := []byte("version: 1\nname: mine\nextends: mine\ntasks: [{id: a1}]\n")
	s, problems := library.LoadText("inline", text, testKnown, []string{"tasks[0].count=1"})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if s.Name != "mine" || s.Seed != 5 || s.Tasks[0].ID != "a1" || len(s.Expect) != 1 {
		t.Errorf("%+v", s)
	}
	if at := s.Tasks[0].At.String(); at != "inline:4:9" {
		t.Errorf("the task stands at %s", at)
	}
	checkAlone(t, s, testKnown)

	if after := strings.Join(library.Names(), " "); after != before || !strings.HasSuffix(library.File("mine"), "mine.yaml") {
		t.Errorf("the library holds %s", after)
	}
	if again, problems := library.Load("mine", testKnown, nil); len(problems) > 0 || again.Tasks != nil {
		t.Errorf("the library's own became %+v, %v", again, problems)
	}
}

// The caller may use its buffer again.
func TestLoadTextKeepsItsText(t *testing.T) {
	const text = "version: 1 # mine\nname: x\n"
	buffer := []byte(text)
	s, problems := Shipped().LoadText("inline", buffer, testKnown, nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for i := range buffer {
		buffer[i] = '#'
	}
	s.YAML()[0] = '#' // nor is what YAML gave shared
	if got := string(s.YAML()); got != text {
		t.Errorf("the text became %s", got)
	}
}

func TestLoadTextRefuses(t *testing.T) {
	library := Shipped()
	dir := write(t, map[string]string{"mine.yaml": "name: mine\nsed: 5\n"})
	if err := library.AddDir(dir); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"name: slow\nsed: 1":     `inline:3:1: unknown key "sed" - did you mean "seed"?`,
		"name: demo":             `inline:2:7: the name "demo" is reserved for the tenant that runs the served scenario`,
		"name: [x]":              `inline:2:7: "name" must be text, not a list`,
		"seed: 1":                `inline:1:1: the scenario needs "name"`,
		"name: x\nextends: x":    `inline:3:10: extends "x", which is no scenario here; there are 26, such as bench`,
		"name: x\nextends: slw":  `inline:3:10: extends "slw", which is no scenario here - did you mean "slow"?`,
		"name: x\nextends: mine": filepath.Join(dir, "mine.yaml") + `:3:1: unknown key "sed" - did you mean "seed"?`,
		"name: {":                `inline:2:1: not valid YAML: did not find expected node content`,
	} {
		s, problems := library.LoadText("inline", []byte("version: 1\n"+text), testKnown, nil)
		if got := problems.Error(); got != want || s != nil {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
	for _, text := range []string{"", "- a", "\xff", strings.Repeat("#", MaxBytes+1)} {
		if s, problems := library.LoadText("inline", []byte(text), testKnown, nil); s != nil || len(problems) != 1 {
			t.Errorf("%.20q: %v", text, problems)
		}
	}
}
