// Command vendorsim serves stand-ins for the task APIs of five vendors. It
// parses flags and prints; everything it does is package simulators'.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/vendorsim/vendorsim/simulators"
)

func main() {
	paceCollector()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// failure is an error that is the work's, not the command line's.
type failure struct{ error }

func (f failure) Unwrap() error { return f.error }

// errSaid is a failure that has been printed already.
var errSaid = failure{errors.New("")}

// misuse is an error that is about the command line.
type misuse struct{ error }

func misused(format string, args ...any) error { return misuse{fmt.Errorf(format, args...)} }

// fail marks an error as the work's, unless it is about how it was asked for.
func fail(err error) error {
	var usage simulators.UsageError
	var problem *simulators.Problem
	if err == nil || errors.As(err, &usage) || errors.As(err, &misuse{}) || errors.As(err, &problem) && isAboutValue(problem) {
		return err
	}
	return failure{err}
}

// run is the command without the process around it: it answers the exit code.
func run(ctx context.Context, args []string, env func(string) (string, bool), stdout, stderr io.Writer) int {
	root := newRoot(env)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	demandShell(root)
	cmd, err := root.ExecuteContextC(ctx)
	var failed failure
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errInconclusive):
		return exitUsage
	case errors.As(err, &failed):
		if text := errorWords(err); text != "" {
			fmt.Fprintln(stderr, "vendorsim: "+text)
		}
		return exitFailed
	}
	fmt.Fprintln(stderr, "vendorsim: "+err.Error())
	fmt.Fprintln(stderr, "See "+cmd.CommandPath()+" --help.")
	return exitUsage
}

func newRoot(env func(string) (string, bool)) *cobra.Command {
	root := &cobra.Command{
		Use:   "vendorsim",
		Short: "Stand-ins for five vendors' task APIs, driven by scenarios",
		Long: `vendorsim answers as five vendors' task APIs do, so that a client can be tested
without a tenant: tasks move through time as a YAML scenario says.

The credential that a client sends anyway chooses its isolated world: demo, or
<scenario>~<label> such as slow~my-test-17. Another label starts afresh.

Commands such as tenant, clock, journal and verify steer a server that runs: they
find its control API at --admin, and are about the tenant of --tenant.

Every flag can be given as a variable: --max-tenants is VENDORSIM_MAX_TENANTS. A
flag that may be repeated takes one value a line there.
Exit codes: 0 ok, 1 failed, 2 usage, or a verdict that could not be reached.`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return fromEnv(cmd.Flags(), env) },
	}
	root.AddCommand(serveCommand(), checkCommand(), planCommand(), listCommand(), envCommand(), fidelityCommand(), versionCommand(),
		tenantCommand(), clockCommand(), tasksCommand(), faultCommand(), tokenCommand(), scenarioCommand(), journalCommand(), verifyCommand(), waitCommand(), whyCommand(),
		healthcheckCommand(), replayCommand())
	return root
}

// fromEnv gives each flag that the command line left out the value of its
// variable: VENDORSIM_ and the flag's name in capitals, with _ for -. What the
// command line says outranks the variables of its alternatives too.
func fromEnv(flags *pflag.FlagSet, env func(string) (string, bool)) error {
	var failed error
	given := map[string]bool{}
	flags.Visit(func(f *pflag.Flag) { given[f.Name] = true })
	flags.VisitAll(func(f *pflag.Flag) {
		name := "VENDORSIM_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value, ok := env(name)
		outranked := slices.ContainsFunc(f.Annotations[alternativesOf], func(other string) bool { return given[other] })
		if !ok || value == "" || given[f.Name] || outranked || f.Name == "help" {
			return
		}
		values := []string{value}
		if f.Value.Type() == "stringArray" { // a flag that may be repeated: one value a line
			values = strings.Split(strings.TrimSpace(value), "\n")
		}
		for _, value := range values {
			if err := flags.Set(f.Name, value); err != nil {
				failed = errors.Join(failed, fmt.Errorf("%s: %w", name, err))
			}
		}
	})
	return failed
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "vendorsim", simulators.Version())
			return fail(err)
		},
	}
}

// demandShell makes "completion" without a known shell a usage error; cobra
// would answer with help and 0.
func demandShell(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			c.RunE = func(_ *cobra.Command, args []string) error {
				return fmt.Errorf("completion needs a shell, bash, zsh, fish or powershell, not %q", strings.Join(args, " "))
			}
		}
	}
}
