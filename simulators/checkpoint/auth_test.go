package checkpoint

import (
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// The two signatures that the vendor's own integration for Cortex XSOAR tests
// itself with, and what a signature hangs on: every part of the request.
func TestSignature(t *testing.T) {
	const (
		request = "00000000-0000-0000-0000-000000000000"
		client  = "****"
		date    = "2023-08-13T19:08:35.263817"
		hidden  = "****"
		path    = "/v1.0/soar/test"
		signed  = "66968b7de6a44c879eedc2a426ec76c254c203d60ce746236645b52b5b5dcddb"
	)
	if got := sign(request, client, date, path, hidden); got != signed {
		t.Errorf("of a call: %s", got)
	}
	if got, want := sign(request, client, date, "", hidden), "ac07ea6ddd026cbbfad8751d45d6e9e1823bc03e227eeb117976834391b629b8"; got != want {
		t.Errorf("of the log-in: %s, want %s", got, want)
	}
	for what, other := range map[string]string{
		"request id": sign("1", client, date, path, hidden),
		"client":     sign(request, "US:****", date, path, hidden),
		"date":       sign(request, client, "2023-08-13T19:08:35.263818", path, hidden),
		"query":      sign(request, client, date, path+"?scope=us%3Aacme", hidden),
		"secret":     sign(request, client, date, path, sim.DefaultSecret),
	} {
		if other == signed {
			t.Errorf("the %s makes no difference", what)
		}
	}
}

// A tenant that was made with a secret of its own is signed for with that, and
// with no other; all others with the word secret, also before they begin.
func TestSignaturesHaveTheTenantsSecret(t *testing.T) {
	spec := load(t)
	source := clock.NewManual(time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC))
	s := &scenarios.Scenario{
		Version: 1, Name: "any", Vendors: []string{"checkpoint"}, Default: "life",
		Lifecycles: map[string]scenarios.Lifecycle{"life": life}, Limits: []scenarios.Limit{},
	}
	world := tenant.NewWorld(s, []tenant.Vendor{New().Tenants(spec)}, nil)
	tenants := tenant.NewRegistry("any", 10, func(string) (*tenant.World, error) { return world, nil }, source, slog.New(slog.DiscardHandler))
	if _, err := tenants.Make(tenant.Making{Name: "any~own", World: world, Secret: "hush"}); err != nil {
		t.Fatal(err)
	}
	h, err := sim.Handler(New(), spec, sim.Env{Tenants: tenants, Source: source, Logger: slog.New(slog.DiscardHandler), Contract: sim.Enforce})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(client, path, target, secret, token string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", path, nil)
		for name, value := range map[string]string{
			requestID: "1", legacyDate: "2026-01-15T09:00:00.000000", legacyApp: client, legacyToken: token,
			legacySig: sign("1", client, "2026-01-15T09:00:00.000000", target, secret),
		} {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for _, c := range []struct {
		client, secret string
		status         int
	}{
		{"any~own", "hush", 200}, {"any~own", "secret", 401}, {"any~other", "secret", 200}, {"any~other", "hush", 401}, {"any~other", "secret", 200},
	} {
		login := ask(c.client, "/v1.0/auth", "", c.secret, "")
		if login.Code != c.status {
			t.Errorf("%s logs in with %s: %d, want %d", c.client, c.secret, login.Code, c.status)
		}
		for what, token := range map[string]string{"its name": c.client, "a token": login.Body.String()} {
			if got := ask(c.client, "/v1.0/scopes", "/v1.0/scopes", c.secret, token); got.Code != c.status {
				t.Errorf("%s calls with %s and %s: %d, want %d", c.client, what, c.secret, got.Code, c.status)
			}
		}
	}
}
