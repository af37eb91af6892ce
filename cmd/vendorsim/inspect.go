package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/vendorsim/vendorsim/simulators"
)

func checkCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "check FILE...",
		Short: "Check scenarios, and every answer that they lead to",
		Long: `Check scenario files (or shipped scenarios by name): the language, and every
state of every lifecycle rendered as every vendor and held to its contract.
Prints each problem as file:line:col and exits 1 if there is one.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			checked, err := simulators.Check(args, dir)
			if err != nil {
				return fail(err)
			}
			failed := false
			for _, c := range checked {
				for _, p := range c.Problems {
					fmt.Fprintln(cmd.ErrOrStderr(), p)
				}
				if c.Problems.Err() != nil {
					failed = true
					continue
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s: ok, %d answers held to their contract\n", c.Name, c.Answers)
			}
			if failed {
				return errSaid
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "scenarios", "", "a folder of scenario files that they may extend")
	return cmd
}

func listCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "list [vendors|operations|scenarios|incidents]",
		Short: "List vendors, operations, scenarios and incidents",
		Long: `List vendors, operations, scenarios and incidents. An incident is a scenario that
ships and makes happen again what somebody has reported of a vendor or a client.`,
		ValidArgs: []string{"vendors", "operations", "scenarios", "incidents"},
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		RunE: func(cmd *cobra.Command, args []string) error {
			out := cmd.OutOrStdout()
			for _, list := range []struct {
				name string
				run  func() error
			}{
				{"vendors", func() error { return simulators.ListVendors(out) }},
				{"operations", func() error { return simulators.ListOperations(out) }},
				{"scenarios", func() error { return simulators.ListScenarios(out, dir) }},
				{"incidents", func() error { return simulators.ListIncidents(out) }},
			} {
				switch {
				case len(args) == 0:
					fmt.Fprintf(out, "%s:\n", list.name)
				case args[0] != list.name:
					continue
				}
				if err := list.run(); err != nil {
					return fail(err)
				}
				if len(args) == 0 && list.name != "incidents" {
					fmt.Fprintln(out)
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "scenarios", "", "a folder of scenario files that join the shipped ones")
	return cmd
}

func envCommand() *cobra.Command {
	var server, tenant string
	cmd := &cobra.Command{
		Use:       "env VENDOR",
		Short:     "Print export lines that point the vendor's clients here",
		Long:      "Print export lines, named as the vendor's own clients read them, or, where none\nreads any, by names of ours:\n\n  eval \"$(vendorsim env sailpoint)\"",
		ValidArgs: simulators.Names(),
		Args:      cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			lines, err := simulators.Env(args[0], server, tenant)
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), lines)
			return fail(err)
		},
	}
	cmd.Flags().StringVar(&server, "server", "http://127.0.0.1:7800", "the server's own base URL")
	cmd.Flags().StringVar(&tenant, "tenant", "demo", "the tenant: demo, or scenario~label")
	return cmd
}

func fidelityCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:       "fidelity [VENDOR]",
		Short:     "Say where the imitation ends: every behaviour with its evidence",
		ValidArgs: simulators.Names(),
		Args:      cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			vendor := ""
			if len(args) == 1 {
				vendor = args[0]
			}
			return fail(simulators.Fidelity(cmd.OutOrStdout(), vendor, asJSON))
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
