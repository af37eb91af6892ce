package simulators

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/verify"
)

// underWay is a request whose body the server waits for.
type underWay struct {
	net.Conn
	in   *bufio.Reader
	body string
}

// begins sends a poll of Dbvisit's but for its body, and comes back when the
// server asks for it: by then the request has arrived.
func (c *client) begins() *underWay {
	c.Helper()
	host, path, _ := strings.Cut(strings.TrimPrefix(c.url, "http://"), "/")
	conn, err := net.Dial("tcp", host)
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { _ = conn.Close() }) // the test has all that it wants of it
	w := &underWay{conn, bufio.NewReader(conn), `{"params":{"task_id":1}}`}
	fmt.Fprintf(w, "POST /%s/task/show HTTP/1.1\r\nHost: %s\r\nAuthorization: %s\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
		path, host, basic(c.tenant, "secret"), len(w.body))
	for _, want := range []string{"HTTP/1.1 100 Continue", ""} {
		if line, err := w.in.ReadString('\n'); err != nil || strings.TrimSpace(line) != want {
			c.Fatalf("%q %v", line, err)
		}
	}
	return w
}

// ends sends the rest and reads the answer.
func (w *underWay) ends(c *client) {
	c.Helper()
	fmt.Fprint(w, w.body)
	answer, err := http.ReadResponse(w.in, nil)
	if err != nil {
		c.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != c.expected {
		c.Fatalf("answered %d, want %d", answer.StatusCode, c.expected)
	}
}

// A client cannot know of an answer that it has not got: what it sends before is
// not after the end of a task, nor too early.
func TestVerifyOverlappingRequests(t *testing.T) {
	s := newStage(t)
	for _, c := range []struct {
		line, scenario string
		status         int
		ends           time.Duration // after the first request came
		found          string
	}{
		{"calls_after_end", "", 200, 11 * time.Second, "1 task seen ended, 0 polls after that"},
		{"retry_after", "limits: [{on: poll, per: tenant, requests: 1, window: 1h}]", 429, time.Minute, "2 waits told, none over yet"},
	} {
		t.Run(c.line, func(t *testing.T) {
			k := s.client(t, "dbvisit", c.scenario)
			if c.status != 200 {
				k.plays("poll") // which uses the limit up
			}
			k.expected = c.status
			first := k.begins()
			k.plays("wait 1s")
			second := k.begins()
			if err := k.source.Advance(c.ends); err != nil {
				t.Fatal(err)
			}
			k.expected = c.status
			first.ends(k)
			second.ends(k)
			if got := k.line(c.line); got.Verdict == verify.Bad || got.Found != c.found {
				t.Errorf("the one that came before: %s, %s", got.Verdict, got.Found)
			}
			k.plays(map[int]string{200: "poll", 429: "poll -> 429"}[c.status])
			if got := k.line(c.line); got.Verdict != verify.Bad {
				t.Errorf("the one that came after: %s, %s", got.Verdict, got.Found)
			}
		})
	}
}
