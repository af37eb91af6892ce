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
	"net/http"
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
	Scenario Scenario          `json:"scenario"`
	Seed     int64             `json:"seed"`
	Profiles map[string]string `json:"profiles"`
	Contract string            `json:"contract"`
	Clock    Clock             `json:"clock"`

	// OwnSecret and OwnFixtures say that something belongs to it which is not in
	// the file: a secret, and a folder of fixtures.
	OwnSecret   bool `json:"own_secret,omitempty"`
	OwnFixtures bool `json:"own_fixtures,omitempty"`

	Entries []Entry `json:"entries"`
}

// Scenario is what the tenant ran when it began, whole.
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
	ID      string    `json:"id"`               // X-Vendorsim-Request
	Vendor  string    `json:"vendor,omitempty"` // of a request
	At      time.Time `json:"at"`               // the tenant's instant
	Real    time.Time `json:"real"`             // the real one
	Request *Request  `json:"request,omitempty"`
	Reply   *Reply    `json:"reply,omitempty"`
	Control *Control  `json:"control,omitempty"`
}

// Request is what the client sent. Credentials are roles, such as {{tenant}},
// {{secret 1}} or {{reply 3 access_token}}: what entry 3 answered there.
type Request struct {
	Method string   `json:"method"`
	Scheme string   `json:"scheme"`
	Host   string   `json:"host"`
	Target string   `json:"target"`
	Header []Header `json:"header"`
	Body   string   `json:"body,omitempty"`        // where it is UTF-8
	Binary []byte   `json:"body_base64,omitempty"` // else, as it is
	Source string   `json:"source"`                // the address that it came from
}

// Header is one header line.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Reply is what came back: enough to tell whether it does so again, and to say
// in which way it does not.
type Reply struct {
	Status int             `json:"status"`
	Length int             `json:"length"` // of the body
	Digest string          `json:"digest"` // SHA-256 of status, header and body
	Took   string          `json:"took"`   // real time, such as 1.2ms
	Tasks  []journal.Shown `json:"tasks,omitempty"`
}

// Control is one call of the control API.
type Control struct {
	Method string          `json:"method"`
	Path   string          `json:"path"` // below the tenant
	Body   json.RawMessage `json:"body,omitempty"`
	Status int             `json:"status"`
}

// Took is how long the request was under way, in real time.
func (e *Entry) Took() time.Duration {
	if e.Reply == nil {
		return 0
	}
	took, _ := time.ParseDuration(e.Reply.Took) // of a file that was edited: nothing
	return took
}

// Digest is what two equal replies have in common.
func Digest(status int, header http.Header, body []byte) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d\n", status)
	var names []string
	for name := range header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range header[name] {
			fmt.Fprintf(h, "%s: %s\n", name, value)
		}
	}
	fmt.Fprintf(h, "\n%s", body)
	return hex.EncodeToString(h.Sum(nil))
}

// Write is the file as it is kept: indented, so that it can be read and compared.
func (f *File) Write() ([]byte, error) { return json.MarshalIndent(f, "", " ") }

// Read reads a file. Its errors say what to do about it.
func Read(data []byte) (*File, error) {
	var f File
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&f); err != nil {
		return nil, fmt.Errorf("not a replay file: %w", err)
	}
	switch {
	case f.Format == 0:
		return nil, fmt.Errorf("not a replay file: it lacks \"vendorsim_replay\"")
	case f.Format > Format:
		return nil, fmt.Errorf("the file has form %d, which a later vendorsim (%s) wrote; this one reads up to %d", f.Format, f.Version, Format)
	}
	for i, e := range f.Entries {
		if (e.Request == nil) == (e.Control == nil) || e.Request != nil && e.Reply == nil {
			return nil, fmt.Errorf("entry %d (%s) is neither a request with its reply nor a control call", i+1, e.ID)
		}
	}
	return &f, nil
}
