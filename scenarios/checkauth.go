package scenarios

import "slices"

func (c *checker) checkAuth() {
	auths := c.scenario.Auth
	if len(auths) > MaxVendors {
		c.at([]any{"auth"}, "there are %d entries; at most %d are allowed", len(auths), MaxVendors)
		return
	}
	seen := map[string]Position{}
	forbidden := 0
	for i := range auths {
		a, path := &auths[i], []any{"auth", i}
		if written := c.root.lookup("auth"); written.kind != list {
			path = []any{"auth"}
		}
		n := c.root.lookup(path...)
		if n == nil || n.kind != mapping {
			continue
		}
		served := c.vendorServed(under(path, "vendor"), a.Vendor)
		first, repeated := seen[a.Vendor]
		switch {
		case n.get("vendor") == nil && len(auths) > 1 && !c.refused[n]: // it may be misspelt
			c.at(path, `in a list of several, each entry needs "vendor": else more than one would hold for a vendor`)
		case served && repeated:
			c.at(under(path, "vendor"), "%s has an entry already, at %s", a.Vendor, first)
		case served:
			seen[a.Vendor] = a.At
		}
		c.checkPositive(under(path, "token_ttl"), a.TokenTTL)
		c.checkPositive(under(path, "revoked_after"), a.RevokedAfter)
		if forbidden += len(a.Forbidden); forbidden > MaxRules {
			c.at(under(path, "forbidden"), "with this list %d operations are forbidden; at most %d are allowed", forbidden, MaxRules)
			return
		}
		c.checkForbidden(under(path, "forbidden"), a, served)
	}
}

func (c *checker) checkForbidden(path []any, a *Auth, served bool) {
	for i, on := range a.Forbidden {
		at := under(path, i)
		switch {
		case c.sound(at...) == nil:
		case on == "":
			c.at(at, "the entry is empty; write an operation's name, vendor.name, or a kind")
		case slices.Index(a.Forbidden, on) < i:
			c.at(at, "%q is given twice", on)
		case served:
			c.checkOn(at, on, a.Vendor)
		}
	}
}
