package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/vendorsim/vendorsim/simulators"
)

// serveFlags are the flags of serve.
type serveFlags struct {
	simulators.Options
	listen string
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
SIGTERM. Without flags it serves the scenario happy.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("seed") {
				f.Seed = &f.seed
			}
			if f.MaxTenants < 1 {
				return fmt.Errorf("--max-tenants is at least 1, not %d", f.MaxTenants)
			}
			return f.serve(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.listen, "listen", "127.0.0.1:7800", "address to listen on; port 0 takes a free one")
	flags.BoolVar(&f.json, "json", false, "print one JSON line with every base URL once it accepts connections")
	flags.StringVar(&f.log, "log", "text", "request log on standard error: text, json or off")
	scenarioFlags(flags, &f.Options)
	flags.Int64Var(&f.seed, "seed", 0, "seed of every scenario, instead of its own")
	flags.StringVar(&f.Clock, "clock", "", "clock of every scenario, instead of its own: real, xN, frozen or skip")
	flags.StringArrayVar(&f.Profiles, "profile", nil, "documented, observed, or vendor=profile; may be repeated")
	flags.StringVar(&f.Contract, "contract", "enforce", "hold answers to their contract: enforce, report or off")
	flags.IntVar(&f.MaxTenants, "max-tenants", simulators.DefaultMaxTenants, "how many tenants may be active at once")
	flags.StringArrayVar(&f.PushAllow, "push-allow", nil, "a host to which events may be pushed over https, beside loopback addresses; may be repeated")
	for name, values := range map[string][]string{
		"log": {"text", "json", "off"}, "clock": {"real", "x60", "frozen", "skip"}, "contract": {"enforce", "report", "off"},
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
	lines := &batch{w: bufio.NewWriterSize(stderr, 64<<10)}
	logger, err := newLogger(f.log, lines)
	if err != nil {
		return err
	}
	f.Logger, f.Flush = logger, lines.flush
	defer lines.flush()
	server, err := simulators.New(f.Options)
	if err != nil {
		return fail(err)
	}
	l, err := net.Listen("tcp", f.listen)
	if err != nil {
		server.Close()
		return fail(listenError(f.listen, err))
	}
	base := baseURL(l.Addr())
	if f.json {
		err = printJSON(stdout, server, base)
	} else {
		err = printBanner(stdout, server, base)
	}
	if err != nil {
		server.Close()
		return fail(errors.Join(err, l.Close()))
	}
	return fail(server.Serve(ctx, l))
}

// baseURL is where a client on this machine finds the listener.
func baseURL(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("http://127.0.0.1:%d", tcp.Port)
	}
	return "http://" + addr.String()
}

// batch writes log lines together: one system call for all that have come until
// nobody waits for more.
type batch struct {
	mu sync.Mutex
	w  *bufio.Writer
}

func (b *batch) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.w.Write(p)
}

func (b *batch) flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	_ = b.w.Flush() // there is nowhere to say that standard error is gone
}

func newLogger(format string, w io.Writer) (*slog.Logger, error) {
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(w, nil)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, nil)), nil
	case "off":
		return slog.New(slog.DiscardHandler), nil
	}
	return nil, fmt.Errorf("--log is text, json or off, not %q", format)
}

// listenError says in one line why an address cannot be had.
func listenError(address string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is taken by another program; choose another with --listen", address)
	}
	return fmt.Errorf("cannot listen on %s: %w", address, err)
}

func printJSON(w io.Writer, s *simulators.Server, base string) error {
	return json.NewEncoder(w).Encode(struct {
		Listening string            `json:"listening"`
		Vendors   map[string]string `json:"vendors"`
	}{base, s.BaseURLs(base)})
}

// printBanner prints what a person needs to try it.
func printBanner(w io.Writer, s *simulators.Server, base string) error {
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
Stop with Ctrl-C.

`, s.Scenario())
	return err
}
