package sim

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// Auth is how credentials and tokens behave at the vendor: as the tenant's
// scenario says, and as the vendor documents it where the scenario says nothing.
func (c *Call) Auth() scenarios.Auth {
	a, documented := c.Tenant.Auth(c.vendor.Name), &c.vendor.Auth
	a.TokenTTL = cmp.Or(a.TokenTTL, documented.TokenTTL)
	if a.Refreshes == nil {
		a.Refreshes = documented.Refreshes
	}
	if a.SingleSession == nil {
		a.SingleSession = documented.SingleSession
	}
	return a
}

// AuthKeys are the keys of a scenario's auth that mean something at the vendor:
// each has keys and a watch, some give tokens too.
func (v *Vendor) AuthKeys() []string {
	keys := []string{"forbidden", "disabled", "clock_skew"}
	if v.Auth.TokenTTL > 0 {
		keys = append(keys, "token_ttl", "revoked_after", "single_session")
	}
	if v.Refreshes {
		keys = append(keys, "refreshes")
	}
	return keys
}

// TokenLife is how long a token lives for which the vendor documents a life of
// its own: that, unless the scenario says how long tokens live.
func (c *Call) TokenLife(documented time.Duration) time.Duration {
	return cmp.Or(c.Tenant.Auth(c.vendor.Name).TokenTTL, documented)
}

// allowed refuses what the tenant's key has no right to.
func (c *Call) allowed() *Fault {
	if c.outside {
		return nil
	}
	auth := &c.Tenant.World().Vendor(c.vendor.Name).Auth
	if slices.ContainsFunc(auth.Forbidden, func(on string) bool {
		return scenarios.Selects(on, c.vendor.Name, c.operation(), c.kind())
	}) {
		return &Fault{Kind: Forbidden, Note: "the scenario gives the key no right to " + c.operation()}
	}
	return nil
}

// skew is how far the vendor's watch is ahead of the real time.
func (c *Call) skew() time.Duration {
	if c.owner == nil {
		return 0
	}
	return c.owner.World().Vendor(c.vendor.Name).Auth.ClockSkew
}

// RealNow is the real instant of the request by the vendor's watch: what a client
// compares with its own.
func (c *Call) RealNow() time.Time { return c.began.UTC().Add(c.skew()) }

// dated writes the Date by the vendor's watch, where that is not the server's.
func (c *Call) dated(header http.Header) {
	if c.skew() != 0 {
		header["Date"] = []string{c.RealNow().Format(http.TimeFormat)}
	}
}
