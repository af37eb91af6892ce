package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/vendorsim/vendorsim/simulators"
)

// journalFlags are the flags of journal.
type journalFlags struct {
	control
	simulators.JournalQuery
	turnedAway, follow, har, replay, partial bool
}

func journalCommand() *cobra.Command {
	var f journalFlags
	cmd := &cobra.Command{
		Use:   "journal",
		Short: "Show what was asked of a tenant and what was answered",
		Long: `Show what was asked of a tenant and what was answered, the latest last. Secrets are
never shown. Give an entry's id to vendorsim why. --turned-away shows the requests
that were refused before they had a tenant.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.replay && f.turnedAway {
				return errors.New("--replay is of a tenant; --turned-away has none")
			}
			c, err := f.client()
			if err != nil {
				return err
			}
			return fail(f.about(f.run(cmd.Context(), c, cmd.OutOrStdout(), cmd.ErrOrStderr()), nil))
		},
	}
	flags := cmd.Flags()
	f.tenantFlags(flags)
	flags.StringVar(&f.Vendor, "vendor", "", "only this vendor's")
	flags.StringVar(&f.Operation, "operation", "", "only this operation")
	flags.StringVar(&f.Kind, "kind", "", "only this kind of operation: login, poll, list, start, write or read")
	flags.StringVar(&f.Task, "task", "", "only requests about this task")
	flags.StringVar(&f.Status, "status", "", "only this status, or class: 404 or 4xx")
	flags.StringVar(&f.Method, "method", "", "only this HTTP method")
	flags.BoolVar(&f.Refused, "refused", false, "only requests that were not answered well")
	flags.Int64Var(&f.After, "after", 0, "only entries after this one, by number")
	flags.IntVar(&f.Limit, "limit", 0, "how many at most (default: all that is held)")
	flags.BoolVar(&f.turnedAway, "turned-away", false, "the requests that were refused before they had a tenant, instead")
	flags.BoolVarP(&f.follow, "follow", "F", false, "go on with each request as it comes")
	flags.BoolVar(&f.har, "har", false, "print an HTTP archive (HAR 1.2)")
	flags.BoolVar(&f.replay, "replay", false, "print the file that vendorsim replay plays")
	flags.BoolVar(&f.partial, "partial", false, "with --har: also where entries were lost")
	alternatives(cmd, 0, "follow", "har", "replay")
	return cmd
}

// of is whose journal it is: "" for the one of those turned away.
func (f *journalFlags) of() string {
	if f.turnedAway {
		return ""
	}
	return f.tenant
}

func (f *journalFlags) run(ctx context.Context, c *simulators.Client, out, errs io.Writer) error {
	var document []byte
	var err error
	switch {
	case f.har:
		document, err = c.HAR(ctx, f.of(), f.JournalQuery, f.partial)
	case f.replay:
		document, err = c.Replay(ctx, f.tenant)
	case f.follow:
		err = c.Follow(ctx, f.of(), f.JournalQuery, func(e simulators.Followed) error {
			if e.Entry == nil {
				_, err := fmt.Fprintf(errs, "too slow: %d requests were passed over\n", e.Missed)
				return err
			}
			return f.print(out, *e.Entry)
		})
		if errors.Is(err, context.Canceled) {
			return nil // Ctrl-C is how it ends
		}
		return err
	default:
		return f.pages(ctx, c, out, errs)
	}
	if err != nil {
		return err
	}
	_, err = out.Write(document)
	return err
}

// pages prints all that the journal holds, or as much as is asked for.
func (f *journalFlags) pages(ctx context.Context, c *simulators.Client, out, errs io.Writer) error {
	const page = 1000
	left := f.Limit
	printed := false
	for {
		q := f.JournalQuery
		if q.Limit = page; left > 0 {
			q.Limit = min(left, page)
		}
		j, err := c.Journal(ctx, f.of(), q)
		if err != nil {
			return err
		}
		if f.After == 0 && j.Lost > 0 {
			fmt.Fprintf(errs, "%d older entries made room for these\n", j.Lost)
		}
		for _, e := range j.Entries {
			if err := f.print(out, e); err != nil {
				return err
			}
			printed = true
		}
		f.After = j.Next
		if left -= len(j.Entries); len(j.Entries) < q.Limit || left == 0 {
			if !printed {
				fmt.Fprintln(errs, "no such requests")
			}
			return nil
		}
	}
}

// print is one entry: one line, or with --json one line of JSON.
func (f *journalFlags) print(w io.Writer, e simulators.JournalEntry) error {
	if f.json {
		return printJSONLine(w, e)
	}
	when := instant(e.Real)
	if e.At != nil {
		when = instant(*e.At)
	}
	if e.Control != nil {
		_, err := fmt.Fprintf(w, "%s  %s  control  %s %s -> %d\n", e.ID, when, e.Control.Method, e.Control.Path, e.Control.Status)
		return err
	}
	line := fmt.Sprintf("%s  %s  %s %s  %s %s -> %d in %s", e.ID, when, e.Vendor, operationWords(e.Operation),
		e.Request.Method, pathOf(e.Request.URL), e.Reply.Status, e.Latency)
	for _, t := range e.Tasks {
		line += fmt.Sprintf("  %s: %s", t.ID, orElse(t.State, t.Phase))
	}
	if e.Note != "" {
		line += "  (" + e.Note + ")"
	}
	_, err := fmt.Fprintln(w, line)
	return err
}

// operationWords is an operation, or that the request met none.
func operationWords(operation string) string {
	if operation == "" || operation == "none" {
		return "(no operation)"
	}
	return operation
}

// pathOf is a URL without its scheme and host: the vendor stands beside it.
func pathOf(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.RequestURI()
	}
	return address
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func whyCommand() *cobra.Command {
	var c control
	cmd := apiCommand(&c, "why ID", "Explain an answer by its X-Vendorsim-Request", exactly(1),
		func(ctx context.Context, client *simulators.Client, args []string) (simulators.Why, error) {
			return client.Why(ctx, args[0])
		}, printWhy)
	cmd.Long = `Explain an answer: the states that it shows and what led to them, the rule of the
contract, the limits, what the client sent and nothing read, and what a refused
request nearly met. The id stands in the answer's header X-Vendorsim-Request, and
in vendorsim journal.`
	c.flags(cmd.Flags())
	return cmd
}

func printWhy(w io.Writer, y simulators.Why) error {
	fmt.Fprintf(w, "%s  %s %s -> %d\n%s\n", y.ID, y.Method, y.Path, y.Status, y.Because)
	err := table(w, func(row func(...any)) {
		row("\nvendor", y.Vendor+", "+operationOf(y.Operation))
		if y.At != nil {
			row("tenant", y.Tenant+" at "+instant(*y.At))
		}
		c := y.Contract
		switch {
		case c.Held:
			row("contract", "held ("+c.Profile+")")
		case c.Rule != "":
			row("contract", fmt.Sprintf("broken (%s): %s %s, rule %s", c.Profile, c.In, c.Field, c.Rule))
			row("  expected", c.Expected)
			row("  got", c.Got)
		}
		for _, l := range y.Limits {
			word := "granted"
			if l.Fired {
				word = "REFUSED"
			}
			row("limit", word+": "+l.Limit+": "+l.Because)
		}
		for _, u := range y.Unread {
			row("unread", u)
		}
	})
	for _, t := range y.Tasks {
		fmt.Fprintf(w, "\ntask %s: %s since %s, %d%%\n", t.ID, orElse(t.State, t.Phase), instant(t.Entered), t.Progress)
		if err := table(w, func(row func(...any)) {
			for _, s := range t.Steps {
				part := ""
				if s.Subtask != nil {
					part = "part " + strconv.Itoa(*s.Subtask+1) + " "
				}
				row("  "+instant(s.At), part+orElse(s.From, "(new)")+" -> "+orElse(s.To, "(forgotten)"), s.Because)
			}
		}); err != nil {
			return err
		}
	}
	if len(y.Misses) > 0 {
		fmt.Fprint(w, "\nit nearly met\n")
	}
	return errors.Join(err, table(w, func(row func(...any)) {
		for _, m := range y.Misses {
			row(fmt.Sprintf("  %.2f", m.Score), m.Operation, "expected "+m.Expected, "got "+m.Got)
		}
	}))
}
