package tenant

import (
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
)

// start is the real time at which the tests begin.
var start = time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)

// The vendors of the tests: acme has hashes of 64 bits for ids, bolt hashes of
// 40 bits behind the second of creation, num the microseconds of it.
var testVendors = []Vendor{
	{
		Name: "acme",
		IDs: IDs{
			Bits:   64,
			Format: func(n uint64, _ time.Time, _ *scenarios.Task) string { return fmt.Sprintf("%016x", n) },
			Parse:  func(id string) (uint64, bool) { return parseHex(id, 16, 0) },
		},
		Examples: []scenarios.Task{{ID: "first"}, {ID: "second", Lifecycle: "waiting"}},
		Options:  map[string]any{"page": 30.0, "zone": "UTC", "strict": true},
		Limits: func(o Options) []scenarios.Limit {
			return []scenarios.Limit{{Per: "tenant", Requests: o.Int("page"), Window: time.Minute}}
		},
	},
	{
		Name: "bolt",
		IDs: IDs{
			Bits: 40,
			Format: func(n uint64, created time.Time, _ *scenarios.Task) string {
				return fmt.Sprintf("%08x%010x", uint32(created.Unix()), n)
			},
			Parse: func(id string) (uint64, bool) { return parseHex(id, 18, 8) },
		},
	},
	{
		Name: "num",
		IDs: IDs{
			Format: func(n uint64, _ time.Time, _ *scenarios.Task) string { return strconv.FormatUint(n, 10) },
			Parse: func(id string) (uint64, bool) {
				n, err := strconv.ParseUint(id, 10, 64)
				return n, err == nil
			},
			From: func(created time.Time) uint64 { return uint64(created.UnixMicro()) },
		},
	},
}

func parseHex(id string, digits, from int) (uint64, bool) {
	if len(id) != digits {
		return 0, false
	}
	n, err := strconv.ParseUint(id[from:], 16, 64)
	return n, err == nil
}

// testKnown lets a scenario refer to anything.
var testKnown = scenarios.Known{
	Vendors:    []string{"acme", "bolt", "num"},
	Operations: map[string][]string{},
	Option:     func(string, string, any) error { return nil },
	TaskID:     func(string, string) error { return nil },
	TaskField:  func(string, string, any) error { return nil },
	StateField: func(string, string, any) error { return nil },
}

// world compiles a scenario; a line of its version and a name come by
// themselves.
func world(t testing.TB, yaml string) *World {
	t.Helper()
	s, problems := scenarios.Parse("test.yaml", []byte("version: 1\n"+yaml), testKnown)
	if problems.Err() != nil {
		t.Fatalf("%v\n%s", problems, yaml)
	}
	return NewWorld(s, testVendors, nil)
}

// life is queued for 2 reads, running for 10 s, done; and slow for an uncertain
// time.
const life = `
default: counted
lifecycles:
  counted:
    queued: {phase: pending, polls: 2, to: running}
    running: {phase: running, after: 10s, to: done, progress: 0..100}
    done: {phase: succeeded}
  timed:
    queued: {phase: pending, after: 2s, to: running}
    running: {phase: running, after: 10s, to: done}
    done: {phase: succeeded, expires: {after: 1m}}
  lucky:
    queued: {phase: pending, after: 1s..1000s, to: running}
    running: {phase: running, after: {p50: 40s, p95: 3m}, to: [{state: done, weight: 1}, {state: failed, weight: 1}]}
    done: {phase: succeeded}
    failed: {}
`

// testRegistry is a registry of some scenarios by name, whose time the test
// owns, and what it logged.
func testRegistry(t testing.TB, maximum int, worlds map[string]*World) (*Registry, *clock.Manual, *lines) {
	t.Helper()
	source, log := clock.NewManual(start), &lines{}
	g := NewRegistry("served", maximum, func(name string) (*World, error) {
		if w := worlds[name]; w != nil {
			return w, nil
		}
		return nil, ErrUnknown
	}, source, slog.New(slog.NewTextHandler(log, nil)))
	return g, source, log
}

// lines is a log, safe for concurrent use.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) count(s string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), s)
}

// aTenant is a tenant of a world, as its first request makes it.
func aTenant(name string, w *World, source clock.Source) *Tenant {
	return newTenant(written(name, w), source, room{traffic.NewBudget(answerBytes), journal.NewBudget(journalBytes)})
}

// tasksOf are the tasks of a new tenant of one scenario, its clock and the real
// one.
func tasksOf(t testing.TB, yaml, vendor string) (*Tenant, *Tasks, *clock.Manual) {
	t.Helper()
	source := clock.NewManual(start)
	n := aTenant("served~x", world(t, yaml), source)
	return n, n.Tasks(vendor), source
}

// find is the task of an id, which must be there.
func find(t testing.TB, tasks *Tasks, id string) Ref {
	t.Helper()
	ref, ok := tasks.Find(id)
	if !ok {
		t.Fatalf("no task %q", id)
	}
	return ref
}

// states are the states, or phases, of entries.
func states(entries ...Entry) string {
	var out []string
	for _, e := range entries {
		if e.State == "" {
			out = append(out, string(e.Phase))
			continue
		}
		out = append(out, e.State)
	}
	return strings.Join(out, " ")
}

// records counts the tasks that have a record.
func records(t *Tasks) int {
	n := 0
	for i := range t.shards {
		n += len(t.shards[i].records)
	}
	return n
}

// trafficOf is a request of a tenant's, as limits see it.
func trafficOf(n *Tenant) traffic.Request {
	return traffic.Request{Vendor: "acme", Operation: "scan", Kind: "start", Credential: n.Name}
}
