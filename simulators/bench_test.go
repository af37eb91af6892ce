package simulators

import (
	"net/http/httptest"
	"testing"
)

// BenchmarkStatus is an unchanged status of each vendor through the whole
// handler, without the socket.
func BenchmarkStatus(b *testing.B) {
	s, _ := testServer(b, Options{Scenario: "stuck", Set: []string{"limits=[]"}})
	for _, v := range s.vendors {
		b.Run(v.Name, func(b *testing.B) {
			o := v.spec.Demo()
			e, err := o.Example(o.Routes[0], "")
			if err != nil {
				b.Fatal(err)
			}
			r, err := exampleRequest("http://127.0.0.1:7800/"+v.Name, e)
			if err != nil {
				b.Fatal(err)
			}
			v.Login(r.Header, e.Base, "demo")
			b.ReportAllocs()
			for b.Loop() {
				if r.GetBody != nil {
					r.Body, _ = r.GetBody()
				}
				w := httptest.NewRecorder()
				s.ServeHTTP(w, r)
				if w.Code != 200 {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}
