package sim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Reply is an answer before it is written. Body is encoded as JSON unless
// Text is set.
type Reply struct {
	Status      int
	ContentType string
	Header      []Field // beside Content-Type, with this case
	Body        any
	Text        string

	kept   bool         // Text is an answer given before, encoded and held to its contract
	echoed bool         // kept, made to repeat the name of this call, and to be held to its contract
	lines  []headerLine // of one that is kept: its whole header, which nobody changes
	free   bool         // it stands before the vendor, outside of its contract
	wait   int          // the wait that it tells of in real seconds, where a fault says so; 0: as its header has it
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
	if r.lines != nil {
		for _, line := range r.lines {
			h[line.name] = line.values
		}
		return
	}
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

// headerLine are the lines of one name.
type headerLine struct {
	name   string
	values []string
}

// headerLines is the reply's header to be written again and again.
func (r *Reply) headerLines() []headerLine {
	lines := []headerLine{}
	for name, values := range r.header() {
		lines = append(lines, headerLine{name, slices.Clip(values)})
	}
	return lines
}

const retryAfterHeader = "Retry-After"

// retryAfter is the wait in seconds that the reply tells of; 0: none.
func (r *Reply) retryAfter() int {
	if r.wait > 0 {
		return r.wait
	}
	for _, f := range r.Header {
		if f.Name == retryAfterHeader {
			seconds, _ := strconv.Atoi(f.Value) // our vendors write no dates
			return seconds
		}
	}
	return 0
}

// formDate is the form of Retry-After that is an HTTP date.
const formDate = "date"

// tellWait sees to the wait that the reply tells of, once it has been held to
// its contract: a fault may tell of one where the vendor has no word for it, and
// HTTP knows two forms, of which the vendor writes one.
func (r *Reply) tellWait(asDate bool, now time.Time) {
	r.wait = r.retryAfter()
	if r.wait == 0 {
		return
	}
	value := strconv.Itoa(r.wait)
	if asDate { // whole seconds: rounded up, as waits are
		at := now.Add(time.Duration(r.wait)*time.Second + time.Second - 1).Truncate(time.Second)
		value = at.UTC().Format(http.TimeFormat)
	}
	header, told := slices.Clone(r.Header), false
	for i := range header {
		if header[i].Name == retryAfterHeader {
			header[i].Value, told = value, true
		}
	}
	if !told {
		header = append(header, Field{retryAfterHeader, value})
	}
	r.Header, r.lines = header, nil
}
