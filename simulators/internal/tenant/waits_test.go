package tenant

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// waited is what came of a wait, once it is over.
type waited struct {
	mu    sync.Mutex
	over  bool
	entry Entry
	known bool
	err   error
}

// waitFor begins to wait for a task to be in a state; "gone" for unknown.
func waitFor(ctx context.Context, n *Tenant, ref Ref, state string) *waited {
	w := &waited{}
	go func() {
		e, known, err := n.WaitFor(ctx, "acme", ref, func(e Entry, known bool) bool {
			return known && e.State == state || !known && state == "gone"
		})
		w.mu.Lock()
		defer w.mu.Unlock()
		w.over, w.entry, w.known, w.err = true, e, known, err
	}()
	return w
}

// want waits until nothing more happens by itself; state "" means that it still
// waits.
func (w *waited) want(t *testing.T, what, state string, err error) {
	t.Helper()
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over != (state != "" || err != nil) || !errors.Is(w.err, err) || w.over && state != "" && w.entry.State != state {
		t.Errorf("%s: over %v, %q, known %v, %v; want %q, %v", what, w.over, w.entry.State, w.known, w.err, state, err)
	}
}

// Whatever changes a task wakes whoever waits for it, and nothing else does; no
// listener is left behind.
func TestWaitFor(t *testing.T) {
	yaml := func(mode string) string {
		return "name: served\n" + begins + mode + "}" + life + "tasks: [{id: a, lifecycle: timed}, {id: b}, {id: c, lifecycle: timed, created: 5s}]"
	}
	for _, c := range []struct {
		what, mode, id, state string
		do                    func(n *Tenant, tasks *Tasks, ref Ref)
		shown                 string
	}{
		{"it is so", "frozen", "a", "queued", func(*Tenant, *Tasks, Ref) {}, "queued"},
		{"not yet", "frozen", "a", "running", func(*Tenant, *Tasks, Ref) { <-time.After(time.Hour) }, ""},
		{"by time", "real", "a", "running", func(*Tenant, *Tasks, Ref) { <-time.After(2 * s) }, "running"},
		{"a moment before", "real", "a", "running", func(*Tenant, *Tasks, Ref) { <-time.After(2*s - 1) }, ""},
		{"fast", "x60", "a", "done", func(*Tenant, *Tasks, Ref) { <-time.After(s / 5) }, "done"},
		{"by a move", "frozen", "a", "running", func(n *Tenant, _ *Tasks, _ Ref) { n.AdvanceBy(2 * s) }, "running"},
		{"passed by a move", "frozen", "a", "running", func(n *Tenant, _ *Tasks, _ Ref) { n.AdvanceBy(12 * s) }, "running"},
		{"a move short", "frozen", "a", "running", func(n *Tenant, _ *Tasks, _ Ref) { n.AdvanceBy(2*s - 1) }, ""},
		{"by reads", "frozen", "b", "running", func(_ *Tenant, tasks *Tasks, ref Ref) { read(tasks, ref); read(tasks, ref); read(tasks, ref) }, "running"},
		{"too few reads", "frozen", "b", "running", func(_ *Tenant, tasks *Tasks, ref Ref) { read(tasks, ref); read(tasks, ref) }, ""},
		{"by force", "frozen", "b", "done", func(n *Tenant, tasks *Tasks, ref Ref) { _ = tasks.Force(ref, n.Clock.Now(), task.Whole, "done") }, "done"},
		{"by an end", "frozen", "b", "cancelled", func(n *Tenant, tasks *Tasks, ref Ref) {
			_ = tasks.End(ref, n.Clock.Now(), scenarios.Cancelled)
		}, "cancelled"},
		{"it is made", "frozen", "c", "queued", func(n *Tenant, _ *Tasks, _ Ref) { n.AdvanceBy(5 * s) }, "queued"},
		{"it is not there yet", "frozen", "c", "gone", func(*Tenant, *Tasks, Ref) {}, "queued"},
		{"it is forgotten", "frozen", "b", "gone", func(n *Tenant, tasks *Tasks, ref Ref) { tasks.Expire(ref, n.Clock.Now()) }, "queued"},
		{"another task", "frozen", "a", "done", func(n *Tenant, tasks *Tasks, _ Ref) {
			_ = tasks.Force(find(t, tasks, "b"), n.Clock.Now(), task.Whole, "done")
		}, ""},
		{"the clock runs again", "frozen", "a", "running", func(n *Tenant, _ *Tasks, _ Ref) {
			n.SetMode(scenarios.ClockMode{Kind: scenarios.Scaled, Speed: 60})
			<-time.After(s)
		}, "running"},
	} {
		synctest.Test(t, func(t *testing.T) {
			n, tasks := bubbled(t, yaml(c.mode))
			ref := find(t, tasks, c.id)
			ctx, cancel := context.WithCancel(t.Context())
			w := waitFor(ctx, n, ref, c.state)
			synctest.Wait()
			c.do(n, tasks, ref)
			w.want(t, c.what, c.shown, nil)
			cancel()
			if c.shown == "" {
				w.want(t, c.what+", given up", "", context.Canceled)
			}
			synctest.Wait()
			if tasks.alarm.Load() != nil || len(n.waits.all) > 0 {
				t.Errorf("%s: somebody still listens", c.what)
			}
		})
	}
}

// What holds already is answered without listening, and an unknown vendor at once.
func TestWaitForNothing(t *testing.T) {
	n, tasks, _ := tasksOf(t, "name: served\nvendors: [acme]"+life+"tasks: [{id: a, lifecycle: timed}]", "acme")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	e, known, err := n.WaitFor(gone, "acme", find(t, tasks, "a"), func(e Entry, _ bool) bool { return e.State == "queued" })
	if err != nil || !known || e.ID != "a" {
		t.Errorf("%+v %v %v", e, known, err)
	}
	if _, _, err := n.WaitFor(t.Context(), "bolt", Ref{}, func(Entry, bool) bool { return true }); !errors.Is(err, ErrElsewhere) {
		t.Errorf("at another vendor: %v", err)
	}
}

// Whoever waits for a tenant that ends is told so, and so is who comes later.
func TestWaitsEndWithTheTenant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _, _ := testRegistry(t, 5, map[string]*World{"served": world(t, "name: served\nclock: {mode: frozen}"+life+"tasks: [{id: a, lifecycle: timed}]")})
		old := accept(t, g, "demo")
		a := find(t, old.Tasks("acme"), "a")
		w := waitFor(t.Context(), old, a, "done")
		idle := make(chan error, 1)
		go func() { idle <- old.WaitIdle(t.Context(), time.Hour, clock.System().Now) }()
		w.want(t, "before", "", nil)
		if _, err := g.Reset("demo"); err != nil {
			t.Fatal(err)
		}
		w.want(t, "reset", "", ErrOver)
		if err := <-idle; !errors.Is(err, ErrOver) {
			t.Errorf("idle: %v", err)
		}
		waitFor(t.Context(), old, a, "queued").want(t, "later", "", ErrOver)
		if err := old.WaitIdle(t.Context(), 0, clock.System().Now); !errors.Is(err, ErrOver) {
			t.Errorf("idle later: %v", err)
		}
	})
}

// Idle counts real time from the last request, however the tenant's clock runs.
func TestWaitIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, _ := bubbled(t, "name: served\n"+begins+"frozen}")
		began := clock.System().Now()
		wait := func(d time.Duration) time.Duration {
			t.Helper()
			if err := n.WaitIdle(t.Context(), d, clock.System().Now); err != nil {
				t.Error(err)
			}
			return time.Since(began)
		}
		if got := wait(0); got != 0 {
			t.Errorf("idle for nothing after %v", got)
		}
		time.AfterFunc(3*s, func() { n.touch(clock.System().Now()) })
		time.AfterFunc(7*s, func() { n.touch(clock.System().Now()) })
		time.AfterFunc(9*s, func() { n.AdvanceBy(time.Hour) }) // no request
		if got := wait(5 * s); got != 12*s {
			t.Errorf("idle for 5 s after %v, want 12s", got)
		}
		if got := wait(5 * s); got != 12*s {
			t.Errorf("it was idle, but waited until %v", got)
		}
		ctx, cancel := context.WithTimeout(t.Context(), s)
		defer cancel()
		if err := n.WaitIdle(ctx, time.Hour, clock.System().Now); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("given up: %v", err)
		}
		if len(n.waits.all) > 0 {
			t.Error("somebody still waits")
		}
	})
}

// After Settle all that is due has been told, though no timer has rung.
func TestSettle(t *testing.T) {
	n, tasks, source := tasksOf(t, "name: served\nvendors: [acme, bolt]"+life+"tasks: [{id: a, lifecycle: timed}]", "acme")
	var here, there ear
	defer tasks.Listen(here.hear)()
	defer n.Tasks("bolt").Listen(there.hear)()
	n.Settle()
	if here.take() != nil {
		t.Error("told before anything was due")
	}
	_ = source.Advance(13 * s) // which no timer goes by
	n.Settle()
	if a, b := here.take(), there.take(); len(a) != 2 || len(b) != 2 || a[1].State != "done" || a[0].Vendor != "acme" || b[0].Vendor != "bolt" {
		t.Errorf("told %v and %v", a, b)
	}
}

// WaitOut lets the tenant's time pass, however it passes; where the clock stands,
// real time counts.
func TestWaitOut(t *testing.T) {
	mode := func(n *Tenant, kind scenarios.ClockKind, speed int) {
		n.SetMode(scenarios.ClockMode{Kind: kind, Speed: speed})
	}
	for _, c := range []struct {
		what, mode string
		do         func(n *Tenant) // 4 s after the beginning of a wait for 20 s
		want       time.Duration   // real
	}{
		{"nothing happens", "real", func(*Tenant) {}, 20 * s},
		{"fast", "x2", func(*Tenant) {}, 10 * s},
		{"a move far enough", "real", func(n *Tenant) { n.AdvanceBy(16 * s) }, 4 * s},
		{"a moment short", "real", func(n *Tenant) { n.AdvanceBy(16*s - 1) }, 4*s + 1},
		{"two moves", "real", func(n *Tenant) { n.AdvanceBy(6 * s); n.AdvanceBy(7 * s) }, 7 * s},
		{"a move to an instant", "real", func(n *Tenant) { _, _ = n.AdvanceTo(n.Clock.Now().Add(time.Hour)) }, 4 * s},
		{"frozen", "frozen", func(*Tenant) {}, 20 * s},
		{"frozen and moved", "frozen", func(n *Tenant) { n.AdvanceBy(6 * s) }, 14 * s},
		{"it freezes", "real", func(n *Tenant) { mode(n, scenarios.Frozen, 0) }, 20 * s},
		{"it freezes, from fast", "x2", func(n *Tenant) { mode(n, scenarios.Frozen, 0) }, 16 * s},
		{"it thaws", "frozen", func(n *Tenant) { mode(n, scenarios.Scaled, 4) }, 8 * s},
		{"it runs faster", "real", func(n *Tenant) { mode(n, scenarios.Scaled, 16) }, 5 * s},
		{"woken for nothing", "real", func(n *Tenant) { n.Wake(); n.Wake() }, 20 * s},
		{"it is to stand for good, and is moved again", "real", func(n *Tenant) { n.AdvanceBy(clock.Longest) }, 4 * s},
	} {
		synctest.Test(t, func(t *testing.T) {
			n, _ := bubbled(t, "name: served\n"+begins+c.mode+"}")
			began := clock.System().Now()
			time.AfterFunc(4*s, func() { c.do(n) })
			if err := n.WaitOut(t.Context(), 20*s, nil); err != nil {
				t.Error(err)
			}
			if got := time.Since(began); got != c.want {
				t.Errorf("%s: %v, want %v", c.what, got, c.want)
			}
			if len(n.waits.all) > 0 || len(n.waits.moves) > 0 {
				t.Errorf("%s: somebody still waits", c.what)
			}
			<-time.After(time.Minute) // what was to happen
		})
	}
}

// At its last instant the clock stands, and real time counts through every wake.
func TestWaitOutAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, _ := bubbled(t, "name: served\n"+begins+"real}")
		n.AdvanceBy(clock.Longest)
		began := clock.System().Now()
		time.AfterFunc(3*s, n.Wake)
		if err := n.WaitOut(t.Context(), 20*s, nil); err != nil || time.Since(began) != 20*s {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

// A wait for the clock ends with the tenant, with who waits, and when it has to stop;
// on a tenant that has ended it does not begin.
func TestWaitOutEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _, _ := testRegistry(t, 5, map[string]*World{"served": world(t, "name: served")})
		n := accept(t, g, "demo")
		began := clock.System().Now()
		wait := func(what string, ctx context.Context, stop <-chan struct{}, want error) {
			t.Helper()
			if err := n.WaitOut(ctx, time.Hour, stop); !errors.Is(err, want) || err != nil && want == nil {
				t.Errorf("%s: %v, want %v", what, err, want)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), s)
		defer cancel()
		wait("the client goes", ctx, nil, context.DeadlineExceeded)
		stop := make(chan struct{})
		time.AfterFunc(s, func() { close(stop) })
		wait("stop", t.Context(), stop, nil)
		if len(n.waits.all) > 0 || len(n.waits.moves) > 0 {
			t.Error("somebody still waits")
		}
		time.AfterFunc(s, func() { _, _ = g.Reset("demo") })
		wait("reset", t.Context(), nil, nil)
		wait("reset before", t.Context(), nil, nil)
		if got := time.Since(began); got != 3*s {
			t.Errorf("all took %v, want 3s", got)
		}
	})
}
