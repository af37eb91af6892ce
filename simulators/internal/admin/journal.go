package admin

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
)

// journal is the journal that the call asks for: its tenant's, or the one of
// requests that have none.
func (c *call) journal() *journal.Journal {
	if c.tenant != nil {
		return c.tenant.Journal
	}
	return c.Refused
}

// vendor is the vendor of a name.
func (h *handler) vendor(name string) (Vendor, bool) {
	i := slices.IndexFunc(h.Vendors, func(v Vendor) bool { return v.Name == name })
	if i < 0 {
		return Vendor{}, false
	}
	return h.Vendors[i], true
}

// secrets are where a vendor's secrets stand; "" for a control call.
func (h *handler) secrets(vendor string) journal.Secrets {
	if v, known := h.vendor(vendor); known {
		return journal.Secrets(v.Spec.Secrets)
	}
	return journal.Secrets{}
}

// filter reads what entries are asked for; the contract has seen the values.
func (c *call) filter() journal.Filter {
	f := journal.Filter{
		Vendor: c.query.Get("vendor"), Operation: c.query.Get("operation"), Kind: c.query.Get("kind"),
		Task: c.query.Get("task"), Method: c.query.Get("method"), After: c.number("after", 0),
		Refused: c.query.Get("refused") == "true",
	}
	if f.Kind == "control" {
		f.Kind, f.Control = "", true
	}
	status := c.query.Get("status")
	if class, ok := strings.CutSuffix(status, "xx"); ok {
		f.StatusClass, _ = strconv.Atoi(class)
	} else {
		f.Status, _ = strconv.Atoi(status) // "" is 0: any
	}
	return f
}

// pageOfEntries is how many entries a page of a journal has if nothing else is
// asked for.
const pageOfEntries = 100

// checkFilter tells whether there is what the filter asks for: a misspelt name would
// select nothing, and look like a quiet client.
func (c *call) checkFilter(f journal.Filter) error {
	vendors := c.Vendors
	if f.Vendor != "" {
		v, known := c.vendor(f.Vendor)
		if !known {
			var names []string
			for _, v := range c.Vendors {
				names = append(names, v.Name)
			}
			return wrongValue("vendor", "there is no such vendor; nearest: %s", nearestOf(f.Vendor, names))
		}
		vendors = []Vendor{v}
	}
	if f.Operation == "" || f.Operation == noOperation {
		return nil
	}
	var names []string
	for _, v := range vendors {
		for _, o := range v.Spec.Operations {
			for _, one := range append([]*openapi.Operation{o}, o.Methods...) { // a call may meet the path and no method
				if one.Name == f.Operation {
					return nil
				}
				if !slices.Contains(names, one.Name) {
					names = append(names, one.Name)
				}
			}
		}
	}
	return wrongValue("operation", "no vendor asked about has such an operation; nearest: %s", nearestOf(f.Operation, names))
}

func (c *call) getJournal() (reply, error) {
	if err := c.checkFilter(c.filter()); err != nil {
		return reply{}, err
	}
	j := c.journal()
	entries, next := j.Entries(c.filter(), int(c.number("limit", pageOfEntries)))
	page := api.Journal{Entries: make([]journal.View, len(entries)), Lost: j.Lost(), Next: next}
	for i, e := range entries {
		page.Entries[i] = e.View(c.secrets(e.Vendor))
	}
	return ok(page), nil
}

func (c *call) exportJournal() (reply, error) {
	if err := c.checkFilter(c.filter()); err != nil {
		return reply{}, err
	}
	j := c.journal()
	entries, _ := j.Entries(c.filter(), 0)
	lost := j.Lost() // after the entries: what went in between is counted
	if lost > 0 && c.query.Get("partial") != "true" {
		return reply{}, problem(journalLost, "%d entries have made room for later ones; with partial=true the archive holds the others and says so", lost)
	}
	har, err := journal.HAR(entries, c.secrets, c.Version)
	if err == nil && lost > 0 {
		har, err = withComment(har, strconv.FormatInt(lost, 10)+" earlier entries are missing: they had made room for later ones")
	}
	return document("application/json", har), err
}

// withComment puts a text before what an HTTP archive says of itself.
func withComment(har []byte, text string) ([]byte, error) {
	var file struct {
		Log map[string]json.RawMessage `json:"log"`
	}
	if err := json.Unmarshal(har, &file); err != nil {
		return nil, err
	}
	if raw, ok := file.Log["comment"]; ok {
		var said string
		if err := json.Unmarshal(raw, &said); err != nil {
			return nil, err
		}
		text += "; " + said
	}
	comment, err := json.Marshal(text)
	if err != nil {
		return nil, err
	}
	file.Log["comment"] = comment
	return json.Marshal(file)
}

// exportReplay answers the file from which the tenant's answers can be given
// again.
func (c *call) exportReplay() (reply, error) {
	if lost := c.tenant.Journal.Lost(); lost > 0 {
		return reply{}, problem(journalLost, "%d entries have made room for later ones: what is left cannot be replayed", lost)
	}
	file, err := c.Replay(c.tenant)
	if lost := c.tenant.Journal.Lost(); err != nil && lost > 0 { // since it was asked
		return reply{}, problem(journalLost, "%d entries have made room for later ones: what is left cannot be replayed", lost)
	}
	return document("application/json", file), err
}
