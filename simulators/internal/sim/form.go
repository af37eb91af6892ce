package sim

import (
	"bytes"
	"mime"
	"mime/multipart"
	"net/url"
	"strings"
)

// isForm tells whether a Content-Type is that of a form.
func isForm(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	media = strings.ToLower(strings.TrimSpace(media))
	return media == "application/x-www-form-urlencoded" || media == "multipart/form-data"
}

// resolveForm reads a form into Form and, for the contract, into Body: each
// field's first value. The fields of the query count too, after those of the
// body. What cannot be read is not there: clients send multipart types without
// a boundary, or no body at all.
func (c *Call) resolveForm(raw []byte) {
	c.Form = url.Values{}
	media, params, _ := mime.ParseMediaType(c.Header.Get("Content-Type"))
	switch {
	case media == "multipart/form-data":
		if form, err := multipart.NewReader(bytes.NewReader(raw), params["boundary"]).ReadForm(MaxBody); err == nil {
			c.Form = form.Value
			_ = form.RemoveAll() // nothing is on disk: the form is smaller than memory allows
		}
	case len(raw) > 0:
		c.Form, _ = url.ParseQuery(string(raw))
	}
	for name, values := range c.Query {
		c.Form[name] = append(c.Form[name], values...)
	}
	body := make(map[string]any, len(c.Form))
	for name, values := range c.Form {
		if len(values) > 0 {
			body[name] = values[0]
		}
	}
	c.Body, c.empty = body, false
}
