package traffic

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/scenarios"
)

func TestEnds(t *testing.T) {
	const s = time.Second
	rules := []scenarios.Limit{
		{Per: PerTenant, Requests: 5, Window: 10 * s},
		{Per: PerToken, Requests: 5, Window: 10 * s, Algorithm: Sliding},
		{Per: PerTenant, Requests: 5, Window: 10 * s, Algorithm: Bucket}, // one in 2 s
	}
	l := NewLimiter(rules)
	for _, at := range []time.Duration{1 * s, 4 * s} {
		take(l, Request{Vendor: "acme", Token: "a"}, at)
	}
	take(l, Request{Vendor: "acme", Token: "b"}, 5*s)
	take(l, Request{Vendor: "bolt", Token: "a"}, 5*s)
	for _, tt := range []struct {
		from, to time.Duration
		want     string
	}{
		{5 * s, 5 * s, "[]"},
		{5 * s, 7*s - 1, "[]"},
		{5 * s, 8 * s, "[7s bolt 2 8s acme 2]"},
		{0, 8 * s, "[7s bolt 2 8s acme 2]"},
		{7 * s, 11 * s, "[8s acme 2 11s acme 0]"},
		{11 * s, 1000 * s, "[14s acme 1 15s bolt 0 15s acme 1 15s bolt 1]"},
		{15 * s, 1000 * s, "[]"},
		{16 * s, 0, "[]"},
	} {
		got := []string{}
		for _, e := range l.Ends(tt.from, tt.to) {
			got = append(got, fmt.Sprint(e.Lived, " ", e.Vendor, " ", slices.Index(rules, e.Rule)))
		}
		if fmt.Sprint(got) != tt.want {
			t.Errorf("(%v, %v]: %v, want %v", tt.from, tt.to, got, tt.want)
		}
	}
	if ends := NewLimiter(nil).Ends(0, math.MaxInt64); len(ends) != 0 {
		t.Errorf("no rules: %v", ends)
	}
}

// 292 years of lived time are the end of it.
func TestEndsFar(t *testing.T) {
	for _, algorithm := range []string{Fixed, Sliding, Bucket} {
		l := NewLimiter([]scenarios.Limit{{Per: PerTenant, Requests: 1, Window: time.Hour, Algorithm: algorithm}})
		take(l, Request{}, math.MaxInt64-time.Duration(time.Minute))
		if ends := l.Ends(0, math.MaxInt64); len(ends) != 0 {
			t.Errorf("%s: %v", algorithm, ends)
		}
	}
}

// Ends answers exactly the windows that become idle, at their first instant of
// being so: from then on requests meet a new window, and a nanosecond before they
// do not.
func TestEndsAgreeWithIdle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rules []scenarios.Limit
		for range rapid.IntRange(1, 4).Draw(t, "rules") {
			rules = append(rules, someLimit(t, ""))
		}
		l := NewLimiter(rules)
		last := time.Duration(0)
		for _, last = range someInstants(t, 20*time.Second) {
			take(l, Request{
				Vendor: rapid.SampledFrom([]string{"acme", "bolt"}).Draw(t, "vendor"),
				Token:  rapid.SampledFrom([]string{"a", "b"}).Draw(t, "token"),
			}, last)
		}
		from := last + time.Duration(rapid.Int64Range(-5e9, 20e9).Draw(t, "from"))
		to := from + time.Duration(rapid.Int64Range(-1, 30e9).Draw(t, "length"))
		ends := l.Ends(from, to)
		if !slices.IsSortedFunc(ends, func(a, b WindowEnd) int { return cmp.Compare(a.Lived, b.Lived) }) {
			t.Fatalf("out of order: %v", ends)
		}
		for key, w := range l.windows {
			n := 0
			for _, e := range ends {
				if e.Vendor == key.vendor && e.Rule == rules[key.rule] && e.Lived > from && e.Lived <= to && w.idle(e.Lived) && !w.idle(e.Lived-1) {
					n++
				}
			}
			if ended := !w.idle(from) && w.idle(to); ended && n == 0 {
				t.Fatalf("%+v ended in (%v, %v]: %+v", key, from, to, ends)
			}
		}
		ended := 0
		for _, w := range l.windows {
			if from < to && !w.idle(from) && w.idle(to) {
				ended++
			}
		}
		if ended != len(ends) {
			t.Fatalf("%d windows ended, %d are told", ended, len(ends))
		}
	})
}

// Two moves tell together what one tells.
func TestEndsJoin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := NewLimiter([]scenarios.Limit{someLimit(t, ""), someLimit(t, "")})
		for _, at := range someInstants(t, 20*time.Second) {
			take(l, Request{Vendor: "acme", Token: rapid.StringMatching("[a-e]").Draw(t, "token")}, at)
		}
		middle := time.Duration(rapid.Int64Range(0, 60e9).Draw(t, "middle"))
		parts := append(l.Ends(0, middle), l.Ends(middle, time.Minute)...)
		if whole := l.Ends(0, time.Minute); !slices.Equal(parts, whole) {
			t.Fatalf("in two: %v\nat once: %v", parts, whole)
		}
	})
}

func TestWords(t *testing.T) {
	for want, l := range map[string]scenarios.Limit{
		"100 requests in 10s a credential, on getTaskStatus": {Per: PerCredential, Requests: 100, Window: 10 * time.Second, On: "getTaskStatus"},
		"1 request in 1h an operation":                       {Per: PerOperation, Requests: 1, Window: time.Hour, Algorithm: Fixed},
		"5 requests in any 1m30s a token, on poll, at acme":  {Per: PerToken, Requests: 5, Window: 90 * time.Second, Algorithm: Sliding, On: "poll", Vendor: "acme"},
		"60 requests in 10m a tenant, evenly, 10 at once":    {Per: PerTenant, Requests: 60, Window: 10 * time.Minute, Algorithm: Bucket, Burst: 10},
		"60 requests in 1h10m a source, evenly, 60 at once":  {Per: PerSource, Requests: 60, Window: 70 * time.Minute, Algorithm: Bucket},
		"3 requests in 1.5s a tenant, on acme.getTask":       {Per: PerTenant, Requests: 3, Window: 1500 * time.Millisecond, On: "acme.getTask"},
		"1000000000 requests in 20s a tenant, on login":      {Per: PerTenant, Requests: 1_000_000_000, Window: 20 * time.Second, On: "login"},
		"10 requests at once a source, at acme":              {Per: PerSource, Concurrent: 10, Vendor: "acme"},
		"1 request at once an operation, on write":           {Per: PerOperation, Concurrent: 1, On: "write"},
		"3 requests in 5s a token, on list; a refused request counts too": {
			Per: PerToken, Requests: 3, Window: 5 * time.Second, On: "list", EarlyRetry: Count,
		},
		"3 requests in 5s a token; one that comes too early begins the window anew": {
			Per: PerToken, Requests: 3, Window: 5 * time.Second, EarlyRetry: Extend,
		},
		"3 requests in 6s a token":                {Per: PerToken, Requests: 3, Window: 6 * time.Second, EarlyRetry: Ignore},
		"2 requests in 10h a credential, at acme": {Per: PerCredential, Requests: 2, Window: 10 * time.Hour, Vendor: "acme"},
	} {
		if got := Words(l); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
