package replay

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/journal"
)

var start = time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)

// secrets are those of a vendor such as there are.
func secrets(string) journal.Secrets {
	return journal.Secrets{
		Headers: []string{"X-Token", "X-Sig"}, Fields: []string{"password", "token"}, Names: []string{"user"}, Signatures: []string{"X-Sig"},
	}
}

func entry(number int64, method, target string, header http.Header, body string) *journal.Entry {
	at := start.Add(time.Duration(number) * time.Second)
	return &journal.Entry{
		ID: "demo." + string(rune('0'+number)), Number: number, Tenant: "demo", Vendor: "acme", At: at, Real: at,
		Request: journal.Request{Method: method, Scheme: "http", Host: "h", Target: target, Header: header, Body: []byte(body), Source: "192.0.2.1"},
		Reply:   journal.Reply{Status: 200},
	}
}

func record(t *testing.T, entries ...*journal.Entry) *File {
	t.Helper()
	j := journal.New(journal.NewBudget(1<<20), 100)
	for _, e := range entries {
		j.Add(e)
	}
	f := &File{
		Format: Format, Version: "v1", Tenant: "demo", Scenario: Scenario{"happy", "version: 1"}, Contract: "enforce",
		Clock: Clock{start, "real"}, Profiles: map[string]string{},
	}
	if err := f.Record(j, secrets); err != nil {
		t.Fatal(err)
	}
	return f
}

// What a client sent comes back as it was sent, but for its own secrets, whose
// place and type alone matter.
func TestReplayedRequests(t *testing.T) {
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("demo:pa:ss}}"))
	for _, test := range []struct {
		name, contentType, target, body string
		header                          [2]string
		wantBody, wantTarget            string
		wantHeader                      string
	}{
		{name: "nothing to hide", target: "/acme/a%2Fb?x=%ff&y", body: ` {"a" : 1.0, "b":"&<"} `},
		{name: "JSON", body: `{"password":"p","user":"demo","x":{"Token":"t"}}`, wantBody: `{"password":"secret-1","user":"demo","x":{"Token":"secret-2"}}`},
		{name: "what is refused", body: `{"password":"wrong"}`},
		{name: "an empty secret", body: `{"password":""}`},
		{name: "no text", body: `{"password":123456,"token":{"a":"b"},"x":{"token":[1]},"y":{"token":true},"z":{"token":null},"user":7}`,
			wantBody: `{"password":0,"token":{},"x":{"token":[]},"y":{"token":true},"z":{"token":null},"user":0}`},
		{name: "a text alone", body: `"p"`, wantBody: `"secret-1"`},
		{name: "a long number alone", body: `123456789012345678901234567890`, wantBody: `0`},
		{name: "a number alone", body: `5`},
		{name: "a form", contentType: "application/x-www-form-urlencoded", body: "user=demo&password=a%26b&x=%20+", wantBody: "user=demo&password=secret-1&x=%20+"},
		{name: "JSON as a form", contentType: "application/x-www-form-urlencoded", body: `{"password":"p"}`, wantBody: `{"password":"secret-1"}`},
		{name: "a query", target: "/acme?user=demo&token=t&b=%2F", wantTarget: "/acme?user=demo&token=secret-1&b=%2F"},
		{name: "parts", contentType: "multipart/form-data; boundary=x",
			body:     "--x\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\np&q\r\n--x--\r\n",
			wantBody: "--x\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nsecret-1\r\n--x--\r\n"},
		{name: "parts without a secret stay to the byte", contentType: "multipart/form-data; boundary=x",
			body: "before\r\n--x\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\np\r\n--x--\r\nafter"},
		{name: "what cannot be read", body: `{"password":"p"`, wantBody: "secret-1"},
		{name: "Basic", header: [2]string{"Authorization", basic}, wantHeader: "Basic " + base64.StdEncoding.EncodeToString([]byte("demo:secret-1"))},
		{name: "Bearer", header: [2]string{"Authorization", "Bearer t"}, wantHeader: "Bearer secret-1"},
		{name: "the tenant as Bearer", header: [2]string{"Authorization", "Bearer demo"}},
		{name: "a cookie", header: [2]string{"Cookie", `a=b; c="d"`}, wantHeader: "a=secret-1; c=secret-2"},
		{name: "a signature", header: [2]string{"X-Sig", "0123456789abcdef"}},
		{name: "a role of the client's own", target: "/acme?q={{secret-1}}", body: `{"password":"p","x":"{{reply-1-1}} {{base64 a:b}}"}`,
			wantBody: `{"password":"secret-1","x":"{{reply-1-1}} {{base64 a:b}}"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.target == "" {
				test.target = "/acme"
			}
			header := http.Header{"Accept": {"a", "b"}}
			if test.contentType != "" {
				header.Set("Content-Type", test.contentType)
			}
			if test.header[0] != "" {
				header.Set(test.header[0], test.header[1])
			}
			f := record(t, entry(1, "POST", test.target, header, test.body))
			r, err := NewRoles("demo", f.Mark, secrets).Request(f.Entries[0].Request)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(r.Body) // of memory
			for _, part := range [][3]string{
				{"target", r.RequestURI, or(test.wantTarget, test.target)},
				{"body", string(body), or(test.wantBody, test.body)},
				{"header", r.Header.Get(test.header[0]), or(test.wantHeader, test.header[1])},
				{"lines", strings.Join(r.Header["Accept"], " "), "a b"},
			} {
				if part[1] != part[2] {
					t.Errorf("%s: got  %q\nwant %q", part[0], part[1], part[2])
				}
			}
		})
	}
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// A body that was read as a form is one, whatever its type says; a body that was
// not whole is not whole again.
func TestReplayedBodies(t *testing.T) {
	form := entry(1, "POST", "/acme", http.Header{"Content-Type": {"application/json"}}, "user=demo&password=p")
	form.Request.Form = true
	large, broken := entry(2, "POST", "/acme", nil, "xx"), entry(3, "POST", "/acme", nil, "xx")
	large.Request.Rest, broken.Request.Rest = journal.TooMuch, journal.Broken
	f := record(t, form, large, broken)
	if got := f.Entries[0].Request.Body; got != "user=demo&password={{secret-1}}" {
		t.Error(got)
	}
	roles := NewRoles("demo", "", secrets)
	for i, read := range []func(io.Reader) error{
		1: func(body io.Reader) error {
			n, err := io.Copy(io.Discard, io.LimitReader(body, 1<<20))
			if n != 1<<20 {
				t.Error(n)
			}
			return err
		},
		2: func(body io.Reader) error {
			if _, err := io.ReadAll(body); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Error(err)
			}
			return nil
		},
	} {
		if read == nil {
			continue
		}
		r, err := roles.Request(f.Entries[i].Request)
		if err == nil {
			err = read(r.Body)
		}
		if err != nil {
			t.Error(err)
		}
	}
}

// Entries stand by their number, whenever they were answered and whenever they
// began; what follows a number that is not there yet is left out.
func TestReplayOrder(t *testing.T) {
	late, early := entry(2, "GET", "/2", nil, ""), entry(1, "GET", "/1", nil, "")
	late.Real = start.Add(-time.Hour)
	f := record(t, late, entry(4, "GET", "/4", nil, ""), early)
	if len(f.Entries) != 2 || f.Entries[0].ID != "demo.1" || f.Entries[1].ID != "demo.2" {
		t.Errorf("%+v", f.Entries)
	}
}

func TestReplayOfALossyJournal(t *testing.T) {
	j := journal.New(journal.NewBudget(1<<20), 2)
	for n := range int64(3) {
		j.Add(entry(n+1, "GET", "/", nil, ""))
	}
	if err := new(File).Record(j, secrets); !errors.Is(err, ErrLost) || !strings.Contains(err.Error(), "1 of them") {
		t.Error(err)
	}
}

// A control call that brought a scenario holds its text, and no name that means
// something only where it was recorded.
func TestReplayedControl(t *testing.T) {
	brought := &journal.Entry{ID: "demo.1", Number: 1, At: start, Real: start, Control: &journal.Control{
		Method: "PUT", Path: "/scenario", Body: []byte(`{"scenario":"mine"}`), Status: 200, Scenario: "mine", YAML: "version: 1",
	}}
	other := &journal.Entry{ID: "demo.2", Number: 2, At: start, Real: start, Control: &journal.Control{Method: "POST", Path: "/clock/advance", Body: []byte(`{"by":"1s"}`), Status: 200}}
	f := record(t, brought, other)
	if c := f.Entries[0].Control; c.Body != nil || *c.Scenario != (Scenario{"mine", "version: 1"}) {
		t.Errorf("%+v", c)
	}
	if c := f.Entries[1].Control; string(c.Body) != `{"by":"1s"}` || c.Scenario != nil {
		t.Errorf("%+v", c)
	}
	data, err := f.Write()
	if err != nil {
		t.Fatal(err)
	}
	if read, err := Read(data); err != nil || read.Edited() {
		t.Error(err)
	}
	if _, err := Read([]byte(strings.Replace(string(data), `"scenario": {
     "name": "mine",
     "yaml": "version: 1"
    }`, `"body": {}`, 1))); err == nil || !strings.Contains(err.Error(), `the call lacks the "scenario" that it brought`) {
		t.Error(err)
	}
}

// The digest tells of each part of an answer, but for what a player cannot know.
func TestReplayDigest(t *testing.T) {
	of := func(status int, body string, header ...string) string {
		h := http.Header{}
		for i := 0; i < len(header); i += 2 {
			h[header[i]] = append(h[header[i]], header[i+1])
		}
		return Digest(status, h, []byte(body))
	}
	same := of(200, `{"url":"https://u:p@h/"}`, "A", "1", "B", "2")
	for _, d := range []string{of(200, `{"url":"https://secret-1@h/"}`, "B", "2", "A", "1"), of(200, `{"url":"https://@h/"}`, "A", "1", "B", "2", "Connection", "close")} {
		if d != same {
			t.Error("differs")
		}
	}
	for i, d := range []string{
		of(201, `{"url":"https://u:p@h/"}`, "A", "1", "B", "2"), of(200, `{"url":"https://u:p@i/"}`, "A", "1", "B", "2"),
		of(200, `{"url":"https://u:p@h/"}`, "a", "1", "B", "2"), of(200, `{"url":"https://u:p@h/"}`, "A", "1", "A", "1", "B", "2"), of(200, `{"url":"https://u:p@h/"}`, "A", "1"),
	} {
		if d == same {
			t.Errorf("%d: the same", i)
		}
	}
}
