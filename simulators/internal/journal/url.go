package journal

import (
	"cmp"
	"net/url"
	"strings"
)

// url is where a request went. A user and a password in it are left out, and
// the fragment too: neither is part of what a server is asked.
func (r *redactor) url(q *Request, operation string) string {
	path, query, asked := cut(ownPart(q.Target))
	if r.strict && (operation == "none" || operation == "") {
		path = r.path(path)
	}
	out := cmp.Or(q.Scheme, "http") + "://" + q.Host[strings.LastIndexByte(q.Host, '@')+1:] + path
	if asked {
		out += "?" + r.pairs(query, "%20")
	}
	return out
}

// cut parts a target into path and query.
func cut(target string) (path, query string, asked bool) {
	target, _, _ = strings.Cut(target, "#")
	return strings.Cut(target, "?")
}

// ownPart is a request target from its path on. A client may send a whole URL
// there, or for CONNECT an authority.
func ownPart(target string) string {
	if strings.HasPrefix(target, "/") {
		return target
	}
	if _, rest, ok := strings.Cut(target, "://"); ok {
		i := strings.IndexAny(rest, "/?#")
		if i < 0 {
			return "/"
		}
		if target = rest[i:]; target[0] == '/' {
			return target
		}
	}
	return "/" + target[strings.LastIndexByte(target, '@')+1:]
}

// path hides the long segments of a path that is none of ours.
func (r *redactor) path(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if len(segment) <= longName {
			continue
		}
		plain, err := url.PathUnescape(segment)
		if err != nil {
			plain = segment
		}
		segments[i] = noBlank(r.hide(plain), "%20")
	}
	return strings.Join(segments, "/")
}

// noBlank writes blanks as a URL or a form has them.
func noBlank(s, blank string) string { return strings.ReplaceAll(s, " ", blank) }

// pairs are the fields of a query or of a form. What is not hidden stays as it
// was sent, byte for byte. blank is how a blank is written.
func (r *redactor) pairs(raw, blank string) string {
	pairs := strings.Split(raw, "&")
	for i, pair := range pairs {
		pairs[i] = r.pair(pair, blank)
	}
	return strings.Join(pairs, "&")
}

func (r *redactor) pair(pair, blank string) string {
	name, value, ok := strings.Cut(pair, "=")
	if !ok {
		if shown := r.value(nil, "", unescape(pair)); pair != "" && shown != unescape(pair) {
			return noBlank(shown, blank)
		}
		return pair
	}
	plain, plainName := unescape(value), unescape(name)
	if shown := r.name(plainName); shown != plainName {
		name = noBlank(shown, blank)
	}
	if r.pairSecret(pair, plainName, plain) {
		return name + "=" + noBlank(r.hide(plain), blank)
	}
	if shown := r.text(plain); shown != plain {
		value = noBlank(strings.ReplaceAll(url.QueryEscape(shown), "+", " "), blank)
	}
	return name + "=" + value
}

// pairSecret tells whether a pair holds a secret. Some clients and servers part
// fields at ";" as well: one secret among them hides all.
func (r *redactor) pairSecret(pair, name, value string) bool {
	if r.secret(r.Fields, name, value) {
		return true
	}
	for _, piece := range strings.Split(pair, ";")[1:] {
		inner, _, _ := strings.Cut(piece, "=")
		if inner = unescape(inner); listed(r.Fields, inner) || listed(r.Names, inner) || SecretName(inner) {
			return true
		}
	}
	return false
}

// unescape is a field as its reader understands it, or as it was sent where it
// cannot be understood.
func unescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}
