package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vendorsim/vendorsim/simulators"
)

func whyCommand() *cobra.Command {
	var c control
	cmd := apiCommand(&c, "why ID", "Explain an answer by its X-Vendorsim-Request", exactly(1),
		func(ctx context.Context, client *simulators.Client, args []string) (simulators.Why, error) {
			return client.Why(ctx, args[0])
		}, printWhy)
	cmd.Long = `Explain an answer: the states that it shows and what led to them, the rule of the
contract, the limits, the faults, what the client sent and nothing read, and what
a refused request nearly met. The id stands in the answer's header X-Vendorsim-Request, and
in vendorsim journal.`
	c.flags(cmd.Flags())
	return cmd
}

func printWhy(w io.Writer, y simulators.Why) error {
	fmt.Fprintf(w, "%s  %s %s -> %d\n%s\n\n", y.ID, y.Method, y.Path, y.Status, y.Because)
	err := table(w, func(row func(...any)) {
		if y.Vendor != "" {
			row("vendor", y.Vendor+", "+operationWords(y.Operation))
		}
		if y.At != nil {
			row("tenant", y.Tenant+" at "+instant(*y.At))
		}
		c := y.Contract
		switch {
		case c.Held:
			row("contract", "held ("+c.Profile+")")
		case c.Rule != "":
			row("contract", fmt.Sprintf("broken (%s): %s, rule %s", c.Profile, strings.TrimSpace(c.In+" "+c.Field), c.Rule))
			if c.Expected != "" {
				row("  expected", c.Expected)
			}
			row("  got", c.Got)
		}
		for _, l := range y.Limits {
			word := "granted"
			switch {
			case l.Fired:
				word = "REFUSED"
			case !l.Applied:
				word = "not asked"
			}
			row("limit", word+": "+l.Limit+": "+l.Because)
		}
		for _, f := range y.Faults {
			word := "passed over"
			if f.Fired {
				word = "FIRED"
			}
			row("fault", word+": "+f.Fault+": "+f.Because)
		}
		for _, u := range y.Unread {
			row("unread", u)
		}
	})
	for _, t := range y.Tasks {
		fmt.Fprintf(w, "\ntask %s: %s since %s, %d%%\n", t.ID, orElse(t.State, t.Phase), instant(t.Entered), t.Progress)
		if err := table(w, func(row func(...any)) {
			for _, s := range t.Steps {
				row("  "+instant(s.At), subtaskWords(s.Subtask)+orElse(s.From, "(new)")+" -> "+orElse(s.To, "(forgotten)"), s.Because)
			}
		}); err != nil {
			return err
		}
	}
	if len(y.Misses) > 0 {
		fmt.Fprint(w, "\nit nearly met\n")
	}
	return errors.Join(err, table(w, func(row func(...any)) {
		for _, m := range y.Misses {
			row(fmt.Sprintf("  %.2f", m.Score), operationWords(m.Operation), "expected "+m.Expected, "got "+m.Got)
		}
	}))
}

// subtaskWords stand before what is one subtask's.
func subtaskWords(number *int) string {
	if number == nil {
		return ""
	}
	return fmt.Sprintf("subtask %d ", *number)
}
