// Package replay is a recording of one tenant: what it was made of, and every
// request and control call with the instants at which they came. Credentials
// stand in it by role, never by value. It must not know how anything is
// answered; package simulators plays it.
package replay

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/journal"
)

// Format is the version of the file's form.
const Format = 1

// File is one recording.
type File struct {
	Format   int               `json:"vendorsim_replay"`
	Version  string            `json:"version"` // of the vendorsim that recorded it
	Tenant   string            `json:"tenant"`
	Scenario Scenario          `json:"scenario"` // the one with which the tenant began
	Seed     int64             `json:"seed"`
	Profiles map[string]string `json:"profiles"` // by vendor
	Contract string            `json:"contract"`
	Clock    Clock             `json:"clock"`

	SilentFaults bool `json:"silent_faults,omitempty"` // answers did not say which faults fired

	// OwnSecret and OwnFixtures say that something belongs to it which is not in
	// the file: a secret, and a folder of fixtures.
	OwnSecret   bool `json:"own_secret,omitempty"`
	OwnFixtures bool `json:"own_fixtures,omitempty"`

	Mark    string  `json:"mark,omitempty"` // in every role, so that it is nothing that a client sent
	Digest  string  `json:"digest"`         // SHA-256 of everything else here
	Entries []Entry `json:"entries"`
}

// Scenario is a scenario, whole. Options stand in its text.
type Scenario struct {
	Name string `json:"name"`
	YAML string `json:"yaml"`
}

// Clock is how the tenant's clock began.
type Clock struct {
	Began time.Time `json:"began"`
	Mode  string    `json:"mode"`
}

// Entry is one request, or one control call.
type Entry struct {
	ID      string    `json:"id"`               // X-Vendorsim-Request: the tenant's name, a dot, and the entry's place from 1
	Vendor  string    `json:"vendor,omitempty"` // of a request
	At      time.Time `json:"at"`               // the tenant's instant
	Lived   Length    `json:"lived"`            // how long the tenant had lived by then, without what was skipped
	Real    time.Time `json:"real"`             // the real instant
	Took    Length    `json:"took"`             // in real time
	Request *Request  `json:"request,omitempty"`
	Reply   *Reply    `json:"reply,omitempty"`
	Control *Control  `json:"control,omitempty"`
}

// Request is what the client sent. Credentials are roles: {{secret-1}} is one of
// the client's own, {{reply-3-1}} the first one that the answer of entry 3 told.
type Request struct {
	Method string       `json:"method"`
	Scheme string       `json:"scheme"`
	Host   string       `json:"host"`
	Target string       `json:"target"`
	Header []Header     `json:"header"`
	Body   string       `json:"body,omitempty"`        // where it is UTF-8
	Binary []byte       `json:"body_base64,omitempty"` // else
	Rest   journal.Rest `json:"rest,omitempty"`        // what there was of the body beyond that
	Source string       `json:"source"`                // the address that it came from
}

// Header is one line of a header.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Reply is what came back: enough to tell whether it does so again, and to say
// in which way it does not.
type Reply struct {
	Status int     `json:"status"`
	Length int     `json:"length"` // of the body
	Digest string  `json:"digest"` // see Digest
	Tasks  []Shown `json:"tasks,omitempty"`
}

// Shown is a task that a reply showed, as it was then.
type Shown struct {
	ID    string `json:"id"`
	State string `json:"state"` // or its phase, where it has subtasks
}

// Control is one call of the control API.
type Control struct {
	Method   string          `json:"method"`
	Path     string          `json:"path"` // below the tenant
	Body     json.RawMessage `json:"body,omitempty"`
	Status   int             `json:"status"`
	Scenario *Scenario       `json:"scenario,omitempty"` // the one that it brought
}

// Length is a length of time, written as 1m0.5s.
type Length time.Duration

// MarshalText writes it.
func (l Length) MarshalText() ([]byte, error) { return []byte(time.Duration(l).String()), nil }

// UnmarshalText reads it. It is not negative.
func (l *Length) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	if err == nil && d < 0 {
		err = fmt.Errorf("%q is negative", text)
	}
	*l = Length(d)
	return err
}

// userinfo is a user and a password in a URL. They, and secrets in its query, are
// what an answer may give back of a client's own.
var userinfo = regexp.MustCompile(`://[^/?#\s"]*@`)

// Digest is what two equal replies have in common: the SHA-256 of status, header
// and body. Users in URLs and secrets in their queries do not count: a player does
// not know them. Nor does Connection, which is the server's own, of the connection that there was.
func Digest(status int, header http.Header, body []byte) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d\n", status)
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if name == "Connection" {
			continue
		}
		for _, value := range header[name] {
			fmt.Fprintf(h, "%s: %s\n", name, value)
		}
	}
	fmt.Fprintf(h, "\n%s", journal.Public(string(userinfo.ReplaceAll(body, []byte("://@")))))
	return hex.EncodeToString(h.Sum(nil))
}

// Write is the file as it is kept, with its digest: indented, so that it can be
// read and compared.
func (f *File) Write() ([]byte, error) {
	var err error
	if f.Digest, err = f.digest(); err != nil {
		return nil, err
	}
	return f.encode(" ")
}

func (f *File) encode(indent string) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false) // queries are full of "&"
	enc.SetIndent("", indent)
	err := enc.Encode(f)
	return out.Bytes(), err
}

// digest is that of everything but the digest.
func (f *File) digest() (string, error) {
	bare := *f
	bare.Digest = ""
	data, err := bare.encode("")
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// Edited tells whether the file is not as it was written.
func (f *File) Edited() bool {
	digest, err := f.digest()
	return err != nil || digest != f.Digest
}
