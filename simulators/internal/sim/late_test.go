package sim

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// An answer that is late comes as soon as nothing is left to wait for: the
// tenant's clock was moved, the tenant ended, the server stops. A client that goes
// gets none. After the time itself it comes too, and by a fast clock sooner.
func TestLatencyEnds(t *testing.T) {
	for _, c := range []struct {
		what, mode string
		do         func(b *bench, d *tenant.Tenant, stop, leave func())
		after      time.Duration // real time, from the request on
		status     int           // 0: none
	}{
		{"by itself", "real", func(*bench, *tenant.Tenant, func(), func()) {}, 20 * time.Second, 200},
		{"fast", "x10", func(*bench, *tenant.Tenant, func(), func()) {}, 2 * time.Second, 200},
		{"a move", "real", func(_ *bench, d *tenant.Tenant, _, _ func()) { d.AdvanceBy(time.Minute) }, time.Second, 200},
		{"a frozen clock", "frozen", func(*bench, *tenant.Tenant, func(), func()) {}, 20 * time.Second, 200},
		{"a move of a frozen clock", "frozen", func(_ *bench, d *tenant.Tenant, _, _ func()) { d.AdvanceBy(20 * time.Second) }, time.Second, 200},
		{"a reset", "real", func(b *bench, _ *tenant.Tenant, _, _ func()) { _, _ = b.tenants.Reset("demo") }, time.Second, 200},
		{"a stop", "real", func(_ *bench, _ *tenant.Tenant, stop, _ func()) { stop() }, time.Second, 200},
		{"the client goes", "real", func(_ *bench, _ *tenant.Tenant, _, leave func()) { leave() }, time.Second, 0},
	} {
		for _, stage := range []string{"before", "after"} {
			synctest.Test(t, func(t *testing.T) {
				stopping := make(chan struct{})
				b := serve(t, "clock: {mode: "+c.mode+"}\n"+stillTask+"faults: [{name: z, nth: 1, stage: "+stage+", answer: {latency: 20s}}]",
					acme(), func(e *Env) { e.Stopping = stopping })
				ctx, leave := context.WithCancel(t.Context())
				defer leave()
				began, status := clock.System().Now(), 0
				over := make(chan time.Duration, 1)
				go func() {
					defer func() {
						_ = recover() // of a client that has gone
						over <- time.Since(began)
					}()
					r := httptest.NewRequestWithContext(ctx, "GET", "/v1/task/a", http.NoBody)
					r.Header.Set("Authorization", "Bearer demo")
					w := httptest.NewRecorder()
					b.ServeHTTP(w, r)
					status = w.Code
				}()
				<-time.After(time.Second)
				synctest.Wait()
				if len(over) > 0 {
					t.Fatalf("%s, %s: over after %v", c.what, stage, <-over)
				}
				d, _ := b.tenants.Find("demo")
				c.do(b, d, func() { close(stopping) }, leave)
				if took := <-over; took != c.after || status != c.status {
					t.Errorf("%s, %s: %d after %v, want %d after %v", c.what, stage, status, took, c.status, c.after)
				}
			})
		}
	}
}

// A body that drips comes at once when the server stops.
func TestDripEndsWithTheServer(t *testing.T) {
	stopping := make(chan struct{})
	close(stopping)
	synctest.Test(t, func(t *testing.T) {
		b := serve(t, stillTask+"faults: [{name: slow, answer: {drip: 20s}}]", acme(), func(e *Env) { e.Stopping = stopping })
		began := clock.System().Now()
		if got := b.do("GET", "/v1/task/a", "").Body.String(); got != stillBody || time.Since(began) != 0 {
			t.Errorf("%s after %v", got, time.Since(began))
		}
	})
}
