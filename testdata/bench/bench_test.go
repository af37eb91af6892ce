package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestParseWrk(t *testing.T) {
	good := "Running 1s test\nbench-result 20000 1000000 400000 0 0 0 0 0 0 700 1900\n"
	r, err := parseWrk([]byte(good))
	if err != nil || r.rate() != 20000 || r.p50 != 700*time.Microsecond || r.p99 != 1900*time.Microsecond {
		t.Errorf("%+v %v", r, err)
	}
	for text, want := range map[string]string{
		"Running 1s test\n":  "did not reach the end",
		"bench-result 1 2\n": "not understood",
		"bench-result 20000 1000000 400000 0 0 0 1 0 0 700 1900\n": "1 connections failed or timed out",
		"bench-result 20000 1000000 400000 0 0 0 0 1 0 700 1900\n": "1 answers were not 200",
		"bench-result 20000 1000000 400000 0 0 0 0 0 1 700 1900\n": "1 answers were not 200",
		"bench-result 0 1000000 0 0 0 0 0 0 0 0 0\n":               "nothing was answered",
	} {
		if _, err := parseWrk([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestParseCounts(t *testing.T) {
	text := "# HELP x y\nvendorsim_requests_total{operation=\"a\",status=\"2xx\",vendor=\"v\"} 5\nvendorsim_requests_total{operation=\"a\",status=\"4xx\",vendor=\"v\"} 2\n" +
		"vendorsim_refused_total{vendor=\"v\"} 1\ngo_memstats_mallocs_total 1.5e+06\n"
	c, err := parseCounts(text)
	if err != nil || c != (counts{good: 5, bad: 3, mallocs: 1.5e6}) {
		t.Errorf("%+v %v", c, err)
	}
	if _, err := parseCounts("vendorsim_refused_total{vendor=\"v\"} 0\n"); err == nil {
		t.Error("no count of allocations, and no error")
	}
}

func TestComplete(t *testing.T) {
	head := "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
	for answer, want := range map[string]bool{"": false, "HTTP/1.1 500 X\r\n": false, head: false, head + "1234": false, head + "12345": true} {
		if got, err := complete([]byte(answer)); got != want || err != nil {
			t.Errorf("%q: %t %v", answer, got, err)
		}
	}
	for _, answer := range []string{
		"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", head + "123456",
		"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
	} {
		if _, err := complete([]byte(answer)); err == nil {
			t.Errorf("%q is good", answer)
		}
	}
}

// Both generators send what a client sends, number each request, and do not
// take an answer for good that is not.
func TestGenerators(t *testing.T) {
	c := callOf("bitdefender")
	var mu sync.Mutex
	var seen []string
	status := http.StatusOK
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		if r.Method == c.method && r.URL.Path == c.path && r.Header.Get("Authorization") == "Basic ZGVtbzo=" {
			seen = append(seen, string(body))
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, c.good)
	}))
	defer s.Close()
	host := strings.TrimPrefix(s.URL, "http://")
	got, err := openLoop{call: c, host: host, rate: 500, seconds: 1, conns: 4}.run()
	if err != nil || len(got.latencies) != 500 || got.percentile(50) > got.percentile(99) || got.percentile(100) != got.latencies[499] {
		t.Fatalf("%d latencies, %v", len(got.latencies), err)
	}
	slices.Sort(seen)
	if len(slices.Compact(seen)) != 500 || !strings.HasPrefix(seen[255], `{"id":"7d2864e9-c67b-48a2-9ba3-0000000000ff"`) {
		t.Errorf("%d different requests, among them %s", len(slices.Compact(seen)), seen[255])
	}
	_, noWrk := exec.LookPath("wrk")
	closed := load{call: c, host: host, conns: 2, seconds: 1, strict: true}
	if noWrk == nil {
		seen = nil
		if r, err := closed.run(t.TempDir()); err != nil || float64(len(seen)) < r.requests {
			t.Errorf("%v requests, %d seen: %v", r.requests, len(seen), err)
		}
		closed.call.good = "something else"
		if _, err := closed.run(t.TempDir()); err == nil {
			t.Error("wrk took another body for good")
		}
	}
	mu.Lock()
	status = http.StatusTooManyRequests
	mu.Unlock()
	if _, err := (openLoop{call: c, host: host, rate: 500, seconds: 1, conns: 4}).run(); err == nil {
		t.Error("the open loop took a 429 for good")
	}
	if _, err := closed.run(t.TempDir()); noWrk == nil && err == nil {
		t.Error("wrk took a 429 for good")
	}
}

// A server that stalls once makes all wait that were due meanwhile, not only the
// one that it kept.
func TestOpenLoopCountsFromTheInstantDue(t *testing.T) {
	stalled := make(chan struct{})
	var once sync.Once
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		once.Do(func() { <-stalled })
		_, _ = io.WriteString(w, "{}")
	}))
	defer s.Close()
	const stall = 400 * time.Millisecond
	time.AfterFunc(stall, func() { close(stalled) })
	got, err := openLoop{call: callOf("cisco"), host: strings.TrimPrefix(s.URL, "http://"), rate: 100, seconds: 1, conns: 1}.run()
	if err != nil {
		t.Fatal(err)
	}
	// Of 100 requests, one each 10 ms, about 40 were due during the stall.
	if at := got.percentile(75); at < stall/8 {
		t.Errorf("a quarter of the requests should have waited at least %s, and waited %s", stall/8, at)
	}
}

func TestSeries(t *testing.T) {
	s := series{3, 1, 2}
	if s.median() != 2 || s.over(series{1, 1, 4}).median() != 1 || s.spread("%.0f") != "2 (1 to 3)" || (series{1, 2}).median() != 1.5 {
		t.Error(s.median(), s.over(series{1, 1, 4}), s.spread("%.0f"))
	}
	if count(1234567) != "1,234,567" || count(999) != "999" || atMost(1.351, 1.35, "1.35") != "at most 1.35: **missed**" || atLeast(0.9, 0.9, "0.9") != "at least 0.9: met" {
		t.Error(count(1234567), count(999), atMost(1.351, 1.35, "1.35"), atLeast(0.9, 0.9, "0.9"))
	}
}

func TestWriteInto(t *testing.T) {
	file := filepath.Join(t.TempDir(), "README.md")
	const before = "a\n<!-- bench -->\nold\n<!-- end of bench -->\nz\n"
	if err := os.WriteFile(file, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	tables := &table{}
	tables.begin("figure", "bar")
	tables.row("x", "met")
	tables.remark("On %d cores.", 2)
	for range 2 { // twice is once
		if err := writeInto(file, "bench", tables.markdown()); err != nil {
			t.Fatal(err)
		}
	}
	const want = "a\n<!-- bench -->\n\n| figure | bar |\n|---|---|\n| x | met |\n\nOn 2 cores.\n\n<!-- end of bench -->\nz\n"
	if got, err := os.ReadFile(file); err != nil || string(got) != want {
		t.Errorf("%q %v", got, err)
	}
	if err := writeInto(file, "bench-scale", "x"); err == nil {
		t.Error("there is no such mark, and no error")
	}
}

// What is drawn and what is counted stands in the request where its mark does.
func TestLuaParts(t *testing.T) {
	got := luaParts("GET /{pick}?\"\r\n{n}{pick}")
	if want := `"GET /" .. list[random(size)] .. "?\034\013\010" .. format("%012x", n) .. list[random(size)]`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
