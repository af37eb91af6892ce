package admin

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
)

func TestMetrics(t *testing.T) {
	m := NewMetrics(map[string]*openapi.Spec{"sailpoint": specOf(t, "sailpoint"), "bitdefender": specOf(t, "bitdefender")}, Levels{
		Tenants:        func() int { return 3 },
		JournalEntries: func() int64 { return 7 }, JournalBytes: func() int64 { return 4096 }, JournalLost: func() int64 { return 2 },
		PushPending: func() int { return 1 }, PushDropped: func() int { return 5 },
	})
	for range 3 {
		m.Observe("sailpoint", "getTaskStatus", 200, 30*time.Millisecond)
	}
	m.Observe("sailpoint", "getTaskStatus", 429, time.Millisecond)
	m.Observe("sailpoint", "none", 404, time.Millisecond)
	m.Observe("sailpoint", "of-another-spec", 404, time.Millisecond)
	m.Observe("bitdefender", "getTaskStatus", 200, time.Millisecond) // a JSON-RPC method
	m.Observe("nobody", "x", 200, time.Millisecond)
	m.Refused("sailpoint")
	m.Refused("nobody")
	g := newRig(t, func(o *Options) { o.Metrics = m })
	w := g.must(200, "GET", "/metrics", "")
	text := w.Body.String()
	for _, line := range []string{
		`vendorsim_requests_total{operation="getTaskStatus",status="2xx",vendor="sailpoint"} 3`,
		`vendorsim_requests_total{operation="getTaskStatus",status="4xx",vendor="sailpoint"} 1`,
		`vendorsim_requests_total{operation="none",status="4xx",vendor="sailpoint"} 2`,
		`vendorsim_requests_total{operation="getTaskStatus",status="2xx",vendor="bitdefender"} 1`,
		`vendorsim_request_seconds_count{vendor="sailpoint"} 6`,
		`vendorsim_request_seconds_bucket{vendor="sailpoint",le="0.025"} 3`,
		`vendorsim_refused_total{vendor="sailpoint"} 1`,
		`vendorsim_refused_total{vendor="bitdefender"} 0`,
		"vendorsim_tenants 3", "vendorsim_journal_entries 7", "vendorsim_journal_bytes 4096", "vendorsim_journal_lost 2",
		"vendorsim_push_pending 1", "vendorsim_push_dropped_total 5",
	} {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("no %s", line)
		}
	}
	for _, not := range []string{"nobody", "of-another-spec", "vendorsim_log_dropped_total"} {
		if strings.Contains(text, not) {
			t.Errorf("there is %s", not)
		}
	}
	if !strings.Contains(text, "\ngo_goroutines ") {
		t.Error("nothing of the Go runtime")
	}
	if media := w.Header().Get("Content-Type"); !strings.HasPrefix(media, "text/plain; version=0.0.4") {
		t.Error(media)
	}
}

// Requests come at once, and their first ones too.
func TestMetricsAtOnce(t *testing.T) {
	m := NewMetrics(map[string]*openapi.Spec{"sailpoint": specOf(t, "sailpoint")}, Levels{})
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 100 {
				m.Observe("sailpoint", "getTaskStatus", 200, time.Millisecond)
			}
		})
	}
	wait.Wait()
	g := newRig(t, func(o *Options) { o.Metrics = m })
	if text := g.must(200, "GET", "/metrics", "").Body.String(); !strings.Contains(text, `status="2xx",vendor="sailpoint"} 800`) {
		t.Error(text)
	}
}

// It is on the way of every request.
func TestMetricsAllocateNothing(t *testing.T) {
	m := NewMetrics(map[string]*openapi.Spec{"sailpoint": specOf(t, "sailpoint")}, Levels{})
	m.Observe("sailpoint", "getTaskStatus", 200, time.Millisecond)
	if n := testing.AllocsPerRun(100, func() { m.Observe("sailpoint", "getTaskStatus", 200, time.Millisecond) }); n > 0 {
		t.Errorf("%v allocations a request", n)
	}
}

func TestReady(t *testing.T) {
	ready := false
	g := newRig(t, func(o *Options) { o.Ready = func() bool { return ready } })
	if w := g.must(503, "GET", "/readyz", ""); !strings.Contains(w.Body.String(), "problem:not-ready") {
		t.Errorf("%s", w.Body)
	}
	g.must(200, "GET", "/healthz", "") // it lives all the same
	ready = true
	g.must(200, "GET", "/readyz", "")
}

func TestVersion(t *testing.T) {
	g := newRig(t, nil)
	if w := g.must(200, "GET", "/version", ""); !strings.HasPrefix(w.Body.String(), `{"version":"v1.2.3","go":"go`) ||
		!strings.Contains(w.Body.String(), `"vendors":["sailpoint","cisco"]`) {
		t.Errorf("%s", w.Body)
	}
}
