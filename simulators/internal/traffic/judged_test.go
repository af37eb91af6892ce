package traffic

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
)

// take is Take for whoever does not ask what each rule said.
func take(l *Limiter, r Request, lived time.Duration) (wait time.Duration, ok bool) {
	wait, ok, _ = l.Take(r, lived, nil)
	return wait, ok
}

// What two rules say of each request, one after the other: rule, used of most,
// wait.
func TestWhatEachRuleSays(t *testing.T) {
	for _, tt := range []struct {
		algorithm string
		burst     int
		want      []string
	}{
		{Fixed, 0, []string{
			"0s: 0 0/2; 2 0/9",
			"4s: 0 1/2; 2 1/9",
			"6s: 0 2/2 wait 2s; 2 2/9",
			"10s: 0 0/2; 2 2/9",
			"11s: 0 1/2; 2 3/9",
			"12s: 0 2/2 wait 6s; 2 4/9",
			"13s: 0 2/2 wait 5s; 2 4/9",
		}},
		{Sliding, 0, []string{
			"0s: 0 0/2; 2 0/9",
			"4s: 0 1/2; 2 1/9",
			"6s: 0 2/2 wait 2s; 2 2/9",
			"10s: 0 1/2; 2 2/9",
			"11s: 0 2/2 wait 1s; 2 3/9",
			"12s: 0 1/2; 2 3/9",
			"13s: 0 2/2 wait 5s; 2 4/9",
		}},
		{Bucket, 3, []string{ // a quarter of a token comes back each second
			"0s: 0 0/3; 2 0/9",
			"4s: 0 0/3; 2 1/9",
			"6s: 0 1/3; 2 2/9",
			"10s: 0 1/3; 2 3/9",
			"11s: 0 2/3; 2 4/9",
			"12s: 0 2/3; 2 5/9",
			"13s: 0 3/3 wait 3s; 2 6/9",
		}},
	} {
		l := NewLimiter([]scenarios.Limit{
			{Per: PerCredential, Requests: 2, Window: 8 * time.Second, Algorithm: tt.algorithm, Burst: tt.burst},
			{Per: PerTenant, On: "login", Requests: 1, Window: time.Second},
			{Per: PerTenant, Requests: 9, Window: time.Hour},
		})
		var got []string
		for _, second := range []int{0, 4, 6, 10, 11, 12, 13} {
			at := time.Duration(second) * time.Second
			wait, ok, judged := l.Take(Request{Vendor: "acme", Kind: "poll", Credential: "c"}, at, nil)
			got = append(got, fmt.Sprint(at, ": ", said(judged)))
			if ok != (wait == 0) {
				t.Errorf("%v %v", wait, ok)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s:\ngot  %q\nwant %q", tt.algorithm, got, tt.want)
		}
	}
}

func said(judged []journal.Judged) string {
	text := ""
	for i, j := range judged {
		if i > 0 {
			text += "; "
		}
		text += fmt.Sprintf("%d %d/%d", j.Rule, j.Used, j.Of)
		if j.Wait > 0 {
			text += fmt.Sprint(" wait ", j.Wait)
		}
	}
	return text
}

// The keys are equal where two requests are counted together, and where nothing
// but the process is another.
func TestKeys(t *testing.T) {
	rules := []scenarios.Limit{
		{Per: PerToken, Requests: 9, Window: time.Hour}, {Per: PerToken, Requests: 9, Window: time.Hour},
		{Per: PerSource, Requests: 9, Window: time.Hour}, {Per: PerTenant, Requests: 9, Window: time.Hour},
	}
	keys := func(l *Limiter, r Request) (keys [4]uint64) {
		_, _, judged := l.Take(r, 0, nil)
		for i, j := range judged {
			keys[i] = j.Key
		}
		return keys
	}
	l := NewLimiter(rules)
	a := keys(l, Request{Vendor: "acme", Token: "t", Source: "t"})
	if got := keys(NewLimiter(rules), Request{Vendor: "acme", Token: "t", Source: "t", Operation: "another"}); got != a {
		t.Errorf("the same: %x and %x", a, got)
	}
	b, c := keys(l, Request{Vendor: "acme", Token: "u", Source: "t"}), keys(l, Request{Vendor: "bolt", Token: "t", Source: "t"})
	if b[0] == a[0] || b[1] == a[1] || b[2] != a[2] || b[3] != a[3] {
		t.Errorf("another token: %x and %x", a, b)
	}
	for i, key := range c {
		if key == a[i] {
			t.Errorf("another vendor: %x and %x", a, c)
		}
	}
	if all := slices.Compact(slices.Sorted(slices.Values(a[:]))); len(all) != 4 {
		t.Errorf("rules share a key: %x", a)
	}
	if want := [4]uint64{0xd0dae4ff951242a3, 0xfbb55003b4a259a7, 0xfb6f7e51964d255, 0x6596150d6154999d}; a != want {
		t.Errorf("%#x, want %#x: a hash is the same in every run", a, want)
	}
}

// A rule that has granted fewer than it grants has no wait, and the other way
// round; the longest is what the client is told. What is said goes behind what
// the caller has.
func TestWhatIsSaidAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rules []scenarios.Limit
		for range rapid.IntRange(0, 10).Draw(t, "rules") {
			rules = append(rules, someLimit(t, ""))
		}
		l, first := NewLimiter(rules), journal.Judged{Rule: 77}
		for _, at := range someInstants(t, 20*time.Second) {
			at = max(0, at-time.Duration(rapid.SampledFrom([]int64{0, 0, 1, 1e9}).Draw(t, "back")))
			if wait, ok := take(l, Request{Vendor: "acme"}, at); !ok && rapid.Bool().Draw(t, "waits as told") {
				at += wait // where a bucket's floats nearly make a token
			}
			wait, ok, judged := l.Take(Request{Vendor: "acme"}, at, []journal.Judged{first})
			if judged[0] != first || len(judged) != 1+len(rules) {
				t.Fatalf("%+v", judged)
			}
			longest := time.Duration(0)
			for _, j := range judged[1:] {
				if j.Used < 0 || j.Used > j.Of || (j.Used < j.Of) != (j.Wait == 0) {
					t.Fatalf("at %v %+v: %+v", at, rules[j.Rule], j)
				}
				longest = max(longest, j.Wait)
			}
			if longest != wait || ok != (wait == 0) {
				t.Fatalf("told %v %v, the longest is %v", wait, ok, longest)
			}
		}
	})
}

// Saying it takes no memory but the caller's.
func TestTakeAllocatesNothing(t *testing.T) {
	l := NewLimiter([]scenarios.Limit{
		{Per: PerToken, Requests: 5, Window: time.Second},
		{Per: PerTenant, Requests: 5, Window: time.Second, Algorithm: Bucket},
		{Per: PerSource, Requests: 5, Window: time.Second, Algorithm: Sliding},
	})
	buffer, at := make([]journal.Judged, 0, 3), time.Duration(0)
	r := Request{Vendor: "acme", Token: "t", Source: "s"}
	for range 10 {
		l.Take(r, at, buffer[:0])
	}
	if n := testing.AllocsPerRun(1000, func() {
		at += 50 * time.Millisecond
		l.Take(r, at, buffer[:0])
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestRulesAreACopy(t *testing.T) {
	l := NewLimiter([]scenarios.Limit{{Per: PerTenant, Requests: 1, Window: time.Hour}})
	l.Rules()[0].Requests = 5
	if got := l.Rules(); len(got) != 1 || got[0].Requests != 1 {
		t.Errorf("%+v", got)
	}
}

// The limits of a request that is granted, by their kinds; and one fixed limit of
// a token among many tokens, and of as many requests at once as there are
// processors.
func BenchmarkLimiterTake(b *testing.B) {
	const token = "a token of thirty-two characters"
	r := Request{Vendor: "acme", Operation: "getTaskStatus", Kind: "poll", Credential: "slow~mine", Token: token, Source: "127.0.0.1"}
	hour := scenarios.Limit{Per: PerToken, Requests: 1_000_000_000, Window: time.Hour}
	sliding, bucket := hour, hour
	sliding.Requests, sliding.Window, sliding.Algorithm = 1000, time.Second, Sliding
	bucket.Algorithm = Bucket
	for name, rules := range map[string][]scenarios.Limit{
		"none": nil, "fixed": {hour}, "sliding": {sliding}, "bucket": {bucket}, "two": {hour, sliding},
	} {
		b.Run(name, func(b *testing.B) {
			l, buffer, at := NewLimiter(rules), make([]journal.Judged, 0, 2), time.Duration(0)
			b.ReportAllocs()
			for b.Loop() {
				at += time.Millisecond
				l.Take(r, at, buffer[:0])
			}
		})
	}
	b.Run("tokens=10000", func(b *testing.B) {
		l, buffer, at, r := NewLimiter([]scenarios.Limit{hour}), make([]journal.Judged, 0, 2), time.Duration(0), r
		tokens := make([]string, 10_000)
		for i := range tokens {
			tokens[i] = fmt.Sprint(token, i)
		}
		i := 0
		b.ReportAllocs()
		for b.Loop() {
			at, i = at+time.Millisecond, i+1
			r.Token = tokens[i%len(tokens)]
			l.Take(r, at, buffer[:0])
		}
	})
	b.Run("parallel", func(b *testing.B) {
		l := NewLimiter([]scenarios.Limit{hour})
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			buffer, at := make([]journal.Judged, 0, 2), time.Duration(0)
			for pb.Next() {
				at += time.Millisecond
				l.Take(r, at, buffer[:0])
			}
		})
	})
}
