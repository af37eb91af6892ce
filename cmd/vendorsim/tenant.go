package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/vendorsim/vendorsim/simulators"
)

func tenantCommand() *cobra.Command {
	return group("tenant", "Make, list, reset and remove tenants of a running server", "",
		tenantNew(), tenantList(), tenantShow(), tenantReset(), tenantRemove())
}

// newTenant are the flags of tenant new.
type newTenant struct {
	control
	simulators.NewTenant
	seed     int64
	file     string
	start    string
	profiles []string
	quiet    bool
}

func tenantNew() *cobra.Command {
	var n newTenant
	cmd := apiCommand(&n.control, "new", "Make a tenant, which begins now and is never forgotten by itself", exactly(0),
		func(ctx context.Context, c *simulators.Client, _ []string) (simulators.Tenant, error) {
			if err := n.read(); err != nil {
				return simulators.Tenant{}, err
			}
			return c.NewTenant(ctx, n.NewTenant)
		},
		func(w io.Writer, t simulators.Tenant) error {
			if n.quiet {
				_, err := fmt.Fprintln(w, t.Name)
				return err
			}
			return printTenant(w, t)
		})
	flags := cmd.Flags()
	n.flags(flags)
	flags.StringVar(&n.Scenario, "scenario", "", "the scenario that it runs (default: the one served)")
	flags.StringVarP(&n.file, "file", "f", "", "a scenario file, instead")
	flags.StringArrayVar(&n.Set, "set", nil, "path=value in its scenario; may be repeated")
	flags.StringVar(&n.Label, "label", "", "the tenant is scenario~label (default: one is made up)")
	flags.Int64Var(&n.seed, "seed", 0, "its seed, instead of the scenario's")
	flags.StringVar(&n.Clock, "clock", "", "its clock: real, xN, frozen or skip")
	flags.StringVar(&n.start, "start", "", "the instant at which its clock begins, as 2026-01-15T09:00:00Z")
	flags.StringArrayVar(&n.profiles, "profile", nil, "documented, observed, or vendor=profile; may be repeated")
	flags.StringVar(&n.Secret, "secret", "", "what its requests are signed with (default \"secret\")")
	flags.BoolVarP(&n.quiet, "quiet", "q", false, "print the tenant's name only")
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		if cmd.Flags().Changed("seed") {
			n.Seed = &n.seed
		}
		return nil
	}
	alternatives(cmd, 0, "scenario", "file")
	return cmd
}

// read turns the flags into what is asked for.
func (n *newTenant) read() error {
	if n.file != "" {
		text, err := os.ReadFile(n.file)
		if err != nil {
			return err
		}
		n.YAML, n.File = string(text), n.file
	}
	if n.start != "" {
		at, err := time.Parse(time.RFC3339Nano, n.start)
		if err != nil {
			return misused("--start: want an instant such as 2026-01-15T09:00:00Z, not %q", n.start)
		}
		n.Start = &at
	}
	for _, p := range n.profiles {
		vendors := simulators.Names()
		if vendor, profile, ok := strings.Cut(p, "="); ok {
			vendors, p = []string{vendor}, profile
		}
		if n.Profiles == nil {
			n.Profiles = map[string]string{}
		}
		for _, vendor := range vendors {
			n.Profiles[vendor] = p
		}
	}
	return nil
}

func printTenant(w io.Writer, t simulators.Tenant) error {
	fmt.Fprintf(w, "tenant %s: scenario %s, seed %d, clock %s at %s\n", t.Name, t.Scenario, t.Seed, t.Clock.Mode, instant(t.Clock.Now))
	for _, vendor := range slices.Sorted(maps.Keys(t.Credentials)) {
		c := t.Credentials[vendor]
		fmt.Fprintf(w, "\n%s  %s\n", vendor, c.BaseURL)
		for _, name := range slices.Sorted(maps.Keys(c.Header)) {
			fmt.Fprintf(w, "  %s: %s\n", name, c.Header[name])
		}
		for _, v := range c.Env {
			fmt.Fprintf(w, "  %s=%s\n", v.Name, v.Value)
		}
	}
	return nil
}

func tenantList() *cobra.Command {
	var c control
	cmd := apiCommand(&c, "list", "List the tenants", exactly(0),
		func(ctx context.Context, c *simulators.Client, _ []string) (simulators.TenantList, error) {
			return c.Tenants(ctx)
		},
		func(w io.Writer, list simulators.TenantList) error {
			if len(list.Tenants) == 0 {
				_, err := fmt.Fprintln(w, "no tenant has begun: one begins with its first request, or by vendorsim tenant new")
				return err
			}
			return table(w, func(row func(...any)) {
				row("TENANT", "SCENARIO", "SEED", "CLOCK", "NOW", "REQUESTS", "LAST REQUEST")
				for _, t := range list.Tenants {
					row(t.Name, t.Scenario, t.Seed, t.Clock.Mode, instant(t.Clock.Now), t.Requests, instantOr(t.LastRequest, "-"))
				}
			})
		})
	c.flags(cmd.Flags())
	return cmd
}

func tenantShow() *cobra.Command {
	var c control
	cmd := apiCommand(&c, "show [TENANT]", "Show a tenant with its credentials for every vendor", atMost(1),
		func(ctx context.Context, client *simulators.Client, args []string) (simulators.Tenant, error) {
			return client.Tenant(ctx, c.named(args))
		}, printTenant)
	c.tenantFlags(cmd.Flags())
	return cmd
}

func tenantReset() *cobra.Command {
	var c control
	cmd := apiCommand(&c, "reset [TENANT]", "Begin a tenant anew: its state goes, its definition stays", atMost(1),
		func(ctx context.Context, client *simulators.Client, args []string) (simulators.Tenant, error) {
			return client.Reset(ctx, c.named(args))
		},
		func(w io.Writer, t simulators.Tenant) error {
			_, err := fmt.Fprintf(w, "tenant %s begins anew at %s\n", t.Name, instant(t.Clock.Now))
			return err
		})
	c.tenantFlags(cmd.Flags())
	return cmd
}

func tenantRemove() *cobra.Command {
	var c control
	cmd := apiCommand(&c, "rm TENANT...", "Remove tenants", cobra.MinimumNArgs(1),
		func(ctx context.Context, client *simulators.Client, args []string) ([]string, error) {
			for i, name := range args {
				if err := client.Delete(ctx, name); err != nil {
					return nil, c.about(err, args[i:])
				}
			}
			return args, nil
		},
		func(w io.Writer, names []string) error {
			_, err := fmt.Fprintln(w, "removed", strings.Join(names, ", "))
			return err
		})
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return exactly(1)(cmd, args)
		}
		return nil
	}
	c.flags(cmd.Flags())
	return cmd
}
