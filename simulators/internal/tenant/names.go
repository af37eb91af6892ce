package tenant

import (
	"strings"

	"github.com/vendorsim/vendorsim/simulators/internal/journal"
)

// Demo is the tenant that runs the served scenario.
const Demo = "demo"

// DefaultSecret is what signatures are made with where a tenant was not made
// with another secret.
const DefaultSecret = "secret"

// Wrong is the literal that every vendor refuses, as a secret or, where there is
// no secret, as the credential.
const Wrong = "wrong"

// maxLabel is how long a tenant's label may be, in bytes.
const maxLabel = 64

// splitName reads a tenant's name: demo, a scenario, or scenario~label.
func splitName(name string) (scenario string, ok bool) {
	scenario, label, labelled := strings.Cut(name, "~")
	if scenario == "" || scenario == Wrong || labelled && !validLabel(label) {
		return "", false
	}
	return scenario, !labelled || scenario != Demo
}

func validLabel(label string) bool {
	if label == "" || len(label) > maxLabel {
		return false
	}
	for _, c := range []byte(label) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && c != '.' && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

// Redact stands for a refused credential wherever one would be printed: its
// length and four hex digits of its hash. Somebody will send a real key by
// mistake.
func Redact(credential string) string { return journal.Redact(credential) }
