package openapi

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

//go:embed *.yaml
var files embed.FS

// Source is the text of one embedded spec.
func Source(name string) ([]byte, error) { return files.ReadFile(name + ".yaml") }

// Spec is one vendor's contract.
type Spec struct {
	Vendor     string
	Title      string
	Operations []*Operation // in the order of path, method and, for JSON-RPC, name
	Outside    *Operation   // the contract of answers that belong to no operation
	Options    []Option
	Behaviours []Behaviour
	Surprises  []Surprise
	Task       TaskDocument
	Secrets    Secrets
}

// TaskDocument is the document that a scenario's "set:" overrides.
type TaskDocument struct {
	Schema   string   `json:"schema"`
	Computed []string `json:"computed"` // fields that only the lifecycle decides
	ID       string   `json:"id"`       // the pattern of a task's id; empty: any non-empty string
	fields   func() openapi3.Schemas
	id       *regexp.Regexp
}

// loaded are the embedded specs that have been read: a process with many
// servers, such as a test, reads each once.
var loaded sync.Map // vendor -> func() (*Spec, error)

// Load reads the embedded spec of a vendor. A spec never changes and may be
// shared. That the document is valid OpenAPI it leaves to a test: an embedded
// file cannot change, and a cold start pays for every check.
func Load(vendor string) (*Spec, error) {
	once, _ := loaded.LoadOrStore(vendor, sync.OnceValues(func() (*Spec, error) { return load(vendor) }))
	return once.(func() (*Spec, error))()
}

func load(vendor string) (*Spec, error) {
	p, have := packedSpecs()[vendor]
	if !have || !p.current(vendor) {
		return loadText(vendor)
	}
	return p.open(vendor)
}

// loadText reads an embedded spec out of its text.
func loadText(vendor string) (*Spec, error) {
	data, err := Source(vendor)
	if err != nil {
		return nil, fmt.Errorf("openapi: no spec for %q", vendor)
	}
	return parse(vendor, data, func(*Spec, *openapi3.T) error { return nil })
}

// admin is the name of our own API's file.
const admin = "admin"

// LoadAdmin reads the contract of our own control API, admin.yaml. We are its
// source, so it has no evidence, and none of the x- members but x-outside; an
// operation is called by its operationId and has no kind.
func LoadAdmin() (*Spec, error) { return Load(admin) }

// Parse reads and checks a spec. It refuses one that is not valid 3.0.x with
// valid examples, that has an operation, response, option or behaviour without
// evidence, or an x- member that nobody reads.
func Parse(vendor string, data []byte) (*Spec, error) {
	return parse(vendor, data, func(s *Spec, doc *openapi3.T) error {
		if err := s.checkSecrets(doc); err != nil {
			return err
		}
		return doc.Validate(context.Background())
	})
}

func parse(vendor string, data []byte, validate func(*Spec, *openapi3.T) error) (*Spec, error) {
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, fmt.Errorf("openapi %s: %w", vendor, err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.0.") {
		return nil, fmt.Errorf("openapi %s: version %q: only 3.0.x is held (3.1 recompiles a schema at every check)", vendor, doc.OpenAPI)
	}
	s := &Spec{Vendor: vendor}
	if err := s.build(&builder{doc: doc, own: vendor == admin}); err != nil {
		return nil, fmt.Errorf("openapi %s: %w", vendor, err)
	}
	// Ours come first: they know better what to say of an example left out.
	if err := validate(s, doc); err != nil {
		return nil, fmt.Errorf("openapi %s: %w", vendor, err)
	}
	return s, nil
}

func (s *Spec) build(b *builder) error {
	if b.doc.Info == nil || b.doc.Components == nil {
		return errors.New("info and components must be there")
	}
	s.Title = b.doc.Info.Title
	known := []string{"x-options", "x-behaviours", "x-outside", "x-task", "x-secrets", "x-surprises"}
	if b.own {
		known = []string{"x-outside"}
	}
	if err := onlyExtensions(b.doc.Extensions, known...); err != nil {
		return err
	}
	for name, into := range map[string]any{
		"x-options": &s.Options, "x-behaviours": &s.Behaviours, "x-task": &s.Task, "x-secrets": &s.Secrets, "x-surprises": &s.Surprises,
	} {
		if err := extension(b.doc.Extensions, name, into); err != nil {
			return err
		}
	}
	if err := s.checkFacts(); err != nil {
		return err
	}
	if err := s.buildTask(b); err != nil {
		return err
	}
	if err := s.buildOutside(b); err != nil {
		return err
	}
	if err := s.buildOperations(b); err != nil {
		return err
	}
	return s.checkSurprises()
}

// checkFacts holds options and behaviours to their own rules.
func (s *Spec) checkFacts() error {
	seen := map[string]bool{}
	for _, o := range s.Options {
		if err := o.check(); err != nil {
			return err
		}
		if seen[o.Name] {
			return fmt.Errorf("option %q: twice", o.Name)
		}
		seen[o.Name] = true
	}
	seen = map[string]bool{}
	for _, e := range s.Behaviours {
		if err := e.check(); err != nil {
			return err
		}
		if seen[e.Name] {
			return fmt.Errorf("behaviour %q: twice", e.Name)
		}
		seen[e.Name] = true
	}
	return nil
}

func (s *Spec) buildTask(b *builder) error {
	s.Task.fields = func() openapi3.Schemas { return nil }
	if s.Task.Schema == "" {
		return nil
	}
	schema, err := b.schema(s.Task.Schema)
	if err != nil {
		return fmt.Errorf("x-task: %w", err)
	}
	s.Task.fields = func() openapi3.Schemas { return schema.Properties }
	for _, name := range s.Task.Computed {
		if schema.Properties[name] == nil {
			return fmt.Errorf("x-task: computed field %q is not in %s", name, s.Task.Schema)
		}
	}
	if s.Task.id, err = regexp.Compile(s.Task.ID); err != nil {
		return fmt.Errorf("x-task: %w", err)
	}
	return nil
}

func (s *Spec) buildOutside(b *builder) error {
	var names map[string]string
	if err := extension(b.doc.Extensions, "x-outside", &names); err != nil {
		return err
	}
	s.Outside = &Operation{Name: "outside", Kind: "read", responses: map[int]*response{}}
	for status, name := range names {
		code, err := strconv.Atoi(status)
		if err != nil {
			return fmt.Errorf("x-outside: status %q", status)
		}
		ref := b.doc.Components.Responses[name]
		if ref == nil {
			return fmt.Errorf("x-outside: no response %q", name)
		}
		if s.Outside.responses[code], err = b.response(ref.Value); err != nil {
			return fmt.Errorf("x-outside %s: %w", status, err)
		}
	}
	return nil
}

func (s *Spec) buildOperations(b *builder) error {
	paths := b.doc.Paths.Map()
	keys := make([]string, 0, len(paths))
	for p := range paths {
		keys = append(keys, p)
	}
	sort.Strings(keys)
	for _, p := range keys {
		item := paths[p]
		if err := onlyExtensions(item.Extensions); err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		ops := item.Operations()
		methods := make([]string, 0, len(ops))
		for m := range ops {
			methods = append(methods, m)
		}
		sort.Strings(methods)
		for _, m := range methods {
			if err := s.buildOperation(b, p, m, item, ops[m]); err != nil {
				return fmt.Errorf("%s %s: %w", m, p, err)
			}
		}
	}
	return nil
}

func (s *Spec) buildOperation(b *builder, p, method string, item *openapi3.PathItem, op *openapi3.Operation) error {
	servers := b.doc.Servers
	if len(item.Servers) > 0 {
		servers = item.Servers
	}
	if op.Servers != nil {
		servers = *op.Servers
	}
	var routes []Route
	for _, server := range servers {
		base := strings.TrimSuffix(server.URL, "/")
		routes = append(routes, Route{Base: base, Path: path.Join("/", base, p)})
	}
	built, err := b.operation(method, routes, item, op)
	if err != nil {
		return err
	}
	s.Operations = append(s.Operations, built)
	var methods []rpcMethod
	if err := extension(op.Extensions, "x-methods", &methods); err != nil {
		return err
	}
	if len(methods) > 0 && !built.RPC {
		return errors.New("x-methods: only an operation with rpc: true has methods")
	}
	for _, m := range methods {
		o, err := b.method(built, m)
		if err == nil && slices.ContainsFunc(built.Methods, func(other *Operation) bool { return other.Name == m.Name }) {
			err = errors.New("twice")
		}
		if err != nil {
			return fmt.Errorf("method %s: %w", m.Name, err)
		}
		built.Methods = append(built.Methods, o)
	}
	return nil
}

// Option is the declared option of this name.
func (s *Spec) Option(name string) (Option, bool) {
	for _, o := range s.Options {
		if o.Name == name {
			return o, true
		}
	}
	return Option{}, false
}

// onlyExtensions refuses x- members that nobody reads: most are misspelt.
func onlyExtensions(all map[string]any, known ...string) error {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !slices.Contains(known, name) {
			return fmt.Errorf("unknown member %s", name)
		}
	}
	return nil
}

// extension decodes one x- member strictly; a missing one leaves into as it is.
func extension(all map[string]any, name string, into any) error {
	raw, ok := all[name]
	if !ok {
		return nil
	}
	data, err := json.Marshal(raw)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	dec := json.NewDecoder(strings.NewReader(string(data)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
