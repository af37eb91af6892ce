package replay

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/vendorsim/vendorsim/simulators/internal/journal"
)

// How roles begin, after the mark: {{secret-1}}, {{reply-3-1}}, and
// {{base64 user:password}} for what Basic sends.
const (
	open       = "{{"
	kindSecret = "secret-"
	kindReply  = "reply-"
	kindCoded  = "base64 "
)

// Roles know what stands for which credential: while a recording is made, by
// value; while it is played, by role. What an answer told is known by its place
// there, so that a token which is made anew when it is played fits.
type Roles struct {
	tenant  string
	open    string
	coded   string
	pattern *regexp.Regexp
	secrets func(vendor string) journal.Secrets
	byValue map[string]string
	byRole  map[string]string
	own     int // secrets of the client's own
}

// NewRoles know nothing yet but the tenant's name. mark is the file's. secrets
// says where a vendor's secrets stand.
func NewRoles(tenant, mark string, secrets func(vendor string) journal.Secrets) *Roles {
	begin := open + mark
	return &Roles{
		tenant: tenant, open: begin, coded: begin + kindCoded, secrets: secrets,
		pattern: regexp.MustCompile(regexp.QuoteMeta(begin) + `(` + kindSecret + `|` + kindReply + `)[0-9-]+\}\}`),
		byValue: map[string]string{}, byRole: map[string]string{},
	}
}

// Learn takes in what the answer of an entry, counted from 0, told.
func (r *Roles) Learn(entry int, vendor string, header http.Header, body string) {
	n := 0
	journal.Tells(journal.Reply{Header: header, Body: body}, r.tenant, r.secrets(vendor), func(secret string) {
		n++
		role := fmt.Sprintf("%s%s%d-%d}}", r.open, kindReply, entry+1, n)
		r.byRole[role] = secret
		if r.byValue[secret] == "" { // a token that is told again keeps its first name
			r.byValue[secret] = role
		}
	})
}

// refused is the secret that every vendor refuses. It is no secret.
const refused = "wrong"

// of is what stands for a secret that a client sent.
func (r *Roles) of(secret string) string {
	if secret == "" || secret == refused || secret == r.tenant || strings.HasSuffix(secret, ":"+r.tenant) {
		return secret // nor is the tenant's name one; legacy Check Point has a region before it
	}
	if inner, ok := strings.CutPrefix(secret, `"`); ok && r.byValue[secret] == "" { // a cookie may be quoted
		if inner, ok = strings.CutSuffix(inner, `"`); ok && r.byValue[inner] != "" {
			return `"` + r.byValue[inner] + `"`
		}
	}
	if r.byValue[secret] == "" {
		r.own++
		r.byValue[secret] = fmt.Sprintf("%s%s%d}}", r.open, kindSecret, r.own)
	}
	return r.byValue[secret]
}

// fill puts values in the place of roles. A secret of the client's own is any
// text: what it was nobody knows, and no vendor minds.
func (r *Roles) fill(text string, escape func(string) string) string {
	if !strings.Contains(text, r.open) {
		return text
	}
	return r.pattern.ReplaceAllStringFunc(text, func(role string) string {
		value, known := r.byRole[role]
		if !known {
			value = strings.TrimSuffix(strings.TrimPrefix(role, r.open), "}}")
		}
		return escape(value)
	})
}

func plain(s string) string { return s }

// quoted is a text as it stands within the quotes of JSON.
func quoted(s string) string {
	data, _ := json.Marshal(s) // a string can always be written
	return string(data[1 : len(data)-1])
}

// Request is a recorded request as a server gets it.
func (r *Roles) Request(q *Request) (*http.Request, error) {
	var body io.Reader = strings.NewReader(r.body(q))
	if q.Rest != "" {
		body = io.MultiReader(body, unread{q.Rest})
	}
	made, err := http.NewRequest(q.Method, "http://localhost", body)
	if err != nil {
		return nil, err
	}
	target := r.fill(q.Target, url.QueryEscape)
	if !strings.HasPrefix(target, "/") {
		return nil, errors.New("target is no path")
	}
	if made.URL, err = url.ParseRequestURI(target); err != nil {
		return nil, err
	}
	made.RequestURI, made.Host = target, q.Host
	for _, h := range q.Header {
		made.Header[h.Name] = append(made.Header[h.Name], r.header(h.Value))
	}
	return made, nil
}

// body fills the body's roles, each as its place asks for.
func (r *Roles) body(q *Request) string {
	body := q.Body + string(q.Binary)
	escape := url.QueryEscape
	switch {
	case !strings.Contains(body, r.open):
	case json.Valid([]byte(body)):
		escape = quoted
	case isMultipart(q.Header):
		escape = plain
	}
	return r.fill(body, escape)
}

func isMultipart(header []Header) bool {
	for _, h := range header {
		if strings.EqualFold(h.Name, "Content-Type") {
			media, _, _ := mime.ParseMediaType(h.Value)
			return strings.HasPrefix(media, "multipart/")
		}
	}
	return false
}

// header fills one line. A Basic credential is coded here.
func (r *Roles) header(value string) string {
	before, rest, coded := strings.Cut(value, r.coded)
	inner, closed := strings.CutSuffix(rest, "}}")
	if !coded || !closed {
		return r.fill(value, plain)
	}
	return before + base64.StdEncoding.EncodeToString([]byte(r.fill(inner, plain)))
}
