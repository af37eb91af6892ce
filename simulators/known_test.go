package simulators

import (
	"testing"

	"github.com/vendorsim/vendorsim/scenarios"
)

// What a scenario asks of a vendor that the vendor does not have is refused in
// words that name the vendor once.
func TestCheckWhatAVendorLacks(t *testing.T) {
	vendors, err := loadVendors()
	if err != nil {
		t.Fatal(err)
	}
	const all = "forbidden: [poll], disabled: true, clock_skew: 1m, token_ttl: 1m, revoked_after: 1m, single_session: true"
	for _, c := range []struct{ text, want string }{
		{"auth: {vendor: bitdefender, forbidden: [poll], disabled: true, clock_skew: 1m}", ""},
		{"auth: {vendor: bitdefender, token_ttl: 1m}", "x.yaml:3:29: bitdefender has no token_ttl; there is clock_skew, disabled, forbidden"},
		{"auth: {vendor: checkpoint, " + all + "}", ""},
		{"auth: {vendor: checkpoint, refreshes: 3}", "x.yaml:3:28: checkpoint has no refreshes; there is clock_skew, disabled, forbidden, revoked_after, single_session, token_ttl"},
		{"auth: {vendor: dbvisit, " + all + "}", ""},
		{"auth: {vendor: dbvisit, refreshes: 3}", "x.yaml:3:25: dbvisit has no refreshes; there is clock_skew, disabled, forbidden, revoked_after, single_session, token_ttl"},
		{"auth: {vendor: sailpoint, refreshes: 3, " + all + "}", ""},
		{"auth: {vendor: cisco, refreshes: 3, " + all + "}", ""},
		{"auth: {refreshes: 3, " + all + "}", ""},
		{"vendors: [bitdefender, dbvisit]\nauth: {refreshes: 3, token_ttl: 1m}", "x.yaml:4:8: warning: no vendor of this scenario has refreshes"},
		{"vendors: [acme]\nauth: {refreshes: 3}", `x.yaml:3:11: there is no vendor "acme"; there is bitdefender, checkpoint, sailpoint, cisco, dbvisit`},
		{"faults: [{name: a, vendor: dbvisit, on: login, answer: {status: 418}}]",
			"x.yaml:3:65: dbvisit: there is no error with status 418 at any operation; there are: 400, 401, 403, 404, 405, 413, 429, 500, 502, 503, 504"},
	} {
		_, problems := scenarios.Parse("x.yaml", []byte("version: 1\nname: x\n"+c.text), known(vendors))
		if got := problems.Error(); got != c.want {
			t.Errorf("%s\n%s\nwant\n%s", c.text, got, c.want)
		}
	}
}
