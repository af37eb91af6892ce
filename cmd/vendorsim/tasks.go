package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vendorsim/vendorsim/simulators"
)

func tasksCommand() *cobra.Command {
	type call = func(*simulators.Client, context.Context, string, string, string) (simulators.Task, error)
	plain := func(use, short string, ask call) *cobra.Command {
		return taskCall(use, short, 1, func(ctx context.Context, client *simulators.Client, tenant, vendor, id string, _ []string) (simulators.Task, error) {
			return ask(client, ctx, tenant, vendor, id)
		})
	}
	return group("tasks", "Look at a tenant's tasks, create and change them",
		`Look at a tenant's tasks, create and change them. No such look is a poll. A TASK is
its id or, where several vendors have that id, VENDOR/ID.`,
		tasksList(), tasksNew(), tasksForce(),
		plain("get TASK", "Show a task and where it may go", (*simulators.Client).Task),
		plain("cancel TASK", "End a task as cancelled", (*simulators.Client).Cancel),
		plain("expire TASK", "Make the vendor forget a task", (*simulators.Client).Expire))
}

// wholeTask is the subtask of a task that is not about one. No number that a
// person might try is.
const wholeTask = math.MinInt32

func tasksForce() *cobra.Command {
	subtask := wholeTask
	cmd := taskCall("force TASK STATE", "Put a task into a state of its lifecycle", 2,
		func(ctx context.Context, client *simulators.Client, tenant, vendor, id string, args []string) (simulators.Task, error) {
			f := simulators.Force{State: args[0]}
			if subtask != wholeTask {
				f.Subtask = &subtask
			}
			return client.Force(ctx, tenant, vendor, id, f)
		})
	cmd.Flags().IntVar(&subtask, "subtask", wholeTask, "only this subtask, from 0 (default: the task, or all its subtasks)")
	cmd.Flags().Lookup("subtask").DefValue = "0" // it is not shown then
	return cmd
}

// taskCall is a command about one task, its first argument.
func taskCall(use, short string, args int,
	call func(ctx context.Context, client *simulators.Client, tenant, vendor, id string, rest []string) (simulators.Task, error)) *cobra.Command {
	var c control
	cmd := apiCommand(&c, use, short, exactly(args),
		func(ctx context.Context, client *simulators.Client, args []string) (simulators.Task, error) {
			vendor, id, err := client.FindTask(ctx, c.tenant, args[0])
			if err != nil {
				return simulators.Task{}, err
			}
			return call(ctx, client, c.tenant, vendor, id, args[1:])
		}, printTask)
	c.tenantFlags(cmd.Flags())
	return cmd
}

func tasksList() *cobra.Command {
	var c control
	var q simulators.TaskQuery
	cmd := apiCommand(&c, "list", "List the tasks", exactly(0),
		func(ctx context.Context, client *simulators.Client, _ []string) (simulators.Tasks, error) {
			return client.Tasks(ctx, c.tenant, q)
		},
		func(w io.Writer, page simulators.Tasks) error {
			if len(page.Tasks) == 0 {
				_, err := fmt.Fprintf(w, "no task there: such are %d in all\n", page.Total)
				return err
			}
			err := table(w, func(row func(...any)) {
				row("VENDOR", "ID", "PHASE", "STATE", "PERCENT", "NEXT CHANGE", "NAME")
				for _, t := range page.Tasks {
					row(t.Vendor, t.ID, t.Phase, orElse(t.State, "-"), t.Progress, instantOr(t.Until, "-"), t.Name)
				}
			})
			if left := page.Total - q.Offset - len(page.Tasks); left > 0 {
				fmt.Fprintf(w, "and %d more: --offset %d\n", left, q.Offset+len(page.Tasks))
			}
			return err
		})
	c.tenantFlags(cmd.Flags())
	cmd.Flags().StringVar(&q.Vendor, "vendor", "", "only this vendor's")
	cmd.Flags().StringVar(&q.Phase, "phase", "", "only those in this phase")
	cmd.Flags().IntVar(&q.Limit, "limit", 100, "how many at most, up to 1000")
	cmd.Flags().IntVar(&q.Offset, "offset", 0, "how many to pass over")
	return cmd
}

func tasksNew() *cobra.Command {
	var c control
	var n simulators.NewTask
	var set []string
	cmd := apiCommand(&c, "new", "Create a task as a client's call would", exactly(0),
		func(ctx context.Context, client *simulators.Client, _ []string) (simulators.Task, error) {
			for _, s := range set {
				name, value, ok := strings.Cut(s, "=")
				if !ok {
					return simulators.Task{}, misused("--set: want field=value, not %q", s)
				}
				var v any
				if json.Unmarshal([]byte(value), &v) != nil {
					v = value // plain text
				}
				if n.Set == nil {
					n.Set = map[string]any{}
				}
				n.Set[name] = v
			}
			return client.CreateTask(ctx, c.tenant, n)
		}, printTask)
	flags := cmd.Flags()
	c.tenantFlags(flags)
	flags.StringVar(&n.Vendor, "vendor", "", "at which vendor")
	flags.StringVar(&n.Operation, "operation", "", "as this operation would, with the scenario's rule for it")
	flags.StringVar(&n.Lifecycle, "lifecycle", "", "how it lives, instead of the rule's or the default lifecycle")
	flags.StringVar(&n.Name, "name", "", "its name")
	flags.IntVar(&n.Subtasks, "subtasks", 0, "how many subtasks it has")
	flags.StringArrayVar(&set, "set", nil, "field=value, a vendor field by its wire name; may be repeated")
	_ = cmd.MarkFlagRequired("vendor") // it fails only for a flag that does not exist
	return cmd
}

func printTask(w io.Writer, t simulators.Task) error {
	return table(w, func(row func(...any)) {
		row("task", t.Vendor+"/"+t.ID)
		if t.Name != "" {
			row("name", t.Name)
		}
		row("lifecycle", t.Lifecycle+", "+t.Origin)
		if !t.Known {
			row("known", "no: not created yet, or forgotten")
		}
		row("phase", t.Phase)
		if t.State != "" {
			row("state", fmt.Sprintf("%s since %s, %s", t.State, instant(t.Entered), counted(t.Reads, "read")))
		}
		row("progress", fmt.Sprintf("%d%%", t.Progress))
		row("created", instant(t.Created))
		row("ended", instantOr(t.Ended, "-"))
		row("next change", instantOr(t.Until, "none by itself"))
		if t.Error != nil {
			row("error", strings.TrimSpace(t.Error.Code+" "+t.Error.Message))
		}
		for _, n := range t.Next {
			row("may go to", wayWords(n, len(t.Next)))
		}
		for _, s := range t.Subtasks {
			row(fmt.Sprintf("subtask %d", s.Number), fmt.Sprintf("%s %d%%", stateWords(s.State, s.Phase), s.Progress))
			for _, n := range s.Next {
				row("", "may go to "+wayWords(n, len(s.Next)))
			}
		}
	})
}

// wayWords is one of so many ways out of a state.
func wayWords(n simulators.Next, of int) string {
	words := stateWords(n.State, n.Phase)
	switch {
	case n.By == "reads":
		words += fmt.Sprintf(" after %s more", counted(n.Reads, "read"))
	case n.At != nil:
		words += " at " + instant(*n.At)
	}
	if of == 1 {
		return words
	}
	words += fmt.Sprintf(", weight %d", n.Weight)
	if n.Drawn {
		words += ", which was drawn: it will"
	}
	return words
}

// stateWords is a state, with its phase where that has another name.
func stateWords(state, phase string) string {
	if state == phase {
		return state
	}
	return state + " (" + phase + ")"
}
