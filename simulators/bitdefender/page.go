package bitdefender

import (
	"strings"

	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// page is the envelope of every list, in the key order of the recorded ones.
type page[T any] struct {
	Total      int `json:"total"`
	Page       int `json:"page"`
	PerPage    int `json:"perPage"`
	PagesCount int `json:"pagesCount"`
	Items      []T `json:"items"`
}

// asked is which page the client asks for, from 1, and how long its pages are.
type asked struct{ page, perPage int }

func pageAsked(c *sim.Call) asked {
	return asked{number(c.Params, "page", 1), c.PageSize(number(c.Params, "perPage", 30))}
}

// before is how many things stand before the page.
func (a asked) before() int { return (a.page - 1) * a.perPage }

// pageOf renders the page that the call asks for, and nothing else of the list.
func pageOf[T any](c *sim.Call, total int, item func(i int) T) page[T] {
	a := pageAsked(c)
	p := page[T]{Total: total, Page: a.page, PerPage: a.perPage, Items: []T{}}
	p.PagesCount = (total + p.PerPage - 1) / p.PerPage
	from := min(a.before(), total)
	for i := from; i < min(from+p.PerPage, total); i++ {
		p.Items = append(p.Items, item(i))
	}
	c.Page(c.Rest("page", "perPage"), from, len(p.Items), from+len(p.Items) < total)
	return p
}

// matches tells whether a text is one that a filter means: it begins with the
// filter, or has what follows the filter's leading asterisk anywhere in it.
func matches(text, filter string) bool {
	if inside, anywhere := strings.CutPrefix(filter, "*"); anywhere {
		return strings.Contains(text, inside)
	}
	return strings.HasPrefix(text, filter)
}

func text(m map[string]any, name string) string {
	s, _ := m[name].(string)
	return s
}

// texts are the texts of a list, each once, in their order.
func texts(m map[string]any, name string) []string {
	list, _ := m[name].([]any)
	var out []string
	seen := map[string]bool{}
	for _, v := range list {
		if s, ok := v.(string); ok && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
