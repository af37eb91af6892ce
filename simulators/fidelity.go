package simulators

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/vendorsim/vendorsim/openapi"
)

// Fidelity writes where the imitation of a vendor ends: every operation,
// response, option and behaviour with why we believe it, the differences of the
// profiles, and the departures from the vendor's page. Without a name, a table
// of the counts of all vendors stands first and then each vendor.
func Fidelity(w io.Writer, vendorName string, asJSON bool) error {
	vendors, err := loadVendors()
	if vendorName != "" {
		var v *vendor
		v, err = loadVendor(vendorName)
		vendors = []*vendor{v}
	}
	if err != nil {
		return err
	}
	if asJSON {
		return fidelityJSON(w, vendors)
	}
	if err := fidelityCounts(w, vendors); err != nil {
		return err
	}
	for _, v := range vendors {
		if err := v.fidelity(w); err != nil {
			return err
		}
	}
	return nil
}

func counts(facts []openapi.Fact) map[string]int {
	n := map[string]int{}
	for _, f := range facts {
		n[f.Level]++
	}
	return n
}

func fidelityCounts(w io.Writer, vendors []*vendor) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "vendor\t%s\n", strings.Join(openapi.Levels, "\t"))
	for _, v := range vendors {
		n := counts(v.spec.Facts())
		fmt.Fprint(t, v.Name)
		for _, level := range openapi.Levels {
			fmt.Fprintf(t, "\t%d", n[level])
		}
		fmt.Fprintln(t)
	}
	fmt.Fprintf(t, "\nrecorded: a real exchange. documented: the vendor's page. client: what a shipping client needs.\nassumed: no source, a choice of ours.\n")
	return t.Flush()
}

// fidelity writes one vendor's table.
func (v *vendor) fidelity(w io.Writer) error {
	fmt.Fprintf(w, "\n%s (%s)\n", v.Title, v.Name)
	v.differences(w)
	for _, level := range openapi.Levels {
		first := true
		for _, f := range v.spec.Facts() {
			if f.Level != level {
				continue
			}
			if first {
				fmt.Fprintf(w, "\n  %s\n", level)
				first = false
			}
			fmt.Fprintf(w, "    %s %s: %s\n", f.Kind, f.Name, sentence(f.Text))
			for _, why := range []string{f.Source, f.Note} {
				if why != "" {
					fmt.Fprintf(w, "        %s\n", why)
				}
			}
		}
	}
	return nil
}

func (v *vendor) differences(w io.Writer) {
	for _, b := range v.spec.Behaviours {
		if b.Differs() {
			fmt.Fprintf(w, "  differs by profile: %s. %s\n    documented: %s\n    observed:   %s\n", b.Name, b.Text, b.Documented, b.Observed)
		}
	}
	for _, b := range v.spec.Behaviours {
		if b.Departs {
			fmt.Fprintf(w, "  departs from the page in both profiles: %s. %s\n", b.Name, b.Text)
		}
	}
}

// sentence is a text on one line.
func sentence(s string) string { return strings.Join(strings.Fields(s), " ") }

func fidelityJSON(w io.Writer, vendors []*vendor) error {
	type row struct {
		Vendor string         `json:"vendor"`
		Counts map[string]int `json:"counts"`
		Facts  []openapi.Fact `json:"facts"`
	}
	rows := make([]row, len(vendors))
	for i, v := range vendors {
		facts := v.spec.Facts()
		rows[i] = row{v.Name, counts(facts), facts}
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(rows)
}
