package simulators

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/replay"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// A file that is no recording is refused in words that say where to look.
func TestReplayOfBadFiles(t *testing.T) {
	file := recordedPolls(t, Options{})
	good, err := file.Write()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, old, new, want string }{
		{"no JSON", `{`, `<`, "not a replay file: invalid character"},
		{"no object", string(good), `[1]`, "not a replay file: json: cannot unmarshal array"},
		{"nothing", string(good), ``, "not a replay file: unexpected end"},
		{"something else", string(good), `{"openapi": "3.0.3"}`, `not a replay file: it lacks "vendorsim_replay"`},
		{"a later form", `"vendorsim_replay": 1`, `"vendorsim_replay": 2`, "the file has form 2, written by vendorsim (devel); this one reads form 1"},
		{"something after it", "]\n}\n", "]\n}\n{}", "not a replay file: invalid character '{' after top-level value"},
		{"an unknown member", `"seed":`, `"sede": 1, "seed":`, `not a replay file: json: unknown field "sede"`},
		{"an unknown member of an entry", `"took":`, `"tok": "", "took":`, `json: unknown field "tok"`},
		{"no tenant", `"tenant": "demo"`, `"tenant": ""`, `the file lacks "tenant", or a part of it`},
		{"no scenario", `"name": "happy"`, `"name": ""`, `the file lacks "scenario", or a part of it`},
		{"no clock", `"mode": "real"`, `"mode": ""`, `the file lacks "clock", or a part of it`},
		{"a clock of another kind", `"mode": "real"`, `"mode": "fast"`, `its clock: `},
		{"another contract", `"contract": "enforce"`, `"contract": "strict"`, `contract "strict" is none of enforce, report, off`},
		{"a tenant's name", `"tenant": "demo"`, `"tenant": "wrong"`, `tenant "wrong": is no name that a tenant can be made with`},
		{"a mark", `"digest":`, `"mark": "x", "digest":`, `mark "x" is no mark`},
		{"the scenario's text", `version: 1\nname`, `version: 9\nname`, "the recorded scenario does not hold here: scenario happy:"},
		{"no instant", `"at": "2026-01-15T09:00:02Z"`, `"at": "0001-01-01T00:00:00Z"`, `entry 2 (demo.2): it lacks "at" or "real"`},
		{"no such day", `"at": "2026-01-15T09:00:02Z"`, `"at": "2026-02-30T09:00:02Z"`, "not a replay file: parsing time"},
		{"time goes back", `"at": "2026-01-15T09:00:02Z"`, `"at": "2026-01-15T08:59:59Z"`, `entry 2 (demo.2): "at" is before that of the entry above it: a tenant's clock never goes back`},
		{"before it began", `"began": "2026-01-15T09:00:00Z"`, `"began": "2026-01-15T09:00:01Z"`, `entry 1 (demo.1): "at" is before the beginning of the clock`},
		{"a length of time", `"took": "0s"`, `"took": "soon"`, `time: invalid duration`},
		{"a negative length of time", `"lived": "0s"`, `"lived": "-1s"`, `"-1s" is negative`},
		{"no id", `"id": "demo.1"`, `"id": ""`, `entry 1 (): it lacks "id"`},
		{"no request", `"request"`, `"request": null, "reply": null, "control"`, `json: unknown field "scheme"`},
		{"a method", `"method": "GET"`, `"method": "G T"`, `entry 1 (demo.1): net/http: invalid method "G T"`},
		{"a scheme", `"scheme": "http"`, `"scheme": "ftp"`, `entry 1 (demo.1): scheme "ftp" is neither http nor https`},
		{"a target", `"target": "/sailpoint`, `"target": "sailpoint`, `entry 1 (demo.1): target is no path`},
		{"a path", `"target": "/sailpoint`, `"target": "/%zz`, `entry 1 (demo.1): parse "/%zz`},
		{"a rest", `"source"`, `"rest": "x", "source"`, `entry 1 (demo.1): rest "x" is neither "too much" nor "broken"`},
		{"a control call that ends the tenant", `"path": "/clock/advance"`, `"path": "/reset"`, `entry 4 (demo.4): POST /reset is no call that changes a tenant`},
		{"a control call beside the tenant", `"path": "/clock/advance"`, `"path": "/tasks/../../other"`, "is no call that changes a tenant"},
	} {
		t.Run(test.name, func(t *testing.T) {
			data := strings.Replace(string(good), test.old, test.new, 1)
			if data == string(good) {
				t.Fatalf("the file has no %s", test.old)
			}
			if done, err := Replay([]byte(data), ReplayOptions{}); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v %v\nwant %s", done, err, test.want)
			}
		})
	}
}

// FuzzReplay changes a recording anywhere: it is refused, or played to its end or
// to a difference that has words.
func FuzzReplay(f *testing.F) {
	s, err := New(Options{source: clock.NewManual(start), dry: true})
	if err != nil {
		f.Fatal(err)
	}
	defer s.Close()
	luck := uint32(7)
	c := newRecordee(f, s, func(_ string, n int) int {
		luck = luck*1664525 + 1013904223
		return int(luck>>8) % n
	})
	c.name = tenant.Demo
	for range 12 {
		c.step()
	}
	if _, err := c.control.ReplaceScenario(context.Background(), c.name, api.Scenario{Scenario: "polls"}); err != nil {
		f.Fatal(err)
	}
	c.poll("id12345")
	whole := c.recorded()
	if len(whole) > 64<<10 {
		f.Fatalf("a seed of %d bytes is slow", len(whole))
	}
	for _, at := range []int{0, 20, 60, 200, len(whole) / 2, len(whole) - 30} {
		f.Add(at, 1, "2")
		f.Add(at, 10, "")
		f.Add(at, 0, `"x": null, `)
	}
	for _, key := range []string{`"at": "2`, `"lived": "`, `"status": `, `"target": "/`, `"body": "`, `"control": {`, `"yaml": "`, `"seed": `, `"real": "2`} {
		f.Add(bytes.Index(whole, []byte(key))+len(key), 1, "9")
	}
	f.Fuzz(func(t *testing.T, at, cut int, put string) {
		if at < 0 || at > len(whole) || cut < 0 || cut > len(whole)-at || len(put) > 1000 {
			return
		}
		data := append(append(append([]byte(nil), whole[:at]...), put...), whole[at+cut:]...)
		done, err := Replay(data, ReplayOptions{})
		if err == nil && done.Different != nil && (done.Different.What == "" || done.Different.Why == "") {
			t.Errorf("a difference without words: %+v", done.Different)
		}
	})
}

// BenchmarkReplay exports and plays a long journal.
func BenchmarkReplay(b *testing.B) {
	s, err := New(Options{Set: []string{"limits=[]"}, source: newDrift(1000)})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	c := recordeeOf(b, s, tenant.Demo)
	const entries = 4_000
	for i := range entries {
		c.poll([]string{"id12345", "none"}[i%2])
	}
	data := c.recorded()
	b.Run("export", func(b *testing.B) {
		for b.Loop() {
			c.recorded()
		}
		b.SetBytes(int64(len(data)))
	})
	b.Run("play", func(b *testing.B) {
		for b.Loop() {
			if done := mustBeSame(b, data, ReplayOptions{}); done.Answers != entries {
				b.Fatal(done)
			}
		}
	})
}

// What differs at the end of a long recording is still found at once.
func TestReplayOfALongRecording(t *testing.T) {
	s, source := testServer(t, Options{Set: []string{"limits=[]"}})
	c := recordeeOf(t, s, tenant.Demo)
	for i := range 4_000 {
		if err := source.Advance(1000); err != nil {
			t.Fatal(err)
		}
		c.ask("GET", "/sailpoint/v2025/task-status/id12345", http.Header{"Authorization": {"Bearer demo"}, "X-N": {fmt.Sprint(i)}}, "")
	}
	file, err := replay.Read(c.recorded())
	if err != nil {
		t.Fatal(err)
	}
	last := &file.Entries[len(file.Entries)-1]
	last.Reply.Digest = ""
	data, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	done, err := Replay(data, ReplayOptions{})
	if err != nil || done.Answers != 3_999 || done.Different == nil || done.Different.ID != "demo.4000" {
		t.Errorf("%+v %v", done, err)
	}
}
