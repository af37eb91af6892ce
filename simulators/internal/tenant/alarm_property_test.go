package tenant

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
	"pgregory.net/rapid"
)

const anyLife = `
default: counted
lifecycles:
  counted:
    queued: {phase: pending, polls: 2, to: running}
    running: {phase: running, after: 3s, to: checked}
    checked: {phase: running, polls: 1, to: done}
    done: {phase: succeeded}
  timed:
    queued: {phase: pending, after: 2s, to: running}
    running: {phase: running, after: 1s..5s, to: [{state: done, weight: 1}, {state: failed, weight: 1}]}
    done: {phase: succeeded, expires: {after: 20s}}
    failed: {}
  circle:
    up: {phase: running, after: 1s, to: down}
    down: {phase: paused, after: 2s, to: up}
tasks:
- {id: a}
- {id: b, lifecycle: timed, created: 5s}
- {id: c, lifecycle: circle}
- {id: d, lifecycle: timed, subtasks: {count: 3, stagger: 500ms}}
- {id: e, lifecycle: counted, subtasks: {count: 2}}
- {id: f, lifecycle: timed, count: 3}
`

// Whatever comes in whatever order, each edge after the first moment of
// listening is told exactly once, in order of its course, and what is told of a
// task as a whole is a chain that ends at its phase.
func TestAlarmTellsEachEdgeOnce(t *testing.T) {
	yaml := strings.Replace(anyLife, "{id: f, ", "{name: f, ", 1)
	worlds := map[string]*World{}
	for _, mode := range []string{"frozen", "skip", "x60", "real"} {
		worlds[mode] = world(t, "name: served\nclock: {mode: "+mode+"}\n"+yaml)
	}
	rapid.Check(t, func(t *rapid.T) {
		source := clock.NewManual(start)
		w := worlds[rapid.SampledFrom([]string{"frozen", "skip", "x60", "real"}).Draw(t, "mode")]
		n := aTenant("served~x", w, source)
		tasks := n.Tasks("acme")
		var e ear
		var before map[string]int
		steps := rapid.IntRange(1, 40).Draw(t, "steps")
		listenAt := rapid.IntRange(0, steps-1).Draw(t, "listen")
		for i := range steps {
			if i == listenAt {
				before = edgesSoFar(tasks)
				defer tasks.Listen(e.hear)()
			}
			anything(t, n, tasks, source)
			if i > listenAt && rapid.Bool().Draw(t, "settle") {
				tasks.alarm.Load().ring()
			}
		}
		tasks.alarm.Load().ring()
		checkTold(t, tasks, e.take(), before)
	})
}

// anything does one thing to a tenant.
func anything(t *rapid.T, n *Tenant, tasks *Tasks, source *clock.Manual) {
	refs := slices.Collect(tasks.All())
	ref := rapid.SampledFrom(refs).Draw(t, "task")
	state := rapid.SampledFrom([]string{"queued", "running", "checked", "done", "failed", "up", "down"}).Draw(t, "state")
	now := n.Clock.Now()
	switch rapid.IntRange(0, 7).Draw(t, "what") {
	case 0, 1:
		tasks.Read(now, ref)
	case 2:
		_ = source.Advance(time.Duration(rapid.IntRange(0, 3000).Draw(t, "ms")) * time.Millisecond)
		n.Wake() // the timer goes by the bubble's time, not by this source
	case 3:
		_ = n.Clock.Advance(now.Add(time.Duration(rapid.IntRange(0, 4000).Draw(t, "ms")) * time.Millisecond))
		n.Wake()
	case 4:
		_ = tasks.Force(ref, now, rapid.IntRange(task.Whole, 2).Draw(t, "sub"), state)
	case 5:
		_ = tasks.End(ref, now, rapid.SampledFrom([]scenarios.Phase{scenarios.Cancelled, scenarios.Failed}).Draw(t, "phase"))
	case 6:
		tasks.Expire(ref, now)
	case 7:
		if _, err := tasks.Create(now, Creation{Operation: "begin", Parts: rapid.IntRange(0, 2).Draw(t, "parts")}); err != nil {
			t.Fatal(err)
		}
	}
}

// allEdges are all edges of a task until now, from its record as it is.
func allEdges(tasks *Tasks, ref Ref) []task.Edge {
	k := tasks.task(ref)
	var history *task.Record
	if r := tasks.record(ref, false); r != nil {
		history = &r.history
	}
	return k.Edges(k.Created.Add(-1), tasks.clock.Now(), history)
}

// edgesSoFar counts the edges of each course; the task's own where it has
// subtasks are none of a course.
func edgesSoFar(tasks *Tasks) map[string]int {
	out := map[string]int{}
	for ref := range tasks.All() {
		for _, edge := range allEdges(tasks, ref) {
			out[courseOf(tasks.ID(ref), edge)]++
		}
	}
	return out
}

func courseOf(id string, e task.Edge) string { return fmt.Sprint(id, "/", e.Sub) }

func checkTold(t *rapid.T, tasks *Tasks, changes []Change, before map[string]int) {
	got, want := map[string][]task.Edge{}, map[string][]task.Edge{}
	for i, c := range changes {
		key := courseOf(c.ID, c.Edge)
		got[key] = append(got[key], c.Edge)
		if i > 0 && c.Edge.At.Before(changes[i-1].Edge.At.Add(-time.Millisecond)) {
			t.Fatalf("told %v at %v after %v", key, c.Edge.At, changes[i-1].Edge.At)
		}
	}
	for ref := range tasks.All() {
		k := tasks.task(ref)
		for _, edge := range allEdges(tasks, ref) {
			if key := courseOf(tasks.ID(ref), edge); k.Subtasks == 0 || edge.Sub != task.Whole {
				if want[key] = append(want[key], edge); len(want[key]) <= before[key] {
					continue
				}
			}
		}
		if own := fmt.Sprint(tasks.ID(ref), "/", task.Whole); k.Subtasks > 0 {
			checkChain(t, tasks, ref, got[own])
			delete(got, own)
		}
	}
	for key, edges := range want {
		if edges = edges[before[key]:]; !slices.Equal(got[key], edges) {
			t.Fatalf("%s: told %v\nwant %v", key, got[key], edges)
		}
		delete(got, key)
	}
	if len(got) > 0 {
		t.Fatalf("told what never was: %v", got)
	}
}

// checkChain holds what was told of a task with subtasks as a whole.
func checkChain(t *rapid.T, tasks *Tasks, ref Ref, edges []task.Edge) {
	e, _ := tasks.Look(ref, tasks.clock.Now())
	gone := 0
	var last *task.Edge
	for i := range edges {
		if edges[i].Expired {
			gone++
			continue
		}
		if edges[i].From == edges[i].To || last != nil && last.To != edges[i].From {
			t.Fatalf("%s: a broken chain %v", e.ID, edges)
		}
		last = &edges[i]
	}
	if last != nil && last.Phase != e.Phase {
		t.Fatalf("%s is %s, last told %v", e.ID, e.Phase, last)
	}
	if gone > 1 || gone == 1 && !e.Expired {
		t.Fatalf("%s: told %d times that it is forgotten, expired %v", e.ID, gone, e.Expired)
	}
}
