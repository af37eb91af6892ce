package openapi

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// notSecret are fields that are named like a secret and are none.
var notSecret = []string{
	"token_type", // of an OAuth answer: bearer
}

// secretWords are parts of names by which a secret is known.
var secretWords = []string{"password", "secret", "token", "authorization", "accesskey", "cookie", "signature", "apikey", "credential"}

// looksSecret tells whether a field is marked as a password or named like a
// secret. Its file must list it.
func looksSecret(name string, s *openapi3.Schema) bool {
	plain := strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(name))
	return s.Format == "password" || slices.ContainsFunc(secretWords, func(word string) bool { return strings.Contains(plain, word) })
}

// What is marked as a password or named like a secret is listed, and so are the
// headers: what is not is shown to whoever reads the journal.
func TestSecretsAreListed(t *testing.T) {
	for _, name := range Names() {
		if name == admin {
			continue
		}
		t.Run(name, func(t *testing.T) {
			s, err := Load(name)
			if err != nil {
				t.Fatal(err)
			}
			data, err := Source(name)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := openapi3.NewLoader().LoadFromData(data)
			if err != nil {
				t.Fatal(err)
			}
			known := names{headers: map[string]bool{}, fields: map[string]bool{}, seen: map[*openapi3.Schema]bool{}}
			known.document(doc)
			for schema := range known.seen {
				for field, property := range schema.Properties {
					if looksSecret(field, property.Value) && !slices.Contains(s.Secrets.Fields, field) && !slices.Contains(notSecret, field) {
						t.Errorf("the field %s is not in x-secrets", field)
					}
				}
			}
			for field := range known.fields {
				if looksSecret(field, &openapi3.Schema{}) && !slices.Contains(s.Secrets.Fields, field) && !slices.Contains(notSecret, field) {
					t.Errorf("the field %s is not in x-secrets", field)
				}
			}
			listed := map[string]bool{}
			for _, header := range s.Secrets.Headers {
				listed[http.CanonicalHeaderKey(header)] = true
			}
			for _, header := range append(slices.Clone(commonHeaders), keys(known.headers)...) {
				if (looksSecret(header, &openapi3.Schema{}) || strings.HasSuffix(header, "-Sig")) && !listed[header] {
					t.Errorf("the header %s is not in x-secrets", header)
				}
			}
		})
	}
}

func keys(m map[string]bool) []string {
	var all []string
	for k := range m {
		all = append(all, k)
	}
	return all
}

func TestLooksSecret(t *testing.T) {
	for name, want := range map[string]bool{
		"client_secret": true, "Password": true, "X-auth-access-token": true, "splunkAuthorization": true, "accessKey": true, "Set-Cookie": true,
		"name": false, "taskId": false, "X-Count": false,
	} {
		if looksSecret(name, &openapi3.Schema{}) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
	if !looksSecret("pin", &openapi3.Schema{Format: "password"}) {
		t.Error("a password is none")
	}
}

// A name that nothing has is misspelt.
func TestSecretsRefused(t *testing.T) {
	for secrets, want := range map[string]string{
		`{headers: [Authorization, X-Req, domain_uuid], fields: [name, limit], names: [X-Trial, taskId]}`: "",
		`{header: [Authorization]}`:  "header",
		`{headers: [Authorisation]}`: `x-secrets: no header "Authorisation"`,
		`{fields: [nmae]}`:           `x-secrets: no field "nmae"`,
		`{fields: [X-Req]}`:          `x-secrets: no field "X-Req"`,
		`{names: [clientid]}`:        `x-secrets: no header and no field "clientid"`,
		`{fields: name}`:             "x-secrets: ",
	} {
		_, err := Parse("acme", []byte(strings.Replace(testSpec, "x-options:", "x-secrets: "+secrets+"\nx-options:", 1)))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", secrets, err, want)
		}
	}
}
