package simtest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
)

// The states that every task has words for, whatever its lifecycle calls its
// own; each may be given where a state is asked for.
const (
	Ended     = "ended" // succeeded, warning, failed or cancelled
	Pending   = "pending"
	Running   = "running"
	Paused    = "paused"
	Succeeded = "succeeded"
	Warning   = "warning"
	Failed    = "failed"
	Cancelled = "cancelled"
)

// Task is a task by its id; where several vendors have that id, by
// "vendor/id". Looking at it is no read.
func (s *Sim) Task(task string) Task {
	s.t.Helper()
	vendor, id := s.find(task)
	return must[Task](s, "Task(%q)", task)(s.control.Task(context.Background(), s.tenant.Name, vendor, id))
}

// Tasks are a vendor's tasks; all vendors' for "".
func (s *Sim) Tasks(vendor string) []Task {
	s.t.Helper()
	if vendor != "" {
		s.credential(vendor) // it must be there
	}
	var all []Task
	for {
		page := must[api.Tasks](s, "Tasks(%q)", vendor)(s.control.Tasks(context.Background(), s.tenant.Name,
			api.TaskQuery{Vendor: vendor, Limit: 1000, Offset: len(all)}))
		all = append(all, page.Tasks...)
		if len(page.Tasks) == 0 || len(all) >= page.Total {
			return all
		}
	}
}

// Create makes a task as a client's call of its Operation would.
func (s *Sim) Create(n NewTask) Task {
	s.t.Helper()
	s.credential(n.Vendor)
	return must[Task](s, "Create(%+v)", n)(s.control.CreateTask(context.Background(), s.tenant.Name, n))
}

// Force puts a task into a state of its lifecycle now; all its subtasks, if it
// has some.
func (s *Sim) Force(task, state string) Task {
	s.t.Helper()
	vendor, id := s.find(task)
	return must[Task](s, "Force(%q, %q)", task, state)(s.control.Force(context.Background(), s.tenant.Name, vendor, id, api.Force{State: state}))
}

// Cancel ends a task as cancelled now.
func (s *Sim) Cancel(task string) Task {
	s.t.Helper()
	vendor, id := s.find(task)
	return must[Task](s, "Cancel(%q)", task)(s.control.Cancel(context.Background(), s.tenant.Name, vendor, id))
}

// Expire makes the vendor forget a task now.
func (s *Sim) Expire(task string) Task {
	s.t.Helper()
	vendor, id := s.find(task)
	return must[Task](s, "Expire(%q)", task)(s.control.Expire(context.Background(), s.tenant.Name, vendor, id))
}

// WaitFor waits until a task is in a state, as AdvanceUntil takes both, without
// moving the clock: for a task that the client's reads lead there, or another
// goroutine. A state to which nothing leads, and a timeout, in real time, end
// the test.
func (s *Sim) WaitFor(task, state string, timeout time.Duration) Task {
	s.t.Helper()
	return *s.wait(api.Wait{Until: s.target(task, state)}, timeout, "WaitFor(%q, %q, %s)", task, state, timeout).Task
}

// WaitIdle waits until no request has come for a while, in real time.
func (s *Sim) WaitIdle(quiet, timeout time.Duration) {
	s.t.Helper()
	s.wait(api.Wait{Idle: quiet.String()}, timeout, "WaitIdle(%s, %s)", quiet, timeout)
}

// WaitPushes waits until all events that are due have been delivered to the
// client, or given up.
func (s *Sim) WaitPushes(timeout time.Duration) {
	s.t.Helper()
	s.wait(api.Wait{Pushes: true}, timeout, "WaitPushes(%s)", timeout)
}

// wait ends the test, with what is not so, where the timeout comes first.
func (s *Sim) wait(w api.Wait, timeout time.Duration, call string, args ...any) api.Waited {
	s.t.Helper()
	w.Timeout = timeout.String()
	waited := must[api.Waited](s, call, args...)(s.control.Wait(context.Background(), s.tenant.Name, w))
	if !waited.Done {
		s.t.Fatalf("simtest: %s: not so in time: %s", fmt.Sprintf(call, args...), waited.Why)
	}
	return waited
}

func (s *Sim) target(task, state string) *api.Target {
	s.t.Helper()
	vendor, id := s.find(task)
	return &api.Target{Vendor: vendor, Task: id, State: state}
}

// find tells the vendor of "vendor/id", or the only vendor that has the id. A
// task that is not there ends the test, which says what is there.
func (s *Sim) find(task string) (vendor, id string) {
	s.t.Helper()
	ctx := context.Background()
	var err error
	if vendor, id, _ = strings.Cut(task, "/"); s.has(vendor) {
		_, err = s.control.Task(ctx, s.tenant.Name, vendor, id)
	} else {
		vendor, id, err = s.control.FindTask(ctx, s.tenant.Name, task)
	}
	if err != nil {
		s.t.Fatalf("simtest: task %q: %v; %s", task, err, s.there(ctx))
	}
	return vendor, id
}

// there names tasks that may have been meant.
func (s *Sim) there(ctx context.Context) string {
	const told = 10
	page, err := s.control.Tasks(ctx, s.tenant.Name, api.TaskQuery{Limit: told})
	if err != nil || page.Total == 0 {
		return "there are no tasks"
	}
	var there []string
	for _, t := range page.Tasks {
		there = append(there, t.Vendor+"/"+t.ID)
	}
	if page.Total > told {
		there = append(there, fmt.Sprintf("and %d more", page.Total-told))
	}
	return "the tasks are " + strings.Join(there, ", ")
}
