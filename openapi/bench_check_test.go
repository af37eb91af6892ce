package openapi

import (
	"encoding/json"
	"net/http"
	"testing"
)

// demos are, per vendor, the operation that a new user is shown.
func demos(b *testing.B, f func(vendor string, o *Operation)) {
	for _, name := range Names() {
		s, err := loadText(name)
		if err != nil {
			b.Fatal(err)
		}
		if name != admin {
			f(name, s.Demo())
		}
	}
}

// What holding an answer costs: quick, and where kin-openapi has to decide.
func BenchmarkCheckResponse(b *testing.B) {
	demos(b, func(vendor string, o *Operation) {
		content := o.route.Operation.Responses.Value("200").Value.Content["application/json"]
		example := examplesOf(content)
		var value any
		for _, e := range example {
			if e != nil {
				value = e
			}
		}
		body, err := json.Marshal(value)
		if err != nil {
			b.Fatal(err)
		}
		h := http.Header{"Content-Type": {"application/json"}}
		b.Run(vendor+"/quick", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if err := o.CheckResponse(profileDocumented, 200, h, body); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(vendor+"/kin", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := o.slowResponse(profileDocumented, 200, h, string(body)); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}

// What holding a request costs, and what looking for what it has beside.
func BenchmarkCheckRequest(b *testing.B) {
	demos(b, func(vendor string, o *Operation) {
		e, err := o.Example(o.Routes[0], "")
		if err != nil {
			b.Fatal(err)
		}
		kin := asRequest(b, o, o.Routes[0], e)
		quick := kin
		if e.Body != nil {
			if quick.Raw, err = json.Marshal(e.Body); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(vendor+"/quick", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if v := o.CheckRequest(quick); v != nil {
					b.Fatal(v)
				}
			}
		})
		bodyOnly := &Operation{body: o.body, bodySchema: o.bodySchema, params: o.params, json: o.json}
		b.Run(vendor+"/kin", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for i := range o.parameters {
					if !kinTakes(o, i, kin) {
						b.Fatal(i)
					}
				}
				if v := bodyOnly.CheckRequest(kin); v != nil {
					b.Fatal(v)
				}
			}
		})
		b.Run(vendor+"/undeclared", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if all := o.Undeclared(quick); len(all) > 0 {
					b.Fatal(all)
				}
			}
		})
	})
}
