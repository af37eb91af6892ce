package admin

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/vendorsim/vendorsim/openapi"
)

// Metrics count what Prometheus asks for, in a registry of their own: a process
// may have several servers.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	vendors  map[string]*vendorMetrics // never changed: read without a lock
}

// vendorMetrics are the children of one vendor, found without building labels:
// each request counts.
type vendorMetrics struct {
	operations map[string]*byClass
	seconds    prometheus.Observer
	refused    prometheus.Counter
}

// byClass are an operation's counters by the first digit of the status. Each is
// made when it first counts, so that a scrape has no line for what never
// happened.
type byClass [6]atomic.Pointer[prometheus.Counter]

// Levels are what is read when somebody asks. What is nil is left out.
type Levels struct {
	Tenants        func() int
	JournalEntries func() int64 // held, of all tenants and of refused requests
	JournalBytes   func() int64
	JournalLost    func() int64 // entries of those journals that made room
	PushPending    func() int   // messages accepted and not yet done with
	PushDropped    func() int   // messages not accepted
	LogDropped     func() int64 // lines of the request log
}

// NewMetrics makes the metrics of vendors with these specs.
func NewMetrics(specs map[string]*openapi.Spec, levels Levels) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vendorsim_requests_total", Help: "Requests answered, by vendor, operation and class of status.",
		}, []string{"vendor", "operation", "status"}),
		vendors: map[string]*vendorMetrics{},
	}
	seconds := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "vendorsim_request_seconds", Help: "Real time that a request took, in seconds.",
		Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5, 30},
	}, []string{"vendor"})
	refused := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "vendorsim_refused_total", Help: "Requests refused before they had a tenant.",
	}, []string{"vendor"})
	for name, spec := range specs {
		v := &vendorMetrics{
			operations: map[string]*byClass{noOperation: {}},
			seconds:    seconds.WithLabelValues(name), refused: refused.WithLabelValues(name),
		}
		for _, o := range spec.Operations {
			v.operations[o.Name] = &byClass{} // also of JSON-RPC: a call without a usable method
			for _, leaf := range o.Leaves() {
				v.operations[leaf.Name] = &byClass{}
			}
		}
		m.vendors[name] = v
	}
	m.registry.MustRegister(m.requests, seconds, refused, // new collectors with names of their own: it cannot fail
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	levels.register(m.registry)
	return m
}

// noOperation is what a request that met no operation is counted as.
const noOperation = "none"

// Observe counts one request. It takes no lock and builds no labels.
func (m *Metrics) Observe(vendor, operation string, status int, latency time.Duration) {
	v := m.vendors[vendor]
	if v == nil {
		return
	}
	v.seconds.Observe(latency.Seconds())
	counters := v.operations[operation]
	if counters == nil {
		operation, counters = noOperation, v.operations[noOperation]
	}
	class := min(max(status/100, 0), len(counters)-1)
	counter := counters[class].Load()
	if counter == nil {
		made := m.requests.WithLabelValues(vendor, operation, strconv.Itoa(class)+"xx")
		counter = &made // another request may do the same: the vector has one child of a name
		counters[class].Store(counter)
	}
	(*counter).Inc()
}

// Refused counts one request that was refused before it had a tenant, beside
// Observe.
func (m *Metrics) Refused(vendor string) {
	if v := m.vendors[vendor]; v != nil {
		v.refused.Inc()
	}
}

// metrics answers a scrape, in the one format that the contract names.
func (c *call) metrics() (reply, error) {
	text := scrape{header: http.Header{}, status: http.StatusOK}
	plain := &http.Request{Method: http.MethodGet, Header: http.Header{}}
	promhttp.HandlerFor(c.Metrics.registry, promhttp.HandlerOpts{DisableCompression: true}).ServeHTTP(&text, plain)
	if text.status != http.StatusOK {
		return reply{}, fmt.Errorf("metrics: %s", text.Bytes())
	}
	return document(text.header.Get("Content-Type"), text.Bytes()), nil
}

// scrape is an answer of promhttp's, which writes to nothing less.
type scrape struct {
	bytes.Buffer
	header http.Header
	status int
}

func (s *scrape) Header() http.Header    { return s.header }
func (s *scrape) WriteHeader(status int) { s.status = status }

func (l Levels) register(r *prometheus.Registry) {
	gauge := func(name, help string, read func() float64) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
	}
	counter := func(name, help string, read func() float64) {
		r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, read))
	}
	for _, level := range []struct {
		as         func(name, help string, read func() float64)
		name, help string
		read       func() float64
	}{
		{gauge, "vendorsim_tenants", "Tenants that are known.", number(l.Tenants)},
		{gauge, "vendorsim_journal_entries", "Entries that the journals hold.", number(l.JournalEntries)},
		{gauge, "vendorsim_journal_bytes", "About how many bytes the journals hold.", number(l.JournalBytes)},
		{gauge, "vendorsim_journal_lost", "Entries that made room for later ones, of the journals that are held.", number(l.JournalLost)},
		{gauge, "vendorsim_push_pending", "Messages to be pushed that are not yet done with.", number(l.PushPending)},
		{counter, "vendorsim_push_dropped_total", "Messages to be pushed that found the queue full.", number(l.PushDropped)},
		{counter, "vendorsim_log_dropped_total", "Lines of the request log that its writer was too slow for.", number(l.LogDropped)},
	} {
		if level.read != nil {
			level.as(level.name, level.help, level.read)
		}
	}
}

// number reads a count as Prometheus has it.
func number[T int | int64](read func() T) func() float64 {
	if read == nil {
		return nil
	}
	return func() float64 { return float64(read()) }
}
