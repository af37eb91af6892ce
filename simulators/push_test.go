package simulators

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// The push service with a real receiver. Its own API stands in the transcripts.

// pushScenario has a task of each end: a, b and c end as they are read, d by time.
const pushScenario = `
version: 1
name: pushes
vendors: [bitdefender]
limits: []
clock: {start: 2026-01-15T09:00:00Z, mode: MODE}
default: read
lifecycles:
  read:
    queued: {phase: pending, polls: 1, to: done}
    done: {phase: succeeded}
  broken:
    queued: {phase: pending, polls: 1, to: broken}
    broken: {phase: failed, error: {code: "-17", message: 'a "quoted" path C:\x = <none>'}}
  timed:
    queued: {phase: pending, after: 1s, to: running}
    running: {phase: running, after: 1s, to: done}
    done: {phase: succeeded}
tasks:
- {id: 65f46d08c6d2865b32048ba1, name: Nightly}
- {id: 65f46d08c6d2865b32048ba2, lifecycle: broken, set: {type: 16}}
- {id: 65f46d08c6d2865b32048ba3, lifecycle: read, subtasks: {count: 2}}
- {id: 65f46d08c6d2865b32048ba4, lifecycle: timed, subtasks: {count: 3, stagger: 500ms}}
`

// pusher is a server with a receiver beside it.
type pusher struct {
	*Server
	t        *testing.T
	receiver *httptest.Server
	received chan *http.Request // whose bodies can still be read
	log      *syncBuffer
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// pushServer serves the scenario, and logs into the buffer.
func pushServer(t *testing.T, mode string) (*Server, *syncBuffer) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "pushes.yaml")
	if err := os.WriteFile(file, []byte(strings.Replace(pushScenario, "MODE", mode, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	log := &syncBuffer{}
	s, err := New(Options{File: file, Logger: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	return s, log
}

func newPusher(t *testing.T, mode string) *pusher {
	t.Helper()
	s, log := pushServer(t, mode)
	p := &pusher{Server: s, t: t, received: make(chan *http.Request, 200), log: log}
	p.receiver = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		p.received <- r
	}))
	t.Cleanup(func() {
		s.Close()
		p.receiver.Close()
	})
	return p
}

// call calls a method and answers its result.
func (p *pusher) call(api, method, params string) string {
	p.t.Helper()
	r := httptest.NewRequest("POST", "/bitdefender/api/v1.0/jsonrpc/"+api, strings.NewReader(`{"id":1,"jsonrpc":"2.0","method":"`+method+`","params":`+params+`}`))
	r.SetBasicAuth("demo", "")
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	var answer struct{ Result json.RawMessage }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.Result == nil {
		p.t.Fatalf("%s: %s", method, w.Body)
	}
	return string(answer.Result)
}

// set turns the service on.
func (p *pusher) set(service, settings string) {
	p.t.Helper()
	p.call("push", "setPushEventSettings", `{"status":1,"serviceType":"`+service+`","serviceSettings":`+settings+`,"subscribeToEventTypes":{"task-status":true}}`)
}

func (p *pusher) read(id string, times int) {
	p.t.Helper()
	for range times {
		p.call("network", "getTaskStatus", `{"taskId":"`+id+`"}`)
	}
}

// until asks for a result until it has a text. The bound is for a test that fails.
func (p *pusher) until(method, want string) {
	p.t.Helper()
	tooLong := time.After(30 * time.Second)
	for {
		got := p.call("push", method, `{}`)
		if strings.Contains(got, want) {
			return
		}
		select {
		case <-tooLong:
			p.t.Fatalf("%s: %s\nwant %s", method, got, want)
		default:
			runtime.Gosched()
		}
	}
}

// By time alone, on a clock that runs 60 times as fast: nobody reads the task.
// Of a task with subtasks there is one event a subtask, none of the whole.
func TestPushByTime(t *testing.T) {
	p := newPusher(t, "x60")
	p.set("qradar", `{"url":"`+p.receiver.URL+`"}`)
	var names []string
	for range 3 {
		r := <-p.received
		var e struct {
			TaskID     string `json:"taskId"`
			ComputerID string `json:"computer_id"`
		}
		if err := json.NewDecoder(r.Body).Decode(&e); err != nil || e.TaskID != "65f46d08c6d2865b32048ba4" {
			t.Fatal(err, e)
		}
		names = append(names, e.ComputerID)
	}
	slices.Sort(names)
	if len(slices.Compact(names)) != 3 {
		t.Errorf("told of %v", names)
	}
	p.call("push", "setPushEventSettings", `{"status":0,"serviceType":"qradar","serviceSettings":{"url":"`+p.receiver.URL+`"},"subscribeToEventTypes":{"task-status":true}}`)
	p.read("65f46d08c6d2865b32048ba1", 2)
	p.until("getPushEventStats", `"sentMessages":3`)
	if len(p.received) > 0 {
		t.Error("told of more")
	}
}

// A task that the client starts, and a test event in the form of the service.
func TestPushOfCreatedTasks(t *testing.T) {
	p := newPusher(t, "frozen")
	p.set("splunk", `{"url":"`+p.receiver.URL+`"}`)
	p.call("push", "sendTestPushEvent", `{"eventType":"task-status","data":{"computer_name":"MY-PC"}}`)
	r := <-p.received
	if body, _ := io.ReadAll(r.Body); !bytes.HasPrefix(body, []byte(`{"event":{"computer_name":"MY-PC",`)) || !bytes.HasSuffix(body, []byte(`,"module":"task-status","_testEvent_":true}}`)) {
		t.Errorf("%s", body)
	}
	var list struct{ Items []struct{ ID, Name string } }
	if err := json.Unmarshal([]byte(p.call("network", "getEndpointsList", `{"perPage":2}`)), &list); err != nil {
		t.Fatal(err)
	}
	var ids []string
	if err := json.Unmarshal([]byte(p.call("network", "createScanTask", `{"targetIds":["`+list.Items[1].ID+`"],"type":2,"returnAllTaskIds":true}`)), &ids); err != nil {
		t.Fatal(err)
	}
	p.read(ids[0], 2)
	r = <-p.received
	body, _ := io.ReadAll(r.Body)
	for _, want := range []string{`"taskId":"` + ids[0] + `"`, `"targetName":"` + list.Items[1].Name + `"`, `"taskName":"Full Scan 2026-01-15(sub-task)"`, `"taskType":272`} {
		if !bytes.Contains(body, []byte(want)) {
			t.Errorf("%s has no %s", body, want)
		}
	}
}

// Only for the company that is subscribed to, and only where the type is. The
// events are counted; that they lead nowhere keeps the network out of the bubble.
func TestPushSubscriptions(t *testing.T) {
	for _, tt := range []struct {
		subscription string
		events       int
	}{
		{`"subscribeToEventTypes":{"av":true,"task-status":false}`, 0},
		{`"subscribeToEventTypes":{"task-status":true},"subscribeToCompanies":["65f17fcddb53ec33e3021111"]`, 0},
		{`"subscribeToEventTypes":{"task-status":true},"subscribeToCompanies":["65f17fcddb53ec33e3021111","65134b1747996b709f9b5fe0"]`, 2},
		{`"subscribeToEventTypes":{"task-status":true},"subscribeToCompanies":null`, 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			s, _ := pushServer(t, "frozen")
			defer s.Close()
			p := &pusher{Server: s, t: t}
			p.call("push", "setPushEventSettings", `{"status":1,"serviceType":"cef","serviceSettings":{"url":"https://192.0.2.1/"},`+tt.subscription+`}`)
			p.read("65f46d08c6d2865b32048ba3", 2)
			synctest.Wait()
			if stats := p.call("push", "getPushEventStats", `{}`); !strings.Contains(stats, fmt.Sprintf(`{"count":{"events":%d,`, tt.events)) {
				t.Errorf("%s: %s", tt.subscription, stats)
			}
		})
	}
}

// shows: bitdefender/push-turns-off
func TestPushTurnsOff(t *testing.T) {
	p := newPusher(t, "frozen")
	p.set("cef", `{"url":"https://192.0.2.1/s3cret","authorization":"s3cret"}`)
	for range 101 {
		p.call("push", "sendTestPushEvent", `{"eventType":"task-status"}`)
	}
	p.until("getPushEventSettings", `{"status":0,`)
	p.until("getPushEventStats", `"errorMessages":101},"error":{"configurationError":101,`)
	p.read("65f46d08c6d2865b32048ba1", 2)
	p.until("getPushEventStats", `{"count":{"events":0,"testEvents":101,`)
	if log := p.log.String(); strings.Contains(log, "s3cret") || strings.Count(log, "nothing will be pushed") != 1 {
		t.Errorf("log:\n%s", log)
	}
}

// A server never pushes to itself, whoever opened its listener.
//
// shows: bitdefender/push-receivers
func TestPushNotToItself(t *testing.T) {
	p := newPusher(t, "frozen")
	front := httptest.NewServer(p)
	defer front.Close()
	r, err := http.NewRequest("POST", front.URL+"/bitdefender/api/v1.0/jsonrpc/push", strings.NewReader(
		`{"id":1,"jsonrpc":"2.0","method":"setPushEventSettings","params":{"status":1,"serviceType":"cef","serviceSettings":{"url":"`+front.URL+`"},"subscribeToEventTypes":{}}}`))
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth("demo", "")
	answer, err := http.DefaultClient.Do(r)
	if err != nil || answer.StatusCode != 200 {
		t.Fatal(answer, err)
	}
	answer.Body.Close()
	p.call("push", "sendTestPushEvent", `{"eventType":"task-status"}`)
	p.until("getPushEventStats", `"errorMessages":1},"error":{"configurationError":1,`)
}

func TestPushAllowTakesHosts(t *testing.T) {
	if _, err := New(Options{PushAllow: []string{"hook.example", "https://hook.example"}}); !errors.As(err, &UsageError{}) || !strings.Contains(err.Error(), `"https://hook.example" is no host`) {
		t.Error(err)
	}
}
