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

// Token is what a log-in gave to a client. It carries its tenant and belongs to
// one incarnation of it: a tenant that is forgotten takes its tokens along.
type Token struct {
	Value  string
	Vendor string
	Kind   string // the vendor's own: access, refresh, cookie ...
	Tenant *Tenant
	Ends   time.Duration // the tenant's lived time at which it ends; 0: never
	Data   any           // the vendor's own: how often it was refreshed, its twin ...

	revoked atomic.Bool
}

// Expired tells whether the token has ended on its tenant's clock. Time that a
// skipping clock jumped over does not count.
func (k *Token) Expired() bool { return k.Ends > 0 && k.Tenant.Clock.Lived() >= k.Ends }

// maxTokens is how many tokens a tenant may have before those that have ended
// are forgotten, and then the oldest.
const maxTokens = 10_000

// tokens are the tokens of one tenant, in the order issued.
type tokens struct {
	mu     sync.Mutex
	issued []*Token
	gone   bool // the tenant is forgotten
}

// Issue makes a token known. Its life is lived time from now; 0 lasts for ever.
func (g *Registry) Issue(k *Token, life time.Duration) {
	if life > 0 {
		k.Ends = k.Tenant.Clock.Lived() + life
	}
	own := &k.Tenant.tokens
	own.mu.Lock()
	defer own.mu.Unlock()
	if own.gone {
		return
	}
	if len(own.issued) >= maxTokens {
		g.thin(own)
	}
	own.issued = append(own.issued, k)
	g.tokens.Store(k.Value, k)
}

// thin forgets the tokens that have ended, or else the older half.
func (g *Registry) thin(own *tokens) {
	kept := own.issued[:0:0]
	for _, k := range own.issued {
		if k.Expired() {
			g.tokens.Delete(k.Value)
		} else {
			kept = append(kept, k)
		}
	}
	if len(kept) >= maxTokens {
		for _, k := range kept[:maxTokens/2] {
			g.tokens.Delete(k.Value)
		}
		kept = kept[maxTokens/2:]
	}
	own.issued = kept
}

// Revoke ends a token at once. It answers false where it had ended already.
func (g *Registry) Revoke(k *Token) bool {
	k.revoked.Store(true)
	return g.tokens.CompareAndDelete(k.Value, k)
}

// Token is the token of this value that was issued for a vendor. The error is
// ErrUnknown or ErrExpired; an expired token comes with it.
func (g *Registry) Token(value, vendor string) (*Token, error) {
	v, ok := g.tokens.Load(value)
	if !ok {
		return nil, ErrUnknown
	}
	k := v.(*Token)
	if k.Vendor != vendor {
		return nil, ErrUnknown
	}
	if k.Expired() {
		return k, ErrExpired
	}
	return k, nil
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
		if k.Ends > from && k.Ends <= to && !k.revoked.Load() {
			out = append(out, k)
		}
	}
	slices.SortStableFunc(out, func(a, b *Token) int { return cmp.Compare(a.Ends, b.Ends) })
	return out
}
