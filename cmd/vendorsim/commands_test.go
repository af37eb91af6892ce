package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Transcripts in testdata/commands/*.txt show each command as its user meets it:
//
//	## a comment
//	$ vendorsim clock get --tenant slow~a
//	2001-01-15T09:00:00.000Z frozen ...
//	$ vendorsim clock get # exit 1
//	! vendorsim: demo: there is no such tenant ...
//	$ GET /sailpoint/beta/task-status/id12345 as slow~a # 200
//	slow~a.1
//
// Standard error follows standard output, each line behind "! ". A request is a
// client's, whose answer shows its id; "as slow~a:secret" is one with a password. Variables stand before a command and
// "> FILE" behind it; CONTROL is the control API's address and DIR a folder.
// The exit code and the status stand in the "$" line, so that -update cannot
// bless a wrong one. Each file has a server of its own.
func TestCommands(t *testing.T) {
	files, err := filepath.Glob(filepath.FromSlash("testdata/commands/*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { playCommands(t, file) })
	}
}

func playCommands(t *testing.T, file string) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := &player{server: serve(t, nil, "--log", "off"), dir: t.TempDir()}
	var played strings.Builder
	for i, b := range readBlocks(string(data)) {
		command, want, _ := strings.Cut(b.line, " # ")
		code, out := p.play(t, command)
		if want = strings.TrimPrefix(want, "exit "); code != want && (want != "" || code != "0") {
			t.Errorf("$ %s: it is %s\n%s", b.line, code, out)
		}
		if i > 0 {
			played.WriteString("\n")
		}
		fmt.Fprintf(&played, "%s$ %s\n%s", b.comments, b.line, out)
	}
	got := played.String()
	switch {
	case got == string(data):
	case *updateReadme && !t.Failed():
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s: %s", file, firstDifference(string(data), got))
	}
}

// commandBlock is one command of a transcript, with the comments before it.
type commandBlock struct{ comments, line string }

func readBlocks(text string) (blocks []commandBlock) {
	comments := ""
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "## ") {
			comments += line
		} else if command, ok := strings.CutPrefix(line, "$ "); ok {
			blocks = append(blocks, commandBlock{comments, strings.TrimSpace(command)})
			comments = ""
		}
	}
	return blocks
}

// firstDifference shows where two texts part, and how they go on.
func firstDifference(want, got string) string {
	wants, gots := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i, line := range gots {
		if i >= len(wants) || wants[i] != line {
			return fmt.Sprintf("line %d\ngot:\n%s\nwant:\n%s", i+1,
				strings.Join(gots[i:min(i+8, len(gots))], "\n"), strings.Join(wants[min(i, len(wants)):min(i+8, len(wants))], "\n"))
		}
	}
	return "the end is missing:\n" + strings.Join(wants[len(gots):], "\n")
}

// player plays the commands of one transcript.
type player struct {
	server started
	dir    string
}

// volatile are lengths of real time, and instants that are not whole seconds: the
// tenants of the transcripts live on 2001-01-15, and what is not of that day is
// real.
var (
	volatile  = regexp.MustCompile(`(-> \d+ in |done after |"waited": ")[0-9.]+(?:µs|ms|s)\b`)
	anInstant = regexp.MustCompile(`2\d{3}-\d\d-\d\dT[\d:]+\.\d+Z`)
)

func (p *player) play(t *testing.T, line string) (code, out string) {
	t.Helper()
	words := strings.Fields(strings.NewReplacer("CONTROL", p.control(), "DIR", p.dir).Replace(line))
	if method := words[0]; method == strings.ToUpper(method) && !strings.Contains(method, "=") {
		return p.request(t, words)
	}
	env := map[string]string{"VENDORSIM_ADMIN": p.control()}
	for words[0] != "vendorsim" {
		name, value, ok := strings.Cut(words[0], "=")
		if !ok {
			t.Fatalf("not a command: %s", line)
		}
		env[name], words = value, words[1:]
	}
	to := ""
	if n := len(words); n > 2 && words[n-2] == ">" {
		to, words = words[n-1], words[:n-2]
	}
	exit, stdout, stderr := command(t, env, words[1:]...)
	if to != "" {
		if err := os.WriteFile(to, []byte(stdout), 0o600); err != nil {
			t.Fatal(err)
		}
		stdout = ""
	}
	for line := range strings.Lines(stderr) {
		stdout += "! " + line
	}
	return strconv.Itoa(exit), p.calm(stdout)
}

func (p *player) control() string { return strings.TrimPrefix(p.server.Control, "http://") }

// calm is an output without what differs from run to run.
func (p *player) calm(out string) string {
	out = strings.NewReplacer(p.server.Listening, "http://VENDORS", p.server.Control, "http://CONTROL", p.control(), "CONTROL", p.dir, "DIR").Replace(out)
	out = anInstant.ReplaceAllStringFunc(out, func(at string) string {
		if strings.HasPrefix(at, "2001-01-15T") {
			return at
		}
		return "REALTIME"
	})
	return volatile.ReplaceAllString(out, "${1}REALTIME")
}

// request sends "METHOD /path as TENANT" and answers the status and the id.
func (p *player) request(t *testing.T, words []string) (status, id string) {
	t.Helper()
	r, err := http.NewRequest(words[0], p.server.Listening+words[1], nil)
	if err != nil {
		t.Fatal(err)
	}
	if user, password, basic := strings.Cut(words[3], ":"); basic {
		r.SetBasicAuth(user, password)
	} else {
		r.Header.Set("Authorization", "Bearer "+words[3])
	}
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	return strconv.Itoa(w.StatusCode), w.Header.Get("X-Vendorsim-Request") + "\n"
}
