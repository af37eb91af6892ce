package tenant

import (
	"fmt"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// A task as it was: by its history, never before its creation, and nothing comes
// of asking.
func TestWas(t *testing.T) {
	_, tasks, source := tasksOf(t, "name: served"+life+"tasks: [{id: a}, {id: b, created: 20s}]", "acme")
	a, b := find(t, tasks, "a"), find(t, tasks, "b")
	for range 3 { // at 0, 1 and 2 s: the third read shows running
		read(tasks, a)
		_ = source.Advance(s)
	}
	_ = source.Advance(2 * s)
	if err := tasks.Force(a, source.Now(), task.Whole, "queued"); err != nil { // at 5 s
		t.Fatal(err)
	}
	_ = source.Advance(5 * s)
	before := fmt.Sprintf("%+v", tasks.at(a, tasks.task(a), source.Now()))
	for _, c := range []struct {
		at   time.Duration
		want string
	}{
		{10 * s, "queued"}, {5 * s, "queued"}, {5*s - 1, "running"}, {2 * s, "running"}, {2*s - 1, "queued"}, {0, "queued"}, {-time.Hour, "queued"}, {10 * s, "queued"},
	} {
		e := tasks.Was(a, start.Add(c.at))
		if e.State != c.want || e.ID != "a" || e.Future {
			t.Errorf("at %v: %+v, want %s", c.at, e, c.want)
		}
	}
	if after := fmt.Sprintf("%+v", tasks.at(a, tasks.task(a), source.Now())); after != before {
		t.Errorf("asking changed the task from\n%s to\n%s", before, after)
	}
	if e := tasks.Was(b, start); e.Future || !e.Created.Equal(start.Add(20*s)) {
		t.Errorf("%+v", e)
	}
}
