package scenarios

import (
	"regexp"
	"slices"
)

var faultName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

func (c *checker) checkFaults() {
	faults := c.scenario.Faults
	if len(faults) > MaxRules {
		c.at([]any{"faults"}, "there are %d faults; at most %d are allowed", len(faults), MaxRules)
		return
	}
	named := map[string]Position{}
	for i := range faults {
		f, path := &faults[i], []any{"faults", i}
		if n := c.root.lookup(path...); n == nil || n.kind != mapping {
			continue
		}
		c.checkFault(path, f)
		if c.sound(under(path, "name")...) != nil {
			if first, repeated := named[f.Name]; repeated {
				c.at(under(path, "name"), "there is a fault %q already, at %s", f.Name, first)
			} else {
				named[f.Name] = f.At
			}
		}
		c.checkFaultTask(path, f)
	}
	c.warnShadowed(faults)
}

// checkFault holds one fault to the rules that need no other one and no task.
func (c *checker) checkFault(path []any, f *Fault) {
	n := c.root.lookup(path...)
	if c.sound(under(path, "name")...) != nil && !faultName.MatchString(f.Name) {
		c.at(under(path, "name"), `the name %q must be 1 to 64 of a-z 0-9 and -, such as "lost-reply"`, f.Name)
	}
	selects := false // whether vendor and on lead to anything
	if c.vendorServed(under(path, "vendor"), f.Vendor) {
		c.checkOn(under(path, "on"), f.On, f.Vendor)
		selects = c.sound(under(path, "on")...) == n.get("on")
	}
	if counts := firstOf(n, "nth", "first", "every"); counts != "" {
		for _, key := range []string{"first", "every"} {
			if key != counts && n.get(key) != nil {
				c.atKey(under(path, key), `%q cannot stand beside %q; write one of nth, first and every`, key, counts)
			}
		}
	}
	if c.sound(under(path, "task")...) != nil && f.Task == "" {
		c.at(under(path, "task"), `"task" is empty; leave the key out for every task`)
	}
	c.checkCondition(under(path, "when"), f)
	c.checkAnswer(under(path, "answer"), &f.Answer)
	if f.Answer.Mangles() && n.get("stage") != nil {
		c.atKey(under(path, "stage"), `"stage" cannot stand beside %q, which alters the real reply: the work is always done`, firstOf(n.get("answer"), mangling...))
	}
	if selects {
		c.checkWording(under(path, "answer"), f)
	}
	if needs := firstOf(n, "task", "when", "age"); needs != "" && f.On == "login" {
		_, at := c.root.find(under(path, needs)...)
		c.problems.warn(at, "a fault that can never fire: a log-in is about no task, and %q asks for one", needs)
	}
}

func (c *checker) checkCondition(path []any, f *Fault) {
	n := c.root.lookup(path...)
	if n == nil || n.kind != mapping {
		return
	}
	when := f.When
	if n.get("phase") == nil && n.get("state") == nil && !c.refused[n] {
		c.at(path, `"when" needs "phase", "state" or both: what the task must be like`)
	}
	shown := c.whatIsShown()
	phases, found := shown.states[when.State]
	switch {
	case c.sound(under(path, "state")...) != nil && !found:
		c.at(under(path, "state"), "no lifecycle has a state %q%s", when.State, c.didYouMean(when.State, shown.names))
	case !c.clean(n):
	case when.State != "" && when.Phase != "" && !slices.Contains(phases, when.Phase):
		_, at := c.root.find(under(path, "phase")...)
		c.problems.warn(at, "a fault that can never fire: the phase of %q is never %s", when.State, when.Phase)
	case when.State == "" && !shown.phases[when.Phase]:
		_, at := c.root.find(under(path, "phase")...)
		c.problems.warn(at, "a fault that can never fire: no lifecycle has a state of the phase %s", when.Phase)
	}
}

// shown is what the tasks of a scenario may be seen as.
type shown struct {
	states map[string][]Phase // the phases of the states of each name
	names  []string           // of the states, sorted
	phases map[Phase]bool     // in which some task may be
	tasks  map[string][]string
	words  []string // the ids and names of tasks, sorted
}

// whatIsShown reads the lifecycles and tasks once for all faults. A client may
// end a task whatever its lifecycle says, and a task with subtasks, as a vendor's
// example tasks may have, has its phase from how many of them have begun and
// ended: so only some phases are never seen.
func (c *checker) whatIsShown() *shown {
	if c.shown != nil {
		return c.shown
	}
	s := c.scenario
	w := &shown{states: map[string][]Phase{}, phases: map[Phase]bool{}, tasks: map[string][]string{}}
	for _, lifecycle := range s.Lifecycles {
		for _, state := range lifecycle {
			w.states[state.Name] = append(w.states[state.Name], state.Phase)
			w.phases[state.Phase] = true
		}
	}
	subtasks := s.Tasks == nil
	for _, t := range s.Tasks {
		subtasks = subtasks || t.Subtasks != nil
		for _, word := range []string{t.ID, t.Name} {
			if word != "" {
				w.tasks[word] = append(w.tasks[word], t.Vendor)
			}
		}
	}
	for _, p := range Phases {
		w.phases[p] = w.phases[p] || p.Ended() || subtasks && p != Paused
	}
	w.names, w.words = sortedKeys(w.states), sortedKeys(w.tasks)
	c.shown = w
	return w
}

// checkFaultTask: a task that no entry names is mistyped, unless the tasks are
// left out: those of the vendors' documentation the language does not know.
func (c *checker) checkFaultTask(path []any, f *Fault) {
	path = under(path, "task")
	if c.sound(path...) == nil || f.Task == "" || c.scenario.Tasks == nil {
		return
	}
	shown := c.whatIsShown()
	vendors, found := shown.tasks[f.Task]
	switch {
	case !found:
		c.at(path, "no task of this scenario has the id or name %q%s", f.Task, c.didYouMean(f.Task, shown.words))
	case !slices.ContainsFunc(vendors, func(vendor string) bool { return overlap(vendor, f.Vendor) }):
		c.at(path, "the task %q is not at %s", f.Task, f.Vendor)
	}
}

// warnShadowed tells of faults whose answer never comes, because that of one
// before them always does.
func (c *checker) warnShadowed(faults []Fault) {
	var always []*Fault
	for i := range faults {
		f := &faults[i]
		if !c.clean(c.root.lookup("faults", i)) || f.Answer.OnlyLatency() {
			continue
		}
		for _, before := range always {
			if f.Answer.Latency == nil && (before.Vendor == "" || before.Vendor == f.Vendor) && (before.On == "" || before.On == f.On) {
				c.problems.warn(f.At, "a fault that can never fire: all that it selects is answered by %q, which stands before it", before.Name)
				break
			}
		}
		if f.unconditional() {
			always = append(always, f)
		}
	}
}

// unconditional tells whether a fault answers every request to its vendor and
// operation.
func (f *Fault) unconditional() bool {
	return f.Task == "" && f.When == nil && f.During == nil && f.Age == nil &&
		f.Nth == 0 && f.First == 0 && f.Every <= 1 && (f.Chance == 0 || f.Chance == Certain)
}
