package sim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
)

// Reply is an answer before it is written. Body is encoded as JSON unless
// Text is set.
type Reply struct {
	Status      int
	ContentType string
	Header      []Field // beside Content-Type, with this case
	Body        any
	Text        string

	kept bool // Text is an answer given before, encoded and held to its contract
}

// Field is one header line. Lines with one name stay in their order; net/http
// sorts the names.
type Field struct{ Name, Value string }

// JSON is an answer with a JSON body of type application/json.
func JSON(status int, body any) Reply {
	return Reply{Status: status, ContentType: "application/json", Body: body}
}

// Text is an answer with a body as it is.
func Text(status int, contentType, text string) Reply {
	return Reply{Status: status, ContentType: contentType, Text: text}
}

// With adds a header line and answers the reply.
func (r Reply) With(name, value string) Reply {
	r.Header = append(r.Header[:len(r.Header):len(r.Header)], Field{name, value})
	return r
}

// buffers holds the buffers that bodies are encoded into.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// encode appends the reply's body to buf: compact JSON, nothing escaped that
// need not be, no newline.
func (r *Reply) encode(buf *bytes.Buffer) error {
	if r.Body == nil {
		buf.WriteString(r.Text)
		return nil
	}
	if raw, ok := r.Body.(json.RawMessage); ok {
		buf.Write(raw)
		return nil
	}
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r.Body); err != nil {
		return err
	}
	buf.Truncate(buf.Len() - 1) // Encode ends with a newline
	return nil
}

// writeHeader puts the reply's header beside what is there already. Names are
// written as they are: some vendors' are not canonical.
func (r *Reply) writeHeader(h http.Header) {
	if r.ContentType != "" {
		h["Content-Type"] = []string{r.ContentType}
	}
	for _, f := range r.Header {
		h[f.Name] = append(h[f.Name], f.Value)
	}
}

func (r *Reply) header() http.Header {
	h := make(http.Header, len(r.Header)+1)
	r.writeHeader(h)
	return h
}

// retryAfter is the wait in seconds that the reply tells of; 0: none.
func (r *Reply) retryAfter() int {
	for _, f := range r.Header {
		if f.Name == "Retry-After" {
			seconds, _ := strconv.Atoi(f.Value) // our vendors write no dates
			return seconds
		}
	}
	return 0
}
