package sim

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/vendorsim/vendorsim/openapi"
)

// htmlType is the Content-Type of the pages of front ends.
const htmlType = "text/html"

// worded is how the vendor words a failure that is asked for by its kind, or by
// its status: by the first kind that it answers with that, else by the page that
// its front end shows. It is false where the vendor has no words. Of f it takes
// what the wording may tell.
func (c *Call) worded(kind string, status int, f *Fault) (Reply, Kind, bool) {
	if kind != "" {
		if !slices.Contains(Kinds, Kind(kind)) {
			return Reply{}, "", false
		}
		return c.vendor.Fault(c, f.as(Kind(kind))), Kind(kind), true
	}
	for _, k := range Kinds {
		if r := c.vendor.Fault(c, f.as(k)); r.Status == status && c.contract().Declares(status, mediaOf(r)) {
			return r, k, true
		}
	}
	r, err := c.page(status)
	return r, pageKind(status), err == nil
}

// as is a failure of a kind with what every vendor's wording of it needs. Whether
// a passing failure tells how long it lasts is the scenario's matter; a limit
// always does, where the vendor's does.
func (f *Fault) as(k Kind) *Fault {
	g := &Fault{Kind: k, RetryAfter: f.RetryAfter, Note: f.Note}
	if k == RateLimited {
		g.RetryAfter = max(g.RetryAfter, 1)
	}
	return g
}

func mediaOf(r Reply) string {
	media, _, _ := strings.Cut(r.ContentType, ";")
	return media
}

// pageKind is what a front end's page of a status means.
func pageKind(status int) Kind {
	switch status {
	case http.StatusTooManyRequests:
		return RateLimited
	case http.StatusInternalServerError:
		return Internal
	}
	return Unavailable
}

// page is the error page that stands before the vendor. It is outside of the
// contract: what stands before an API shows it to whoever asks for anything.
func (c *Call) page(status int) (Reply, error) {
	if c.vendor.HTML != nil {
		if text := c.vendor.HTML(c, status); text != "" {
			r := Text(status, htmlType, text)
			r.free = true
			return r, nil
		}
	}
	return Reply{}, fmt.Errorf("%s has no page for status %d", c.vendor.Name, status)
}

// FaultKinds are the kinds of failure by which a scenario's faults may ask for
// an answer.
func FaultKinds() []string {
	kinds := make([]string, len(Kinds))
	for i, k := range Kinds {
		kinds[i] = string(k)
	}
	return kinds
}

// FaultAnswer says why the vendor has no words for a failure of a kind, or with
// a status, at an operation; nil if it has. Of kind and status one is left out.
// Where the operation is "" it is enough that one of them all has the words. Who
// asks says which vendor it is of: the reason does not.
func (v *Vendor) FaultAnswer(spec *openapi.Spec, operation, kind string, status int) error {
	found, statuses := false, map[int]bool{}
	for _, o := range spec.Operations {
		for _, leaf := range o.Leaves() {
			if operation != "" && operation != leaf.Name {
				continue
			}
			found = true
			if v.wordsAt(spec, leaf, kind, status) {
				return nil
			}
			for _, s := range leaf.Statuses() {
				statuses[s] = s >= http.StatusBadRequest
			}
		}
	}
	switch {
	case !found:
		return fmt.Errorf("there is no operation %q", operation)
	case kind != "" && !slices.Contains(Kinds, Kind(kind)):
		return fmt.Errorf("there is no kind %q; there are: %s", kind, strings.Join(FaultKinds(), ", "))
	case kind != "":
		return fmt.Errorf("there is no such failure at %s", whereabouts(operation))
	}
	for s := 400; s < 600; s++ {
		if v.HTML != nil && v.HTML(&Call{vendor: v}, s) != "" {
			statuses[s] = true
		}
	}
	return fmt.Errorf("there is no error with status %d at %s; there are: %s", status, whereabouts(operation), listed(statuses))
}

func whereabouts(operation string) string {
	if operation == "" {
		return "any operation"
	}
	return operation
}

func listed(statuses map[int]bool) string {
	var all []string
	for s := range 600 {
		if statuses[s] {
			all = append(all, fmt.Sprint(s))
		}
	}
	return strings.Join(all, ", ")
}

// wordsAt tells whether the vendor words a failure at an operation, by its
// contract: asked for at any of the operation's paths, in a call that never was.
func (v *Vendor) wordsAt(spec *openapi.Spec, o *openapi.Operation, kind string, status int) bool {
	for _, route := range o.Routes {
		c := v.probe(spec, o, route)
		r, _, ok := c.worded(kind, status, &Fault{RetryAfter: 1})
		if !ok {
			continue
		}
		var buf bytes.Buffer
		if r.free || r.encode(&buf) == nil && o.CheckResponse(c.Profile, r.Status, r.header(), buf.Bytes()) == nil {
			return true
		}
	}
	return false
}

// probe is a call without a request behind it, for the vendor's words.
func (v *Vendor) probe(spec *openapi.Spec, o *openapi.Operation, route openapi.Route) *Call {
	path := route.Path
	if e, err := o.Example(route, ""); err == nil {
		path = e.Path
	}
	u := &url.URL{Path: path}
	return &Call{
		Op: o, Base: route.Base, Path: map[string]string{}, Query: url.Values{}, Header: http.Header{},
		Profile: Documented, Options: v.Tenants(spec).Options, vendor: v, spec: spec, probing: true,
		request: &http.Request{Method: o.Method, URL: u, Header: http.Header{}},
	}
}
