package scenarios

import "time"

func (c *checker) checkLimits() {
	type same struct {
		vendor, on, per, algorithm string
		window                     time.Duration
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
		if c.sound(under(path, "window")...) != nil && l.Window == 0 {
			c.at(under(path, "window"), `"window" must be positive`)
		}
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
