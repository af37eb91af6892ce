package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/vendorsim/vendorsim/simulators"
)

// command runs a command line and answers its exit code and output.
func command(t *testing.T, env map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	code = run(context.Background(), args, lookup, &out, &err)
	return code, out.String(), err.String()
}

// started is what serve --json prints.
type started struct {
	Listening string
	Vendors   map[string]string
	Control   string
	Token     string `json:"control_token"`
}

// serve starts the command on a free port and stops it at the end of the test.
// Stopping must exit 0.
func serve(t *testing.T, env map[string]string, args ...string) started {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	r, w := io.Pipe()
	exited := make(chan int)
	lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	var stderr bytes.Buffer
	go func() {
		exited <- run(ctx, append([]string{"serve", "--json", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"}, args...), lookup, w, &stderr)
		w.Close()
	}()
	t.Cleanup(func() {
		stop()
		if code := <-exited; code != exitOK {
			t.Errorf("serve ended with %d\n%s", code, stderr.String())
		}
	})
	var s started
	if err := json.NewDecoder(r).Decode(&s); err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	return s
}

// get asks with a header and answers status and body.
func getBody(t *testing.T, url string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Set(header[i], header[i+1])
	}
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	body, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.StatusCode, string(body)
}

func TestServeOverSockets(t *testing.T) {
	s := serve(t, nil)
	if len(s.Vendors) != len(simulators.Names()) {
		t.Errorf("base URLs: %v", s.Vendors)
	}
	code, body := getBody(t, s.Vendors["sailpoint"]+"/beta/task-status/id12345", "Authorization", "Bearer demo")
	if code != 200 || !strings.HasPrefix(body, `{"id":"id12345","type":"QUARTZ",`) {
		t.Errorf("%d %s", code, body)
	}
	// The same by the real host name, whatever its case, port and trailing dot.
	for _, host := range []string{"acme.api.identitynow.com", "ACME.api.identitynow.com:443", "acme.api.identitynow.com."} {
		if code, body := getBody(t, s.Listening+"/beta/task-status/id12345", "Authorization", "Bearer demo", "Host", host); code != 200 {
			t.Errorf("Host %s: %d %s", host, code, body)
		}
	}
	// The root and an unknown prefix list the base URLs.
	for path, want := range map[string]int{"/": 200, "/nosuch/task": 404} {
		code, body := getBody(t, s.Listening+path)
		var index struct{ Vendors map[string]string }
		if err := json.Unmarshal([]byte(body), &index); err != nil || code != want || index.Vendors["cisco"] != s.Vendors["cisco"] {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
}

// A request that is under way when the server is told to stop is answered.
func TestStoppingDrains(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	r, w := io.Pipe()
	exited := make(chan int)
	go func() {
		exited <- run(ctx, []string{"serve", "--json", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--log", "off"}, os.LookupEnv, w, io.Discard)
	}()
	var s started
	if err := json.NewDecoder(r).Decode(&s); err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.Listening, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := `{"params":{}}`
	fmt.Fprintf(conn, "POST /dbvisit/task/list HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ZGVtbzpzZWNyZXQ=\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", len(body))
	in := bufio.NewReader(conn)
	if line, err := in.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("%q %v", line, err) // the server has begun to read the body
	}
	stop()
	for { // until the listener is closed
		other, err := net.Dial("tcp", strings.TrimPrefix(s.Listening, "http://"))
		if err != nil {
			break
		}
		other.Close()
	}
	if _, err := in.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(conn, body)
	answer, err := http.ReadResponse(in, nil)
	if err != nil || answer.StatusCode != 200 {
		t.Fatalf("%v %v", answer, err)
	}
	if code := <-exited; code != exitOK {
		t.Errorf("exit %d", code)
	}
}

func TestTakenPortIsOneClearLine(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	code, stdout, stderr := command(t, nil, "serve", "--listen", l.Addr().String())
	want := "vendorsim: " + l.Addr().String() + " is taken by another program; choose another with --listen\n"
	if code != exitFailed || stdout != "" || stderr != want {
		t.Errorf("%d\n%s\n%s", code, stdout, stderr)
	}
}

// The real process drains and exits 0 on SIGTERM and SIGINT.
func TestSignalsEndTheProcess(t *testing.T) {
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		cmd := exec.Command(os.Args[0], "serve", "--json", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
		cmd.Env = append(os.Environ(), testRole+"="+roleMain)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(out).ReadString('\n')
		if err != nil || !strings.HasPrefix(line, `{"listening":"http://127.0.0.1:`) {
			t.Errorf("%q %v", line, err)
		}
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %v", signal, err)
		}
	}
}

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		args string
		env  map[string]string
		code int
		says string
	}{
		{"version", nil, exitOK, "vendorsim "},
		{"list scenarios", nil, exitOK, "happy"},
		{"list incidents", nil, exitOK, "https://github.com/CiscoDevNet/FMCAnsible/issues/58"},
		{"list faults", nil, exitUsage, `invalid argument "faults"`},
		{"serve --limits none", nil, exitUsage, `limits "none" is neither on nor off`},
		{"serve", map[string]string{"VENDORSIM_LIMITS": "none"}, exitUsage, `limits "none" is neither on nor off`},
		{"list nosuch", nil, exitUsage, "nosuch"},
		{"nosuch", nil, exitUsage, "nosuch"},
		{"serve --nosuch", nil, exitUsage, "nosuch"},
		{"serve --seed x", nil, exitUsage, "--seed"},
		{"serve", map[string]string{"VENDORSIM_SEED": "x"}, exitUsage, "VENDORSIM_SEED"},
		{"serve --log loud", nil, exitUsage, "loud"},
		{"serve --scenario nosuch", nil, exitUsage, "there are: bench, big, brownout,"},
		{"serve --clock x0", nil, exitUsage, "x0"},
		{"serve --profile nosuch", nil, exitUsage, "documented nor observed"},
		{"serve --profile nosuch=observed", nil, exitUsage, `no vendor "nosuch"`},
		{"serve --contract nosuch", nil, exitUsage, "enforce, report, off"},
		{"serve --set lifecycels.x=1", nil, exitFailed, `did you mean "lifecycles"?`},
		{"serve -f nosuch.yaml", nil, exitFailed, "nosuch.yaml"},
		{"serve --scenarios nosuch", nil, exitFailed, "nosuch"},
		{"serve --fixtures nosuch", nil, exitFailed, "nosuch"},
		{"check", nil, exitUsage, "arg"},
		{"check happy", nil, exitOK, "held to their contract"},
		{"check testdata/bad.yaml", nil, exitFailed, "testdata/bad.yaml:4:1: "},
		{"plan happy", nil, exitOK, "happy"},
		{"plan nosuch", nil, exitFailed, "nosuch"},
		{"env nosuch", nil, exitUsage, `no vendor "nosuch"`},
		{"env sailpoint", nil, exitOK, "export SAIL_BASE_URL=http://127.0.0.1:7800/sailpoint\n"},
		{"env cisco --tenant slow~x", nil, exitOK, "slow~x"},
		{"fidelity sailpoint", nil, exitOK, "assumed"},
		{"serve --max-tenants 0", nil, exitUsage, "at least 1"},
		{"fidelity nosuch", nil, exitUsage, `no vendor "nosuch"`},
		{"completion nosuch", nil, exitUsage, "nosuch"},
		{"completion bash", nil, exitOK, "bash completion"},
	} {
		code, stdout, stderr := command(t, c.env, strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(stdout+stderr, c.says) {
			t.Errorf("vendorsim %s: exit %d, want %d and %q\n%s%s", c.args, code, c.code, c.says, stdout, stderr)
		}
	}
}

// Every flag of serve works as a variable too.
func TestFlagsAsVariables(t *testing.T) {
	s := serve(t, map[string]string{
		"VENDORSIM_SCENARIO": "stuck", "VENDORSIM_MAX_TENANTS": "", // empty is as good as not there
		"VENDORSIM_PROFILE": "sailpoint=observed\ncisco=observed", "VENDORSIM_LOG": "off",
		"VENDORSIM_SET": "lifecycles.task.pending.after=1ms\nseed=5",
	})
	code, body := getBody(t, s.Vendors["sailpoint"]+"/v2025/task-status/id12345", "Authorization", "Bearer demo")
	if code != 200 { // documented would miss the experimental header
		t.Errorf("%d %s", code, body)
	}
}

// A file of the user's joins the shipped scenarios under its own name and is
// what demo runs.
func TestOwnScenario(t *testing.T) {
	s := serve(t, nil, "-f", "testdata/own.yaml")
	for _, name := range []string{"demo", "own", "own~a", "happy~a"} {
		code, body := getBody(t, s.Vendors["sailpoint"]+"/beta/task-status/id12345", "Authorization", "Bearer "+name)
		if want := strings.HasPrefix(name, "happy"); code != 200 || strings.Contains(body, `"completionStatus":null`) != want {
			t.Errorf("%s: %d %s", name, code, body)
		}
	}
}
