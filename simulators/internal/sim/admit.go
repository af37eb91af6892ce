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
	e, err := h.Tenants.Enter(&credential, h.vendor.Name, c.began)
	if e.Tenant == nil {
		if errors.Is(err, tenant.ErrUnknown) || errors.Is(err, tenant.ErrElsewhere) || errors.Is(err, tenant.ErrSecret) {
			return notAccepted(credential, err), nil
		}
		return nil, err
	}
	c.owner, c.number, c.reading = e.Tenant, e.Number, e.Reading
	c.Profile, c.Options = e.Vendor.Profile, e.Vendor.Options
	if e.Token != nil {
		c.token.Sent, c.token.Expired = hashOf(e.Token.Value), errors.Is(err, tenant.ErrExpired)
	}
	if err != nil {
		return notAccepted(credential, err), nil
	}
	c.Tenant, c.now = e.Tenant, c.reading.Now
	c.outside = credential.Token != "" && e.Token == nil
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
	judged, ok := limits.Enter(request, &c.inside, c.judged[:0])
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
