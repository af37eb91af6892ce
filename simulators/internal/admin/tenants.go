package admin

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

func (c *call) listTenants() (reply, error) {
	list := api.Tenants{Tenants: []api.Tenant{}}
	for _, t := range c.Tenants.All() {
		list.Tenants = append(list.Tenants, tenantOf(t))
	}
	return ok(list), nil
}

func (c *call) getTenant() (reply, error) { return ok(c.withCredentials(c.tenant)), nil }

func (c *call) createTenant() (reply, error) {
	var want api.NewTenant
	if err := c.body(&want); err != nil {
		return reply{}, err
	}
	m, err := c.making(&want)
	if err != nil {
		return reply{}, err
	}
	t, err := c.Tenants.Make(m)
	switch {
	case errors.Is(err, tenant.ErrTaken):
		return reply{}, problem(tenantExists, "%s is there already; leave the label out for one that is free", m.Name)
	case errors.Is(err, tenant.ErrName):
		return reply{}, wrongValue("label", "%q %s", m.Name, err)
	case errors.Is(err, tenant.ErrFull):
		return reply{}, problem(full, "%s; see --max-tenants", err)
	case err != nil:
		return reply{}, err
	}
	rep := reply{status: http.StatusCreated, header: http.Header{}, value: c.withCredentials(t)}
	rep.header.Set("Location", tenantPath(t.Name))
	return rep, nil
}

// tenantPath is the path of a tenant; a "/" in its name is escaped.
func tenantPath(name string) string { return "/tenants/" + url.PathEscape(name) }

// making is the tenant that a request asks for.
func (c *call) making(want *api.NewTenant) (tenant.Making, error) {
	if want.Scenario == "" && want.YAML == "" {
		want.Scenario = c.Served
	}
	w, err := c.world(api.Scenario{Scenario: want.Scenario, YAML: want.YAML, File: want.File, Set: want.Set})
	if err != nil {
		return tenant.Making{}, err
	}
	if len(want.Profiles) > 0 {
		if w, err = c.Profiled(w, want.Profiles); err != nil {
			return tenant.Making{}, wrongValue("profiles", "%s", strings.TrimPrefix(err.Error(), "profiles: "))
		}
	}
	label := want.Label
	if label == "" {
		label = strings.ToLower(rand.Text()[:labelLength])
	}
	m := tenant.Making{Name: w.Scenario.Name + "~" + label, World: w, Seed: want.Seed, Secret: want.Secret}
	if want.Clock != "" {
		mode, err := scenarios.ParseClockMode(want.Clock)
		if err != nil {
			return tenant.Making{}, wrongValue("clock", "%s", err)
		}
		m.Mode = &mode
	}
	if want.Start != nil {
		if !within(*want.Start) {
			return tenant.Making{}, wrongValue("start", "%s", outOfTime)
		}
		m.Start = *want.Start
	}
	if want.Secret == tenant.Wrong {
		return tenant.Making{}, wrongValue("secret", "%q is what every vendor refuses", tenant.Wrong)
	}
	return m, nil
}

// labelLength is that of a label made up, in characters of five bits of luck
// each: two are never alike.
const labelLength = 12

// The instants that a clock may be set to: what vendors make of them stands in
// ids and dates, which begin and end there.
var (
	earliest  = time.Date(1970, 1, 2, 0, 0, 0, 0, time.UTC)
	latest    = time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)
	outOfTime = "a clock goes from 1970 to the year 9000"
)

func within(t time.Time) bool { return !t.Before(earliest) && !t.After(latest) }

// world is the scenario that a request names or brings.
func (c *call) world(s api.Scenario) (*tenant.World, error) {
	switch {
	case (s.Scenario == "") == (s.YAML == ""):
		return nil, wrongValue("scenario", "give a scenario's name or, in yaml, its text, and not both")
	case s.YAML == "" && s.File != "":
		return nil, wrongValue("file", "says where the text in yaml is from; there is none")
	case s.YAML == "":
		w, err := c.World(s.Scenario, s.Set)
		if errors.Is(err, tenant.ErrUnknown) {
			return nil, scenarioProblem("scenario", fmt.Errorf("no scenario of this name is loaded; nearest: %s", nearestOf(s.Scenario, c.Scenarios())))
		}
		if err != nil {
			return nil, scenarioProblem("scenario", err)
		}
		return w, nil
	}
	if s.File == "" {
		s.File = "inline.yaml"
	}
	w, err := c.Inline(s.File, []byte(s.YAML), s.Set)
	if err != nil {
		return nil, scenarioProblem("yaml", err)
	}
	return w, nil
}

func (c *call) resetTenant() (reply, error) {
	t, err := c.Tenants.Reset(c.tenant.Name)
	if err != nil {
		return reply{}, gone(err)
	}
	return ok(c.withCredentials(t)), nil
}

func (c *call) deleteTenant() (reply, error) {
	if err := c.Tenants.Delete(c.tenant.Name); err != nil {
		return reply{}, gone(err)
	}
	return reply{status: http.StatusNoContent}, nil
}

// gone words that another call has ended the tenant meanwhile.
func gone(err error) error {
	if errors.Is(err, tenant.ErrUnknown) {
		return problem(noSuchTenant, "it was deleted a moment ago")
	}
	return err
}

// tenantOf is a tenant as it is listed.
func tenantOf(t *tenant.Tenant) api.Tenant {
	steered, _ := t.Notes.Get(controlCalls).(int64)
	out := api.Tenant{
		Name: t.Name, Scenario: t.Scenario().Name, Seed: t.Seed, Made: t.Made,
		Clock: clockOf(t), Requests: max(t.Requests.Load()-steered, 0),
	}
	if used := t.LastUsed(); out.Requests > 0 && !used.IsZero() {
		out.LastRequest = &used
	}
	return out
}

// withCredentials is a tenant and, for each vendor of its scenario, how a client
// says that it is this tenant.
func (h *handler) withCredentials(t *tenant.Tenant) api.Tenant {
	out := tenantOf(t)
	out.Credentials = map[string]api.Credential{}
	for _, v := range h.Vendors {
		if t.Serves(v.Name) {
			out.Credentials[v.Name] = h.credential(v, t)
		}
	}
	return out
}

func (h *handler) credential(v Vendor, t *tenant.Tenant) api.Credential {
	base := strings.TrimSuffix(h.Base(), "/") + "/" + v.Name
	header := http.Header{}
	v.Login(header, v.Spec.Demo().Routes[0].Base, t.Name)
	out := api.Credential{BaseURL: base, Header: map[string]string{}, Env: []api.Variable{}}
	for name, values := range header {
		out.Header[name] = values[0]
	}
	for _, variable := range v.Env(base, t.Name) {
		if variable.Value == tenant.DefaultSecret { // the vendor knows no other; this tenant may
			variable.Value = t.Secret
		}
		out.Env = append(out.Env, api.Variable(variable))
	}
	return out
}
