package sim

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
	"github.com/vendorsim/vendorsim/simulators/internal/verify"
)

// RequestHeader carries the id of the request, beside every reply: the tenant's
// name and a number that counts its requests, or "@" and a number that counts
// those of the server that were refused without a tenant. No contract has it.
const RequestHeader = journal.IDHeader

// belong makes the call one of a tenant's: it gets its number there, and the
// instant at which it arrived.
func (c *Call) belong(t *tenant.Tenant) {
	c.owner = t
	c.number, c.reading = t.Arrive()
}

// belongTo makes a refused call one of the tenant whose token it carried, if it
// carried one. The tenant is told of it, but not used by it.
func (c *Call) belongTo(k *tenant.Token, expired bool) {
	if k == nil {
		return
	}
	c.belong(k.Tenant)
	w := k.Tenant.World()
	c.Profile, c.Options = w.Profile(c.vendor.Name), w.Options(c.vendor.Name)
	c.token.Sent, c.token.Expired = hashOf(k.Value), expired
}

// belongToClaimed makes a refused call one of the tenant that it says it is of,
// if nothing better told whose it is.
func (c *Call) belongToClaimed() {
	if c.owner != nil || c.claimed == nil {
		return
	}
	c.belong(c.claimed)
	w := c.claimed.World()
	c.Profile, c.Options = w.Profile(c.vendor.Name), w.Options(c.vendor.Name)
}

// finish remembers the request and its reply, and writes the id into header,
// which is the reply's. It is the last thing before the reply is written, so
// that whoever has the id can ask about it.
func (h *handler) finish(c *Call, reply *Reply, header http.Header) {
	e := &c.entry
	var id [64]byte
	if c.owner != nil {
		e.ID = string(strconv.AppendInt(append(append(id[:0], c.owner.Name...), '.'), c.number, 10))
	} else {
		e.ID = string(strconv.AppendInt(append(id[:0], '@'), h.RefusedCount.Add(1), 10))
	}
	header[RequestHeader] = []string{e.ID}
	h.complete(c, reply, header)
	c.noteFaults()
	c.noteSurprises()
	if c.fault != nil || reply.Status >= http.StatusBadRequest || c.unread() {
		c.trace.tasks, c.trace.seen, c.trace.page = nil, nil, nil // it showed none
	}
	if c.fault != nil || reply.Status >= http.StatusBadRequest {
		e.Refusal = refusalOf(c.fault, reply)
	}
	c.trace.complete(c)
	c.fill(e, reply, header)
	e.Latency = h.Source.Now().Sub(c.began)
	switch {
	case c.owner != nil:
		e.Asked = c.asks()
		c.owner.Journal.AddPacked(e, c.packed(reply, header))
		c.owner.Observer.Observe(c.observation(reply))
	case h.Refused != nil:
		e.Asked = c.askedFor()
		h.Refused.Add(e)
	}
	h.log(c, reply.Status)
}

// complete makes the reply and its header what leaves: with what the server says
// of itself, and as a fault mangles it.
func (h *handler) complete(c *Call, reply *Reply, header http.Header) {
	reply.writeHeader(header)
	c.dated(header)
	c.surpriseHeader(header)
	if a := c.fires(); a != nil && a.Mangles() && !c.wire.lost {
		c.wire = mangle(a, reply, header, c.Tenant.Clock.Wall(a.Drip), c.RealNow())
	}
	if len(c.decision.Names) > 0 && !h.SilentFaults {
		header[FaultHeader] = []string{strings.Join(c.decision.Names, ", ")}
	}
}

// unread tells whether the client cannot make out the reply: nothing of it came,
// or not all, or it was torn.
func (c *Call) unread() bool { return !c.wire.whole() || c.wire.torn }

func (c *Call) fill(e *journal.Entry, reply *Reply, header http.Header) {
	r := c.request
	e.Real, e.At, e.Lived, e.Number = c.began, c.reading.Now, c.reading.Lived, c.number
	if c.owner != nil {
		e.Tenant = c.owner.Name
	}
	e.Vendor, e.Operation, e.Kind, e.Profile = c.vendor.Name, c.operation(), c.kind(), c.Profile
	e.Request = journal.Request{
		Method: r.Method, Scheme: schemeOf(r), Host: r.Host, Target: targetOf(r, c.prefix), Proto: r.Proto,
		Header: r.Header, Body: c.body, Form: c.Form != nil, Rest: c.rest, Source: c.source,
	}
	e.Reply = journal.Reply{Status: reply.Status, Header: header, Body: reply.Text}
	if c.wire.cut {
		e.Reply.Body = reply.Text[:c.wire.sent]
	}
	e.Note, e.Tasks, e.Created, e.Unread = c.note, c.trace.tasks, c.trace.created, c.trace.unread
}

// packed is what the records of all that were given this kept answer have in common;
// nil where the answer is not kept, or left with another header. The first such record
// is what it is made of. A kept answer is of one tenant and one question, which comes by
// one scheme, host and prefix, and its trace is kept with it: that is all a Packed
// stands for but the header.
func (c *Call) packed(reply *Reply, header http.Header) *journal.Packed {
	k := c.given
	if k == nil || !reply.kept || c.fires() != nil || len(c.surprised) > 0 || len(header) != len(reply.lines)+1 {
		return nil // with a fault or a surprise the header may be any; else nothing changes a line, but others may come
	}
	packed := k.packed.Load()
	if packed == nil {
		packed = journal.Pack(&c.entry)
		k.packed.Store(packed)
	}
	return packed
}

// targetOf is the path and query of a request as they were sent.
func targetOf(r *http.Request, prefix string) string {
	if strings.HasPrefix(r.RequestURI, "/") {
		return r.RequestURI
	}
	u := *r.URL // sent with scheme and host, or not by way of a server
	u.Scheme, u.Host, u.User = "", "", nil
	return prefix + u.RequestURI()
}

// refusalOf says why a reply is no good answer. Its text is that of the log,
// which never holds a credential.
func refusalOf(f *Fault, reply *Reply) *journal.Refusal {
	refusal := &journal.Refusal{Kind: string(Invalid), RetryAfter: reply.retryAfter()}
	if f == nil {
		return refusal
	}
	refusal.Kind, refusal.Text = string(f.Kind), f.Note
	if refusal.Text == "" {
		refusal.Text = f.Detail
	}
	if v := f.About; v != nil {
		refusal.In, refusal.Field, refusal.Expected = v.In, v.Field, v.Expected
	}
	if v := f.Violation; v != nil {
		refusal.In, refusal.Field, refusal.Rule, refusal.Text, refusal.Expected = v.In, v.Field, v.Rule, v.Text, v.Expected
	}
	return refusal
}

// observation is what the request tells of its client. It is the call's own.
func (c *Call) observation(reply *Reply) *verify.Observation {
	mode := c.reading.Mode
	o := &c.observed
	*o = verify.Observation{
		Real: c.began, Took: c.entry.Latency, At: c.reading.Now, Lived: c.reading.Lived, Speed: mode.Speed, Frozen: mode.Kind == scenarios.Frozen,
		Vendor: c.vendor.Name, Operation: c.operation(), Kind: c.kind(), Status: reply.Status,
		Tasks: c.trace.seen, Asked: c.entry.Asked,
		Body: c.work(), RetryAfter: reply.retryAfter(),
		Token: c.token, Page: c.trace.page, Unknown: c.trace.unread,
		Fault: strings.Join(c.decision.Names, ", "), Done: c.done, Sent: c.sent(c.owner.Observer.Wants()),
	}
	if f := c.fault; f != nil && reply.Status > 0 && f.Kind != redirected {
		o.Failed = reply.Status < http.StatusBadRequest
		o.Refused = o.Failed && (f.Kind == RateLimited || f.Kind == Internal || f.Kind == Unavailable)
	}
	if o.Lost = c.unread() || c.done && c.fault != nil; o.Lost {
		o.Tasks, o.Page, o.Token.Given, o.Token.Life = nil, nil, 0, 0
		if id := c.trace.created; id != "" {
			o.Tasks = []verify.Task{{ID: id}}
		}
	}
	o.Created = c.trace.created != "" && len(o.Tasks) == 1 && o.Tasks[0].ID == c.trace.created
	var longest journal.Judged
	o.Limits = c.limits[:0]
	for _, j := range c.entry.Limits {
		o.Limits = append(o.Limits, j.Key)
		if j.Wait > longest.Wait {
			longest = j
		}
	}
	if o.RetryAfter > 0 {
		o.Told = longest.Key // 0 where no limit has refused
	}
	return o
}

// sent are the values of fields of the request, by their names: a path of members
// of the body, or a parameter of the query or of a form.
func (c *Call) sent(fields []string) map[string]string {
	var found map[string]string
	for _, name := range fields {
		value, ok := member(c.whole(), name)
		if !ok && c.Query.Has(name) {
			value, ok = c.Query.Get(name), true
		}
		if !ok {
			continue
		}
		if found == nil {
			found = map[string]string{}
		}
		found[name] = fmt.Sprint(value)
	}
	return found
}

// member is what stands in a JSON document at a path of members.
func member(document any, path string) (any, bool) {
	for name := range strings.SplitSeq(path, ".") {
		object, _ := document.(map[string]any)
		value, ok := object[name]
		if !ok {
			return nil, false
		}
		document = value
	}
	return document, true
}
