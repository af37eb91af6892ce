package simulators

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkNew is what a start takes, apart from what packages do by themselves and
// from the specs and scenarios, which a process reads once.
func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		s, err := New(Options{})
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}

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

// BenchmarkFresh is the status of another task each time, so that every answer is
// rendered and held to its contract: with the contract, and without for the share
// of that. kept is the same over ten tasks, whose answers are kept.
func BenchmarkFresh(b *testing.B) {
	for _, c := range []struct {
		name, contract string
		tasks          int
	}{{"enforce", "", 10_000}, {"off", "off", 10_000}, {"kept", "", 10}} {
		serve := func() *Server {
			s, _ := testServer(b, Options{Scenario: "big", Contract: c.contract, Set: []string{"limits=[]"}})
			return s
		}
		s := serve()
		for _, v := range s.vendors {
			b.Run(v.Name+"/"+c.name, func(b *testing.B) {
				requests := statusRequests(b, s, v, c.tasks)
				s, n := serve(), 0
				b.ReportAllocs()
				for b.Loop() {
					if n == len(requests) && c.tasks > 10 { // asked once, an answer is kept
						b.StopTimer()
						s = serve()
						b.StartTimer()
					}
					r := requests[n%len(requests)]
					if n++; n > len(requests) {
						n = 1
					}
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
}

// statusRequests asks for the status of some of the tasks of the tenant demo.
func statusRequests(b *testing.B, s *Server, v *vendor, most int) []*http.Request {
	o := v.spec.Demo()
	var all []*http.Request
	for _, id := range taskIDs(b, s, v) {
		if len(all) == most {
			break
		}
		e, err := o.Example(o.Routes[0], id)
		if err != nil {
			b.Fatal(err)
		}
		r, err := exampleRequest("http://127.0.0.1:7800/"+v.Name, e)
		if err != nil {
			b.Fatal(err)
		}
		v.Login(r.Header, e.Base, "demo")
		all = append(all, r)
	}
	return all
}
