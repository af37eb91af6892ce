package scenarios

import "time"

// MaxRules is how many limits, how many faults, how many expectations and how
// many forbidden operations a scenario may have: each looks at every request.
const MaxRules = 1_000

func (c *checker) checkLimits() {
	type same struct {
		vendor, on, per, algorithm string
		window                     time.Duration
		concurrent                 bool
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
		c.checkMeasure(path, n, l)
		if !c.clean(n) {
			continue
		}
		key := same{l.Vendor, l.On, l.Per, l.Algorithm, l.Window, l.Concurrent != 0}
		if first, repeated := seen[key]; repeated {
			where := " in the same window"
			if l.Concurrent != 0 {
				where = " at once"
			}
			c.at(path, "the limit at %s counts the same requests%s; keep the one with fewer requests", first, where)
			continue
		}
		seen[key] = l.At
		if float64(l.Requests) > neverReached*l.Window.Seconds() {
			c.problems.warn(l.At, "a limit never reached: nobody sends %d requests in %s", l.Requests, l.Window)
		}
	}
}

// checkMeasure holds what a limit grants to its forms: so many requests in a
// window, or so many at once.
func (c *checker) checkMeasure(path []any, n *node, l Limit) {
	if n.get("concurrent") != nil {
		for _, key := range []string{"requests", "window", "algorithm", "burst", "early_retry"} {
			if n.get(key) != nil {
				c.atKey(under(path, key), `%q cannot stand beside "concurrent", which counts the requests under way and has no window`, key)
			}
		}
		return
	}
	requests, window := n.get("requests") != nil, n.get("window") != nil
	switch {
	case requests && window || c.refused[n] && n.get("per") != nil: // a misspelt key may be the missing one
	case requests:
		c.at(path, `"limits[%d]" needs "window"`, path[1])
	case window:
		c.at(path, `"limits[%d]" needs "requests"`, path[1])
	default:
		c.at(path, `"limits[%d]" needs "requests" and "window", or "concurrent"`, path[1])
	}
	c.checkPositive(under(path, "window"), l.Window)
	if n.get("burst") != nil && c.sound(under(path, "algorithm")...) == n.get("algorithm") && l.Algorithm != "bucket" {
		c.atKey(under(path, "burst"), `"burst" is for "algorithm: bucket" only`)
	}
	if l.EarlyRetry == "count" && l.Algorithm == "fixed" {
		c.at(under(path, "early_retry"), `"count" changes nothing in a fixed window, which ends when it ends; write extend, or another algorithm`)
	}
}

// neverReached is a rate, in requests a second, that one simulator does not
// serve.
const neverReached = 1_000_000
