package admin

import (
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/vendorsim/vendorsim/openapi"
)

// counters count the requests of one vendor. Each request counts, so they are
// plain atomic numbers at places that are known beforehand.
type counters struct {
	operations map[string]*byClass // never changed: read without a lock
	latency    [len(upTo) + 1]atomic.Uint64
	nanos      atomic.Int64 // the latencies together
	refused    atomic.Uint64
}

// byClass counts an operation's requests by the first digit of their status.
type byClass [6]atomic.Uint64

// noOperation is what a request that met no operation is counted as.
const noOperation = "none"

// upTo are the buckets of latencies: each one's greatest. What takes longer has
// one more bucket.
var upTo = [...]time.Duration{
	100 * time.Microsecond, 250 * time.Microsecond, 500 * time.Microsecond,
	time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond,
	10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 5 * time.Second, 30 * time.Second,
}

func newCounters(spec *openapi.Spec) *counters {
	v := &counters{operations: map[string]*byClass{noOperation: {}}}
	for _, o := range spec.Operations {
		v.operations[o.Name] = &byClass{} // also of JSON-RPC: a call without a usable method
		for _, leaf := range o.Leaves() {
			v.operations[leaf.Name] = &byClass{}
		}
	}
	return v
}

func (v *counters) observe(operation string, status int, latency time.Duration) {
	bucket := 0
	for bucket < len(upTo) && latency > upTo[bucket] {
		bucket++
	}
	v.latency[bucket].Add(1)
	v.nanos.Add(int64(latency))
	classes := v.operations[operation]
	if classes == nil {
		classes = v.operations[noOperation]
	}
	classes[min(max(status/100, 0), len(classes)-1)].Add(1)
}

// What Prometheus is told of the counters.
var (
	requestsTotal = prometheus.NewDesc("vendorsim_requests_total",
		"Requests answered, by vendor, operation and class of status.", []string{"vendor", "operation", "status"}, nil)
	requestSeconds = prometheus.NewDesc("vendorsim_request_seconds",
		"Real time that a request took, in seconds.", []string{"vendor"}, nil)
	refusedTotal = prometheus.NewDesc("vendorsim_refused_total",
		"Requests refused before they had a tenant.", []string{"vendor"}, nil)
)

// requestCollector reads the counters of each vendor when a scrape comes. It is
// a prometheus.Collector.
type requestCollector map[string]*counters

// Describe tells which metrics there are.
func (c requestCollector) Describe(out chan<- *prometheus.Desc) {
	out <- requestsTotal
	out <- requestSeconds
	out <- refusedTotal
}

// Collect tells what they are now. What never happened has no line among the
// requests by operation, of which there are many. Requests go on meanwhile: the
// sum of the latencies may know one that the buckets do not.
func (c requestCollector) Collect(out chan<- prometheus.Metric) {
	for vendor, v := range c {
		for operation, classes := range v.operations {
			for class := range classes {
				if n := classes[class].Load(); n > 0 {
					out <- prometheus.MustNewConstMetric(requestsTotal, prometheus.CounterValue, float64(n), vendor, operation, strconv.Itoa(class)+"xx")
				}
			}
		}
		out <- v.seconds(vendor)
		out <- prometheus.MustNewConstMetric(refusedTotal, prometheus.CounterValue, float64(v.refused.Load()), vendor)
	}
}

// seconds are the latencies as Prometheus has them: each bucket counts also what
// those below it do.
func (v *counters) seconds(vendor string) prometheus.Metric {
	var count uint64
	buckets := make(map[float64]uint64, len(upTo))
	for i, greatest := range upTo {
		count += v.latency[i].Load()
		buckets[greatest.Seconds()] = count
	}
	count += v.latency[len(upTo)].Load()
	return prometheus.MustNewConstHistogram(requestSeconds, count, time.Duration(v.nanos.Load()).Seconds(), buckets, vendor)
}
