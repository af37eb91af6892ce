package tenant

import (
	"errors"
	"testing"
	"time"
)

// Enter lets in whom Accept lets in and says the same of the others; beside that
// it numbers the request, wherever somebody's tenant is known, and tells of its
// token. Only Accept's own tenants are used by it.
func TestEnterIsAcceptThatNumbers(t *testing.T) {
	worlds := map[string]*World{
		"served": world(t, "name: served\nvendors: [acme, bolt]\noptions: {acme: {page: 7}}"),
		"keys":   world(t, "name: keys\nvendors: [acme]\nauth: {disabled: true}"),
	}
	g, source, _ := testRegistry(t, 50, worlds)
	token := func(value, tenant string, life time.Duration) *Token {
		n, err := g.Accept(Credential{Name: tenant}, "acme")
		if n == nil {
			t.Fatal(err)
		}
		k := &Token{Value: value, Vendor: "acme", Kind: "access", Tenant: n}
		g.Issue(k, life)
		return k
	}
	good, short, revoked, key := token("good", "demo", time.Hour), token("short", "demo", time.Second), token("revoked", "demo", 0), token("key", "keys~a", 0)
	g.Revoke(revoked)
	_ = source.Advance(time.Minute)
	for _, tt := range []struct {
		c      Credential
		vendor string
		want   error
		tenant string // whose the request is
		token  *Token
		used   bool // the tenant is used by it
	}{
		{Credential{Name: "demo"}, "acme", nil, "demo", nil, true},
		{Credential{Name: "demo", HasSecret: true, Secret: "s"}, "acme", nil, "demo", nil, true},
		{Credential{Name: "demo", HasSecret: true, Secret: Wrong}, "acme", ErrSecret, "", nil, false},
		{Credential{Name: "served~new"}, "bolt", nil, "served~new", nil, true},
		{Credential{Name: "demo"}, "num", ErrElsewhere, "", nil, false},
		{Credential{Name: "nobody"}, "acme", ErrUnknown, "", nil, false},
		{Credential{Name: "keys~a"}, "acme", ErrDisabled, "keys~a", nil, true},
		{Credential{Token: "demo"}, "acme", nil, "demo", nil, true},
		{Credential{Token: "keys~a"}, "acme", nil, "keys~a", nil, true}, // outside of auth
		{Credential{Token: "good"}, "acme", nil, "demo", good, true},
		{Credential{Token: "good"}, "bolt", ErrUnknown, "", nil, false}, // of another vendor
		{Credential{Token: "short"}, "acme", ErrExpired, "demo", short, false},
		{Credential{Token: "revoked"}, "acme", ErrRevoked, "demo", revoked, false},
		{Credential{Token: "key"}, "acme", ErrDisabled, "keys~a", key, true},
		{Credential{Token: "none"}, "acme", ErrUnknown, "", nil, false},
	} {
		_ = source.Advance(time.Second)
		n, err := g.Accept(tt.c, tt.vendor)
		if err != tt.want && !errors.Is(err, tt.want) || (n != nil) != tt.used {
			t.Errorf("%+v: Accept says %v %v", tt.c, n, err)
		}
		var before int64
		if n != nil {
			before = n.Requests.Load()
		}
		_ = source.Advance(time.Second)
		e, got := g.Enter(&tt.c, tt.vendor, source.Now())
		if got != err && got.Error() != err.Error() {
			t.Errorf("%+v: Enter says %v, Accept %v", tt.c, got, err)
		}
		switch {
		case e.Tenant == nil && tt.tenant != "" || e.Tenant != nil && e.Tenant.Name != tt.tenant, e.Token != tt.token:
			t.Errorf("%+v: %+v", tt.c, e)
		case e.Tenant == nil:
		case n != nil && (n != e.Tenant || e.Number != before+1):
			t.Errorf("%+v: number %d after %d", tt.c, e.Number, before)
		case e.Vendor != e.Tenant.World().Vendor(tt.vendor) || !e.Reading.Now.Equal(source.Now()):
			t.Errorf("%+v: %+v", tt.c, e)
		case (e.Tenant.LastUsed() == source.Now()) != tt.used:
			t.Errorf("%+v: used %v, now %v", tt.c, e.Tenant.LastUsed(), source.Now())
		}
	}
	// The token was accepted before its tenant's scenario was another's.
	good.Tenant.Replace(world(t, "name: served\nvendors: [bolt]"), good.Tenant.Clock.Now())
	if e, err := g.Enter(&Credential{Token: "good"}, "acme", source.Now()); !errors.Is(err, ErrElsewhere) || e.Tenant != good.Tenant || e.Token != good {
		t.Errorf("elsewhere: %+v %v", e, err)
	}
}

// What is asked for each request is what the scenario says, also of a vendor that
// it is not for, or that nobody knows.
func TestVendorOfAWorld(t *testing.T) {
	w := world(t, "name: served\nvendors: [acme, bolt]\nprofiles: {acme: observed}\noptions: {acme: {page: 7}}\nauth: [{vendor: bolt, clock_skew: 5s}]")
	for name, want := range map[string]VendorWorld{
		"acme": {World: w, Name: "acme", Serves: true, Profile: Observed},
		"bolt": {World: w, Name: "bolt", Serves: true, Profile: Documented},
		"num":  {World: w, Name: "num", Profile: Documented},
		"none": {World: w, Name: "none", Profile: Documented},
	} {
		got := w.Vendor(name)
		if got.World != w || got.Name != want.Name || got.Serves != want.Serves || got.Profile != want.Profile || (got.Options == nil) == want.Serves {
			t.Errorf("%s: %+v", name, got)
		}
		if skew := w.Scenario.AuthOf(name).ClockSkew; got.Auth.ClockSkew != skew || skew > 0 != (name == "bolt") {
			t.Errorf("%s: a skew of %v, want %v", name, got.Auth.ClockSkew, skew)
		}
	}
	if got := w.Vendor("acme"); got != w.Vendor("acme") || got.Options.Int("page") != 7 || !got.Options.Bool("strict") {
		t.Errorf("acme: %+v", got)
	}
}

// Letting in a request of a known tenant takes no memory.
func TestEnterAllocatesNothing(t *testing.T) {
	g, source, _ := testRegistry(t, 5, map[string]*World{"served": world(t, "name: served")})
	n, err := g.Accept(Credential{Name: "demo"}, "acme")
	if err != nil {
		t.Fatal(err)
	}
	g.Issue(&Token{Value: "good", Vendor: "acme", Tenant: n}, 0)
	for _, c := range []Credential{{Name: "demo"}, {Token: "demo"}, {Token: "good"}} {
		if n := testing.AllocsPerRun(100, func() {
			if _, err := g.Enter(&c, "acme", source.Now()); err != nil {
				t.Error(err)
			}
		}); n != 0 {
			t.Errorf("%+v: %v allocations", c, n)
		}
	}
}
