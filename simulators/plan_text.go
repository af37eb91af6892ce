package simulators

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/plan"
)

// text is the plan for a person at a terminal.
func (d *planDoc) text() string {
	lines := append(append(d.head(), d.faultLines()...), d.surpriseLines()...)
	for _, l := range d.Lifecycles {
		title := "lifecycle " + l.Name
		if l.Default {
			title += " (the default)"
		}
		lines = append(lines, "", title)
		lines = append(lines, l.Lines()...)
	}
	lines = append(lines, d.taskLines()...)
	if len(d.Created) > 0 {
		lines = append(lines, "", "tasks that clients create")
		for _, r := range d.Created {
			lines = append(lines, fmt.Sprintf("  on %s: %s", onOf(r), r.planShape))
		}
	}
	if len(d.Warnings) > 0 {
		lines = append(append(lines, ""), d.Warnings...)
	}
	return strings.Join(lines, "\n") + "\n"
}

// onOf names the operations of a rule.
func onOf(r planRule) string {
	if r.Vendor == "" || strings.HasPrefix(r.On, r.Vendor+".") {
		return r.On
	}
	return r.On + " at " + r.Vendor
}

const heading = "  %-9s "

func (d *planDoc) head() []string {
	title := d.Name
	if d.Description != "" {
		title += ": " + d.Description
	}
	lines := plan.WrapText("", title)
	add := func(what string, items ...string) {
		lines = append(lines, plan.Wrap(fmt.Sprintf(heading, what), items)...)
	}
	add("file", d.File)
	add("seed", fmt.Sprint(d.Seed))
	start := "from the tenant's first request on"
	if d.Start != nil {
		start = "from " + d.Start.Format(time.RFC3339Nano) + " on"
	}
	add("clock", d.Clock, start)
	add("vendors", d.Vendors...)
	add("profiles", d.profiles()...)
	var options []string
	for _, vendor := range slices.Sorted(maps.Keys(d.Options)) {
		for _, name := range slices.Sorted(maps.Keys(d.Options[vendor])) {
			options = append(options, fmt.Sprintf("%s %s=%v", vendor, name, d.Options[vendor][name]))
		}
	}
	add("options", options...)
	for i, l := range d.limitLines() {
		what := ""
		if i == 0 {
			what = "limits"
		}
		lines = append(lines, plan.WrapText(fmt.Sprintf(heading, what), l)...)
	}
	return lines
}

// profiles are the profiles that somebody chose.
func (d *planDoc) profiles() []string {
	vendors := map[string][]string{}
	for _, vendor := range d.Vendors {
		if profile := d.Profiles[vendor]; profile != "" {
			vendors[profile] = append(vendors[profile], vendor)
		}
	}
	var out []string
	for _, profile := range slices.Sorted(maps.Keys(vendors)) {
		where := " at " + strings.Join(vendors[profile], " and ")
		if len(vendors[profile]) == len(d.Vendors) {
			where = ""
		}
		out = append(out, profile+where)
	}
	return out
}

func (d *planDoc) taskLines() []string {
	if len(d.Tasks) == 0 {
		return []string{"", "tasks: none"}
	}
	title := fmt.Sprintf("tasks by seed %d, in time since the tenant's beginning", d.Seed)
	if slices.ContainsFunc(d.Tasks, planTask.isRead) {
		title += ` ("after 2 reads": the next one shows it)`
	}
	lines := append([]string{""}, plan.WrapText("", title)...)
	for i := range d.Tasks {
		lines = append(lines, d.Tasks[i].lines(len(d.Tasks[i].Vendors) == len(d.Vendors))...)
	}
	if d.LeftOut > 0 {
		lines = append(lines, "  "+plan.Number(d.LeftOut)+" more tasks are not shown; --all shows them")
	}
	return lines
}

// isRead tells whether a timeline hangs on reads.
func (t planTask) isRead() bool {
	return slices.ContainsFunc(t.Timelines, func(l planTimeline) bool {
		return slices.ContainsFunc(l.Steps, func(s plan.Step) bool { return s.Reads > 0 })
	})
}

// lines are a task with its course, or tasks alike with the courses of the
// first.
func (t *planTask) lines(everywhere bool) []string {
	who := strings.Join(t.Vendors, ", ")
	if everywhere && len(t.Vendors) > 1 {
		who = "every vendor"
	}
	lines := plan.Wrap("  "+who+": ", []string{t.title(), t.planShape.String()})
	if t.Created != nil {
		lines = append(lines, fmt.Sprintf("    created %s; times are since then", t.Created.Format(time.RFC3339Nano)))
	}
	var begin plan.Length
	if t.Begins != nil {
		begin = *t.Begins
	}
	for i := range t.Timelines {
		l := &t.Timelines[i]
		head := "    "
		if t.Count > 1 {
			head = fmt.Sprintf("    #%-5d ", i+1)
		}
		lines = append(lines, plan.Wrap(head, l.Words(begin))...)
		lines = append(lines, plan.Wrap(indent(head)+"its subtasks: ", plan.Counts(l.Subtasks))...)
		lines = append(lines, plan.Wrap(indent(head)+"id: ", l.madeIDs(t.Vendors))...)
	}
	if len(t.Came) > 0 {
		of := "all"
		if t.CameOf < t.Count {
			of = "the first " + plan.Number(t.CameOf)
		}
		lines = append(lines, plan.Wrap("    of "+of+": ", plan.Counts(t.Came))...)
	}
	if len(t.Whole) > 1 {
		lines = append(lines, plan.Wrap("    by any seed: ", t.lifecycle.WholeEnds(t.Subtasks))...)
	}
	return lines
}

// madeIDs are the ids that no scenario wrote.
func (l *planTimeline) madeIDs(vendors []string) []string {
	var out, open []string
	for _, vendor := range vendors {
		switch id := l.IDs[vendor]; {
		case l.IDs == nil:
		case id == "":
			open = append(open, vendor)
		case len(vendors) == 1:
			out = append(out, id)
		default:
			out = append(out, id+" at "+vendor)
		}
	}
	const later = "made when the tenant begins"
	switch {
	case len(open) == 0:
		return out
	case len(open) == len(vendors):
		return []string{later}
	}
	return append(out, "at "+strings.Join(open, " and ")+" "+later)
}

func indent(head string) string { return strings.Repeat(" ", len(head)) }

// title is the task's id and name, or, for want of both, the key of its luck.
func (t *planTask) title() string {
	title := t.ID
	switch {
	case t.ID == "" && t.Name == "":
		title = t.Timelines[0].Key
	case t.ID == "":
		title = t.Name
	case t.Name != "":
		title += " (" + t.Name + ")"
	}
	switch {
	case t.Count == 1:
		return title
	case t.Name != "":
		return plan.Number(t.Count) + " tasks named " + title
	}
	return plan.Number(t.Count) + " tasks (" + title + " and so on)"
}

func (s planShape) String() string {
	if s.Subtasks == 0 {
		return "lifecycle " + s.Lifecycle
	}
	noun := "subtasks"
	if s.Subtasks == 1 {
		noun = "subtask"
	}
	words := fmt.Sprintf("%s %s of lifecycle %s", plan.Number(s.Subtasks), noun, s.Lifecycle)
	if s.Stagger > 0 {
		words += fmt.Sprintf(", each %s later", s.Stagger)
	}
	return words
}
