package admin

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
)

// poll sends a client's poll of a task as a tenant.
func (g *rig) poll(status int, tenant, task string) {
	g.Helper()
	r := httptest.NewRequest("GET", "/sailpoint/beta/task-status/"+task, nil)
	r.Header.Set("Authorization", "Bearer "+tenant)
	w := httptest.NewRecorder()
	if g.ServeHTTP(w, r); w.Code != status {
		g.Fatalf("poll of %s: status %d, want %d", task, w.Code, status)
	}
}

// following opens a stream over a real connection. When it returns, the stream
// has begun: what comes from now on is told.
func following(t *testing.T, g *rig, target string, header ...string) (next func() (name, id, data string), stop func()) {
	t.Helper()
	s := httptest.NewServer(g)
	ctx, cancel := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+target, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%s %v", res.Status, res.Header)
	}
	in := bufio.NewReader(res.Body)
	next = func() (name, id, data string) {
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return "end", "", err.Error()
			}
			field, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			switch field {
			case "event":
				name = value
			case "id":
				id = value
			case "data":
				data = value
			case "":
				return name, id, data
			}
		}
	}
	return next, func() {
		cancel()
		_ = res.Body.Close()
		s.Close() // waits for the handler: nothing of it may be left
	}
}

func TestFollow(t *testing.T) {
	g := newRig(t, nil)
	path := g.tenant("f")
	g.poll(200, "steer~f", "report")
	next, stop := following(t, g, path+"/journal/follow?refused=true")
	g.must(200, "POST", path+"/clock/freeze", "")
	g.poll(404, "steer~f", "nope")
	name, id, data := next()
	if name != api.EventRequest || id != "3" || !strings.Contains(data, `"id":"steer~f.3"`) || strings.Contains(data, "\n") {
		t.Errorf("%s %s %s", name, id, data)
	}
	stop()
}

func TestFollowRefused(t *testing.T) {
	g := newRig(t, nil)
	next, stop := following(t, g, "/refused/follow")
	g.poll(401, "nobody-knows-me", "report")
	if name, id, data := next(); name != api.EventRequest || id != "1" || !strings.Contains(data, `"id":"@1"`) || strings.Contains(data, "nobody-knows-me") {
		t.Errorf("%s %s %s", name, id, data)
	}
	stop()
}

// A client that comes back is told what it missed, as long as it is held.
func TestFollowResumes(t *testing.T) {
	g := newRig(t, nil)
	path := g.tenant("f")
	for range 2 {
		g.poll(200, "steer~f", "report")
	}
	for _, c := range []struct{ target, last, want string }{
		{"?after=1", "", "2"},
		{"?after=0", "", "1"},
		{"", "1", "2"},
		{"?after=0", "1", "2"},   // the header counts more
		{"?after=77", "", "1"},   // it has seen another journal
		{"?after=77", "99", "1"}, // so too
	} {
		var header []string
		if c.last != "" {
			header = []string{"Last-Event-ID", c.last}
		}
		next, stop := following(t, g, path+"/journal/follow"+c.target, header...)
		if name, id, data := next(); name != api.EventRequest || id != c.want {
			t.Errorf("%s, last %q: %s %s %s, want %s", c.target, c.last, name, id, data, c.want)
		}
		stop()
	}
	r := httptest.NewRequest("GET", path+"/journal/follow", nil)
	r.Host = "localhost"
	r.Header.Set("Last-Event-ID", "x")
	w := httptest.NewRecorder()
	if g.ServeHTTP(w, r); w.Code != http.StatusBadRequest {
		t.Errorf("a Last-Event-ID that is none: %d", w.Code)
	}
}

// A stream ends with its tenant.
func TestFollowEnds(t *testing.T) {
	for name, end := range map[string]func(g *rig, path string){
		"deleted": func(g *rig, path string) { g.must(204, "DELETE", path, "") },
		"reset":   func(g *rig, path string) { g.must(200, "POST", path+"/reset", "") },
	} {
		g := newRig(t, nil)
		path := g.tenant("f")
		next, stop := following(t, g, path+"/journal/follow")
		end(g, path)
		if event, _, err := next(); event != "end" || err != io.EOF.Error() {
			t.Errorf("%s: %s %s", name, event, err)
		}
		stop()
	}
}

// HEAD asks whether one could follow, and leaves no follower behind.
func TestFollowHead(t *testing.T) {
	g := newRig(t, nil)
	path := g.tenant("f")
	if w := g.must(200, "HEAD", path+"/journal/follow", ""); w.Body.Len() > 0 || w.Header().Get("Content-Type") != "text/event-stream" {
		t.Errorf("%q %v", w.Body, w.Header())
	}
}

func TestFollowKeepsAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t, nil)
		path := g.tenant("f")
		ctx, cancel := context.WithTimeout(context.Background(), 3*keepAlive+time.Second)
		defer cancel()
		r := httptest.NewRequestWithContext(ctx, "GET", path+"/journal/follow", nil)
		r.Host = "localhost"
		w := httptest.NewRecorder()
		g.ServeHTTP(w, r) // until the client goes
		if got := w.Body.String(); got != strings.Repeat(": keep-alive\n\n", 3) {
			t.Errorf("%q", got)
		}
	})
}

// writer calls each before every event that is written.
type writer struct {
	*httptest.ResponseRecorder
	each func(n int)
	n    int
}

func (w *writer) Write(p []byte) (int, error) {
	w.n++
	w.each(w.n)
	return w.ResponseRecorder.Write(p)
}

// Whoever reads too slowly holds nobody up, and is told how many are gone.
func TestFollowTooSlowly(t *testing.T) {
	j := journal.New(journal.NewBudget(1<<20), 2)
	add := func(n int) {
		for range n {
			j.Add(&journal.Entry{})
		}
	}
	add(5)
	w := &writer{ResponseRecorder: httptest.NewRecorder(), each: func(n int) {
		switch n {
		case 3: // the last of what was held
			add(4)
		case 6: // the last of those
			j.Drop()
		}
	}}
	f := feed{journal: j, secrets: func(string) journal.Secrets { return journal.Secrets{} }, after: 1}
	f.serve(w, httptest.NewRequest("GET", "/", nil))
	var got []string
	for event := range strings.SplitSeq(w.Body.String(), "\n\n") {
		lines := strings.Split(event, "\n")
		if len(lines) > 1 {
			got = append(got, strings.TrimPrefix(lines[0], "event: ")+" "+strings.TrimPrefix(strings.TrimPrefix(lines[1], "data: "), "id: "))
		}
	}
	if want := "missed 2,request 4,request 5,missed 2,request 8,request 9"; strings.Join(got, ",") != want {
		t.Errorf("%s\nwant %s", strings.Join(got, ","), want)
	}
}

// An entry that no journal can hold is told as missed at once, though nothing
// comes after it.
func TestFollowTellsOfWhatWasNeverHeld(t *testing.T) {
	j := journal.New(journal.NewBudget(0), 10)
	w := &writer{ResponseRecorder: httptest.NewRecorder(), each: func(int) { j.Drop() }}
	f := feed{journal: j, secrets: func(string) journal.Secrets { return journal.Secrets{} }, after: -1}
	flushed := false
	out := flushing{w, func() {
		if !flushed {
			flushed = true
			j.Add(&journal.Entry{Request: journal.Request{Body: make([]byte, 1<<20)}})
		}
	}}
	f.serve(out, httptest.NewRequest("GET", "/", nil))
	if got := w.Body.String(); got != "event: missed\ndata: 1\n\n" {
		t.Errorf("%q", got)
	}
}

// flushing calls each whenever what was written is handed on.
type flushing struct {
	http.ResponseWriter
	each func()
}

func (f flushing) Flush() { f.each() }

// A client that is gone ends the stream at the next event.
func TestFollowBrokenPipe(t *testing.T) {
	j := journal.New(journal.NewBudget(1<<20), 10)
	j.Add(&journal.Entry{})
	s := stream{feed: feed{journal: j}, flush: func() error { return nil }, w: broken{}}
	s.feed.secrets = func(string) journal.Secrets { return journal.Secrets{} }
	s.catchUp()
	if s.send() || s.err == nil {
		t.Error("goes on")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// The client of package api reads what this writes.
func TestFollowByClient(t *testing.T) {
	g := newRig(t, nil)
	g.tenant("f")
	for range 3 {
		g.poll(200, "steer~f", "report")
		_ = g.source.Set(g.source.Now().Add(10 * time.Second))
		g.must(200, "POST", "/tenants/steer~f/clock/advance", `{"by":"10s"}`)
	}
	s := httptest.NewServer(g)
	defer s.Close()
	c, err := api.NewClient(s.URL, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	enough := errors.New("enough")
	var ids []string
	err = c.Follow(context.Background(), "steer~f", api.JournalQuery{Vendor: "sailpoint", After: 1}, func(f api.Followed) error {
		ids = append(ids, f.Entry.ID)
		if len(ids) == 2 {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || fmt.Sprint(ids) != "[steer~f.3 steer~f.5]" {
		t.Errorf("%v, %v", ids, err)
	}
}
