package admin

import (
	"bytes"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/vendorsim/vendorsim/openapi"
)

// Metrics count what Prometheus asks for. A process may have several servers,
// each with metrics of its own. The counters are ours, as each request counts;
// what renders them is made when somebody first asks, as most servers are never
// asked.
type Metrics struct {
	vendors map[string]*counters // never changed: read without a lock
	levels  Levels
	scraper func() http.Handler
}

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
	m := &Metrics{vendors: map[string]*counters{}, levels: levels}
	for name, spec := range specs {
		m.vendors[name] = newCounters(spec)
	}
	m.scraper = sync.OnceValue(m.newScraper)
	return m
}

// Observe counts one request. It takes no lock and allocates nothing.
func (m *Metrics) Observe(vendor, operation string, status int, latency time.Duration) {
	if v := m.vendors[vendor]; v != nil {
		v.observe(operation, status, latency)
	}
}

// Refused counts one request that was refused before it had a tenant, beside
// Observe.
func (m *Metrics) Refused(vendor string) {
	if v := m.vendors[vendor]; v != nil {
		v.refused.Add(1)
	}
}

// newScraper makes what answers a scrape. The collectors' names differ, so
// registering them cannot fail.
func (m *Metrics) newScraper() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(requestCollector(m.vendors),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.levels.register(registry)
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{DisableCompression: true})
}

// metrics answers a scrape, in the one format that the contract names.
func (c *call) metrics() (reply, error) {
	text := scrape{header: http.Header{}, status: http.StatusOK}
	plain := &http.Request{Method: http.MethodGet, Header: http.Header{}}
	c.Metrics.scraper().ServeHTTP(&text, plain)
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
