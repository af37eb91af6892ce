package simulators

import (
	"net/http"
	"strings"
	"testing"
)

// FuzzVendors: any method, path, credential, header and body under a vendor
// gets that vendor's own valid answer. The server holds each answer to its
// contract and would say in plain text that one broke it.
func FuzzVendors(f *testing.F) {
	s, _ := testServer(f, Options{Set: []string{"limits=[]"}}) // else most would be 429
	for _, v := range s.vendors {
		for _, o := range v.spec.Operations {
			for _, leaf := range o.Leaves() {
				e, err := leaf.Example(leaf.Routes[0], "")
				if err != nil {
					f.Fatal(err)
				}
				r, err := exampleRequest("http://127.0.0.1:7800/"+v.Name, e)
				if err != nil {
					f.Fatal(err)
				}
				v.Login(r.Header, e.Base, "demo")
				var body strings.Builder
				_ = r.Write(&body)
				_, sent, _ := strings.Cut(body.String(), "\r\n\r\n")
				f.Add(v.Name, r.Method, r.URL.RequestURI(), r.Header.Get("Authorization"), "X-Av-Req-Id", "1", sent)
			}
		}
	}
	f.Add("cisco", "GET", "/cisco/v1/cdfmc/api/fmc_config/v1/domain/global/job/taskstatuses/%00%2F%ff", "Bearer demo", "X-Auth-Access-Token", "wrong", "")
	f.Add("bitdefender", "POST", "/bitdefender/api/v1.1/jsonrpc/network", "Basic ZGVtbzo=", "Content-Type", "text/xml", `{"id":1e999,"jsonrpc":"2.0","method":"getTaskStatus","params":{"taskId":[]}}`)
	f.Fuzz(func(t *testing.T, vendorName, method, target, authorization, name, value, body string) {
		if !strings.HasPrefix(target, "/"+vendorName+"/") || s.byPrefix[vendorName] == nil {
			return
		}
		r, err := http.NewRequest(method, "http://127.0.0.1:7800"+target, strings.NewReader(body))
		if err != nil {
			return
		}
		r.Header.Set("Authorization", authorization)
		r.Header.Set(name, value)
		w := &recorder{header: http.Header{}}
		s.ServeHTTP(w, r)
		// A vendor's own plain text is a success; the server's is none.
		plain := w.status != http.StatusOK && strings.HasPrefix(w.header.Get("Content-Type"), "text/plain")
		if w.status/100 == 3 || plain || w.status == 0 {
			t.Errorf("%s %s: %d %v\n%s", method, target, w.status, w.header, w.body.String())
		}
	})
}
