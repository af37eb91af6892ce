package simulators

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// Names are the vendors' names.
func Names() []string {
	names := make([]string, len(all))
	for i, make := range all {
		names[i] = make().Name
	}
	return names
}

// ScenarioNames are the names of the scenarios that ship.
func ScenarioNames() []string { return scenarios.Shipped().Names() }

func loadVendor(name string) (*vendor, error) {
	for _, make := range all {
		if v := make(); v.Name == name {
			return loaded(v)
		}
	}
	return nil, usage("no vendor %q; there are: %s", name, strings.Join(Names(), ", "))
}

// Curl is a ready-to-paste command that asks a vendor of the served scenario
// for a task as a tenant. base is the vendor's base URL.
func (s *Server) Curl(vendorName, base, tenantName string) (string, error) {
	w, err := s.tenants.Served()
	if err != nil {
		return "", err
	}
	v := s.byPrefix[vendorName]
	if v == nil || !w.Serves(vendorName) {
		return "", usage("scenario %s has no vendor %q", s.Scenario(), vendorName)
	}
	return v.curl(base, tenantName, v.firstTask(w))
}

// firstTask is the id of the vendor's first task in a world, or "" for that of
// the documentation, or where an id is made only when a tenant begins.
func (v *vendor) firstTask(w *tenant.World) string {
	if w.Scenario.Tasks == nil {
		return ""
	}
	now, later := beginnings(w.Scenario)
	atLater := w.Declared(v.Name, later)
	for i, d := range w.Declared(v.Name, now) {
		if id := d.ID(0); id == atLater[i].ID(0) {
			return id
		}
	}
	return ""
}

func (v *vendor) curl(base, tenantName, taskID string) (string, error) {
	o := v.spec.Demo()
	e, err := o.Example(o.Routes[0], taskID)
	if err != nil {
		return "", err
	}
	line := []string{"curl", "-s"}
	header := http.Header{}
	v.Login(header, e.Base, tenantName)
	if user, password, ok := sim.Basic(header); ok {
		line = append(line, "-u", quote(user+":"+password))
		header.Del("Authorization")
	}
	for name, values := range e.Header {
		if !strings.EqualFold(name, "Authorization") {
			header[name] = values
		}
	}
	for _, name := range slices.Sorted(maps.Keys(header)) {
		line = append(line, "-H", quote(name+": "+header[name][0]))
	}
	if e.Body != nil {
		body, err := json.Marshal(e.Body)
		if err != nil {
			return "", err
		}
		line = append(line, "-d", quote(string(body)))
	}
	target := base + e.Path
	if len(e.Query) > 0 {
		target += "?" + e.Query.Encode()
	}
	return strings.Join(append(line, quote(target)), " "), nil
}

// quote makes a text one word of a POSIX shell.
func quote(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Env are export lines with the variables that the vendor's own clients read.
// server is the base URL of the whole server.
func Env(vendorName, server, tenantName string) (string, error) {
	v, err := loadVendor(vendorName)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	for _, variable := range v.Env(strings.TrimSuffix(server, "/")+"/"+v.Name, tenantName) {
		fmt.Fprintf(&out, "export %s=%s\n", variable.Name, quote(variable.Value))
	}
	return out.String(), nil
}

// ListVendors writes a line a vendor.
func ListVendors(w io.Writer) error {
	vendors, err := loadVendors()
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, v := range vendors {
		hosts := strings.Join(v.Hosts, " ")
		if hosts == "" {
			hosts = "(on the customer's own machine)"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", v.Name, v.Title, hosts)
	}
	return t.Flush()
}

// ListOperations writes a line an operation and path.
func ListOperations(w io.Writer) error {
	vendors, err := loadVendors()
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, v := range vendors {
		for _, o := range v.spec.Operations {
			for _, leaf := range o.Leaves() {
				for _, r := range leaf.Routes {
					fmt.Fprintf(t, "%s\t%s\t%s\t%s %s\n", v.Name, leaf.Name, leaf.Kind, leaf.Method, r.Path)
				}
			}
		}
	}
	return t.Flush()
}

// ListScenarios writes a line a scenario: those that ship and those of a
// folder, if one is named.
func ListScenarios(w io.Writer, dir string) error {
	vendors, err := loadVendors()
	if err != nil {
		return err
	}
	library, known := scenarios.Shipped(), known(vendors)
	if dir != "" {
		if err := library.AddDir(dir); err != nil {
			return err
		}
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, name := range library.Names() {
		s, problems := library.Load(name, known, nil)
		if err := problems.Err(); err != nil {
			return err
		}
		fmt.Fprintf(t, "%s\t%s\n", name, cmp.Or(s.Description, "(no description)"))
	}
	return t.Flush()
}

// ListIncidents writes a line an incident that ships: the scenario that makes it
// happen again, the vendor, what happens, and where it was reported.
func ListIncidents(w io.Writer) error {
	vendors, err := loadVendors()
	if err != nil {
		return err
	}
	library, known := scenarios.Shipped(), known(vendors)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, name := range library.Names() {
		reports := library.Reports(name)
		if len(reports) == 0 {
			continue
		}
		s, problems := library.Load(name, known, nil)
		if err := problems.Err(); err != nil {
			return err
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", name, strings.Join(s.Vendors, " "), s.Description, strings.Join(reports, " "))
	}
	return t.Flush()
}
