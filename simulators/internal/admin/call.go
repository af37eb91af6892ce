package admin

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
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

	// Of one that changes its tenant: the tenant's instant at which it came, which
	// is that of what it does, and what stays of it.
	now     time.Time
	control *journal.Control
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

// run does the operation. One that is to change its tenant takes its number in the
// journal beforehand, so that requests which come meanwhile stand after it. It is
// remembered though it fails: whoever reads the journal, or plays it again, misses
// no number.
func (c *call) run() (reply, error) {
	operation := c.operations[c.op.Name]
	if !operation.changes {
		return operation.do(c)
	}
	t := c.tenant
	number, arrived := t.Arrive()
	c.now = arrived.Now
	c.control = &journal.Control{Method: c.request.Method, Path: below(c.request.URL.EscapedPath()), Body: c.raw}
	e := &journal.Entry{
		ID: t.Name + "." + strconv.FormatInt(number, 10), Number: number, Tenant: t.Name,
		Real: c.Source.Now(), At: arrived.Now, Lived: arrived.Lived, Control: c.control,
	}
	rep, err := operation.do(c)
	c.control.Status = rep.status
	if err != nil {
		c.control.Status = statusOf(err)
	} else {
		t.Settle() // what the change made due has happened when the caller hears of it
	}
	e.Latency = c.Source.Now().Sub(e.Real)
	_ = t.Notes.Change(controlCalls, func(old any) (any, error) { // which cannot fail
		n, _ := old.(int64)
		return n + 1, nil
	})
	t.Journal.Add(e)
	return rep, err
}

// statusOf is that of the answer to a call that failed.
func statusOf(err error) int {
	if p := (*api.Problem)(nil); errors.As(err, &p) {
		return p.Status
	}
	return http.StatusInternalServerError
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
	r := openapi.Request{HTTP: c.request, Path: c.path, Query: c.query, Body: body, Empty: len(c.raw) == 0, Raw: c.raw}
	if v := c.op.CheckRequest(r); v != nil {
		return brokenBy(v)
	}
	return c.findTenant()
}

// brokenBy words a violation of our own contract: by what was expected, where that
// is known and something was there.
func brokenBy(v *openapi.Violation) *api.Problem {
	said := *v
	if v.Expected != "" && v.Rule != "required" {
		said.Text = "must be " + v.Expected
	}
	p := problem(invalid, "%s", said.Error())
	if v.Field != "" {
		p.Errors = []api.ProblemError{{Where: v.Field, Detail: said.Text}}
	}
	return p
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
	if name == tenant.Demo && c.op.Name != "deleteTenant" { // it is there from the start, for whoever looks
		var err error
		if c.tenant, err = c.Tenants.Demo(); err == nil {
			return nil
		}
		return problem(noSuchTenant, "there is no room for it: %s; see --max-tenants", err)
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
	return misread(decode(c.raw, into))
}

// misread words what a schema lets pass and no type of ours can hold.
func misread(err error) error {
	var kind *json.UnmarshalTypeError
	var date *time.ParseError
	switch {
	case errors.As(err, &kind) && strings.HasPrefix(kind.Value, "number"):
		return brokenBy(&openapi.Violation{In: openapi.InBody, Field: kind.Field, Text: "must be written in digits alone, and have at most 64 bits"})
	case errors.As(err, &date):
		return problem(invalid, "body: %s is no date and time that there is; write one such as 2026-01-15T09:00:00Z", date.Value)
	case err != nil:
		return problem(invalid, "body: %s", err)
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

// lengthOfTime is how a length of time is written, however long it is.
var lengthOfTime = regexp.MustCompile(`^([0-9]+(\.[0-9]+)?(h|m|s|ms|us|µs|ns))+$`)

// duration reads a length of time of the request that must not be negative.
func duration(member, text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	switch {
	case err != nil && lengthOfTime.MatchString(text):
		return 0, wrongValue(member, "longer than any length of time that can be counted, which is 292 years")
	case err != nil:
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
