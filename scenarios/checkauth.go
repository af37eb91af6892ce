package scenarios

import (
	"reflect"
	"slices"
	"strings"
)

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
		if served && (a.Vendor != "" || len(auths) == 1) {
			c.checkAuthKeys(path, n, a.Vendor)
		}
	}
}

// checkAuthKeys refuses what means nothing at the vendor that the entry names. One
// that names none is for every vendor that has such a thing: where no vendor of the
// scenario has it, that is only told.
func (c *checker) checkAuthKeys(path []any, n *node, vendor string) {
	if c.known.AuthKeys == nil {
		return
	}
	has := map[string]bool{}
	for _, v := range c.scenario.vendorsOf(vendor) {
		if !slices.Contains(c.known.Vendors, v) {
			return // it is refused elsewhere
		}
		for _, key := range c.known.AuthKeys(v) {
			has[key] = true
		}
	}
	for _, key := range keysOf(c.fieldsOf(reflect.TypeFor[Auth]())) {
		at := under(path, key)
		written, place := c.root.find(at...)
		switch {
		case key == "vendor" || has[key] || n.get(key) == nil:
		case vendor != "":
			c.atKey(at, "%s has no %s; there is %s", vendor, key, strings.Join(sortedKeys(has), ", "))
		case c.clean(written):
			c.problems.warn(place, "no vendor of this scenario has %s", key)
		}
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
