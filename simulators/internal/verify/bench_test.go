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
				observe(o, poll(c*each+i, task, make([]Task, 1)))
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

// A task that was seen before costs no allocation, whatever is expected and
// whatever it is answered.
func TestAKnownTaskAllocatesNothing(t *testing.T) {
	for name, spoil := range map[string]func(o Observation, n int) Observation{
		"answered": func(o Observation, _ int) Observation { return o },
		"refused in turn": func(o Observation, n int) Observation {
			if n%4 > 0 {
				o.Status, o.Tasks = 503, nil
			}
			return o
		},
		"told to wait in turn": func(o Observation, n int) Observation {
			if n%4 > 0 {
				o.Status, o.RetryAfter, o.Tasks = 429, 1, nil
			}
			return o
		},
		"starts lost in turn": func(o Observation, n int) Observation {
			o.Kind, o.Body, o.Asked, o.Tasks = "start", 7, "", nil
			o.Lost, o.Done = n%2 > 0, true
			return o
		},
	} {
		o := New(allRules())
		tasks := make([]Task, 1)
		n := 0
		var call Observation
		if got := testing.AllocsPerRun(1000, func() {
			n++
			call = spoil(poll(n, "id12345", tasks), n)
			o.Observe(&call)
		}); got != 0 {
			t.Errorf("%s: %v allocations a call", name, got)
		}
	}
}

// Of calls that were refused for good, so many are followed and no more: what
// starts ask for comes from clients.
func TestRefusedStartsAreBounded(t *testing.T) {
	o := New([]scenarios.Expect{{Retried: "every_refusal"}})
	for n := range mostAttempts + 10 {
		call := poll(0, "", make([]Task, 1))
		call.Kind, call.Tasks, call.Body = "start", nil, uint64(n+1)
		call.Status = 503
		o.Observe(&call)
		call.RetryAfter = 1
		o.Observe(&call)
		call.Lost, call.Done = true, true
		o.Observe(&call)
	}
	if n := len(o.rules[0].tracker.(*retries).pending); n != mostAttempts {
		t.Errorf("%d calls that were told to wait are kept", n)
	}
	for _, l := range o.card {
		switch tr := l.tracker.(type) {
		case *backoff:
			if len(tr.open) > mostAttempts {
				t.Errorf("%d runs are kept", len(tr.open))
			}
		case *lost:
			if len(tr.open) != mostAttempts {
				t.Errorf("%d lost replies are kept", len(tr.open))
			}
		}
	}
	// All that are followed are made again; that nobody knows of the rest.
	for n := range mostAttempts {
		call := poll(1, "", make([]Task, 1))
		call.Kind, call.Tasks, call.Body = "start", nil, uint64(n+1)
		o.Observe(&call)
	}
	if e := o.Report(after(time.Hour)).Expectations[0]; e.Verdict != Inconclusive || e.Found != "more calls were told to wait than are followed" {
		t.Errorf("%s: %s", e.Verdict, e.Found)
	}
}

// Of 100,000 tasks seen ended, each costs less than 100 bytes, its id included, and
// what a scenario expects of them some 16 more for each rule.
func TestMemoryOfATask(t *testing.T) {
	const tasks = 100_000
	used := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for name, tt := range map[string]struct {
		rules []scenarios.Expect
		most  uint64
	}{"card": {nil, 100}, "usual": {usual(), 145}} {
		before := used()
		o := New(tt.rules)
		shown := make([]Task, 1)
		for i := range tasks {
			call := poll(i, fmt.Sprintf("65f46d08c6d2865b%08x", i), shown)
			shown[0].Ended = true
			o.Observe(&call)
		}
		each := (used() - before) / tasks
		t.Logf("%s: %d bytes a task", name, each)
		if each >= tt.most {
			t.Errorf("%s: %d bytes a task", name, each)
		}
		runtime.KeepAlive(o)
	}
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
					observe(o, poll(i, id, shown))
				}
				call := poll(tasks, "", shown)
				i := 0
				b.ReportAllocs()
				for b.Loop() {
					i++
					call.Real, call.Lived = call.Real.Add(time.Millisecond), call.Lived+time.Millisecond
					call.Asked = ids[i%tasks]
					shown[0].ID = call.Asked
					o.Observe(&call)
				}
			})
		}
	}
}
