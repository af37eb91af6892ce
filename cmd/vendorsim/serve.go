package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/vendorsim/vendorsim/simulators"
)

// serveFlags are the flags of serve.
type serveFlags struct {
	simulators.Options
	listen string
	admin  string
	seed   int64
	json   bool
	log    string
}

func serveCommand() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the vendors",
		Long: `Serve the vendors, each under /<vendor> and by its real Host name, until SIGINT or
SIGTERM, and the control API on a listener of its own. Without flags it serves the
scenario happy.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("seed") {
				f.Seed = &f.seed
			}
			if f.JournalMiB < 1 {
				return fmt.Errorf("--journal is at least 1, not %d", f.JournalMiB)
			}
			if f.MaxTenants < 1 {
				return fmt.Errorf("--max-tenants is at least 1, not %d", f.MaxTenants)
			}
			return f.serve(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.listen, "listen", "127.0.0.1:7800", "address to listen on; port 0 takes a free one")
	flags.StringVar(&f.admin, "admin", defaultAdmin, "address of the control API; off: none")
	flags.StringVar(&f.AdminToken, "admin-token", "", "the token that the control API asks for (default: none on loopback, else one is made and printed)")
	flags.StringArrayVar(&f.AdminHosts, "admin-host", nil, "a Host name under which the control API may be asked, beside localhost and loopback addresses; may be repeated")
	flags.BoolVar(&f.json, "json", false, "print one JSON line with every base URL once it accepts connections")
	flags.StringVar(&f.log, "log", "text", "request log on standard error: text, json or off")
	scenarioFlags(flags, &f.Options)
	flags.Int64Var(&f.seed, "seed", 0, "seed of every scenario, instead of its own")
	flags.StringVar(&f.Clock, "clock", "", "clock of every scenario, instead of its own: real, xN, frozen or skip")
	flags.StringArrayVar(&f.Profiles, "profile", nil, "documented, observed, or vendor=profile; may be repeated")
	flags.StringVar(&f.Contract, "contract", "enforce", "hold answers to their contract: enforce, report or off")
	flags.StringVar(&f.Limits, "limits", "on", "on, or off: no request is ever limited")
	flags.BoolVar(&f.SilentFaults, "silent-faults", false, "do not say in X-Vendorsim-Fault which faults fired")
	flags.IntVar(&f.JournalMiB, "journal", simulators.DefaultJournalMiB, "MiB that the journals of all tenants may take together, beside 64 KiB of each one's own")
	flags.IntVar(&f.MaxTenants, "max-tenants", simulators.DefaultMaxTenants, "how many tenants may be active at once")
	flags.StringArrayVar(&f.PushAllow, "push-allow", nil, "a host to which events may be pushed over https, beside loopback addresses; may be repeated")
	for name, values := range map[string][]string{
		"log": {"text", "json", "off"}, "clock": {"real", "x60", "frozen", "skip"}, "contract": {"enforce", "report", "off"}, "limits": {"on", "off"},
		"profile": {"documented", "observed"}, "scenario": simulators.ScenarioNames(),
	} {
		// It fails only for a flag that does not exist, which a test would see.
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
	return cmd
}

// scenarioFlags are the flags that choose scenarios and data.
func scenarioFlags(flags *pflag.FlagSet, o *simulators.Options) {
	flags.StringVar(&o.Scenario, "scenario", "", "the scenario that the tenant demo runs (default: that of --file, else happy)")
	flags.StringVarP(&o.File, "file", "f", "", "a scenario file that joins the shipped ones and is served")
	flags.StringVar(&o.ScenariosDir, "scenarios", "", "a folder of scenario files that join the shipped ones")
	flags.StringVar(&o.FixturesDir, "fixtures", "", "a folder with your own people and machines")
	flags.StringArrayVar(&o.Set, "set", nil, "path=value in the served scenario, such as clock.mode=x60; may be repeated")
}

func (f *serveFlags) serve(ctx context.Context, stdout, stderr io.Writer) error {
	logger, flush, err := newLogger(f.log, stderr)
	if err != nil {
		return err
	}
	f.Logger = logger
	defer flush()
	made, err := f.protect()
	if err != nil {
		return fail(err)
	}
	server, err := simulators.New(f.Options)
	if err != nil {
		return fail(err)
	}
	l, control, err := f.listeners()
	if err != nil {
		server.Close()
		return fail(err)
	}
	at := addresses{vendors: simulators.BaseURL(l.Addr()), token: made}
	if control != nil {
		at.control = simulators.BaseURL(control.Addr())
	}
	if f.json {
		err = printJSON(stdout, server, at)
	} else {
		err = printBanner(stdout, server, at)
	}
	if err != nil {
		server.Close()
		return fail(errors.Join(err, closeAll(l, control)))
	}
	return fail(server.ServeBoth(ctx, l, control))
}

// addresses are where a server is found.
type addresses struct {
	vendors string // the base URL
	control string // the control API's, "" where there is none
	token   string // one that was made for the control API, to be printed once
}

// listeners opens the vendors' listener and the control API's, which is nil
// where it is off.
func (f *serveFlags) listeners() (vendors, control net.Listener, err error) {
	if _, port, err := net.SplitHostPort(f.listen); err == nil && f.listen == f.admin && port != "0" {
		return nil, nil, misused("--listen and --admin are both %s: the control API has an address of its own", f.listen)
	}
	if vendors, err = net.Listen("tcp", f.listen); err != nil {
		return nil, nil, listenError(f.listen, "--listen", err)
	}
	if f.admin == "off" {
		return vendors, nil, nil
	}
	if control, err = net.Listen("tcp", f.admin); err != nil {
		return nil, nil, errors.Join(listenError(f.admin, "--admin (or --admin off)", err), vendors.Close())
	}
	return vendors, control, nil
}

// protect makes a token for a control API that others than this machine can
// reach, unless one was given. It answers the token that it made.
func (f *serveFlags) protect() (token string, err error) {
	if f.admin == "off" || f.AdminToken != "" {
		return "", nil
	}
	addr, err := net.ResolveTCPAddr("tcp", f.admin)
	if err != nil {
		return "", listenError(f.admin, "--admin", err)
	}
	if !simulators.OnLoopback(addr) {
		f.AdminToken = simulators.MakeToken()
	}
	return f.AdminToken, nil
}

func closeAll(listeners ...net.Listener) error {
	var failed error
	for _, l := range listeners {
		if l != nil {
			failed = errors.Join(failed, l.Close())
		}
	}
	return failed
}

func newLogger(format string, w io.Writer) (logger *slog.Logger, flush func(), err error) {
	switch format {
	case "text", "json":
		logger, flush = simulators.NewLogger(w, format == "json")
		return logger, flush, nil
	case "off":
		return slog.New(slog.DiscardHandler), func() {}, nil
	}
	return nil, nil, fmt.Errorf("--log is text, json or off, not %q", format)
}

// listenError says in one line why an address cannot be had.
func listenError(address, flag string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is taken by another program; choose another with %s", address, flag)
	}
	return fmt.Errorf("cannot listen on %s (%s): %w", address, flag, err)
}

func printJSON(w io.Writer, s *simulators.Server, at addresses) error {
	return json.NewEncoder(w).Encode(struct {
		Listening string            `json:"listening"`
		Vendors   map[string]string `json:"vendors"`
		Control   string            `json:"control,omitempty"`
		Token     string            `json:"control_token,omitempty"`
	}{at.vendors, s.BaseURLs(at.vendors), at.control, at.token})
}

// printBanner prints what a person needs to try it.
func printBanner(w io.Writer, s *simulators.Server, at addresses) error {
	base := at.vendors
	fmt.Fprintf(w, "vendorsim %s serves scenario %s on %s\n", simulators.Version(), s.Scenario(), base)
	fmt.Fprintf(w, "\nAsk each vendor for a task; ask again to see it move:\n")
	for _, name := range simulators.Names() {
		curl, err := s.Curl(name, base+"/"+name, s.Scenario()+"~"+name+"-1")
		if errors.As(err, &simulators.UsageError{}) {
			continue // the scenario is not for this vendor
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "\n  # %s\n  %s\n", name, curl)
	}
	_, err := fmt.Fprintf(w, `
The credential names the world that a request belongs to: %[1]s~NAME runs the
scenario %[1]s from its first request on. Another NAME starts afresh.
`, s.Scenario())
	switch {
	case err != nil:
		return err
	case at.control == "":
		_, err = fmt.Fprint(w, "Stop with Ctrl-C.\n\n")
		return err
	}
	find := "" // how commands find it
	if host := strings.TrimPrefix(at.control, "http://"); host != defaultAdmin {
		find = "  export VENDORSIM_ADMIN=" + host + "\n"
	}
	fmt.Fprintf(w, `
Control API on %[1]s: move the clock, see what was asked, judge the client:

%[3]s  vendorsim clock advance --tenant %[2]s~sailpoint-1 --by 5s
  vendorsim verify --tenant %[2]s~sailpoint-1
`, at.control, s.Scenario(), find)
	if at.token != "" {
		fmt.Fprintf(w, "\nIt asks for this token, which is not shown again:\n\n  export VENDORSIM_ADMIN_TOKEN=%s\n", at.token)
	}
	_, err = fmt.Fprint(w, "\nStop with Ctrl-C.\n\n")
	return err
}
