package traffic

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/scenarios"
)

// someLimit is any one limit, of an algorithm or of any where that is "".
func someLimit(t *rapid.T, algorithm string) scenarios.Limit {
	l := scenarios.Limit{
		Per:       rapid.SampledFrom([]string{PerToken, PerCredential, PerTenant, PerOperation, PerSource}).Draw(t, "per"),
		Requests:  rapid.IntRange(1, 8).Draw(t, "requests"),
		Window:    time.Duration(rapid.IntRange(1, 20_000).Draw(t, "window")) * time.Millisecond,
		Algorithm: algorithm,
	}
	if algorithm == "" {
		l.Algorithm = rapid.SampledFrom([]string{"", Fixed, Sliding, Bucket}).Draw(t, "algorithm")
	}
	if l.Algorithm == Bucket {
		l.Burst = rapid.IntRange(0, 8).Draw(t, "burst")
	}
	l.EarlyRetry = rapid.SampledFrom([]string{"", Ignore, Count, Extend}).Draw(t, "early retry")
	return l
}

// someInstants are instants of lived time, never going back, with a mean step
// of a fraction of the window.
func someInstants(t *rapid.T, window time.Duration) []time.Duration {
	steps := rapid.SliceOfN(rapid.Int64Range(0, int64(window)), 1, 80).Draw(t, "steps")
	squeeze := rapid.Int64Range(1, 20).Draw(t, "squeeze")
	out := make([]time.Duration, len(steps))
	var at time.Duration
	for i, s := range steps {
		at += time.Duration(s / squeeze)
		out[i] = at
	}
	return out
}

// granted are the instants of the requests that one limit grants.
func granted(l scenarios.Limit, instants []time.Duration) []time.Duration {
	var out []time.Duration
	limiter := NewLimiter([]scenarios.Limit{l})
	for _, at := range instants {
		if _, ok := take(limiter, Request{Vendor: "acme"}, at); ok {
			out = append(out, at)
		}
	}
	return out
}

// within counts the instants in [from, from+length).
func within(instants []time.Duration, from, length time.Duration) int {
	n := 0
	for _, at := range instants {
		if at >= from && at < from+length {
			n++
		}
	}
	return n
}

func TestFixedGrantsNInItsOwnWindows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := someLimit(t, Fixed)
		l.EarlyRetry = rapid.SampledFrom([]string{Ignore, Count}).Draw(t, "no difference")
		instants := someInstants(t, l.Window)
		got := granted(l, instants)
		// The model: a window opens at the first request after the last one.
		var want []time.Duration
		opened, used := -l.Window, 0
		for _, at := range instants {
			if at-opened >= l.Window {
				opened, used = at, 0
			}
			if used < l.Requests {
				used++
				want = append(want, at)
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("granted %v, want %v", got, want)
		}
	})
}

func TestSlidingGrantsNInAnyWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := someLimit(t, Sliding)
		l.EarlyRetry = Ignore
		instants := someInstants(t, l.Window)
		got := granted(l, instants)
		for _, from := range got {
			if n := within(got, from, l.Window); n > l.Requests {
				t.Fatalf("%d requests from %v on, limit %d", n, from, l.Requests)
			}
		}
		// And it refuses none without need.
		i := 0
		for _, at := range instants {
			if i < len(got) && got[i] == at {
				i++
				continue
			}
			if n := within(got[:i], at-l.Window+1, l.Window); n < l.Requests {
				t.Fatalf("refused at %v with %d of %d used", at, n, l.Requests)
			}
		}
	})
}

func TestBucketGrantsBurstAndRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := someLimit(t, Bucket)
		l.EarlyRetry = Ignore
		instants := someInstants(t, l.Window)
		got := granted(l, instants)
		burst := l.Burst
		if burst == 0 {
			burst = l.Requests
		}
		rate := float64(l.Requests) / float64(l.Window)
		for i, from := range got {
			for n, to := range got[i:] {
				if most := float64(burst) + rate*float64(to-from) + 1e-6; float64(n+1) > most {
					t.Fatalf("%d requests in %v, at most %g", n+1, to-from, most)
				}
			}
		}
		if first := min(burst, within(instants, instants[0], 1)); within(got, instants[0], 1) != first {
			t.Fatalf("%d at once, want %d", within(got, instants[0], 1), first)
		}
	})
}

// A client that waits exactly as long as it was told is granted, whatever rules
// hold together and whatever a refused request costs; one that waits a nanosecond
// less is not.
func TestWhoWaitsAsToldIsGranted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rules []scenarios.Limit
		for range rapid.IntRange(1, 4).Draw(t, "rules") {
			rules = append(rules, someLimit(t, ""))
		}
		l := NewLimiter(rules)
		at := time.Duration(rapid.Int64Range(0, int64(100*365*24*time.Hour)).Draw(t, "start"))
		r := Request{Vendor: "acme", Operation: "getTask", Kind: "poll", Token: "t", Credential: "c", Source: "s"}
		for range rapid.IntRange(1, 60).Draw(t, "requests") {
			at += time.Duration(rapid.Int64Range(0, int64(time.Second)).Draw(t, "pause"))
			wait, ok := take(l, r, at)
			if ok {
				continue
			}
			if wait <= 0 {
				t.Fatalf("refused, but told to wait %v", wait)
			}
			if rapid.Bool().Draw(t, "a nanosecond early") && wait > 1 {
				at += wait - 1
				if wait, ok = take(l, r, at); ok || wait <= 0 {
					t.Fatalf("granted a nanosecond before its time")
				}
			}
			at += wait
			if more, ok := take(l, r, at); !ok {
				t.Fatalf("refused after %v as told, told %v more", wait, more)
			}
		}
	})
}

// Forgetting windows that are as good as new changes no answer: a limiter that
// meets thousands of other tokens answers one token as a limiter of its own.
func TestSweepingChangesNoAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := []scenarios.Limit{someLimit(t, ""), someLimit(t, "")}
		rules[0].Per, rules[1].Per = PerToken, PerSource
		alone, crowded := NewLimiter(rules), NewLimiter(rules)
		crowd := 0
		for _, at := range someInstants(t, rules[0].Window) {
			for range rapid.SampledFrom([]int{0, 1, 3, 700}).Draw(t, "others") {
				crowd++
				name := fmt.Sprint("other", crowd)
				take(crowded, Request{Vendor: "acme", Token: name, Source: name}, at)
			}
			me := Request{Vendor: "acme", Token: "me", Source: "mine"}
			wait, ok := take(alone, me, at)
			if gotWait, gotOK := take(crowded, me, at); gotWait != wait || gotOK != ok {
				t.Fatalf("at %v: %v %v in the crowd, %v %v alone", at, gotWait, gotOK, wait, ok)
			}
		}
	})
}

// Two requests at once may take the limiter's lock in the other order than they
// read the clock. That must grant no more, and who then waits as told is still
// granted.
func TestInstantsOutOfOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := someLimit(t, "")
		limiter := NewLimiter([]scenarios.Limit{l})
		var got []time.Duration
		var latest time.Duration
		for _, at := range someInstants(t, l.Window) {
			back := time.Duration(rapid.Int64Range(0, int64(l.Window)).Draw(t, "back"))
			lived := max(0, at-back)
			latest = max(latest, lived)
			wait, ok := take(limiter, Request{}, lived)
			if ok {
				got = append(got, latest)
				continue
			}
			if lived+wait < latest {
				t.Fatalf("told to wait until %v, which is past", lived+wait)
			}
		}
		burst, rate := l.Requests, 0.0
		switch l.Algorithm {
		case Bucket:
			rate = float64(l.Requests) / float64(l.Window)
			if l.Burst > 0 {
				burst = l.Burst
			}
		case "", Fixed:
			burst *= 2 // the end of one window and the beginning of the next
		}
		for i, from := range got {
			for n, to := range got[i:] {
				if most := float64(burst) + rate*float64(to-from) + 1e-6; to-from < l.Window && float64(n+1) > most {
					t.Fatalf("%d in %v, at most %g", n+1, to-from, most)
				}
			}
		}
	})
}
