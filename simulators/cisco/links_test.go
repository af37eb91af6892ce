package cisco_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/vendorsim/vendorsim/simulators"
)

// links.self, asked for as it stands, answers the same task with the same link:
// at each door, with each name of the domain, by prefix and by Host name.
//
// shows: cisco/self-resolves
func TestSelfResolves(t *testing.T) {
	s, err := simulators.New(simulators.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	origins := map[string][]string{ // scheme, host and prefix -> doors
		"http://127.0.0.1:7800/cisco":         {"", "/v1/cdfmc", "/firewall/v1/cdfmc", "/api/rest/v1/cdfmc"},
		"https://api.eu.security.cisco.com":   {"/firewall/v1/cdfmc"},
		"https://edge.us.cdo.cisco.com":       {"/api/rest/v1/cdfmc"},
		"https://mine.app.apj.cdo.cisco.com":  {""},
		"https://api.int.security.cisco.com.": {"/firewall/v1/cdfmc"},
	}
	for origin, doors := range origins {
		for _, door := range doors {
			for _, domain := range []string{"e276abec-e0f2-11e3-8169-6d9ed49b625f", "global", "default"} {
				address := origin + door + "/api/fmc_config/v1/domain/" + domain + "/job/taskstatuses/133143986189"
				first := get(t, s, address)
				if first.Links.Self != address {
					t.Errorf("GET %s: links.self is %s", address, first.Links.Self)
				}
				if second := get(t, s, first.Links.Self); second != first {
					t.Errorf("GET %s: %+v, but its links.self answers %+v", address, first, second)
				}
			}
		}
	}
}

type answer struct {
	ID    string
	Links struct{ Self string }
}

func get(t *testing.T, h http.Handler, address string) answer {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, address, nil)
	r.Header.Set("Authorization", "Bearer demo")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var a answer
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Code != http.StatusOK || a.ID != "133143986189" {
		t.Fatalf("GET %s: %d %s", address, w.Code, w.Body)
	}
	return a
}
