package push

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

type person struct{ name string }

// Each owner's messages are counted by themselves, from Send on until the last
// attempt has been told.
func TestPendingByOwner(t *testing.T) {
	q := testQueue(t)
	_, let := stuck(q)
	ann, bob := &person{"ann"}, &person{"ann"} // alike, but not the same
	for i, owner := range []any{ann, bob, ann, nil, ann} {
		q.Send(Message{Owner: owner, Tried: func(a Attempt) {
			if n := q.Pending(owner); n == 0 {
				t.Errorf("message %d: none pending while its last attempt is told", i)
			}
		}})
	}
	if a, b, c, d := q.Pending(ann), q.Pending(bob), q.Pending(nil), q.Pending("nobody"); a != 3 || b != 1 || c != 1 || d != 0 {
		t.Errorf("pending %d, %d, %d, %d", a, b, c, d)
	}
	if err := q.Drained(t.Context(), "nobody"); err != nil {
		t.Error(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := q.Drained(ended, ann); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	close(let)
	for _, owner := range []any{ann, bob, nil} {
		if err := q.Drained(t.Context(), owner); err != nil || q.Pending(owner) != 0 {
			t.Errorf("%v, %d pending", err, q.Pending(owner))
		}
	}
}

// What is not accepted is not pending.
func TestDroppedIsNotPending(t *testing.T) {
	q := testQueue(t)
	stuck(q)
	for range Capacity {
		q.Send(Message{Owner: "ann"})
	}
	if q.Send(Message{Owner: "bob"}) || q.Pending("bob") != 0 || q.Pending("ann") != Capacity || q.Waiting() != Capacity {
		t.Errorf("pending %d and %d, all %d", q.Pending("bob"), q.Pending("ann"), q.Waiting())
	}
}

// Drained waits for all attempts of a message and for what is sent meanwhile, and
// for nobody else's messages.
func TestDrained(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(nil, slog.New(slog.DiscardHandler))
		defer q.Close()
		q.post = func(_ context.Context, m *Message) (int, error) {
			if m.URL == "good" {
				return 200, nil
			}
			return 500, nil
		}
		var told []string
		var mu sync.Mutex
		note := func(text string) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, text)
		}
		q.Send(Message{URL: "bad", Owner: "ann", Tried: func(a Attempt) {
			note(fmt.Sprint("bad ", a.Last))
			if a.Last { // one message leads to another
				q.Send(Message{URL: "good", Owner: "ann", Tried: func(Attempt) { note("good") }})
			}
		}})
		drained := false
		go func() {
			if err := q.Drained(t.Context(), "ann"); err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if want := "[bad false bad false bad false bad false bad true good]"; fmt.Sprint(told) != want {
				t.Errorf("drained after %v", told)
			}
			drained = true
		}()
		q.Send(Message{URL: "good", Owner: "bob"})
		if err := q.Drained(t.Context(), "bob"); err != nil || q.Pending("ann") == 0 {
			t.Errorf("%v, ann has %d pending", err, q.Pending("ann"))
		}
		short, cancel := context.WithTimeout(t.Context(), 14*time.Second) // the last attempt is after 15 s
		defer cancel()
		if err := q.Drained(short, "ann"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after 14 s: %v", err)
		}
		<-time.After(2 * time.Second)
		synctest.Wait()
		if !drained {
			t.Error("still waiting")
		}
	})
}

// Closing drops what is waiting, resting and under way: nobody waits for that any
// more. synctest fails if a goroutine stays behind.
func TestCloseDrains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(nil, slog.New(slog.DiscardHandler))
		q.post = func(ctx context.Context, m *Message) (int, error) {
			if m.URL == "bad" {
				return 500, nil
			}
			<-ctx.Done()
			return 0, ctx.Err()
		}
		var drained atomic.Int32
		for _, owner := range []string{"bad", "stuck"} {
			for range 2 * Workers {
				q.Send(Message{URL: owner, Owner: owner})
			}
			synctest.Wait()
			go func() {
				if err := q.Drained(context.Background(), owner); err != nil {
					t.Error(err)
				}
				drained.Add(1)
			}()
		}
		synctest.Wait()
		if drained.Load() != 0 || q.Pending("bad") != 2*Workers || q.Pending("stuck") != 2*Workers {
			t.Errorf("%d drained; pending %d and %d", drained.Load(), q.Pending("bad"), q.Pending("stuck"))
		}
		q.Close()
		synctest.Wait()
		if drained.Load() != 2 || q.Pending("bad") != 0 || q.Pending("stuck") != 0 || q.Waiting() != 0 {
			t.Errorf("%d drained; pending %d and %d", drained.Load(), q.Pending("bad"), q.Pending("stuck"))
		}
		if q.Send(Message{Owner: "late"}); q.Pending("late") != 0 || q.Drained(t.Context(), "late") != nil {
			t.Error("a closed queue has something pending")
		}
	})
}

// Many send and wait at once. Run with -race.
func TestDrainedAtOnce(t *testing.T) {
	q := testQueue(t)
	q.post = func(context.Context, *Message) (int, error) { return 200, nil }
	var all sync.WaitGroup
	for owner := range 8 {
		all.Go(func() {
			var told atomic.Int32
			for i := range 50 {
				if !q.Send(Message{Owner: owner, Tried: func(Attempt) { told.Add(1) }}) {
					t.Error("dropped")
					return
				}
				if i%10 > 0 {
					continue
				}
				if err := q.Drained(t.Context(), owner); err != nil || int(told.Load()) != i+1 || q.Pending(owner) != 0 {
					t.Errorf("%v, %d told of %d, %d pending", err, told.Load(), i+1, q.Pending(owner))
				}
			}
		})
	}
	all.Wait()
}
