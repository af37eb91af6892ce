package sim

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// sink takes an answer and keeps nothing of it but its status.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header               { return s.header }
func (s *sink) WriteHeader(status int)            { s.status = status }
func (s *sink) Write(p []byte) (int, error)       { return len(p), nil }
func (s *sink) WriteString(p string) (int, error) { return len(p), nil }

// BenchmarkServe is a poll through the whole handler, without a socket: one that
// is answered with a kept answer, one that is not, and one that is refused.
func BenchmarkServe(b *testing.B) {
	for _, c := range []struct {
		name, target, token string
		status              int
	}{
		{"kept", "/v1/task/a", "demo", 200}, {"unkept", "/v1/task/b", "demo", 200}, {"refused", "/v1/task/a", "nosuch", 401},
	} {
		b.Run(c.name, func(b *testing.B) {
			const tasks = "  reads:\n    queued: {phase: pending, polls: 1000000, to: done}\n    done: {phase: succeeded}\ntasks: [{id: a, lifecycle: still}, {id: b, lifecycle: reads}]\nlimits: [{per: token, requests: 1000000000, window: 1s}]"
			h := serve(b, "lifecycles:\n  still:\n    waiting: {phase: pending, after: 5s, to: ended}\n    ended: {phase: succeeded}\n"+tasks+"\ndefault: still",
				acme(), func(e *Env) { e.Log = nil }).Handler
			r := httptest.NewRequest("GET", c.target, nil)
			r.Header.Set("Authorization", "Bearer "+c.token)
			b.ReportAllocs()
			for b.Loop() {
				w := sink{header: http.Header{}}
				h.ServeHTTP(&w, r)
				if w.status != c.status {
					b.Fatal(w.status)
				}
			}
		})
	}
}
