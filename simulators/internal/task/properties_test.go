package task

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A later instant never shows an earlier state, and nothing shown lies ahead.
func TestLaterIsNeverEarlier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := drawTask(t)
		r, _ := drawRecord(t, k)
		a, b := drawInstant(t, "a"), drawInstant(t, "b")
		if b.Before(a) {
			a, b = b, a
		}
		before, after := k.At(a, r), k.At(b, r)
		if after.Steps < before.Steps || after.Future && !before.Future || before.Expired && !after.Expired {
			t.Fatalf("%v: %+v\n%v: %+v", a, before, b, after)
		}
		for _, s := range append([]Snapshot{after}, after.Subtasks...) {
			if s.Stepped.After(b) || s.Changed.After(b) || s.Changed.Before(s.Stepped) {
				t.Fatalf("at %v: stepped %v, changed %v", b, s.Stepped, s.Changed)
			}
			if !s.Until.IsZero() && !s.Until.After(b) {
				t.Fatalf("at %v: until %v", b, s.Until)
			}
			if s.Progress < 0 || s.Progress > 100 {
				t.Fatalf("%d percent", s.Progress)
			}
			if s.Phase.Ended() == s.Ended.IsZero() {
				t.Fatalf("%s, but ended %v", s.Phase, s.Ended)
			}
			if s.Started.After(b) || s.Ended.After(b) || !s.Ended.IsZero() && s.Ended.Before(s.Started) {
				t.Fatalf("at %v: started %v, ended %v", b, s.Started, s.Ended)
			}
			for i, m := range s.Messages {
				if m.At.After(s.Stepped) || i > 0 && m.At.Before(s.Messages[i-1].At) {
					t.Fatalf("messages out of order, or ahead of %v: %v", s.Stepped, s.Messages)
				}
			}
		}
	})
}

// Reading a task that lives by time alone never changes what it shows, nor does
// looking at any task.
func TestLookingChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := drawTask(t)
		end := drawInstant(t, "end")
		if !k.NeedsRecord() {
			r := &Record{}
			for range rapid.IntRange(0, 20).Draw(t, "reads") {
				k.Read(drawInstant(t, "read"), r)
			}
			if got, want := k.At(end, r), k.At(end, nil); r.Len() > 0 || !reflect.DeepEqual(got, want) {
				t.Fatalf("read often: %+v\nnever read: %+v", got, want)
			}
			return
		}
		r, _ := drawRecord(t, k)
		want := k.At(end, forgetful(r))
		for range rapid.IntRange(0, 20).Draw(t, "looks") {
			look(k, r, drawInstant(t, "look"), drawInstant(t, "until"))
		}
		if got := k.At(end, r); !reflect.DeepEqual(got, want) {
			t.Fatalf("looked at: %+v\nnot looked at: %+v", got, want)
		}
	})
}

func look(k Task, r *Record, a, b time.Time) {
	k.At(a, r)
	k.Edges(a, b, r)
	k.NextEdge(b, r)
}

// The memo never shows: the same life is lived twice, once by a record that
// forgets it before everything, with looks in between.
func TestMemoNeverShows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := drawTask(t)
		with, without := &Record{}, &Record{}
		now := born.Add(-time.Second)
		for range rapid.IntRange(0, 15).Draw(t, "actions") {
			now = now.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "pause")) * time.Millisecond)
			look(k, with, drawInstant(t, "look"), drawInstant(t, "until"))
			without = forgetful(without)
			switch rapid.IntRange(0, 4).Draw(t, "action") {
			default:
				k.Read(now, with)
				k.Read(now, without)
			case 4:
				state := rapid.SampledFrom(k.Lifecycle.States()).Draw(t, "state")
				if a, b := with.Force(now, k, Whole, state), without.Force(now, k, Whole, state); a != b {
					t.Fatalf("force: %v, %v", a, b)
				}
			}
			then := drawInstant(t, "then")
			if a, b := k.At(then, with), k.At(then, forgetful(without)); !reflect.DeepEqual(a, b) {
				t.Fatalf("with the memo: %+v\nwithout: %+v", a, b)
			}
			if a, b := k.Edges(then, now, with), k.Edges(then, now, forgetful(without)); !reflect.DeepEqual(a, b) {
				t.Fatalf("with the memo:\n%swithout:\n%s", briefEdges(a), briefEdges(b))
			}
		}
		if !reflect.DeepEqual(with.History(), without.History()) {
			t.Fatalf("histories differ: %v, %v", with.History(), without.History())
		}
	})
}

// Another task, and what is done to it, changes nothing.
func TestAnotherTaskChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := drawTask(t)
		other := Task{k.Definition, LuckOf(7, "other"), born.Add(time.Second)}
		end := drawInstant(t, "end")
		want := k.At(end, nil)
		drawRecord(t, other)
		if got := k.At(end, nil); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}

// Following the edges from before the creation arrives at what At shows.
func TestEdgesLeadToAt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := drawTask(t)
		r, _ := drawRecord(t, k)
		now := drawInstant(t, "now")
		shot := k.At(now, r)
		steps, last := 0, map[int]Edge{}
		for _, e := range k.Edges(born.Add(-time.Hour), now, r) {
			if before, have := last[e.Sub]; have && (before.To != e.From && !e.Expired || e.At.Before(before.At) || before.Expired) {
				t.Fatalf("%+v does not follow %+v", e, before)
			}
			if e.Sub != Whole || k.Subtasks == 0 {
				steps++
			}
			last[e.Sub] = e
		}
		if steps != shot.Steps {
			t.Fatalf("%d edges, but %d steps", steps, shot.Steps)
		}
		if shot.Future {
			return
		}
		checkLast(t, last[Whole], shot)
		for i, s := range shot.Subtasks {
			checkLast(t, last[i], s)
		}
	})
}

func checkLast(t *rapid.T, e Edge, s Snapshot) {
	switch {
	case e.Expired != s.Expired, e.Phase != s.Phase:
		t.Fatalf("last edge %+v, shown %+v", e, s)
	case e.Expired:
	case s.State != "" && e.To != s.State, s.State == "" && e.To != string(s.Phase):
		t.Fatalf("last edge leads to %s, shown is %q, %s", e.To, s.State, s.Phase)
	case s.State == "" && s.Entered != e.At:
		t.Fatalf("last edge was at %v, the phase is said to have begun at %v", e.At, s.Entered)
	}
}

// Edges(a,c] are Edges(a,b] and Edges(b,c].
func TestEdgesJoin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := drawTask(t)
		r, _ := drawRecord(t, k)
		a, b, c := drawInstant(t, "a"), drawInstant(t, "b"), drawInstant(t, "c")
		if !(a.Before(b) && b.Before(c)) {
			return
		}
		parts := append(k.Edges(a, b, r), k.Edges(b, c, r)...)
		whole := k.Edges(a, c, r)
		if briefEdges(parts) != briefEdges(whole) {
			t.Fatalf("in two:\n%sat once:\n%s", briefEdges(parts), briefEdges(whole))
		}
		for _, e := range whole {
			if !e.At.After(a) || e.At.After(c) {
				t.Fatalf("%+v is not within (%v, %v]", e, a, c)
			}
		}
	})
}

// NextEdge is the first of the edges that follow, if no more history does.
func TestNextEdgeIsTheFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := drawTask(t)
		r, now := drawRecord(t, k)
		next, have := k.NextEdge(now, r)
		edges := k.Edges(now, now.Add(time.Hour), r)
		if !have {
			if len(edges) > 0 {
				t.Fatalf("no next edge, but\n%s", briefEdges(edges))
			}
			return
		}
		if len(edges) == 0 {
			if next.At.Before(now.Add(time.Hour)) {
				t.Fatalf("no edges, but %+v", next)
			}
			return
		}
		if next != edges[0] {
			t.Fatalf("next %+v, first %+v", next, edges[0])
		}
	})
}

// Nothing changes before Until, and something does then.
func TestUntil(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := drawTask(t)
		r, now := drawRecord(t, k)
		now = now.Add(time.Duration(rapid.IntRange(0, 20_000_000).Draw(t, "later us")) * time.Microsecond)
		if rapid.Bool().Draw(t, "before creation") {
			r, now = &Record{}, at(-time.Minute)
		}
		for range 5 {
			shot := k.At(now, r)
			before := now.Add(time.Hour)
			if !shot.Until.IsZero() {
				before = shot.Until.Add(-1)
			}
			still := k.At(before, r)
			if shot.Future {
				shot.Stepped, shot.Changed, still.Stepped, still.Changed = born, born, born, born
			}
			if !reflect.DeepEqual(shot, still) {
				t.Fatalf("from %v to %v: %+v\nbecame %+v", now, before, shot, still)
			}
			if shot.Until.IsZero() {
				return
			}
			then := k.At(shot.Until, r)
			if then.Changed != shot.Until && !then.Expired {
				t.Fatalf("at %v it changed at %v", shot.Until, then.Changed)
			}
			now = then.Changed
			then.Until, shot.Until, then.Changed = time.Time{}, time.Time{}, shot.Changed
			then.Stepped = shot.Stepped
			if reflect.DeepEqual(then, shot) {
				t.Fatalf("nothing changed at Until: %+v", then)
			}
		}
	})
}
