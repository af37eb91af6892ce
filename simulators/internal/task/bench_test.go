package task

import (
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

func benchmarkAt(b *testing.B, k Task, now time.Time, r *Record) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		if s := k.At(now, r); s.Steps == 0 {
			b.Fatal("nothing happened")
		}
	}
}

// lucky is three states with every kind of draw.
func lucky() []scenarios.State {
	states := threeSteps()
	states[0].After = &scenarios.Duration{Min: time.Second, Max: 5 * time.Second}
	states[1].After = &scenarios.Duration{P50: 5 * time.Second, P95: 20 * time.Second}
	states[1].To = []scenarios.Branch{{State: "done", Weight: 9}, {State: "broken", Weight: 1}}
	return append(states, scenarios.State{Name: "broken", Phase: scenarios.Failed})
}

// circle goes round once in 200 ms.
func circle() []scenarios.State {
	return []scenarios.State{
		{Name: "up", Phase: scenarios.Running, After: fixed(100 * time.Millisecond), To: to("down")},
		{Name: "down", Phase: scenarios.Paused, After: fixed(100 * time.Millisecond), To: to("up")},
	}
}

func BenchmarkAt(b *testing.B) { benchmarkAt(b, newTask(threeSteps()...), at(time.Minute), nil) }
func BenchmarkAtMidway(b *testing.B) {
	benchmarkAt(b, newTask(threeSteps()...), at(5*time.Second), nil)
}
func BenchmarkAtLucky(b *testing.B) { benchmarkAt(b, newTask(lucky()...), at(time.Hour), nil) }

func BenchmarkAtRecord(b *testing.B) {
	benchmarkAt(b, newTask(threeSteps()...), at(time.Minute), &Record{})
}

func BenchmarkAtFiveSubtasks(b *testing.B) {
	benchmarkAt(b, withSubtasks(newTask(threeSteps()...), 5, time.Second), at(5*time.Second), nil)
}

func BenchmarkAtCircle1000(b *testing.B) {
	benchmarkAt(b, newTask(circle()...), at(100*time.Second), nil)
}

func BenchmarkAtCircle1000Memo(b *testing.B) {
	benchmarkAt(b, newTask(circle()...), at(100*time.Second), &Record{})
}

func BenchmarkReadAndAt(b *testing.B) {
	k := newTask(scenarios.State{Name: "queued", Phase: scenarios.Pending, Polls: 1 << 40, To: to("done")},
		scenarios.State{Name: "done", Phase: scenarios.Succeeded})
	r, now := &Record{}, at(time.Second)
	b.ReportAllocs()
	for b.Loop() {
		k.Read(now, r)
		if k.At(now, r).Reads == 0 {
			b.Fatal("not read")
		}
	}
}

func BenchmarkEdges(b *testing.B) {
	k := newTask(lucky()...)
	b.ReportAllocs()
	for b.Loop() {
		if len(k.Edges(born, at(time.Hour), nil)) != 2 {
			b.Fatal("not two edges")
		}
	}
}
