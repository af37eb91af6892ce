package admin

import (
	"slices"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
)

func (c *call) listTokens() (reply, error) {
	list, now := api.Tokens{Tokens: []api.Token{}}, c.tenant.Clock.Read()
	for _, k := range c.tenant.Tokens() {
		shown := api.Token{Vendor: k.Vendor, Kind: k.Kind, Token: k.Token}
		if k.Ends > 0 { // of lived time, as long as the clock jumps over nothing
			at := now.Now.Add(max(k.Ends-now.Lived, time.Duration(0)))
			shown.Ends = &at
		}
		list.Tokens = append(list.Tokens, shown)
	}
	return ok(list), nil
}

func (c *call) revokeTokens() (reply, error) {
	var want api.Revoke
	if err := c.body(&want); err != nil {
		return reply{}, err
	}
	if want.Vendor != "" && !slices.Contains(c.served(), want.Vendor) {
		return reply{}, c.noVendor("vendor", want.Vendor)
	}
	return ok(api.Revoked{Revoked: c.Tenants.RevokeAll(c.tenant, want.Vendor, want.Kind)}), nil
}
