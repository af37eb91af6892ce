package task

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Where a task stands is what At shows of it, now and at every instant before
// Next.
func TestStandIsWhatAtShows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := drawTask(t)
		var r *Record
		now := drawInstant(t, "now")
		if rapid.Bool().Draw(t, "has a record") {
			r, _ = drawRecord(t, k)
			if n := r.Len(); n > 0 && r.history[n-1].At.After(now) {
				now = r.history[n-1].At // what is asked is never older than what happened
			}
		}
		stand := k.Stand(now, forgetful(r))
		checkStand(t, k, stand, k.At(now, r))
		later := now.Add(time.Duration(rapid.IntRange(0, 10_000).Draw(t, "later")) * time.Millisecond)
		if later.UnixMicro() >= stand.Next {
			return
		}
		if s := k.Stand(later, r); s.State != stand.State || s.Expired != stand.Expired || s.Future != stand.Future {
			t.Fatalf("%+v, but at %v, before its next, %+v", stand, later, s)
		}
	})
}

func checkStand(t *rapid.T, k Task, stand Standing, s Snapshot) {
	if stand.Future != s.Future || stand.Expired != s.Expired {
		t.Fatalf("stands %+v, shows %+v", stand, s)
	}
	if s.Future {
		return
	}
	if stand.State < 0 || stand.State >= k.States() {
		t.Fatalf("state %d of %d", stand.State, k.States())
	}
	shown := k.Shown(stand.State)
	if k.Subtasks > 0 {
		s.Error, s.Set = nil, nil // the parts'
	}
	if shown.State != s.State || shown.Phase != s.Phase || shown.Error != s.Error || !reflect.DeepEqual(shown.Set, s.Set) {
		t.Fatalf("stands as %+v, shows %+v", shown, s)
	}
}

// Tasks of a lifecycle in which luck has no part stand alike whatever their luck.
func TestAlike(t *testing.T) {
	alike := 0
	rapid.Check(t, func(t *rapid.T) {
		k, now := drawTask(t), drawInstant(t, "now")
		if !k.Lifecycle.Alike() {
			return
		}
		alike++
		other := k
		other.Luck = rapid.Uint64().Draw(t, "luck")
		if a, b := k.Stand(now, nil), other.Stand(now, nil); a != b {
			t.Fatalf("%+v and %+v", a, b)
		}
	})
	if alike == 0 {
		t.Error("no lifecycle was without luck")
	}
	if !newTask(threeSteps()...).Lifecycle.Alike() || newTask(lucky()...).Lifecycle.Alike() {
		t.Error("three steps of a fixed length are alike, and lucky ones are not")
	}
}

func TestLuckOfNth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed, stem, n := rapid.Int64().Draw(t, "seed"), rapid.String().Draw(t, "stem"), rapid.IntRange(1, 5_000_000).Draw(t, "n")
		if got, want := LuckOfNth(seed, stem, n), LuckOf(seed, fmt.Sprintf("%s/#%d", stem, n)); got != want {
			t.Fatalf("%x, want %x", got, want)
		}
	})
}

func BenchmarkStand(b *testing.B) {
	k, now := newTask(lucky()...), at(time.Hour)
	b.ReportAllocs()
	for b.Loop() {
		if k.Stand(now, nil).State == 0 {
			b.Fatal("nothing happened")
		}
	}
}

func BenchmarkLuckOfNth(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		LuckOfNth(1, "sailpoint/task/#1", 123456)
	}
}
