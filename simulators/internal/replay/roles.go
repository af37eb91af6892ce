package replay

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/vendorsim/vendorsim/simulators/internal/journal"
)

// Roles know what stands for which credential: while a recording is made, by
// value; while it is played, by role. What an answer told is known by its place
// there, so that a token which is made anew when it is played fits.
type Roles struct {
	tenant  string
	secrets func(vendor string) journal.Secrets
	byValue map[string]string
	byRole  map[string]string
	unknown int
}

// NewRoles know nothing yet but the tenant's name. secrets says where a vendor's
// secrets stand.
func NewRoles(tenant string, secrets func(vendor string) journal.Secrets) *Roles {
	return &Roles{tenant: tenant, secrets: secrets, byValue: map[string]string{}, byRole: map[string]string{}}
}

// Learn takes in what the answer of an entry, counted from 0, told.
func (r *Roles) Learn(entry int, vendor string, header http.Header, body []byte) {
	n := 0
	journal.Tells(journal.Reply{Header: header, Body: string(body)}, r.tenant, r.secrets(vendor), func(secret string) {
		n++
		role := fmt.Sprintf("{{reply-%d-%d}}", entry+1, n)
		r.byRole[role] = secret
		if r.byValue[secret] == "" { // a token that is told again keeps its first name
			r.byValue[secret] = role
		}
	})
}

// of is what stands for a secret that a client sent.
func (r *Roles) of(secret string) string {
	if secret == "" || secret == r.tenant || strings.HasSuffix(secret, ":"+r.tenant) {
		return secret // the name is no secret; legacy Check Point has a region before it
	}
	if role := r.byValue[secret]; role != "" {
		return role
	}
	r.unknown++
	role := fmt.Sprintf("{{secret-%d}}", r.unknown)
	r.byValue[secret] = role
	return role
}

// role matches what of makes.
var role = regexp.MustCompile(`\{\{(secret|reply)-[0-9-]+\}\}`)

// fill puts values in the place of roles. A secret of the client's own is any
// text: what it was nobody knows, and no vendor minds.
func (r *Roles) fill(text string, escape func(string) string) string {
	return role.ReplaceAllStringFunc(text, func(name string) string {
		value, known := r.byRole[name]
		if !known {
			value = strings.Trim(name, "{}")
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
	body := string(q.Binary)
	if q.Body != "" {
		escape := url.QueryEscape
		if json.Valid([]byte(q.Body)) {
			escape = quoted
		}
		body = r.fill(q.Body, escape)
	}
	target := r.fill(q.Target, url.QueryEscape)
	made, err := http.NewRequest(q.Method, "http://"+q.Host, strings.NewReader(body))
	if err != nil {
		return nil, err
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

// header fills one line. A Basic credential is coded here.
func (r *Roles) header(value string) string {
	before, rest, coded := strings.Cut(value, journal.Coded)
	inner, closed := strings.CutSuffix(rest, "}}")
	if !coded || !closed {
		return r.fill(value, plain)
	}
	return before + base64.StdEncoding.EncodeToString([]byte(r.fill(inner, plain)))
}
