package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/vendorsim/vendorsim/simulators"
)

func clockCommand() *cobra.Command {
	type call = func(*simulators.Client, context.Context, string) (simulators.TenantClock, error)
	plain := func(use, short string, ask call) *cobra.Command {
		return clockCall(use, short, exactly(0), func(ctx context.Context, client *simulators.Client, tenant string, _ []string) (simulators.TenantClock, error) {
			return ask(client, ctx, tenant)
		})
	}
	speed := clockCall("speed N", "Make a real second N seconds of the tenant's", exactly(1),
		func(ctx context.Context, client *simulators.Client, tenant string, args []string) (simulators.TenantClock, error) {
			n, err := strconv.Atoi(strings.TrimPrefix(args[0], "x"))
			if err != nil {
				return simulators.TenantClock{}, misused("speed is a whole number, such as 60, not %q", args[0])
			}
			return client.Speed(ctx, tenant, n)
		})
	return group("clock", "Read and move a tenant's clock", "",
		plain("get", "Read the clock", (*simulators.Client).Clock),
		plain("freeze", "Stop the clock; it then moves only by advance", (*simulators.Client).Freeze),
		plain("resume", "Let the clock run as it did before freeze", (*simulators.Client).Resume),
		speed, clockAdvance())
}

func clockCall(use, short string, args cobra.PositionalArgs,
	call func(context.Context, *simulators.Client, string, []string) (simulators.TenantClock, error)) *cobra.Command {
	var c control
	cmd := apiCommand(&c, use, short, args,
		func(ctx context.Context, client *simulators.Client, args []string) (simulators.TenantClock, error) {
			return call(ctx, client, c.tenant, args)
		},
		func(w io.Writer, k simulators.TenantClock) error {
			_, err := fmt.Fprintf(w, "%s %s (began %s, lived %s)\n", instant(k.Now), k.Mode, instant(k.Began), length(k.Lived))
			return err
		})
	c.tenantFlags(cmd.Flags())
	return cmd
}

func clockAdvance() *cobra.Command {
	var c control
	var by, to, until string
	cmd := apiCommand(&c, "advance", "Move the clock on, and list what happened on the way", exactly(0),
		func(ctx context.Context, client *simulators.Client, _ []string) (simulators.Moved, error) {
			move := simulators.Advance{By: by}
			if to != "" {
				at, err := time.Parse(time.RFC3339Nano, to)
				if err != nil {
					return simulators.Moved{}, misused("--to: want an instant such as 2026-01-15T09:40:00Z, not %q", to)
				}
				move.To = &at
			}
			if until != "" {
				var err error
				if move.Until, err = c.target(ctx, client, until); err != nil {
					return simulators.Moved{}, err
				}
			}
			return client.Advance(ctx, c.tenant, move)
		}, printMoved)
	c.tenantFlags(cmd.Flags())
	cmd.Flags().StringVar(&by, "by", "", "for so long, such as 40m")
	cmd.Flags().StringVar(&to, "to", "", "to an instant, such as 2026-01-15T09:40:00Z")
	cmd.Flags().StringVar(&until, "until", "", "until a task is in a state: TASK=STATE, or vendor/TASK=STATE; STATE is ended, a phase or the state's name")
	alternatives(cmd, 1, "by", "to", "until")
	cmd.Example = `  vendorsim clock advance --by 40m
  vendorsim clock advance --until id12345=ended --tenant slow~a`
	return cmd
}

// target reads TASK=STATE, or VENDOR/TASK=STATE.
func (c *control) target(ctx context.Context, client *simulators.Client, until string) (*simulators.Target, error) {
	task, state, ok := cutLast(until, "=")
	if !ok || task == "" || state == "" {
		return nil, misused("--until: want TASK=STATE, such as id12345=ended, not %q", until)
	}
	t, err := client.Tenant(ctx, c.tenant)
	if err != nil {
		return nil, err
	}
	return t.NewTarget(task, state), nil
}

// cutLast is strings.Cut at the last separator: an id may hold it.
func cutLast(s, separator string) (before, after string, found bool) {
	i := strings.LastIndex(s, separator)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(separator):], true
}

func printMoved(w io.Writer, m simulators.Moved) error {
	fmt.Fprintf(w, "%s -> %s (%s)\n", instant(m.From), instant(m.To), m.To.Sub(m.From))
	type event struct {
		at          time.Time
		whose, what string
	}
	var events []event
	for _, e := range m.Edges {
		events = append(events, event{e.At, e.Vendor + "/" + e.Task, subtaskWords(e.Subtask) + edgeWords(e)})
	}
	for _, l := range m.Windows {
		events = append(events, event{l.At, l.Vendor, "limit as new: " + l.Limit})
	}
	for _, k := range m.Tokens {
		events = append(events, event{k.At, k.Vendor, k.Kind + " token ended: " + k.Token})
	}
	for _, f := range m.Faults {
		what := "is over"
		if f.Opens {
			what = "begins"
		}
		events = append(events, event{f.At, "fault " + f.Name, what})
	}
	slices.SortStableFunc(events, func(a, b event) int { return a.at.Compare(b.at) })
	err := table(w, func(row func(...any)) {
		for _, e := range events {
			row("  "+instant(e.at), e.whose, e.what)
		}
	})
	switch {
	case m.More > 0:
		fmt.Fprintf(w, "  and %d changes more\n", m.More)
	case len(events) == 0:
		fmt.Fprintln(w, "  nothing happened on the way")
	}
	return err
}

func edgeWords(e simulators.Edge) string {
	switch {
	case e.Expired:
		return "forgotten"
	case e.From == "":
		return "created: " + e.To
	}
	return e.From + " -> " + e.To
}
