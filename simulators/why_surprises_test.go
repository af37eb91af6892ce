package simulators

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// An answer that a surprise changed after its contract was held is explained so.
func TestWhyTellsOfSurprises(t *testing.T) {
	told := false
	for _, seed := range []string{"1", "2", "3", "4", "5", "11"} {
		s, err := New(Options{Scenario: "happy", Set: []string{"surprises=" + seed}})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		r := httptest.NewRequest("GET", "/sailpoint/v2025/task-status/id12345", nil)
		r.Header.Set("Authorization", "Bearer demo")
		r.Header.Set("X-SailPoint-Experimental", "true")
		answer := httptest.NewRecorder()
		s.ServeHTTP(answer, r)
		asked := httptest.NewRequest("GET", "/requests/demo.1", nil)
		asked.Host = "localhost"
		why := httptest.NewRecorder()
		s.Control().ServeHTTP(why, asked)
		surprised := strings.Contains(answer.Body.String(), `"priority"`)
		if explained := strings.Contains(why.Body.String(), "then surprises changed the answer: "); surprised && !explained || answer.Code != 200 {
			t.Errorf("seed %s: %d %s\n%s", seed, answer.Code, answer.Body, why.Body)
		}
		told = told || surprised
	}
	if !told {
		t.Error("no seed surprised")
	}
}
