package checkpoint

import (
	"cmp"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// searchQuery finds e-mails of one service, the oldest first.
func searchQuery(c *sim.Call) (sim.Reply, error) {
	data := requestData(c)
	here, fault := inScopes(c, texts(data["scopes"]))
	if fault != nil {
		return sim.Reply{}, fault
	}
	basic := object(data["entityFilter"])
	span, fault := windowOf(basic, "requestData.entityFilter")
	if fault != nil {
		return sim.Reply{}, fault
	}
	in, saas, kind := openInbox(c), texts(basic["saas"]), text(basic["saasEntity"])
	filters, _ := data["entityExtendedFilter"].([]any)
	p, fault := page(c, data, func() []string {
		var ids []string
		for i := range in.emails {
			m := &in.emails[i]
			if !here || !slices.Contains(saas, m.saas) || kind != "" && kind != m.entity || !span.holds(m.created) {
				continue
			}
			if in.passes(m, filters) {
				ids = append(ids, m.id)
			}
		}
		return ids
	})
	if fault != nil {
		return sim.Reply{}, fault
	}
	emails := in.byID()
	rows := make([]entityDocument, len(p.ids))
	for i, id := range p.ids {
		rows[i] = in.document(emails[id])
		rows[i].Info.CustomerOEM = "Avanan" // only here, as recorded
	}
	return sim.JSON(http.StatusOK, reply{success(c, p.total, p.scroll), rows}), nil
}

// passes tells whether an e-mail passes all further filters. Each names a
// member of its document by its path.
func (in *inbox) passes(m *email, filters []any) bool {
	if len(filters) == 0 {
		return true
	}
	document := reflect.ValueOf(in.document(m))
	for _, f := range filters {
		f := object(f)
		values := valuesAt(document, strings.Split(text(f["saasAttrName"]), "."))
		if !operators[text(f["saasAttrOp"])](values, text(f["saasAttrValue"])) {
			return false
		}
	}
	return true
}

// valuesAt are the scalars at a path of members of a JSON document, which is a
// struct; of each of its parts where a list is met. A search asks this of every
// e-mail, so nothing is encoded for it.
func valuesAt(v reflect.Value, path []string) []string {
	var all []string
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface: // nil is null: no value
		if !v.IsNil() {
			return valuesAt(v.Elem(), path)
		}
	case reflect.Slice:
		for i := range v.Len() {
			all = append(all, valuesAt(v.Index(i), path)...)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if len(path) > 0 && name == path[0] {
				return valuesAt(v.Field(i), path[1:])
			}
		}
	default:
		if len(path) == 0 {
			all = []string{fmt.Sprint(v)}
		}
	}
	return all
}

// operators are the saasAttrOp that the API knows; the contract has no others.
var operators = map[string]func(values []string, asked string) bool{
	"is":          func(values []string, asked string) bool { return slices.Contains(values, asked) },
	"isNot":       func(values []string, asked string) bool { return !slices.Contains(values, asked) },
	"contains":    contains,
	"notContains": func(values []string, asked string) bool { return !contains(values, asked) },
	"startsWith": func(values []string, asked string) bool {
		return slices.ContainsFunc(values, func(v string) bool { return strings.HasPrefix(strings.ToLower(v), strings.ToLower(asked)) })
	},
	"isEmpty":     empty,
	"isNotEmpty":  func(values []string, _ string) bool { return !empty(values, "") },
	"greaterThan": func(values []string, asked string) bool { return compares(values, asked, 1) },
	"lessThan":    func(values []string, asked string) bool { return compares(values, asked, -1) },
}

func contains(values []string, asked string) bool {
	return slices.ContainsFunc(values, func(v string) bool { return strings.Contains(strings.ToLower(v), strings.ToLower(asked)) })
}

func empty(values []string, _ string) bool {
	return !slices.ContainsFunc(values, func(v string) bool { return v != "" })
}

// compares tells whether a value stands on that side of the one asked for:
// numbers by their size, dates by their instants, other texts by their letters.
func compares(values []string, asked string, side int) bool {
	return slices.ContainsFunc(values, func(v string) bool { return order(v, asked) == side })
}

func order(a, b string) int {
	x, err := strconv.ParseFloat(a, 64)
	if y, err2 := strconv.ParseFloat(b, 64); err == nil && err2 == nil {
		return cmp.Compare(x, y)
	}
	s, ok := parseDate(a)
	if t, ok2 := parseDate(b); ok && ok2 {
		return s.Compare(t)
	}
	return strings.Compare(a, b)
}
