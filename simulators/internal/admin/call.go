package admin

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// maxBody is the largest request body that is read, in bytes.
const maxBody = 1 << 20

// call is one request on its way through the control API.
type call struct {
	*handler
	op      *openapi.Operation // nil where the request met none
	request *http.Request
	path    map[string]string // path variables, unescaped
	query   url.Values
	raw     []byte         // the body, as it was sent
	tenant  *tenant.Tenant // of the path; nil where the path has none
}

// answer finds the reply to a call.
func (c *call) answer(w http.ResponseWriter) (rep reply) {
	defer func() {
		if p := recover(); p != nil {
			c.Logger.Error("panic", "operation", c.op.Name, "panic", p, "stack", string(debug.Stack()))
			rep = problemReply(problem(internal, ""))
		}
	}()
	if p := c.access(c.request, c.op.Name); p != nil {
		return problemReply(p)
	}
	if p := c.resolve(w); p != nil {
		return problemReply(p)
	}
	rep, err := c.run()
	if err == nil {
		return rep
	}
	var p *api.Problem
	if !errors.As(err, &p) {
		c.Logger.Error("operation failed", "operation", c.op.Name, "error", err.Error())
		p = problem(internal, "")
	}
	return problemReply(p)
}

// controlCalls is the note that counts the control calls among a tenant's
// requests. The names of vendors' notes hold a "/".
const controlCalls = "control calls"

// run does the operation. One that changes its tenant takes its number in the
// journal beforehand, so that requests which come meanwhile stand after it.
func (c *call) run() (reply, error) {
	operation := c.operations[c.op.Name]
	if !operation.changes {
		return operation.do(c)
	}
	t := c.tenant
	e := &journal.Entry{
		Seq: t.Requests.Add(1), Real: c.Source.Now(), At: t.Clock.Now(), Tenant: t.Name,
		Control: &journal.Control{Method: c.request.Method, Path: below(c.request.URL.EscapedPath()), Body: c.raw},
	}
	rep, err := operation.do(c)
	if err != nil {
		t.Requests.CompareAndSwap(e.Seq, e.Seq-1) // nothing happened; a gap, where others came meanwhile, does no harm
		return rep, err
	}
	t.Settle() // what the change made due has happened when the caller hears of it
	e.ID = t.Name + "." + strconv.FormatInt(e.Seq, 10)
	e.Control.Status = rep.status
	e.Latency = c.Source.Now().Sub(e.Real)
	_ = t.Notes.Change(controlCalls, func(old any) (any, error) { // which cannot fail
		n, _ := old.(int64)
		return n + 1, nil
	})
	t.Journal.Add(e)
	return rep, nil
}

// below is what follows /tenants/{tenant} in a path.
func below(path string) string {
	parts := strings.SplitN(path, "/", 4)
	return "/" + parts[len(parts)-1]
}

// resolve reads the path, the query and the body, holds them to the contract
// and finds the tenant.
func (c *call) resolve(w http.ResponseWriter) *api.Problem {
	c.path = map[string]string{}
	for name, value := range mux.Vars(c.request) {
		unescaped, err := url.PathUnescape(value)
		if err != nil {
			return problem(invalid, "path %s: cannot be unescaped", name)
		}
		c.path[name] = unescaped
	}
	if p := c.resolveQuery(); p != nil {
		return p
	}
	body, p := c.resolveBody(w)
	if p != nil {
		return p
	}
	r := openapi.Request{HTTP: c.request, Path: c.path, Query: c.query, Body: body, Empty: len(c.raw) == 0}
	if v := c.op.CheckRequest(r); v != nil {
		p := problem(invalid, "%s", v.Error())
		if v.Field != "" {
			p.Errors = []api.ProblemError{{Where: v.Field, Detail: v.Text}}
		}
		return p
	}
	return c.findTenant()
}

func (c *call) resolveQuery() *api.Problem {
	var err error
	if c.query, err = url.ParseQuery(c.request.URL.RawQuery); err != nil {
		return problem(invalid, "the query cannot be read")
	}
	known := c.queries[c.op.Name]
	for name, values := range c.query {
		switch {
		case !slices.Contains(known, name) && len(known) == 0:
			return problem(invalid, "this path has no query parameters")
		case !slices.Contains(known, name):
			return problem(invalid, "there is no such query parameter; there are: %s", strings.Join(byLikeness(name, known), ", "))
		case len(values) > 1:
			return problem(invalid, "query %s: given more than once", name)
		}
	}
	return nil
}

// resolveBody reads the body as JSON. Where the operation takes none, an empty
// object, which says nothing, is as good as none.
func (c *call) resolveBody(w http.ResponseWriter) (any, *api.Problem) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, c.request.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, problem(tooLarge, "at most %d bytes", maxBody)
	case err != nil:
		return nil, problem(malformed, "the body cannot be read")
	}
	c.raw = bytes.TrimSpace(raw)
	if len(c.raw) == 0 {
		return nil, nil
	}
	var body any
	if err := decode(c.raw, &body); err != nil {
		return nil, problem(malformed, "%s", err)
	}
	if object, ok := body.(map[string]any); !c.op.TakesJSON() && (!ok || len(object) > 0) {
		return nil, problem(invalid, "this call takes no body")
	}
	return body, nil
}

func (c *call) findTenant() *api.Problem {
	name, ok := c.path["tenant"]
	if !ok {
		return nil
	}
	if c.tenant, ok = c.Tenants.Find(name); ok {
		return nil
	}
	// The name itself is not said: it may be a real key, sent by mistake.
	detail := "a tenant begins with the first request that a client sends as it, or with POST /tenants"
	var names []string
	for _, t := range c.Tenants.All() {
		names = append(names, t.Name)
	}
	if names = byLikeness(name, names); len(names) > 0 {
		detail += "; nearest: " + strings.Join(names[:min(3, len(names))], ", ")
	}
	return problem(noSuchTenant, "%s", detail)
}

// decode reads one JSON document, and nothing after it. Of a member that is
// there twice the last one counts.
func decode(raw []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("something follows the JSON document")
	}
	return nil
}

// body reads the body, which the contract has seen, into a type of api. None is
// as good as an empty object.
func (c *call) body(into any) error {
	if len(c.raw) == 0 {
		return nil
	}
	if err := decode(c.raw, into); err != nil {
		return problem(invalid, "body: %s", err) // such as a 31st of February, which a schema lets pass
	}
	return nil
}

// number is a whole number of the query.
func (c *call) number(name string, otherwise int64) int64 {
	if n, err := strconv.ParseInt(c.query.Get(name), 10, 64); err == nil {
		return n
	}
	return otherwise
}

// duration reads a length of time of the request that must not be negative.
func duration(member, text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, wrongValue(member, "not a length of time, such as 40m or 1.5s")
	}
	if d < 0 {
		return 0, wrongValue(member, "must not be negative")
	}
	return d, nil
}

func (c *call) name() string {
	if c.op == nil {
		return "none"
	}
	return c.op.Name
}
