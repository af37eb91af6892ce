package cisco

import (
	"net/http"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// What an FMC says of its tokens: they live for half an hour and are refreshed
// at most three times. They say nothing of a second log-in of the same user. One
// public report has it end the first (https://github.com/marksull/fmcapi/issues/94),
// so it does where the scenario says single_session, and only there.
// https://www.cisco.com/c/en/us/td/docs/security/firepower/623/api/REST/Firepower_Management_Center_REST_API_Quick_Start_Guide_623
const (
	tokenLife    = 30 * time.Minute
	maxRefreshes = 3
)

// The headers that carry an FMC's own tokens, both ways.
const (
	accessTokenHeader  = "X-auth-access-token"
	refreshTokenHeader = "X-auth-refresh-token"
)

var accessTokenKey = http.CanonicalHeaderKey(accessTokenHeader) // each request is asked for it

// The kinds of token. Only an access token opens data calls.
const (
	accessToken  = "access"
	refreshToken = "refresh"
)

// The two operations whose credential is not the access token.
const (
	opGenerate = "generatetoken"
	opRefresh  = "refreshtoken"
)

// session is one log-in between two refreshes. Both its tokens carry it. They
// end with a refresh, else the third one would not be the last.
type session struct {
	refreshes       int
	access, refresh string
}

// credential reads the user of a log-in, else the token. Where a client sends
// both headers, the FMC's own counts.
func credential(c *sim.Call) (sim.Credential, *sim.Fault) {
	if c.Op != nil && c.Op.Name == opGenerate {
		user, password, ok := sim.Basic(c.Header)
		if !ok || user == "" {
			return sim.Credential{}, &sim.Fault{Kind: sim.Unauthorized, Missing: true}
		}
		return sim.Credential{Name: user, Secret: password, HasSecret: true}, nil
	}
	token, ok := c.Header.Get(accessTokenKey), true
	if token == "" {
		token, ok = sim.Bearer(c.Header)
	}
	if !ok || token == "" {
		return sim.Credential{}, &sim.Fault{Kind: sim.Unauthorized, Missing: true}
	}
	if c.Op != nil && c.Op.Name == opRefresh {
		return refreshCredential(c, token)
	}
	c.Token = token
	return sim.Credential{Token: token}, nil
}

// refreshCredential is who asks for a refresh: the refresh token tells, since
// the access token may have ended. A tenant's name never ends and needs none.
func refreshCredential(c *sim.Call, access string) (sim.Credential, *sim.Fault) {
	if k, _ := c.TokenNamed(access); k == nil {
		return sim.Credential{Token: access}, nil
	}
	refresh := c.Header.Get(refreshTokenHeader)
	if _, err := c.TokenNamed(refresh); err != nil {
		return sim.Credential{}, badRefresh()
	}
	return sim.Credential{Token: refresh}, nil
}

// badRefresh refuses a refresh in the words by which FMCAnsible knows that it
// must log in again.
func badRefresh() *sim.Fault {
	fault := &sim.Fault{Kind: sim.Unauthorized, Detail: "Invalid refresh token"}
	return fault.Naming(openapi.InHeader, refreshTokenHeader, "the refresh token that came with this access token, unless it was used already, or is the fourth")
}

// accessOnly refuses a refresh token in the place of an access token.
func accessOnly(c *sim.Call) *sim.Fault {
	if k, err := c.TokenNamed(c.Token); err == nil && k.Kind != accessToken {
		return &sim.Fault{Kind: sim.Unauthorized, Note: "a refresh token as access token"}
	}
	return nil
}

// generate logs a user in. All that it tells stands in headers.
func generate(c *sim.Call) (sim.Reply, error) {
	return session{}.begin(c).
		With("USER_UUID", sim.UUID(c.SeedLuck("user"))).
		With("DOMAIN_ID", "111").
		With("global", globalDomain).
		With("DOMAINS", `[{"name":"Global","uuid":"`+globalDomain+`"}]`), nil
}

// begin gives the session its tokens. A refresh token lasts as long as all the
// refreshes that are left.
func (s session) begin(c *sim.Call) sim.Reply {
	s.access, s.refresh = sim.UUID(c.TokenLuck(accessToken)), sim.UUID(c.TokenLuck(refreshToken))
	auth := c.Auth()
	c.Issue(accessToken, s.access, auth.TokenTTL, s)
	c.Issue(refreshToken, s.refresh, time.Duration(*auth.Refreshes+1-s.refreshes)*auth.TokenTTL, s)
	return sim.Reply{Status: http.StatusNoContent}.
		With(accessTokenHeader, s.access).
		With(refreshTokenHeader, s.refresh).
		With("DOMAIN_UUID", globalDomain)
}

// end ends both tokens. It answers false where another call did so first.
func (s session) end(c *sim.Call) bool {
	if k, _ := c.TokenNamed(s.access); k != nil {
		c.Revoke(k)
	}
	k, _ := c.TokenNamed(s.refresh)
	return k != nil && c.Revoke(k)
}

func refresh(c *sim.Call) (sim.Reply, error) {
	access := c.Header.Get(accessTokenHeader)
	if access == "" {
		access, _ = sim.Bearer(c.Header)
	}
	if access == c.Tenant.Name {
		return session{}.begin(c), nil
	}
	k, _ := c.TokenNamed(access)
	if k == nil { // another refresh came between
		return sim.Reply{}, badRefresh()
	}
	s := k.Data.(session)
	if access != s.access || c.Header.Get(refreshTokenHeader) != s.refresh || s.refreshes >= *c.Auth().Refreshes || !s.end(c) {
		return sim.Reply{}, badRefresh()
	}
	return session{refreshes: s.refreshes + 1}.begin(c), nil
}

func revoke(c *sim.Call) (sim.Reply, error) {
	if k, _ := c.TokenNamed(c.Token); k != nil {
		k.Data.(session).end(c)
	}
	return sim.Reply{Status: http.StatusNoContent}, nil
}
