package scenarios

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// ruleKeys are the keys of which an expectation has exactly one.
var ruleKeys = []string{"call", "retry_after", "retried", "no_calls_after", "every_task", "tokens", "pages", "submissions", "unknown_fields"}

// heldTo are the keys that say what calls are held to.
var heldTo = []string{"min_gap", "max", "max_errors", "sends"}

// ruleOf are the keys that go with one rule only.
var ruleOf = map[string]string{
	"per": "call", "min_gap": "call", "max": "call", "max_errors": "call", "sends": "call",
	"grace": "no_calls_after", "within": "every_task", "margin": "tokens",
}

func (c *checker) checkExpect() {
	if n := len(c.scenario.Expect); n > MaxRules {
		c.at([]any{"expect"}, "there are %d expectations; at most %d are allowed", n, MaxRules)
		return
	}
	for i, e := range c.scenario.Expect {
		path := []any{"expect", i}
		n := c.root.lookup(path...)
		if n == nil || n.kind != mapping {
			continue
		}
		c.checkRuleKeys(path, n)
		if c.vendorServed(under(path, "vendor"), e.Vendor) {
			c.checkCall(path, n, e)
		}
		c.checkPositive(under(path, "min_gap"), e.MinGap)
		c.checkPositive(under(path, "within"), e.Within)
		c.checkPositive(under(path, "margin"), e.Margin)
		if c.sound(under(path, "sends")...) != nil && !sendsForm.MatchString(e.Sends) {
			c.at(under(path, "sends"), `"sends" cannot be %q: write a field and its value, such as params.options.returnSubtasks=true`, e.Sends)
		}
		if c.clean(n) {
			c.warnNeverJudged(path, n, e)
		}
	}
}

// sendsForm is a field, by its keys from the outermost, and its value.
var sendsForm = regexp.MustCompile(`^[^=.\s]+(\.[^=.\s]+)*=.+$`)

// checkRuleKeys holds the keys of one expectation to each other.
func (c *checker) checkRuleKeys(path []any, n *node) {
	rule := ""
	for _, e := range n.entries {
		switch {
		case !slices.Contains(ruleKeys, e.key):
		case rule == "":
			rule = e.key
		default:
			c.atKey(under(path, e.key), `%q cannot stand beside %q; write an entry for each`, e.key, rule)
		}
	}
	if rule == "" {
		if !c.refused[n] { // a misspelt key may be the rule
			c.at(path, "an expectation needs one of %s", strings.Join(ruleKeys, ", "))
		}
		return
	}
	for _, e := range n.entries {
		if of := ruleOf[e.key]; of != "" && n.get(of) == nil {
			c.atKey(under(path, e.key), `%q goes with %q only`, e.key, of)
		}
	}
}

func (c *checker) checkCall(path []any, n *node, e Expect) {
	switch {
	case c.sound(under(path, "call")...) == nil:
	case e.Call == "":
		c.at(under(path, "call"), `"call" is empty; write an operation's name, vendor.name, or a kind: %s`, strings.Join(Kinds, ", "))
	case firstOf(n, heldTo...) == "":
		c.atKey(under(path, "call"), `"call" needs one or more of %s: what the calls are held to`, strings.Join(heldTo, ", "))
	}
	c.checkOn(under(path, "call"), e.Call, e.Vendor)
}

func (c *checker) checkPositive(path []any, length time.Duration) {
	if c.sound(path...) != nil && length == 0 {
		c.at(path, "%q must be positive", path[len(path)-1])
	}
}

// warnNeverJudged tells of expectations that this scenario leaves undecided,
// whatever a client does.
func (c *checker) warnNeverJudged(path []any, n *node, e Expect) {
	frozen := c.scenario.Clock.Mode.Kind == Frozen
	warn := func(key, format string, args ...any) {
		_, at := c.root.find(under(path, key)...)
		c.problems.warn(at, "never judged: "+format, args...)
	}
	waits := firstOf(n, "retry_after", "retried") // the rules about being told to wait
	switch {
	case waits != "" && c.scenario.failing(e.Vendor):
	case waits != "" && frozen && c.scenario.Limits == nil:
		warn(waits, "on a frozen clock only written limits apply, and there are none")
	case waits != "" && !c.scenario.limited(e.Vendor):
		warn(waits, "no limit of this scenario can tell a client to wait")
	case e.MinGap != 0 && frozen:
		warn("min_gap", "gaps tell nothing on a frozen clock")
	}
}

// limited tells whether some limit may refuse requests to a vendor, or, if that
// is left out, to any.
func (s *Scenario) limited(vendor string) bool {
	return s.Limits == nil || slices.ContainsFunc(s.Limits, func(l Limit) bool {
		return overlap(l.Vendor, vendor)
	})
}

// failing tells whether some fault may answer a vendor's client with an error,
// which may tell it to wait.
func (s *Scenario) failing(vendor string) bool {
	return slices.ContainsFunc(s.Faults, func(f Fault) bool {
		return (f.Answer.Status != 0 || f.Answer.Kind != "") && overlap(f.Vendor, vendor)
	})
}

// overlap tells whether two vendor keys, of which each may be left out, mean
// some vendor both.
func overlap(a, b string) bool { return a == "" || b == "" || a == b }
