package admin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
)

// reply is an answer.
type reply struct {
	status int
	header http.Header
	value  any    // answered as JSON, where media is ""
	media  string // else the Content-Type of text
	text   []byte

	// stream writes the body bit by bit after everything else, until the client
	// goes; it flushes what it writes.
	stream func(w http.ResponseWriter, r *http.Request)
}

// ok answers a value as JSON.
func ok(value any) reply { return reply{status: http.StatusOK, value: value} }

// document answers a text of a media type.
func document(media string, text []byte) reply {
	return reply{status: http.StatusOK, media: media, text: text}
}

func problemReply(p *api.Problem) reply {
	rep := reply{status: p.Status, header: http.Header{}, value: p}
	if p.Status == http.StatusUnauthorized {
		rep.header.Set("WWW-Authenticate", `Bearer realm="vendorsim"`)
	}
	return rep
}

// encode is the body and its Content-Type.
func (rep *reply) encode() error {
	if rep.media != "" || rep.value == nil {
		return nil
	}
	rep.media = "application/json"
	if _, is := rep.value.(*api.Problem); is {
		rep.media = "application/problem+json"
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(rep.value)
	rep.text = buf.Bytes()
	return err
}

// finish holds the reply to its contract and writes it. One that breaks it is a
// defect, and is answered as one.
func (h *handler) finish(w http.ResponseWriter, c *call, rep reply) {
	if err := h.prepare(c, &rep); err != nil {
		h.Logger.Error("answer of the control API breaks its contract", "operation", c.name(), "status", rep.status, "error", err.Error())
		rep = problemReply(problem(internal, "the answer breaks the contract of %s, status %d", c.name(), rep.status))
		if err := h.prepare(c, &rep); err != nil {
			h.Logger.Error("a problem breaks the contract", "operation", c.name(), "error", err.Error())
		}
	}
	for name, values := range rep.header {
		w.Header()[name] = values
	}
	w.WriteHeader(rep.status)
	switch {
	case c.request.Method == http.MethodHead:
	case rep.stream != nil:
		rep.stream(w, c.request)
	default:
		_, _ = w.Write(rep.text) // a client that has gone is no error of ours
	}
}

// prepare encodes the reply and holds it to its contract.
func (h *handler) prepare(c *call, rep *reply) error {
	if err := rep.encode(); err != nil {
		return fmt.Errorf("cannot be written as JSON: %w", err)
	}
	if rep.header == nil {
		rep.header = http.Header{}
	}
	if rep.media != "" {
		rep.header.Set("Content-Type", rep.media)
	}
	contract := c.op
	if contract == nil {
		contract = h.spec.Outside
	}
	return contract.CheckResponse("", rep.status, rep.header, rep.text)
}
