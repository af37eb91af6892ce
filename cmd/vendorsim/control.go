package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/vendorsim/vendorsim/simulators"
)

// defaultAdmin is where the control API listens and where commands look for it.
const defaultAdmin = "127.0.0.1:7801"

// control is how a command reaches the control API of a running server.
type control struct {
	admin, token, tenant string
	json                 bool
}

// flags are those of every command that asks the control API.
func (c *control) flags(flags *pflag.FlagSet) {
	flags.StringVar(&c.admin, "admin", defaultAdmin, "the control API: host:port or a URL")
	flags.StringVar(&c.token, "admin-token", "", "the token that the control API asks for off loopback")
	flags.BoolVar(&c.json, "json", false, "print the control API's JSON")
}

// tenantFlags are those of a command that is about one tenant.
func (c *control) tenantFlags(flags *pflag.FlagSet) {
	c.flags(flags)
	flags.StringVar(&c.tenant, "tenant", "demo", "the tenant: demo, or scenario~label")
}

// named is the tenant that the arguments name, if they do, else that of --tenant.
func (c *control) named(args []string) string {
	if len(args) > 0 {
		c.tenant = args[0]
	}
	return c.tenant
}

func (c *control) client() (*simulators.Client, error) {
	if c.admin == "off" {
		return nil, misused("--admin is off: there is no control API to ask")
	}
	return simulators.NewClient(reachable(c.admin), c.token)
}

// reachable is where a listener is found whose address stands for every one of
// its machine's: a variable may name the server's address to both.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return address
}

// apiCommand is a command that makes one call and prints what comes back: with
// --json as it is, else by show. A verdict on it, if there is one, is the
// command's.
func apiCommand[T any](c *control, use, short string, args cobra.PositionalArgs,
	call func(context.Context, *simulators.Client, []string) (T, error), show func(io.Writer, T) error, verdict ...func(T) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: args,
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Lookup("tenant") != nil && c.tenant == "" {
				return misused("--tenant is empty: name a tenant, demo or scenario~label")
			}
			client, err := c.client()
			if err != nil {
				return err
			}
			answer, err := call(cmd.Context(), client, args)
			if err != nil {
				return fail(c.about(err, args))
			}
			if c.json {
				err = printAsJSON(cmd.OutOrStdout(), answer)
			} else {
				err = show(visible{cmd.OutOrStdout()}, answer)
			}
			if err != nil {
				return fail(err)
			}
			for _, judge := range verdict {
				if err := judge(answer); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// group is a command that has others below it and does nothing alone.
func group(use, short, long string, below ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Long: long}
	cmd.AddCommand(below...)
	var names []string
	for _, b := range below {
		names = append(names, b.Name())
	}
	slices.Sort(names)
	cmd.Args = func(_ *cobra.Command, args []string) error {
		if len(args) > 0 {
			return fmt.Errorf("%s has no command %q; it has: %s", use, args[0], strings.Join(names, ", "))
		}
		return fmt.Errorf("%s needs a command: %s", use, strings.Join(names, ", "))
	}
	cmd.RunE = func(*cobra.Command, []string) error { return nil } // Args has refused it; without a RunE they would not be asked
	return cmd
}

// exactly demands so many arguments, and says how the command is used.
func exactly(n int) cobra.PositionalArgs { return usedWith(cobra.ExactArgs(n)) }

// atMost is exactly, for arguments that may be left out.
func atMost(n int) cobra.PositionalArgs { return usedWith(cobra.MaximumNArgs(n)) }

func usedWith(rule cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if rule(cmd, args) != nil {
			return fmt.Errorf("usage: %s", cmd.UseLine())
		}
		return nil
	}
}

// alternativesOf annotates a flag with those that it stands against.
const alternativesOf = "vendorsim_alternatives"

// alternatives makes flags stand against one another: at most one of them may be
// given, and at least so many.
func alternatives(cmd *cobra.Command, least int, names ...string) {
	for _, name := range names {
		_ = cmd.Flags().SetAnnotation(name, alternativesOf, names) // it fails only for a flag that does not exist
	}
	before := cmd.PreRunE
	cmd.PreRunE = func(cmd *cobra.Command, args []string) error {
		given := 0
		for _, name := range names {
			if cmd.Flags().Changed(name) {
				given++
			}
		}
		if given < least || given > 1 {
			how := map[int]string{0: "at most", 1: "exactly"}[least]
			last := len(names) - 1
			return fmt.Errorf("give %s one of --%s and --%s", how, strings.Join(names[:last], ", --"), names[last])
		}
		if before == nil {
			return nil
		}
		return before(cmd, args)
	}
}

func printAsJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func printJSONLine(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// visible writes what a terminal would take for a command, or for another
// direction of writing, in a form that can be seen: names come from clients.
type visible struct{ to io.Writer }

func (v visible) Write(p []byte) (int, error) {
	if _, err := io.WriteString(v.to, seen(string(p), "\n")); err != nil {
		return 0, err
	}
	return len(p), nil
}

// seen is a text in which everything can be seen; but leaves some characters as
// they are.
func seen(s, but string) string {
	hidden := func(r rune) bool { return !unicode.IsPrint(r) && !strings.ContainsRune(but, r) }
	if strings.IndexFunc(s, hidden) < 0 {
		return s
	}
	var out strings.Builder
	for _, r := range s {
		if hidden(r) {
			quoted := strconv.QuoteRuneToASCII(r)
			out.WriteString(quoted[1 : len(quoted)-1])
		} else {
			out.WriteRune(r)
		}
	}
	return out.String()
}

// table writes aligned rows.
func table(w io.Writer, rows func(row func(cells ...any))) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	rows(func(cells ...any) {
		for i, cell := range cells {
			if i > 0 {
				fmt.Fprint(t, "\t")
			}
			fmt.Fprint(t, seen(fmt.Sprint(cell), ""))
		}
		fmt.Fprintln(t)
	})
	return t.Flush()
}

// length is a length of time as people read one, from the API's text.
func length(text string) string {
	if d, err := time.ParseDuration(text); err == nil {
		return d.Round(time.Millisecond).String()
	}
	return text
}

// counted is a number of things.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprint(n, " ", thing, "s")
}

// instant is how people read one.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func instantOr(t *time.Time, otherwise string) string {
	if t == nil {
		return otherwise
	}
	return instant(*t)
}
