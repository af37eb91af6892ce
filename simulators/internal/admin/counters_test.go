package admin

import (
	"bytes"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/openapi"
)

// vectors count as Prometheus's own library does. They are the oracle.
type vectors struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	refused  *prometheus.CounterVec
}

func newVectors(vendors ...string) *vectors {
	v := &vectors{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vendorsim_requests_total", Help: "Requests answered, by vendor, operation and class of status.",
		}, []string{"vendor", "operation", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "vendorsim_request_seconds", Help: "Real time that a request took, in seconds.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5, 30},
		}, []string{"vendor"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vendorsim_refused_total", Help: "Requests refused before they had a tenant.",
		}, []string{"vendor"}),
	}
	v.registry.MustRegister(v.requests, v.seconds, v.refused)
	for _, name := range vendors { // they are told of though nothing happened
		v.seconds.WithLabelValues(name)
		v.refused.WithLabelValues(name)
	}
	return v
}

// told are the lines of a scrape that are about requests, without the sums of
// latencies, which follow by their series.
func told(t *rapid.T, h http.Handler) (lines []string, sums map[string]float64) {
	text := scrape{header: http.Header{}, status: http.StatusOK}
	h.ServeHTTP(&text, &http.Request{Method: http.MethodGet, Header: http.Header{}})
	if text.status != http.StatusOK {
		t.Fatalf("%d %s", text.status, text.Bytes())
	}
	sums = map[string]float64{}
	for line := range bytes.Lines(text.Bytes()) {
		line := string(line)
		series, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch {
		case !strings.Contains(line, "vendorsim_"):
		case strings.HasPrefix(series, "vendorsim_request_seconds_sum"):
			sum, err := strconv.ParseFloat(value, 64)
			if err != nil {
				t.Fatal(err)
			}
			sums[series] = sum
		default:
			lines = append(lines, line)
		}
	}
	return lines, sums
}

// A scrape tells what it would if Prometheus's own vectors had counted. Sums may
// differ by what adding floating point numbers one by one loses.
func TestCountersAgreeWithPrometheus(t *testing.T) {
	specs := map[string]*openapi.Spec{"sailpoint": specOf(t, "sailpoint"), "bitdefender": specOf(t, "bitdefender")}
	boundaries := upTo[:]
	rapid.Check(t, func(t *rapid.T) {
		m, oracle := NewMetrics(specs, Levels{}), newVectors("sailpoint", "bitdefender")
		latency := rapid.OneOf(
			rapid.Map(rapid.Int64Range(0, int64(time.Minute)), func(n int64) time.Duration { return time.Duration(n) }),
			rapid.SampledFrom(boundaries),
			rapid.Map(rapid.SampledFrom(boundaries), func(d time.Duration) time.Duration { return d + 1 }),
			rapid.Map(rapid.SampledFrom(boundaries), func(d time.Duration) time.Duration { return d - 1 }),
		)
		for range rapid.IntRange(0, 30).Draw(t, "requests") {
			vendor := rapid.SampledFrom([]string{"sailpoint", "bitdefender"}).Draw(t, "vendor")
			operation := rapid.SampledFrom([]string{"getTaskStatus", "none", "of-another-spec"}).Draw(t, "operation")
			status := rapid.SampledFrom([]int{0, 99, 101, 200, 201, 302, 404, 429, 500, 599}).Draw(t, "status")
			took := latency.Draw(t, "took")
			m.Observe(vendor, operation, status, took)
			if operation == "of-another-spec" {
				operation = "none"
			}
			oracle.requests.WithLabelValues(vendor, operation, strconv.Itoa(status/100)+"xx").Inc()
			oracle.seconds.WithLabelValues(vendor).Observe(took.Seconds())
			if rapid.Bool().Draw(t, "refused") {
				m.Refused(vendor)
				oracle.refused.WithLabelValues(vendor).Inc()
			}
		}
		got, gotSums := told(t, m.scraper())
		want, wantSums := told(t, promhttp.HandlerFor(oracle.registry, promhttp.HandlerOpts{DisableCompression: true}))
		if !slices.Equal(got, want) {
			t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, ""), strings.Join(want, ""))
		}
		if len(gotSums) != len(wantSums) {
			t.Fatalf("sums %v, want %v", gotSums, wantSums)
		}
		for series, want := range wantSums {
			if got := gotSums[series]; math.Abs(got-want) > 1e-9*max(1, want) {
				t.Fatalf("%s is %v, want %v", series, got, want)
			}
		}
	})
}

// What answers scrapes is made once; it tells each time what is counted by then.
func TestScrapesCount(t *testing.T) {
	m := NewMetrics(map[string]*openapi.Spec{"sailpoint": specOf(t, "sailpoint")}, Levels{})
	g := newRig(t, func(o *Options) { o.Metrics = m })
	for _, want := range []string{`status="2xx",vendor="sailpoint"} 1`, `status="2xx",vendor="sailpoint"} 2`} {
		m.Observe("sailpoint", "getTaskStatus", 200, time.Millisecond)
		if text := g.must(200, "GET", "/metrics", "").Body.String(); !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

// BenchmarkMetricsObserve is what a request pays.
func BenchmarkMetricsObserve(b *testing.B) {
	m := NewMetrics(map[string]*openapi.Spec{"sailpoint": specOf(b, "sailpoint")}, Levels{})
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			m.Observe("sailpoint", "getTaskStatus", 200, 42*time.Microsecond)
		}
	})
}

// BenchmarkMetricsNew is what the start of a server pays.
func BenchmarkMetricsNew(b *testing.B) {
	specs := map[string]*openapi.Spec{"sailpoint": specOf(b, "sailpoint"), "bitdefender": specOf(b, "bitdefender")}
	b.ReportAllocs()
	for b.Loop() {
		NewMetrics(specs, Levels{})
	}
}
