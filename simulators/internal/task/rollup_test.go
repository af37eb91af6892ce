package task

import (
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// summed is the roll-up of semantics: the phases of three subtasks, and the
// task's. It says the same as tally.phase in other words.
func summed(phases []scenarios.Phase) scenarios.Phase {
	have := map[scenarios.Phase]int{}
	ended := 0
	for _, p := range phases {
		have[p]++
		if p.Ended() {
			ended++
		}
	}
	all := len(phases)
	switch {
	case have[scenarios.Pending] == all:
		return scenarios.Pending
	case ended < all:
		return scenarios.Running
	}
	for _, same := range []scenarios.Phase{scenarios.Succeeded, scenarios.Cancelled} {
		if have[same] == all {
			return same
		}
	}
	if have[scenarios.Failed]+have[scenarios.Cancelled] == all {
		return scenarios.Failed
	}
	return scenarios.Warning
}

// every is a lifecycle with a forever state of each phase.
func every() []scenarios.State {
	states := []scenarios.State{{Name: "start", Phase: scenarios.Pending, Forever: true}}
	for _, p := range scenarios.Phases {
		states = append(states, scenarios.State{Name: string(p), Phase: p, Forever: !p.Ended()})
	}
	return states
}

// All 343 combinations of what three subtasks can show.
func TestRollUp(t *testing.T) {
	k := withSubtasks(newTask(every()...), 3, 0)
	for _, a := range scenarios.Phases {
		for _, b := range scenarios.Phases {
			for _, c := range scenarios.Phases {
				r, phases, done := &Record{}, []scenarios.Phase{a, b, c}, 0
				for i, p := range phases {
					mustForce(t, r.Force(at(time.Duration(i+1)*time.Second), k, i, string(p)))
					if p.Ended() {
						done++
					}
				}
				s := k.At(at(time.Minute), r)
				if want := summed(phases); s.Phase != want || s.Done != done {
					t.Errorf("%v: %s with %d ended, want %s with %d", phases, s.Phase, s.Done, want, done)
				}
			}
		}
	}
}

// The named cases of the rule, by hand.
func TestRollUpByHand(t *testing.T) {
	for _, tt := range []struct {
		phases []scenarios.Phase
		want   scenarios.Phase
	}{
		{[]scenarios.Phase{"pending", "pending"}, "pending"},
		{[]scenarios.Phase{"pending", "running"}, "running"},
		{[]scenarios.Phase{"paused", "paused"}, "running"},
		{[]scenarios.Phase{"pending", "succeeded"}, "running"},
		{[]scenarios.Phase{"succeeded", "succeeded"}, "succeeded"},
		{[]scenarios.Phase{"cancelled", "cancelled"}, "cancelled"},
		{[]scenarios.Phase{"failed", "cancelled"}, "failed"},
		{[]scenarios.Phase{"failed", "failed"}, "failed"},
		{[]scenarios.Phase{"succeeded", "failed"}, "warning"},
		{[]scenarios.Phase{"succeeded", "cancelled"}, "warning"},
		{[]scenarios.Phase{"succeeded", "warning"}, "warning"},
		{[]scenarios.Phase{"warning", "failed"}, "warning"},
	} {
		y := tally{all: len(tt.phases)}
		for _, p := range tt.phases {
			y.count(p, 1)
			if p != scenarios.Pending {
				y.started++
			}
		}
		if got := y.phase(""); got != tt.want || summed(tt.phases) != tt.want {
			t.Errorf("%v: %s, want %s", tt.phases, got, tt.want)
		}
	}
}

func TestStagger(t *testing.T) {
	k := withSubtasks(newTask(threeSteps()...), 3, 4*time.Second)
	for _, tt := range []struct {
		at   time.Duration
		want string
		subs [3]string
		next time.Duration // Until; 0: none
	}{
		{0, "0% pending", [3]string{"queued 0% pending", "queued 0% pending", "queued 0% pending"}, 2 * time.Second},
		{2 * time.Second, "0% running", [3]string{"running 0%", "queued 0% pending", "queued 0% pending"}, 2100 * time.Millisecond},
		{7 * time.Second, "20% running", [3]string{"running 50%", "running 10%", "queued 0% pending"}, 7100 * time.Millisecond},
		{12 * time.Second, "60% running", [3]string{"done 100% succeeded", "running 60%", "running 20%"}, 12100 * time.Millisecond},
		{20*time.Second - 1, "99% running", [3]string{"done 100% succeeded", "done 100% succeeded", "running 99%"}, 20 * time.Second},
		{20 * time.Second, "100% succeeded", [3]string{"done 100% succeeded", "done 100% succeeded", "done 100% succeeded"}, 0},
	} {
		s := k.At(at(tt.at), nil)
		if got := brief(s); got != tt.want {
			t.Errorf("at %v: %s, want %s", tt.at, got, tt.want)
		}
		for i, sub := range s.Subtasks {
			if got := brief(sub); got != tt.subs[i] {
				t.Errorf("at %v, subtask %d: %s, want %s", tt.at, i, got, tt.subs[i])
			}
			if want := at(time.Duration(i) * 4 * time.Second); sub.Created != want {
				t.Errorf("subtask %d created %v, want %v", i, sub.Created, want)
			}
		}
		if tt.next > 0 && s.Until != at(tt.next) || tt.next == 0 && !s.Until.IsZero() {
			t.Errorf("at %v: until %v, want %v", tt.at, s.Until.Sub(born), tt.next)
		}
	}
	s := k.At(at(time.Hour), nil)
	if s.Started != at(2*time.Second) || s.Ended != at(20*time.Second) || s.Entered != s.Ended || s.Steps != 9 || s.Done != 3 {
		t.Errorf("%+v", s)
	}
}

// A subtask whose first state is not pending waits for its stagger as pending.
func TestStaggerIntoRunning(t *testing.T) {
	states := threeSteps()[1:]
	states[0].Set = map[string]any{"x": 1}
	k := withSubtasks(newTask(states...), 2, 5*time.Second)
	s := k.At(at(time.Second), nil)
	if s.Subtasks[0].Set == nil || s.Subtasks[1].Set != nil {
		t.Errorf("what the state sets shows from its beginning on: %v, %v", s.Subtasks[0].Set, s.Subtasks[1].Set)
	}
	if got := brief(s.Subtasks[1]); got != "running 0% pending" || s.Phase != scenarios.Running {
		t.Errorf("at 1 s: %s, %s", got, s.Phase)
	}
	want := `0s sub 0:  -> running [running]
0s sub 1:  -> running [pending]
0s task:  -> running [running]
5s sub 1: running -> running [running]
10s sub 0: running -> done [succeeded]
15s sub 1: running -> done [succeeded]
15s task: running -> succeeded [succeeded]
`
	if got := briefEdges(k.Edges(at(-1), at(time.Hour), nil)); got != want {
		t.Errorf("edges:\n%swant:\n%s", got, want)
	}
}

// At one instant the subtasks come by their number, then the task.
func TestOrderAtOneInstant(t *testing.T) {
	k, r := withSubtasks(newTask(threeSteps()...), 3, 0), &Record{}
	mustForce(t, r.Force(at(2*time.Second), k, 1, "done"))
	want := `2s sub 0: queued -> running [running]
2s sub 1: queued -> running [running]
2s sub 1: running -> done [succeeded]
2s sub 2: queued -> running [running]
2s task: pending -> running [running]
`
	if got := briefEdges(k.Edges(born, at(3*time.Second), r)); got != want {
		t.Errorf("edges:\n%swant:\n%s", got, want)
	}
}

// Subtasks differ in luck.
func TestSubtasksHaveTheirOwnLuck(t *testing.T) {
	s := withSubtasks(newTask(lucky()...), 5, 0).At(at(24*time.Hour), nil)
	seen := map[time.Time]bool{}
	for _, sub := range s.Subtasks {
		seen[sub.Ended] = true
	}
	if len(seen) != 5 {
		t.Errorf("five subtasks ended at %d instants", len(seen))
	}
}
