package traffic

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// A client that asks too early, by what that costs: for each request its second,
// and what it is told. The limit is 2 requests in 10 s.
func TestWhatAnEarlyRetryCosts(t *testing.T) {
	for _, tt := range []struct {
		algorithm, early string
		want             string
	}{
		{Fixed, "", "0:ok 2:ok 4:6s 5:5s 9:1s 10:ok 11:ok 12:8s 25:ok 26:ok 27:8s"},
		{Fixed, Ignore, "0:ok 2:ok 4:6s 5:5s 9:1s 10:ok 11:ok 12:8s 25:ok 26:ok 27:8s"},
		{Fixed, Count, "0:ok 2:ok 4:6s 5:5s 9:1s 10:ok 11:ok 12:8s 25:ok 26:ok 27:8s"}, // a full window is no fuller
		{Fixed, Extend, "0:ok 2:ok 4:6s 5:10s 9:10s 10:10s 11:10s 12:10s 25:ok 26:ok 27:8s"},

		{Sliding, Ignore, "0:ok 2:ok 4:6s 5:5s 9:1s 10:ok 11:1s 12:ok 25:ok 26:ok 27:8s"},
		{Sliding, Count, "0:ok 2:ok 4:8s 5:9s 9:6s 10:9s 11:9s 12:9s 25:ok 26:ok 27:9s"},
		{Sliding, Extend, "0:ok 2:ok 4:6s 5:10s 9:10s 10:10s 11:10s 12:10s 25:ok 26:ok 27:8s"},

		// A token in 5 s. It is back before most of these requests come.
		{Bucket, Ignore, "0:ok 2:ok 4:1s 5:ok 9:1s 10:ok 11:4s 12:3s 25:ok 26:ok 27:3s"},
		{Bucket, Count, "0:ok 2:ok 4:6s 5:10s 9:11s 10:15s 11:15s 12:15s 25:7s 26:11s 27:15s"}, // a bucket is owed at most
		{Bucket, Extend, "0:ok 2:ok 4:1s 5:ok 9:1s 10:ok 11:4s 12:5s 25:ok 26:ok 27:3s"},
	} {
		limiter := NewLimiter([]scenarios.Limit{{Per: PerTenant, Requests: 2, Window: 10 * time.Second, Algorithm: tt.algorithm, EarlyRetry: tt.early}})
		got := ""
		for _, second := range []int{0, 2, 4, 5, 9, 10, 11, 12, 25, 26, 27} {
			told := "ok"
			if wait, ok := take(limiter, Request{}, time.Duration(second)*time.Second); !ok {
				told = wait.String()
			}
			if got != "" {
				got += " "
			}
			got += fmt.Sprint(second, ":", told)
		}
		if got != tt.want {
			t.Errorf("%s %s:\ngot  %s\nwant %s", tt.algorithm, tt.early, got, tt.want)
		}
	}
}

// The first refusal told nobody anything before, and a request after the told wait
// is not early: only one between costs.
func TestOnlyAnEarlyRetryExtends(t *testing.T) {
	const s = time.Second
	l := NewLimiter([]scenarios.Limit{{Per: PerTenant, Requests: 1, Window: 10 * s, Algorithm: Sliding, EarlyRetry: Extend}})
	var got []time.Duration
	for _, at := range []time.Duration{0, 4 * s, 10 * s, 11 * s, 12 * s, 22*s - 1, 32*s - 1} {
		wait, _ := take(l, Request{}, at)
		got = append(got, wait)
	}
	if want := []time.Duration{0, 6 * s, 0, 9 * s, 10 * s, 10 * s, 0}; !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
}

// What a refusal costs, it costs at the rule that refuses: one that would have
// granted the request does not count it.
func TestARefusalCostsNothingElsewhere(t *testing.T) {
	for _, early := range []string{Ignore, Count, Extend} {
		l := NewLimiter([]scenarios.Limit{
			{Per: PerTenant, Requests: 1, Window: time.Hour, On: "login", Algorithm: Sliding, EarlyRetry: early},
			{Per: PerTenant, Requests: 3, Window: time.Hour, Algorithm: Sliding, EarlyRetry: early},
		})
		granted := 0
		for range 5 {
			take(l, Request{Kind: "login"}, 0)
		}
		for range 5 {
			if _, ok := take(l, Request{Kind: "poll"}, 0); ok {
				granted++
			}
		}
		if granted != 2 {
			t.Errorf("%s: %d granted beside the log-in, want 2", early, granted)
		}
	}
}

// A client that hammers for long owes a bucket, not the time that it hammered.
func TestABucketIsOwedOnceAtMost(t *testing.T) {
	l := NewLimiter([]scenarios.Limit{{Per: PerTenant, Requests: 10, Window: time.Second, Algorithm: Bucket, Burst: 20, EarlyRetry: Count}})
	longest := time.Duration(0)
	for range 100_000 {
		wait, _ := take(l, Request{}, 0)
		longest = max(longest, wait)
	}
	if want := 21 * 100 * time.Millisecond; longest != want { // back to 0, and one token
		t.Errorf("told to wait %v, want %v", longest, want)
	}
}

// A window that begins anew is as good as new when it closes then, not before.
func TestWhenAWindowThatBeganAnewEnds(t *testing.T) {
	const s = time.Second
	for algorithm, want := range map[string]time.Duration{Fixed: 15 * s, Sliding: 15 * s, Bucket: 15 * s} {
		l := NewLimiter([]scenarios.Limit{{Per: PerTenant, Requests: 2, Window: 10 * s, Algorithm: algorithm, EarlyRetry: Extend}})
		for _, at := range []time.Duration{3 * s, 3 * s, 4 * s, 5 * s} {
			take(l, Request{}, at)
		}
		var ends []time.Duration
		for _, e := range l.Ends(5*s, time.Hour) {
			ends = append(ends, e.Lived)
		}
		if !slices.Equal(ends, []time.Duration{want}) {
			t.Errorf("%s: %v, want %v", algorithm, ends, want)
		}
	}
}

// To begin a window of very many requests anew takes no longer than another.
func TestExtendIsCheap(t *testing.T) {
	w := &slidingWindow{length: time.Hour, requests: 1_000_000}
	for range 1000 {
		w.take(0)
	}
	if n := testing.AllocsPerRun(100, func() { w.renew(time.Minute) }); n != 0 || w.used(time.Minute) != 1_000_000 || len(w.times) != 0 {
		t.Errorf("%v allocations, %d used, %d instants", n, w.used(time.Minute), len(w.times))
	}
}
