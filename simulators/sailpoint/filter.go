package sailpoint

import (
	"slices"
	"strings"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// condition is one part of a filter: a field that has one of the values, or
// with no values a field that is null.
type condition struct {
	field  string
	values []string
}

// conditions are joined by "and".
type conditions []condition

// parseFilters reads what GET /task-status takes of the standard filter syntax:
//
//	filter    = condition *("and" condition)
//	condition = field "eq" value | field "in" "(" value *("," value) ")" | field "isnull"
//
// A value is a text in double quotes.
// https://developer.sailpoint.com/docs/api/standard-collection-parameters
func parseFilters(text string, rules listRules) (conditions, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	p := filterParser{rest: text, rules: rules}
	var all conditions
	for {
		all = append(all, p.condition())
		p.space()
		if p.problem != "" || p.rest == "" {
			break
		}
		if p.word() != "and" {
			p.fail(`joins conditions by something else than "and"`)
		}
	}
	if p.problem != "" {
		return nil, sim.InvalidField(openapi.InQuery, "filters", "filters", p.problem)
	}
	return all, nil
}

// filterParser reads a filter from the front. It never tells what it has read:
// somebody may have put a secret there.
type filterParser struct {
	rest    string
	rules   listRules
	problem string // the first one
}

func (p *filterParser) fail(problem string) {
	if p.problem == "" {
		p.problem = problem
	}
}

func (p *filterParser) space() { p.rest = strings.TrimLeft(p.rest, " \t") }

// word reads letters.
func (p *filterParser) word() string {
	p.space()
	end := strings.IndexFunc(p.rest, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') })
	if end < 0 {
		end = len(p.rest)
	}
	word := p.rest[:end]
	p.rest = p.rest[end:]
	return word
}

func (p *filterParser) condition() condition {
	fields := []string{"id", "sourceId", "completionStatus", "type"}
	if p.rules.launcher {
		fields = append(fields, "launcher")
	}
	found := condition{field: p.word()}
	if !slices.Contains(fields, found.field) {
		p.fail("has a field that cannot be filtered by; there are " + strings.Join(fields, ", "))
		return found
	}
	switch operator := p.word(); {
	case operator == "eq":
		found.values = []string{p.value()}
	case operator == "in":
		found.values = p.values()
	case operator == "isnull" && p.rules.isNull && found.field == "completionStatus":
	default:
		p.fail("has an operator that " + found.field + " does not take")
	}
	return found
}

// values reads texts in parentheses.
func (p *filterParser) values() []string {
	var values []string
	for more := p.take('('); more; more = p.take(',') {
		values = append(values, p.value())
	}
	if len(values) == 0 || !p.take(')') {
		p.fail("has no list in parentheses after in")
	}
	return values
}

// peek is the next byte that is no space, or 0.
func (p *filterParser) peek() byte {
	p.space()
	if p.rest == "" {
		return 0
	}
	return p.rest[0]
}

// take reads one byte if it comes next.
func (p *filterParser) take(b byte) bool {
	if p.peek() != b {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

// value reads a text in double quotes, in which a backslash takes the next
// character as it is.
func (p *filterParser) value() string {
	if !p.take('"') {
		p.fail("has a value that is not in double quotes")
		return ""
	}
	var text strings.Builder
	for i := 0; i < len(p.rest); i++ {
		switch b := p.rest[i]; {
		case b == '"':
			p.rest = p.rest[i+1:]
			return text.String()
		case b == '\\' && i+1 < len(p.rest):
			i++
			text.WriteByte(p.rest[i])
		default:
			text.WriteByte(b)
		}
	}
	p.rest = ""
	p.fail("has a value without its closing quote")
	return ""
}

// query asks for the tasks that meet all conditions. A source belongs to a task by
// its number, and ids are looked up.
func (all conditions) query(c *sim.Call) sim.Query {
	q := sim.Query{Match: func(e sim.Entry) bool { return all.match(c, e) }}
	for _, one := range all {
		switch one.field {
		case "id":
			q.IDs = one.values
		case "sourceId":
			q.Period = sources(c)
		}
	}
	return q
}

// match tells whether a task meets all conditions, by what its document shows.
func (all conditions) match(c *sim.Call, e sim.Entry) bool {
	for _, one := range all {
		if !one.match(c, e) {
			return false
		}
	}
	return true
}

func (one condition) match(c *sim.Call, e sim.Entry) bool {
	if one.field == "completionStatus" {
		status := completionOf(e)
		if status == nil || one.values == nil {
			return status == nil && one.values == nil
		}
		// The document says SUCCESS, the page's example of a filter "Success".
		return slices.ContainsFunc(one.values, func(v string) bool { return strings.EqualFold(v, *status) })
	}
	return slices.Contains(one.values, fieldOf(c, e, one.field))
}

func fieldOf(c *sim.Call, e sim.Entry, field string) string {
	switch field {
	case "id":
		return e.ID
	case "sourceId":
		return sourceIDOf(c, e)
	case "type":
		return typeOf(c, e)
	}
	return launcherOf(c, e)
}

// completionOf is a task's completionStatus as it is shown.
func completionOf(e sim.Entry) *string {
	set, ok := sim.Set(e, "completionStatus")
	if !ok {
		return completion[e.Phase]
	}
	if s, ok := set.(string); ok {
		return &s
	}
	return nil
}

func launcherOf(c *sim.Call, e sim.Entry) string {
	return sim.SetString(e, "launcher", workOf(c, e).launcher)
}

// sourceIDOf is the id of the target, where that is a source.
func sourceIDOf(c *sim.Call, e sim.Entry) string {
	set, ok := sim.Set(e, "target")
	if !ok {
		return workOf(c, e).source.ID
	}
	switch t := set.(type) {
	case target:
		return t.ID
	case map[string]any:
		if id, ok := t["id"].(string); ok && t["type"] != "IDENTITY" {
			return id
		}
	}
	return ""
}

// typeOf is the type to filter by: not the document's type, but the name of the
// task's definition in capitals: CLOUD_ACCOUNT_AGGREGATION. A task without a
// definition has none.
func typeOf(c *sim.Call, e sim.Entry) string {
	name := ""
	if does := workOf(c, e).does; does != accountReload {
		name = does.name
	}
	if set, ok := sim.Set(e, "taskDefinitionSummary"); ok {
		summary, _ := set.(map[string]any)
		name, _ = summary["uniqueName"].(string)
	}
	return strings.ToUpper(strings.ReplaceAll(name, " ", "_"))
}
