package journal

import (
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// View is an entry as people and programs read it: everything, with secrets as
// "(24 bytes, hash 1a2b)". Of a control call there is Control and neither
// Request nor Reply.
type View struct {
	ID        string     `json:"id"`
	Seq       int64      `json:"seq"`
	Real      time.Time  `json:"real"`
	At        *time.Time `json:"at,omitempty"`     // the tenant's instant; left out: refused before it had a tenant
	Tenant    string     `json:"tenant,omitempty"` // left out: refused before it had one
	Vendor    string     `json:"vendor,omitempty"`
	Operation string     `json:"operation,omitempty"` // none: it met none
	Kind      string     `json:"kind,omitempty"`
	Profile   string     `json:"profile,omitempty"`
	Latency   string     `json:"latency"` // real, such as "1.2ms"
	Note      string     `json:"note,omitempty"`

	Request *RequestView `json:"request,omitempty"`
	Reply   *ReplyView   `json:"reply,omitempty"`
	Control *ControlView `json:"control,omitempty"`

	Tasks         []TaskView   `json:"tasks,omitempty"`          // those that the reply showed
	Created       string       `json:"created,omitempty"`        // the id of the task that it created
	LimitsRefused []LimitView  `json:"limits_refused,omitempty"` // the limits that did not grant it
	Faults        []string     `json:"faults,omitempty"`         // the scenario's faults that fired, by name
	Refusal       *RefusalView `json:"refusal,omitempty"`        // left out: it was answered well
	Unread        []string     `json:"unread,omitempty"`         // what the client sent and nothing read: "query x", "body a.b"
}

// RequestView is what the client sent.
type RequestView struct {
	Method string       `json:"method"`
	URL    string       `json:"url"` // absolute, without user and fragment
	Header []HeaderView `json:"header"`
	Body   *BodyView    `json:"body,omitempty"`
}

// ReplyView is what was answered.
type ReplyView struct {
	Status int          `json:"status"`
	Header []HeaderView `json:"header"`
	Body   *BodyView    `json:"body,omitempty"`
}

// HeaderView is one line of a header. Lines are sorted by name; those of one
// name stay in their order.
type HeaderView struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// BodyView is a body that is not empty.
type BodyView struct {
	Text      string `json:"text"`
	Base64    bool   `json:"base64,omitempty"`    // Text is the base64 of it, since it is not UTF-8
	Bytes     int    `json:"bytes"`               // its length as it was sent
	Truncated bool   `json:"truncated,omitempty"` // Text is only its beginning
}

// ControlView is a call of the control API that changed the tenant.
type ControlView struct {
	Method string    `json:"method"`
	Path   string    `json:"path"` // below /tenants/{tenant}
	Status int       `json:"status"`
	Body   *BodyView `json:"body,omitempty"`
}

// TaskView is a task as a reply showed it.
type TaskView struct {
	ID    string `json:"id"`
	State string `json:"state,omitempty"` // left out where it has subtasks
	Phase string `json:"phase"`
	Ended bool   `json:"ended"`
}

// LimitView is what a limit said that did not grant a request.
type LimitView struct {
	Rule int    `json:"rule"` // its place among the limits in force, from 0
	Used int    `json:"used"` // requests granted in its window before
	Of   int    `json:"of"`   // how many it grants
	Wait string `json:"wait"` // the tenant's time until it would grant
}

// RefusalView says why a request was not answered well.
type RefusalView struct {
	Kind       string `json:"kind"`
	In         string `json:"in,omitempty"` // of a violation: path, query, header, body, params
	Field      string `json:"field,omitempty"`
	Rule       string `json:"rule,omitempty"`
	Text       string `json:"text,omitempty"`
	RetryAfter int    `json:"retry_after,omitempty"` // real seconds told
}

// maxText is the most of a body that a View shows, in bytes.
const maxText = 64 << 10

// View is the entry with the secrets of its vendor redacted.
func (e *Entry) View(s Secrets) View {
	v := View{
		ID: e.ID, Seq: e.Seq, Real: e.Real, Tenant: e.Tenant, Vendor: e.Vendor, Operation: e.Operation,
		Kind: e.Kind, Profile: e.Profile, Latency: e.Latency.Round(time.Microsecond).String(), Created: e.Created,
	}
	if !e.At.IsZero() {
		at := e.At
		v.At = &at
	}
	if e.Control != nil {
		v.Control, v.Note = e.control(s)
		return v
	}
	r := &redactor{Secrets: s, tenant: e.Tenant, strict: e.Tenant == ""}
	v.Request = r.request(e)
	r.seal() // the rest is ours, and none of what was hidden above may come back in it
	v.Reply = r.reply(e)
	v.Note = r.text(e.Note)
	v.Faults = e.Faults
	for _, t := range e.Tasks {
		v.Tasks = append(v.Tasks, TaskView(t))
	}
	for _, l := range e.Limits {
		if l.Wait > 0 {
			v.LimitsRefused = append(v.LimitsRefused, LimitView{l.Rule, l.Used, l.Of, l.Wait.String()})
		}
	}
	if f := e.Refusal; f != nil {
		v.Refusal = &RefusalView{f.Kind, f.In, r.text(f.Field), r.text(f.Rule), r.text(f.Text), f.RetryAfter}
	}
	for _, u := range e.Unread {
		v.Unread = append(v.Unread, r.text(u))
	}
	return v
}

func (r *redactor) request(e *Entry) *RequestView {
	q := &e.Request
	body := r.body(string(q.Body), q.Header.Get("Content-Type"))
	return &RequestView{
		Method: r.name(q.Method),
		URL:    r.url(q, e.Operation),
		Header: r.headers(q.Header),
		Body:   bodyView(body, len(q.Body)),
	}
}

// reply is ours, and so never strict: it says what the vendor says.
func (r *redactor) reply(e *Entry) *ReplyView {
	r.strict = false
	contentType := ""
	for name, values := range e.Reply.Header {
		if len(values) > 0 && http.CanonicalHeaderKey(name) == "Content-Type" {
			contentType = values[0]
		}
	}
	return &ReplyView{
		Status: e.Reply.Status,
		Header: r.headers(e.Reply.Header),
		Body:   bodyView(r.body(e.Reply.Body, contentType), len(e.Reply.Body)),
	}
}

// control redacts what a control call brought: a task's fields may be set by it,
// and they may be anything.
func (e *Entry) control(s Secrets) (v *ControlView, note string) {
	r := &redactor{Secrets: s, tenant: e.Tenant}
	c := e.Control
	v = &ControlView{
		Method: c.Method, Path: c.Path, Status: c.Status,
		Body: bodyView(r.body(string(c.Body), ""), len(c.Body)),
	}
	r.seal()
	return v, r.text(e.Note)
}

// bodyView is a redacted body; sent is how long it was before.
func bodyView(body string, sent int) *BodyView {
	if sent == 0 {
		return nil
	}
	v := &BodyView{Text: body, Bytes: sent}
	most := maxText
	if !utf8.ValidString(body) {
		v.Base64, most = true, maxText/4*3
	}
	if len(body) > most {
		v.Truncated = true
		for !v.Base64 && !utf8.RuneStart(body[most]) {
			most--
		}
		body = body[:most]
	}
	if v.Text = body; v.Base64 {
		v.Text = base64.StdEncoding.EncodeToString([]byte(body))
	}
	return v
}

// headers are the lines of a header, sorted by name. They are looked at in that
// order: what a secret is called may hang on those before it.
func (r *redactor) headers(h http.Header) []HeaderView {
	lines := []HeaderView{}
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			lines = append(lines, HeaderView{r.headerName(name), r.header(name, value)})
		}
	}
	slices.SortStableFunc(lines, func(a, b HeaderView) int { return strings.Compare(a.Name, b.Name) })
	return lines
}
