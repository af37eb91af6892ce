package tenant

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
)

// limited is a tenant with one limit on one of the clocks, and its client.
type limited struct {
	t               *rapid.T
	tenant          *Tenant
	source          *clock.Manual
	mode            string
	algorithm       string
	requests, burst int
	window          time.Duration
	granted         []time.Duration // instants of lived time
}

func someLimited(t *rapid.T, mode string) *limited {
	l := &limited{
		t: t, mode: mode, source: clock.NewManual(start),
		algorithm: rapid.SampledFrom([]string{traffic.Fixed, traffic.Sliding, traffic.Bucket}).Draw(t, "algorithm"),
		requests:  rapid.IntRange(1, 6).Draw(t, "requests"),
		window:    time.Duration(rapid.IntRange(1, 600).Draw(t, "window")) * 100 * time.Millisecond,
	}
	l.burst = l.requests
	burst := ""
	if l.algorithm == traffic.Bucket {
		l.burst = rapid.IntRange(1, 6).Draw(t, "burst")
		burst = fmt.Sprint(", burst: ", l.burst)
	}
	earlies := []string{traffic.Ignore, traffic.Extend}
	if l.algorithm != traffic.Fixed {
		earlies = append(earlies, traffic.Count) // which a scenario may not say of a fixed one
	}
	early := rapid.SampledFrom(earlies).Draw(t, "early retry")
	l.tenant = aTenant("served~x", world(tt{T: t}, fmt.Sprintf(
		"name: served\nclock: {mode: %s}\nlimits: [{per: credential, requests: %d, window: %v, algorithm: %s, early_retry: %s%s}]\n",
		mode, l.requests, l.window, l.algorithm, early, burst)), l.source)
	return l
}

// pass lets so much real time pass; on a frozen clock the test moves it instead.
func (l *limited) pass(real time.Duration) {
	if l.mode == "frozen" {
		l.tenant.AdvanceBy(real)
	}
	_ = l.source.Advance(real)
}

func (l *limited) ask() (wait time.Duration, ok bool) {
	lived := l.tenant.Clock.Lived()
	wait, ok, _ = l.tenant.Limits().Take(trafficOf(l.tenant), lived, nil)
	if ok {
		l.granted = append(l.granted, lived)
	}
	return wait, ok
}

// check holds what was granted to the limit: N in each own window (fixed), in any
// window (sliding), burst + rate x t (bucket), in lived time.
func (l *limited) check() {
	opened := -l.window
	inOwn := 0
	for i, from := range l.granted {
		if from-opened >= l.window {
			opened, inOwn = from, 0
		}
		if inOwn++; l.algorithm == traffic.Fixed && inOwn > l.requests {
			l.t.Fatalf("%d in the window from %v on", inOwn, opened)
		}
		for n, to := range l.granted[i:] {
			most := float64(l.burst) + float64(l.requests)*float64(to-from)/float64(l.window) + 1e-6
			if l.algorithm == traffic.Sliding && to-from < l.window && n+1 > l.requests || l.algorithm == traffic.Bucket && float64(n+1) > most {
				l.t.Fatalf("%d from %v to %v", n+1, from, to)
			}
		}
	}
}

// The limits of semantics hold on every clock, and a lone client that waits as many
// seconds of its own watch as it is told is granted, and is never told a whole
// second more than that takes.
func TestLimitsOnEveryClock(t *testing.T) {
	for _, mode := range []string{"real", "x60", "skip", "frozen"} {
		t.Run(mode, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				l := someLimited(t, mode)
				for range rapid.IntRange(1, 60).Draw(t, "requests") {
					l.pass(time.Duration(rapid.Int64Range(0, int64(3*time.Second)).Draw(t, "pause")))
					if mode == "skip" && rapid.Bool().Draw(t, "jumps") { // which is no waiting
						_ = l.tenant.Clock.Skip(l.tenant.Clock.Now().Add(time.Minute))
					}
					wait, ok := l.ask()
					for !ok && rapid.Bool().Draw(t, "a second early") {
						told := time.Duration(l.tenant.Clock.WaitSeconds(wait)) * time.Second
						if told <= time.Second {
							break
						}
						l.pass(told - time.Second)
						if wait, ok = l.ask(); ok {
							t.Fatalf("told to wait %v, granted after %v", told, told-time.Second)
						}
					}
					if ok {
						continue
					}
					told := time.Duration(l.tenant.Clock.WaitSeconds(wait)) * time.Second
					l.pass(told)
					if more, ok := l.ask(); !ok {
						t.Fatalf("refused after %v as told, told %v more", told, more)
					}
				}
				l.check()
			})
		})
	}
}

// A frozen clock that nobody moves and a jump of a skipping one pass no window.
func TestWhatPassesNoWindow(t *testing.T) {
	for _, mode := range []string{"frozen", "skip"} {
		for _, algorithm := range []string{traffic.Fixed, traffic.Sliding, traffic.Bucket} {
			n, _, source := tasksOf(t, fmt.Sprintf("name: served\nclock: {mode: %s}\nlimits: [{per: credential, requests: 2, window: 10s, algorithm: %s}]\n", mode, algorithm), "acme")
			if got := take(n, "acme", 5); got != 2 {
				t.Errorf("%s %s: %d granted", mode, algorithm, got)
			}
			if mode == "frozen" {
				_ = source.Advance(time.Hour)
			} else {
				_ = n.Clock.Skip(n.Clock.Now().Add(time.Hour))
			}
			if got := take(n, "acme", 5); got != 0 {
				t.Errorf("%s %s: %d granted later", mode, algorithm, got)
			}
		}
	}
}
