package scenarios

import (
	"net/url"
	"slices"
	"strings"
)

// The keys of an answer. It has at most one of answering and mangling, and one
// at least or latency.
var (
	answering = []string{"status", "kind", "reset", "empty", "html", "redirect"}
	mangling  = []string{"malformed", "truncate", "drip", "content_type", "duplicate", "missing", "stale"}
	answers   = slices.Concat(answering, mangling)
)

// How many bytes the name and the value of a header may have.
const (
	maxHeaderName  = 128
	maxHeaderValue = 1000
)

// isHeaderName tells whether a header can have the name: a token of HTTP.
func isHeaderName(s string) bool {
	return s != "" && len(s) <= maxHeaderName && !strings.ContainsFunc(s, func(r rune) bool {
		return !('A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || strings.ContainsRune("!#$%&'*+.^_`|~-", r))
	})
}

// isHeaderValue tells whether a header can have the value: printable ASCII, and no
// space at either end.
func isHeaderValue(s string) bool {
	return s != "" && len(s) <= maxHeaderValue && strings.Trim(s, " ") == s &&
		!strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

func (c *checker) checkAnswer(path []any, a *Answer) {
	n := c.root.lookup(path...)
	if n == nil || n.kind != mapping {
		return
	}
	c.checkOneAnswer(path, n)
	for key, on := range map[string]bool{"reset": a.Reset, "empty": a.Empty, "malformed": a.Malformed, "html": a.HTML} {
		if c.sound(under(path, key)...) != nil && !on {
			c.at(under(path, key), "%q can only be true; else leave it out", key)
		}
	}
	c.checkPositive(under(path, "retry_after"), a.RetryAfter)
	c.checkPositive(under(path, "drip"), a.Drip)
	c.checkPositive(under(path, "stale"), a.Stale)
	if a.Latency != nil && *a.Latency == (Duration{}) && c.sound(under(path, "latency")...) != nil {
		c.at(under(path, "latency"), `"latency" must be positive`)
	}
	for key, name := range map[string]string{"duplicate": a.Duplicate, "missing": a.Missing} {
		if c.sound(under(path, key)...) != nil && !isHeaderName(name) {
			c.at(under(path, key), "%q is no name of a header; write one such as Content-Type", name)
		}
	}
	if c.sound(under(path, "content_type")...) != nil && !isHeaderValue(a.ContentType) {
		c.at(under(path, "content_type"), "%q is no Content-Type; write one such as text/plain", a.ContentType)
	}
	if c.sound(under(path, "redirect")...) != nil {
		if _, err := url.Parse(a.Redirect); err != nil || !isHeaderValue(a.Redirect) || strings.Contains(a.Redirect, " ") {
			c.at(under(path, "redirect"), "%q is no path and no URL; write one such as /login or https://example.com/", a.Redirect)
		}
	}
}

// checkOneAnswer holds the keys of one answer to each other.
func (c *checker) checkOneAnswer(path []any, n *node) {
	first := ""
	for _, e := range n.entries {
		switch {
		case !slices.Contains(answers, e.key):
		case first == "":
			first = e.key
		default:
			c.atKey(under(path, e.key), `%q cannot stand beside %q: a request has one answer; write a fault for each`, e.key, first)
		}
	}
	if first == "" && firstOf(n, "latency", "retry_after") == "" && !c.refused[n] { // a misspelt key may be the answer
		c.at(path, `the answer is empty; write "latency" or one of %s`, strings.Join(answers, ", "))
	}
	worded := n.get("status") != nil || n.get("kind") != nil
	switch {
	case n.get("retry_after") != nil && !worded:
		c.atKey(under(path, "retry_after"), `"retry_after" goes with "status" or "kind" only`)
	case n.get("retry_after_form") != nil && n.get("retry_after") == nil:
		c.atKey(under(path, "retry_after_form"), `"retry_after_form" goes with "retry_after" only`)
	}
}

// checkWording asks each vendor that a fault may strike whether it has words for
// its error.
func (c *checker) checkWording(path []any, f *Fault) {
	a := &f.Answer
	key := firstOf(c.root.lookup(path...), "status", "kind")
	path = under(path, key)
	switch {
	case key == "" || c.sound(path...) == nil:
		return
	case key == "kind" && (a.Kind == "" || len(c.known.FaultKinds) > 0 && !slices.Contains(c.known.FaultKinds, a.Kind)):
		c.at(path, "there is no kind of error %q%s", a.Kind, c.didYouMean(a.Kind, c.known.FaultKinds))
		return
	case c.known.FaultAnswer == nil:
		return
	}
	var wrong error
	lacking, able := "", false // a vendor without words for it; whether another has some
	for _, vendor := range c.scenario.vendorsOf(f.Vendor) {
		for _, operation := range c.selected(f.On, vendor) {
			if err := c.known.FaultAnswer(vendor, operation, a.Kind, a.Status); err == nil {
				able = true
			} else if wrong == nil {
				wrong, lacking = err, vendor
			}
		}
	}
	switch {
	case wrong != nil && able:
		c.at(path, "%s: %v; name a vendor or an operation that has it", lacking, wrong)
	case wrong != nil:
		c.at(path, "%s: %v", lacking, wrong)
	}
}

// selected are the operations of a vendor that an `on` names: none where it
// names another vendor's, and a nameless one where it is a kind or left out.
func (c *checker) selected(on, vendor string) []string {
	if on == "" || slices.Contains(Kinds, on) {
		return []string{""}
	}
	var operations []string
	for _, operation := range c.known.Operations[vendor] {
		if Selects(on, vendor, operation, "") {
			operations = append(operations, operation)
		}
	}
	return operations
}
