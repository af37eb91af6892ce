package scenarios

import "time"

// MaxRules is how many limits, and how many expectations, a scenario may have:
// each looks at every request.
const MaxRules = 1_000

func (c *checker) checkLimits() {
	type same struct {
		vendor, on, per, algorithm string
		window                     time.Duration
	}
	if len(c.scenario.Limits) > MaxRules {
		c.at([]any{"limits"}, "there are %d limits; at most %d are allowed", len(c.scenario.Limits), MaxRules)
		return
	}
	seen := map[same]Position{}
	for i, l := range c.scenario.Limits {
		path := []any{"limits", i}
		n := c.root.lookup(path...)
		if n == nil || n.kind != mapping {
			continue
		}
		if c.vendorServed(under(path, "vendor"), l.Vendor) {
			c.checkOn(under(path, "on"), l.On, l.Vendor)
		}
		c.checkPositive(under(path, "window"), l.Window)
		if n.get("burst") != nil && c.sound(under(path, "algorithm")...) == n.get("algorithm") && l.Algorithm != "bucket" {
			c.atKey(under(path, "burst"), `"burst" is for "algorithm: bucket" only`)
		}
		if !c.clean(n) {
			continue
		}
		key := same{l.Vendor, l.On, l.Per, l.Algorithm, l.Window}
		if first, repeated := seen[key]; repeated {
			c.at(path, "the limit at %s counts the same requests in the same window; keep the one with fewer requests", first)
			continue
		}
		seen[key] = l.At
		if float64(l.Requests) > neverReached*l.Window.Seconds() {
			c.problems.warn(l.At, "a limit never reached: nobody sends %d requests in %s", l.Requests, l.Window)
		}
	}
}

// neverReached is a rate, in requests a second, that one simulator does not
// serve.
const neverReached = 1_000_000
