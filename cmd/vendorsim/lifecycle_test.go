package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// shell runs a script with the commands of a server that runs: vendorsim is this
// very program. Any failing command fails it.
func shell(t *testing.T, s started, script string) string {
	t.Helper()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("no curl on this machine")
	}
	bin := t.TempDir()
	program, err := filepath.Abs(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	wrapper := fmt.Sprintf("#!/bin/sh\n%s=%s exec %s \"$@\"\n", testRole, roleMain, program)
	if err := os.WriteFile(filepath.Join(bin, "vendorsim"), []byte(wrapper), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", "-euc", script)
	cmd.Env = append(os.Environ(), "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"),
		"VENDORS="+s.Listening, "CONTROL="+s.Control, "VENDORSIM_ADMIN="+s.Control)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// says demands that texts stand in an output in this order.
func says(t *testing.T, out string, texts ...string) {
	t.Helper()
	rest := out
	for _, text := range texts {
		_, after, ok := strings.Cut(rest, text)
		if !ok {
			t.Fatalf("%q does not stand there, or not in this order:\n%s", text, out)
		}
		rest = after
	}
}

// Forty minutes, and nobody waits: a task goes from its beginning to its end
// between two curls.
func TestFortyMinutesInAShell(t *testing.T) {
	s := serve(t, nil, "--log", "off")
	says(t, shell(t, s, `
		export VENDORSIM_TENANT=$(vendorsim tenant new --quiet --scenario slow --clock frozen --start 2001-01-15T09:00:00Z)
		poll() { curl -sSf -H "Authorization: Bearer $VENDORSIM_TENANT" -H 'X-SailPoint-Experimental: true' $VENDORS/sailpoint/v2025/task-status/id12345; echo; }
		poll
		vendorsim clock advance --until id12345=running
		poll
		vendorsim clock advance --until id12345=ended
		poll
		vendorsim wait --until id12345=ended
		vendorsim verify
	`),
		`"launched":null,"completed":null,"completionStatus":null`,
		"2001-01-15T09:03:32.418Z  sailpoint/id12345", "pending -> running",
		`"launched":"2001-01-15T09:03:32.418Z","completed":null,"completionStatus":null`,
		"2001-01-15T09:49:05.775Z  sailpoint/id12345", "running -> succeeded",
		`"completed":"2001-01-15T09:49:05.775Z","completionStatus":"SUCCESS"`,
		"done after ", "sailpoint/id12345 is succeeded",
		"calls after end", "good", "1 task seen ended, 0 polls after that")
}

// The same through nothing but HTTP.
func TestFortyMinutesWithCurl(t *testing.T) {
	s := serve(t, nil, "--log", "off")
	says(t, shell(t, s, `
		control() { curl -sSf -H 'Content-Type: application/json' "$@"; echo; }
		poll() { curl -sSf -H 'Authorization: Bearer slow~c' -H 'X-SailPoint-Experimental: true' $VENDORS/sailpoint/v2025/task-status/id12345; echo; }
		control -d '{"scenario":"slow","label":"c","clock":"frozen","start":"2001-01-15T09:00:00Z"}' $CONTROL/tenants
		poll
		control -d '{"until":{"vendor":"sailpoint","task":"id12345","state":"ended"}}' $CONTROL/tenants/slow~c/clock/advance
		poll
		control $CONTROL/tenants/slow~c/report
		control -X DELETE $CONTROL/tenants/slow~c
	`),
		`"name":"slow~c"`, `"completionStatus":null`,
		`"to":"2001-01-15T09:49:05.775Z"`, `"task":"id12345","from":"running","to":"succeeded"`,
		`"completionStatus":"SUCCESS"`, `"name":"calls_after_end","verdict":"good"`)
}

// SIGTERM ends the process though somebody follows the journal and somebody
// waits for a state that never comes: both are sent away.
func TestSignalSendsWaitersAway(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 9*time.Second) // less than requests under way are waited for
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "serve", "--json", "--log", "off", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), testRole+"="+roleMain)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var s started
	if err := json.NewDecoder(out).Decode(&s); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"VENDORSIM_ADMIN": s.Control, "VENDORSIM_TENANT": "stuck~s"}
	does(t, env, "tenant new --scenario stuck --label s --clock frozen --quiet")
	following := follow(t, env, "journal --follow")
	following.first(t, func() { poll(t, s, "stuck~s") })
	waiting := startWaiting(t, s, "/tenants/stuck~s/wait", `{"until":{"vendor":"sailpoint","task":"id12345","state":"stuck"},"timeout":"10m"}`)

	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the process ended with %v", err)
	}
	answer, err := http.ReadResponse(waiting, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != 200 || !strings.Contains(string(body), `"done":false`) {
		t.Errorf("who waited is told %d %s %v", answer.StatusCode, body, err)
	}
	if _, err := io.Copy(io.Discard, following.lines); err != nil {
		t.Error(err)
	}
	if code := <-following.exited; code != exitOK {
		t.Errorf("who followed ends with %d", code)
	}
}

// startWaiting sends a request and comes back once the server is at work on it.
func startWaiting(t *testing.T, s started, path, body string) *bufio.Reader {
	t.Helper()
	host := strings.TrimPrefix(s.Control, "http://")
	conn, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() }) // the server has closed it
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", path, host, len(body))
	in := bufio.NewReader(conn)
	for _, want := range []string{"HTTP/1.1 100 Continue", ""} {
		if line, err := in.ReadString('\n'); err != nil || strings.TrimSpace(line) != want {
			t.Fatalf("%q %v", line, err)
		}
	}
	fmt.Fprint(conn, body)
	return in
}

// The banner tells how commands find a control API that is elsewhere than they
// look, and the token that was made.
func TestBannerOfAnotherAddress(t *testing.T) {
	for _, c := range []struct {
		at        addresses
		says, not string
	}{
		{addresses{control: "http://" + defaultAdmin}, "vendorsim verify --tenant happy~sailpoint-1", "export"},
		{addresses{control: "http://127.0.0.1:9"}, "  export VENDORSIM_ADMIN=127.0.0.1:9\n  vendorsim clock advance", "TOKEN"},
		{addresses{control: "http://127.0.0.1:9", token: "made"}, "  export VENDORSIM_ADMIN_TOKEN=made\n", "off"},
		{addresses{}, "Stop with Ctrl-C", "Control API"},
	} {
		if got := banner(t, c.at); !strings.Contains(got, c.says) || strings.Contains(got, c.not) {
			t.Errorf("%+v: want %q and not %q\n%s", c.at, c.says, c.not, got)
		}
	}
}

// Every command says what it is for, and so does every flag of it.
func TestHelp(t *testing.T) {
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		path := strings.Fields(c.CommandPath())[1:]
		code, stdout, stderr := command(t, nil, append(path, "--help")...)
		if code != exitOK || stderr != "" || c.Short == "" || !strings.Contains(stdout, "Usage:") {
			t.Errorf("%s --help: exit %d\n%s%s", c.CommandPath(), code, stdout, stderr)
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Usage == "" {
				t.Errorf("%s --%s says nothing", c.CommandPath(), f.Name)
			}
		})
		for _, below := range c.Commands() {
			visit(below)
		}
	}
	for _, c := range newRoot(os.LookupEnv).Commands() {
		visit(c)
	}
}
