package admin

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"github.com/vendorsim/vendorsim/openapi"
)

// nothing stands for a field that was not sent.
const nothing = "nothing"

// maxSent is how much of a value is shown, in bytes.
const maxSent = 200

// sent is what the client sent in a field, as a violation names it, to be shown:
// secrets are hidden. It is nothing where it sent none.
func (q *question) sent(in, field string) string {
	var value string
	found := false
	switch in {
	case openapi.InPath:
		value, found = q.inPath(field)
	case openapi.InQuery:
		_, query, _ := strings.Cut(q.view.Request.URL, "?")
		value, found = inPairs(query, field)
	case openapi.InHeader:
		for _, line := range q.view.Request.Header {
			if strings.EqualFold(line.Name, field) {
				value, found = line.Value, true
				break
			}
		}
	case openapi.InBody:
		value, found = q.inBody(field)
	case openapi.InParams:
		value, found = q.inBody(strings.TrimSuffix("params."+field, "."))
	}
	switch {
	case !found:
		return nothing
	case value == "":
		return "an empty text"
	}
	return shorten(value)
}

func shorten(s string) string {
	if len(s) <= maxSent {
		return s
	}
	return strings.ToValidUTF8(s[:maxSent], "") + "..."
}

// inPath is a variable of the path.
func (q *question) inPath(name string) (string, bool) {
	_, route := q.operation()
	shown := strings.Split(q.shownPath(), "/")
	for i, segment := range strings.Split(route.Path, "/") {
		if segment == "{"+name+"}" && i < len(shown) {
			value, err := url.PathUnescape(shown[i])
			return value, err == nil
		}
	}
	return "", false
}

func inPairs(query, name string) (string, bool) {
	fields, _ := url.ParseQuery(query) // what cannot be read is not there
	if !fields.Has(name) {
		return "", false
	}
	return fields.Get(name), true
}

// inBody is a member of the body, JSON or form, by its dotted path; "" is the
// body itself.
func (q *question) inBody(path string) (string, bool) {
	body := q.view.Request.Body
	if body == nil {
		return "", false
	}
	if path == "" {
		return body.Text, true
	}
	if body.Truncated || body.Base64 {
		return "not shown: the body is too long, or no text", true
	}
	var doc any
	dec := json.NewDecoder(strings.NewReader(body.Text))
	dec.UseNumber()
	if dec.Decode(&doc) != nil {
		return inPairs(body.Text, path)
	}
	for name := range strings.SplitSeq(path, ".") {
		var found bool
		if doc, found = memberOf(doc, name); !found {
			return "", false
		}
	}
	return compact(doc), true
}

// memberOf is a member of an object, or an element of a list by its number.
func memberOf(doc any, name string) (any, bool) {
	switch doc := doc.(type) {
	case map[string]any:
		v, found := doc[name]
		return v, found
	case []any:
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(doc) {
			return doc[i], true
		}
	}
	return nil, false
}

// compact is a JSON value as it is written, on one line.
func compact(v any) string {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil {
		return ""
	}
	return strings.TrimSpace(out.String())
}

// asked is the id of the task that the request asked for, to be shown.
func (q *question) asked() string {
	if o, _ := q.operation(); o != nil && o.Task != "" {
		in, field, _ := strings.Cut(o.Task, ".")
		return strings.Trim(q.sent(in, field), `"`)
	}
	return nothing
}
