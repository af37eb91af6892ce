package traffic

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// A store is a map that may forget: what it gives was the last that was put, the
// budget is exact at every step, and where there is room for all it forgets
// nothing that it has met twice.
func TestAnswersAreAMapThatMayForget(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const ample = 1 << 20
		total := rapid.SampledFrom([]int64{1500, 6000, ample}).Draw(t, "budget")
		b := NewBudget(total)
		all := []*Answers{NewAnswers(b), NewAnswers(b), NewAnswers(b)}
		put, gone := map[string]any{}, map[int]bool{}
		for step := range rapid.IntRange(1, 200).Draw(t, "steps") {
			i := rapid.IntRange(0, len(all)-1).Draw(t, "tenant")
			a, request := all[i], fmt.Sprint("request ", rapid.IntRange(0, 40).Draw(t, "request"))
			name := fmt.Sprint(i, request)
			switch do := rapid.IntRange(0, 60).Draw(t, "do"); {
			case do == 0:
				a.Drop()
				gone[i] = true
			case do < 30:
				size := rapid.IntRange(0, 1400).Draw(t, "size")
				a.Put([]byte(request), step, size)
				a.Put([]byte(request), step, size)
				put[name] = step
			default:
				got := a.Get([]byte(request))
				if got != nil && (gone[i] || got != put[name]) {
					t.Fatalf("%s: %v, want %v", name, got, put[name])
				}
				if got == nil && total == ample && !gone[i] && put[name] != nil {
					t.Fatalf("%s: forgotten", name)
				}
			}
			holders := 0
			sum := b.left.Load()
			for _, a := range all {
				sum += held(a)
				if len(a.all) > 0 {
					holders++
				}
			}
			if left := b.left.Load(); left < 0 || sum != total || len(b.holders) != holders {
				t.Fatalf("%d left, %d in all of %d; %d of %d hold something", left, sum, total, len(b.holders), holders)
			}
		}
		for _, a := range all {
			a.Drop()
		}
		if left := b.left.Load(); left != total || len(b.holders) > 0 {
			t.Fatalf("%d left of %d", left, total)
		}
	})
}

// What is asked for all the time stays while thousands come and go that are asked
// for twice.
func TestAnswersThatAreGivenStay(t *testing.T) {
	const hot, size = 50, 1000
	a := NewAnswers(NewBudget(200 * (size + perAnswer + 20)))
	for i := range hot {
		twice(a, fmt.Sprint("hot ", i), size)
	}
	for i := range 5000 {
		twice(a, fmt.Sprint("cold ", i), size)
		for i := range hot {
			a.Get(fmt.Append(nil, "hot ", i))
		}
	}
	kept := 0
	for i := range hot {
		if a.Get(fmt.Append(nil, "hot ", i)) != nil {
			kept++
		}
	}
	if kept < hot*9/10 {
		t.Errorf("%d of %d are kept", kept, hot)
	}
	if n := len(a.all); n < 190 {
		t.Errorf("%d are kept where there is room for 200", n)
	}
}

func twice(a *Answers, request string, size int) {
	a.Put([]byte(request), request, size)
	a.Put([]byte(request), request, size)
}

// A tenant that has taken all the room gives some of it to one that has none.
func TestAnswersAreShared(t *testing.T) {
	const size = 1000
	b := NewBudget(200 * (size + perAnswer + 20))
	greedy, late := NewAnswers(b), NewAnswers(b)
	for i := range 500 {
		twice(greedy, fmt.Sprint("one ", i), size)
	}
	for range 3 {
		for i := range 80 {
			twice(late, fmt.Sprint("two ", i), size)
		}
		for i := range 500 {
			twice(greedy, fmt.Sprint("one ", i), size)
		}
	}
	if n, other := len(late.all), len(greedy.all); n != 80 || other < 100 {
		t.Errorf("%d are kept of the one who came late, %d of the other", n, other)
	}
}

// A client that asks for a thousand tasks in turn is given kept answers after some
// rounds, though each comes again only after all the others.
func TestAnswersOfManyTasksInTurn(t *testing.T) {
	const tasks = 1000
	b := NewBudget(64 << 20)
	a := NewAnswers(b)
	for range 12 {
		for i := range tasks {
			if request := fmt.Append(nil, "task ", i); a.Get(request) == nil {
				a.Put(request, i, 500)
			}
		}
	}
	if n := len(a.all); n < tasks*9/10 {
		t.Errorf("%d of %d are kept", n, tasks)
	}
	if n := a.seen.size(); n > 16<<10 {
		t.Errorf("%d bytes for what was met", n)
	}
}

// The key of a request is some 200 bytes, with the headers that its contract names.
func requests(n int) [][]byte {
	all := make([][]byte, n)
	for i := range all {
		all[i] = fmt.Appendf(nil, "getTaskStatus\x00http://127.0.0.1:8080/sailpoint\x00/v2025/task-status/65f46d08c6d2865b%08x\x00\x00application/json\x00\x01true\x00\x01", i)
	}
	return all
}

func BenchmarkAnswersGet(b *testing.B) {
	for _, n := range []int{1, 40_000} {
		a, all := NewAnswers(NewBudget(64<<20)), requests(n)
		for _, request := range all {
			a.Put(request, &n, 500)
			a.Put(request, &n, 500)
		}
		b.Run(fmt.Sprint("kept=", n), func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if i++; a.Get(all[i%n]) == nil {
					b.Fatal("not kept")
				}
			}
		})
		b.Run(fmt.Sprint("parallel/kept=", n), func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for i := 0; pb.Next(); i++ {
					if a.Get(all[i%n]) == nil {
						b.Error("not kept")
					}
				}
			})
		})
	}
}

// A million tasks in turn never fit: what each request pays that finds nothing, and
// where each is kept as another is forgotten.
func BenchmarkAnswersPut(b *testing.B) {
	all := requests(1_000_000)
	for name, times := range map[string]int{"once": 1, "twice": 2} {
		b.Run(name, func(b *testing.B) {
			a := NewAnswers(NewBudget(64 << 20))
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				i++
				for range times {
					a.Put(all[i%len(all)], &i, 1000)
				}
			}
		})
	}
}
