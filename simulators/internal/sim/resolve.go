package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
)

// MaxBody is the largest request body that is read, in bytes.
const MaxBody = 1 << 20

// maxUnresolved is how much is kept of a body that nobody reads, in bytes.
const maxUnresolved = 64 << 10

// resolve finds out what the request asks for: path variables, query, body and,
// for JSON-RPC, the method. What is wrong with it becomes the call's outcome,
// which waits for guards and limits. The body is read here, once.
func (c *Call) resolve(w http.ResponseWriter) {
	if query := c.request.URL.RawQuery; query != "" {
		// What cannot be parsed is not there. A ";" separates nothing: net/url would
		// drop the whole parameter, but clients of Cisco's filters send it bare.
		c.Query, _ = url.ParseQuery(strings.ReplaceAll(query, ";", "%3B"))
	}
	err := c.read(w)
	if c.Op == nil {
		return
	}
	c.Path = c.match.Vars
	for name, value := range c.Path {
		unescaped, err := url.PathUnescape(value)
		if err != nil {
			c.fail(&Fault{Kind: NotFound})
			return
		}
		c.Path[name] = unescaped
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		c.rest = journal.TooMuch
		c.fail(&Fault{Kind: TooLarge})
		return
	case err != nil:
		c.rest = journal.Broken
		c.fail(&Fault{Kind: Malformed, Note: err.Error()})
		return
	}
	c.resolveBody()
	c.know()
}

// read reads the body to its end, so that the connection can be used again, but
// not beyond MaxBody. Of one that nobody looks into it keeps the beginning.
func (c *Call) read(w http.ResponseWriter) error {
	if c.isRead || c.request.Body == nil || c.request.Body == http.NoBody {
		c.body = bytes.Clone(c.body) // what is made of the call may keep pieces of it
		return c.readErr
	}
	var err error
	body := http.MaxBytesReader(w, c.request.Body, MaxBody)
	if c.Op != nil {
		if c.body, err = io.ReadAll(body); err != nil {
			c.body = bytes.Clone(c.body[:min(len(c.body), maxUnresolved)])
		}
		return err
	}
	if c.body, err = io.ReadAll(io.LimitReader(body, maxUnresolved)); err == nil {
		_, err = io.Copy(io.Discard, body)
	}
	return err
}

func (c *Call) resolveBody() {
	raw := bytes.TrimSpace(c.body)
	c.raw = raw
	c.empty = len(raw) == 0
	if c.Op.TakesForm() && (!c.Op.TakesJSON() || isForm(c.Header.Get("Content-Type"))) {
		c.resolveForm(raw)
		return
	}
	if !c.Op.TakesJSON() {
		return
	}
	if !c.empty {
		var err error
		if c.Body, err = parse(raw); err != nil {
			c.fail(&Fault{Kind: Malformed, Note: err.Error()})
			return
		}
	}
	if c.Op.RPC {
		c.resolveMethod()
	}
}

// parse reads one JSON document. Numbers keep their digits, so that an id comes
// back as it was sent.
func parse(raw []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("something follows the JSON document")
	}
	return v, nil
}

// resolveMethod picks the JSON-RPC method. A call whose envelope has no usable
// method stays with the HTTP operation, whose request contract then says what
// is wrong with it.
func (c *Call) resolveMethod() {
	call, _ := c.Body.(map[string]any)
	switch id := call["id"].(type) {
	case string, json.Number:
		c.RPCID = id
	}
	if v := c.Op.CheckRequest(c.contractRequest()); v != nil {
		c.fail(&Fault{Kind: Invalid, Violation: v})
		return
	}
	c.Params, _ = call["params"].(map[string]any)
	name, _ := call["method"].(string)
	for _, m := range c.Op.Methods {
		if m.Name == name {
			c.Op = m
			return
		}
	}
	c.fail(&Fault{Kind: UnknownMethod})
}

func (c *Call) fail(f *Fault) { c.outcome = f }

func (c *Call) contractRequest() openapi.Request {
	return openapi.Request{HTTP: c.request, Path: c.Path, Query: c.Query, Body: c.whole(), Empty: c.empty, Form: c.Form != nil, Raw: c.raw}
}

// contract is what the answer is held to.
func (c *Call) contract() *openapi.Operation {
	if c.Op == nil {
		return c.spec.Outside
	}
	return c.Op
}

// operation is the name by which limits, faults and the log call the request.
func (c *Call) operation() string {
	if c.Op == nil {
		return "none"
	}
	return c.Op.Name
}

func (c *Call) kind() string {
	if c.Op == nil {
		return ""
	}
	return c.Op.Kind
}

func (c *Call) noteFault(f *Fault) {
	c.note = f.Note
	if c.note == "" {
		c.note = f.Error()
	}
}

func schemeOf(r *http.Request) string {
	if r.TLS != nil {
		return "https"
	}
	return "http"
}
