package simulators

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/plan"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// How many timelines a plan shows: of all tasks, and of tasks declared together
// by count. The rest is told as a number. Even PlanOptions.All has its bound.
const (
	planTasks  = 40
	planAlike  = 3
	planAll    = 100_000
	planSummed = 10_000 // how many tasks declared by count the counts of their ends are from
)

// planDoc is a plan, ready to be written as text or JSON.
type planDoc struct {
	Name        string                    `json:"name"`
	Description string                    `json:"description,omitempty"`
	File        string                    `json:"file"`
	Seed        int64                     `json:"seed"`
	Clock       string                    `json:"clock"`
	Start       *time.Time                `json:"start,omitempty"` // left out: the real time of the tenant's first request
	Vendors     []string                  `json:"vendors"`
	Profiles    map[string]string         `json:"profiles,omitempty"`
	Options     map[string]map[string]any `json:"options,omitempty"`
	Limits      []planLimit               `json:"limits"`
	LimitsFrom  string                    `json:"limits_from"` // scenario, vendors, or frozen: a frozen clock suspends the vendors' own
	Faults      []planFault               `json:"faults"`
	// Surprises are those that happen by the seed of surprises; without one there
	// are none.
	SurpriseSeed *int64          `json:"surprise_seed,omitempty"`
	Surprises    []planSurprise  `json:"surprises"`
	Lifecycles   []planLifecycle `json:"lifecycles"`
	Tasks        []planTask      `json:"tasks"`
	LeftOut      int             `json:"left_out"` // tasks without a timeline here
	Created      []planRule      `json:"created"`
	Warnings     []string        `json:"warnings"`
}

type planLifecycle struct {
	*plan.Lifecycle
	Default bool `json:"default,omitempty"`
}

// planTask is one entry of the tasks, Count tasks alike.
type planTask struct {
	planShape
	Vendors []string     `json:"vendors"`
	ID      string       `json:"id,omitempty"` // the written one
	Name    string       `json:"name,omitempty"`
	Count   int          `json:"count"`
	Begins  *plan.Length `json:"begins_ms,omitempty"`  // its creation, since the tenant's beginning
	Created *time.Time   `json:"created_at,omitempty"` // instead, where nobody knows when that will be

	Whole     []plan.End     `json:"ends,omitempty"` // with subtasks: its ends, by any seed
	Timelines []planTimeline `json:"timelines"`      // of the first tasks
	Came      []plan.Count   `json:"came,omitempty"` // of a count: how many tasks come to rest where
	CameOf    int            `json:"came_of,omitempty"`

	lifecycle *plan.Lifecycle
}

// planShape is how a task lives.
type planShape struct {
	Lifecycle string      `json:"lifecycle"`
	Subtasks  int         `json:"subtasks,omitempty"`
	Stagger   plan.Length `json:"stagger_ms,omitempty"`
}

type planTimeline struct {
	Key string `json:"key"` // what the task's luck hangs on
	// IDs are, for each vendor, the id that is made for a task without a written
	// one. It is "" where it hangs on when the tenant begins.
	IDs map[string]string `json:"ids,omitempty"`
	plan.Timeline
}

// planRule is how tasks that clients create live.
type planRule struct {
	planShape
	On     string `json:"on"`
	Vendor string `json:"vendor,omitempty"`
}

func newPlanDoc(w *tenant.World, vendors []*vendor, file string, problems scenarios.Problems, all bool) *planDoc {
	s := w.Scenario
	d := &planDoc{
		Name: s.Name, Description: s.Description, File: file, Seed: s.Seed, Clock: s.Clock.Mode.String(),
		Vendors: s.Vendors, Profiles: map[string]string{}, Options: s.Options,
		Limits: []planLimit{}, Faults: []planFault{}, Surprises: []planSurprise{}, Tasks: []planTask{}, Created: []planRule{}, Warnings: []string{},
	}
	for _, vendor := range s.Vendors {
		if s.Profiles[vendor] != "" {
			d.Profiles[vendor] = s.Profiles[vendor]
		}
	}
	if !s.Clock.Start.IsZero() {
		d.Start = &s.Clock.Start
	}
	switch {
	case s.Limits != nil:
		d.LimitsFrom = "scenario"
	case s.Clock.Mode.Kind == scenarios.Frozen:
		d.LimitsFrom = "frozen"
	default:
		d.LimitsFrom = "vendors"
	}
	for _, l := range w.Limits() {
		d.Limits = append(d.Limits, planLimitOf(l))
	}
	for _, p := range problems {
		d.Warnings = append(d.Warnings, p.String())
	}
	for i := range s.Tasks {
		if t := &s.Tasks[i]; t.On != "" {
			d.Created = append(d.Created, planRule{shapeOf(s, t), t.On, t.Vendor})
		}
	}
	entries, specs := planEntries(w), map[string]*openapi.Spec{}
	for _, v := range vendors {
		specs[v.Name] = v.spec
	}
	d.faults(w, entries, specs)
	d.surprises(w, specs)
	d.lifecycles(s, entries)
	d.tasks(w, entries, all)
	return d
}

func shapeOf(s *scenarios.Scenario, t *scenarios.Task) planShape {
	shape := planShape{Lifecycle: s.LifecycleOf(*t)}
	if t.Subtasks != nil {
		shape.Subtasks, shape.Stagger = t.Subtasks.Count, plan.Length(t.Subtasks.Stagger)
	}
	return shape
}

// planEntry is a declared entry with the vendors that have it with one luck.
type planEntry struct {
	tenant.Declared
	vendors []string

	// The entry at each vendor of a tenant that begins now, and of one that
	// begins later: an id that both have hangs on neither.
	now, later []tenant.Declared
}

// supposed is when a tenant begins if nobody knows: what hangs on it is not
// shown.
var supposed = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// beginnings are when a tenant of this scenario may begin.
func beginnings(s *scenarios.Scenario) (now, later time.Time) {
	if start := s.Clock.Start; !start.IsZero() {
		return start, start
	}
	return supposed, supposed.Add(1001 * time.Hour)
}

// planEntries are the declared tasks, vendor by vendor. What a scenario gives
// an id or a name without a vendor takes the same course at each: it is one.
func planEntries(w *tenant.World) []*planEntry {
	type same struct {
		spec *scenarios.Task
		key  string
	}
	var entries []*planEntry
	seen := map[same]*planEntry{}
	now, later := beginnings(w.Scenario)
	for _, vendor := range w.Scenario.Vendors {
		atLater := w.Declared(vendor, later)
		for i, d := range w.Declared(vendor, now) {
			key := same{d.Spec, d.Key(0)}
			e := seen[key]
			if e == nil {
				e = &planEntry{Declared: d}
				seen[key], entries = e, append(entries, e)
			}
			e.vendors = append(e.vendors, vendor)
			e.now, e.later = append(e.now, d), append(e.later, atLater[i])
		}
	}
	return entries
}

// ids are the ids that are made for the task of this index; nil if one is
// written.
func (e *planEntry) ids(index int) map[string]string {
	if e.Spec.ID != "" {
		return nil
	}
	ids := map[string]string{}
	for i, vendor := range e.vendors {
		ids[vendor] = ""
		if id := e.now[i].ID(index); id == e.later[i].ID(index) {
			ids[vendor] = id
		}
	}
	return ids
}

// lifecycles are all of the scenario, the default first. The one for waiting
// examples, which joins every scenario without tasks, is there only if it has
// some.
func (d *planDoc) lifecycles(s *scenarios.Scenario, entries []*planEntry) {
	used := map[string]bool{s.Default: true}
	for _, e := range entries {
		used[s.LifecycleOf(*e.Spec)] = true
	}
	for _, r := range d.Created {
		used[r.Lifecycle] = true
	}
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(s.Lifecycles)), func(name string) bool { return name == s.Default })
	if _, have := s.Lifecycles[s.Default]; have {
		names = append([]string{s.Default}, names...)
	}
	for _, name := range names {
		if used[name] || name != scenarios.Waiting {
			d.Lifecycles = append(d.Lifecycles, planLifecycle{plan.Of(name, s.Lifecycles[name]), name == s.Default})
		}
	}
}

// tasks follows the declared tasks as far as they are shown.
func (d *planDoc) tasks(w *tenant.World, entries []*planEntry, all bool) {
	lifecycles := map[string]*plan.Lifecycle{}
	for _, l := range d.Lifecycles {
		lifecycles[l.Name] = l.Lifecycle
	}
	left, alike := planTasks, planAlike
	following, summing := plan.NewBudget, plan.NewBudget
	if all {
		left, alike, following = planAll, planAll, 20*following
	}
	for _, e := range entries {
		show := min(left, alike, e.Count)
		left -= show
		if show == 0 {
			d.LeftOut += e.Count
			continue
		}
		t := d.task(w, e)
		t.lifecycle = lifecycles[t.Lifecycle]
		if t.Subtasks > 0 {
			t.Whole = t.lifecycle.Whole(t.Subtasks)
		}
		for i := range show {
			t.Timelines = append(t.Timelines, planTimeline{e.Key(i), e.ids(i), t.lifecycle.Timeline(e.Task(i), &following)})
		}
		if e.Count > 1 {
			t.sum(e, &summing)
		}
		d.LeftOut += e.Count - show
		d.Tasks = append(d.Tasks, t)
	}
}

func (d *planDoc) task(w *tenant.World, e *planEntry) planTask {
	t := planTask{
		planShape: shapeOf(w.Scenario, e.Spec),
		Vendors:   e.vendors, ID: e.Spec.ID, Name: e.Spec.Name, Count: e.Count,
	}
	began, later := beginnings(w.Scenario)
	created := e.Task(0).Created
	if c := e.Spec.Created; c != nil && !c.Instant.IsZero() && began != later {
		t.Created = &created
		return t
	}
	begins := plan.Length(created.Sub(began))
	t.Begins = &begins
	return t
}

// sum counts where tasks declared by count come to rest.
func (t *planTask) sum(e *planEntry, b *plan.Budget) {
	at := map[string]int{}
	for i := range min(e.Count, planSummed) {
		if *b <= 0 {
			break
		}
		line := t.lifecycle.Timeline(e.Task(i), b)
		at[line.Ends()]++
		t.CameOf++
	}
	for _, what := range slices.Sorted(maps.Keys(at)) {
		t.Came = append(t.Came, plan.Count{What: what, Count: at[what]})
	}
	slices.SortStableFunc(t.Came, func(a, b plan.Count) int { return cmp.Compare(b.Count, a.Count) })
}
