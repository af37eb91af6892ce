package push

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/clock"
)

// testQueue retries at once, and logs to nowhere.
func testQueue(t *testing.T, allow ...string) *Queue {
	q := New(allow, slog.New(slog.DiscardHandler))
	q.backoff = make([]time.Duration, len(backoff))
	t.Cleanup(q.Close)
	return q
}

// attempts sends a message and answers all that came of it.
func attempts(t *testing.T, q *Queue, m Message) []Attempt {
	t.Helper()
	told := make(chan Attempt, 10)
	m.Tried = func(a Attempt) { told <- a }
	if !q.Send(m) {
		t.Fatal("not accepted")
	}
	var out []Attempt
	for {
		a := <-told
		if out = append(out, a); a.Last {
			return out
		}
	}
}

// outcomes are the outcomes in a row.
func outcomes(all []Attempt) string {
	var out []string
	for _, a := range all {
		out = append(out, string(a.Outcome))
	}
	return strings.Join(out, ", ")
}

func times(o Outcome, n int) string {
	return strings.TrimSuffix(strings.Repeat(string(o)+", ", n), ", ")
}

// A message arrives as it is: method, path, headers, body.
func TestDelivered(t *testing.T) {
	type got struct{ line, auth, odd, body string }
	var seen got
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seen = got{r.Method + " " + r.RequestURI, r.Header.Get("Authorization"), r.Header.Get("X-Odd"), string(body)}
	}))
	defer receiver.Close()
	all := attempts(t, testQueue(t), Message{
		URL: receiver.URL + "/hook?a=1", Body: []byte("the body"),
		Header: http.Header{"Authorization": {"as it  is"}, "X-Odd": {"1"}},
	})
	if want := (got{"POST /hook?a=1", "as it  is", "1", "the body"}); seen != want || !slices.Equal(all, []Attempt{{Delivered, 200, true}}) {
		t.Errorf("%+v received %+v", all, seen)
	}
}

// Anything but 200 is tried again, as often as it waits, and no more after that.
func TestRetries(t *testing.T) {
	var asked atomic.Int32
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		switch n := asked.Add(1); {
		case n < 0:
			w.WriteHeader(500)
		case n < 3:
			w.WriteHeader(200 + int(n)) // 201, 202
		}
	}))
	defer receiver.Close()
	q := testQueue(t)
	all := attempts(t, q, Message{URL: receiver.URL})
	if want := []Attempt{{BadStatus, 201, false}, {BadStatus, 202, false}, {Delivered, 200, true}}; !slices.Equal(all, want) {
		t.Errorf("%v", all)
	}
	asked.Store(-100)
	if all := attempts(t, q, Message{URL: receiver.URL}); outcomes(all) != times(BadStatus, 5) || asked.Load() != -95 {
		t.Errorf("%v, asked %d times", all, asked.Load()+100)
	}
}

// A redirect is an answer that is not 200; where it leads nobody asks.
func TestRedirectRefused(t *testing.T) {
	var reached atomic.Bool
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
	defer target.Close()
	receiver := httptest.NewServer(http.RedirectHandler(target.URL, http.StatusTemporaryRedirect))
	defer receiver.Close()
	all := attempts(t, testQueue(t), Message{URL: receiver.URL})
	if outcomes(all) != times(BadStatus, 5) || all[0].Status != 307 || reached.Load() {
		t.Errorf("%v, followed %v", all, reached.Load())
	}
}

func TestCertificates(t *testing.T) {
	receiver := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	receiver.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	defer receiver.Close()
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer plain.Close()
	q := testQueue(t)
	if all := attempts(t, q, Message{URL: receiver.URL}); outcomes(all) != times(Untrusted, 5) {
		t.Errorf("a certificate of no authority: %v", all)
	}
	if all := attempts(t, q, Message{URL: receiver.URL, AnyCertificate: true}); outcomes(all) != string(Delivered) {
		t.Errorf("any certificate: %v", all)
	}
	if all := attempts(t, q, Message{URL: "https" + strings.TrimPrefix(plain.URL, "http")}); outcomes(all) != times(Untrusted, 5) {
		t.Errorf("no TLS: %v", all)
	}
}

func TestUnreached(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if all := attempts(t, testQueue(t), Message{URL: "http://" + l.Addr().String()}); outcomes(all) != times(Unreached, 5) {
		t.Errorf("%v", all)
	}
}

// What leads nowhere is not tried again. The dial decides, so no packet leaves.
func TestForbiddenAtTheDial(t *testing.T) {
	own := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("our own listener was asked") }))
	defer own.Close()
	q := testQueue(t, "allowed.example", "192.0.2.7", "0.0.0.0")
	q.Own(own.Listener.Addr())
	for _, to := range []string{"https://192.0.2.8/", "http://192.0.2.7/", "https://0.0.0.0/", "http://[::]/", own.URL, "https://[::ffff:192.0.2.8]/"} {
		if all := attempts(t, q, Message{URL: to, AnyCertificate: true}); outcomes(all) != string(Forbidden) {
			t.Errorf("%s: %v", to, all)
		}
	}
	for _, to := range []string{"ftp://127.0.0.1/", "http:///x", "://", "http://a b/"} {
		if all := attempts(t, q, Message{URL: to}); outcomes(all) != string(Unsendable) {
			t.Errorf("%s: %v", to, all)
		}
	}
}

// A proxy would be the one to dial: none is used.
func TestNoProxy(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	for _, c := range []*http.Client{newPoster(newGate(nil)).plain, newPoster(newGate(nil)).checked, newPoster(newGate(nil)).unchecked} {
		if c.Transport.(*http.Transport).Proxy != nil {
			t.Error("it asks for a proxy")
		}
	}
}

// stuck makes a queue whose attempts wait until they are let go or ended.
func stuck(q *Queue) (tried, let chan struct{}) {
	tried, let = make(chan struct{}, 2*Capacity), make(chan struct{})
	q.post = func(ctx context.Context, _ *Message) (int, error) {
		tried <- struct{}{}
		select {
		case <-let:
			return 200, nil
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	return tried, let
}

// A full queue drops, counts what it drops, and never blocks; once there is room
// it accepts again.
func TestDropsAreCounted(t *testing.T) {
	q := testQueue(t)
	_, let := stuck(q)
	var done sync.WaitGroup
	accepted := 0
	for range Capacity + 7 {
		done.Add(1)
		if q.Send(Message{Tried: func(Attempt) { done.Done() }}) {
			accepted++
		} else {
			done.Done()
		}
	}
	if accepted != Capacity || q.Dropped() != 7 {
		t.Errorf("accepted %d, dropped %d", accepted, q.Dropped())
	}
	close(let)
	done.Wait()
	if !q.Send(Message{}) || q.Dropped() != 7 {
		t.Error("an empty queue drops")
	}
}

// Closing ends what is under way and what waits; nothing is accepted afterwards.
func TestClose(t *testing.T) {
	q := New(nil, slog.New(slog.DiscardHandler))
	tried, _ := stuck(q)
	var told atomic.Int32
	for range 2 * Workers {
		q.Send(Message{Tried: func(Attempt) { told.Add(1) }})
	}
	for range Workers {
		<-tried
	}
	q.Close()
	q.Close()
	if told.Load() != 0 || q.Send(Message{}) || q.Dropped() != 1 {
		t.Errorf("told of %d, dropped %d", told.Load(), q.Dropped())
	}
	New(nil, slog.New(slog.DiscardHandler)).Close() // it has no workers yet
}

// The waits between attempts are real time and grow; while one waits, others
// are delivered, and closing does not wait for it.
func TestBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(nil, slog.New(slog.DiscardHandler))
		began := clock.System().Now() // the bubble's
		since := func() time.Duration { return clock.System().Now().Sub(began) }
		var mu sync.Mutex
		var at []time.Duration
		q.post = func(_ context.Context, m *Message) (int, error) {
			if m.URL == "good" {
				return 200, nil
			}
			mu.Lock()
			defer mu.Unlock()
			at = append(at, since())
			return 500, nil
		}
		q.Send(Message{URL: "bad"})
		synctest.Wait()
		good := make(chan Attempt, 1)
		q.Send(Message{URL: "good", Tried: func(a Attempt) { good <- a }})
		if a := <-good; a.Outcome != Delivered || since() != 0 {
			t.Errorf("%v after %v", a, since())
		}
		<-time.After(time.Minute)
		mu.Lock()
		if want := "[0s 1s 3s 7s 15s]"; fmt.Sprint(at) != want {
			t.Errorf("tried at %v, want %s", at, want)
		}
		mu.Unlock()
		q.Send(Message{URL: "bad"})
		synctest.Wait()
		closing := since()
		q.Close()
		if since() != closing {
			t.Errorf("closing took %v", since()-closing)
		}
		<-time.After(time.Minute)
		mu.Lock()
		defer mu.Unlock()
		if len(at) != 6 {
			t.Errorf("tried %d times", len(at))
		}
	})
}

// Nothing that a message carries is logged, but for the host.
func TestNothingSecretIsLogged(t *testing.T) {
	var log bytes.Buffer
	q := New([]string{}, slog.New(slog.NewTextHandler(&log, nil)))
	q.backoff = nil
	receiver := httptest.NewServer(http.NotFoundHandler())
	defer receiver.Close()
	for _, to := range []string{receiver.URL + "/canary?canary", "https://canary:canary@192.0.2.1/canary", "https://canary canary/", "http://127.0.0.1:1/canary"} {
		attempts(t, q, Message{URL: to, Body: []byte("canary"), Header: http.Header{"Authorization": {"canary"}, "X": {"canary\n"}}})
	}
	q.Close()
	if strings.Contains(log.String(), "canary") || strings.Count(log.String(), "push failed") != 4 {
		t.Errorf("%s", log.String())
	}
}
