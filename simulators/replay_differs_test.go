package simulators

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/replay"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// recordedPolls is a recording of six polls and a control call.
func recordedPolls(t testing.TB, o Options) *replay.File {
	t.Helper()
	s, source := testServer(t, o)
	c := recordeeOf(t, s, tenant.Demo)
	for i := range 6 {
		c.poll("id12345")
		if i == 2 {
			if _, err := c.control.Advance(context.Background(), c.name, api.Advance{By: "1m"}); err != nil {
				t.Fatal(err)
			}
		}
		if err := source.Advance(2 * time.Second); err != nil {
			t.Fatal(err)
		}
	}
	file, err := replay.Read(c.recorded())
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// What differs is named with all that may have led to it.
func TestReplayDifferences(t *testing.T) {
	const edited = "the file was changed since it was written"
	for _, test := range []struct {
		name   string
		o      Options
		play   ReplayOptions
		change func(*replay.File)
		sealed bool // the change is none that the file's digest tells of
		want   string
	}{
		{name: "a digest", change: func(f *replay.File) { f.Entries[1].Reply.Digest = "0" },
			want: "entry 2 (demo.2) differs: GET /sailpoint/v2025/task-status/id12345 has the same status, tasks and length, but its header or body is another; " + edited},
		{name: "a status", change: func(f *replay.File) { f.Entries[1].Reply.Status = 404 },
			want: "entry 2 (demo.2) differs: GET /sailpoint/v2025/task-status/id12345 was answered 404 then and is 200 now; " + edited},
		{name: "the scenario", change: func(f *replay.File) { f.Scenario.YAML = strings.Replace(f.Scenario.YAML, "after: 3s", "after: 1s", 1) },
			want: "entry 2 (demo.2) differs: GET /sailpoint/v2025/task-status/id12345 showed task id12345 as pending then and shows task id12345 as running now; " + edited},
		{name: "another version", sealed: true, change: func(f *replay.File) { f.Version, f.Entries[0].Reply.Digest = "v0.0.1", "0" },
			want: "but its header or body is another; vendorsim v0.0.1 recorded it and this is "},
		{name: "a request", change: func(f *replay.File) { f.Entries[0].Request.Header = nil },
			want: "entry 1 (demo.1) differs: GET /sailpoint/v2025/task-status/id12345 was this tenant's then, answered 200, and is nobody's now: 401; " + edited},
		{name: "an entry less", change: func(f *replay.File) { f.Entries = append(f.Entries[:1], f.Entries[2:]...) },
			want: "entry 2 (demo.3) differs: GET /sailpoint/v2025/task-status/id12345 has the id demo.3 then and demo.2 now; before entry 2 an entry is missing, or they are not in their order; " + edited},
		{name: "a control call", change: func(f *replay.File) { f.Entries[3].Control.Body = json.RawMessage(`{"by":"10m"}`) },
			want: "entry 5 (demo.5) differs: it came at 2026-01-15T09:01:06Z, and the tenant's clock has gone further by then: to 2026-01-15T09:10:04Z; " + edited},
		{name: "a control call that fails", change: func(f *replay.File) { f.Entries[3].Control.Body = json.RawMessage(`{"by":"-1s"}`) },
			want: "entry 4 (demo.4) differs: POST /clock/advance was answered 200 then and is 422 now ("},
		{name: "a path", change: func(f *replay.File) { f.Entries[2].Reply.Tasks = nil; f.Entries[2].Reply.Digest = "" },
			want: "showed 0 tasks then and shows 1 now; " + edited},
		{name: "a length", change: func(f *replay.File) { f.Entries[2].Reply.Length--; f.Entries[2].Reply.Digest = "" },
			want: "bytes then and has one of"},
		{name: "fixtures of its own", o: Options{FixturesDir: ownFixtures(t)}, sealed: true, change: func(f *replay.File) { f.Entries[0].Reply.Digest = "" },
			want: "it was recorded with fixtures of its own: give them with --fixtures"},
		{name: "a secret too much", play: ReplayOptions{Secret: "x"}, sealed: true, change: func(f *replay.File) { f.Tenant = "happy~x"; f.OwnSecret = false },
			want: "the tenant had no secret of its own, and one is given"},
		{name: "overlapping", o: Options{Scenario: "polls"}, sealed: true, change: func(f *replay.File) {
			// As if the second and the third had overlapped, and the later one had read first.
			f.Entries[1].Took, f.Entries[1].Reply, f.Entries[2].Reply = replay.Length(time.Minute), f.Entries[2].Reply, f.Entries[1].Reply
		}, want: "showed task id12345 as running then and shows task id12345 as pending now; it overlapped with another, and what both changed may have come in the other order"},
		{name: "nothing", sealed: true, change: func(f *replay.File) { f.Entries[5].Reply.Digest = "" }, want: "; nothing in the file tells why"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := recordedPolls(t, test.o)
			digest := f.Digest
			test.change(f)
			data, err := f.Write()
			if err != nil {
				t.Fatal(err)
			}
			if !test.sealed {
				data = []byte(strings.Replace(string(data), f.Digest, digest, 1))
			}
			done, err := Replay(data, test.play)
			if err != nil {
				t.Fatal(err)
			}
			if done.Different == nil {
				t.Fatal("nothing differs")
			}
			if got := done.Different.String(); !strings.Contains(got, test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if done.Answers != done.Different.Number-1 {
				t.Errorf("%d answers the same", done.Answers)
			}
		})
	}
}

// Push events are taken to have arrived, and nothing is sent.
func TestReplayPushesNothing(t *testing.T) {
	pushed := make(chan struct{}, 100)
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { pushed <- struct{}{} }))
	defer receiver.Close()
	s, source := testServer(t, Options{})
	c := recordeeOf(t, s, tenant.Demo)
	header := http.Header{}
	sim.SetBasic(header, c.name, "")
	call := func(method, params string) {
		w := c.ask("POST", "/bitdefender/api/v1.0/jsonrpc/push", header, `{"id":1,"jsonrpc":"2.0","method":"`+method+`","params":`+params+`}`)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "result") {
			t.Fatal(w.Code, w.Body)
		}
	}
	call("setPushEventSettings", `{"status":1,"serviceType":"jsonRPC","serviceSettings":{"url":"`+receiver.URL+`","requireValidSslCertificate":false},"subscribeToEventTypes":{"task-status":true}}`)
	call("sendTestPushEvent", `{"eventType":"task-status"}`)
	n, _ := s.tenants.Find(tenant.Demo)
	settle := func() {
		n.Wake()
		n.Settle()
		if err := s.push.Drained(context.Background(), n); err != nil {
			t.Fatal(err)
		}
	}
	if err := source.Advance(time.Minute); err != nil {
		t.Fatal(err)
	}
	settle()
	call("getPushEventStats", `{}`)
	arrived := len(pushed)
	if arrived < 2 {
		t.Fatalf("%d events", arrived)
	}
	mustBeSame(t, c.recorded(), ReplayOptions{})
	if len(pushed) != arrived {
		t.Errorf("%d events were pushed while it was played", len(pushed)-arrived)
	}
}

// ownFixtures is a folder with one source, whose name tasks show.
func ownFixtures(t testing.TB) string {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "sources.yaml"), []byte("- {name: Of My Own}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}
