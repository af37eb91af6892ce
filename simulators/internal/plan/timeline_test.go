package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
	"pgregory.net/rapid"
)

// taskOf lives by a lifecycle, with so many subtasks (0: none).
func taskOf(l scenarios.Lifecycle, luck uint64, subtasks int, stagger time.Duration) task.Task {
	return task.Task{
		Definition: &task.Definition{Lifecycle: task.Compile("test", l), Subtasks: subtasks, Stagger: stagger},
		Luck:       luck, Created: time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC),
	}
}

func TestTimelines(t *testing.T) {
	day := scenarios.Expiry{After: scenarios.Duration{Min: 24 * time.Hour, Max: 24 * time.Hour}}
	expiring := read(t, "a pending 3s: b\nb succeeded")
	expiring[1].Expires = &day
	for _, tt := range []struct {
		name      string
		lifecycle scenarios.Lifecycle
		subtasks  int
		begin     time.Duration
		want      string
	}{
		{"by time", read(t, "a pending 3s: b\nb running 1m500ms: c\nc succeeded"), 0, 0, "+0s a, +3s b, +1m3.5s c"},
		{"created before", read(t, "a pending 3s: b\nb running 1m: c\nc succeeded"), 0, -10 * time.Second, "-10s a, -7s b, +53s c"},
		{"created later", read(t, "a pending 3s: b\nb succeeded"), 0, time.Hour, "+1h a, +1h0m3s b"},
		{"at once", read(t, "a pending 0s: b\nb running 0s: c\nc succeeded"), 0, 0, "+0s a, +0s b, +0s c"},
		{"for ever", read(t, "a pending 3s: b\nb running"), 0, 0, "+0s a, +3s b for ever"},
		{"forgotten", expiring, 0, 0, "+0s a, +3s b, +24h0m3s forgotten"},
		{"by reads", read(t, "a pending 2 polls: b\nb running 3 polls: c\nc succeeded"), 0, 0,
			"+0s a, after 2 reads b, after 3 more reads c"},
		{"one read each", read(t, "a pending 1 polls: b\nb running 1 polls: c\nc succeeded"), 0, 0,
			"+0s a, after 1 read b, after 1 more read c"},
		{"by both", read(t, "a pending 3s: b\nb running 2 polls: c\nc running 5s: d\nd running 1 polls: e\ne running 0s: f\nf succeeded"), 0, 0,
			"+0s a, +3s b, after 2 reads c, 5s later d, after 1 more read e, 0s later f"},
		{"read for ever", read(t, "a pending 2 polls: b\nb running"), 0, 0, "+0s a, after 2 reads b for ever"},
		{"subtasks", read(t, "a pending 3s: b\nb running 4s: c\nc failed"), 3, 0, "+0s pending, +3s running, +9s failed"},
		{"subtasks by reads, once all have begun", read(t, "a pending 2 polls: b\nb running 3 polls: c\nc succeeded"), 3, 0,
			"+0s pending, after 2 reads running, after 3 more reads succeeded"},
		{"long", read(t, chainOf(15, "1s")), 0, 0,
			"+0s s0, +1s s1, +2s s2, +3s s3, +4s s4, +5s s5, +6s s6, +7s s7, +8s s8, ... 4 more ..., +13s s13, +14s s14, +15s s15"},
		{"without end", read(t, "a running 1s: b\nb paused 1s: a"), 0, 0,
			"+0s a, +1s b, +2s a, +3s b, +4s a, +5s b, +6s a, +7s b, +8s a"},
	} {
		p := Of("test", tt.lifecycle)
		budget := NewBudget
		line := p.Timeline(taskOf(tt.lifecycle, 1, tt.subtasks, time.Second), &budget)
		got := strings.Join(line.Words(Length(tt.begin)), ", ")
		if got != tt.want && (!line.More || !strings.HasPrefix(got, tt.want) || !strings.HasSuffix(got, ", and so on")) {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// An endless or enormous task costs no more than there is, and says so.
func TestBudget(t *testing.T) {
	for name, text := range map[string]string{
		"circle":       "a running 100ms: b\nb paused 0s: a",
		"late circle":  "a running 80000h: b\nb running 100ms: c\nc paused 0s: b",
		"polls":        "a running 1000000 polls: b\nb succeeded",
		"polls circle": "a running 1 polls: b\nb paused 1 polls: a",
	} {
		for _, subtasks := range []int{0, 7, 10_000} {
			l := read(t, text)
			budget := NewBudget / 10
			line := outline("test", l).Timeline(taskOf(l, 1, subtasks, time.Second), &budget)
			if !line.More || len(line.Steps) == 0 || len(line.Steps) > 200_000 || budget < -2*NewBudget {
				t.Errorf("%s of %d: %d steps, more %t, %d left", name, subtasks, len(line.Steps), line.More, budget)
			}
			if got := line.Words(0); got[len(got)-1] != "and so on" || len(got) > shown+2 {
				t.Errorf("%s of %d: %v", name, subtasks, got)
			}
		}
	}
}

// lived is a step that a client sees.
type lived struct {
	state     string
	forgotten bool
	reads     int
	at        time.Duration // of steps that needed no read
}

// live asks for a task again and again, as a client would that reads only when
// nothing else happens, and notes what changes. It tells whether it came to rest.
func live(k task.Task, most int) (out []lived, rests bool) {
	var r task.Record
	now, shown, reads, edges := k.Created, 0, 0, -1
	for range most {
		s := k.At(now, &r)
		state, changed := s.State, s.Steps != edges
		if k.Subtasks > 0 {
			state = string(s.Phase)
			changed = len(out) == 0 || out[len(out)-1].state != state || s.Expired
		}
		if edges = s.Steps; changed {
			step := lived{state: state, reads: shown}
			if s.Expired {
				step.state, step.forgotten = "", true
			}
			if reads == 0 {
				step.at = now.Sub(k.Created)
			}
			out = append(out, step)
			shown = min(s.Reads, 1)
		}
		if e, ok := k.NextEdge(now, &r); ok {
			now = e.At
			continue
		}
		if begun := k.Created.Add(time.Duration(max(k.Subtasks-1, 0)) * k.Stagger); now.Before(begun) {
			now = begun
		}
		now = now.Add(1)
		events := r.Len()
		k.Read(now, &r)
		reads++
		switch s = k.At(now, &r); {
		case r.Len() == events && s.Reads == 0:
			return out, true
		case r.Len() == events, k.Subtasks > 0 && string(s.Phase) == state:
			shown++
		}
	}
	return out, false
}

// seen are a timeline's steps without those that last no time: nobody sees them.
func seen(line Timeline) []lived {
	var out []lived
	for i, s := range line.Steps {
		step := lived{state: s.State, forgotten: s.Forgotten, reads: s.Reads}
		if s.At != nil {
			step.at = time.Duration(*s.At)
		}
		if i > 0 && s.Reads == 0 && s.Later == 0 {
			step.reads, out = out[len(out)-1].reads, out[:len(out)-1]
		}
		out = append(out, step)
	}
	return out
}

// What a timeline says is what the engine shows at each of its instants, and
// between them nothing else happens.
func TestTimelineAgreesWithTheEngine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLifecycle(t)
		luck := rapid.Uint64().Draw(t, "luck")
		for i := range l {
			if l[i].Phase.Ended() && len(l[i].To) == 0 && rapid.Bool().Draw(t, "expires") {
				l[i].Expires = &scenarios.Expiry{After: scenarios.Duration{Min: time.Hour, Max: 2 * time.Hour}}
			}
		}
		subtasks := rapid.SampledFrom([]int{0, 0, 1, 3}).Draw(t, "subtasks")
		timed := slices.ContainsFunc(l, func(s scenarios.State) bool { return s.After != nil || s.Expires != nil })
		counted := slices.ContainsFunc(l, func(s scenarios.State) bool { return s.Polls > 0 })
		if subtasks > 0 && timed && counted {
			subtasks = 0 // when their clients read decides too much to compare
		}
		k := taskOf(l, luck, subtasks, 700*time.Millisecond)
		budget := NewBudget
		line := outline("test", l).Timeline(k, &budget)
		got := seen(line)
		want, rests := live(k, 300)
		n := min(len(got), len(want))
		if line.More || !rests {
			n = max(n-1, 0) // the last may have been cut in the middle of its instant
		} else if len(got) != len(want) {
			t.Fatalf("%d steps, but the engine shows %d\n%v\n%v", len(got), len(want), got, want)
		}
		for i := range got[:n] {
			if got[i] != want[i] {
				t.Fatalf("step %d: %+v, but the engine shows %+v\n%v\n%v", i, got[i], want[i], got, want)
			}
		}
	})
}

// Where 10,000 tasks of subtasks come to rest is what their chances say.
func TestWhole(t *testing.T) {
	l := read(t, "a running 1s: s 5, w 2, f 2, c 1\ns succeeded\nw warning\nf failed\nc cancelled")
	stuck := read(t, "a running 1s: s 7, f 1, n 2\ns succeeded\nf failed\nn running")
	for _, tt := range []struct {
		lifecycle scenarios.Lifecycle
		subtasks  int
		want      string // by hand: s^n, 1-..., (f+c)^n-c^n, c^n, 1-(1-never)^n
	}{
		{l, 1, "succeeded 0.5, warning 0.2, failed 0.2, cancelled 0.1"},
		{l, 2, "succeeded 0.25, warning 0.66, failed 0.08, cancelled 0.01"},
		{l, 3, "succeeded 0.125, warning 0.848, failed 0.026, cancelled 0.001"},
		{stuck, 1, "succeeded 0.7, failed 0.1, never 0.2"},
		{stuck, 2, "succeeded 0.49, warning 0.14, failed 0.01, never 0.36"},
	} {
		p := Of("test", tt.lifecycle)
		whole := p.Whole(tt.subtasks)
		if got := brief(whole); got != tt.want {
			t.Errorf("%d: %s, want %s", tt.subtasks, got, tt.want)
		}
		came := map[string]int{}
		for luck := range maxDraws {
			budget := NewBudget
			line := p.Timeline(taskOf(tt.lifecycle, task.LuckOf(7, fmt.Sprint(luck)), tt.subtasks, 0), &budget)
			came[line.Ends()]++
		}
		for _, e := range whole {
			word := string(e.Phase)
			if e.Never {
				word = "running for ever"
			}
			if !likely(came[word], maxDraws, e.Chance) {
				t.Errorf("%d: %s came %d times, by its chance %v", tt.subtasks, word, came[word], e.Chance)
			}
		}
	}
}

// The subtasks of one task may end differently; each has luck of its own.
func TestSubtasksEnd(t *testing.T) {
	l := read(t, "a running 1s: s, f\ns succeeded\nf failed")
	budget := NewBudget
	line := Of("test", l).Timeline(taskOf(l, 1, 100, 0), &budget)
	if len(line.Subtasks) != 2 || line.Subtasks[0].What != "s" || line.Subtasks[0].Count+line.Subtasks[1].Count != 100 ||
		!likely(line.Subtasks[0].Count, 100, 0.5) || line.Ends() != "warning" {
		t.Errorf("%+v", line)
	}
}
