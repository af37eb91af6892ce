package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Tests and benches run this test binary again as a process of its own: as the
// command, or as one of the two servers of the bench, so that the CPU it
// measures is the server's alone and both are built alike.
const (
	testRole    = "VENDORSIM_TEST_ROLE"
	roleMain    = "main"
	roleServer  = "vendorsim"
	roleStatic  = "static"
	benchBody   = "VENDORSIM_TEST_BODY"
	benchPath   = "/sailpoint/v2025/task-status/id12345"
	benchRounds = 9
	benchCalls  = 20000
	benchConns  = 32
)

func TestMain(m *testing.M) {
	switch os.Getenv(testRole) {
	case roleMain:
		main()
	case roleServer:
		go reportCPU()
		os.Exit(run(context.Background(), strings.Fields(os.Getenv(benchBody)), func(string) (string, bool) { return "", false }, os.Stdout, os.Stderr))
	case roleStatic:
		go reportCPU()
		serveStatic([]byte(os.Getenv(benchBody)))
	}
	os.Exit(m.Run())
}

// serveStatic is the plain net/http handler beside which we stand: fixed bytes,
// no checks, no state.
func serveStatic(body []byte) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Printf("{\"listening\":\"http://%s\"}\n", l.Addr())
	_ = http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	}))
}

// reportCPU answers each line of standard input with the CPU time that this
// process has used.
func reportCPU() {
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		var u syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		fmt.Printf("cpu %d\n", time.Duration(u.Utime.Nano()+u.Stime.Nano()))
	}
}

// child is a server process.
type child struct {
	base string
	in   io.Writer
	out  *bufio.Reader
}

func startChild(b *testing.B, role, body string) *child {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), testRole+"="+role, benchBody+"="+body)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	c := &child{in: in, out: bufio.NewReader(out)}
	line := c.line(b)
	_, rest, _ := strings.Cut(line, `"listening":"`)
	c.base, _, _ = strings.Cut(rest, `"`)
	return c
}

func (c *child) line(b *testing.B) string {
	b.Helper()
	line, err := c.out.ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return line
}

func (c *child) cpu(b *testing.B) time.Duration {
	b.Helper()
	fmt.Fprintln(c.in, "cpu?")
	var d time.Duration
	if _, err := fmt.Sscanf(c.line(b), "cpu %d", &d); err != nil {
		b.Fatal(err)
	}
	return d
}

// load sends the calls of one round over keep-alive connections and answers the
// server's CPU a request. Any answer but 200 voids the run.
func (c *child) load(b *testing.B, client *http.Client) time.Duration {
	b.Helper()
	before := c.cpu(b)
	var wg sync.WaitGroup
	failed := make(chan string, benchConns)
	for range benchConns {
		wg.Go(func() {
			for range benchCalls / benchConns {
				if bad := get(client, c.base); bad != "" {
					failed <- bad
					return
				}
			}
		})
	}
	wg.Wait()
	select {
	case bad := <-failed:
		b.Fatal(bad)
	default:
	}
	return (c.cpu(b) - before) / benchCalls
}

func get(client *http.Client, base string) string {
	r, err := http.NewRequest("GET", base+benchPath, nil)
	if err != nil {
		return err.Error()
	}
	r.Header.Set("Authorization", "Bearer demo")
	r.Header.Set("X-SailPoint-Experimental", "true")
	w, err := client.Do(r)
	if err != nil {
		return err.Error()
	}
	defer w.Body.Close()
	if _, err := io.Copy(io.Discard, w.Body); err != nil {
		return err.Error()
	}
	if w.StatusCode != http.StatusOK {
		return w.Status
	}
	return ""
}

// BenchmarkServerCPU is one row: the server's CPU (user and system) a request
// of an unchanged SailPoint status, with contract, tenants, limits that count
// and the request log on, beside a plain net/http handler of the same bytes, in
// interleaved rounds. It prints medians and the spread of the ratio.
func BenchmarkServerCPU(b *testing.B) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: benchConns}}
	ours := startChild(b, roleServer, "serve --listen 127.0.0.1:0 --admin 127.0.0.1:0 --json --scenario stuck --set limits=[{\"per\":\"token\",\"requests\":100000000,\"window\":\"1h\"}]")
	w, err := http.NewRequest("GET", ours.base+benchPath, nil)
	if err != nil {
		b.Fatal(err)
	}
	w.Header.Set("Authorization", "Bearer demo")
	w.Header.Set("X-SailPoint-Experimental", "true")
	answer, err := client.Do(w)
	if err != nil {
		b.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		b.Fatalf("%s: %v\n%s", answer.Status, err, body)
	}
	static := startChild(b, roleStatic, string(body))
	for b.Loop() {
		ours.load(b, client) // warm-up, not counted
		static.load(b, client)
		var mine, plain, ratios []float64
		for range benchRounds {
			m, p := ours.load(b, client), static.load(b, client)
			mine, plain = append(mine, float64(m)/1e3), append(plain, float64(p)/1e3)
			ratios = append(ratios, float64(m)/float64(p))
		}
		for _, l := range [][]float64{mine, plain, ratios} {
			slices.Sort(l)
		}
		mid := benchRounds / 2
		b.ReportMetric(mine[mid], "vendorsim-us/request")
		b.ReportMetric(plain[mid], "plain-us/request")
		b.ReportMetric(ratios[mid], "ratio")
		b.ReportMetric(ratios[0], "ratio-min")
		b.ReportMetric(ratios[benchRounds-1], "ratio-max")
		b.ReportMetric(0, "ns/op")
	}
}
