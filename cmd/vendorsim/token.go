package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/vendorsim/vendorsim/simulators"
)

func tokenCommand() *cobra.Command {
	return group("token", "List a tenant's tokens, or revoke them", "", tokenList(), tokenRevoke())
}

func tokenList() *cobra.Command {
	var c control
	cmd := apiCommand(&c, "list", "List the tokens that log-ins gave and that are good now", exactly(0),
		func(ctx context.Context, client *simulators.Client, _ []string) (simulators.TokenList, error) {
			return client.Tokens(ctx, c.tenant)
		},
		func(w io.Writer, list simulators.TokenList) error {
			if len(list.Tokens) == 0 {
				_, err := fmt.Fprintln(w, "no tokens: nobody is logged in")
				return err
			}
			return table(w, func(row func(...any)) {
				row("VENDOR", "KIND", "ENDS", "TOKEN")
				for _, k := range list.Tokens {
					row(k.Vendor, k.Kind, instantOr(k.Ends, "never"), k.Token)
				}
			})
		})
	c.tenantFlags(cmd.Flags())
	return cmd
}

func tokenRevoke() *cobra.Command {
	var c control
	var which simulators.Revoke
	cmd := apiCommand(&c, "revoke", "End tokens now, earlier than their clients were told", exactly(0),
		func(ctx context.Context, client *simulators.Client, _ []string) (simulators.Revoked, error) {
			return client.RevokeTokens(ctx, c.tenant, which)
		},
		func(w io.Writer, r simulators.Revoked) error {
			_, err := fmt.Fprintln(w, "revoked", counted(r.Revoked, "token"))
			return err
		})
	c.tenantFlags(cmd.Flags())
	cmd.Flags().StringVar(&which.Vendor, "vendor", "", "only this vendor's")
	cmd.Flags().StringVar(&which.Kind, "kind", "", "only those of this kind, as token list has it: access, refresh ...")
	return cmd
}
