package traffic

import (
	"fmt"
	"sync"
	"testing"
)

func TestAnswersAreKeptFromTheSecondTimeOn(t *testing.T) {
	a := NewAnswers(NewBudget(1 << 20))
	for i, want := range []any{nil, "answer", "answer"} {
		a.Put([]byte("request"), "answer", 6)
		if got := a.Get([]byte("request")); got != want {
			t.Errorf("after %d: %v, want %v", i+1, got, want)
		}
	}
	if got := a.Get([]byte("another")); got != nil {
		t.Errorf("another: %v", got)
	}
	a.Drop()
	if got := a.Get([]byte("request")); got != nil {
		t.Errorf("after Drop: %v", got)
	}
}

// A request is met from its second time on, whoever asks, and then Put keeps it.
func TestMeets(t *testing.T) {
	a := NewAnswers(NewBudget(1 << 20))
	for i, want := range []bool{false, true, true} {
		if got := a.Meets([]byte("request")); got != want {
			t.Errorf("time %d: %v, want %v", i+1, got, want)
		}
	}
	if a.Put([]byte("request"), "answer", 6); a.Get([]byte("request")) != "answer" {
		t.Error("not kept though it was met before")
	}
	if a.Drop(); a.Meets([]byte("request")) {
		t.Error("met though all is dropped")
	}
}

// held is what a store has taken of its budget.
func held(a *Answers) int64 { return a.size.Load() + a.seen.size() }

// The budget is never overspent and all of it comes back.
func TestAnswersStayWithinTheBudget(t *testing.T) {
	const budget = 10_000
	b := NewBudget(budget)
	one, other := NewAnswers(b), NewAnswers(b)
	for i := range 500 {
		for _, a := range []*Answers{one, other} {
			request := fmt.Appendf(nil, "request %d", i%90)
			a.Put(request, i, i)
			a.Put(request, i, i)
			if left := b.left.Load(); left < 0 || left+held(one)+held(other) != budget {
				t.Fatalf("%d left, %d and %d kept", left, held(one), held(other))
			}
		}
	}
	one.Drop()
	other.Drop()
	if left := b.left.Load(); left != budget {
		t.Errorf("%d left of %d", left, budget)
	}
}

// What does not fit at all is not kept, and drives out nothing of others.
func TestAnAnswerOverTheBudget(t *testing.T) {
	b := NewBudget(1000)
	one, other := NewAnswers(b), NewAnswers(b)
	for range 2 {
		other.Put([]byte("small"), 1, 10)
	}
	for range 2 {
		one.Put([]byte("large"), 2, 2000)
	}
	if one.Get([]byte("large")) != nil || other.Get([]byte("small")) != 1 {
		t.Errorf("large: %v, small: %v", one.Get([]byte("large")), other.Get([]byte("small")))
	}
}

// A request that outlives its tenant must not take room that nobody gives back.
func TestAnswersOfATenantThatIsGone(t *testing.T) {
	b := NewBudget(2000)
	a := NewAnswers(b)
	a.Drop()
	for range 3 {
		a.Put([]byte("request"), "answer", 500)
	}
	if left := b.left.Load(); left != 2000 || a.Get([]byte("request")) != nil {
		t.Errorf("%d left of 2000", left)
	}
}

// Requests of many tenants at once: all room comes back. Run with -race.
func TestAnswersAtOnce(t *testing.T) {
	b := NewBudget(20_000)
	all := make([]*Answers, 4)
	var wg sync.WaitGroup
	for i := range all {
		a := NewAnswers(b)
		all[i] = a
		for range 4 {
			wg.Go(func() {
				for n := range 600 {
					request := fmt.Appendf(nil, "request %d", n%60)
					a.Put(request, n%60, 300)
					if got := a.Get(request); got != nil && got != n%60 {
						t.Errorf("%s: got %v", request, got)
					}
				}
			})
		}
	}
	wg.Wait()
	for _, a := range all {
		a.Drop()
	}
	if left := b.left.Load(); left != 20_000 {
		t.Errorf("%d left of 20000", left)
	}
}
