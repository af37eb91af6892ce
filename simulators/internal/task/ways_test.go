package task

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"pgregory.net/rapid"
)

func briefWays(ways []Way) string {
	var b strings.Builder
	for _, w := range ways {
		if w.Sub != Whole {
			fmt.Fprintf(&b, "sub %d: ", w.Sub)
		}
		fmt.Fprintf(&b, "%s [%s]", w.State, w.Phase)
		if w.ByReads {
			fmt.Fprintf(&b, " after %d reads", w.Reads)
		} else {
			fmt.Fprintf(&b, " at %v", w.At.Sub(born))
		}
		fmt.Fprintf(&b, " x%d", w.Weight)
		if w.Drawn {
			b.WriteString(" drawn")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestWays(t *testing.T) {
	forked := threeSteps()
	forked[1].To = []scenarios.Branch{{State: "done", Weight: 1}, {State: "queued", Weight: 3}}
	forgotten := threeSteps()
	forgotten[2].After, forgotten[2].To = fixed(time.Minute), to("queued")
	kept := newTask(forgotten...)
	forgotten[2].Expires = &scenarios.Expiry{After: *fixed(time.Minute)}
	read, ended, expired := &Record{}, &Record{}, &Record{}
	counted := newTask(polled()...)
	counted.Read(at(0), read)
	mustForce(t, ended.End(at(time.Second), newTask(threeSteps()...), scenarios.Failed))
	expired.Expire(at(time.Second), newTask(threeSteps()...))
	late := withSubtasks(newTask(threeSteps()[1:]...), 2, 3*time.Second)
	for _, tt := range []struct {
		what string
		k    Task
		at   time.Duration
		r    *Record
		want string
	}{
		{"before the creation", newTask(threeSteps()...), -time.Second, nil, "queued [pending] at 0s x1 drawn\n"},
		{"one way", newTask(threeSteps()...), 0, nil, "running [running] at 2s x1 drawn\n"},
		{"two ways", newTask(forked...), 2 * time.Second, nil, "done [succeeded] at 12s x1\nqueued [pending] at 12s x3 drawn\n"},
		{"an end", newTask(threeSteps()...), time.Minute, nil, ""},
		{"an end that is left", kept, 12 * time.Second, nil, "queued [pending] at 1m12s x1 drawn\n"},
		{"an end that is forgotten before", newTask(forgotten...), 12 * time.Second, nil, ""},
		{"somebody ended it", newTask(threeSteps()...), time.Second, ended, ""},
		{"somebody expired it", newTask(threeSteps()...), time.Second, expired, ""},
		{"never read", counted, 0, nil, "running [running] after 2 reads x1 drawn\n"},
		{"read once", counted, time.Hour, read, "running [running] after 1 reads x1 drawn\n"},
		{"subtasks before", late, -1, nil, "sub 0: running [running] at 0s x1 drawn\nsub 1: running [pending] at 0s x1 drawn\n"},
		{"one waits", late, 0, nil, "sub 0: done [succeeded] at 10s x1 drawn\nsub 1: running [running] at 3s x1 drawn\n"},
		{"both run", late, 3 * time.Second, nil, "sub 0: done [succeeded] at 10s x1 drawn\nsub 1: done [succeeded] at 13s x1 drawn\n"},
	} {
		if got := briefWays(tt.k.Ways(at(tt.at), tt.r)); got != tt.want {
			t.Errorf("%s:\n%swant:\n%s", tt.what, got, tt.want)
		}
	}
}

// The first of the drawn ways by time is the next edge.
func TestTheDrawnWayIsTheNextEdge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := drawTask(t)
		r, now := drawRecord(t, k)
		now = now.Add(time.Duration(rapid.IntRange(0, 9000).Draw(t, "ms")) * time.Millisecond)
		if rapid.Bool().Draw(t, "before creation") {
			r, now = &Record{}, at(-time.Second)
		}
		var first *Way
		drawn := map[int]int{}
		for _, w := range k.Ways(now, r) {
			if w.ByReads != w.At.IsZero() || w.Weight < 1 || w.ByReads && w.Reads < 0 {
				t.Fatalf("%+v", w)
			}
			if w.Drawn {
				drawn[w.Sub]++
			} else {
				drawn[w.Sub] += 0
			}
			if w.Drawn && !w.ByReads && (first == nil || w.At.Before(first.At)) {
				first = &w
			}
		}
		for sub, n := range drawn {
			if n != 1 {
				t.Fatalf("sub %d: %d ways are drawn", sub, n)
			}
		}
		next, have := k.NextEdge(now, r)
		if first == nil {
			if have && !next.Expired {
				t.Fatalf("no way, but %+v", next)
			}
			return
		}
		if !have || first.At.Before(next.At) || !next.Expired && (next.At != first.At || next.To != first.State || next.Sub != first.Sub || next.Phase != first.Phase) {
			t.Fatalf("way %+v, next edge %+v %v", *first, next, have)
		}
	})
}

// So many more reads show the present state, and the one after them goes the way
// that is drawn.
func TestReadsGoTheDrawnWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := drawTask(t)
		k.Definition.Subtasks = 0
		r, now := drawRecord(t, k)
		for _, w := range k.Ways(now, r) {
			if !w.ByReads || !w.Drawn {
				continue
			}
			steps := k.At(now, r).Steps
			for range w.Reads {
				if k.Read(now, r); k.At(now, r).Steps != steps {
					t.Fatalf("%+v: it went on earlier", w)
				}
			}
			k.Read(now, r)
			all := k.Explain(now, r)
			for _, s := range all[len(all)-(k.At(now, r).Steps-steps):] {
				if s.To != w.State || s.Reason.Cause != ByRead {
					t.Fatalf("%+v: it went %+v", w, s)
				}
				break // what follows takes no time
			}
		}
	})
}
