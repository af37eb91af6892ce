package scenarios

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// editorSchema is the committed schema, by which editors judge a file. That it
// is what the types give, a test in internal/schemagen shows.
func editorSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile("scenario.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("scenario.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("scenario.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// asEditors reads YAML as the editors' YAML 1.2 does: instants are text.
func asEditors(t *testing.T, data []byte) any {
	t.Helper()
	root, problems := readTree("file", data)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	written, err := json.Marshal(newDecoder().anything(root, ""))
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(written))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSchemaAcceptsGoodFiles(t *testing.T) {
	schema := editorSchema(t)
	for pattern, files := range map[string]fs.FS{"*.yaml": shipped, "incident/*.yaml": shipped, "good/*.yaml": os.DirFS("testdata")} {
		names, err := fs.Glob(files, pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%d files, %v", len(names), err)
		}
		for _, name := range names {
			data, err := fs.ReadFile(files, name)
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(asEditors(t, data)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// What an editor can see, it must: these files break a rule of form.
func TestSchemaRefusesBadForms(t *testing.T) {
	schema := editorSchema(t)
	for _, name := range []string{
		"unknown-key", "unknown-key-in-state", "misspelt-required-key", "null-value", "wrong-types",
		"text-needs-quotes", "enum", "minimum-and-maximum", "required", "duration", "clock", "clock-mode", "progress",
		"message-moment", "created", "to-forms", "version-missing", "version-unknown", "version-text", "name-missing",
		"expect-rule", "expect-values", "expect-no-list",
		"fault-names", "fault-spans", "fault-chance", "fault-counts", "fault-answer-values", "faults-no-list", "auth", "auth-mapping",
		"auth-text", "surprises", "surprises-list", "limit-concurrent", "limit-early-retry", "expect-new-keys",
	} {
		data, err := os.ReadFile("testdata/bad/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(asEditors(t, data)) == nil {
			t.Errorf("the schema accepts %s.yaml", name)
		}
	}
}

func TestSchemaWantsOneRule(t *testing.T) {
	schema := editorSchema(t)
	for expectation, good := range map[string]bool{
		"{tokens: refreshed_in_time}":                    true,
		"{tokens: refreshed_in_time, vendor: acme}":      true,
		"{call: poll, max: 1, min_gap: 1s, per: tenant}": true,
		"{}":             false,
		"{vendor: acme}": false,
		"{tokens: refreshed_in_time, pages: read_to_last}": false,
		"{tokens: kept}":       false,
		"{call: poll, max: 0}": false,
	} {
		err := schema.Validate(asEditors(t, []byte("{version: 1, name: x, expect: ["+expectation+"]}")))
		if (err == nil) != good {
			t.Errorf("%s: %v", expectation, err)
		}
	}
}

// Values of the new forms, each alone, so that no other refuses the file.
func TestSchemaForms(t *testing.T) {
	schema := editorSchema(t)
	fault := func(rest string) string { return "faults: [{name: a, answer: {reset: true}, " + rest + "}]" }
	answer := func(answer string) string { return "faults: [{name: a, answer: {" + answer + "}}]" }
	for line, good := range map[string]bool{
		fault("during: 20s..50s"): true, fault("during: 20s.."): true, fault("during: 20s"): false, fault("age: ..20s"): false,
		fault("chance: 30%"): true, fault("chance: 0.25%"): true, fault("chance: 30"): false, fault("chance: 0.125%"): false,
		fault("stage: never"): false, fault("nth: 0"): false,
		answer("truncate: 60%"): true, answer("truncate: 60"): false, answer("truncate: 100%"): false,
		answer("latency: {p50: 1s, p95: 2s}"): true, answer("status: 200"): false, answer("rest: true"): false,
		"auth: {disabled: true}": true, "auth: [{vendor: acme, clock_skew: -5s}]": true, "auth: 5": false,
		"auth: {token_ttl: -5s}": false,
		"surprises: seed":        true, "surprises: -7": true, "surprises: all": false,
		"limits: [{per: source, concurrent: 10}]":                           true,
		"limits: [{per: source, requests: 1, window: 1s}]":                  true,
		"limits: [{per: source, requests: 1}]":                              false,
		"limits: [{per: source}]":                                           false,
		"limits: [{per: source, requests: 1, window: 1s, concurrent: 10}]":  false,
		"limits: [{per: source, requests: 1, window: 1s, early_retry: no}]": false,
		"expect: [{call: poll, sends: a.b=1}]":                              true,
		"expect: [{call: poll, sends: a.b}]":                                false,
	} {
		err := schema.Validate(asEditors(t, []byte("{version: 1, name: x, "+line+"}")))
		if (err == nil) != good {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// The comment on a file's first line must lead to the schema.
func TestFirstLineLeadsToTheSchema(t *testing.T) {
	err := fs.WalkDir(shipped, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(shipped, name)
		first, _, _ := strings.Cut(string(data), "\n")
		schema, found := strings.CutPrefix(first, "# yaml-language-server: $schema=")
		if _, missing := os.Stat(path.Join(path.Dir(name), schema)); missing != nil || !found {
			t.Errorf("%s begins with %q: %v", name, first, missing)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
