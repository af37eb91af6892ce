package admin

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// why explains the answer that had an id.
func (c *call) why() (reply, error) {
	e, t, err := c.remembered(c.path["id"])
	if err != nil {
		return reply{}, err
	}
	q := question{entry: e, view: e.View(c.secrets(e.Vendor)), tenant: t, scenarios: c.Scenarios}
	switch {
	case e.Control != nil:
		return ok(q.control()), nil
	case e.Vendor == "":
		return ok(q.astray(c.Vendors)), nil
	}
	v, known := c.vendor(e.Vendor)
	if !known {
		return reply{}, fmt.Errorf("request %s went to the vendor %q, which is not served", e.ID, e.Vendor)
	}
	q.Vendor = v
	return ok(q.why()), nil
}

// remembered is the entry of a request's id, and its tenant: nil for a refused
// request.
func (c *call) remembered(id string) (*journal.Entry, *tenant.Tenant, error) {
	j, t, number := c.Refused, (*tenant.Tenant)(nil), strings.TrimPrefix(id, "@")
	if number == id {
		dot := strings.LastIndexByte(id, '.')
		if dot < 0 {
			return nil, nil, problem(noSuchRequest, "an id is what %s says: a tenant's name, a dot and a number, or @ and a number", sim.RequestHeader)
		}
		var there bool
		if t, there = c.Tenants.Find(id[:dot]); !there {
			return nil, nil, problem(noSuchRequest,
				"there is no tenant of this name: it never began, was deleted, or was forgotten when it was idle; a journal goes with its tenant")
		}
		j, number = t.Journal, id[dot+1:]
	}
	switch n, err := strconv.ParseInt(number, 10, 64); {
	case (err != nil || n < 1) && t == nil:
		return nil, nil, problem(noSuchRequest, "after @ stands the number of a refused request, from 1, and nothing else: @3")
	case err != nil || n < 1:
		return nil, nil, problem(noSuchRequest, "after the last dot stands the number of one of the tenant's requests, from 1: %s.3", t.Name)
	}
	if e, held := j.Get(id); held {
		return e, t, nil
	}
	if lost := j.Lost(); lost > 0 {
		return nil, nil, problem(noSuchRequest, "the journal does not hold it; %d entries have made room for later ones", lost)
	}
	return nil, nil, problem(noSuchRequest, "no request has had this id yet")
}

// question is one journal entry and all that its explanation is drawn from. It
// answers from the entry what the answer hung on, from the view what the client
// sent: there secrets are hidden.
type question struct {
	Vendor
	entry     *journal.Entry
	view      journal.View
	tenant    *tenant.Tenant // nil: it was refused before it had one
	scenarios func() []string
}

// control explains a call of the control API: it changed something, or would have,
// and that is all there is to say.
func (q *question) control() api.Why {
	w := q.head()
	w.Operation, w.Method, w.Path = "control", q.entry.Control.Method, q.entry.Control.Path
	w.Status, w.Because = q.entry.Control.Status, "the control API changed the tenant"
	if w.Status >= http.StatusBadRequest {
		w.Because = "the control API refused to change the tenant, as its answer said"
	}
	return w
}

// astray explains a request that met no vendor.
func (q *question) astray(vendors []Vendor) api.Why {
	w := q.head()
	w.Operation, w.Method, w.Path = q.entry.Operation, q.view.Request.Method, q.shownPath()
	w.Status = q.entry.Reply.Status
	w.Because = "it met no vendor: " + cmp.Or(q.view.Note, "its path begins with no vendor's name")
	w.Misses = append(w.Misses, missedVendors(vendors, q.entry.Request.Method, q.path(), q.shownPath())...)
	return w
}

func (q *question) why() api.Why {
	w := q.head()
	w.Operation, w.Method, w.Path = q.entry.Operation, q.view.Request.Method, q.shownPath()
	w.Status, w.Contract = q.entry.Reply.Status, q.contract()
	w.Unread = append(w.Unread, q.view.Unread...)
	if q.tenant != nil {
		w.Tasks = append(w.Tasks, q.tasks()...)
		w.Limits = append(w.Limits, q.limits()...)
	}
	w.Misses = append(w.Misses, q.misses()...)
	w.Faults = q.faults()
	w.Because = q.faulted(func() string { return q.because(w.Tasks) })
	return w
}

// head is what an explanation begins with. Its lists are empty, not null.
func (q *question) head() api.Why {
	e := q.entry
	return api.Why{
		ID: e.ID, Tenant: e.Tenant, Vendor: e.Vendor, Real: e.Real.UTC(), At: q.view.At,
		Tasks: []api.WhyTask{}, Limits: []api.WhyLimit{}, Faults: []api.WhyFault{}, Unread: []string{}, Misses: []api.Miss{},
	}
}

// refused tells whether the request was refused in one of these ways.
func (q *question) refused(kinds ...sim.Kind) bool {
	for _, kind := range kinds {
		if q.entry.Refusal != nil && q.entry.Refusal.Kind == string(kind) {
			return true
		}
	}
	return false
}

// path is the path of the request below the vendor's prefix, as it was sent: to
// compare, never to show.
func (q *question) path() string { return q.below(q.entry.Request.Target) }

// shownPath is the same with secrets hidden.
func (q *question) shownPath() string {
	_, rest, _ := strings.Cut(q.view.Request.URL, "://")
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return q.below(rest[i:])
	}
	return "/"
}

func (q *question) below(target string) string {
	path, _, _ := strings.Cut(target, "?")
	if q.Vendor.Vendor == nil {
		return path
	}
	if rest, prefixed := strings.CutPrefix(path, "/"+q.Name); prefixed && (rest == "" || rest[0] == '/') {
		path = rest
	}
	if path == "" {
		return "/"
	}
	return path
}

// operation is the operation that the request met, and the path by which; nil
// where it met none.
func (q *question) operation() (*openapi.Operation, openapi.Route) {
	path := q.path()
	for _, o := range q.Spec.Operations {
		if o.Method != q.entry.Request.Method {
			continue
		}
		for _, met := range append([]*openapi.Operation{o}, o.Methods...) {
			if met.Name != q.entry.Operation {
				continue
			}
			for _, route := range met.Routes {
				if fits(route.Path, path) {
					return met, route
				}
			}
		}
	}
	return nil, openapi.Route{}
}
