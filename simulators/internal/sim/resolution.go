package sim

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/maphash"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"github.com/vendorsim/vendorsim/openapi"
)

// What a request asks for follows from its method, path, query and body alone: its
// question. A client that polls asks the same again and again, so what was found
// out is remembered, and neither routes nor query nor body are looked at twice.
// Nothing that depends on a tenant or on who asks is in it.

// resolution is what a question asks for that is in order so far. Requests share
// it, so nobody changes anything in it.
type resolution struct {
	op     *openapi.Operation
	base   string
	path   map[string]string
	query  url.Values
	body   any
	params map[string]any
	rpcID  any
	empty  bool
}

const (
	maxQuestion    = 4 << 10 // bytes of a body; those of larger ones are not remembered
	maxResolutions = 2048    // in each of the two halves
)

// resolutions remembers what questions ask for. It is bounded: once its newer half
// is full, the older one is forgotten and the newer one is the older. What is asked
// there becomes newer. A question is remembered from its second time on, so that
// those that are asked once cost no more than their hash. Safe for concurrent use.
type resolutions struct {
	mu           sync.RWMutex
	newer, older map[string]*resolution
	seen         [256]uint64 // hashes of questions met lately, each at its own place
}

var questionSeed = maphash.MakeSeed()

// get is what is known of a question, or nil.
func (s *resolutions) get(question []byte) *resolution {
	s.mu.RLock()
	r, isNew := s.newer[string(question)]
	if !isNew {
		r = s.older[string(question)]
	}
	s.mu.RUnlock()
	if r != nil && !isNew {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.add(question, r)
	}
	return r
}

// met tells whether a question has been met before, lately.
func (s *resolutions) met(question []byte) bool {
	hash := maphash.Bytes(questionSeed, question)
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := &s.seen[hash%uint64(len(s.seen))]
	met := *seen == hash
	*seen = hash
	return met
}

// put remembers a question that has been met before.
func (s *resolutions) put(question []byte, r *resolution) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(question, r)
}

func (s *resolutions) add(question []byte, r *resolution) {
	if s.newer == nil || len(s.newer) >= maxResolutions {
		s.newer, s.older = map[string]*resolution{}, s.newer
	}
	s.newer[string(question)] = r
}

// begin puts the call's question and tells whether its answer is known, which the
// call has then. A body is read for it if it is small and tells its length.
func (c *Call) begin() bool {
	r := c.request
	if r.Body != nil && r.Body != http.NoBody {
		if r.ContentLength <= 0 || r.ContentLength > maxQuestion {
			return false
		}
		c.small = slices.Grow(c.small[:0], maxQuestion)[:r.ContentLength]
		var n int
		n, c.readErr = io.ReadFull(r.Body, c.small)
		if c.body, c.isRead = c.small[:n], true; c.readErr != nil {
			return false
		}
	}
	c.ask()
	known := c.handler.known.get(c.question)
	if known == nil {
		return false
	}
	c.Op, c.Base, c.Path, c.Query, c.empty = known.op, known.base, known.path, known.query, known.empty
	c.Body, c.Params, c.RPCID = known.body, known.params, known.rpcID
	if c.Op.Parent != nil && c.echo != nil {
		c.takeID()
	}
	c.known = true
	return true
}

// ask writes the call's question. In the place of the plain id of a JSON-RPC call,
// which is another in each, stands a byte that is in no JSON; it remains to be told
// as the call's echo.
func (c *Call) ask() {
	u := c.request.URL
	path := u.RawPath
	if path == "" {
		path = u.Path
	}
	c.raw = bytes.TrimSpace(c.body)
	q := append(c.question[:0], c.request.Method...)
	q = append(q, byte(min(len(u.RawPath), 1)))
	q = binary.AppendUvarint(q, uint64(len(path)))
	q = append(q, path...)
	q = binary.AppendUvarint(q, uint64(len(u.RawQuery)))
	q = append(q, u.RawQuery...)
	if e := c.vendor.Echo; e.Member != "" && e.Header == "" {
		if from, to, ok := memberAt(c.raw, rpcID); ok && plain(c.raw[from:to]) {
			c.echo = c.raw[from:to]
			kind := byte(1)
			if c.echo[0] == '"' {
				kind = 2
			}
			q = append(append(q, c.raw[:from]...), kind)
			c.question = append(q, c.raw[to:]...)
			return
		}
	}
	c.question = append(q, c.raw...)
}

// rpcID is the member of a JSON-RPC call that names it.
const rpcID = "id"

// takeID takes the call's own id in the place of that of the call of which the
// resolution was made.
func (c *Call) takeID() {
	if c.echo[0] == '"' {
		c.RPCID = string(c.echo[1 : len(c.echo)-1])
	} else {
		c.RPCID = json.Number(c.echo)
	}
	c.another = true
}

// whole is the call's body with its own id in it, which few ask for.
func (c *Call) whole() any {
	if body, ok := c.Body.(map[string]any); ok && c.another {
		body = maps.Clone(body)
		body[rpcID] = c.RPCID
		c.Body, c.another = body, false
	}
	return c.Body
}

// know remembers what the call's question asks for, if it is in order so far and
// such that clients ask it again and again.
func (c *Call) know() {
	if c.outcome != nil || c.Op == nil || c.Form != nil || len(c.question) == 0 || len(c.raw) > maxQuestion || c.echo != nil && c.Op.Parent == nil {
		return
	}
	switch c.Op.Kind {
	case "poll", "list", "read":
		if known := &c.handler.known; known.met(c.question) {
			known.put(c.question, &resolution{
				op: c.Op, base: c.Base, path: maps.Clone(c.Path), query: c.Query, body: c.Body, params: c.Params, rpcID: c.RPCID, empty: c.empty,
			})
		}
	}
}
