package openapi

import (
	"bytes"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/vendorsim/vendorsim/openapi/internal/packed"
)

// A spec that was changed without this is parsed from its text, which is right
// but slow.
func TestPackedFileIsCurrent(t *testing.T) {
	want, err := Pack()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal([]byte(packedFile), want) {
		t.Error("packed.bin is not what the YAML files and our types come to; run: go generate ./openapi")
	}
	for _, name := range Names() {
		if !packedSpecs()[name].current(name) {
			t.Errorf("%s would be parsed from its text", name)
		}
	}
}

// Nothing is lost on the way: packing what was read gives the same file again,
// and what can be asked of a spec has the same answers.
func TestPackedSpecsAreThoseOfTheTexts(t *testing.T) {
	again := map[string]packedSpec{}
	for _, name := range Names() {
		p := packedSpecs()[name]
		got, err := p.open(name)
		if err != nil {
			t.Fatal(err)
		}
		want, err := loadText(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []*Spec{got, want} {
			if len(s.Facts()) == 0 {
				t.Errorf("%s has no facts", name)
			}
		}
		if !reflect.DeepEqual(got.Facts(), want.Facts()) || !reflect.DeepEqual(got.Fields(), want.Fields()) {
			t.Errorf("%s: other facts or fields", name)
		}
		again[name] = packedSpec{Sum: p.Sum, Spec: packed.Put(got.pack())}
	}
	data, err := packed.Write(again, schemaType)
	if err != nil {
		t.Fatal(err)
	}
	if string(data) != packedFile {
		t.Errorf("packed again it is another file, of %d bytes instead of %d", len(data), len(packedFile))
	}
}

// Whatever an operation is asked first, before anybody has looked at its contract,
// it answers like one that was read from the text.
func TestAnyQuestionMayBeTheFirst(t *testing.T) {
	said := func(err error) string {
		if err == nil {
			return "in order"
		}
		return err.Error()
	}
	questions := map[string]func(o *Operation) any{
		"takes":    func(o *Operation) any { return o.Takes() },
		"headers":  func(o *Operation) any { return o.Headers() },
		"queries":  func(o *Operation) any { return o.Queries() },
		"bodies":   func(o *Operation) any { return []bool{o.TakesJSON(), o.TakesForm()} },
		"statuses": func(o *Operation) any { return o.Statuses() },
		"declares": func(o *Operation) any { return o.Declares(200, "application/json") },
		"echoes":   func(o *Operation) any { return o.Echoes(profileDocumented, 200, "application/json", "", "id") },
		"example": func(o *Operation) any {
			e, err := o.Example(o.Routes[0], "")
			return []any{e, said(err)}
		},
		"request": func(o *Operation) any {
			r, _ := http.NewRequest(o.Method, "http://acme.example/", nil)
			return o.CheckRequest(Request{HTTP: r, Body: map[string]any{"params": 1.5}})
		},
		"response": func(o *Operation) any {
			h := http.Header{"Content-Type": {"application/json"}}
			return said(o.CheckResponse(profileDocumented, 200, h, []byte(`{"result": {}, "status": []}`)))
		},
		"undeclared": func(o *Operation) any {
			return o.Undeclared(Request{Query: url.Values{"limit": {"1"}, "x": {"1"}}, Body: map[string]any{"params": map[string]any{"x": 1.5}}})
		},
	}
	for _, name := range Names() {
		want, err := loadText(name)
		if err != nil {
			t.Fatal(err)
		}
		for question, ask := range questions {
			got, err := packedSpecs()[name].open(name)
			if err != nil {
				t.Fatal(err)
			}
			for i, o := range want.Operations {
				for k, leaf := range o.Leaves() {
					if one, other := ask(got.Operations[i].Leaves()[k]), ask(leaf); !reflect.DeepEqual(one, other) {
						t.Errorf("%s %s, %s: %v, want %v", name, leaf.Name, question, one, other)
					}
				}
			}
		}
	}
}

// A text that was changed counts more than what was packed before.
func TestPackedOutOfAnotherText(t *testing.T) {
	if p := (packedSpec{Sum: packedSpecs()["cisco"].Sum + 1}); p.current("cisco") {
		t.Error("it is taken for current")
	}
	if p := packedSpecs()["cisco"]; p.current("nobody") {
		t.Error("one without a text is taken for current")
	}
}

// Many clients ask at once for what nobody has asked for before.
func TestContractsAreReadOnceByMany(t *testing.T) {
	s, err := packedSpecs()["bitdefender"].open("bitdefender")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	found := make([]string, 8)
	for i := range found {
		wg.Go(func() {
			var all strings.Builder
			for _, o := range s.Operations {
				for _, leaf := range o.Leaves() {
					if v := leaf.CheckRequest(Request{Body: "no object"}); v != nil {
						all.WriteString(leaf.Name + ": " + v.Error() + "\n")
					}
				}
			}
			for _, name := range s.Fields() {
				if s.HasField(name) {
					all.WriteString(name)
				}
			}
			found[i] = all.String()
		})
	}
	wg.Wait()
	for _, text := range found {
		if text != found[0] || !strings.Contains(text, "getTaskStatus: body") {
			t.Fatalf("one found %q, another %q", found[0], text)
		}
	}
}
