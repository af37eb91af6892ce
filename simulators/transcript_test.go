package simulators

import (
	"bytes"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// A transcript is a file testdata/<vendor>/*.http. Its first lines choose the
// server: "# scenario: slow", "# profile: observed", "# set: path=value",
// "# clock: skip", "# start: 2024-03-15T15:45:13Z". Then come blocks:
//
//	### at 6s 200 x100 what it shows
//	# shows: behaviour-name, another
//	GET /sailpoint/beta/task-status/id12345
//	Authorization: Bearer demo
//
//	(the body, if any)
//	---
//	(the exact response: headers, empty line, body)
//
// "at" is real time since the start, which the test owns; x100 sends the
// request a hundred times and shows the last answer. The status stands in the
// heading, so that -update cannot bless a wrong one.
var update = flag.Bool("update", false, "write the responses of transcripts anew; statuses stay")

// start is when a transcript begins unless it says otherwise.
var start = time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)

type transcript struct {
	file   string
	head   []string // comment lines and directives
	opts   Options
	start  time.Time
	blocks []*block
}

type block struct {
	line     int
	heading  string
	at       time.Duration
	status   int
	times    int
	comments []string
	request  string // raw, without the empty line that ends it
	response string
}

// shows are the behaviours that a block names.
func (b *block) shows() []string {
	var names []string
	for _, c := range b.comments {
		if list, ok := strings.CutPrefix(c, "# shows: "); ok {
			for _, name := range strings.Split(list, ",") {
				names = append(names, strings.TrimSpace(name))
			}
		}
	}
	return names
}

func readTranscript(t testing.TB, file string) *transcript {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	tr := &transcript{file: file, start: start}
	for i, part := range strings.Split("\n"+string(data), "\n### ") {
		if i == 0 {
			tr.readHead(t, strings.Trim(part, "\n"))
			continue
		}
		line := 1 + strings.Count(strings.Join(strings.Split("\n"+string(data), "\n### ")[:i], "\n### "), "\n")
		tr.blocks = append(tr.blocks, readBlock(t, file, line, part))
	}
	return tr
}

func (tr *transcript) readHead(t testing.TB, head string) {
	t.Helper()
	tr.head = strings.Split(head, "\n")
	for _, line := range tr.head {
		key, value, ok := strings.Cut(strings.TrimPrefix(line, "# "), ": ")
		if !ok {
			continue
		}
		switch key {
		case "scenario":
			tr.opts.Scenario = value
		case "file":
			tr.opts.File = filepath.Join(filepath.Dir(tr.file), value)
		case "profile":
			tr.opts.Profiles = append(tr.opts.Profiles, value)
		case "set":
			tr.opts.Set = append(tr.opts.Set, value)
		case "clock":
			tr.opts.Clock = value
		case "start":
			var err error
			if tr.start, err = time.Parse(time.RFC3339Nano, value); err != nil {
				t.Fatalf("%s: %v", tr.file, err)
			}
		}
	}
}

func readBlock(t testing.TB, file string, line int, text string) *block {
	t.Helper()
	heading, rest, _ := strings.Cut(text, "\n")
	b := &block{line: line, heading: heading, times: 1}
	words := strings.Fields(heading)
	if len(words) < 3 || words[0] != "at" {
		t.Fatalf("%s:%d: a heading is \"### at 6s 200 ...\", not %q", file, line, heading)
	}
	var err error
	if b.at, err = time.ParseDuration(words[1]); err != nil {
		t.Fatalf("%s:%d: %v", file, line, err)
	}
	if b.status, err = strconv.Atoi(words[2]); err != nil {
		t.Fatalf("%s:%d: %v", file, line, err)
	}
	if len(words) > 3 {
		if n, err := strconv.Atoi(strings.TrimPrefix(words[3], "x")); err == nil && words[3][0] == 'x' {
			b.times = n
		}
	}
	for strings.HasPrefix(rest, "#") {
		var comment string
		comment, rest, _ = strings.Cut(rest, "\n")
		b.comments = append(b.comments, comment)
	}
	b.request, b.response, _ = strings.Cut(rest, "\n---\n")
	b.response = strings.TrimRight(b.response, "\n")
	return b
}

// httpRequest builds the request of a block: a line "METHOD path", headers, an
// empty line and the body.
func (b *block) httpRequest() *http.Request {
	head, body, _ := strings.Cut(b.request, "\n\n")
	line, headers, _ := strings.Cut(head, "\n")
	method, target, _ := strings.Cut(line, " ")
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "127.0.0.1:7800"
	for h := range strings.SplitSeq(headers, "\n") {
		name, value, _ := strings.Cut(h, ":")
		switch value = strings.TrimSpace(value); name {
		case "":
		case "Host":
			r.Host = value
		default:
			r.Header.Add(name, value)
		}
	}
	return r
}

// show writes an answer as a transcript has it: without its id, which is beside
// every answer of a vendor.
func show(w *httptest.ResponseRecorder) string {
	var out bytes.Buffer
	names := make([]string, 0, len(w.Header()))
	for name := range w.Header() {
		if name != sim.RequestHeader {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range w.Header()[name] {
			fmt.Fprintf(&out, "%s: %s\n", name, value)
		}
	}
	fmt.Fprintf(&out, "\n%s", w.Body)
	return strings.TrimRight(out.String(), "\n")
}

// play sends every block and hands over its answer. It answers the server, which
// is closed.
func (tr *transcript) play(t *testing.T, each func(*block, *httptest.ResponseRecorder)) *Server {
	t.Helper()
	source := clock.NewManual(tr.start)
	o := tr.opts
	o.source = source
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, b := range tr.blocks {
		if err := source.Set(tr.start.Add(b.at)); err != nil {
			t.Fatalf("%s:%d: %v", tr.file, b.line, err)
		}
		var w *httptest.ResponseRecorder
		for range b.times {
			w = httptest.NewRecorder()
			s.ServeHTTP(w, b.httpRequest())
		}
		if w.Code != b.status {
			t.Errorf("%s:%d: status %d, want %d\n%s", tr.file, b.line, w.Code, b.status, show(w))
		}
		each(b, w)
	}
	return s
}

func (tr *transcript) write(t *testing.T) {
	t.Helper()
	var out bytes.Buffer
	out.WriteString(strings.Join(tr.head, "\n") + "\n")
	for _, b := range tr.blocks {
		fmt.Fprintf(&out, "\n### %s\n", b.heading)
		for _, c := range b.comments {
			out.WriteString(c + "\n")
		}
		fmt.Fprintf(&out, "%s\n---\n%s\n", strings.TrimRight(b.request, "\n"), b.response)
	}
	if err := os.WriteFile(tr.file, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// transcriptFiles are the transcripts of the vendors, with paths from here: those
// of the control API are played by its own package.
func transcriptFiles(t testing.TB, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.FromSlash("../testdata/" + pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts %s: %v", pattern, err)
	}
	return slices.DeleteFunc(files, func(file string) bool { return filepath.Base(filepath.Dir(file)) == "admin" })
}

func TestTranscripts(t *testing.T) {
	for _, file := range transcriptFiles(t, "*/*.http") {
		t.Run(strings.TrimPrefix(filepath.ToSlash(file), "../testdata/"), func(t *testing.T) {
			tr := readTranscript(t, file)
			tr.play(t, func(b *block, w *httptest.ResponseRecorder) {
				got := show(w)
				switch {
				case got == b.response:
				case *update && w.Code == b.status:
					b.response = got
				default:
					t.Errorf("%s:%d: ### %s\ngot:\n%s\nwant:\n%s", file, b.line, b.heading, got, b.response)
				}
			})
			if *update && !t.Failed() {
				tr.write(t)
			}
		})
	}
}
