package simtest_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A module of someone else's imports the package, and go test does there what
// it does here: good tests pass, bad ones fail with a message at the line that
// is wrong, and leave a replay file that plays.
func TestSomebodyElsesModule(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a module; run without -short")
	}
	t.Parallel()
	dir, artifacts := otherModule(t), t.TempDir()
	test := exec.Command("go", "test", "-count=1", "-v", "-artifacts", "-outputdir", artifacts, ".")
	test.Dir = dir
	// What is needed is here already: nothing may be fetched.
	test.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off", "GOTOOLCHAIN=local")
	said, err := test.CombinedOutput()
	out := string(said)
	if err == nil {
		t.Errorf("two bad tests pass:\n%s", out)
	}
	for _, want := range []string{
		"--- PASS: TestBubble", "--- PASS: TestOwnScenario", "--- FAIL: TestBadClient", "--- FAIL: TestWrong",
		"did not meet the expectations of scenario mine", "no_calls_after: end", "mine.yaml:7:5",
		fmt.Sprintf(`mine_test.go:%d: simtest: Clock.AdvanceUntil("id12345", "ENDED")`, lineOf(t, dir, "// this line")),
		"goroutines left behind: 0",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("go test does not say %q", want)
		}
	}
	if t.Failed() {
		t.Log(out)
	}
	kept := map[string]string{} // where go test says that the artifacts of each test are
	for _, line := range regexp.MustCompile(`=== ARTIFACTS (\S+) (.+)`).FindAllStringSubmatch(out, -1) {
		kept[line[1]] = line[2]
	}
	if len(kept) != 2 {
		t.Errorf("artifacts of %v", kept)
	}
	for name, answers := range map[string]int{"TestBadClient": 4, "TestWrong": 1 /* the call that was refused */} {
		if !strings.HasPrefix(kept[name], artifacts) {
			t.Errorf("the artifacts of %s are in %q", name, kept[name])
		}
		for _, file := range []string{"journal.json", "report.txt"} {
			if info, err := os.Stat(filepath.Join(kept[name], file)); err != nil || info.Size() == 0 {
				t.Errorf("%s: %v", name, err)
			}
		}
		replays(t, filepath.Join(kept[name], "replay.json"), answers)
	}
}

// otherModule is a folder with a module that needs this one from where it is.
func otherModule(t *testing.T) string {
	t.Helper()
	here, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(here, "testdata", "simtest", "module"))); err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(here, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	const us = "github.com/vendorsim/vendorsim"
	for name, text := range map[string]string{
		"go.mod": fmt.Sprintf("module mine.example\n\ngo 1.26\n\nrequire %s v0.0.0\n\nreplace %s => %q\n", us, us, here),
		"go.sum": string(sums),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// lineOf is the line of the module's test that ends so.
func lineOf(t *testing.T, dir, end string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "mine_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	before, _, ok := strings.Cut(string(text), end)
	if !ok {
		t.Fatal("no line ends with ", end)
	}
	return strings.Count(before, "\n") + 1
}
