package admin

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// named is the tenant that a refused request meant to name, as it was sent: it is
// compared with names that we know, and never shown. "" where none is found.
func (q *question) named() string {
	r := q.entry.Request
	if q.entry.Kind == "login" {
		if name := q.namedInBody(); name != "" {
			return name
		}
	}
	if user, _, basic := sim.Basic(r.Header); basic {
		return user
	}
	if token, bearer := sim.Bearer(r.Header); bearer {
		return token
	}
	for _, base := range q.bases() {
		wanted := http.Header{}
		q.Login(wanted, base, standIn)
		for name := range wanted {
			if strings.Contains(wanted.Get(name), standIn) && r.Header.Get(name) != "" {
				return r.Header.Get(name)
			}
		}
	}
	return ""
}

// namedInBody is the field of a log-in that holds the tenant's name.
func (q *question) namedInBody() string {
	names := q.Spec.Secrets.Names
	var doc map[string]any
	if json.Unmarshal(q.entry.Request.Body, &doc) == nil {
		for field, value := range doc {
			if text, isText := value.(string); isText && isNamed(names, field) {
				return text
			}
		}
		return ""
	}
	form, _ := url.ParseQuery(string(q.entry.Request.Body)) // what cannot be read names nobody
	for field, values := range form {
		if isNamed(names, field) && len(values) > 0 {
			return values[0]
		}
	}
	return ""
}
