package scenarios

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The two rules of headers say what these forms say, which are too large to be
// compiled whenever the program starts.
func TestHeaderRulesAreTheseForms(t *testing.T) {
	name := regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$")
	value := regexp.MustCompile(`^[!-~]([ -~]{0,998}[!-~])?$`)
	same := func(t interface{ Errorf(string, ...any) }, s string) {
		if got := isHeaderName(s); got != name.MatchString(s) {
			t.Errorf("%q is a name: %t", s, got)
		}
		if got := isHeaderValue(s); got != value.MatchString(s) {
			t.Errorf("%q is a value: %t", s, got)
		}
	}
	for n := range 0x180 {
		for _, around := range []string{"", "a"} {
			same(t, around+string(rune(n))+around)
			same(t, around+string([]byte{byte(n)})+around)
		}
	}
	for _, n := range []int{0, 1, maxHeaderName, maxHeaderName + 1, maxHeaderValue, maxHeaderValue + 1} {
		same(t, strings.Repeat("a", n))
		same(t, strings.Repeat(" ", n))
	}
	rapid.Check(t, func(t *rapid.T) {
		same(t, rapid.OneOf(rapid.String(), rapid.StringMatching(`[ -~]{0,20}`)).Draw(t, "text"))
	})
}
