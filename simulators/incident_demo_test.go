package simulators

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/clock"
)

// The incident of a date that the vendor refuses before it knows who asks is
// judged for whoever calls himself demo, without a tenant made beforehand.
func TestADateWithZoneCountsForDemo(t *testing.T) {
	s, err := New(Options{Scenario: "incident/hec-date-with-zone", source: clock.NewManual(time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC))})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r := httptest.NewRequest("GET", "/checkpoint/v1.0/auth", nil)
	for name, value := range map[string]string{
		"x-av-req-id": "d290f1ee-6c54-4b01-90e6-d701748f0851", "x-av-app-id": "demo", "x-av-date": "2026-01-15T09:00:00.000Z", "x-av-sig": "00",
	} {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	report := httptest.NewRecorder()
	asked := httptest.NewRequest("GET", "/tenants/demo/report?format=text", nil)
	asked.Host = "localhost"
	s.Control().ServeHTTP(report, asked)
	if w.Code != 500 || report.Code != 200 || !strings.Contains(report.Body.String(), "1 call failed, 1 more than allowed") {
		t.Errorf("%d\n%d %s", w.Code, report.Code, report.Body)
	}
}
