package cisco_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/vendorsim/vendorsim/simulators"
)

// Ten requests of one address may be under way; the eleventh is refused at once.
// When they have ended there is room again.
//
// shows: cisco/concurrent-requests
func TestConcurrentRequests(t *testing.T) {
	const most = 10
	s, err := simulators.New(simulators.Options{Set: []string{"faults=[{name: slow, on: getAllDomain, answer: {latency: 1h}}]"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ask := func(resource string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:7800/cisco/api/fmc_platform/v1/info/"+resource, nil)
		r.Header.Set("X-auth-access-token", "demo")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	answers := make(chan *httptest.ResponseRecorder, most+1)
	var wg sync.WaitGroup
	for range most + 1 {
		wg.Go(func() {
			defer func() {
				if p := recover(); p != nil && p != http.ErrAbortHandler { // those whose client goes
					panic(p)
				}
			}()
			answers <- ask("domain")
		})
	}
	if w := <-answers; w.Code != http.StatusTooManyRequests || !strings.Contains(w.Body.String(), "Too many requests.") {
		t.Errorf("the first to be answered: %d %s", w.Code, w.Body)
	}
	if w := ask("serverversion"); w.Code != http.StatusTooManyRequests {
		t.Errorf("another: %d %s", w.Code, w.Body)
	}
	cancel()
	wg.Wait()
	if w := ask("serverversion"); w.Code != http.StatusOK {
		t.Errorf("when they have ended: %d %s", w.Code, w.Body)
	}
}
