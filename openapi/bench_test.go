package openapi

import (
	"context"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// What loading all specs costs a cold start: as it is done, with the contract of
// each vendor's first operation; with all contracts; out of the texts; and what
// validating the documents too would.
func BenchmarkLoad(b *testing.B) {
	for name, read := range map[string]func(name string) (*Spec, error){
		"demo": func(name string) (*Spec, error) {
			s, err := load(name)
			if err == nil {
				s.Demo().ready()
			}
			return s, err
		},
		"all": func(name string) (*Spec, error) {
			s, err := load(name)
			if err == nil {
				s.Facts()
			}
			return s, err
		},
		"text": loadText,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				packedSpecs = sync.OnceValue(readPacked) // what it has read, a process reads once
				for _, name := range Names() {
					if _, err := read(name); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

func BenchmarkValidateDocument(b *testing.B) {
	docs := map[string]*openapi3.T{}
	for _, name := range Names() {
		data, _ := Source(name)
		doc, err := openapi3.NewLoader().LoadFromData(data)
		if err != nil {
			b.Fatal(err)
		}
		docs[name] = doc
	}
	for b.Loop() {
		for name, doc := range docs {
			if err := doc.Validate(context.Background()); err != nil {
				b.Fatal(name, err)
			}
		}
	}
}
