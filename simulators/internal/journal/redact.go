package journal

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Redact stands for a secret wherever one would be printed: its length and four
// hex digits of its hash. Somebody will send a real key by mistake.
func Redact(secret string) string {
	h := fnv.New32a()
	h.Write([]byte(secret))
	return fmt.Sprintf("%d bytes, hash %04x", len(secret), h.Sum32()&0xffff)
}

// Secrets are where a vendor's secrets stand, by name, in any case.
type Secrets struct {
	Headers []string // of requests and replies
	Fields  []string // of the query, of forms, and members of JSON at any depth

	// Names are headers and fields that hold the tenant's name. They are shown
	// only where they are that name.
	Names []string

	Signatures []string // those of Headers that are made from a secret for one request
}

// redactor hides the secrets of one entry.
type redactor struct {
	Secrets
	tenant string // "" for a refused request

	// strict is for a request without a tenant: nobody knows what it is, and it
	// may be a real one on its way to the vendor. All values are hidden, and what
	// is shown is named.
	strict bool

	// role, where it is set, names what stands for a secret: see Rewrite.
	role func(secret string) string
	// With role: what begins a Basic credential, and whether the body was read as a
	// form, whatever its type says.
	coded string
	form  bool

	hidden []string // what was hidden so far and might be told again elsewhere
	sealed []string // those of the request, the longest first
}

// A name or a path segment above this length may well be a credential. In bytes.
const longName = 20

// A hidden text of fewer bytes is not looked for elsewhere: it may be a common
// word.
const tellable = 8

// hide is what stands for a secret.
func (r *redactor) hide(secret string) string {
	if r.role != nil {
		return r.role(secret)
	}
	if len(secret) >= tellable && secret != r.tenant {
		r.hidden = append(r.hidden, secret)
	}
	return "(" + Redact(secret) + ")"
}

// seal ends the request: what was hidden in it is hidden in all texts from here
// on. A reply may quote what it refuses.
func (r *redactor) seal() {
	r.sealed = slices.Clone(r.hidden)
	slices.SortFunc(r.sealed, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
}

// tellTale are parts of names that hold credentials, whoever's they are: a client
// may send one vendor's key to another, or in a member that nobody reads.
var tellTale = []string{
	"token", "secret", "passw", "pwd", "passphrase", "apikey", "accesskey", "privatekey", "clientkey",
	"credential", "authorization", "signature",
}

// SecretName tells whether what has this name is taken for a secret though no
// spec says so: apiKey, X-Client-Key, DB_PASSWORD. Only its letters and digits
// count, in any case. What type a secret is of, as token_type says, is none.
func SecretName(name string) bool {
	bare := strings.Map(func(c rune) rune {
		switch {
		case 'A' <= c && c <= 'Z':
			return c - 'A' + 'a'
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			return c
		}
		return -1
	}, name)
	return !strings.HasSuffix(bare, "type") &&
		slices.ContainsFunc(tellTale, func(part string) bool { return strings.Contains(bare, part) })
}

var (
	userinfo = regexp.MustCompile(`://[^/?#\s]*@`)
	inQuery  = regexp.MustCompile(`[?&#][^?&#=\s"'<>]+=[^?&#\s"'<>]+`)
)

// text is free text: it has no place for secrets, but may hold a URL with a
// password or with secrets in its query, or quote what was hidden.
func (r *redactor) text(s string) string {
	if strings.Contains(s, "://") {
		s = userinfo.ReplaceAllStringFunc(s, func(m string) string {
			return "://" + r.hide(m[len("://"):len(m)-1]) + "@"
		})
	}
	s = r.queries(s)
	for _, secret := range r.sealed {
		if strings.Contains(s, secret) {
			s = strings.ReplaceAll(s, secret, "("+Redact(secret)+")")
		}
	}
	return s
}

// queries hides the secrets of queries in a text.
func (r *redactor) queries(s string) string {
	if !strings.ContainsAny(s, "?&#") {
		return s
	}
	return inQuery.ReplaceAllStringFunc(s, func(m string) string { return m[:1] + r.pair(m[1:], "%20") })
}

// secret tells whether the value of a field, or of a header, is to be hidden.
func (r *redactor) secret(list []string, name, value string) bool {
	if listed(r.Names, name) {
		return r.tenant == "" || value != r.tenant
	}
	return r.strict || listed(list, name) || SecretName(name)
}

// value is the value of a field or header: hidden, or with what it quotes hidden.
func (r *redactor) value(list []string, name, value string) string {
	if r.secret(list, name, value) {
		return r.hide(value)
	}
	return r.text(value)
}

// name is a name that the client chose.
func (r *redactor) name(name string) string {
	switch {
	case !r.strict:
		return r.text(name)
	case len(name) <= longName || listed(r.Names, name) || listed(r.Headers, name) || listed(r.Fields, name):
		return name
	}
	return r.hide(name)
}

func listed(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}

// plainHeaders are those of a request without a tenant that are shown.
var plainHeaders = []string{"Accept", "Accept-Encoding", "Content-Length", "Content-Type", "Host", "User-Agent"}

// ownHeaders begin so.
const ownHeaders = "X-Vendorsim-"

func isPlainHeader(name string) bool {
	return listed(plainHeaders, name) || len(name) > len(ownHeaders) && strings.EqualFold(name[:len(ownHeaders)], ownHeaders)
}

func (r *redactor) headerName(name string) string {
	if isPlainHeader(name) {
		return name
	}
	return r.name(name)
}

// header is the value of one line of a header.
func (r *redactor) header(name, value string) string {
	switch http.CanonicalHeaderKey(name) {
	case "Authorization", "Proxy-Authorization":
		return r.authorization(value)
	case "Cookie":
		return r.cookies(value)
	case "Set-Cookie":
		first, attributes, more := strings.Cut(value, ";")
		first = r.cookies(first)
		if more {
			first += ";" + attributes
		}
		return first
	}
	if r.strict && isPlainHeader(name) {
		return r.text(value)
	}
	if !listed(r.Names, name) && strings.Contains(strings.ToLower(name), "cookie") {
		return r.hide(value)
	}
	return r.value(r.Headers, name, value)
}

// authorization keeps the scheme, so that a person sees what the client did. The
// user of Basic and the token of Bearer are shown where they are the tenant's
// name.
func (r *redactor) authorization(value string) string {
	scheme, rest, ok := strings.Cut(value, " ")
	named := func(s string) string {
		if r.tenant != "" && s == r.tenant {
			return s
		}
		return r.hide(s)
	}
	switch {
	case ok && strings.EqualFold(scheme, "Bearer"):
		return scheme + " " + named(strings.TrimSpace(rest))
	case ok && strings.EqualFold(scheme, "Basic"):
		rest = strings.TrimSpace(rest)
		plain, err := base64.StdEncoding.DecodeString(rest)
		user, password, colon := strings.Cut(string(plain), ":")
		switch {
		case err != nil || !colon:
			return scheme + " " + r.hide(rest)
		case r.role != nil:
			return scheme + " " + r.coded + named(user) + ":" + r.hide(password) + "}}"
		}
		r.hide(rest) // it may be told again as it was sent
		return scheme + " " + named(user) + ":" + r.hide(password)
	}
	r.hide(rest) // where the scheme is one that we do not know, this is the key
	return r.hide(value)
}

// cookies keeps the names of cookies.
func (r *redactor) cookies(value string) string {
	pieces := strings.Split(value, ";")
	for i, piece := range pieces {
		trimmed := strings.TrimSpace(piece)
		blank := piece[:len(piece)-len(strings.TrimLeft(piece, " \t"))]
		name, content, ok := strings.Cut(trimmed, "=")
		switch {
		case trimmed == "":
		case ok:
			pieces[i] = blank + r.name(name) + "=" + r.hide(content)
		default:
			pieces[i] = blank + r.hide(trimmed)
		}
	}
	return strings.Join(pieces, ";")
}
