package admin

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
)

var update = flag.Bool("update", false, "write the responses of transcripts anew; statuses stay")

// transcript is a file of testdata/admin, in the form of the vendors' transcripts.
// Its first lines choose the server: "# set: path=value" in the scenario that is
// served, "# token: x", "# host: a further name". A path that begins with a
// vendor's name is a client's request of that vendor; any other is of the control
// API, whose Content-Type stands in full: it is part of what is shown.
type transcript struct {
	file, head string
	blocks     []*block
}

type block struct {
	heading  string // "at 6s 200 what it shows"
	at       time.Duration
	status   int
	request  string
	response string
}

func readTranscript(t testing.TB, file string) *transcript {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split("\n"+string(data), "\n### ")
	tr := &transcript{file: file, head: strings.Trim(parts[0], "\n")}
	for _, part := range parts[1:] {
		heading, rest, _ := strings.Cut(part, "\n")
		b := &block{heading: heading}
		words := strings.Fields(heading)
		if len(words) < 3 || words[0] != "at" {
			t.Fatalf("%s: a heading is \"### at 6s 200 ...\", not %q", file, heading)
		}
		if b.at, err = time.ParseDuration(words[1]); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if b.status, err = strconv.Atoi(words[2]); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		b.request, b.response, _ = strings.Cut(rest, "\n---\n")
		b.response = strings.TrimRight(b.response, "\n")
		tr.blocks = append(tr.blocks, b)
	}
	return tr
}

// rig is the server that the head asks for.
func (tr *transcript) rig(t *testing.T) *rig {
	t.Helper()
	var sets, hosts []string
	token := ""
	for line := range strings.SplitSeq(tr.head, "\n") {
		key, value, _ := strings.Cut(strings.TrimPrefix(line, "# "), ": ")
		switch key {
		case "set":
			sets = append(sets, value)
		case "host":
			hosts = append(hosts, value)
		case "token":
			token = value
		}
	}
	return newRig(t, func(o *Options) { o.Hosts, o.Token = hosts, token }, sets...)
}

func (b *block) httpRequest() *http.Request {
	head, body, _ := strings.Cut(b.request, "\n\n")
	line, headers, _ := strings.Cut(head, "\n")
	method, target, _ := strings.Cut(line, " ")
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "127.0.0.1:7801"
	for h := range strings.SplitSeq(headers, "\n") {
		switch name, value, _ := strings.Cut(h, ": "); name {
		case "":
		case "Host":
			r.Host = value
		default:
			r.Header.Add(name, value)
		}
	}
	return r
}

// show writes an answer as a transcript has it.
func show(w *httptest.ResponseRecorder) string {
	var out strings.Builder
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for name := range w.Header() {
			if !yield(name) {
				return
			}
		}
	}) {
		for _, value := range w.Header()[name] {
			fmt.Fprintf(&out, "%s: %s\n", name, value)
		}
	}
	fmt.Fprintf(&out, "\n%s", w.Body)
	return strings.TrimRight(out.String(), "\n")
}

func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(transcripts, "*.http"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			tr := readTranscript(t, file)
			g := tr.rig(t)
			for _, b := range tr.blocks {
				if err := g.source.Set(start.Add(b.at)); err != nil {
					t.Fatalf("%s: ### %s: %v", file, b.heading, err)
				}
				w := httptest.NewRecorder()
				g.ServeHTTP(w, b.httpRequest())
				got := show(w)
				switch {
				case w.Code != b.status:
					t.Errorf("%s: ### %s\nstatus %d, want %d\n%s", file, b.heading, w.Code, b.status, got)
				case *update:
					b.response = got
				case got != b.response:
					t.Errorf("%s: ### %s\ngot:\n%s\nwant:\n%s", file, b.heading, got, b.response)
				}
				if w.Code >= 500 {
					t.Errorf("logged: %s", g.logged())
				}
			}
			if *update && !t.Failed() {
				tr.write(t)
			}
		})
	}
}

func (tr *transcript) write(t *testing.T) {
	t.Helper()
	var out bytes.Buffer
	out.WriteString(tr.head + "\n")
	for _, b := range tr.blocks {
		fmt.Fprintf(&out, "\n### %s\n%s\n---\n%s\n", b.heading, strings.TrimRight(b.request, "\n"), b.response)
	}
	if err := os.WriteFile(tr.file, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
