package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/vendorsim/vendorsim/simulators"
)

// errInconclusive is a verdict that could not be reached: it exits as a usage
// error does, but has been printed.
var errInconclusive = errors.New("")

func verifyCommand() *cobra.Command {
	var c control
	format := ""
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Judge the client: its report card, and the scenario's expectations",
		Long: `Judge the client by the requests that it sent to a tenant: a report card, and the
expectations ("expect:") of the scenario. Exits 1 if an expectation failed and 2 if
one could not be decided. A bad line of the report card alone fails nothing.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if c.json {
				format = "json"
			}
			client, err := c.client()
			if err != nil {
				return err
			}
			switch format {
			case "text", "json", "junit":
			default:
				return fmt.Errorf("--format is text, json or junit, not %q", format)
			}
			report, err := client.Report(cmd.Context(), c.tenant)
			if err != nil {
				return fail(err)
			}
			if err := printReport(cmd.OutOrStdout(), report, format); err != nil {
				return fail(err)
			}
			switch report.Exit() {
			case exitFailed:
				return errSaid
			case exitUsage:
				return errInconclusive
			}
			return nil
		},
	}
	c.tenantFlags(cmd.Flags())
	cmd.Flags().StringVar(&format, "format", "text", "text, json or junit")
	return cmd
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
	cmd := &cobra.Command{
		Use:   "wait",
		Short: "Wait until a task is in a state, the client is idle, or pushes are delivered",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			given := 0
			for _, flag := range []bool{until != "", wait.Idle != "", wait.Pushes} {
				if flag {
					given++
				}
			}
			if given != 1 {
				return errors.New("give exactly one of --until, --idle and --pushes")
			}
			client, err := c.client()
			if err != nil {
				return err
			}
			if until != "" {
				task, state, ok := cutLast(until, "=")
				if !ok {
					return misused("--until: want TASK=STATE, such as id12345=ended, not %q", until)
				}
				t, err := client.Tenant(cmd.Context(), c.tenant)
				if err != nil {
					return fail(err)
				}
				wait.Until = t.NewTarget(task, state)
			}
			done, err := client.Wait(cmd.Context(), c.tenant, wait)
			if err != nil {
				return fail(err)
			}
			if c.json {
				err = printAsJSON(cmd.OutOrStdout(), done)
			} else if done.Done {
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "done after %s\n", done.Waited)
			}
			if err != nil || done.Done {
				return fail(err)
			}
			return fail(fmt.Errorf("not done after %s: %s", done.Waited, done.Why))
		},
	}
	c.tenantFlags(cmd.Flags())
	cmd.Flags().StringVar(&until, "until", "", "TASK=STATE, or vendor/TASK=STATE; STATE is ended, a phase or the state's name")
	cmd.Flags().StringVar(&wait.Idle, "idle", "", "no request for so long, such as 2s, in real time")
	cmd.Flags().BoolVar(&wait.Pushes, "pushes", false, "every event due has been delivered, or given up")
	cmd.Flags().StringVar(&wait.Timeout, "timeout", "30s", "how long to wait at most, in real time, up to 10m")
	return cmd
}

func healthcheckCommand() *cobra.Command {
	var c control
	cmd := &cobra.Command{
		Use:   "healthcheck",
		Short: "Exit 0 if a server is ready, else 1",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := c.client()
			if err != nil {
				return err
			}
			health, err := client.Ready(cmd.Context())
			if err != nil {
				return fail(err)
			}
			if c.json {
				return fail(printAsJSON(cmd.OutOrStdout(), health))
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), health.Status)
			return fail(err)
		},
	}
	c.flags(cmd.Flags())
	return cmd
}

func scenarioCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "scenario",
		Short: "Read the scenario that a tenant runs, or replace it",
		Args:  cobra.NoArgs,
	}
	cmd.AddCommand(scenarioGet(), scenarioReplace())
	return cmd
}

func scenarioGet() *cobra.Command {
	var c control
	cmd := apiCommand(&c, "get", "Print the scenario's text", cobra.NoArgs,
		func(ctx context.Context, client *simulators.Client, _ []string) (simulators.Scenario, error) {
			return client.Scenario(ctx, c.tenant)
		},
		func(w io.Writer, s simulators.Scenario) error {
			_, err := io.WriteString(w, s.YAML)
			return err
		})
	c.tenantFlags(cmd.Flags())
	return cmd
}

func scenarioReplace() *cobra.Command {
	var c control
	var s simulators.Scenario
	cmd := apiCommand(&c, "replace", "Let the tenant run another scenario; tasks under way keep their lifecycle", cobra.NoArgs,
		func(ctx context.Context, client *simulators.Client, _ []string) (simulators.Replaced, error) {
			if (s.File == "") == (s.Scenario == "") {
				return simulators.Replaced{}, misused("give one of --scenario and --file")
			}
			if s.File != "" {
				text, err := os.ReadFile(s.File)
				if err != nil {
					return simulators.Replaced{}, err
				}
				s.YAML = string(text)
			}
			return client.ReplaceScenario(ctx, c.tenant, s)
		},
		func(w io.Writer, r simulators.Replaced) error {
			_, err := fmt.Fprintf(w, "runs %s: %d tasks go on as they began, %d begin now\n", r.Scenario, r.Kept, r.Added)
			return err
		})
	c.tenantFlags(cmd.Flags())
	cmd.Flags().StringVar(&s.Scenario, "scenario", "", "the name of a loaded scenario")
	cmd.Flags().StringVarP(&s.File, "file", "f", "", "a scenario file")
	cmd.Flags().StringArrayVar(&s.Set, "set", nil, "path=value in the new scenario; may be repeated")
	return cmd
}

func replayCommand() *cobra.Command {
	var o simulators.ReplayOptions
	cmd := &cobra.Command{
		Use:   "replay FILE",
		Short: "Play a recording again and name the first answer that differs",
		Long: `Play a recording again: each request at the instant at which it came. Every answer
must be the same, byte for byte; else the first that differs is named, and why.
Recordings come from vendorsim journal --replay and from failed Go tests.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			data, err := os.ReadFile(args[0])
			if err != nil {
				return fail(err)
			}
			done, err := simulators.Replay(data, o)
			if err != nil {
				return fail(fmt.Errorf("%s: %w", args[0], err))
			}
			if done.Different != nil {
				return fail(fmt.Errorf("%s: %s", args[0], done.Different))
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %d answers, all the same\n", args[0], done.Answers)
			return fail(err)
		},
	}
	cmd.Flags().StringVar(&o.FixturesDir, "fixtures", "", "the folder of people and machines with which it was recorded")
	cmd.Flags().StringVar(&o.Secret, "secret", "", "what its requests were signed with, if not \"secret\"")
	return cmd
}

func printJSONLine(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
