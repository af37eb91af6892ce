package task

import (
	"reflect"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"pgregory.net/rapid"
)

func inState(name string) func(Snapshot) bool {
	return func(s Snapshot) bool { return s.State == name && !s.Future }
}

func ended(s Snapshot) bool { return s.Phase.Ended() }

func TestReach(t *testing.T) {
	three, counted := newTask(threeSteps()...), newTask(polled()...)
	late := withSubtasks(three, 3, 5*time.Second)
	for _, tt := range []struct {
		what   string
		k      Task
		now    time.Duration
		match  func(Snapshot) bool
		at     time.Duration
		course string
	}{
		{"it is there", three, time.Second, inState("queued"), time.Second, ""},
		{"not before the creation", three, -time.Second, inState("queued"), 0, "0s task:  -> queued [pending]\n"},
		{"the next", three, time.Second, inState("running"), 2 * time.Second, "2s task: queued -> running [running]\n"},
		{"the one after it", three, time.Second, ended, 12 * time.Second, "2s task: queued -> running [running]\n12s task: running -> done [succeeded]\n"},
		{"it has passed", three, 3 * time.Second, inState("queued"), -1, "12s task: running -> done [succeeded]\n"},
		{"only reads end it", counted, 0, ended, -1, ""},
		{"all of its subtasks", late, 13 * time.Second, ended, 22 * time.Second, `17s sub 1: running -> done [succeeded]
22s sub 2: running -> done [succeeded]
22s task: running -> succeeded [succeeded]
`},
	} {
		at1, course, ok := tt.k.Reach(at(tt.now), nil, tt.match)
		if want := at(tt.at); ok != (tt.at >= 0) || ok && at1 != want || !ok && !at1.IsZero() {
			t.Errorf("%s: at %v %v, want %v", tt.what, at1, ok, want)
		}
		if got := briefEdges(course); got != tt.course {
			t.Errorf("%s: course\n%swant\n%s", tt.what, got, tt.course)
		}
	}
}

// What goes in circles is given up, at once, and the end of its course is told.
func TestReachGivesUp(t *testing.T) {
	asked := 0
	count := func(Snapshot) bool { asked++; return false }
	_, course, ok := newTask(circle()...).Reach(born, nil, count)
	if ok || asked != maxReached+1 || len(course) != maxCourse || course[maxCourse-1].At != at(maxReached*100*time.Millisecond) {
		t.Errorf("ok %v, asked %d times, %d edges, the last %+v", ok, asked, len(course), course[len(course)-1])
	}
	states := append(circle(), scenarios.State{Name: "out", Phase: scenarios.Succeeded})
	states[0].To = []scenarios.Branch{{State: "down", Weight: 999}, {State: "out", Weight: 1}}
	many := withSubtasks(newTask(states...), 5, 0)
	if _, course, ok := many.Reach(born, nil, count); ok || len(course) != maxCourse {
		t.Errorf("ok %v, %d edges", ok, len(course))
	}
}

// Reach is a search edge by edge with At.
func TestReachIsASearch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := drawTask(t)
		r, now := drawRecord(t, k)
		now = now.Add(time.Duration(rapid.IntRange(0, 9000).Draw(t, "ms")) * time.Millisecond)
		if rapid.Bool().Draw(t, "before creation") {
			r, now = &Record{}, at(-time.Second)
		}
		state := rapid.SampledFrom(k.Lifecycle.States()).Draw(t, "state")
		phase := rapid.SampledFrom(scenarios.Phases).Draw(t, "phase")
		match := rapid.SampledFrom([]func(Snapshot) bool{
			ended, inState(state),
			func(s Snapshot) bool { return s.Expired },
			func(s Snapshot) bool { return s.Phase == phase && !s.Future },
			func(s Snapshot) bool { return s.Done > 1 },
			func(s Snapshot) bool { return len(s.Subtasks) > 1 && s.Subtasks[1].State == state },
		}).Draw(t, "match")

		// Some circles are long: the search follows them for so many edges.
		const far = 200
		var seen, searched []Snapshot
		reached, course, ok := k.Reach(now, r, func(s Snapshot) bool {
			if len(s.Messages) > 0 {
				t.Fatalf("messages: %v", s.Messages)
			}
			if len(seen) < far {
				seen = append(seen, withoutMessages(s))
			}
			return match(s)
		})
		then := now
		for len(searched) < far {
			shot := k.At(then, r)
			searched = append(searched, withoutMessages(shot))
			if match(shot) {
				if !ok || reached != then {
					t.Fatalf("at %v %v, but it is so at %v", reached, ok, then)
				}
				break
			}
			next, have := k.NextEdge(then, r)
			if !have {
				if ok {
					t.Fatalf("at %v, but it never is", reached)
				}
				break
			}
			then = next.At
		}
		if !reflect.DeepEqual(seen, searched) {
			t.Fatalf("asked about %+v\nsearched %+v", seen, searched)
		}
		if edges := k.Edges(now, then, r); ok && len(searched) < far && briefEdges(course) != briefEdges(edges) {
			t.Fatalf("course:\n%sedges:\n%s", briefEdges(course), briefEdges(edges))
		}
	})
}

// withoutMessages is a copy of a snapshot and its subtasks.
func withoutMessages(s Snapshot) Snapshot {
	s.Messages = nil
	subtasks := s.Subtasks
	s.Subtasks = nil
	for _, sub := range subtasks {
		s.Subtasks = append(s.Subtasks, withoutMessages(sub))
	}
	return s
}

func BenchmarkReachEnd(b *testing.B) {
	k := newTask(lucky()...)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, ok := k.Reach(born, nil, ended); !ok {
			b.Fatal("it never ends")
		}
	}
}

func BenchmarkReachNever(b *testing.B) {
	k := newTask(circle()...)
	b.ReportAllocs()
	for b.Loop() {
		k.Reach(born, nil, ended)
	}
}

func BenchmarkReachThousandSubtasks(b *testing.B) {
	k := withSubtasks(newTask(lucky()...), 1000, time.Second)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, ok := k.Reach(born, nil, ended); !ok {
			b.Fatal("it never ends")
		}
	}
}
