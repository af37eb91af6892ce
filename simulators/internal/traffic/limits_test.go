package traffic

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// All rules or none: a request that one rule refuses is counted by no rule.
func TestRefusedRequestsCountNowhere(t *testing.T) {
	hour := time.Hour
	for _, algorithm := range []string{Fixed, Sliding, Bucket} {
		l := NewLimiter([]scenarios.Limit{
			{Per: PerTenant, Requests: 3, Window: hour, Algorithm: algorithm},
			{Per: PerTenant, On: "login", Requests: 1, Window: hour, Algorithm: algorithm},
		})
		login, poll := Request{Vendor: "acme", Kind: "login"}, Request{Vendor: "acme", Kind: "poll"}
		var got []bool
		for _, r := range []Request{login, login, login, login, poll, poll, poll, login} {
			_, ok := take(l, r, 0)
			got = append(got, ok)
		}
		want := []bool{true, false, false, false, true, true, false, false}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", algorithm, got, want)
		}
	}
}

// The longest refusal is told.
func TestTheLongestWaitIsTold(t *testing.T) {
	l := NewLimiter([]scenarios.Limit{
		{Per: PerTenant, Requests: 1, Window: time.Second},
		{Per: PerTenant, Requests: 1, Window: time.Minute},
		{Per: PerTenant, Requests: 1, Window: 2 * time.Second},
	})
	take(l, Request{}, 0)
	if wait, ok := take(l, Request{}, 500*time.Millisecond); ok || wait != time.Minute-500*time.Millisecond {
		t.Errorf("%v %v", wait, ok)
	}
}

// Each thing that a limit counts by is counted by itself; everything else is
// counted together.
func TestWhatIsCountedByItself(t *testing.T) {
	base := Request{Vendor: "acme", Operation: "getTask", Kind: "poll", Token: "t", Credential: "c", Source: "s"}
	others := map[string]Request{}
	for what, change := range map[string]func(*Request){
		"vendor":      func(r *Request) { r.Vendor = "bolt" },
		PerOperation:  func(r *Request) { r.Operation = "listTasks" },
		"kind":        func(r *Request) { r.Kind = "list" },
		PerToken:      func(r *Request) { r.Token = "u" },
		PerCredential: func(r *Request) { r.Credential = "d" },
		PerSource:     func(r *Request) { r.Source = "z" },
	} {
		r := base
		change(&r)
		others[what] = r
	}
	for _, algorithm := range []string{Fixed, Sliding, Bucket} {
		for _, per := range []string{PerToken, PerCredential, PerTenant, PerOperation, PerSource} {
			for _, what := range slices.Sorted(maps.Keys(others)) {
				l := NewLimiter([]scenarios.Limit{{Per: per, Requests: 1, Window: time.Hour, Algorithm: algorithm}})
				if _, ok := take(l, base, 0); !ok {
					t.Fatal("the first request is refused")
				}
				_, ok := take(l, others[what], 0)
				if want := what == "vendor" || what == per; ok != want {
					t.Errorf("%s per %s, another %s: granted %v, want %v", algorithm, per, what, ok, want)
				}
			}
		}
	}
}

func TestWhichRequestsALimitSelects(t *testing.T) {
	r := Request{Vendor: "acme", Operation: "getTask", Kind: "poll"}
	for _, c := range []struct {
		vendor, on string
		want       bool
	}{
		{"", "", true}, {"acme", "", true}, {"bolt", "", false},
		{"", "poll", true}, {"", "list", false}, {"", "getTask", true}, {"", "getTasks", false},
		{"", "acme.getTask", true}, {"", "bolt.getTask", false}, {"acme", "poll", true}, {"bolt", "poll", false},
	} {
		l := NewLimiter([]scenarios.Limit{{Vendor: c.vendor, On: c.on, Per: PerTenant, Requests: 1, Window: time.Hour}})
		take(l, r, 0)
		if _, ok := take(l, r, 0); ok == c.want {
			t.Errorf("vendor %q on %q: selects %v, want %v", c.vendor, c.on, !ok, c.want)
		}
	}
}

func TestNoRulesGrantEverything(t *testing.T) {
	l := NewLimiter(nil)
	for range 1000 {
		if _, ok := take(l, Request{}, 0); !ok {
			t.Fatal("refused")
		}
	}
}

// A new window must not be swept away by the next rule of its own first
// request.
func TestSweepKeepsTheWindowsOfItsOwnRequest(t *testing.T) {
	l := NewLimiter([]scenarios.Limit{
		{Per: PerToken, Requests: 1, Window: time.Hour},
		{Per: PerSource, Requests: 5000, Window: time.Hour},
	})
	for i := range minSweep - 2 { // with the window of the source one less than makes a sweep
		take(l, Request{Token: fmt.Sprint(i), Source: "a"}, 0)
	}
	me := Request{Token: "me", Source: "b"}
	if _, ok := take(l, me, 0); !ok {
		t.Fatal("the first request is refused")
	}
	if _, ok := take(l, me, 0); ok {
		t.Error("the second request is granted: the first was forgotten")
	}
}

// What clients make up is forgotten again: tokens that nobody sends any more
// keep no memory.
func TestIdleWindowsAreForgotten(t *testing.T) {
	l := NewLimiter([]scenarios.Limit{{Per: PerToken, Requests: 1, Window: time.Second}})
	for i := range 20 * minSweep {
		take(l, Request{Token: fmt.Sprint(i)}, time.Duration(i)*time.Millisecond*10)
	}
	if n := len(l.windows); n > 2*minSweep {
		t.Errorf("%d windows, of which 100 are in use", n)
	}
}

// A limit of a billion requests, which the language allows, must not take
// memory for them before they come.
func TestALargeLimitIsCheap(t *testing.T) {
	l := NewLimiter([]scenarios.Limit{{Per: PerToken, Requests: 1_000_000_000, Window: time.Hour, Algorithm: Sliding}})
	for range 10 {
		if _, ok := take(l, Request{Token: "t"}, 0); !ok {
			t.Fatal("refused")
		}
	}
	for _, w := range l.windows {
		if n := cap(w.window.(*slidingWindow).times); n > 1000 {
			t.Errorf("room for %d instants after 10 requests", n)
		}
	}
}

// Requests at once never get more than the limit. Run with -race.
func TestTakeAtOnce(t *testing.T) {
	for _, algorithm := range []string{Fixed, Sliding, Bucket} {
		l := NewLimiter([]scenarios.Limit{
			{Per: PerTenant, Requests: 100, Window: time.Hour, Algorithm: algorithm},
			{Per: PerToken, Requests: 20, Window: time.Hour, Algorithm: algorithm},
		})
		var wg sync.WaitGroup
		var mu sync.Mutex
		byToken := map[string]int{}
		for i := range 64 {
			wg.Go(func() {
				token := fmt.Sprint(i % 8)
				for range 10 {
					if _, ok := take(l, Request{Token: token}, time.Duration(i)); ok {
						mu.Lock()
						byToken[token]++
						mu.Unlock()
					}
				}
			})
		}
		wg.Wait()
		sum := 0
		for token, n := range byToken {
			sum += n
			if n > 20 {
				t.Errorf("%s: token %s had %d", algorithm, token, n)
			}
		}
		if sum != 100 {
			t.Errorf("%s: %d granted, want 100", algorithm, sum)
		}
	}
}
