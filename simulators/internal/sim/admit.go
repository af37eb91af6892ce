package sim

import (
	"cmp"
	"errors"

	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
)

// admit asks guards and limits, and then whether the request was resolved. A
// log-in has its credential in the body, so that is looked at before.
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
	if fault == nil {
		fault = c.outcome
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
	return nil, nil
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
	case errors.Is(err, tenant.ErrUnknown), errors.Is(err, tenant.ErrElsewhere), errors.Is(err, tenant.ErrSecret), errors.Is(err, tenant.ErrExpired):
		expired := errors.Is(err, tenant.ErrExpired)
		c.belongTo(sent, expired)
		return &Fault{
			Kind: Unauthorized, Expired: expired,
			Note: "credential (" + tenant.Redact(cmp.Or(credential.Token, credential.Name)) + ") " + err.Error(),
		}, nil
	case err != nil:
		return nil, err
	}
	c.belong(t) // before the world: what is kept of a world that was replaced since is not given again
	c.now = c.reading.Now
	w := t.World()
	c.Tenant, c.Profile, c.Options = t, w.Profile(h.vendor.Name), w.Options(h.vendor.Name)
	if sent != nil {
		c.token.Sent = hashOf(sent.Value)
	}
	return nil, nil
}

func (h *handler) limit(c *Call) *Fault {
	wait, ok, judged := c.Tenant.Limits().Take(traffic.Request{
		Vendor: h.vendor.Name, Operation: c.operation(), Kind: c.kind(),
		Token: c.Token, Credential: c.Tenant.Name, Source: c.source,
	}, c.reading.Lived, c.record.judged[:0])
	c.record.Limits = judged
	if ok {
		return nil
	}
	return &Fault{Kind: RateLimited, RetryAfter: c.Tenant.Clock.WaitSeconds(wait)}
}
