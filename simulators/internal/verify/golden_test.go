package verify

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

var update = flag.Bool("update", false, "write the golden reports anew")

// aDay is a client's day with something for every line.
func aDay(t testing.TB) *Report {
	at := func(line int) scenarios.Position {
		return scenarios.Position{File: "team.yaml", Line: line, Col: 5}
	}
	r := judged([]scenarios.Expect{
		{Call: "pollTask", Per: "task", MinGap: time.Second, Max: 40, At: at(12)},
		{RetryAfter: "respected", At: at(13)},
		{NoCallsAfter: "end", Grace: 1, At: at(14)},
		{EveryTask: "seen_end", Within: 10 * time.Minute, At: at(15)},
		{Tokens: "refreshed_in_time", At: at(16)},
		{Pages: "read_to_last", At: at(17)},
		{Submissions: "no_duplicates", Vendor: "acme", At: at(18)},
		{Tokens: "refreshed_in_time", Vendor: "bolt", At: at(20)},
		{Call: "poll", Vendor: "bolt", MinGap: 1500 * time.Millisecond, At: at(21)},
		{Call: "poll", MaxErrors: new(3), Sends: "params.detail=full", At: at(22)},
		{Retried: "every_refusal", At: at(23)},
		{Tokens: "refreshed_in_time", Margin: 29*time.Minute + 58*time.Second, At: at(24)},
	}, read(t, `
		0s    login gives=1/30m
		1s    start id12345 body=1 sends=1
		2s    poll id12345 sends=1
		2.4s  poll id12345 sends=1
		3s    poll id12345 sends=1 limit=7 wait=5/7
		6s    poll id12345 sends=1 limit=7
		14s   poll id12345* sends=1 limit=7 field=verbose field=<script>&"x"
		20s   poll id12345* sends=1 limit=7
		21s   poll ?né\x1b sends=1
		30s   list id12345*,id9 page=0/2 more
		31s   poll b1 vendor=bolt frozen
		31s   poll b1 vendor=bolt frozen
		40s   start id77 body=2 lost done fault=lost-reply
		41s   start id78 body=2
		50s   poll ?id9 status=503 fault=brownout
		51s   poll ?id9 status=503 fault=brownout
		53s   poll ?id9 status=503 fault=brownout
		57s   poll id9* sent=params.detail/full
		60s   list status=429 wait=20/7
	`), after(12*time.Minute))
	r.Tenant, r.Scenario = "rough~a", "rough"
	return r
}

func TestGolden(t *testing.T) {
	for name, write := range map[string]func(*Report, io.Writer) error{
		"report.txt": (*Report).Text,
		"report.xml": (*Report).JUnit,
	} {
		var got bytes.Buffer
		if err := write(aDay(t), &got); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got.String() != string(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got.String(), want)
		}
	}
}

// What a file is called and what a client sends can neither break the XML nor
// reach a terminal as it is.
func TestHostileNames(t *testing.T) {
	hostile := "a\x1b[2J\x00\n<&]]>\"é\u202e\xff\ttab"
	var calls []Observation
	for _, c := range read(t, `
		0s poll t
		0s poll t
		0s start t
		0s start t`) {
		if len(c.Tasks) > 0 {
			c.Tasks[0].ID = hostile
		}
		c.Body, c.Asked, c.Unknown = 1, hostile, []string{hostile}
		calls = append(calls, c)
	}
	r := judged([]scenarios.Expect{
		{Call: "poll", MinGap: time.Second, Max: 1, At: scenarios.Position{File: hostile}},
		{Submissions: "no_duplicates"}, {UnknownFields: "none"}, {EveryTask: "seen_end"},
	}, calls, after(0))
	r.Tenant, r.Scenario = hostile, hostile
	var text, junit bytes.Buffer
	if err := errors.Join(r.Text(&text), r.JUnit(&junit)); err != nil {
		t.Fatal(err)
	}
	for _, c := range text.String() {
		if c != '\n' && (c < ' ' || c > '~') {
			t.Fatalf("the text holds %q:\n%s", c, text.String())
		}
	}
	if lines := strings.Count(text.String(), "\n"); lines != 1+1+5+1+11+1+1 {
		t.Errorf("%d lines:\n%s", lines, text.String())
	}
	var parsed junitSuites
	if err := xml.Unmarshal(junit.Bytes(), &parsed); err != nil {
		t.Fatalf("%v in\n%s", err, junit.String())
	}
	if s := parsed.Suite; s.Tests != 4 || len(s.Cases) != 4 || s.Failures != 3 || s.Errors != 1 {
		t.Errorf("%d tests, %d cases, %d failures, %d errors", s.Tests, len(s.Cases), s.Failures, s.Errors)
	}
}

// fullDisk takes n bytes.
type fullDisk struct{ n int }

var errFull = errors.New("full")

func (f *fullDisk) Write(b []byte) (int, error) {
	if f.n -= len(b); f.n < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestWriteErrorsAreTold(t *testing.T) {
	r := aDay(t)
	for _, room := range []int{0, 10, 100, 1000} {
		if err := r.Text(&fullDisk{room}); !errors.Is(err, errFull) {
			t.Errorf("text with room for %d: %v", room, err)
		}
		if err := r.JUnit(&fullDisk{room}); !errors.Is(err, errFull) {
			t.Errorf("JUnit with room for %d: %v", room, err)
		}
	}
}
