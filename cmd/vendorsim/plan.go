package main

import (
	"github.com/spf13/cobra"

	"github.com/vendorsim/vendorsim/simulators"
)

func planCommand() *cobra.Command {
	var o simulators.PlanOptions
	var seed int64
	cmd := &cobra.Command{
		Use:   "plan FILE|NAME",
		Short: "Show what a scenario will do: the timeline and its probabilities",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("seed") {
				o.Seed = &seed
			}
			problems, err := simulators.Plan(cmd.OutOrStdout(), args[0], o)
			if err != nil {
				return fail(err)
			}
			return fail(problems.Err())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.ScenariosDir, "scenarios", "", "a folder of scenario files that join the shipped ones")
	flags.StringArrayVar(&o.Set, "set", nil, "path=value in the scenario, such as clock.mode=x60; may be repeated")
	flags.Int64Var(&seed, "seed", 0, "the seed, instead of the scenario's own")
	flags.StringVar(&o.Clock, "clock", "", "the clock, instead of the scenario's own: real, xN, frozen or skip")
	flags.StringArrayVar(&o.Profiles, "profile", nil, "documented, observed, or vendor=profile; may be repeated")
	flags.BoolVar(&o.All, "all", false, "show every task, not only the first ones")
	flags.BoolVar(&o.JSON, "json", false, "print JSON")
	return cmd
}
