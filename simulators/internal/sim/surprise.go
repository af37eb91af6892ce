package sim

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// Surprised is a surprise that happens at an operation under a seed.
type Surprised struct {
	openapi.Surprise
	Operation string
}

// Surprises are those that happen under a seed, in the order of the spec's
// operations and of its surprises. Each is tossed for once for each operation:
// one that happens there happens for all tenants with that seed. Of those that
// put a value in the place of another, tasks are tossed for too.
func Surprises(spec *openapi.Spec, seed int64) []Surprised {
	var all []Surprised
	if u := longerIDs(spec, seed); u != nil {
		all = append(all, Surprised{Surprise: *u})
	}
	seen := map[string]bool{}
	for _, o := range spec.Operations {
		for _, leaf := range o.Leaves() {
			if seen[leaf.Name] {
				continue // at another version
			}
			seen[leaf.Name] = true
			for _, u := range spec.Surprises {
				if u.Kind != openapi.SurpriseIDs && u.For(leaf.Name) && tossed(seed, spec.Vendor, u.Name, leaf.Name) {
					all = append(all, Surprised{u, leaf.Name})
				}
			}
		}
	}
	return all
}

// longerIDs is the surprise of longer ids, if it happens under a seed. It is of
// the vendor's tasks, not of an operation.
func longerIDs(spec *openapi.Spec, seed int64) *openapi.Surprise {
	for i := range spec.Surprises {
		if u := &spec.Surprises[i]; u.Kind == openapi.SurpriseIDs && tossed(seed, spec.Vendor, u.Name) {
			return u
		}
	}
	return nil
}

// LongerIDs are a vendor's ids as they are under a seed of surprises: each that
// the vendor makes itself has more digits at its end, the same for all.
func LongerIDs(ids IDs, spec *openapi.Spec, seed int64) IDs {
	u := longerIDs(spec, seed)
	if u == nil {
		return ids
	}
	end := fmt.Sprintf("%08d", surpriseLuck(seed, spec.Vendor, u.Name, "end")%1e8)
	format, parse := ids.Format, ids.Parse
	ids.Format = func(n uint64, created time.Time, t *scenarios.Task) string { return format(n, created, t) + end }
	ids.Parse = func(id string) (uint64, bool) {
		short, ok := strings.CutSuffix(id, end)
		if !ok {
			return 0, false
		}
		return parse(short)
	}
	return ids
}

// tossed tells whether a surprise happens, one time in two.
func tossed(seed int64, parts ...string) bool { return surpriseLuck(seed, parts...)%2 == 0 }

func surpriseLuck(seed int64, parts ...string) uint64 {
	return task.Draw(task.LuckOf(seed, "surprise"), parts...)
}

// surprise is the surprise of a kind that happens to the call, or nil.
func (c *Call) surprise(kind string, f func(u *openapi.Surprise, seed int64)) {
	if c.Tenant == nil || c.Op == nil || len(c.spec.Surprises) == 0 {
		return
	}
	seed, on := c.Tenant.Scenario().SurpriseSeed()
	if !on {
		return
	}
	for i := range c.spec.Surprises {
		u := &c.spec.Surprises[i]
		if u.Kind == kind && u.For(c.Op.Name) && tossed(seed, c.vendor.Name, u.Name, c.Op.Name) {
			f(u, seed)
		}
	}
}

// PageSize is how large a page is of which the client asks for so much at most:
// less where the scenario surprises it, the same for all pages of one size.
func (c *Call) PageSize(asked int) int {
	size := asked
	c.surprise(openapi.SurprisePages, func(u *openapi.Surprise, seed int64) {
		if asked > 1 {
			if !slices.Contains(c.surprised, u.Name) { // it may be asked twice
				c.surprised = append(c.surprised, u.Name)
			}
			half := asked / 2
			size = half + int(surpriseLuck(seed, c.vendor.Name, u.Name, c.Op.Name, decimal(int64(asked)))%uint64(asked-half))
		}
	})
	return size
}

// surpriseBody puts surprises into a good answer, which has been held to its
// contract.
func (c *Call) surpriseBody(reply *Reply) {
	if c.fault != nil || !strings.HasPrefix(reply.ContentType, "application/json") {
		return
	}
	var document *node
	text := ""
	edit := func(u *openapi.Surprise, f func(*node)) {
		if document == nil {
			var err error
			if document, err = parseNode(reply.Text); err != nil {
				document = &node{raw: json.RawMessage(reply.Text)}
			}
			text = document.String()
		}
		document.at(u.Path(), f)
		if now := document.String(); now != text {
			text, c.surprised = now, append(c.surprised, u.Name)
		}
	}
	c.surprise(openapi.SurpriseField, func(u *openapi.Surprise, _ int64) {
		edit(u, func(n *node) { n.addMember(u.Field, u.Value) })
	})
	c.surprise(openapi.SurpriseValue, func(u *openapi.Surprise, seed int64) {
		luck := surpriseLuck(seed, c.vendor.Name, u.Name, c.Op.Name, "task", decimal(int64(c.taskLuck())))
		if luck%2 == 0 {
			edit(u, func(n *node) { *n = node{raw: rawOf(u.Values[luck/2%uint64(len(u.Values))])} })
		}
	})
	c.surprise(openapi.SurpriseOrder, func(u *openapi.Surprise, seed int64) {
		edit(u, func(n *node) { n.shuffle(surpriseLuck(seed, c.vendor.Name, u.Name, c.Op.Name)) })
	})
	if document == nil {
		return
	}
	reply.Text = text
}

// surpriseHeader puts surprises into the header of any answer.
func (c *Call) surpriseHeader(header http.Header) {
	c.surprise(openapi.SurpriseHeaderCase, func(u *openapi.Surprise, _ int64) {
		changed := false
		for name, lines := range maps.Clone(header) {
			if small := strings.ToLower(name); small != name && name != RequestHeader {
				delete(header, name)
				header[small], changed = lines, true
				if name == "Content-Type" {
					header[name] = nil // else the server would guess one
				}
			}
		}
		if changed && !c.wire.lost { // nobody sees a header that does not leave
			c.surprised = append(c.surprised, u.Name)
		}
	})
}

// noteSurprises has the log name the surprises that are in the answer, beside what
// else it says.
func (c *Call) noteSurprises() {
	if len(c.surprised) == 0 {
		return
	}
	note := "surprises: " + strings.Join(c.surprised, ", ")
	if c.note != "" {
		note = c.note + "; " + note
	}
	c.note = note
}

// taskLuck is the luck of the task asked for, 0 where there is none. Unlike its
// id it does not depend on when the tenant began.
func (c *Call) taskLuck() uint64 {
	tasks := c.Tenant.Tasks(c.vendor.Name)
	if ref, ok := tasks.Find(c.askedFor()); ok {
		if e, ok := tasks.Look(ref, c.now); ok {
			return e.Luck
		}
	}
	return 0
}

// addMember adds a member to an object, or to each object of a list.
func (n *node) addMember(name string, value any) {
	switch n.open {
	case '[':
		for _, part := range n.parts {
			part.addMember(name, value)
		}
	case '{':
		n.names, n.parts = append(n.names, name), append(n.parts, &node{raw: rawOf(value)})
	}
}

// shuffle puts the parts of a list into an order that luck decides, and never the
// one they had, unless there is only one.
func (n *node) shuffle(luck uint64) {
	if n.open != '[' || len(n.parts) < 2 {
		return
	}
	by := 1 + int(luck%uint64(len(n.parts)-1))
	n.parts = append(n.parts[by:len(n.parts):len(n.parts)], n.parts[:by]...)
}

// rawOf is a value of a spec as JSON: it came from there, so it cannot fail.
func rawOf(v any) json.RawMessage {
	raw, _ := marshal(v)
	return raw
}
