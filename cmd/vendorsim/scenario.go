package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/vendorsim/vendorsim/simulators"
)

func scenarioCommand() *cobra.Command {
	return group("scenario", "Read the scenario that a tenant runs, or replace it", "", scenarioGet(), scenarioReplace())
}

func scenarioGet() *cobra.Command {
	var c control
	cmd := apiCommand(&c, "get", "Print the scenario's text", exactly(0),
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
	cmd := apiCommand(&c, "replace", "Let the tenant run another scenario; tasks under way keep their lifecycle", exactly(0),
		func(ctx context.Context, client *simulators.Client, _ []string) (simulators.Replaced, error) {
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
			_, err := fmt.Fprintf(w, "runs %s (kept %s with their old lifecycle, began %d)\n", r.Scenario, counted(r.Kept, "task"), r.Added)
			return err
		})
	c.tenantFlags(cmd.Flags())
	cmd.Flags().StringVar(&s.Scenario, "scenario", "", "the name of a loaded scenario")
	cmd.Flags().StringVarP(&s.File, "file", "f", "", "a scenario file")
	cmd.Flags().StringArrayVar(&s.Set, "set", nil, "path=value in the new scenario; may be repeated")
	alternatives(cmd, 1, "scenario", "file")
	return cmd
}
