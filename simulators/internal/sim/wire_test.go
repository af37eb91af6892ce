package sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
)

// socket serves a bench on a real socket. Each request comes on a connection of
// its own: a client that has one left over asks again where an answer is lost.
func (b *bench) socket() (get func(ctx context.Context, target string) (*http.Response, error)) {
	server := httptest.NewServer(b)
	b.Cleanup(server.Close)
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return func(ctx context.Context, target string) (*http.Response, error) {
		r, err := http.NewRequestWithContext(ctx, "GET", server.URL+target, nil)
		if err != nil {
			b.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer demo")
		return client.Do(r)
	}
}

const stillTask = life + "tasks: [{id: a, lifecycle: still}, {id: b, lifecycle: still}]\n"

const stillBody = `{"id":"a","state":"waiting","size":1,"note":"<&>"}`

// What a client sees on the wire of each answer that is no answer of the vendor's.
func TestFaultsOnTheWire(t *testing.T) {
	for _, c := range []struct {
		answer string
		lost   error  // of the request, or of reading the body
		status int    // where there is one
		body   string // what comes of it
		header string // a line that is there
	}{
		{answer: "{reset: true}", lost: syscall.ECONNRESET},
		{answer: "{empty: true}", lost: io.EOF},
		{answer: "{truncate: 50%}", lost: io.ErrUnexpectedEOF, status: 200, body: stillBody[:25], header: "Content-Length: 50"},
		{answer: "{truncate: 0%}", lost: io.ErrUnexpectedEOF, status: 200, body: "", header: "Content-Length: 50"},
		{answer: "{malformed: true}", status: 200, body: stillBody[:49] + ",}", header: "Content-Length: 51"},
		{answer: "{drip: 1ms}", status: 200, body: stillBody, header: "Content-Length: 50"},
		{answer: "{content_type: text/plain}", status: 200, body: stillBody, header: "Content-Type: text/plain"},
		{answer: "{duplicate: content-type}", status: 200, body: stillBody, header: "Content-Type: application/json, application/json"},
		{answer: "{duplicate: Date}", status: 200, body: stillBody, header: "Date: Thu, 15 Jan 2026 09:00:00 GMT, Thu, 15 Jan 2026 09:00:00 GMT"},
		{answer: "{missing: CONTENT-TYPE}", status: 200, body: stillBody, header: "Content-Type: "},
		{answer: "{missing: date}", status: 200, body: stillBody, header: "Date: "},
		{answer: "{missing: content-length}", status: 200, body: stillBody, header: "Content-Length: "},
		{answer: "{missing: no-such}", status: 200, body: stillBody, header: "Content-Length: 50"},
		{answer: "{redirect: /login}", status: 302, header: "Location: /login"},
		{answer: "{html: true}", status: 503, body: StockPage("acme", 503), header: "Content-Type: text/html"},
		{answer: "{status: 502}", status: 502, body: StockPage("acme", 502), header: "Content-Type: text/html"},
		{answer: "{status: 404}", status: 404, body: `{"error":"not-found"`, header: "Content-Type: application/json"},
		{answer: "{kind: unavailable, retry_after: 1500ms}", status: 503, body: `{"error":"unavailable"`, header: "Retry-After: 2"},
		{answer: "{kind: unavailable}", status: 503, body: `{"error":"unavailable"`, header: "Retry-After: "},
		{answer: "{status: 429}", status: 429, body: `{"error":"rate-limited"`, header: "Retry-After: 1"},
		{answer: "{kind: forbidden, retry_after: 7s, retry_after_form: date}", status: 403, body: `{"error":"forbidden"`, header: "Retry-After: Thu, 15 Jan 2026 09:00:07 GMT"},
	} {
		t.Run(c.answer, func(t *testing.T) {
			b := serve(t, stillTask+"faults: [{name: wrong, on: getTask, nth: 3, answer: "+c.answer+"}]", acme())
			get := b.socket()
			read := func(n int) (*http.Response, string, error) {
				response, err := get(context.Background(), "/v1/task/a")
				if err != nil {
					return nil, "", err
				}
				defer response.Body.Close()
				body, err := io.ReadAll(response.Body)
				if fault := response.Header.Get(FaultHeader); (fault == "wrong") != (n == 3) {
					t.Errorf("request %d: %s: %q", n, FaultHeader, fault)
				}
				return response, string(body), err
			}
			for n := 1; n <= 5; n++ { // the second is kept, and so is not the third
				response, body, err := read(n)
				if n != 3 {
					if err != nil || response.StatusCode != 200 || body != stillBody {
						t.Fatalf("request %d: %v %v %q", n, err, response, body)
					}
					continue
				}
				if !errors.Is(err, c.lost) || (response != nil) != (c.status > 0) {
					t.Fatalf("%v %v, want %v", response, err, c.lost)
				}
				if response == nil {
					continue
				}
				name, value, _ := strings.Cut(c.header, ": ")
				if got := strings.Join(response.Header.Values(name), ", "); response.StatusCode != c.status || got != value {
					t.Errorf("%d, %s: %s\nwant %d, %s", response.StatusCode, name, got, c.status, value)
				}
				if whole := c.status == 200; whole && body != c.body || !strings.HasPrefix(body, c.body) {
					t.Errorf("body %q\nwant %q", body, c.body)
				}
				if c.answer == "{malformed: true}" && json.Valid([]byte(body)) {
					t.Errorf("this is JSON: %s", body)
				}
			}
		})
	}
}

// A body that drips comes piece by piece: each is there before the next is sent.
func TestDripComesInPieces(t *testing.T) {
	next, waits := make(chan bool), []time.Duration{}
	b := serve(t, stillTask+"faults: [{name: slow, answer: {drip: 20s}}]", acme(), func(e *Env) {
		e.Wait = func(_ context.Context, d time.Duration) error {
			waits = append(waits, d)
			<-next
			return nil
		}
	})
	response, err := b.socket()(context.Background(), "/v1/task/a")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var all strings.Builder
	for range pieces {
		next <- true
		piece := make([]byte, len(stillBody)/pieces)
		if _, err := io.ReadFull(response.Body, piece); err != nil {
			t.Fatal(err)
		}
		all.Write(piece)
	}
	if _, err := response.Body.Read(make([]byte, 1)); err != io.EOF || all.String() != stillBody {
		t.Errorf("%v, %s", err, all.String())
	}
	if len(waits) != pieces || waits[0] != 2*time.Second || waits[9] != 2*time.Second {
		t.Errorf("waits %v", waits)
	}
}

// A client that gives up sets the server free at once: nothing was done for it,
// and while it waited others were answered.
func TestLatencyEndsWithTheClient(t *testing.T) {
	waiting, logged := make(chan bool), make(chan bool, 1)
	b := serve(t, life+"tasks: [{id: a}]\nfaults: [{name: late, nth: 1, answer: {latency: 1h}}]", acme(), func(e *Env) {
		log, wait := e.Log, (&handler{}).wait
		e.Wait = func(ctx context.Context, d time.Duration) error {
			if d != time.Hour {
				t.Errorf("it waits for %v", d)
			}
			waiting <- true
			return wait(ctx, d)
		}
		e.Log = func(entry traffic.Entry) {
			if log(entry); entry.Status == 0 {
				logged <- true
			}
		}
	})
	get := b.socket()
	ctx, cancel := context.WithCancel(context.Background())
	gone := make(chan error)
	go func() {
		_, err := get(ctx, "/v1/task/a")
		gone <- err
	}()
	<-waiting
	for range 2 { // of the same task: nothing is locked
		b.want(b.do("GET", "/v1/task/a", ""), 200, "queued")
	}
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	<-logged
	if n := len(b.entries); n != 3 || !strings.Contains(b.entries[2].Note, "gone") {
		t.Errorf("%+v", b.entries)
	}
	b.want(b.do("GET", "/v1/task/a", ""), 200, "running") // the third read that counts
}

// Where the wait comes after the work, the work is done for a client that has
// gone: what a read timeout leaves open.
func TestLatencyAfterTheWork(t *testing.T) {
	b := serve(t, life+"faults: [{name: late, on: startWork, stage: after, nth: 1, answer: {latency: 1h}}]", acme(), func(e *Env) {
		e.Wait = func(context.Context, time.Duration) error { return context.Canceled }
	})
	if w := b.try("POST", "/v1/work", `{"what":"x"}`); w != nil {
		t.Fatalf("answered %d", w.Code)
	}
	d, _ := b.tenants.Find("demo")
	e, ok := d.Journal.Get("demo.1")
	if !ok || e.Created == "" || e.Reply.Status != 0 || e.Note != "fault late; the client has gone" {
		t.Errorf("%+v", e)
	}
	b.want(b.do("GET", "/v1/tasks", ""), 200, `"state":"queued"`)
}

// Latencies are of the tenant's time: sixty times as fast, they take a sixtieth.
// They add up, and stand beside another answer.
func TestLatencies(t *testing.T) {
	var waits []time.Duration
	b := serve(t, "clock: {mode: x60}\n"+stillTask+`
faults:
  - {name: one, during: 0s..10m, answer: {latency: 1m}}
  - {name: two, nth: 2, answer: {latency: 2m, status: 503}}
  - {name: three, nth: 3, stage: after, answer: {latency: 3m, kind: internal}}`, acme(), func(e *Env) {
		e.Wait = func(_ context.Context, d time.Duration) error {
			waits = append(waits, d)
			return nil
		}
	})
	for i, want := range []string{"200 one", "503 one, two", "500 one, three", "200 one"} {
		w := b.do("GET", "/v1/task/a", "")
		if got := fmt.Sprint(w.Code, " ", w.Header().Get(FaultHeader)); got != want {
			t.Errorf("request %d: %s, want %s", i+1, got, want)
		}
	}
	_ = b.source.Advance(10 * time.Second)
	if w := b.do("GET", "/v1/task/a", ""); w.Header().Get(FaultHeader) != "" { // over
		t.Errorf("it fires after its window: %v", w.Header())
	}
	if got := fmt.Sprint(waits); got != "[1s 3s 1s 3s 1s]" {
		t.Errorf("waits %s", got)
	}
}
