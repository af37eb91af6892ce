package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// How far the heap may grow between two collections, in percent of what is alive.
// Go's own is 100. A server of a few tenants keeps a few MB alive and makes as much
// again in a moment: collecting then costs more than the memory is worth. So it is
// mostPercent as long as that is no more than roomBytes, and never less than Go's.
const (
	mostPercent  = 400
	leastPercent = 100
	roomBytes    = 64 << 20
)

func percentFor(live uint64) int {
	if live <= roomBytes*100/mostPercent {
		return mostPercent
	}
	return max(leastPercent, int(roomBytes*100/live))
}

// collector sets the percentage anew after each collection.
type collector struct {
	percent int
	live    func() uint64 // what the last collection left, in bytes
	set     func(percent int)
}

// cycle is what a collection finds dead. It holds a pointer, for small things
// without one are not collected one by one.
type cycle struct{ _ *byte }

// paceCollector sets how often memory is collected, unless the user has.
func paceCollector() {
	if os.Getenv("GOGC") != "" {
		return
	}
	newCollector(liveBytes, func(percent int) { debug.SetGCPercent(percent) })
}

func newCollector(live func() uint64, set func(percent int)) {
	c := &collector{percent: mostPercent, live: live, set: set}
	set(c.percent)
	runtime.SetFinalizer(&cycle{}, c.collected)
}

// collected is called after each collection, by the runtime.
func (c *collector) collected(dead *cycle) {
	// The world stops while it is set: only for a difference that matters.
	if percent := percentFor(c.live()); percent < c.percent*9/10 || percent > c.percent*11/10 {
		c.percent = percent
		c.set(percent)
	}
	runtime.SetFinalizer(dead, c.collected)
}

func liveBytes() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return roomBytes // a Go without it: as by default
	}
	return sample[0].Value.Uint64()
}
