package checkpoint

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

const (
	requestID      = "x-av-req-id"
	legacyToken    = "x-av-token"
	legacyDate     = "x-av-date"
	legacyApp      = "x-av-app-id"
	legacySig      = "x-av-sig"
	infinityClient = "cloudinfra-external-client-id"
)

// The kinds of token, named after their doors. Neither door takes the other's.
const (
	infinity = "infinity"
	smart    = "legacy"
)

// How long a token lives at each door: what the Infinity portal tells its
// clients, and what the legacy page says.
const (
	infinityLife = 30 * time.Minute
	smartLife    = time.Hour
)

// legacy tells whether a request came to the legacy door.
func legacy(c *sim.Call) bool {
	return c.RequestPath() == "/v1.0" || strings.HasPrefix(c.RequestPath(), "/v1.0/")
}

func isLogin(c *sim.Call) bool { return c.Op != nil && c.Op.Kind == "login" }

// credential reads who asks, as the door has it.
func credential(c *sim.Call) (sim.Credential, *sim.Fault) {
	switch {
	case legacy(c):
		return legacyCredential(c)
	case isLogin(c):
		return loginCredential(c)
	}
	c.Token, _ = sim.Bearer(c.Header)
	if _, fault := tokenOf(c, infinity); fault != nil {
		return sim.Credential{}, fault
	}
	return sim.Credential{Token: c.Token}, nil
}

// loginCredential is the client's id and key: both in the body, but for the
// second version, which has the id in a header.
func loginCredential(c *sim.Call) (sim.Credential, *sim.Fault) {
	body, _ := c.Body.(map[string]any)
	name, key := text(body["clientId"]), text(body["accessKey"])
	if c.Op.Name == "authExternalV2" {
		name = c.Header.Get(infinityClient)
	}
	if name == "" || key == "" {
		return sim.Credential{}, &sim.Fault{Kind: sim.Unauthorized, Missing: true}
	}
	return sim.Credential{Name: name, Secret: key, HasSecret: true}, nil
}

// legacyCredential is the client's id and signature at the log-in, the token
// elsewhere. A token that was given by the log-in has to come with a signature;
// a tenant's name need not, but one that is there has to be right. The date is
// read before anything else, and one that ends in Z breaks the door even for a
// made-up client.
func legacyCredential(c *sim.Call) (sim.Credential, *sim.Fault) {
	client := strings.TrimPrefix(c.Header.Get(legacyApp), "US:")
	if strings.HasSuffix(c.Header.Get(legacyDate), "Z") {
		c.Claim(client)
		return sim.Credential{}, &sim.Fault{Kind: sim.Internal, Note: legacyDate + " ends in Z"}
	}
	if isLogin(c) {
		if client == "" || c.Header.Get(requestID) == "" || c.Header.Get(legacyDate) == "" || !signed(c, client, "") {
			return sim.Credential{}, refused("the log-in lacks a header, or its signature is not right")
		}
		return sim.Credential{Name: client}, nil
	}
	c.Token = c.Header.Get(legacyToken)
	k, fault := tokenOf(c, smart)
	if fault != nil {
		return sim.Credential{}, fault
	}
	owner := c.Token
	if k != nil {
		owner = k.Tenant.Name
	}
	if k != nil || c.Header.Get(legacySig) != "" {
		switch {
		case client != owner:
			return sim.Credential{}, refused(legacyApp + " is not the token's client")
		case !slices.ContainsFunc(c.Targets(), func(target string) bool { return signed(c, owner, target) }):
			return sim.Credential{}, refused("the signature is not right")
		}
	}
	return sim.Credential{Token: c.Token}, nil
}

// tokenOf is the token that a log-in gave, nil where the call's token is
// something else, which may be a tenant's name.
func tokenOf(c *sim.Call, door string) (*sim.Token, *sim.Fault) {
	if c.Token == "" {
		return nil, &sim.Fault{Kind: sim.Unauthorized, Missing: true}
	}
	k, err := c.TokenNamed(c.Token)
	if k == nil {
		return nil, nil
	}
	if k.Kind != door {
		return nil, refused("the token is of another kind: " + k.Kind)
	}
	if err != nil {
		return nil, &sim.Fault{Kind: sim.Unauthorized, Expired: true, Note: "the token " + err.Error()}
	}
	return k, nil
}

func refused(note string) *sim.Fault { return &sim.Fault{Kind: sim.Unauthorized, Note: note} }

// signed tells whether the signature of a tenant's request is right for a target:
// the path with its query, or nothing at the log-in.
func signed(c *sim.Call, tenantName, target string) bool {
	secret := c.SecretOf(tenantName)
	return c.Header.Get(legacySig) == sign(c.Header.Get(requestID), c.Header.Get(legacyApp), c.Header.Get(legacyDate), target, secret)
}

// sign is the signature of a legacy request: SHA-256 over the base64 of its
// parts, with no key but the secret at the end.
func sign(request, app, date, target, secret string) string {
	sum := sha256.Sum256([]byte(base64.StdEncoding.EncodeToString([]byte(request + app + date + target + secret))))
	return hex.EncodeToString(sum[:])
}

// login writes a tenant's credential. Of all examples only that of the legacy
// log-in has a date: it is the one to sign.
func login(h http.Header, base, tenant string) {
	if date := h.Get(legacyDate); date != "" {
		h.Set(legacyApp, tenant)
		h.Set(legacySig, sign(h.Get(requestID), tenant, date, "", sim.DefaultSecret))
		return
	}
	h.Set("Authorization", "Bearer "+tenant)
	if base == "" || base == "/v1.0" { // no door, or the legacy one
		h.Set(legacyToken, tenant)
	}
}

// claims are what a token says. Clients read exp, appId and region.
type claims struct {
	AppID    string `json:"appId,omitempty"`
	Region   string `json:"region,omitempty"`
	TenantID string `json:"tenantId,omitempty"`
	Ends     string `json:"vendorsim_ends"` // ours: its end on the tenant's own clock
	sim.Claims
}

// issue makes a token. Its iat and exp are real time, which a client compares
// with its own watch; it ends on the tenant's clock.
func issue(c *sim.Call, door string, life time.Duration, say claims) (string, error) {
	now := c.RealNow()
	say.IssuedAt = sim.NumericDate(now)
	say.ExpiresAt = sim.NumericDate(now.Add(time.Duration(c.LifeSeconds(life)) * time.Second))
	say.Ends = c.Now().Add(life).Format(time.RFC3339Nano)
	token, err := sim.JWT(c.TokenLuck("checkpoint/"+door), say)
	if err == nil {
		c.Issue(door, token, life, nil)
	}
	return token, err
}

// authExternal logs in at the Infinity portal.
func authExternal(c *sim.Call) (sim.Reply, error) {
	life := c.Auth().TokenTTL
	token, err := issue(c, infinity, life, claims{
		AppID:    sim.UUID(c.SeedLuck("checkpoint/app")),
		Region:   "us",
		TenantID: sim.UUID(c.SeedLuck("checkpoint/tenant")),
	})
	if err != nil {
		return sim.Reply{}, err
	}
	type data struct {
		Token     string `json:"token"`
		ExpiresIn int    `json:"expiresIn"`
	}
	return sim.JSON(http.StatusOK, struct {
		Success bool `json:"success"`
		Data    data `json:"data"`
	}{true, data{token, c.LifeSeconds(life)}}), nil
}

// authLegacy logs in at the legacy door, whose answer is the bare token.
func authLegacy(c *sim.Call) (sim.Reply, error) {
	token, err := issue(c, smart, c.TokenLife(smartLife), claims{})
	if err != nil {
		return sim.Reply{}, err
	}
	return sim.Text(http.StatusOK, "text/plain; charset=utf-8", token), nil
}
