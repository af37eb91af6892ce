package cisco_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/vendorsim/vendorsim/simulators"
)

// together sends requests at once and counts the answers by status.
func together(s http.Handler, requests []*http.Request) map[int]int {
	var wg sync.WaitGroup
	answers := make([]*httptest.ResponseRecorder, len(requests))
	for i, r := range requests {
		answers[i] = httptest.NewRecorder()
		wg.Go(func() { s.ServeHTTP(answers[i], r) })
	}
	wg.Wait()
	count := map[int]int{}
	for _, w := range answers {
		count[w.Code]++
	}
	return count
}

// Of many writes at once that must not go together, one is taken, however the
// requests meet.
//
// shows: cisco/parallel-writes
func TestOneOfManyWrites(t *testing.T) {
	s := newServer(t)
	const many = 8
	base := "http://127.0.0.1:7800/cisco/api/fmc_config/v1/domain/global"
	for _, c := range []struct {
		path, body string
	}{
		{"/devices/devicerecords", `{"name":"FTD-%d","hostName":"ftd-%[1]d.example.com","license_caps":[],"regKey":"key"}`},
		{"/deployment/deploymentrequests", `{"deploymentNote":"%d","deviceList":["d94f7ada-d141-11e5-acf3-c41f7e67fb1b"]}`},
	} {
		var requests []*http.Request
		for i := range many {
			r := httptest.NewRequest(http.MethodPost, base+c.path, strings.NewReader(fmt.Sprintf(c.body, i)))
			r.Header.Set("X-auth-access-token", "demo")
			requests = append(requests, r)
		}
		if got := together(s, requests); got[http.StatusAccepted] != 1 || got[http.StatusTooManyRequests] != many-1 {
			t.Errorf("%s: %v, want one %d", c.path, got, http.StatusAccepted)
		}
	}
}

// A pair of tokens is refreshed once, however many ask at once.
//
// shows: cisco/token-refresh
func TestOneOfManyRefreshes(t *testing.T) {
	s := newServer(t)
	const auth = "http://127.0.0.1:7800/cisco/api/fmc_platform/v1/auth/"
	r := httptest.NewRequest(http.MethodPost, auth+"generatetoken", nil)
	r.SetBasicAuth("demo", "secret")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	given := map[string][]string(w.Header()) // some clients want these names in this case
	access, refresh := given["X-auth-access-token"], given["X-auth-refresh-token"]
	if w.Code != http.StatusNoContent || len(access) != 1 || len(refresh) != 1 || len(given["DOMAIN_UUID"]) != 1 {
		t.Fatalf("%d %v", w.Code, given)
	}
	const many = 8
	var requests []*http.Request
	for range many {
		r := httptest.NewRequest(http.MethodPost, auth+"refreshtoken", nil)
		r.Header.Set("X-auth-access-token", access[0])
		r.Header.Set("X-auth-refresh-token", refresh[0])
		requests = append(requests, r)
	}
	if got := together(s, requests); got[http.StatusNoContent] != 1 || got[http.StatusUnauthorized] != many-1 {
		t.Errorf("%v, want one %d", got, http.StatusNoContent)
	}
}

func newServer(t *testing.T) http.Handler {
	t.Helper()
	s, err := simulators.New(simulators.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}
