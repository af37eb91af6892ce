package sim

import (
	"encoding/base64"
	"net/http"
	"strings"
)

// Bearer reads "Authorization: Bearer <token>". The token may be empty; ok is
// false where there is no such header.
func Bearer(h http.Header) (token string, ok bool) {
	scheme, token, _ := strings.Cut(authorization(h), " ")
	return strings.TrimSpace(token), strings.EqualFold(scheme, "Bearer")
}

// Basic reads "Authorization: Basic <user:password>"; ok is false where there
// is none, or where it cannot be decoded.
func Basic(h http.Header) (user, password string, ok bool) {
	scheme, encoded, _ := strings.Cut(authorization(h), " ")
	if !strings.EqualFold(scheme, "Basic") {
		return "", "", false
	}
	plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil {
		return "", "", false
	}
	user, password, ok = strings.Cut(string(plain), ":")
	return user, password, ok
}

// SetBasic writes "Authorization: Basic <user:password>".
func SetBasic(h http.Header, user, password string) {
	h.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user+":"+password)))
}

// authorization is the header's first value. Each request is asked for it, and its
// name is canonical.
func authorization(h http.Header) string {
	if values := h["Authorization"]; len(values) > 0 {
		return values[0]
	}
	return ""
}
