package journal

import (
	"net/http"
	"slices"
)

// Rewrite is the request of an accepted entry in which each secret has been put
// by its role, which role tells of its value. What Basic sends is put by coded, the
// user and the password, and "}}". Signatures stay: they tell no secret, and are
// of this one request. Everything else is as it was sent. Of a secret that is no
// text in JSON, only the type stays.
func (e *Entry) Rewrite(s Secrets, role func(secret string) string, coded string) Request {
	s.Headers = slices.DeleteFunc(slices.Clone(s.Headers), func(name string) bool { return listed(s.Signatures, name) })
	found := 0
	r := &redactor{Secrets: s, tenant: e.Tenant, coded: coded, form: e.Request.Form}
	r.role = func(secret string) string {
		found++
		return role(secret)
	}
	q := e.Request
	q.Header = http.Header{}
	for _, line := range r.headers(e.Request.Header) {
		q.Header[line.Name] = append(q.Header[line.Name], line.Value)
	}
	path, query, asked := cut(ownPart(q.Target))
	if q.Target = path; asked {
		q.Target += "?" + r.pairs(query, "%20")
	}
	found = 0
	if body := r.body(string(q.Body), e.Request.Header.Get("Content-Type")); found > 0 {
		q.Body = []byte(body) // else it stays to the byte: a task's luck may hang on it
	}
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

// Public is a text without what has the name of a secret in the queries of URLs.
func Public(text string) string {
	r := &redactor{role: func(string) string { return "" }}
	return r.queries(text)
}
