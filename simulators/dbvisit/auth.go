package dbvisit

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// cookieName and cookieLife are those of the header that the page shows.
const (
	cookieName = "dbvisit-standby"
	cookieLife = 30 * 24 * time.Hour // of the tenant's clock
)

// credential reads Basic or the cookie of a log-in, and at a log-in the body.
// The user is the tenant.
func credential(c *sim.Call) (sim.Credential, *sim.Fault) {
	if c.Op != nil && c.Op.Kind == "login" {
		body, _ := c.Body.(map[string]any)
		user, _ := body["UserName"].(string)
		password, _ := body["Password"].(string)
		return sim.Credential{Name: user, Secret: password, HasSecret: true}, nil
	}
	if user, password, ok := sim.Basic(c.Header); ok {
		return sim.Credential{Name: user, Secret: password, HasSecret: true}, nil
	}
	if c.Token = cookie(c.Header); c.Token != "" {
		return sim.Credential{Token: c.Token}, nil
	}
	return sim.Credential{}, &sim.Fault{Kind: sim.Unauthorized, Missing: true}
}

// cookie is the value of our cookie, "" where none was sent.
func cookie(h http.Header) string {
	for _, line := range h["Cookie"] {
		all, _ := http.ParseCookie(line) // a line that is no cookie is not there
		for _, one := range all {
			if one.Name == cookieName {
				return one.Value
			}
		}
	}
	return ""
}

// login gives a cookie, of the making of the one on the page: an instant, the
// session and a signature.
func login(c *sim.Call) (sim.Reply, error) {
	luck := c.TokenLuck(cookieName)
	session := base64.URLEncoding.EncodeToString([]byte("sid=" + sim.Hex(luck, 16, "session")))
	signature := sim.Hex(luck, 32, "signature")
	value := base64.URLEncoding.EncodeToString(fmt.Appendf(nil, "%d|%s|%s", c.RealNow().Unix(), session, signature))
	life := c.Auth().TokenTTL
	c.Issue("cookie", value, life, nil)
	seconds := c.LifeSeconds(life)
	set := http.Cookie{
		Name: cookieName, Value: value, Path: "/",
		Expires: c.RealNow().Add(time.Duration(seconds) * time.Second), MaxAge: seconds,
	}
	return done().With("Set-Cookie", set.String()), nil
}
