package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vendorsim/vendorsim/simulators"
)

// steer starts a server and answers the variables with which commands find it.
func steer(t *testing.T, args ...string) (started, map[string]string) {
	t.Helper()
	s := serve(t, nil, append([]string{"--log", "off"}, args...)...)
	return s, map[string]string{"VENDORSIM_ADMIN": s.Control, "VENDORSIM_ADMIN_TOKEN": s.Token}
}

// does runs a command that must exit 0 and say nothing on standard error.
func does(t *testing.T, env map[string]string, args string) string {
	t.Helper()
	code, stdout, stderr := command(t, env, strings.Fields(args)...)
	if code != exitOK || stderr != "" {
		t.Fatalf("vendorsim %s: exit %d\n%s%s", args, code, stdout, stderr)
	}
	return stdout
}

// refuses runs a command that must fail so.
func refuses(t *testing.T, env map[string]string, exit int, says, args string) {
	t.Helper()
	code, stdout, stderr := command(t, env, strings.Fields(args)...)
	if code != exit || stdout != "" || !strings.Contains(stderr, says) {
		t.Errorf("vendorsim %s: exit %d, want %d and %q\n%s%s", args, code, exit, says, stdout, stderr)
	}
}

// poll asks for the task that every scenario of the tests has.
func poll(t *testing.T, s started, tenant string) (int, string) {
	t.Helper()
	return getBody(t, s.Vendors["sailpoint"]+"/beta/task-status/id12345", "Authorization", "Bearer "+tenant)
}

func readJSON(t *testing.T, text string, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), v); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
}

// A clock that runs is moved, stopped and sped up.
func TestClockRuns(t *testing.T) {
	_, env := steer(t)
	env["VENDORSIM_TENANT"] = strings.TrimSpace(does(t, env, "tenant new -q --start 2001-01-15T09:00:00Z"))
	var k simulators.TenantClock
	clock := func(args, mode string) {
		t.Helper()
		readJSON(t, does(t, env, "clock "+args+" --json"), &k)
		if k.Mode != mode {
			t.Errorf("clock %s: %+v, want %s", args, k, mode)
		}
	}
	clock("get", "real")
	clock("speed x60", "x60")
	clock("freeze", "frozen")
	stood := k.Now
	clock("get", "frozen")
	if !k.Now.Equal(stood) {
		t.Errorf("a clock that stands went from %v to %v", stood, k.Now)
	}
	clock("resume", "x60")
	clock("speed 2", "x2")
	var moved simulators.Moved
	readJSON(t, does(t, env, "clock advance --by 1h --json"), &moved)
	if moved.To.Sub(moved.From).Hours() != 1 || moved.From.Before(stood) {
		t.Errorf("moved from %v to %v", moved.From, moved.To)
	}
}

// The journal in its other forms holds the same requests.
func TestJournalForms(t *testing.T) {
	s, env := steer(t)
	const requests = 1050 // more than a page of the API's
	for range requests {
		poll(t, s, "happy~j")
	}
	env["VENDORSIM_TENANT"] = "happy~j"
	for args, want := range map[string]int{"": requests, " --limit 1020": 1020, " --after 1000": 50, " --refused": requests - 100} {
		lines := strings.Split(strings.TrimSpace(does(t, env, "journal --json"+args)), "\n")
		var last simulators.JournalEntry
		readJSON(t, lines[len(lines)-1], &last)
		if len(lines) != want || last.Tenant != "happy~j" {
			t.Errorf("journal%s: %d lines, want %d, the last of %s", args, len(lines), want, last.Tenant)
		}
	}
	for args, want := range map[string]int{"--har": requests, "--har --partial --status 2xx": 100} {
		var archive struct{ Log struct{ Entries []any } }
		if readJSON(t, does(t, env, "journal "+args), &archive); len(archive.Log.Entries) != want {
			t.Errorf("%s: %d entries, want %d", args, len(archive.Log.Entries), want)
		}
	}
	var archive struct{ Log struct{ Entries []any } }
	poll(t, s, "nobody")
	if readJSON(t, does(t, env, "journal --har --turned-away"), &archive); len(archive.Log.Entries) != 1 {
		t.Errorf("%d requests were turned away, want 1", len(archive.Log.Entries))
	}
}

// follower is a command that prints lines as they come.
type follower struct {
	lines  *bufio.Reader
	stop   func()
	exited chan int
}

func follow(t *testing.T, env map[string]string, args string) *follower {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	r, w := io.Pipe()
	f := &follower{bufio.NewReader(r), stop, make(chan int, 1)}
	lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	go func() {
		f.exited <- run(ctx, strings.Fields(args), lookup, w, w)
		w.Close()
	}()
	t.Cleanup(stop)
	return f
}

// first makes something happen until the follower, which may not be listening
// yet, tells of it. It answers the first line.
func (f *follower) first(t *testing.T, happen func()) string {
	t.Helper()
	line := make(chan string)
	go func() {
		text, _ := f.lines.ReadString('\n')
		line <- text
	}()
	for {
		select {
		case text := <-line:
			return text
		default:
			happen()
		}
	}
}

// A followed journal tells of each request as it comes, until it is stopped or
// its tenant ends.
func TestJournalFollows(t *testing.T) {
	s, env := steer(t)
	env["VENDORSIM_TENANT"] = strings.TrimSpace(does(t, env, "tenant new -q"))
	f := follow(t, env, "journal --follow --kind poll")
	if line := f.first(t, func() { poll(t, s, env["VENDORSIM_TENANT"]) }); !strings.Contains(line, "  sailpoint getTaskStatus  GET /sailpoint/beta/task-status/id12345 -> 200 in ") {
		t.Errorf("%q", line)
	}
	f.stop()
	if _, err := io.Copy(io.Discard, f.lines); err != nil {
		t.Error(err)
	}
	if code := <-f.exited; code != exitOK {
		t.Errorf("stopped: exit %d", code)
	}

	f = follow(t, env, "journal -F --turned-away --json")
	var e simulators.JournalEntry
	if readJSON(t, f.first(t, func() { poll(t, s, "nobody") }), &e); !strings.HasPrefix(e.ID, "@") {
		t.Errorf("turned away: %s", e.ID)
	}
	f = follow(t, env, "journal -F")
	f.first(t, func() { poll(t, s, env["VENDORSIM_TENANT"]) })
	does(t, env, "tenant rm "+env["VENDORSIM_TENANT"])
	if _, err := io.Copy(io.Discard, f.lines); err != nil {
		t.Error(err)
	}
	if code := <-f.exited; code != exitOK {
		t.Errorf("the tenant has gone: exit %d", code)
	}
}

// Whoever waits is told once somebody brings the task there.
func TestWaitIsOver(t *testing.T) {
	_, env := steer(t)
	env["VENDORSIM_TENANT"] = strings.TrimSpace(does(t, env, "tenant new -q --scenario stuck --clock frozen"))
	f := follow(t, env, "wait --until id12345=stuck --timeout 10m")
	if line := f.first(t, func() { does(t, env, "tasks force id12345 stuck") }); !strings.HasSuffix(line, ": sailpoint/id12345 is stuck\n") {
		t.Errorf("%q", line)
	}
	if code := <-f.exited; code != exitOK {
		t.Errorf("exit %d", code)
	}
}

// A recording that does not give the same answers says which is the first.
func TestReplayDiffers(t *testing.T) {
	s, env := steer(t)
	env["VENDORSIM_TENANT"] = strings.TrimSpace(does(t, env, "tenant new -q --clock frozen --start 2001-01-15T09:00:00Z"))
	poll(t, s, env["VENDORSIM_TENANT"])
	does(t, env, "clock advance --by 5s")
	poll(t, s, env["VENDORSIM_TENANT"])
	recorded := does(t, env, "journal --replay")
	for name, c := range map[string]struct {
		old, new string
		exit     int
		says     string
	}{
		"as it was":       {"", "", exitOK, ""},
		"another seed":    {`"seed": 1`, `"seed": 2`, exitFailed, "entry 1 ("},
		"another version": {`"vendorsim_replay": 1`, `"vendorsim_replay": 99`, exitFailed, "99"},
	} {
		file := filepath.Join(t.TempDir(), "replay.json")
		changed := strings.Replace(recorded, c.old, c.new, 1)
		if c.old != "" && changed == recorded {
			t.Fatalf("the recording has no %s:\n%s", c.old, recorded)
		}
		if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
		code, stdout, stderr := command(t, nil, "replay", file)
		if code != c.exit || !strings.Contains(stderr, c.says) || (code == exitOK) != strings.Contains(stdout, "3 answers, all the same") {
			t.Errorf("%s: exit %d\n%s%s", name, code, stdout, stderr)
		}
	}
}

// The control API may be left out, be elsewhere, or not be there.
func TestWhereTheControlAPIIs(t *testing.T) {
	off := serve(t, nil, "--admin", "off", "--log", "off")
	if off.Control != "" || off.Token != "" {
		t.Errorf("off: %+v", off)
	}
	if code, _ := poll(t, off, "demo"); code != 200 {
		t.Errorf("off: a vendor answers %d", code)
	}

	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := taken.Addr().String()
	refuses(t, nil, exitFailed, "vendorsim: "+address+" is taken by another program; choose another with --admin (or --admin off)\n",
		"serve --listen 127.0.0.1:0 --admin "+address)
	refuses(t, nil, exitFailed, "cannot listen on nowhere (--admin): ", "serve --listen 127.0.0.1:0 --admin nowhere")
	// What is wrong with the scenario is said before ports are looked at.
	refuses(t, nil, exitUsage, "there are: bench, big, brownout,", "serve --scenario nosuch --listen "+address)
	if err := taken.Close(); err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{"tenant list", "clock get", "verify", "journal", "journal -F", "wait --pushes", "why demo.1", "healthcheck", "tasks get 1", "scenario get"} {
		refuses(t, nil, exitFailed, "vendorsim: no control API at http://"+address+": is vendorsim serving, with --admin?", args+" --admin "+address)
	}
}

// On an address that other machines reach, the control API asks for a token,
// which is made and told once where none was given.
func TestTokenOffLoopback(t *testing.T) {
	made, env := steer(t, "--admin", "0.0.0.0:0")
	if made.Token == "" || !strings.HasPrefix(made.Control, "http://127.0.0.1:") {
		t.Fatalf("%+v", made)
	}
	does(t, env, "tenant list")
	does(t, nil, "tenant list --admin "+made.Control+" --admin-token "+made.Token)
	// The server's own address stands for one of this machine's.
	port := made.Control[strings.LastIndex(made.Control, ":"):]
	for _, address := range []string{"0.0.0.0" + port, port} {
		env["VENDORSIM_ADMIN"] = address
		does(t, env, "tenant list")
	}
	env["VENDORSIM_ADMIN_TOKEN"] = ""
	does(t, env, "healthcheck") // who watches it has no token
	refuses(t, env, exitFailed, "the token is missing or wrong", "tenant list")
	env["VENDORSIM_ADMIN_TOKEN"] = made.Token + "x"
	refuses(t, env, exitFailed, "give it as --admin-token or VENDORSIM_ADMIN_TOKEN\n", "verify")

	given, env := steer(t, "--admin", "0.0.0.0:0", "--admin-token", "mine")
	if given.Token != "" {
		t.Errorf("a token that was given is told: %+v", given)
	}
	refuses(t, env, exitFailed, "the token is missing or wrong", "tenant list")
	does(t, env, "tenant list --admin-token mine")
	if code, _ := getBody(t, given.Control+"/tenants", "Authorization", "Bearer mine", "Host", "sim.example"); code != 421 {
		t.Errorf("a Host name that is not the server's: %d", code)
	}
	named, _ := steer(t, "--admin-host", "sim.example")
	if code, _ := getBody(t, named.Control+"/tenants", "Host", "sim.example"); code != 200 {
		t.Errorf("a Host name that the server was told: %d", code)
	}
}
