package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/vendorsim/vendorsim/simulators"
)

// README shows true output: what stands behind a marker comment is compared
// with the program, and written anew with -update.
var updateReadme = flag.Bool("update", false, "write the true output into README.md and testdata/commands; exit codes stay")

const readme = "../../README.md"

// section is the text behind a marker, up to the next empty line outside of a
// code block.
func section(t *testing.T, text, marker string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, "<!-- "+marker+" -->\n")
	if !ok {
		t.Fatalf("README has no <!-- %s -->", marker)
	}
	if strings.HasPrefix(rest, "```") {
		end := strings.Index(rest[3:], "\n```\n")
		return rest[:3+end+5]
	}
	end := strings.Index(rest, "\n\n")
	return rest[:end+1]
}

// holds compares a section with the truth, volatile parts aside.
func holds(t *testing.T, marker, truth string, volatile ...string) {
	t.Helper()
	data, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	shown := section(t, string(data), marker)
	calm := func(s string) string {
		for _, pattern := range volatile {
			s = regexp.MustCompile(pattern).ReplaceAllString(s, "?")
		}
		return s
	}
	if calm(shown) == calm(truth) {
		return
	}
	if !*updateReadme {
		t.Errorf("README, <!-- %s -->: run go test ./cmd/vendorsim -run Readme -update\nshown:\n%s\ntrue:\n%s", marker, shown, truth)
		return
	}
	text := strings.Replace(string(data), "<!-- "+marker+" -->\n"+shown, "<!-- "+marker+" -->\n"+truth, 1)
	if err := os.WriteFile(readme, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func fenced(text string) string { return "```\n" + strings.Trim(text, "\n") + "\n```\n" }

func TestReadmeBanner(t *testing.T) {
	text := banner(t, addresses{vendors: "http://127.0.0.1:7800", control: "http://127.0.0.1:7801"})
	holds(t, "banner", fenced(text), `vendorsim \S+ serves`)
}

// banner is what serve prints of a server at such addresses.
func banner(t *testing.T, at addresses) string {
	t.Helper()
	s, err := simulators.New(simulators.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var out bytes.Buffer
	if err := printBanner(&out, s, at); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// The banner's own commands work as they are pasted.
func TestReadmeCurls(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("no curl on this machine")
	}
	s := serve(t, nil)
	banner, err := simulators.New(simulators.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer banner.Close()
	for _, vendor := range simulators.Names() {
		line, err := banner.Curl(vendor, s.Vendors[vendor], "happy~"+vendor+"-1")
		if err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("sh", "-c", strings.Replace(line, "curl ", curl+" -f ", 1)).CombinedOutput()
		if err != nil {
			t.Errorf("%s\n%v\n%s", line, err, out)
		}
		if vendor == "sailpoint" {
			holds(t, "curl sailpoint", fenced(string(out)), `\d{4}-\d\d-\d\dT[\d:.]+Z`)
		}
	}
}

func TestReadmeScenarios(t *testing.T) {
	_, list, _ := command(t, nil, "list", "scenarios")
	var rows strings.Builder
	rows.WriteString("| scenario | what happens |\n|---|---|\n")
	for line := range strings.Lines(list) {
		name, description, _ := strings.Cut(strings.TrimSpace(line), " ")
		fmt.Fprintf(&rows, "| `%s` | %s |\n", name, strings.TrimSpace(description))
	}
	holds(t, "scenarios", rows.String())
}

func TestReadmeExampleScenario(t *testing.T) {
	data, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	example := strings.TrimSuffix(strings.TrimPrefix(section(t, string(data), "scenario"), "```yaml\n"), "```\n")
	file := filepath.Join(t.TempDir(), "rough-day.yaml")
	if err := os.WriteFile(file, []byte(example), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []string{"check", "plan"} {
		if code, stdout, stderr := command(t, nil, c, file); code != exitOK || stderr != "" {
			t.Errorf("%s: %d\n%s%s", c, code, stdout, stderr)
		}
	}
}

func TestReadmeFlags(t *testing.T) {
	holds(t, "flags", fenced(serveCommand().Flags().FlagUsages()))
}

// The figures are somebody's measurement, not this test's; but every one of them
// that has a bar is there.
func TestReadmeHasTheFigures(t *testing.T) {
	data, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	for name, figures := range map[string][]string{
		"bench": {
			"server CPU a request", "requests/s, 32 connections", "p99, open loop", "allocations a request",
			"until all five vendors have answered 200", "resident after all five", "binary, stripped",
		},
		"bench-scale": {
			"100 hot ids", "uniform ids", "declared tasks", "exec to the first 200", "resident when one was polled",
			"resident after all were polled once", "by what does not change", "by state among", " active |",
		},
	} {
		_, rest, begun := strings.Cut(string(data), "<!-- "+name+" -->\n")
		tables, _, ended := strings.Cut(rest, "<!-- end of "+name+" -->\n")
		if !begun || !ended {
			t.Fatalf("README has no <!-- %s --> with its end", name)
		}
		for _, figure := range figures {
			if !strings.Contains(tables, figure) {
				t.Errorf("README lacks %q in the tables of make %s: run it with BENCH=\"-into README.md\"", figure, name)
			}
		}
		if name == "bench" {
			for _, vendor := range simulators.Names() { // CPU, requests/s, p99 and allocations
				if rows := regexp.MustCompile(`(?m)^\| `+vendor+`[ ,].*\d`).FindAllString(tables, -1); len(rows) != 4 {
					t.Errorf("README has %d rows of %s in the tables of make bench, want 4", len(rows), vendor)
				}
			}
		}
	}
}

// Every command, and every vendor with its prefix, stands in README; and no
// command stands there that the program lacks.
func TestReadmeNamesEverything(t *testing.T) {
	data, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	commands := map[string]bool{"completion": true}
	for _, c := range newRoot(os.LookupEnv).Commands() {
		commands[c.Name()] = true
		if !strings.Contains(string(data), "`vendorsim "+c.Name()) {
			t.Errorf("README does not name the command %s", c.Name())
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Usage == "" {
				t.Errorf("%s --%s says nothing", c.Name(), f.Name)
			}
		})
	}
	for _, m := range regexp.MustCompile("[`( ]vendorsim ([a-z]+)[ `]").FindAllStringSubmatch(string(data), -1) {
		if verb := m[1]; !commands[verb] && !strings.Contains(" is it serves inside ", " "+verb+" ") {
			t.Errorf("README names vendorsim %s, which is no command", verb)
		}
	}
	for _, vendor := range simulators.Names() {
		if !strings.Contains(string(data), "| `"+vendor+"` |") {
			t.Errorf("README's table lacks %s", vendor)
		}
	}
}
