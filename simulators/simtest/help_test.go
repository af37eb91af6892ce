package simtest_test

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vendorsim/vendorsim/simulators"
	"github.com/vendorsim/vendorsim/simulators/simtest"
)

// All tests that may run side by side do, however few cores there are: that
// many tenants at once is what they are about.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "256"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	os.Exit(m.Run())
}

// The tasks that the scenarios happy and slow have.
const (
	sailpointTask = "id12345"
	ciscoTask     = "133143986189"
	unknownTask   = "id54321"
)

// get asks for a path below a vendor's base URL and answers the status and the
// body, which does not depend on where the server is.
func get(t testing.TB, client *http.Client, sim *simtest.Sim, vendor, path string) (int, string) {
	t.Helper()
	return ask(t, client, sim, vendor, http.MethodGet, path, "")
}

func ask(t testing.TB, client *http.Client, sim *simtest.Sim, vendor, method, path, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, sim.URL(vendor)+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = sim.Auth(vendor)
	req.Header.Set("X-SailPoint-Experimental", "true")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	server := strings.TrimSuffix(sim.URL(vendor), "/"+vendor)
	return res.StatusCode, strings.ReplaceAll(string(text), server, "SERVER")
}

// status is what SailPoint says of a task.
func status(t testing.TB, client *http.Client, sim *simtest.Sim, id string) string {
	t.Helper()
	code, body := get(t, client, sim, "sailpoint", "/v2025/task-status/"+id)
	if code != http.StatusOK {
		t.Fatalf("status %d: %s", code, body)
	}
	switch {
	case strings.Contains(body, `"completionStatus":"SUCCESS"`):
		return simtest.Succeeded
	case strings.Contains(body, `"completionStatus":"ERROR"`):
		return simtest.Failed
	case strings.Contains(body, `"launched":null`):
		return simtest.Pending
	}
	return simtest.Running
}

// fake is the T of a test that may fail: it notes what it is told.
type fake struct {
	testing.TB // the real one, for what is not below
	dir        string

	mu       sync.Mutex
	text     string // of Fatalf, Errorf and Logf
	failed   bool
	cleanups []func()
}

func (f *fake) note(failed bool, format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.text += fmt.Sprintf(format, args...) + "\n"
	f.failed = f.failed || failed
}

func (f *fake) Helper()                           {}
func (f *fake) ArtifactDir() string               { return f.dir }
func (f *fake) Cleanup(end func())                { f.cleanups = append(f.cleanups, end) }
func (f *fake) Logf(format string, args ...any)   { f.note(false, format, args...) }
func (f *fake) Errorf(format string, args ...any) { f.note(true, format, args...) }

func (f *fake) Fatalf(format string, args ...any) {
	f.note(true, format, args...)
	runtime.Goexit()
}

func (f *fake) Failed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failed
}

// try runs a test as go test does, in a goroutine of its own that Fatalf may
// end, and answers what it said before its cleanup and what became of it.
func try(t *testing.T, test func(t testing.TB)) (said string, f *fake) {
	t.Helper()
	f = &fake{TB: t, dir: t.TempDir()}
	inGoroutine(func() { test(f) })
	said = f.text
	for _, cleanup := range slices.Backward(f.cleanups) {
		inGoroutine(cleanup)
	}
	return said, f
}

func inGoroutine(do func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	<-done
}

var goroutineID = regexp.MustCompile(`^goroutine (\d+) `)

// goroutines are the stacks of all goroutines, by their ids.
func goroutines(t *testing.T) map[string]string {
	t.Helper()
	var dump bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&dump, 2); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for stack := range strings.SplitSeq(dump.String(), "\n\n") {
		if id := goroutineID.FindStringSubmatch(stack); id != nil {
			all[id[1]] = stack
		}
	}
	return all
}

// leftBehind are the stacks of goroutines that were not there before. One that
// is on its last instructions gets the time for them.
func leftBehind(t *testing.T, before map[string]string) string {
	t.Helper()
	var left []string
	for range 1000 {
		left = nil
		for id, stack := range goroutines(t) {
			if before[id] == "" {
				left = append(left, stack)
			}
		}
		if len(left) == 0 {
			break
		}
		runtime.Gosched()
	}
	return strings.Join(left, "\n\n")
}

// hang sends a vendor half a request and comes back when the vendor reads it.
func hang(t testing.TB, sim *simtest.Sim) net.Conn {
	t.Helper()
	url, err := url.Parse(sim.URL("bitdefender") + "/api/v1.1/jsonrpc/network")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", url.Host)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\nAuthorization: %s\r\nContent-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n",
		url.Path, url.Host, sim.Auth("bitdefender").Get("Authorization"))
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("%q, %v", line, err)
	}
	return conn
}

// replays plays a recording, which must answer the same, so many times.
func replays(t *testing.T, file string, answers int) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	played, err := simulators.Replay(data, simulators.ReplayOptions{})
	if err != nil || played.Different != nil || played.Answers != answers {
		t.Errorf("%+v, %v; want %d answers", played, err, answers)
	}
}
