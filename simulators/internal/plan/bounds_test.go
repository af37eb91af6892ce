package plan

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The bounds are exact. What is drawn is near the true mean: 10s, 5.5s, 1m2.7s,
// 32.4s, 2s, and 2 polls.
func TestTimeAndPolls(t *testing.T) {
	for _, tt := range []struct{ name, lifecycle, want string }{
		{"fixed", "a pending 3s: b\nb running 5s: c\nc succeeded", "time 8s"},
		{"at once", "a succeeded", ""},
		{"a range", "a pending 3s: b\nb running 6s..8s: c\nc succeeded",
			"time earliest 9s, half by 9.99s, mean 10s, 95% by 10.9s, latest 11s"},
		{"the shorter and the longer way", "a pending 1s: b, c\nb running 2s: d\nc running 7s: d\nd succeeded",
			"time earliest 3s, half by 8s, mean 5.51s, 95% by 8s, latest 8s"},
		{"percentiles have no least and no most", "a pending 2s: b\nb running 40s~3m: c\nc succeeded",
			"time earliest over 2s, half by 41.8s, mean 1m3s, 95% by 3m8s, latest: no bound"},
		{"a way round the percentiles", "a pending 2s: b, c\nb running 40s~3m: c\nc succeeded",
			"time earliest 2s, half by 2s, mean 32.2s, 95% by 2m12s, latest: no bound"},
		{"a cycle has no latest", "a running 1s: a, b\nb succeeded",
			"time earliest 1s, half by 1s, mean 2.01s, 95% by 5s, latest: no bound"},
		{"a cycle that leads to no end is none of the ways", "a running 1s: b, c\nb succeeded\nc paused 1s: c",
			"time 1s, of those that end"},
		{"never", "a running 1s: b\nb running", ""},
		{"polls", "a pending 2 polls: b\nb running 3 polls: c\nc succeeded",
			"polls 5, and one more that shows the end"},
		{"polls in a cycle", "a pending 1 polls: a, b\nb succeeded",
			"polls at least 1, half by 1, mean 2, 95% by 5, at most: no bound, and one more that shows the end"},
		{"both", "a pending 2 polls: b\nb running 4s: c\nc succeeded",
			"time 4s, besides its polls | polls 2, and one more that shows the end"},
		{"longer than a time.Duration", // 32 states of ten years
			chainOf(32, "87600h"), "time 320 years"},
	} {
		p := Of("test", read(t, tt.lifecycle))
		var got []string
		for what, words := range map[string][]string{"time ": p.time(), "polls ": p.polls()} {
			if len(words) > 0 {
				got = append(got, what+strings.Join(words, ", "))
			}
		}
		if len(got) == 2 && strings.HasPrefix(got[0], "polls") {
			got[0], got[1] = got[1], got[0]
		}
		if joined := strings.Join(got, " | "); joined != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, joined, tt.want)
		}
	}
}

// chainOf is so many states of one length each.
func chainOf(n int, length string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "s%d running %s: s%d\n", i, length, i+1)
	}
	fmt.Fprintf(&b, "s%d succeeded", n)
	return b.String()
}

// No draw is outside the bounds.
func TestDrawsStayWithinBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newChain(drawLifecycle(t))
		few := maxEdges / 100
		l := c.engine()
		var drawn fates
		for luck := range uint64(100) {
			if f, ok := c.live(l, luck, &few); ok {
				drawn = append(drawn, f)
			}
		}
		time, reads := c.figures(drawn)
		for _, f := range drawn {
			if !f.ended {
				continue
			}
			if b := time; b != nil && (f.time < b.Least || b.Most != nil && f.time > *b.Most || b.Over && f.time == b.Least) {
				t.Fatalf("%+v takes %d ms", b, f.time)
			} else if b == nil && f.time != 0 {
				t.Fatalf("no time, but a draw takes %d ms", f.time)
			}
			if b := reads; b != nil && (f.reads < b.Least || b.Most != nil && f.reads > *b.Most) {
				t.Fatalf("%+v takes %d reads", b, f.reads)
			} else if b == nil && f.reads != 0 {
				t.Fatalf("no reads, but a draw takes %d", f.reads)
			}
		}
	})
}

// The largest lifecycle that the language allows takes no time to speak of, and
// one that almost never ends gives up its draws.
func TestHardLifecycles(t *testing.T) {
	if p := Of("long", read(t, chainOf(999, "1s"))); *p.Time.Most != 999_000 || p.Time.Drawn.P50 != 999_000 {
		t.Errorf("%+v", p.Time)
	}
	p := Of("odds", read(t, "a running 100ms: a 1000000, b 1\nb succeeded"))
	if len(p.Ends) != 1 || p.Ends[0].Chance != 1 || p.Time.Drawn != nil && p.Time.Drawn.Draws > 50 {
		t.Errorf("%+v %+v", p.Ends, p.Time)
	}
}

func TestJSON(t *testing.T) {
	p := Of("scan", read(t, "a pending 1s: b 3, c 1\nb succeeded\nc running"))
	got, err := json.Marshal(p)
	const want = `{"name":"scan","states":[` +
		`{"name":"a","phase":"pending","lasts":"1s","to":[{"state":"b","chance":0.75},{"state":"c","chance":0.25}]},` +
		`{"name":"b","phase":"succeeded","lasts":"end"},` +
		`{"name":"c","phase":"running","lasts":"forever"}],` +
		`"ends":[{"state":"b","phase":"succeeded","chance":0.75},{"state":"c","phase":"running","never":true,"chance":0.25}],` +
		`"exact":true,"time_ms":{"least":1000,"most":1000,"drawn":{"draws":7502,"p50":1000,"mean":1000,"p95":1000}}}`
	if err != nil || string(got) != want {
		t.Errorf("%s %v", got, err)
	}
}
