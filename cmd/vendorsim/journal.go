package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"

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
		Args: exactly(0),
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
