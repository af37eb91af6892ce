package sailpoint

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// How long tokens live, in the tenant's time. 749 s is what the page's answer
// says; of the refresh token it says nothing, a day is assumed.
// https://developer.sailpoint.com/docs/api/authentication
const (
	accessLife  = 749 * time.Second
	refreshLife = 24 * time.Hour
)

// The kinds of token. Only an access token opens data calls.
const (
	accessToken  = "access"
	refreshToken = "refresh"
)

// credential reads the client of a log-in, else the bearer token.
func credential(c *sim.Call) (sim.Credential, *sim.Fault) {
	if isLogin(c) {
		name := c.Form.Get("client_id")
		if name == "" {
			return sim.Credential{}, &sim.Fault{Kind: sim.Unauthorized, Missing: true}
		}
		return sim.Credential{Name: name, Secret: c.Form.Get("client_secret"), HasSecret: true}, nil
	}
	token, ok := sim.Bearer(c.Header)
	if !ok || token == "" {
		return sim.Credential{}, &sim.Fault{Kind: sim.Unauthorized, Missing: true}
	}
	c.Token = token
	return sim.Credential{Token: token}, nil
}

func isLogin(c *sim.Call) bool { return c.Op != nil && c.Op.Kind == "login" }

// accessOnly refuses a refresh token in the place of an access token.
func accessOnly(c *sim.Call) *sim.Fault {
	if k, err := c.TokenNamed(c.Token); err == nil && k.Kind != accessToken {
		return &sim.Fault{Kind: sim.Unauthorized, Note: "a refresh token as bearer"}
	}
	return nil
}

// experimentalHeader must be "true" where the API is experimental: task-status
// at /v2024, /v2025 and /v2026 as on the documented page, and nowhere in what
// the vendor serves today. The spec declares it where it may be needed.
const experimentalHeader = "X-SailPoint-Experimental"

var experimentalKey = http.CanonicalHeaderKey(experimentalHeader) // each request is asked for it

func experimental(c *sim.Call) *sim.Fault {
	if c.Profile == sim.Observed || c.Op == nil || c.Header.Get(experimentalKey) == "true" ||
		!slices.Contains(c.Op.Headers(), experimentalKey) {
		return nil
	}
	switch c.Base {
	case "/v2024", "/v2025", "/v2026":
		return sim.InvalidField(openapi.InHeader, experimentalHeader, "required", "must be true to use this experimental API")
	}
	return nil
}

// tokenAnswer is what a log-in gives, in the order of the page's example.
type tokenAnswer struct {
	AccessToken         string `json:"access_token"`
	TokenType           string `json:"token_type"`
	RefreshToken        string `json:"refresh_token,omitempty"` // only for a client that may refresh
	ExpiresIn           int    `json:"expires_in"`              // real seconds
	Scope               string `json:"scope"`
	AccessType          string `json:"accessType"`
	TenantID            string `json:"tenant_id"`
	Internal            bool   `json:"internal"`
	Pod                 string `json:"pod"`
	StrongAuthSupported bool   `json:"strong_auth_supported"`
	Org                 string `json:"org"`
	UserID              string `json:"user_id"`
	IdentityID          string `json:"identity_id"`
	StrongAuth          bool   `json:"strong_auth"`
	Enabled             bool   `json:"enabled"`
	JTI                 string `json:"jti"`
}

// claims are what clients have seen in the vendor's tokens. exp is real time,
// for the client's own watch; ends is when it truly ends, in the tenant's time.
type claims struct {
	TenantID            string   `json:"tenant_id"`
	Pod                 string   `json:"pod"`
	Org                 string   `json:"org"`
	IdentityID          string   `json:"identity_id"`
	UserName            string   `json:"user_name"`
	StrongAuth          bool     `json:"strong_auth"`
	Authorities         []string `json:"authorities"`
	ClientID            string   `json:"client_id"`
	StrongAuthSupported bool     `json:"strong_auth_supported"`
	Scope               []string `json:"scope"`
	Ends                string   `json:"vendorsim_ends"`
	sim.Claims
}

// pod is where the tenant lives, as in the page's example.
const pod = "cook"

func getToken(c *sim.Call) (sim.Reply, error) {
	switch grant := c.Form.Get("grant_type"); grant {
	case "client_credentials":
		refresh := ""
		if c.Options.Bool("refresh_token") {
			var err error
			if refresh, _, err = issue(c, refreshToken, max(refreshLife, c.Auth().TokenTTL)); err != nil {
				return sim.Reply{}, err
			}
		}
		return tokens(c, refresh)
	case "refresh_token":
		sent := c.Form.Get("refresh_token")
		k, err := c.TokenNamed(sent)
		if err != nil || k.Tenant != c.Tenant || k.Kind != refreshToken || !mayRefresh(c, sent) {
			fault := sim.Refuse(sim.Unauthorized, oauthError(http.StatusBadRequest, "invalid_grant", "Invalid refresh token"))
			return sim.Reply{}, fault.Naming(openapi.InBody, "refresh_token", "a refresh token that a log-in of this tenant gave, and that has not ended")
		}
		return tokens(c, sent)
	case "":
		return sim.Reply{}, badGrant(oauthError(http.StatusBadRequest, "invalid_request", "Missing grant type"))
	default:
		return sim.Reply{}, badGrant(oauthError(http.StatusBadRequest, "unsupported_grant_type", "Unsupported grant type: "+grant))
	}
}

// errSpent says that a refresh token was used as often as the scenario allows.
var errSpent = errors.New("refreshed as often as it may be")

// mayRefresh counts a use of a refresh token, where the scenario's auth says how
// many there are. The page names no number.
func mayRefresh(c *sim.Call, token string) bool {
	most := c.Auth().Refreshes
	return most == nil || c.ChangeNote("refreshed/"+token, func(old any) (any, error) {
		n, _ := old.(int)
		if n >= *most {
			return nil, errSpent
		}
		return n + 1, nil
	}) == nil
}

// badGrant refuses a log-in that asks for what there is not.
func badGrant(r sim.Reply) *sim.Fault {
	return sim.Refuse(sim.Invalid, r).Naming(openapi.InBody, "grant_type", "client_credentials or refresh_token")
}

// tokens answers a new access token, with the refresh token that belongs to it.
func tokens(c *sim.Call, refresh string) (sim.Reply, error) {
	life := c.Auth().TokenTTL
	access, said, err := issue(c, accessToken, life)
	if err != nil {
		return sim.Reply{}, err
	}
	return sim.JSON(http.StatusOK, tokenAnswer{
		AccessToken: access, TokenType: "bearer", RefreshToken: refresh, ExpiresIn: c.LifeSeconds(life),
		Scope: strings.Join(said.Scope, " "), AccessType: "OFFLINE", TenantID: said.TenantID, Pod: pod, Org: said.Org,
		UserID:     strconv.FormatUint(100_000+c.SeedLuck("user id")%900_000, 10),
		IdentityID: said.IdentityID, StrongAuth: true, Enabled: true, JTI: said.ID,
	}), nil
}

// issue makes a token and says what stands in it.
func issue(c *sim.Call, kind string, life time.Duration) (string, claims, error) {
	luck := c.TokenLuck(kind)
	org, _, _ := strings.Cut(c.Fixtures().Company().Domain, ".")
	said := claims{
		TenantID: sim.UUID(c.SeedLuck("tenant")), Pod: pod, Org: org,
		IdentityID: identity(c), UserName: user(c).User, StrongAuth: true,
		Authorities: []string{"ORG_ADMIN"}, ClientID: c.Form.Get("client_id"), Scope: scope(c),
		Ends: date(c.Now().Add(life)),
		Claims: sim.Claims{
			ID:        sim.UUID(luck),
			ExpiresAt: sim.NumericDate(c.RealNow().Add(time.Duration(c.LifeSeconds(life)) * time.Second)),
		},
	}
	value, err := sim.JWT(luck, said)
	if err != nil {
		return "", said, err
	}
	c.Issue(kind, value, life, nil)
	return value, said, nil
}

// scope is what the token may do: the page's example, or what personal access
// tokens have today.
func scope(c *sim.Call) []string {
	if c.Profile == sim.Observed {
		return []string{"sp:scopes:all"}
	}
	return []string{"read", "write"}
}
