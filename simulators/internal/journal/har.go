package journal

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// The members of an HTTP archive, version 1.2, that we write.
// http://www.softwareishard.com/blog/har-12-spec/
type (
	harFile struct {
		Log harLog `json:"log"`
	}
	harLog struct {
		Version string     `json:"version"`
		Creator harCreator `json:"creator"`
		Entries []harEntry `json:"entries"`
		Comment string     `json:"comment,omitempty"`
	}
	harCreator struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	harEntry struct {
		StartedDateTime string      `json:"startedDateTime"`
		Time            float64     `json:"time"` // ms
		Request         harRequest  `json:"request"`
		Response        harResponse `json:"response"`
		Cache           struct{}    `json:"cache"`
		Timings         harTimings  `json:"timings"`
		Comment         string      `json:"comment,omitempty"`
		Vendorsim       harOurs     `json:"_vendorsim"`
	}
	harTimings struct { // ms
		Send    float64 `json:"send"`
		Wait    float64 `json:"wait"`
		Receive float64 `json:"receive"`
	}
	harRequest struct {
		Method      string       `json:"method"`
		URL         string       `json:"url"`
		HTTPVersion string       `json:"httpVersion"`
		Cookies     []harCookie  `json:"cookies"`
		Headers     []HeaderView `json:"headers"`
		QueryString []HeaderView `json:"queryString"`
		PostData    *harPost     `json:"postData,omitempty"`
		HeadersSize int          `json:"headersSize"` // -1: not known
		BodySize    int          `json:"bodySize"`
	}
	harResponse struct {
		Status      int          `json:"status"`
		StatusText  string       `json:"statusText"`
		HTTPVersion string       `json:"httpVersion"`
		Cookies     []harCookie  `json:"cookies"`
		Headers     []HeaderView `json:"headers"`
		Content     harContent   `json:"content"`
		RedirectURL string       `json:"redirectURL"`
		HeadersSize int          `json:"headersSize"`
		BodySize    int          `json:"bodySize"`
	}
	harCookie struct {
		Name     string `json:"name"`
		Value    string `json:"value"`
		Path     string `json:"path,omitempty"`
		Domain   string `json:"domain,omitempty"`
		Expires  string `json:"expires,omitempty"`
		HTTPOnly bool   `json:"httpOnly,omitempty"`
		Secure   bool   `json:"secure,omitempty"`
	}
	harPost struct {
		MimeType string     `json:"mimeType"`
		Params   []struct{} `json:"params"` // none: the fields of a form stand in the text, and both exclude each other
		Text     string     `json:"text"`
		Comment  string     `json:"comment,omitempty"`
	}
	harContent struct {
		Size     int    `json:"size"`
		MimeType string `json:"mimeType"`
		Text     string `json:"text,omitempty"`
		Encoding string `json:"encoding,omitempty"`
		Comment  string `json:"comment,omitempty"`
	}
	// harOurs is what HAR has no place for.
	harOurs struct {
		ID        string     `json:"id"`
		Seq       int64      `json:"seq"`
		Tenant    string     `json:"tenant,omitempty"`
		At        *time.Time `json:"at,omitempty"`
		Vendor    string     `json:"vendor"`
		Operation string     `json:"operation"`
		Kind      string     `json:"kind,omitempty"`
		Profile   string     `json:"profile,omitempty"`
		Tasks     []TaskView `json:"tasks,omitempty"`
		Created   string     `json:"created,omitempty"`
		Faults    []string   `json:"faults,omitempty"`
	}
)

// HAR writes entries as an HTTP archive 1.2, with the secrets of each vendor
// redacted. Everything in it comes from Views. Calls of the control API are no
// traffic of the client: they are left out, and the log's comment counts them.
func HAR(entries []*Entry, secrets func(vendor string) Secrets, version string) ([]byte, error) {
	log := harLog{Version: "1.2", Creator: harCreator{"vendorsim", version}, Entries: []harEntry{}}
	control := 0
	for _, e := range entries {
		if e.Control != nil {
			control++
			continue
		}
		log.Entries = append(log.Entries, harOf(e, e.View(secrets(e.Vendor))))
	}
	if control > 0 {
		log.Comment = fmt.Sprintf("calls of the control API that are left out: %d", control)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(harFile{log})
	return out.Bytes(), err
}

// harOf is one entry. Of e itself only what holds no secret is taken.
func harOf(e *Entry, v View) harEntry {
	took := float64(e.Latency.Microseconds()) / 1000
	proto := cmp.Or(e.Request.Proto, "HTTP/1.1")
	return harEntry{
		StartedDateTime: e.Real.UTC().Format("2006-01-02T15:04:05.000Z07:00"),
		Time:            took, Timings: harTimings{Wait: took}, Comment: v.Note,
		Request: harRequest{
			Method: v.Request.Method, URL: v.Request.URL, HTTPVersion: proto, Headers: v.Request.Header,
			Cookies: harCookies(v.Request.Header), QueryString: harQuery(v.Request.URL),
			PostData: harPostOf(v.Request), HeadersSize: -1, BodySize: len(e.Request.Body),
		},
		Response: harResponse{
			Status: v.Reply.Status, StatusText: http.StatusText(v.Reply.Status), HTTPVersion: proto, Headers: v.Reply.Header,
			Cookies: harSetCookies(v.Reply.Header), Content: harContentOf(v.Reply),
			RedirectURL: headerOf(v.Reply.Header, "Location"), HeadersSize: -1, BodySize: len(e.Reply.Body),
		},
		Vendorsim: harOurs{v.ID, v.Seq, v.Tenant, v.At, v.Vendor, v.Operation, v.Kind, v.Profile, v.Tasks, v.Created, v.Faults},
	}
}

// cutComment is what is said of a body that is not all there.
const cutComment = "only the beginning"

func harPostOf(q *RequestView) *harPost {
	if q.Body == nil {
		return nil
	}
	p := &harPost{MimeType: headerOf(q.Header, "Content-Type"), Params: []struct{}{}, Text: q.Body.Text}
	var comments []string
	if q.Body.Base64 {
		comments = append(comments, "base64") // HAR 1.2 has no member for it here
	}
	if q.Body.Truncated {
		comments = append(comments, cutComment)
	}
	p.Comment = strings.Join(comments, ", ")
	return p
}

func harContentOf(a *ReplyView) harContent {
	c := harContent{MimeType: headerOf(a.Header, "Content-Type")}
	if a.Body == nil {
		return c
	}
	c.Size, c.Text = a.Body.Bytes, a.Body.Text
	if a.Body.Base64 {
		c.Encoding = "base64"
	}
	if a.Body.Truncated {
		c.Comment = cutComment
	}
	return c
}

func headerOf(lines []HeaderView, name string) string {
	for _, l := range lines {
		if strings.EqualFold(l.Name, name) {
			return l.Value
		}
	}
	return ""
}

// harQuery are the fields of a redacted URL's query, in their order.
func harQuery(address string) []HeaderView {
	fields := []HeaderView{}
	_, query, _ := strings.Cut(address, "?")
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		fields = append(fields, HeaderView{unescape(name), unescape(value)})
	}
	return fields
}

// harCookies are the cookies of redacted headers.
func harCookies(lines []HeaderView) []harCookie {
	cookies := []harCookie{}
	for _, l := range lines {
		if !strings.EqualFold(l.Name, "Cookie") {
			continue
		}
		for piece := range strings.SplitSeq(l.Value, ";") {
			if name, value, ok := strings.Cut(strings.TrimSpace(piece), "="); ok {
				cookies = append(cookies, harCookie{Name: name, Value: value})
			}
		}
	}
	return cookies
}

// harSetCookies are the cookies that redacted headers set.
func harSetCookies(lines []HeaderView) []harCookie {
	cookies := []harCookie{}
	for _, l := range lines {
		if !strings.EqualFold(l.Name, "Set-Cookie") {
			continue
		}
		first, attributes, _ := strings.Cut(l.Value, ";")
		name, value, ok := strings.Cut(first, "=")
		if !ok {
			continue
		}
		c := harCookie{Name: strings.TrimSpace(name), Value: value}
		for attribute := range strings.SplitSeq(attributes, ";") {
			c.set(strings.Cut(strings.TrimSpace(attribute), "="))
		}
		cookies = append(cookies, c)
	}
	return cookies
}

// set reads one attribute of Set-Cookie. HAR wants the end as ISO 8601.
func (c *harCookie) set(name, value string, _ bool) {
	switch strings.ToLower(name) {
	case "path":
		c.Path = value
	case "domain":
		c.Domain = value
	case "expires":
		if at, err := http.ParseTime(value); err == nil {
			c.Expires = at.UTC().Format(time.RFC3339)
		}
	case "httponly":
		c.HTTPOnly = true
	case "secure":
		c.Secure = true
	}
}
