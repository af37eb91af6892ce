package task

import (
	"fmt"
	"math"
	"sort"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"pgregory.net/rapid"
)

// The golden vectors. They are frozen for `version: 1` and the same on every
// machine: a change here changes what every scenario and seed shows.
func TestGoldenHashes(t *testing.T) {
	for _, tt := range []struct {
		what      string
		got, want uint64
	}{
		{"Mix()", Mix(), 0xf52a15e9a9b5e89b},
		{`Mix("")`, Mix(""), 0x813f0174a2367c13},
		{`Mix("a")`, Mix("a"), 0xb2a81edc870f611d},
		{`Mix("ab", "c")`, Mix("ab", "c"), 0x482f6f543bbc5465},
		{`Mix("a", "bc")`, Mix("a", "bc"), 0x461d25214179d9fb},
		{`LuckOf(0, "")`, LuckOf(0, ""), 0x28f968dc40bb2771},
		{`LuckOf(42, "65f46d08c6d2865b32048ba3")`, LuckOf(42, "65f46d08c6d2865b32048ba3"), 0xab9ed702c2b6d0bb},
		{`LuckOf(-1, "cisco/scan/#7")`, LuckOf(-1, "cisco/scan/#7"), 0x18f754f23f60b3ec},
		{`Draw(LuckOf(42, "key"), "name")`, Draw(LuckOf(42, "key"), "name"), 0x3639791e5982cc3b},
		{`Draw(0, "a", "b")`, Draw(0, "a", "b"), 0x93aa7b5e3dfde483},
	} {
		if tt.got != tt.want {
			t.Errorf("%s = %#016x, want %#016x", tt.what, tt.got, tt.want)
		}
	}
}

// goldenTimings are lengths in milliseconds, by the draws Mix("0"), Mix("1") ...
var goldenTimings = []struct {
	d    scenarios.Duration
	want []int64
}{
	{scenarios.Duration{Min: 2 * time.Second, Max: 5 * time.Second}, []int64{3556, 2329, 4553, 2470, 2900, 3464, 3903, 4955}},
	{scenarios.Duration{Min: 0, Max: time.Millisecond}, []int64{1, 0, 1, 0, 0, 0, 1, 1}},
	{scenarios.Duration{P50: 40 * time.Second, P95: 3 * time.Minute}, []int64{86325, 53753, 38921, 172972, 90076, 35103, 129413, 47915}},
	{scenarios.Duration{P50: time.Millisecond, P95: 3 * time.Millisecond}, []int64{2, 1, 1, 3, 2, 1, 2, 1}},
	{scenarios.Duration{P50: time.Hour, P95: 240 * time.Hour}, []int64{59379104, 10567564, 3258535, 747280917, 69333945, 2236956, 259638059, 6950735}},
}

func TestGoldenTimings(t *testing.T) {
	for _, tt := range goldenTimings {
		timing := newTiming(tt.d)
		var got []int64
		for i := range 8 {
			got = append(got, timing.draw(Mix(fmt.Sprint(i)))/ms)
			if length := Length(tt.d, Mix(fmt.Sprint(i))); length.Milliseconds() != got[i] {
				t.Errorf("%+v: a length of %v, a state of %d ms", tt.d, length, got[i])
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%+v: %#v, want %v", tt.d, got, tt.want)
		}
	}
}

// One whole course with every kind of draw, for three keys.
func TestGoldenCourses(t *testing.T) {
	states := lucky()
	states[3].Expires = &scenarios.Expiry{After: scenarios.Duration{Min: time.Minute, Max: time.Hour}}
	states[1].To[1].Weight = 5
	k := withSubtasks(newTask(states...), 2, 500*time.Millisecond)
	for key, want := range map[string]string{
		"a": `1.218s sub 0: queued -> running [running]
1.218s task: pending -> running [running]
2.379s sub 1: queued -> running [running]
4.916s sub 1: running -> broken [failed]
5.758s sub 0: running -> done [succeeded]
5.758s task: running -> warning [warning]
16m15.161s sub 1: broken -> (forgotten) [failed]
`,
		"b": `2.174s sub 0: queued -> running [running]
2.174s task: pending -> running [running]
4.988s sub 1: queued -> running [running]
7.553s sub 1: running -> broken [failed]
8.148s sub 0: running -> broken [failed]
8.148s task: running -> failed [failed]
16m46.732s sub 0: broken -> (forgotten) [failed]
51m26.454s sub 1: broken -> (forgotten) [failed]
51m26.454s task: failed -> (forgotten) [failed]
`,
		"c": `1.073s sub 0: queued -> running [running]
1.073s task: pending -> running [running]
3.027s sub 1: queued -> running [running]
5.337s sub 1: running -> broken [failed]
10.238s sub 0: running -> broken [failed]
10.238s task: running -> failed [failed]
5m39.337s sub 1: broken -> (forgotten) [failed]
28m57.017s sub 0: broken -> (forgotten) [failed]
28m57.017s task: failed -> (forgotten) [failed]
`,
	} {
		k.Luck = LuckOf(42, key)
		if got := briefEdges(k.Edges(born, at(2*time.Hour), nil)); got != want {
			t.Errorf("key %s:\n%swant:\n%s", key, got, want)
		}
	}
}

func TestPartsDoNotRunTogether(t *testing.T) {
	seen := map[uint64][]string{}
	for _, parts := range [][]string{{}, {""}, {"", ""}, {"ab"}, {"a", "b"}, {"", "ab"}, {"ab", ""}, {"a\x00b"}, {"a\x00", "b"}, {"b", "a"}} {
		h := Mix(parts...)
		if other, have := seen[h]; have {
			t.Errorf("%q and %q are the same", other, parts)
		}
		seen[h] = parts
	}
}

// A uniform length stays in its range, meets both ends, and each tenth of it
// as often as the others.
func TestUniform(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		least := time.Duration(rapid.IntRange(0, 10_000).Draw(t, "min")) * time.Millisecond
		most := least + time.Duration(rapid.IntRange(0, 10_000).Draw(t, "range"))*time.Millisecond
		timing := newTiming(scenarios.Duration{Min: least, Max: most})
		got := time.Duration(timing.draw(rapid.Uint64().Draw(t, "draw")))
		if got < least || got > most || got%time.Millisecond != 0 {
			t.Fatalf("%v is not a whole millisecond in %v..%v", got, least, most)
		}
		if a, b := timing.draw(0), timing.draw(math.MaxUint64); time.Duration(a) != least || time.Duration(b) != most {
			t.Fatalf("%v..%v gives %d..%d ns", least, most, a, b)
		}
	})
	timing := newTiming(scenarios.Duration{Min: time.Second, Max: time.Second + 999*time.Millisecond})
	var tenths [10]int
	const n = 20_000
	for i := range n {
		tenths[(timing.draw(LuckOf(1, fmt.Sprint(i)))/ms-1000)/100]++
	}
	for i, got := range tenths {
		checkShare(t, fmt.Sprint("tenth ", i), got, n, 0.1)
	}
}

// checkShare holds a count of n tries to its chance, within 5 standard
// deviations: a fair draw fails that once in two million times, and the draws
// here are always the same.
func checkShare(t *testing.T, what string, got, n int, chance float64) {
	t.Helper()
	mean := float64(n) * chance
	if bound := 5 * math.Sqrt(mean*(1-chance)); math.Abs(float64(got)-mean) > bound {
		t.Errorf("%s: %d of %d, want %.0f±%.0f", what, got, n, mean, bound)
	}
}

// A branch is taken as often as its weight says, over 10,000 keys.
func TestBranchesByWeight(t *testing.T) {
	weights := []int{90, 8, 2, 1}
	states := []scenarios.State{{Name: "start", Phase: scenarios.Running, After: fixed(time.Second)}}
	total := 0
	for i, w := range weights {
		name := fmt.Sprint("end", i)
		states[0].To = append(states[0].To, scenarios.Branch{State: name, Weight: w})
		states = append(states, scenarios.State{Name: name, Phase: scenarios.Succeeded})
		total += w
	}
	k := newTask(states...)
	got := map[string]int{}
	const n = 10_000
	for i := range n {
		k.Luck = LuckOf(42, fmt.Sprint("task ", i))
		got[k.At(at(time.Minute), nil).State]++
	}
	for i, w := range weights {
		checkShare(t, fmt.Sprint("weight ", w), got[fmt.Sprint("end", i)], n, float64(w)/float64(total))
	}
}

// Half of the lengths are below p50 and 95 in 100 below p95, and what lies
// between has the shape of the logarithm's bell.
func TestLognormalPercentiles(t *testing.T) {
	for _, d := range []scenarios.Duration{
		{P50: 40 * time.Second, P95: 3 * time.Minute},
		{P50: time.Hour, P95: 90 * time.Minute},
		{P50: 10 * time.Second, P95: time.Hour},
	} {
		timing := newTiming(d)
		const n = 20_000
		lengths := make([]float64, n)
		for i := range lengths {
			lengths[i] = float64(timing.draw(LuckOf(3, fmt.Sprint(i))))
		}
		sort.Float64s(lengths)
		sigma := math.Log(float64(d.P95)/float64(d.P50)) / z95
		for _, tt := range []struct{ z, chance float64 }{
			{-z95, 0.05}, {-1, 0.158655}, {0, 0.5}, {1, 0.841345}, {z95, 0.95}, {2.326348, 0.99},
		} {
			bound := float64(d.P50) * math.Exp(sigma*tt.z)
			below := sort.SearchFloat64s(lengths, bound)
			checkShare(t, fmt.Sprintf("%v below z=%.2f", d, tt.z), below, n, tt.chance)
		}
	}
}

func TestLognormalEnds(t *testing.T) {
	for _, tt := range []struct {
		d          scenarios.Duration
		least, top int64
	}{
		{scenarios.Duration{P50: time.Millisecond, P95: time.Hour}, 1, longest},
		{scenarios.Duration{P50: time.Second, P95: math.MaxInt64}, 1, longest},
		{scenarios.Duration{P50: math.MaxInt64, P95: math.MaxInt64}, longest, longest},
		{scenarios.Duration{P50: time.Minute, P95: time.Minute}, 60_000, 60_000},
		{scenarios.Duration{P50: time.Minute, P95: 0}, 60_000, 60_000}, // which a check refuses
	} {
		timing := newTiming(tt.d)
		low, high := int64(math.MaxInt64), int64(0)
		for i := range 50_000 {
			got := timing.lognormal(Mix(fmt.Sprint(i)))
			low, high = min(low, got), max(high, got)
		}
		if low < tt.least || high > tt.top {
			t.Errorf("%+v: %d..%d ms, want %d..%d", tt.d, low, high, tt.least, tt.top)
		}
	}
}

// The engine's own logarithm and exponential agree with package math's to a few
// units in the last place; which of them errs is not the point.
func TestLnAndExp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(1e-300, 1e300).Draw(t, "x")
		if got, want := ln(x), math.Log(x); math.Abs(got-want) > 1e-15*max(1, math.Abs(want)) {
			t.Fatalf("ln(%v) = %v, want %v", x, got, want)
		}
		y := rapid.Float64Range(-700, 700).Draw(t, "y")
		if got, want := exp(y), math.Exp(y); math.Abs(got-want) > 4e-15*want {
			t.Fatalf("exp(%v) = %v, want %v", y, got, want)
		}
	})
	for _, tt := range []struct{ got, want float64 }{
		{ln(1), 0}, {ln(math.E), 1}, {exp(0), 1}, {exp(710), math.Inf(1)}, {exp(-710), 0},
	} {
		if tt.got != tt.want {
			t.Errorf("%v, want %v", tt.got, tt.want)
		}
	}
}
