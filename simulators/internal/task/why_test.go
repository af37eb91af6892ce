package task

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"pgregory.net/rapid"
)

var causes = map[Cause]string{
	Created: "created", ByTime: "time", ByRead: "read", ByForce: "force",
	ByEnd: "end", ByExpiry: "expiry", ByOrder: "order", BySubtasks: "subtasks",
}

// briefSteps are edges in one line each, with their reasons.
func briefSteps(steps []Step) string {
	var b strings.Builder
	for _, s := range steps {
		why := s.Reason
		b.WriteString(strings.TrimSuffix(briefEdges([]Edge{s.Edge}), "\n"))
		fmt.Fprintf(&b, " by %s", causes[why.Cause])
		if why.Visit > 0 {
			fmt.Fprintf(&b, ", visit %d", why.Visit)
		}
		if why.After != nil {
			fmt.Fprintf(&b, ", %v of %v..%v", why.Length, why.After.Min, why.After.Max)
		} else if why.Length > 0 {
			fmt.Fprintf(&b, ", %v", why.Length)
		}
		if why.Reads > 0 {
			fmt.Fprintf(&b, ", %d reads", why.Reads)
		}
		if why.Of > 0 {
			fmt.Fprintf(&b, ", %d of %d in %d ways", why.Drew, why.Of, len(why.Branches))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func explains(t *testing.T, k Task, now time.Time, r *Record, want string) {
	t.Helper()
	want = strings.TrimPrefix(want, "\n")
	if got := briefSteps(k.Explain(now, r)); got != want {
		t.Errorf("explained as:\n%swant:\n%s", got, want)
	}
}

func TestExplainByTime(t *testing.T) {
	states := threeSteps()
	states[0].After = &scenarios.Duration{Min: time.Second, Max: 5 * time.Second}
	states[1].To = []scenarios.Branch{{State: "queued"}, {State: "done", Weight: 2}}
	states[2].Expires = &scenarios.Expiry{After: scenarios.Duration{Min: time.Minute, Max: time.Minute}}
	k := newTask(states...)
	k.Luck = LuckOf(42, "c")
	explains(t, k, at(-1), nil, "")
	explains(t, k, at(0), nil, "0s task:  -> queued [pending] by created\n")
	explains(t, k, at(time.Hour), nil, `
0s task:  -> queued [pending] by created
3.263s task: queued -> running [running] by time, 3.263s of 1s..5s
13.263s task: running -> done [succeeded] by time, 10s of 10s..10s, 2 of 3 in 2 ways
1m13.263s task: done -> (forgotten) [succeeded] by expiry, 1m0s of 1m0s..1m0s
`)
}

// Reads, and each way in which somebody interferes.
func TestExplainByOthers(t *testing.T) {
	k, r := newTask(polled()...), &Record{}
	for i := range 4 { // the third crosses
		k.Read(at(time.Duration(i)*time.Second), r)
	}
	mustForce(t, r.Force(at(5*time.Second), k, Whole, "queued"))
	mustForce(t, r.End(at(6*time.Second), k, scenarios.Cancelled))
	r.Expire(at(7*time.Second), k)
	explains(t, k, at(time.Hour), r, `
0s task:  -> queued [pending] by created
2s task: queued -> running [running] by read, 2 reads
5s task: running -> queued [pending] by force
6s task: queued -> cancelled [cancelled] by end, visit 1
7s task: cancelled -> (forgotten) [cancelled] by order
`)
}

// A subtask waits for its turn, then lives; the task follows.
func TestExplainSubtasks(t *testing.T) {
	k := withSubtasks(newTask(threeSteps()[1:]...), 2, 3*time.Second)
	explains(t, k, at(11*time.Second), nil, `
0s sub 0:  -> running [running] by created
0s sub 1:  -> running [pending] by created
0s task:  -> running [running] by created
3s sub 1: running -> running [running] by time, 3s
10s sub 0: running -> done [succeeded] by time, 10s of 10s..10s
`)
	r := &Record{}
	mustForce(t, r.End(at(11*time.Second), k, scenarios.Failed))
	r.Expire(at(12*time.Second), k)
	got := briefSteps(k.Explain(at(time.Hour), r))
	if _, got, _ = strings.Cut(got, "10s..10s\n"); got != `11s sub 1: running -> failed [failed] by end
11s task: running -> failed [failed] by end
12s sub 0: done -> (forgotten) [succeeded] by order
12s sub 1: failed -> (forgotten) [failed] by order
12s task: failed -> (forgotten) [failed] by order
` {
		t.Errorf("got %s", got)
	}
	explainsTheWhole(t, k, map[time.Duration]Cause{0: Created, 13 * time.Second: BySubtasks})
}

// explainsTheWhole compares the causes of the task's own edges.
func explainsTheWhole(t *testing.T, k Task, want map[time.Duration]Cause) {
	t.Helper()
	got := map[time.Duration]Cause{}
	for _, s := range k.Explain(at(time.Hour), nil) {
		if s.Sub == Whole {
			got[s.At.Sub(born)] = s.Reason.Cause
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the task's own: %v, want %v", got, want)
	}
}

// plainEdges are the edges that were explained.
func plainEdges(steps []Step) []Edge {
	var edges []Edge
	for _, s := range steps {
		edges = append(edges, s.Edge)
	}
	return edges
}

// What is explained is what happened, and each reason agrees with it: a length
// with the instants, a draw with where it went.
func TestExplainAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := drawTask(t)
		r, _ := drawRecord(t, k)
		now := drawInstant(t, "now")
		if rapid.Bool().Draw(t, "memo") {
			k.At(drawInstant(t, "look"), r)
		}
		steps, edges := k.Explain(now, r), k.Edges(born.Add(-1), now, r)
		edges = edges[max(len(edges)-maxExplained, 0):]
		if got, want := briefEdges(plainEdges(steps)), briefEdges(edges); got != want {
			t.Fatalf("explained:\n%sedges:\n%s", got, want)
		}
		if len(steps) == maxExplained {
			return // the first of them lack what was before
		}
		entered, visits := map[int]time.Time{}, map[string]int{}
		for _, s := range steps {
			checkReason(t, k, s, entered, visits)
		}
	})
}

// checkReason holds one step against those before it: when each course entered
// its present state, and how often it had entered each.
func checkReason(t *rapid.T, k Task, s Step, entered map[int]time.Time, visits map[string]int) {
	why, own := s.Reason, s.Sub == Whole && k.Subtasks > 0
	if own && (why.Visit != 0 || why.Length != 0 || why.Of != 0 || why.Cause == ByTime || why.Cause == ByRead || why.Cause == ByExpiry) {
		t.Fatalf("the task's own edge by %+v", why)
	}
	if (why.Cause == Created) != (s.From == "" && !s.Expired) || s.Expired != (why.Cause == ByExpiry || why.Cause == ByOrder || own && s.Expired) {
		t.Fatalf("%+v", s)
	}
	if own {
		return
	}
	switch why.Cause {
	case ByTime:
		if got := s.At.Sub(entered[s.Sub]); got != why.Length {
			t.Fatalf("%+v: it lasted %v", s, got)
		}
		if d := why.After; d != nil && d.P50 == 0 && (why.Length < d.Min || why.Length > d.Max) {
			t.Fatalf("%v drawn from %+v", why.Length, *d)
		}
	case ByRead:
		if why.Reads < 1 || why.Length != 0 {
			t.Fatalf("%+v", s)
		}
	}
	if (why.Branches != nil) != (why.Of > 0) || why.Of > 0 && (why.Drew >= why.Of || pickBy(why) != s.To) {
		t.Fatalf("%+v picks %q", s, pickBy(why))
	}
	if key := fmt.Sprint(s.Sub, s.From); s.From != "" && why.After != nil && why.Visit != visits[key]-1 {
		t.Fatalf("%+v: it was visit %d", s, visits[key]-1)
	}
	if waits := s.Sub > 0 && k.Stagger > 0 && s.From == ""; waits && k.Lifecycle.states[0].phase == scenarios.Pending {
		entered[s.Sub] = born.Add(k.Stagger * time.Duration(s.Sub)) // its state's time begins when its turn comes
		visits[fmt.Sprint(s.Sub, s.To)]++
	} else if waits {
		entered[s.Sub] = s.At
	} else {
		entered[s.Sub] = s.At
		visits[fmt.Sprint(s.Sub, s.To)]++
	}
}

// pickBy reads a reason as its comment says.
func pickBy(why Reason) string {
	n := why.Drew
	for _, b := range why.Branches {
		if n < uint64(b.Weight) {
			return b.State
		}
		n -= uint64(b.Weight)
	}
	return ""
}

// Of very many edges the latest are explained, without remembering all.
func TestExplainTheLatest(t *testing.T) {
	states := append(circle(), scenarios.State{Name: "failing", Phase: scenarios.Running, Forever: true})
	for _, k := range []Task{newTask(states...), withSubtasks(newTask(states...), 3, 50*time.Millisecond)} {
		r, end := &Record{}, at(1000*time.Second)
		mustForce(t, r.Force(at(490*time.Second), k, Whole, "up"))
		mustForce(t, r.End(at(510*time.Second), k, scenarios.Failed)) // the latest lie far back
		mustForce(t, r.Force(at(990*time.Second), k, Whole, "failing"))
		steps, edges := k.Explain(end, r), k.Edges(born.Add(-1), end, r)
		if len(steps) != maxExplained || len(edges) < 5000 {
			t.Fatalf("%d explained of %d", len(steps), len(edges))
		}
		if got, want := briefEdges(plainEdges(steps)), briefEdges(edges[len(edges)-maxExplained:]); got != want {
			t.Errorf("explained:\n%sedges:\n%s", got, want)
		}
		if f := k.latest(int64(end.Sub(born)), maxExplained, r); k.fold(int64(end.Sub(born)), r, &fold{}).steps()-f.steps() > 2*maxExplained {
			t.Errorf("it begins at %v: too early", time.Duration(f.at))
		}
	}
}

// Asking why changes nothing.
func TestExplainChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := drawTask(t)
		r, now := drawRecord(t, k)
		then := drawInstant(t, "then")
		want := fmt.Sprintf("%+v", k.At(then, forgetful(r)))
		k.Explain(now, r)
		k.Ways(then, r)
		k.Reach(now, r, func(Snapshot) bool { return false })
		if got := fmt.Sprintf("%+v", k.At(then, r)); got != want {
			t.Fatalf("%s\nbefore: %s", got, want)
		}
	})
}
