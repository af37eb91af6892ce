package simulators

import (
	"bytes"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/clock"
)

// A line a request, with and without a tenant, in order with what else is logged.
func TestRequestLog(t *testing.T) {
	at := time.Date(2026, 1, 15, 9, 0, 0, 5_000_000, time.UTC)
	for _, c := range []struct {
		name, want string
		json       bool
	}{
		{name: "text", want: `time=2026-01-15T09:00:00.005Z level=INFO msg=request tenant_time=2026-01-15T09:00:00.005Z tenant=happy~a vendor=sailpoint operation=getTaskStatus task=id12345 state=pending status=200 latency=0s
time=2026-01-15T09:00:00.005Z level=INFO msg=request vendor=none operation=none status=404 latency=0s note="the path begins with no vendor's name, and the host is no vendor's"
`},
		{name: "json", json: true, want: `{"time":"2026-01-15T09:00:00.005Z","level":"INFO","msg":"request","tenant_time":"2026-01-15T09:00:00.005Z","tenant":"happy~a","vendor":"sailpoint","operation":"getTaskStatus","task":"id12345","state":"pending","status":200,"latency":0}
{"time":"2026-01-15T09:00:00.005Z","level":"INFO","msg":"request","vendor":"none","operation":"none","status":404,"latency":0,"note":"the path begins with no vendor's name, and the host is no vendor's"}
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var buf bytes.Buffer
			logger, flush := NewLogger(&buf, c.json)
			s, err := New(Options{Logger: logger, source: clock.NewManual(at)})
			if err != nil {
				t.Fatal(err)
			}
			known := httptest.NewRequest("GET", "/sailpoint/v2025/task-status/id12345", nil)
			known.Header.Set("Authorization", "Bearer happy~a")
			known.Header.Set("X-SailPoint-Experimental", "true")
			s.ServeHTTP(httptest.NewRecorder(), known)
			s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/nobody", nil))
			s.Close()
			begins, requests, _ := strings.Cut(buf.String(), "\n")
			if !strings.Contains(begins, "tenant begins") { // slog's own clock tells when
				t.Errorf("it begins with %s", begins)
			}
			if requests != c.want {
				t.Errorf("got\n%s\nwant\n%s", requests, c.want)
			}
			buf.Reset()
			logger.Error("afterwards")
			if flush(); !bytes.Contains(buf.Bytes(), []byte("afterwards")) {
				t.Error("what is logged when the server is closed is lost")
			}
		})
	}
}
