package tenant

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// Why a task cannot be created.
var (
	ErrTasks     = errors.New("the tenant has created too many tasks")
	ErrLifecycle = errors.New("the scenario has no such lifecycle")
)

// MaxCreated is how many tasks the clients of one tenant may create at one
// vendor.
const MaxCreated = 100_000

// Creation is a task that a client asks for, or a test in its place.
type Creation struct {
	Operation string         // which asked for it; "": no rule selects it
	Body      []byte         // what it asked, in a form that is the same for the same request
	Name      string         // "" for the vendor's own
	Parts     int            // subtasks that the request asks for, one a target; 0 leaves it to the scenario
	Set       map[string]any // vendor fields that the request decides; the scenario's rule wins over them
	Data      any            // what the vendor wants to know of it later
	Lifecycle string         // by which it, or each of its subtasks, lives, whatever the rule says; "" leaves it to that
}

// created are the tasks that clients have created, in order.
type created struct {
	mu    sync.RWMutex
	tasks []createdTask
	byID  map[string]int
	twins map[string]int // how often the same was asked for
	last  uint64         // with IDs.Bits 0: the last number given
}

type createdTask struct {
	template
	id      string
	number  int
	luck    uint64
	created time.Time
	data    any
}

// onCreated is the template of refs to created tasks.
const onCreated = -1

// Create makes a task that begins now. It lives by the first rule of the
// scenario ("on:") that selects the operation, else by the default lifecycle.
// Its luck hangs on the operation, the body and how often the same was asked
// for before. Errors: ErrTasks, ErrLifecycle.
func (t *Tasks) Create(now time.Time, c Creation) (Entry, error) {
	made := &t.made
	made.mu.Lock()
	defer made.mu.Unlock()
	if len(made.tasks) >= MaxCreated {
		return Entry{}, ErrTasks
	}
	layout := t.layout.Load()
	tmpl := layout.create(c)
	if tmpl.def.Lifecycle == nil {
		return Entry{}, ErrLifecycle
	}
	key := fmt.Sprintf("%s/%016x", c.Operation, task.Mix(string(c.Body)))
	if made.byID == nil {
		made.byID, made.twins = map[string]int{}, map[string]int{}
	}
	made.twins[key]++
	now = now.Truncate(time.Millisecond)
	k := createdTask{
		template: tmpl, number: layout.total + len(made.tasks),
		luck:    task.LuckOf(t.seed, fmt.Sprintf("%s/#%d", key, made.twins[key])),
		created: now, data: c.Data,
	}
	k.id = t.mint(&k)
	made.byID[k.id] = len(made.tasks)
	made.tasks = append(made.tasks, k)
	t.changed(Ref{template: onCreated, index: len(made.tasks) - 1})
	return t.entryOf(len(made.tasks)-1, &k, k.task().At(now, nil)), nil
}

// create is the template of a created task.
func (s *Set) create(c Creation) template {
	spec := &scenarios.Task{Name: c.Name, Set: c.Set, Count: 1}
	for i := range s.rules {
		rule := s.rules[i]
		if c.Operation == "" || !scenarios.Selects(rule.On, s.vendor, c.Operation, "start") {
			continue
		}
		spec.Lifecycle, spec.Subtasks = rule.Lifecycle, rule.Subtasks
		if rule.Name != "" {
			spec.Name = rule.Name
		}
		if len(rule.Set) > 0 {
			spec.Set = maps.Clone(c.Set)
			if spec.Set == nil {
				spec.Set = map[string]any{}
			}
			maps.Copy(spec.Set, rule.Set)
		}
		break
	}
	spec.Subtasks = c.subtasks(spec.Subtasks)
	spec.Lifecycle = cmp.Or(c.Lifecycle, spec.Lifecycle)
	d := s.define(spec)
	return template{spec: spec, def: d, count: 1, counted: d.Lifecycle != nil && task.Task{Definition: d}.NeedsRecord()}
}

// subtasks are those of a rule with what was asked for in its place; nil for none.
func (c *Creation) subtasks(rule *scenarios.Subtasks) *scenarios.Subtasks {
	if c.Parts == 0 && (c.Lifecycle == "" || rule == nil) {
		return rule
	}
	subtasks := scenarios.Subtasks{}
	if rule != nil {
		subtasks = *rule
	}
	if c.Parts > 0 {
		subtasks.Count = c.Parts
	}
	if c.Lifecycle != "" {
		subtasks.Lifecycle = "" // the task's
	}
	return &subtasks
}

// mint gives a created task an id that no other task has.
func (t *Tasks) mint(k *createdTask) string {
	ids := &t.layout.Load().ids
	if ids.Bits > 0 {
		for try := 0; ; try++ {
			n := task.Draw(k.luck, "id", fmt.Sprint(try)) >> (64 - ids.Bits)
			if id := ids.Format(n, k.created, k.spec); !t.taken(id) {
				return id
			}
		}
	}
	for n := max(ids.From(k.created), t.made.last+1); ; n++ {
		if id := ids.Format(n, k.created, k.spec); !t.taken(id) {
			t.made.last = n
			return id
		}
	}
}

func (k *createdTask) task() task.Task {
	return task.Task{Definition: k.def, Luck: k.luck, Created: k.created}
}

// createdTask is the created task of this index.
func (t *Tasks) createdTask(index int) *createdTask { return &t.madeSoFar()[index] }

func (t *Tasks) createdEntry(index int, s task.Snapshot) Entry {
	return t.entryOf(index, t.createdTask(index), s)
}

func (t *Tasks) entryOf(index int, k *createdTask, s task.Snapshot) Entry {
	return Entry{Ref: Ref{template: onCreated, index: index}, ID: k.id, Spec: k.spec, Number: k.number, Luck: k.luck, Data: k.data, Snapshot: s}
}

// madeSoFar are the created tasks as they are now. None of them ever changes.
func (t *Tasks) madeSoFar() []createdTask {
	t.made.mu.RLock()
	defer t.made.mu.RUnlock()
	return t.made.tasks
}

func (t *Tasks) findCreated(id string) (Ref, bool) {
	t.made.mu.RLock()
	defer t.made.mu.RUnlock()
	index, ok := t.made.byID[id]
	return Ref{template: onCreated, index: index}, ok
}
