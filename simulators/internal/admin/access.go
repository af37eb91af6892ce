package admin

import (
	"crypto/sha256"
	"crypto/subtle"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
)

// A web page that a developer has open must not steer the server, though it can
// send requests to 127.0.0.1, and can make any name of its own lead there. So a
// request must name one of our hosts, which such a page's does not; must not
// come from another origin; and must send a Content-Type to write, which no
// form can.

// open are the operations that need no token, and no Host of ours: whoever watches
// whether the server lives has none, and asks for it by the address that it has
// today. They tell nothing and change nothing.
var open = []string{"health", "ready"}

// access refuses a request that must not steer the server, or answers nil.
// operation is "" for one that met none.
func (h *handler) access(r *http.Request, operation string) *api.Problem {
	free := slices.Contains(open, operation)
	if !free && !h.ownHost(r.Host) {
		return problem(foreignHost, "use localhost, a loopback address or a name that the server was told with --admin-host")
	}
	if foreign(r) {
		return problem(foreignOrigin, "the control API answers pages of its own origin only")
	}
	if h.Token != "" && !free && !h.hasToken(r) {
		return problem(unauthorized, "send Authorization: Bearer and the token that the server was given or printed at its start")
	}
	if operation != "" && writes(r) && !isJSON(r) {
		return problem(notJSON, "send Content-Type: application/json, without a body too: so no web page's form can steer the server")
	}
	return nil
}

// ownHost tells whether a Host header, with or without a port, is one of ours.
func (h *handler) ownHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = canonicalHost(host)
	if host == "localhost" || slices.ContainsFunc(h.Hosts, func(own string) bool { return canonicalHost(own) == host }) {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}

// canonicalHost is a host's name without case, final dot and brackets.
func canonicalHost(host string) string {
	if inner, ok := strings.CutPrefix(host, "["); ok {
		host = strings.TrimSuffix(inner, "]")
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// foreign tells whether a request comes from a page of another origin. What is
// no browser sends no Origin; "null" is that of a page that hides its own.
func foreign(r *http.Request) bool {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return slices.ContainsFunc(r.Header.Values("Origin"), func(origin string) bool {
		return !strings.EqualFold(origin, scheme+"://"+r.Host)
	})
}

// hasToken compares the token in a time that does not hang on how much of it is
// right; of hashes, since their lengths are equal.
func (h *handler) hasToken(r *http.Request) bool {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return false
	}
	want, got := sha256.Sum256([]byte(h.Token)), sha256.Sum256([]byte(strings.TrimSpace(token)))
	return subtle.ConstantTimeCompare(want[:], got[:]) == 1
}

// writes tells whether a request must say that it brings JSON. No form can send
// DELETE, so it need not unless it has a body.
func writes(r *http.Request) bool {
	return r.Method == http.MethodPost || r.Method == http.MethodPut || r.Method == http.MethodDelete && r.ContentLength != 0
}

func isJSON(r *http.Request) bool {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && media == "application/json"
}
