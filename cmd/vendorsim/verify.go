package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/vendorsim/vendorsim/simulators"
)

// errInconclusive is a verdict that could not be reached: it exits as a usage
// error does, but has been printed.
var errInconclusive = errors.New("")

func verifyCommand() *cobra.Command {
	var c control
	format := ""
	cmd := apiCommand(&c, "verify", "Judge the client: its report card, and the scenario's expectations", exactly(0),
		func(ctx context.Context, client *simulators.Client, _ []string) (*simulators.Report, error) {
			switch format {
			case "text", "json", "junit":
				return client.Report(ctx, c.tenant)
			}
			return nil, misused("--format is text, json or junit, not %q", format)
		},
		func(w io.Writer, r *simulators.Report) error { return printReport(w, r, format) }, verdict)
	cmd.Long = `Judge the client by the requests that it sent to a tenant: a report card, and the
expectations ("expect:") of the scenario. Exits 1 if an expectation failed and 2 if
one could not be decided. A bad line of the report card alone fails nothing.`
	c.tenantFlags(cmd.Flags())
	cmd.Flags().StringVar(&format, "format", "text", "text, json or junit")
	alternatives(cmd, 0, "format", "json")
	return cmd
}

// verdict is the report's as an exit code; the report itself says why.
func verdict(r *simulators.Report) error {
	switch r.Exit() {
	case exitFailed:
		return errSaid
	case exitUsage:
		return errInconclusive
	}
	return nil
}

func printReport(w io.Writer, r *simulators.Report, format string) error {
	switch format {
	case "json":
		return printAsJSON(w, r)
	case "junit":
		return r.JUnit(w)
	}
	return r.Text(w)
}

func waitCommand() *cobra.Command {
	var c control
	var wait simulators.Wait
	var until string
	cmd := apiCommand(&c, "wait", "Wait until a task is in a state, the client is idle, or events are delivered", exactly(0),
		func(ctx context.Context, client *simulators.Client, _ []string) (simulators.Waited, error) {
			if until != "" {
				var err error
				if wait.Until, err = c.target(ctx, client, until); err != nil {
					return simulators.Waited{}, err
				}
			}
			return client.Wait(ctx, c.tenant, wait)
		}, printWaited,
		func(w simulators.Waited) error {
			if w.Done {
				return nil
			}
			return fail(fmt.Errorf("not done after %s: %s", w.Waited, w.Why))
		})
	cmd.Long = `Wait until a task is in a state, the client is idle, or events are delivered. It is
no poll, and moves no clock. Exits 1 if the time is over first.`
	c.tenantFlags(cmd.Flags())
	cmd.Flags().StringVar(&until, "until", "", "TASK=STATE, or VENDOR/TASK=STATE; STATE is ended, a phase or the state's name")
	cmd.Flags().StringVar(&wait.Idle, "idle", "", "no request for so long, such as 2s, in real time")
	cmd.Flags().BoolVar(&wait.Pushes, "pushes", false, "every event due has been delivered, or given up")
	cmd.Flags().StringVar(&wait.Timeout, "timeout", "30s", "how long to wait at most, in real time, up to 10m")
	alternatives(cmd, 1, "until", "idle", "pushes")
	return cmd
}

func printWaited(w io.Writer, done simulators.Waited) error {
	if !done.Done {
		return nil // the verdict says it
	}
	what := ""
	if t := done.Task; t != nil {
		what = fmt.Sprintf(": %s/%s is %s", t.Vendor, t.ID, orElse(t.State, t.Phase))
	}
	_, err := fmt.Fprintf(w, "done after %s%s\n", done.Waited, what)
	return err
}

func healthcheckCommand() *cobra.Command {
	var c control
	cmd := apiCommand(&c, "healthcheck", "Exit 0 if a server is ready, else 1", exactly(0),
		func(ctx context.Context, client *simulators.Client, _ []string) (simulators.Health, error) {
			return client.Ready(ctx)
		},
		func(w io.Writer, h simulators.Health) error {
			_, err := fmt.Fprintln(w, h.Status)
			return err
		})
	c.flags(cmd.Flags())
	return cmd
}
