package sailpoint

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/vendorsim/vendorsim/fixtures"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// The user's own sources are the tenant's, also where they are more than the
// fleet; one without an id is given one, the same each time.
func TestOwnSources(t *testing.T) {
	own := &fixtures.Own{Sources: make([]fixtures.Source, fleet+2)}
	own.Sources[fleet+1] = fixtures.Source{ID: "my-own", Name: "Payroll"}
	world := tenant.NewWorld(&scenarios.Scenario{Name: "own", Vendors: []string{"sailpoint"}}, nil, own)
	registry := tenant.NewRegistry("own", 1, func(string) (*tenant.World, error) { return world, nil }, clock.System(), slog.New(slog.DiscardHandler))
	owner, err := registry.Accept(tenant.Credential{Name: tenant.Demo}, "sailpoint")
	if err != nil {
		t.Fatal(err)
	}
	c := &sim.Call{Tenant: owner}
	if n := sources(c); n != fleet+2 {
		t.Errorf("%d sources", n)
	}
	if s, ok := sourceNamed(c, "my-own"); !ok || s.Name != "Payroll" {
		t.Errorf("own source: %v %v", s, ok)
	}
	last := source(c, fleet)
	if s, ok := sourceNamed(c, last.ID); !ok || s != last {
		t.Errorf("source %d: %v, want %v", fleet, s, last)
	}
	if s, ok := sourceNamed(c, documentedSource.ID); !ok || s != documentedSource {
		t.Errorf("the documented source: %v %v", s, ok)
	}
	if _, ok := sourceNamed(c, ""); ok {
		t.Error("a source without an id")
	}
}

// Clients find in a token what they look for.
//
// shows: sailpoint/token-is-jwt
func TestClaims(t *testing.T) {
	value, err := sim.JWT(1, claims{Scope: []string{"read"}, Authorities: []string{"ORG_ADMIN"}, Claims: sim.Claims{ID: "x", ExpiresAt: sim.NumericDate(time.Unix(1, 0))}})
	if err != nil {
		t.Fatal(err)
	}
	got := jwt.MapClaims{}
	if _, _, err := jwt.NewParser().ParseUnverified(value, got); err != nil {
		t.Fatal(err)
	}
	const want = "tenant_id pod org identity_id user_name strong_auth authorities client_id strong_auth_supported scope exp jti vendorsim_ends"
	for name := range strings.SplitSeq(want, " ") {
		if _, ok := got[name]; !ok {
			t.Errorf("no claim %s", name)
		}
	}
	if n := len(strings.Fields(want)); len(got) != n {
		t.Errorf("%d claims, want %d: %v", len(got), n, got)
	}
}
