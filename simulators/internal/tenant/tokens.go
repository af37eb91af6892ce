package tenant

import (
	"cmp"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// ErrExpired says that a token's life is over.
var ErrExpired = errors.New("has expired")

// What a credential is refused for that its vendor would know, but for that. To
// errors.Is both are ErrUnknown as well: no vendor has other words for them.
var (
	ErrRevoked  error = refusal("has been revoked")
	ErrDisabled error = refusal("is a key that the scenario has disabled")
)

type refusal string

func (r refusal) Error() string        { return string(r) }
func (r refusal) Is(target error) bool { return target == ErrUnknown }

// Token is what a log-in gave to a client. It carries its tenant and belongs to
// one incarnation of it: a tenant that is forgotten takes its tokens along.
type Token struct {
	Value  string
	Vendor string
	Kind   string // the vendor's own: access, refresh, cookie ...
	Tenant *Tenant
	Ends   time.Duration // the tenant's lived time at which it ends, as the client was told; 0: never
	Data   any           // the vendor's own: how often it was refreshed, its twin ...
	Single bool          // it ends the tenant's other tokens of its vendor and kind

	revoked atomic.Bool
	revokes time.Duration // the lived time at which it is revoked; 0: never
}

// Expired tells whether the token has ended on its tenant's clock. Time that a
// skipping clock jumped over does not count.
func (k *Token) Expired() bool { return k.ExpiredBy(k.Tenant.Clock.Lived()) }

// ExpiredBy tells whether the token has ended when its tenant has lived so long.
func (k *Token) ExpiredBy(lived time.Duration) bool { return k.Over(lived) == ErrExpired }

// Over says why the token is good no more when its tenant has lived so long:
// ErrExpired, ErrRevoked, or nil if it is good. One that somebody revoked is so at
// any instant.
func (k *Token) Over(lived time.Duration) error {
	switch at := k.End(); {
	case k.revoked.Load():
		return ErrRevoked
	case at == 0 || lived < at:
		return nil
	case at == k.Ends:
		return ErrExpired
	}
	return ErrRevoked
}

// End is the tenant's lived time at which the token ends if nobody revokes it: as
// the client was told, or earlier where the scenario revokes it by itself
// (revoked_after). 0: never.
func (k *Token) End() time.Duration {
	if k.revokes > 0 && (k.Ends == 0 || k.revokes < k.Ends) {
		return k.revokes
	}
	return k.Ends
}

// maxTokens is how many tokens a tenant may have before those that have ended or
// were revoked are forgotten, and then the oldest.
const maxTokens = 10_000

// tokens are the tokens of one tenant, in the order issued. One that was revoked
// stays, so that whoever sends it is known by it.
type tokens struct {
	mu     sync.Mutex
	issued []*Token
	gone   bool // the tenant is forgotten
}

// Issue makes a token known. Its life is lived time from now; with 0 it ends as
// Ends says. The scenario's revoked_after counts from now as well.
func (g *Registry) Issue(k *Token, life time.Duration) {
	lived := k.Tenant.Clock.Lived()
	if life > 0 {
		k.Ends = lived + life
	}
	if after := k.Tenant.Auth(k.Vendor).RevokedAfter; after > 0 {
		k.revokes = lived + after
	}
	own := &k.Tenant.tokens
	own.mu.Lock()
	defer own.mu.Unlock()
	if own.gone {
		return
	}
	if k.Single {
		own.revoke(lived, k.Vendor, k.Kind)
	}
	if len(own.issued) >= maxTokens {
		g.thin(own, lived)
	}
	own.issued = append(own.issued, k)
	g.tokens.Store(k.Value, k)
}

// thin forgets the tokens that are good no more, and then the older half if that
// made too little room.
func (g *Registry) thin(own *tokens, lived time.Duration) {
	kept := own.issued[:0:0]
	for _, k := range own.issued {
		if k.Over(lived) != nil {
			g.tokens.CompareAndDelete(k.Value, k)
		} else {
			kept = append(kept, k)
		}
	}
	if len(kept) >= maxTokens {
		for _, k := range kept[:maxTokens/2] {
			g.tokens.CompareAndDelete(k.Value, k)
		}
		kept = kept[maxTokens/2:]
	}
	own.issued = kept
}

// revoke revokes those of a vendor and kind that are good still, "" for any, and
// answers how many. It is called with mu held.
func (o *tokens) revoke(lived time.Duration, vendor, kind string) (n int) {
	for _, k := range o.issued {
		if (vendor == "" || vendor == k.Vendor) && (kind == "" || kind == k.Kind) && k.Over(lived) == nil && !k.revoked.Swap(true) {
			n++
		}
	}
	return n
}

// Revoke ends a token at once. It answers false where it had been revoked already,
// or is not known any more.
func (g *Registry) Revoke(k *Token) bool {
	known, _ := g.tokens.Load(k.Value)
	return known == k && !k.revoked.Swap(true)
}

// RevokeAll ends a tenant's tokens of a vendor and a kind, "" for any, at once. It
// answers how many were good until then.
func (g *Registry) RevokeAll(t *Tenant, vendor, kind string) int {
	t.tokens.mu.Lock()
	defer t.tokens.mu.Unlock()
	return t.tokens.revoke(t.Clock.Lived(), vendor, kind)
}

// Known is the token of this value that was issued for a vendor, which may be over
// by now; nil where there is none.
func (g *Registry) Known(value, vendor string) *Token {
	v, ok := g.tokens.Load(value)
	if !ok {
		return nil
	}
	k := v.(*Token)
	if k.Vendor != vendor {
		return nil
	}
	return k
}

// Token is Known with what Over says of it now; ErrUnknown where there is none.
func (g *Registry) Token(value, vendor string) (*Token, error) {
	k := g.Known(value, vendor)
	if k == nil {
		return nil, ErrUnknown
	}
	return k, k.Over(k.Tenant.Clock.Lived())
}

// Held is a token that a client holds, as it may be shown.
type Held struct {
	Vendor, Kind string
	Token        string        // redacted
	Ends         time.Duration // the tenant's lived time at which it ends, as the client was told; 0: never
}

// Tokens are the tokens that are good now, in the order issued.
func (t *Tenant) Tokens() []Held {
	t.tokens.mu.Lock()
	defer t.tokens.mu.Unlock()
	held, lived := []Held{}, t.Clock.Lived()
	for _, k := range t.tokens.issued {
		if k.Over(lived) == nil {
			held = append(held, Held{Vendor: k.Vendor, Kind: k.Kind, Token: Redact(k.Value), Ends: k.Ends})
		}
	}
	return held
}

// dropTokens forgets all tokens of a tenant.
func (g *Registry) dropTokens(t *Tenant) {
	t.tokens.mu.Lock()
	defer t.tokens.mu.Unlock()
	t.tokens.gone = true
	for _, k := range t.tokens.issued {
		g.tokens.CompareAndDelete(k.Value, k)
	}
	t.tokens.issued = nil
}

// ended are the tokens whose end lies in (from, to] of the tenant's lived time,
// by their end, at one instant in the order issued. One that was revoked before
// had no other end.
func (o *tokens) ended(from, to time.Duration) []*Token {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []*Token
	for _, k := range o.issued {
		if at := k.End(); at > from && at <= to && !k.revoked.Load() {
			out = append(out, k)
		}
	}
	slices.SortStableFunc(out, func(a, b *Token) int { return cmp.Compare(a.End(), b.End()) })
	return out
}
