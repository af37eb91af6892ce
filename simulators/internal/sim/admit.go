package sim

import (
	"cmp"
	"errors"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
)

// admit asks guards and limits. A log-in has its credential in the body, so that
// is looked at before.
func (h *handler) admit(c *Call) (*Fault, error) {
	if c.kind() == "login" {
		if c.outcome != nil {
			return c.outcome, nil
		}
		if fault := c.checkRequest(); fault != nil {
			return fault, nil
		}
	}
	fault, err := h.guard(c)
	if err != nil {
		return nil, err
	}
	if fault == nil {
		fault = h.limit(c)
	}
	return fault, nil
}

// checkRequest holds the request to its contract.
func (c *Call) checkRequest() *Fault {
	if v := c.Op.CheckRequest(c.contractRequest()); v != nil {
		return &Fault{Kind: Invalid, Violation: v}
	}
	return nil
}

// guard accepts the credential, which makes the tenant, and asks the vendor's
// guards.
func (h *handler) guard(c *Call) (*Fault, error) {
	credential, fault := h.vendor.Credential(c)
	if fault != nil {
		c.belongTo(c.named, c.namedExpired)
		c.belongToClaimed()
		return fault, nil
	}
	if fault, err := h.accept(c, credential); fault != nil || err != nil {
		return fault, err
	}
	for _, guard := range h.vendor.Guards {
		if fault := guard(c); fault != nil {
			return fault, nil
		}
	}
	return c.allowed(), nil
}

func (h *handler) accept(c *Call, credential Credential) (*Fault, error) {
	var sent *Token
	if credential.Token != "" {
		if sent = c.named; sent == nil || sent.Value != credential.Token {
			sent, _ = h.Tenants.Token(credential.Token, h.vendor.Name)
		}
	}
	t, err := h.Tenants.Accept(credential, h.vendor.Name)
	switch {
	case errors.Is(err, tenant.ErrUnknown), errors.Is(err, tenant.ErrElsewhere), errors.Is(err, tenant.ErrSecret),
		errors.Is(err, tenant.ErrExpired), errors.Is(err, tenant.ErrRevoked):
		c.belongTo(sent, errors.Is(err, tenant.ErrExpired))
		return notAccepted(credential, err), nil
	case err != nil && !errors.Is(err, tenant.ErrDisabled): // with which comes the tenant
		return nil, err
	}
	c.belong(t) // before the world: what is kept of a world that was replaced since is not given again
	w := t.World()
	c.Profile, c.Options = w.Profile(h.vendor.Name), w.Options(h.vendor.Name)
	if sent != nil { // it was looked at before: the instant of the request decides
		over := sent.Over(c.reading.Lived)
		c.token.Sent, c.token.Expired = hashOf(sent.Value), over == tenant.ErrExpired
		err = cmp.Or(err, over)
	}
	if err != nil {
		return notAccepted(credential, err), nil
	}
	c.Tenant, c.now = t, c.reading.Now
	c.outside = credential.Token != "" && sent == nil
	return nil, nil
}

func notAccepted(credential Credential, err error) *Fault {
	return &Fault{
		Kind: Unauthorized, Expired: errors.Is(err, tenant.ErrExpired),
		Note: "credential (" + tenant.Redact(cmp.Or(credential.Token, credential.Name)) + ") " + err.Error(),
	}
}

// limit asks the tenant's limits. One of requests at once counts the request
// until it has been answered, so it is asked first: a request that it refuses
// takes nothing of the others.
func (h *handler) limit(c *Call) *Fault {
	limits := c.Tenant.Limits()
	request := traffic.Request{
		Vendor: h.vendor.Name, Operation: c.operation(), Kind: c.kind(),
		Token: c.Token, Credential: c.Tenant.Name, Source: c.source,
	}
	leave, entered, ok := limits.Enter(request)
	c.leave = leave
	judged := append(c.judged[:0], entered...)
	var wait time.Duration
	if ok {
		wait, ok, judged = limits.Take(request, c.reading.Lived, judged)
	}
	c.entry.Limits = judged
	if ok {
		return nil
	}
	c.date = c.date || refusing(limits, judged).RetryAfterForm == formDate
	return &Fault{Kind: RateLimited, RetryAfter: c.Tenant.Clock.WaitSeconds(wait)}
}

// refusing is the limit that decides how long a refused request must wait; of
// requests at once, which tells no wait, the one that is full.
func refusing(limits *traffic.Limiter, judged []journal.Judged) scenarios.Limit {
	var longest journal.Judged
	for i, j := range judged {
		if i == 0 || j.Wait > longest.Wait || longest.Wait == 0 && j.Used >= j.Of {
			longest = j
		}
	}
	return limits.Rule(longest.Rule)
}
