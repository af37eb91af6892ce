package tenant

import (
	"fmt"
	"testing"

	"github.com/vendorsim/vendorsim/simulators/internal/clock"
)

func BenchmarkAccept(b *testing.B) {
	g, _, _ := testRegistry(b, 20_000, map[string]*World{"served": world(b, "name: served")})
	g.source = clock.System()
	n, err := g.Accept(Credential{Name: "served~bench"}, "acme")
	if err != nil {
		b.Fatal(err)
	}
	g.Issue(&Token{Value: "a token of thirty-two characters", Vendor: "acme", Kind: "access", Tenant: n}, 0)
	for name, c := range map[string]Credential{
		"name": {Name: "served~bench"}, "raw": {Token: "served~bench"}, "token": {Token: "a token of thirty-two characters"},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := g.Accept(c, "acme"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	many := make([]Credential, 10_000)
	for i := range many {
		many[i].Token = fmt.Sprint("served~t", i)
	}
	b.Run("enter", func(b *testing.B) {
		b.ReportAllocs()
		now := g.source.Now()
		c := Credential{Token: "a token of thirty-two characters"}
		for b.Loop() {
			if _, err := g.Enter(&c, "acme", now); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("tenants=10000", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for i := 0; pb.Next(); i++ {
				if _, err := g.Accept(many[i%len(many)], "acme"); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

func BenchmarkArrive(b *testing.B) {
	n := aTenant("served~x", world(b, "name: served"), clock.System())
	b.Run("alone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			n.Arrive()
		}
	})
	b.Run("parallel", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				n.Arrive()
			}
		})
	})
}
