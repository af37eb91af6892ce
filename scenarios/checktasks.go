package scenarios

import (
	"slices"
	"strings"
)

// The most that a scenario may declare.
const (
	MaxTaskEntries = 10_000    // entries of tasks
	MaxTasks       = 5_000_000 // tasks in all, by their counts
	MaxSubtasks    = 10_000    // subtasks of one task
)

func (c *checker) checkTasks() {
	tasks := c.scenario.Tasks
	if len(tasks) > MaxTaskEntries {
		c.at([]any{"tasks"}, "there are %d entries; at most %d are allowed; use \"count\" for many alike", len(tasks), MaxTaskEntries)
		return
	}
	total := 0
	var declared []declaredTask
	for i := range tasks {
		t := &tasks[i]
		path := []any{"tasks", i}
		if n := c.root.lookup(path...); n == nil || n.kind != mapping {
			continue
		}
		if total <= MaxTasks && total+t.Count > MaxTasks && t.Count <= MaxTasks {
			c.at(under(path, "count"), "with this entry there are more than %d tasks in all; that is the most allowed", MaxTasks)
		}
		total += t.Count
		if vendors, declares := c.checkTask(path, t); declares {
			declared = append(declared, declaredTask{t, path, vendors})
		}
	}
	c.checkIDsOnce(declared)
	c.checkNamesApart(declared)
}

// checkTask answers the vendors at which the task exists, if it declares one.
func (c *checker) checkTask(path []any, t *Task) (vendors []string, declares bool) {
	vendors = c.scenario.vendorsOf(t.Vendor)
	if !c.vendorServed(under(path, "vendor"), t.Vendor) {
		vendors = nil
	}
	if c.root.lookup(under(path, "lifecycle")...) != nil {
		c.lifecycleExists(under(path, "lifecycle"), t.Lifecycle)
	}
	if t.Subtasks != nil && t.Subtasks.Lifecycle != "" {
		c.lifecycleExists(under(path, "subtasks", "lifecycle"), t.Subtasks.Lifecycle)
	}
	c.checkFields(under(path, "set"), t.Set, vendors, c.known.TaskField)
	if c.root.lookup(under(path, "on")...) != nil {
		c.checkRule(path, t)
		return nil, false
	}
	c.checkID(path, t, vendors)
	for _, key := range []string{"id", "name"} {
		word := map[string]string{"id": t.ID, "name": t.Name}[key]
		if c.sound(under(path, key)...) == nil {
			continue
		}
		if word == "" {
			c.at(under(path, key), "%q is empty; leave the key out for none", key)
		} else if strings.Contains(word, "/#") {
			c.at(under(path, key), `%q cannot hold "/#", with which vendorsim numbers tasks`, key)
		}
	}
	return vendors, true
}

// checkRule is about an entry with `on`, which makes no task by itself.
func (c *checker) checkRule(path []any, t *Task) {
	for _, key := range []string{"id", "created", "count"} {
		if c.root.lookup(under(path, key)...) != nil {
			c.atKey(under(path, key), `%q cannot stand beside "on": such tasks come when a client creates them`, key)
		}
	}
	if t.On != "start" && slices.Contains(Kinds, t.On) && c.sound(under(path, "on")...) != nil {
		c.at(under(path, "on"), `a request of kind %q creates no task; write "start" or an operation's name`, t.On)
	}
	c.checkOn(under(path, "on"), t.On, t.Vendor)
}

func (c *checker) checkID(path []any, t *Task, vendors []string) {
	if c.sound(under(path, "id")...) == nil {
		return
	}
	if t.Count > 1 {
		c.at(under(path, "count"), "%d tasks cannot share one id; leave the id out, and each gets its own", t.Count)
	}
	if c.known.TaskID == nil || t.ID == "" {
		return
	}
	for _, vendor := range vendors {
		err := c.known.TaskID(vendor, t.ID)
		switch {
		case err == nil:
		case t.Vendor == "":
			c.at(under(path, "id"), "%q is no task id at %s: %v; with \"vendor\" the task exists only where its id suits", t.ID, vendor, err)
			return
		default:
			c.at(under(path, "id"), "%q is no task id at %s: %v", t.ID, vendor, err)
		}
	}
}

// checkOn holds an `on` to the operations that are served at a vendor, or, if
// that is left out, at any of the scenario.
func (c *checker) checkOn(path []any, on, vendor string) {
	if c.sound(path...) == nil || len(c.known.Operations) == 0 || slices.Contains(Kinds, on) {
		return
	}
	var names []string
	for _, v := range c.scenario.vendorsOf(vendor) {
		for _, operation := range c.known.Operations[v] {
			if Selects(on, v, operation, "") {
				return
			}
			names = append(names, operation)
		}
	}
	where := "a vendor of this scenario"
	if vendor != "" {
		where = vendor
	}
	known := append(slices.Clone(Kinds), names...)
	meant := c.nearest(on, known)
	if meant == "" {
		c.at(path, "%q is no operation of %s; write an operation's name, vendor.name, or a kind: %s", on, where, strings.Join(Kinds, ", "))
		return
	}
	c.at(path, "%q is no operation of %s%s", on, where, hint(meant, known))
}

// Selects tells whether an `on` means this operation: by its kind, its name,
// or vendor.name. An `on` left out means every operation.
func Selects(on, vendor, operation, kind string) bool {
	if on == "" || on == kind || on == operation {
		return true
	}
	// It is asked for each request: vendor+"."+operation would be made anew.
	of, named := strings.CutSuffix(on, operation)
	return named && len(of) == len(vendor)+1 && of[len(vendor)] == '.' && of[:len(vendor)] == vendor
}

// declaredTask is a task that exists, with its place in the tree.
type declaredTask struct {
	*Task
	path    []any
	vendors []string
}

// checkIDsOnce refuses an id given twice at one vendor.
func (c *checker) checkIDsOnce(tasks []declaredTask) {
	first := map[[2]string]Position{} // vendor and id
	for _, t := range tasks {
		for _, vendor := range t.vendors {
			key := [2]string{vendor, t.ID}
			if at, repeated := first[key]; !repeated {
				first[key] = t.At
			} else if t.ID != "" && c.sound(under(t.path, "id")...) != nil {
				c.at(under(t.path, "id"), "%s has the task id %q already; it is given at %s", vendor, t.ID, at)
			}
		}
	}
}

// checkNamesApart refuses names that read like another task's key: two tasks
// of one key would share their luck.
func (c *checker) checkNamesApart(tasks []declaredTask) {
	ids := map[[2]string]Position{} // vendor and id
	for _, t := range tasks {
		for _, vendor := range t.vendors {
			ids[[2]string{vendor, t.ID}] = t.At
		}
	}
	for _, t := range tasks {
		for _, vendor := range t.vendors {
			if t.ID != "" || t.Name == "" || c.sound(under(t.path, "name")...) == nil {
				continue
			}
			if at, isID := ids[[2]string{vendor, t.Name}]; isID {
				c.at(under(t.path, "name"), "the name is the id of the task at %s, and they would share their luck; give this one an id", at)
				continue
			}
			lifecycle, found := strings.CutPrefix(t.Name, vendor+"/")
			if _, exists := c.scenario.Lifecycles[lifecycle]; found && exists {
				c.at(under(t.path, "name"), "a task cannot be named %q, by which vendorsim knows tasks without a name; give it an id", t.Name)
			}
		}
	}
}
