package journal

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// typical is an entry as a client leaves it that asks for a task: a request with six
// headers, a reply with four and a body of 800 bytes.
func typical(n int) *Entry {
	at := time.Date(2026, 1, 15, 9, 0, 0, n, time.UTC)
	return &Entry{
		ID: fmt.Sprint("demo.", n), Number: int64(n), Tenant: "demo", Real: at, At: at, Lived: time.Minute, Latency: 40 * time.Microsecond,
		Vendor: "sailpoint", Operation: "getTaskStatus", Kind: "poll", Profile: "v2025",
		Request: Request{
			Method: "GET", Scheme: "http", Host: "localhost:8080", Target: "/sailpoint/v2025/task-status/id12345", Proto: "HTTP/1.1", Source: "127.0.0.1",
			Header: http.Header{
				"Authorization": {"Bearer demo"}, "Accept": {"application/json"}, "Accept-Encoding": {"gzip"},
				"User-Agent": {"Go-http-client/1.1"}, "X-Trace": {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}, "Connection": {"keep-alive"},
			},
		},
		Reply: Reply{Status: 200, Body: strings.Repeat("x", 800), Header: http.Header{
			"Content-Type": {"application/json"}, "X-Vendorsim-Request": {fmt.Sprint("demo.", n)}, "Content-Length": {"800"}, "Slpt-Request-Id": {"4bf92f3577b34da6a3ce929d0e0e4736"},
		}},
		Asked: "id12345", Tasks: []Shown{{ID: "id12345", State: "running", Phase: "running"}}, Limits: []Judged{{Key: 1 << 60, Used: 3, Of: 100}},
	}
}

// full is a journal that has lost entries.
func full() *Journal {
	j := New(NewBudget(64<<20), 8_000)
	for n := range 9_000 {
		j.Add(typical(n + 1))
	}
	return j
}

func BenchmarkAdd(b *testing.B) {
	j, e := full(), typical(1)
	b.ReportAllocs()
	for b.Loop() {
		j.Add(e)
	}
}

// BenchmarkAddPacked is what a request takes that is given a kept answer.
func BenchmarkAddPacked(b *testing.B) {
	j, e := full(), typical(1)
	packed := Pack(e)
	b.ReportAllocs()
	for b.Loop() {
		j.AddPacked(e, packed)
	}
}

func BenchmarkAddAtOnce(b *testing.B) {
	j := full()
	b.ReportAllocs()
	b.RunParallel(func(p *testing.PB) {
		for e := typical(1); p.Next(); {
			j.Add(e)
		}
	})
}

// BenchmarkAddFirst is what the first three requests of a tenant take.
func BenchmarkAddFirst(b *testing.B) {
	budget, e := NewBudget(64<<20), typical(1)
	b.ReportAllocs()
	for b.Loop() {
		j := New(budget, 8_000)
		for range 3 {
			j.Add(e)
		}
	}
}

func BenchmarkEntries(b *testing.B) {
	j := full()
	for name, f := range map[string]Filter{"all": {}, "latest": {After: j.added - 10}, "refused": {Refused: true}, "task": {Task: "none"}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				j.Entries(f, 0)
			}
		})
	}
}

func BenchmarkGet(b *testing.B) {
	j := full()
	for name, id := range map[string]string{"latest": "demo.9000", "lost": "demo.1"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				j.Get(id)
			}
		})
	}
}
