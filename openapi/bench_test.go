package openapi

import (
	"context"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// What loading all specs costs a cold start, and what validating the documents
// too would.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		for _, name := range Names() {
			if _, err := load(name); err != nil {
				b.Fatal(err)
			}
		}
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
