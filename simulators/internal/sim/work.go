package sim

import (
	"bytes"
	"errors"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// Names that the author of a vendor's log-in and of its work meets.
type (
	Creation = tenant.Creation
	Token    = tenant.Token
)

// Create makes a task that begins now and lives by the scenario's rule for this
// operation, else by its default lifecycle.
func (c *Call) Create(what Creation) (Entry, error) {
	what.Operation = c.Op.Name
	what.Body = c.open(what.Body)
	e, err := c.Tenant.Tasks(c.vendor.Name).Create(c.now, what)
	if err == nil {
		c.asked, c.state = e.ID, stateOf(e)
		c.trace.created = e.ID
		c.trace.show(&e)
	}
	return e, err
}

// open is what a task's luck hangs on: a JSON document, or the request's body
// where there is none, with one word in the place of each secret. Those are not in
// a recording, and it has the same luck. Where there are none, no byte changes.
func (c *Call) open(what []byte) []byte {
	e := journal.Entry{Tenant: c.Tenant.Name, Request: journal.Request{Body: what}}
	switch {
	case what == nil:
		e.Request = journal.Request{Header: c.Header, Body: c.raw, Form: c.Form != nil}
	case !bytes.HasPrefix(what, []byte("{")):
		return what // words of the vendor's own
	}
	return e.Rewrite(journal.Secrets(c.spec.Secrets), func(string) string { return "secret" }, "").Body
}

// Created shows the tasks that clients have created at the vendor, in order,
// also those that it has forgotten since: what they did stays done. It is no
// read.
func (c *Call) Created() []Entry {
	tasks := c.Tenant.Tasks(c.vendor.Name)
	var out []Entry
	for ref := range tasks.Created() {
		e, _ := tasks.Look(ref, c.now)
		out = append(out, e)
	}
	return out
}

// Write keeps fields of a task's document that the client wrote, by their wire
// name. It answers false where there is no such task.
func (c *Call) Write(id string, fields map[string]any) bool {
	tasks := c.Tenant.Tasks(c.vendor.Name)
	ref, ok := tasks.Find(id)
	if ok {
		tasks.Write(ref, fields)
	}
	return ok
}

// CheckField holds a value that a client writes to the contract of the task's
// document. The error is for the client: it names the field, not the value.
func (c *Call) CheckField(name string, value any) error {
	return c.spec.CheckField(name, value, true)
}

// End ends a task in a phase now. It answers false where there is no such task
// or where it has ended already.
func (c *Call) End(id string, phase scenarios.Phase) bool {
	tasks := c.Tenant.Tasks(c.vendor.Name)
	ref, ok := tasks.Find(id)
	return ok && tasks.End(ref, c.now, phase) == nil
}

// Forget makes the vendor forget a task now. It answers false where there is no
// such task.
func (c *Call) Forget(id string) bool {
	tasks := c.Tenant.Tasks(c.vendor.Name)
	ref, ok := tasks.Find(id)
	if ok {
		tasks.Expire(ref, c.now)
	}
	return ok
}

// Issue makes a token of the tenant's known. Its life is the tenant's lived
// time; 0 lasts for ever.
func (c *Call) Issue(kind, value string, life time.Duration, data any) *Token {
	k := &Token{Value: value, Vendor: c.vendor.Name, Kind: kind, Tenant: c.Tenant, Data: data}
	if single := c.Auth().SingleSession; single != nil && *single && c.kind() == "login" {
		k.Single = true
	}
	if life > 0 {
		k.Ends = c.reading.Lived + life // from the instant of the request, which the answer tells of
	}
	c.handler.Tenants.Issue(k, 0)
	c.gave(value, life)
	return k
}

// TokenNamed is a token that a log-in gave, or an error: tenant.ErrUnknown, or
// tenant.ErrExpired or ErrRevoked together with the token.
func (c *Call) TokenNamed(value string) (*Token, error) {
	k, err := c.handler.Tenants.Token(value, c.vendor.Name)
	if k != nil && k.Tenant == c.Tenant { // the instant of the request decides, not that of the question
		err = k.Over(c.reading.Lived)
	}
	if k != nil && c.named == nil && c.Tenant == nil {
		c.named, c.namedExpired = k, errors.Is(err, tenant.ErrExpired)
	}
	return k, err
}

// SecretOf is what requests are signed with that say they are a tenant's. To ask
// makes no tenant, and does not use one.
func (c *Call) SecretOf(name string) string {
	if t, ok := c.handler.Tenants.Find(name); ok {
		return t.Secret
	}
	return tenant.DefaultSecret
}

// Claim tells whose call this says it is, where the vendor refuses it before it
// asks for a proof. It is then remembered as that tenant's, if there is one. To
// ask makes no tenant but demo, which is there for whoever names it, and does not
// use one.
func (c *Call) Claim(name string) {
	t, ok := c.handler.Tenants.Find(name)
	if !ok && name == tenant.Demo {
		t, _ = c.handler.Tenants.Demo() // where there is no room it stays a call of nobody's
	}
	if t != nil {
		c.claimed = t
	}
}

// Revoke ends a token at once. It answers false where another call did so first.
func (c *Call) Revoke(k *Token) bool { return c.handler.Tenants.Revoke(k) }

// Alone runs an operation while no other of the tenant's is run so: for writes
// that look before they act.
func (c *Call) Alone(op Operation) (Reply, error) {
	c.Tenant.Alone.Lock()
	defer c.Tenant.Alone.Unlock()
	return op(c)
}

// TokenLuck is luck for a token's value: no two tokens of a tenant, and of two
// tenants with different names, have the same.
func (c *Call) TokenLuck(kind string) uint64 {
	return task.Draw(task.LuckOf(c.Tenant.Seed, kind), c.Tenant.Name, decimal(c.Tenant.Issued.Add(1)))
}

// LifeSeconds is a life of the tenant's time in real whole seconds, rounded
// down, at least 1: what expires_in and the like tell.
func (c *Call) LifeSeconds(life time.Duration) int { return c.Tenant.Clock.LifeSeconds(life) }

// Note is what the vendor keeps of the tenant under a key beside its tasks, such
// as what clients have set; nil where there is nothing. It must not be changed.
func (c *Call) Note(key string) any { return c.Tenant.Notes.Get(c.vendor.Name + "/" + key) }

// ChangeNote puts what change makes of a note in its place, unless change fails.
func (c *Call) ChangeNote(key string, change func(old any) (any, error)) error {
	return c.Tenant.Notes.Change(c.vendor.Name+"/"+key, change)
}
