package tenant

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

const many = 1_000_000

// manyOf are very many tasks of a lifecycle of the scenario life.
func manyOf(b *testing.B, lifecycle string) (*Tenant, *Tasks) {
	n, tasks, _ := tasksOf(b, fmt.Sprintf("name: served\nclock: {mode: frozen}\n%stasks:\n- {lifecycle: %s, count: %d}\n", life, lifecycle, many), "acme")
	return n, tasks
}

var runningTasks = Query{Match: func(e Entry) bool { return e.Phase == scenarios.Running }}

// BenchmarkListByState is a page by state, while time leads some tasks on: by a
// millisecond, in which some 1,000 of a million change, and by nothing.
func BenchmarkListByState(b *testing.B) {
	for _, step := range []time.Duration{0, time.Millisecond, 100 * time.Millisecond} {
		b.Run(step.String(), func(b *testing.B) {
			n, tasks := manyOf(b, "lucky")
			n.AdvanceBy(100 * time.Second)
			tasks.List(n.Clock.Now(), runningTasks, 0, 25)
			for b.Loop() {
				_ = n.Clock.Advance(n.Clock.Now().Add(step))
				if p := tasks.List(n.Clock.Now(), runningTasks, 10_000, 25); len(p.Entries) != 25 {
					b.Fatal(p.Total)
				}
			}
		})
	}
}

// BenchmarkFirstListByState is what the first one pays, of tasks with and without
// luck.
func BenchmarkFirstListByState(b *testing.B) {
	for _, lifecycle := range []string{"lucky", "timed", "counted"} {
		b.Run(lifecycle, func(b *testing.B) {
			n, tasks := manyOf(b, lifecycle)
			_ = n.Clock.Advance(n.Clock.Now().Add(10 * time.Second))
			for b.Loop() {
				tasks.lists.rolls.Store(nil)
				tasks.List(n.Clock.Now(), runningTasks, 0, 25)
			}
		})
	}
}

// BenchmarkListAtOnce is the page after all tasks changed at one instant, by time.
func BenchmarkListAtOnce(b *testing.B) {
	n, tasks, _ := tasksOf(b, fmt.Sprintf("name: served\nclock: {mode: frozen}\nlifecycles: {c: {up: {phase: running, after: 1s, to: down}, down: {phase: paused, after: 1s, to: up}}}\ntasks:\n- {lifecycle: c, count: %d}\n", many), "acme")
	tasks.List(n.Clock.Now(), runningTasks, 0, 25)
	for b.Loop() {
		_ = n.Clock.Advance(n.Clock.Now().Add(time.Second))
		tasks.List(n.Clock.Now(), runningTasks, 0, 25)
	}
}

// BenchmarkFind is the task of an id among few and very many, and among many
// entries.
func BenchmarkFind(b *testing.B) {
	for _, vendor := range []string{"acme", "bolt", "num"} {
		for _, yaml := range []string{"- {count: 100}\n", "- {count: 1000000}\n", entries(1000)} {
			n, tasks, _ := tasksOf(b, "name: served\n"+life+"tasks:\n"+yaml, vendor)
			var ids []string
			for ref := range tasks.All() {
				if ids = append(ids, tasks.ID(ref)); len(ids) == 10_000 {
					break
				}
			}
			b.Run(fmt.Sprintf("%s/%d", vendor, tasks.Total()), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, ok := tasks.Find(ids[rand.IntN(len(ids))]); !ok {
						b.Fatal("not found")
					}
				}
			})
			_ = n
		}
	}
}

func entries(n int) string {
	yaml := ""
	for i := range n {
		yaml += fmt.Sprintf("- {name: t%d}\n", i)
	}
	return yaml
}

// BenchmarkRead is one read of one of very many tasks: by time alone, and counted.
func BenchmarkRead(b *testing.B) {
	for _, lifecycle := range []string{"timed", "lucky", "counted"} {
		for _, of := range []int{100, many} {
			b.Run(fmt.Sprintf("%s/%d", lifecycle, of), func(b *testing.B) {
				n, tasks := manyOf(b, lifecycle)
				_ = n.Clock.Advance(n.Clock.Now().Add(time.Second))
				now := n.Clock.Now()
				b.ReportAllocs()
				for b.Loop() {
					ref := Ref{index: rand.IntN(of)}
					if _, steady := tasks.Version(ref); steady == (lifecycle == "counted") {
						b.Fatal(steady)
					}
					if e, _ := tasks.Read(now, ref); len(e) != 1 {
						b.Fatal("not read")
					}
				}
			})
		}
	}
}

// BenchmarkRecord is what is kept of a task that was polled, where reads count.
func BenchmarkRecord(b *testing.B) {
	n, tasks := manyOf(b, "counted")
	now := n.Clock.Now()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	i := 0
	for b.Loop() {
		tasks.Read(now, Ref{index: i % many})
		i++
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(min(i, many)), "heap-B/task")
	runtime.KeepAlive(tasks)
}

// BenchmarkListCreated is a page of a list of as many created tasks as there may be.
func BenchmarkListCreated(b *testing.B) {
	n, tasks, _ := tasksOf(b, "name: served\nclock: {mode: frozen}\n"+life+"tasks: []\n", "acme")
	for range MaxCreated {
		if _, err := tasks.Create(n.Clock.Now(), Creation{Lifecycle: "lucky", Data: 1}); err != nil {
			b.Fatal(err)
		}
	}
	n.AdvanceBy(100 * time.Second)
	for b.Loop() {
		if p := tasks.List(n.Clock.Now(), runningTasks, 1000, 25); len(p.Entries) != 25 {
			b.Fatal(p.Total)
		}
	}
}
