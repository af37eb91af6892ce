package scenarios

import (
	"os"
	"path/filepath"
	"testing"
)

// Whatever a file holds: nothing panics, there is a scenario or an error, and
// every problem stands inside the file. The text of a scenario loads to it.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"*.yaml", "testdata/*/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, path := range files {
			data, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	for _, data := range []string{"", "? ", "a: *b", "&a [*a]", "\xff", "- -\n -", "[{", "%YAML 1.2\n---\n", "\ufeff", "a:\u2028b: c", "--- \n...\n---"} {
		f.Add([]byte(data))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, problems := Parse("f.yaml", data, testKnown)
		if (s == nil) != (problems.Err() != nil) {
			t.Fatalf("scenario %v with %v", s, problems)
		}
		// With a set the text must be written anew.
		changed, _ := Shipped().load(readSource("f.yaml", data), testKnown, []string{"seed=7"})
		for _, s := range []*Scenario{s, changed} {
			if s != nil {
				checkAlone(t, s, testKnown)
			}
		}
		lines := lineLengths(data)
		for _, p := range problems {
			at := p.At
			inside := at.Line >= 1 && at.Line <= len(lines) && at.Col >= 1 && at.Col <= lines[at.Line-1]+1
			if at.File == "f.yaml" && !inside || at.File == "" || p.Text == "" {
				t.Fatalf("%q at %v; the file has %d lines", p.Text, at, len(lines))
			}
		}
	})
}

// Whatever stands behind --set: nothing panics, there is a scenario or an error.
func FuzzSet(f *testing.F) {
	for _, set := range []string{"seed=1", "tasks[0].count=3", "a.b[1][2].c={d: [e]}", "=", "[0]=1", "lifecycles=", "x=&a *a"} {
		f.Add(set)
	}
	f.Fuzz(func(t *testing.T, set string) {
		if s, problems := loadWith(set); (s == nil) != (problems.Err() != nil) {
			t.Fatalf("scenario %v with %v", s, problems)
		}
	})
}

// lineLengths counts the characters of each line, breaks as YAML has them.
func lineLengths(data []byte) []int {
	lengths, previous := []int{0}, rune(0)
	for _, c := range string(data) {
		switch {
		case c == '\n' && previous == '\r':
		case isBreak(c):
			lengths = append(lengths, 0)
		default:
			lengths[len(lengths)-1]++
		}
		previous = c
	}
	return lengths
}
