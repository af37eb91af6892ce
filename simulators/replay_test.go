package simulators

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/replay"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// mustBeSame plays a recording: every answer must be the same.
func mustBeSame(t testing.TB, data []byte, o ReplayOptions) *Replayed {
	t.Helper()
	done, err := Replay(data, o)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if d := done.Different; d != nil {
		file, _ := replay.Read(data) // which Replay has read
		entry, _ := json.Marshal(file.Entries[d.Number-1])
		t.Fatalf("%s\n%.3000s", d, entry)
	}
	return done
}

// Everything that the vendors' transcripts show can be played again.
func TestReplayOfTranscripts(t *testing.T) {
	answers := 0
	for _, file := range transcriptFiles(t, "*/*.http") {
		t.Run(strings.TrimPrefix(filepath.ToSlash(file), "../testdata/"), func(t *testing.T) {
			s := readTranscript(t, file).play(t, func(*block, *httptest.ResponseRecorder) {})
			for _, n := range s.tenants.All() {
				data, err := s.recording(n)
				if err != nil {
					t.Fatal(err)
				}
				done := mustBeSame(t, data, ReplayOptions{})
				if held, _ := n.Journal.Held(); done.Answers != held {
					t.Fatalf("%s: %d answers of %d", n.Name, done.Answers, held)
				}
				answers += done.Answers
			}
		})
	}
	if !t.Failed() && answers < 1000 {
		t.Errorf("only %d answers", answers)
	}
}

// recordeeOf is a recordee whose choices are always the first.
func recordeeOf(t testing.TB, s *Server, name string) *recordee {
	c := newRecordee(t, s, func(string, int) int { return 0 })
	c.name = name
	return c
}

// poll reads a task at SailPoint.
func (c *recordee) poll(id string) *httptest.ResponseRecorder {
	c.Helper()
	return c.ask("GET", "/sailpoint/v2025/task-status/"+id, http.Header{"Authorization": {"Bearer " + c.name}, "X-Sailpoint-Experimental": {"true"}}, "")
}

// What the options of the server say, and what the control API does, comes back
// from the file alone: neither the user's scenarios nor those options are there
// when it is played.
func TestReplayIsWhole(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"mine":  "extends: happy\noptions: {sailpoint: {refresh_token: false}}\n",
		"other": "extends: fails\nlimits: [{per: tenant, requests: 3, window: 1m}]\n",
	} {
		text = "version: 1\nname: " + name + "\n" + text
		if err := os.WriteFile(filepath.Join(dir, name+".yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	seed, started := int64(42), time.Date(2020, 2, 29, 12, 0, 0, 0, time.UTC)
	s, _ := testServer(t, Options{
		ScenariosDir: dir, Scenario: "mine", Seed: &seed, Clock: "x60", Profiles: []string{"sailpoint=observed"},
		Set: []string{"lifecycles.task.pending.after=1s"}, Contract: "report",
	})
	ctx := context.Background()
	own := int64(7)
	byHand, err := recordeeOf(t, s, "").control.NewTenant(ctx, api.NewTenant{
		Scenario: "other", Label: "byhand", Seed: &own, Clock: "skip", Start: &started, Secret: "of-its-own",
		Profiles: map[string]string{"sailpoint": sim.Documented, "cisco": sim.Observed}, Set: []string{"seed=3"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		o    ReplayOptions
		want []string
	}{
		{tenant.Demo, ReplayOptions{}, []string{`"seed": 42,`, `"mode": "x60"`, `"sailpoint": "observed"`, `"contract": "report"`, `pending: {after: \"1s\"`, "refresh_token: false"}},
		{"other~x", ReplayOptions{}, []string{`"seed": 42,`, `"mode": "x60"`, "requests: 3"}},
		{byHand.Name, ReplayOptions{Secret: "of-its-own"}, []string{`"seed": 7,`, `"mode": "skip"`, `"began": "2020-02-29T12:00:00Z"`, `"sailpoint": "documented"`, `"own_secret": true`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := recordeeOf(t, s, test.name)
			c.secret = cmp.Or(test.o.Secret, tenant.DefaultSecret)
			c.logIn()
			c.signed("GET", "/checkpoint/v1.0/auth", "", "")
			c.poll("id12345")
			if _, err := c.control.ReplaceScenario(ctx, c.name, api.Scenario{Scenario: "other"}); err != nil {
				t.Fatal(err)
			}
			for range 5 { // the limit of the other holds now
				c.poll("id12345")
			}
			if _, err := c.control.ReplaceScenario(ctx, c.name, api.Scenario{YAML: "version: 1\nname: inline\nextends: mine\nlimits: []\n"}); err != nil {
				t.Fatal(err)
			}
			if w := c.poll("id12345"); w.Code != http.StatusOK {
				t.Fatal(w.Code, w.Body)
			}
			data := c.recorded()
			for _, want := range test.want {
				if !strings.Contains(string(data), want) {
					t.Errorf("lacks %s:\n%.3000s", want, data)
				}
			}
			if strings.Contains(string(data), "of-its-own") {
				t.Error("tells the tenant's secret")
			}
			if done := mustBeSame(t, data, test.o); done.Answers != 11 {
				t.Errorf("%d answers", done.Answers)
			}
		})
	}
}

// A token that comes back in a header, in JSON, as a text or in a cookie, and
// that is sent in a header, a form, a query or a cookie, stands in the file as
// what the answer told; a secret of the client's own as its own.
func TestReplayRoles(t *testing.T) {
	s, source := testServer(t, Options{})
	c := recordeeOf(t, s, tenant.Demo)
	const own = "canary-of-the-client"
	form := "application/x-www-form-urlencoded"
	c.ask("POST", "/sailpoint/oauth/token", http.Header{"Content-Type": {form}}, "grant_type=client_credentials&client_id=demo&client_secret="+own)
	c.ask("POST", "/sailpoint/oauth/token", http.Header{"Content-Type": {form}}, "grant_type=refresh_token&client_id=demo&client_secret="+own+"&refresh_token="+c.tokens["sailpoint refresh"])
	c.ask("POST", "/sailpoint/oauth/token?grant_type=refresh_token&client_id=demo&client_secret="+own+"&refresh_token="+c.tokens["sailpoint refresh"], nil, "")
	c.ask("GET", "/sailpoint/beta/task-status/id12345", http.Header{"Authorization": {"Bearer " + c.tokens["sailpoint"]}}, "")
	c.ask("POST", "/checkpoint/auth/external", nil, `{"clientId":"demo","accessKey":"`+own+`"}`)
	c.ask("GET", "/checkpoint/app/hec-api/v1.0/task/1628077538799978", http.Header{"Authorization": {"Bearer " + c.tokens["checkpoint"]}, "X-Av-Req-Id": {"1"}}, "")
	c.signed("GET", "/checkpoint/v1.0/auth", "", "")
	c.signed("GET", "/checkpoint/v1.0/task/1628077538799978", c.tokens["legacy"], "")
	basic := http.Header{}
	sim.SetBasic(basic, "demo", own)
	c.ask("POST", "/cisco/api/fmc_platform/v1/auth/generatetoken", basic, "")
	tokens := http.Header{"X-Auth-Access-Token": {c.tokens["cisco"]}, "X-Auth-Refresh-Token": {c.tokens["cisco refresh"]}}
	c.ask("POST", "/cisco/api/fmc_platform/v1/auth/refreshtoken", tokens, "")
	c.ask("POST", "/dbvisit/api/login", nil, `{"UserName":"demo","Password":"`+own+`"}`)
	c.ask("POST", "/dbvisit/task/list", http.Header{"Cookie": {"lang=en; " + c.cookie}}, `{"params":{"configuration_id":1}}`)
	c.ask("POST", "/dbvisit/task/list", basic, `{"params":{"configuration_id":1}}`)
	sim.SetBasic(basic, "demo", "")
	c.ask("POST", "/bitdefender/api/v1.0/jsonrpc/network", basic, `{"id":1,"jsonrpc":"2.0","method":"getTaskStatus","params":{"taskId":"65f46d08c6d2865b32048ba3"}}`)
	if err := source.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	c.ask("GET", "/sailpoint/beta/task-status/id12345", http.Header{"Authorization": {"Bearer " + c.tokens["sailpoint"]}}, "")

	data := c.recorded()
	n, _ := s.tenants.Find(tenant.Demo)
	entries, _ := n.Journal.Entries(journal.Filter{}, 0)
	for i, e := range entries {
		if want := 200; e.Reply.Status/100*100 != want && i != len(entries)-1 {
			t.Errorf("entry %d: %s: %d %s", i+1, e.Request.Target, e.Reply.Status, e.Reply.Body)
		}
	}
	if last := entries[len(entries)-1]; last.Reply.Status != 401 {
		t.Errorf("the token that has ended: %d", last.Reply.Status)
	}
	for _, canary := range append(c.got, own, "ZGVtbzpjYW5hcnk") {
		if i := strings.Index(string(data), canary); i >= 0 {
			t.Errorf("%s stands in the file: ...%s", canary, data[max(0, i-100):i])
		}
	}
	var all strings.Builder
	file, err := replay.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range file.Entries {
		fmt.Fprintln(&all, e.Request.Target, e.Request.Header, e.Request.Body)
	}
	for _, want := range []string{
		"client_secret={{secret-1}}&refresh_token={{reply-1-2}}", "Bearer {{reply-3-1}}", `"accessKey":"{{secret-1}}"`, "{{reply-5-1}}",
		"{X-Av-Token {{reply-7-1}}}", "Basic {{base64 demo:{{secret-1}}}}", "{X-Auth-Access-Token {{reply-9-1}}} {X-Auth-Refresh-Token {{reply-9-2}}}",
		"lang={{secret-2}}; dbvisit-standby={{reply-11-1}}", "Basic {{base64 demo:}}",
	} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("lacks %s:\n%s", want, all.String())
		}
	}
	mustBeSame(t, data, ReplayOptions{})
}
