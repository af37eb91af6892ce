package openapi

import (
	_ "embed"
	"fmt"
	"hash/crc32"
	"io"
	"reflect"
	"regexp"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/vendorsim/vendorsim/openapi/internal/packed"
)

//go:generate go run ./internal/pack packed.bin

// packedFile is what parsing the embedded specs comes to: reading YAML into
// kin-openapi's documents would be most of a cold start. The YAML files remain
// the source: a spec that was packed out of another text is parsed instead.
//
//go:embed packed.bin
var packedFile string

var schemaType = reflect.TypeFor[openapi3.Schema]()

// packedSpecs are the specs of packedFile, by name.
var packedSpecs = sync.OnceValue(readPacked)

func readPacked() (all map[string]packedSpec) {
	packed.Open(packedFile, schemaType).Read(&all)
	return all
}

// packedSpec is a spec with the sum of the text that it was made of.
type packedSpec struct {
	Sum  uint32
	Spec packed.Later // a packedBody
}

// packedBody is a Spec. What a request or an answer is held to is for later, an
// operation at a time: most are never asked for.
type packedBody struct {
	Title      string
	Operations []packedOperation
	Outside    packed.Later // a packedContract
	Options    []Option
	Behaviours []Behaviour
	Surprises  []Surprise
	Task       TaskDocument
	Fields     packed.Later // the openapi3.Schemas of Task
	Secrets    Secrets
}

// packedOperation is an Operation without its contract.
type packedOperation struct {
	ID, Name, Kind, Method string
	Routes                 []Route
	Task                   string
	Demo, RPC              bool
	Summary                string
	Evidence               Evidence
	Headers, Queries       []string
	JSON, Form             bool
	Methods                []packedOperation
	Contract               packed.Later // a packedContract
}

// packedContract is the contract of an operation. A method of JSON-RPC has only
// what is its own.
type packedContract struct {
	Parameters openapi3.Parameters
	Body       *openapi3.RequestBody
	Params     *openapi3.Schema
	Results    map[string]*openapi3.Schema
	Example    any
	Responses  map[int]packedResponse
}

type packedResponse struct {
	Contents    map[string]map[string]*openapi3.Schema
	Headers     []packedHeader
	Evidence    Evidence
	Description string
}

type packedHeader struct {
	Name   string
	Header *openapi3.Header
}

// unread is a contract that nobody has looked at. The zero value is one that is
// there.
type unread struct {
	once sync.Once
	read func()
}

// ready has the contract read.
func (o *Operation) ready() {
	if o.unread.read != nil {
		o.unread.once.Do(o.unread.read)
	}
}

// Pack is the file that Load reads in the place of the specs' texts.
func Pack() ([]byte, error) {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	all := map[string]packedSpec{}
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".yaml")
		s, err := loadText(name)
		if err != nil {
			return nil, err
		}
		sum, err := sumOf(name)
		if err != nil {
			return nil, err
		}
		all[name] = packedSpec{Sum: sum, Spec: packed.Put(s.pack())}
	}
	return packed.Write(all, schemaType)
}

// sumOf tells the text of a spec from another.
func sumOf(name string) (uint32, error) {
	f, err := files.Open(name + ".yaml")
	if err != nil {
		return 0, err
	}
	defer f.Close()
	h := crc32.NewIEEE()
	_, err = io.Copy(h, f)
	return h.Sum32(), err
}

func (s *Spec) pack() packedBody {
	b := packedBody{
		Title: s.Title, Options: s.Options, Behaviours: s.Behaviours, Surprises: s.Surprises, Task: s.Task, Secrets: s.Secrets,
		Outside: packed.Put(s.Outside.packContract()), Fields: packed.Put(s.Task.fields()),
	}
	for _, o := range s.Operations {
		b.Operations = append(b.Operations, o.pack())
	}
	return b
}

func (o *Operation) pack() packedOperation {
	p := packedOperation{
		ID: o.ID, Name: o.Name, Kind: o.Kind, Method: o.Method, Routes: o.Routes, Task: o.Task, Demo: o.Demo, RPC: o.RPC,
		Summary: o.Summary, Evidence: o.Evidence, Headers: o.headers, Queries: o.queries, JSON: o.json, Form: o.form,
		Contract: packed.Put(o.packContract()),
	}
	for _, m := range o.Methods {
		p.Methods = append(p.Methods, m.pack())
	}
	return p
}

func (o *Operation) packContract() packedContract {
	o.ready()
	if o.Parent != nil {
		return packedContract{Params: o.params, Results: o.results, Example: o.example}
	}
	c := packedContract{Parameters: o.parameters, Body: o.body, Responses: map[int]packedResponse{}}
	for status, r := range o.responses {
		p := packedResponse{Contents: r.contents, Evidence: r.evidence, Description: r.description}
		for _, h := range r.headers {
			p.Headers = append(p.Headers, packedHeader{h.name, h.Header})
		}
		c.Responses[status] = p
	}
	return c
}

// current tells whether the spec was packed out of the text that it has now.
func (p packedSpec) current(name string) bool {
	sum, err := sumOf(name)
	return err == nil && sum == p.Sum
}

// open reads the spec but for what is for later.
func (p packedSpec) open(name string) (*Spec, error) {
	var b packedBody
	p.Spec.Read(&b)
	s := &Spec{
		Vendor: name, Title: b.Title, Options: b.Options, Behaviours: b.Behaviours, Surprises: b.Surprises, Task: b.Task, Secrets: b.Secrets,
		Outside: &Operation{Name: "outside", Kind: "read"},
	}
	s.Outside.unread.read = func() { s.Outside.unpack(b.Outside) }
	s.Task.fields = sync.OnceValue(func() (fields openapi3.Schemas) {
		b.Fields.Read(&fields)
		return fields
	})
	for _, o := range b.Operations {
		s.Operations = append(s.Operations, o.open(nil))
	}
	if s.Task.Schema == "" {
		return s, nil
	}
	var err error
	if s.Task.id, err = regexp.Compile(s.Task.ID); err != nil {
		return nil, fmt.Errorf("openapi %s: x-task: %w", name, err)
	}
	return s, nil
}

func (p packedOperation) open(parent *Operation) *Operation {
	o := &Operation{
		ID: p.ID, Name: p.Name, Kind: p.Kind, Method: p.Method, Routes: p.Routes, Task: p.Task, Demo: p.Demo, RPC: p.RPC,
		Summary: p.Summary, Evidence: p.Evidence, headers: p.Headers, queries: p.Queries, json: p.JSON, form: p.Form, Parent: parent,
	}
	contract := p.Contract // all that is to be kept of p
	o.unread.read = func() { o.unpack(contract) }
	for _, m := range p.Methods {
		o.Methods = append(o.Methods, m.open(o))
	}
	return o
}

// unpack reads the contract of an operation.
func (o *Operation) unpack(from packed.Later) {
	var c packedContract
	from.Read(&c)
	if o.Parent != nil {
		o.Parent.ready()
		o.inherit(o.Parent)
		o.params, o.results, o.example = c.Params, c.Results, c.Example
		return
	}
	o.parameters, o.responses = c.Parameters, map[int]*response{}
	if o.body = c.Body; o.body != nil {
		o.bodySchema, _, _ = bodyOf(o.body) // the rest is known, and others may be reading it
	}
	for status, p := range c.Responses {
		r := &response{contents: p.Contents, evidence: p.Evidence, description: p.Description}
		for _, h := range p.Headers {
			r.headers = append(r.headers, header{h.Name, h.Header})
		}
		o.responses[status] = r
	}
}
