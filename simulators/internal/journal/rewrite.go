package journal

import (
	"net/http"
	"slices"
)

// Coded begins what Rewrite makes of a Basic credential: {{base64 user:password}}.
const Coded = "{{base64 "

// Rewrite is the request of an accepted entry in which each secret has been put
// by its role, which role tells of its value. Signatures stay: they tell no
// secret, and are of this one request. Everything else is as it was sent.
func (e *Entry) Rewrite(s Secrets, role func(secret string) string) Request {
	s.Headers = slices.DeleteFunc(slices.Clone(s.Headers), func(name string) bool { return listed(s.Signatures, name) })
	r := &redactor{Secrets: s, tenant: e.Tenant, role: role}
	q := e.Request
	q.Header = http.Header{}
	for _, line := range r.headers(e.Request.Header) {
		q.Header[line.Name] = append(q.Header[line.Name], line.Value)
	}
	path, query, asked := cut(ownPart(q.Target))
	if q.Target = path; asked {
		q.Target += "?" + r.pairs(query, "%20")
	}
	q.Body = []byte(r.body(string(q.Body), e.Request.Header.Get("Content-Type")))
	return q
}

// Tells calls each with every secret that a reply to a tenant tells, in an order
// that the reply alone decides.
func Tells(reply Reply, tenant string, s Secrets, each func(secret string)) {
	r := &redactor{Secrets: s, tenant: tenant, role: func(secret string) string {
		each(secret)
		return ""
	}}
	r.reply(&Entry{Reply: reply})
}
