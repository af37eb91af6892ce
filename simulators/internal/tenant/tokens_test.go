package tenant

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// secured is a tenant of a scenario with these lines of auth, its registry and the
// real time.
func secured(t testing.TB, auth string) (*Registry, *Tenant, func(time.Duration)) {
	t.Helper()
	g, source, _ := testRegistry(t, 10, map[string]*World{"served": world(t, "name: served\nvendors: [acme, bolt]\n"+auth+life)})
	n, err := g.Make(Making{Name: "served~x", World: world(t, "name: served\nvendors: [acme, bolt]\n"+auth+life)})
	if err != nil {
		t.Fatal(err)
	}
	return g, n, func(at time.Duration) {
		t.Helper()
		if err := source.Set(start.Add(at)); err != nil {
			t.Fatal(err)
		}
	}
}

func issue(g *Registry, n *Tenant, value, vendor, kind string, life time.Duration, single bool) *Token {
	k := &Token{Value: value, Vendor: vendor, Kind: kind, Tenant: n, Single: single}
	g.Issue(k, life)
	return k
}

// A token that the scenario revokes ends earlier than its client was told, and is
// refused like one that nobody knows, not as expired.
func TestRevokedAfter(t *testing.T) {
	g, n, at := secured(t, "auth: [{vendor: acme, revoked_after: 10s}]\n")
	issue(g, n, "tok", "acme", "access", 30*s, false)
	issue(g, n, "short", "acme", "access", 5*s, false)
	issue(g, n, "for-ever", "acme", "access", 0, false)
	issue(g, n, "other", "bolt", "access", 30*s, false)
	for _, c := range []struct {
		at                          time.Duration
		tok, short, forEver, atBolt error
	}{
		{0, nil, nil, nil, nil},
		{5*s - 1, nil, nil, nil, nil},
		{5 * s, nil, ErrExpired, nil, nil},
		{10*s - 1, nil, ErrExpired, nil, nil},
		{10 * s, ErrRevoked, ErrExpired, ErrRevoked, nil},
		{30 * s, ErrRevoked, ErrExpired, ErrRevoked, ErrExpired},
	} {
		at(c.at)
		for value, want := range map[string]error{"tok": c.tok, "short": c.short, "for-ever": c.forEver, "other": c.atBolt} {
			vendor := "acme"
			if value == "other" {
				vendor = "bolt"
			}
			k, err := g.Token(value, vendor)
			if err != want || k == nil || k.Tenant != n || k.ExpiredBy(n.Clock.Lived()) != (want == ErrExpired) {
				t.Errorf("%s at %v: %v, want %v", value, c.at, err, want)
			}
			if _, err := g.Accept(Credential{Token: value}, vendor); err != want {
				t.Errorf("%s at %v is accepted with %v, want %v", value, c.at, err, want)
			}
		}
	}
	if _, err := g.Token("tok", "acme"); !errors.Is(err, ErrUnknown) || errors.Is(err, ErrExpired) {
		t.Errorf("%v: to a vendor it is as one that nobody knows", err)
	}
}

// A move lists a token once, at the instant at which it really ends.
func TestMovesListRevokedTokens(t *testing.T) {
	g, n, _ := secured(t, "clock: {mode: frozen}\nauth: {revoked_after: 10s}\n")
	issue(g, n, "late", "acme", "access", 30*s, false)
	issue(g, n, "early", "acme", "access", 10*s, false)
	issue(g, n, "gone", "acme", "access", 0, false)
	g.RevokeAll(n, "", "")
	issue(g, n, "again", "acme", "access", 30*s, false)
	issue(g, n, "first", "acme", "access", 3*s, false)
	var got []string
	for _, by := range []time.Duration{10*s - 1, 1, time.Minute} {
		for _, k := range n.AdvanceBy(by).Tokens {
			got = append(got, fmt.Sprint(k.Value, "@", k.End()))
		}
		got = append(got, "|")
	}
	if want := "first@3s | again@10s | |"; strings.Join(got, " ") != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A second log-in ends the first at once: its own vendor's, of its kind, and no
// other tenant's. The loser is still known.
func TestSingleSession(t *testing.T) {
	g, n, _ := secured(t, "")
	other := accept(t, g, "served~y")
	issue(g, n, "a1", "acme", "access", 30*s, true)
	issue(g, n, "r1", "acme", "refresh", 60*s, false)
	issue(g, n, "b1", "bolt", "access", 30*s, true)
	issue(g, other, "y1", "acme", "access", 30*s, true)
	issue(g, n, "a2", "acme", "access", 30*s, true)
	for value, want := range map[string]error{"a1": ErrRevoked, "a2": nil, "r1": nil, "y1": nil} {
		if k, err := g.Token(value, "acme"); err != want || k == nil {
			t.Errorf("%s: %v, want %v", value, err, want)
		}
	}
	if _, err := g.Token("b1", "bolt"); err != nil {
		t.Errorf("at another vendor: %v", err)
	}
	issue(g, n, "a3", "acme", "access", 30*s, false)
	if _, err := g.Token("a2", "acme"); err != nil {
		t.Errorf("beside one that is not single: %v", err)
	}
}

// Of many that log in at once one stays. Run with -race.
func TestSingleSessionAtOnce(t *testing.T) {
	g, n, _ := secured(t, "")
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() { issue(g, n, fmt.Sprint("tok", i), "acme", "access", time.Minute, true) })
	}
	wg.Wait()
	if held := n.Tokens(); len(held) != 1 {
		t.Errorf("%d sessions", len(held))
	}
}

// Whatever is revoked was good until then, and is counted once.
func TestRevokeAll(t *testing.T) {
	for _, c := range []struct {
		vendor, kind string
		n            int
		left         string
	}{
		{"", "", 4, ""},
		{"acme", "", 3, "bolt/access"},
		{"", "access", 3, "acme/refresh"},
		{"acme", "access", 2, "acme/refresh bolt/access"},
		{"bolt", "refresh", 0, "acme/access acme/access acme/refresh bolt/access"},
		{"num", "", 0, "acme/access acme/access acme/refresh bolt/access"},
	} {
		g, n, at := secured(t, "")
		other := accept(t, g, "served~y")
		issue(g, n, "expired", "acme", "access", 5*s, false)
		issue(g, n, "a1", "acme", "access", 30*s, false)
		issue(g, n, "a2", "acme", "access", 0, false)
		issue(g, n, "r1", "acme", "refresh", 30*s, false)
		issue(g, n, "b1", "bolt", "access", 30*s, false)
		issue(g, other, "y1", "acme", "access", 30*s, false)
		at(5 * s)
		if got := g.RevokeAll(n, c.vendor, c.kind); got != c.n {
			t.Errorf("%q %q: %d revoked, want %d", c.vendor, c.kind, got, c.n)
		}
		if got := g.RevokeAll(n, c.vendor, c.kind); got != 0 {
			t.Errorf("%q %q: %d revoked twice", c.vendor, c.kind, got)
		}
		var left []string
		for _, k := range n.Tokens() {
			left = append(left, k.Vendor+"/"+k.Kind)
		}
		if strings.Join(left, " ") != c.left {
			t.Errorf("%q %q leaves %q, want %q", c.vendor, c.kind, left, c.left)
		}
		if _, err := g.Token("expired", "acme"); err != ErrExpired {
			t.Errorf("one that had ended: %v", err)
		}
		if len(other.Tokens()) != 1 {
			t.Error("another tenant's token is gone")
		}
	}
}

// Of many who revoke at once one does. Run with -race.
func TestRevokeAtOnce(t *testing.T) {
	g, n, _ := secured(t, "")
	k := issue(g, n, "tok", "acme", "access", time.Minute, false)
	var wg sync.WaitGroup
	var did atomic.Int64
	for i := range 64 {
		wg.Go(func() {
			if i%2 == 0 && g.Revoke(k) {
				did.Add(1)
			}
			if i%2 == 1 {
				did.Add(int64(g.RevokeAll(n, "", "")))
			}
		})
	}
	wg.Wait()
	if did.Load() != 1 {
		t.Errorf("revoked %d times", did.Load())
	}
}

// A list shows no token's value, and the ends that clients were told.
func TestTokensAreListedRedacted(t *testing.T) {
	g, n, _ := secured(t, "auth: {revoked_after: 10s}\n")
	if n.Tokens() == nil {
		t.Error("no list")
	}
	issue(g, n, "a-very-secret-value", "acme", "access", 30*s, false)
	issue(g, n, "another-secret", "bolt", "cookie", 0, false)
	got := fmt.Sprint(n.Tokens())
	if want := fmt.Sprintf("[{acme access %s 30s} {bolt cookie %s 0s}]", Redact("a-very-secret-value"), Redact("another-secret")); got != want || strings.Contains(got, "secret") {
		t.Errorf("%s, want %s", got, want)
	}
}

// Revoked tokens are remembered until their tenant ends, or until there are too
// many: then they go before those that are good.
func TestHowLongRevokedTokensAreKnown(t *testing.T) {
	g, n, _ := secured(t, "")
	issue(g, n, "good", "acme", "access", 0, false)
	for i := range maxTokens - 1 {
		g.Revoke(issue(g, n, fmt.Sprint(i), "acme", "refresh", time.Hour, false))
	}
	if k, err := g.Token("0", "acme"); err != ErrRevoked || k.Tenant != n {
		t.Errorf("before the bound: %v", err)
	}
	issue(g, n, "one more", "acme", "refresh", time.Hour, false)
	if _, err := g.Token("0", "acme"); err != ErrUnknown {
		t.Errorf("beyond it: %v", err)
	}
	for _, value := range []string{"good", "one more"} {
		if _, err := g.Token(value, "acme"); err != nil {
			t.Errorf("%s: %v", value, err)
		}
	}
	old := issue(g, n, "old", "acme", "access", 0, false)
	g.Revoke(old)
	if _, err := g.Reset(n.Name); err != nil {
		t.Fatal(err)
	}
	if k, err := g.Token("old", "acme"); k != nil || err != ErrUnknown || g.Revoke(old) {
		t.Errorf("after the tenant: %v", err)
	}
}

// A disabled key names its tenant, which sees that it was refused; at another
// vendor, and as a raw name, which stands outside auth, it is good.
func TestADisabledKey(t *testing.T) {
	g, _, _ := secured(t, "auth: [{vendor: acme, disabled: true}]\n")
	n, err := g.Accept(Credential{Name: "demo", HasSecret: true, Secret: "x"}, "acme")
	if err != ErrDisabled || n == nil || n.Name != "demo" {
		t.Fatalf("%v", err)
	}
	issue(g, n, "tok", "acme", "access", time.Minute, false)
	issue(g, n, "bolt-tok", "bolt", "access", time.Minute, false)
	for _, c := range []struct {
		credential Credential
		vendor     string
		want       error
	}{
		{Credential{Token: "tok"}, "acme", ErrDisabled},
		{Credential{Token: "bolt-tok"}, "bolt", nil},
		{Credential{Name: "demo"}, "bolt", nil},
		{Credential{Token: "demo"}, "acme", nil},
		{Credential{Name: "demo", HasSecret: true, Secret: "wrong"}, "acme", ErrSecret},
	} {
		if got, err := g.Accept(c.credential, c.vendor); err != c.want && !errors.Is(err, c.want) || (got == n) != (c.want != ErrSecret) {
			t.Errorf("%+v at %s: %v, want %v", c.credential, c.vendor, err, c.want)
		}
	}
}
