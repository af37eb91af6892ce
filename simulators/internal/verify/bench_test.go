package verify

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// usual is what a scenario may expect.
func usual() []scenarios.Expect {
	return []scenarios.Expect{
		{Call: "poll", MinGap: time.Second, Max: 40},
		{RetryAfter: "respected"},
		{NoCallsAfter: "end", Grace: 1},
		{EveryTask: "seen_end", Within: 10 * time.Minute},
	}
}

// poll is the n-th poll of a task.
func poll(n int, task string, tasks []Task) Observation {
	when := time.Duration(n) * time.Second
	tasks[0] = Task{ID: task}
	return Observation{
		Real: born.Add(when), At: born.Add(when), Lived: when, Speed: 1, Status: 200,
		Vendor: "acme", Operation: "getTaskStatus", Kind: "poll", Tasks: tasks, Asked: task,
	}
}

// Requests that come at once are each counted once. Run with -race.
func TestConcurrentObservations(t *testing.T) {
	o := New(allRules())
	const clients, each = 8, 200
	var wait sync.WaitGroup
	for c := range clients {
		wait.Go(func() {
			for i := range each {
				task := fmt.Sprint("t", i%10)
				o.Observe(poll(c*each+i, task, make([]Task, 1)))
				if i%50 == 0 {
					o.Report(after(time.Hour))
					o.Rules(allRules())
				}
			}
		})
	}
	wait.Wait()
	r := o.Report(after(time.Hour))
	if r.Calls != clients*each {
		t.Errorf("%d calls, want %d", r.Calls, clients*each)
	}
	if got := line(t, r, "poll_gaps").Figures["count"]; got != int64(clients*each-10) {
		t.Errorf("%v gaps, want %d", got, clients*each-10)
	}
}

// A task that was seen before costs no allocation, whatever is expected.
func TestAKnownTaskAllocatesNothing(t *testing.T) {
	o := New(allRules())
	tasks := make([]Task, 1)
	n := 0
	if got := testing.AllocsPerRun(1000, func() {
		n++
		o.Observe(poll(n, "id12345", tasks))
	}); got != 0 {
		t.Errorf("%v allocations a call", got)
	}
}

// Of 100,000 tasks seen ended, each costs less than 150 bytes, its id included.
func TestMemoryOfATask(t *testing.T) {
	const tasks = 100_000
	shown := make([]Task, 1)
	used := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := used()
	o := New(usual())
	for i := range tasks {
		call := poll(i, fmt.Sprintf("65f46d08c6d2865b%08x", i), shown)
		shown[0].Ended = true
		o.Observe(call)
	}
	each := (used() - before) / tasks
	t.Logf("%d bytes a task", each)
	if each >= 150 {
		t.Errorf("%d bytes a task", each)
	}
	runtime.KeepAlive(o)
}

func BenchmarkObserve(b *testing.B) {
	for _, tasks := range []int{1, 100_000} {
		for name, rules := range map[string][]scenarios.Expect{"card": nil, "usual": usual()} {
			b.Run(fmt.Sprintf("%s/tasks=%d", name, tasks), func(b *testing.B) {
				o := New(rules)
				ids := make([]string, tasks)
				for i := range ids {
					ids[i] = fmt.Sprintf("65f46d08c6d2865b%08x", i)
				}
				shown := make([]Task, 1)
				for i, id := range ids {
					o.Observe(poll(i, id, shown))
				}
				b.ReportAllocs()
				b.ResetTimer()
				for i := range b.N {
					o.Observe(poll(tasks+i, ids[i%tasks], shown))
				}
			})
		}
	}
}
