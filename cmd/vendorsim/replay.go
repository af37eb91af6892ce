package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/vendorsim/vendorsim/simulators"
)

func replayCommand() *cobra.Command {
	var o simulators.ReplayOptions
	cmd := &cobra.Command{
		Use:   "replay FILE",
		Short: "Play a recording again and name the first answer that differs",
		Long: `Play a recording again: each request at the instant at which it came. Every answer
must be the same, byte for byte; else the first that differs is named, and why.
Recordings come from vendorsim journal --replay and from failed Go tests.`,
		Args: exactly(1),
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
