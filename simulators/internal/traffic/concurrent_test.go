package traffic

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
)

// Two at once for each source, and one log-in: what each request of a list meets.
func TestRequestsAtOnce(t *testing.T) {
	l := NewLimiter([]scenarios.Limit{
		{Per: PerSource, Concurrent: 2},
		{Per: PerTenant, Requests: 1, Window: time.Hour}, // of another kind: Enter passes it over
		{Per: PerTenant, On: "login", Concurrent: 1, Vendor: "acme"},
	})
	inside := map[string]func(){}
	for i, tt := range []struct {
		do, kind, source string // do: "in" with a name, or "out"
		want             string
	}{
		{"in a", "poll", "1", "0 0/2"},
		{"in b", "login", "1", "0 1/2; 2 0/1"},
		{"in -", "poll", "1", "0 2/2 full"},
		{"in -", "login", "2", "0 0/2; 2 1/1 full"},
		{"in c", "poll", "2", "0 0/2"}, // the refused log-in takes no room
		{"out b", "", "", ""},
		{"out b", "", "", ""}, // twice is once
		{"in f", "poll", "1", "0 1/2"},
		{"in -", "login", "1", "0 2/2; 2 0/1 full"},
		{"out f", "", "", ""},
		{"in d", "login", "2", "0 1/2; 2 0/1"},
		{"in -", "poll", "2", "0 2/2 full"},
		{"in e", "poll", "1", "0 1/2"},
		{"in -", "poll", "1", "0 2/2 full"},
	} {
		var name string
		if n, _ := fmt.Sscanf(tt.do, "out %s", &name); n == 1 {
			inside[name]()
			continue
		}
		_, _ = fmt.Sscanf(tt.do, "in %s", &name)
		leave, judged, ok := enter(l, Request{Vendor: "acme", Kind: tt.kind, Source: tt.source})
		got := said(judged)
		if !ok {
			got += " full"
			leave() // what was refused leaves nothing
		}
		if got != tt.want || ok != (name != "-") {
			t.Errorf("%d: %q, want %q", i, got, tt.want)
		}
		inside[name] = leave
	}
	for _, name := range []string{"a", "c", "d", "e"} {
		inside[name]()
	}
	if underWay(l) > 0 {
		t.Errorf("%d are still counted", underWay(l))
	}
	if _, ok := take(l, Request{Vendor: "acme", Kind: "poll"}, 0); !ok {
		t.Error("requests under way count in a window")
	}
	_, _, judged := l.Take(Request{Vendor: "acme", Kind: "login"}, 0, nil)
	if got := said(judged); got != "1 1/1 wait 1h0m0s" {
		t.Errorf("Take says %q: rules of requests at once are Enter's", got)
	}
}

// Where no rule is concurrent it costs nothing.
func TestEnterWithoutARule(t *testing.T) {
	for _, l := range []*Limiter{NewLimiter(nil), NewLimiter([]scenarios.Limit{{Per: PerTenant, Requests: 1, Window: time.Hour}})} {
		in := new(Inside)
		if n := testing.AllocsPerRun(100, func() {
			judged, ok := l.Enter(Request{Vendor: "acme"}, in, nil)
			if !ok || judged != nil {
				t.Error("refused")
			}
			in.Leave()
		}); n != 0 {
			t.Errorf("%v allocations", n)
		}
	}
	only := NewLimiter([]scenarios.Limit{{Per: PerTenant, Concurrent: 1}})
	if n := testing.AllocsPerRun(100, func() { take(only, Request{Vendor: "acme"}, 0) }); n != 0 || len(only.windows) > 0 {
		t.Errorf("Take: %v allocations, %d windows", n, len(only.windows))
	}
}

// However many come at once, no more than that are under way. Run with -race.
func TestManyEnterAtOnce(t *testing.T) {
	l := NewLimiter([]scenarios.Limit{{Per: PerSource, Concurrent: 10}})
	var wg sync.WaitGroup
	var under, granted, refused atomic.Int64
	for range 64 {
		wg.Go(func() {
			for range 200 {
				leave, _, ok := enter(l, Request{Vendor: "acme", Source: "s"})
				if !ok {
					refused.Add(1)
					continue
				}
				if n := under.Add(1); n > 10 {
					t.Errorf("%d at once", n)
				}
				granted.Add(1)
				under.Add(-1)
				leave()
			}
		})
	}
	wg.Wait()
	if granted.Load()+refused.Load() != 64*200 || underWay(l) > 0 {
		t.Errorf("%d and %d; %d are still counted", granted.Load(), refused.Load(), underWay(l))
	}
}

// Sources come from clients: crowds that are empty are forgotten, and no other.
func TestEmptyCrowdsAreForgotten(t *testing.T) {
	l := NewLimiter([]scenarios.Limit{{Per: PerSource, Concurrent: 1}, {Per: PerOperation, Concurrent: 1 << 20}})
	out, _, _ := enter(l, Request{Vendor: "acme", Source: "here"})
	for i := range 10 * minSweep {
		r := Request{Vendor: "acme", Source: fmt.Sprint(i), Operation: fmt.Sprint(i % 7)}
		leave, judged, ok := enter(l, r)
		if !ok || judged[0].Used != 0 {
			t.Fatalf("%d: %v", i, judged)
		}
		if _, judged, ok := enter(l, r); ok || judged[0].Used != 1 {
			t.Fatalf("%d: let in twice, %v", i, judged)
		}
		leave()
	}
	if _, _, ok := enter(l, Request{Vendor: "acme", Source: "here"}); ok || underWay(l) != 2 {
		t.Errorf("let in though one is inside; %d are counted", underWay(l))
	}
	if out(); underWay(l) != 0 || len(l.inside) > 2*minSweep {
		t.Errorf("%d are counted, %d crowds are kept", underWay(l), len(l.inside))
	}
}

// A request that is under way costs nothing that stays.
func TestEnterAllocatesNothing(t *testing.T) {
	l := NewLimiter([]scenarios.Limit{{Per: PerSource, Concurrent: 2}, {Per: PerTenant, Concurrent: 2}})
	in, room := new(Inside), [2]journal.Judged{}
	if n := testing.AllocsPerRun(100, func() {
		if _, ok := l.Enter(Request{Vendor: "acme", Source: "s"}, in, room[:0]); !ok {
			t.Error("refused")
		}
		in.Leave()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func enter(l *Limiter, r Request) (leave func(), judged []journal.Judged, ok bool) {
	in := new(Inside)
	judged, ok = l.Enter(r, in, nil)
	return in.Leave, judged, ok
}

// underWay is how many requests are counted, each by each rule.
func underWay(l *Limiter) int {
	n := 0
	for _, g := range l.inside {
		n += g.n
	}
	return n
}
