package tenant

import (
	"maps"
	"time"
)

// Replace lets the tenant run another scenario from now on: its rules for new
// tasks, limits, faults, auth, options, profiles and expectations. Faults that were
// added by hand stay. Tasks that are there keep their place, id and luck and the
// lifecycle that they began with; declared ones that are not there yet begin now.
// Seed and clock stay. The tasks of a vendor that the scenario is not for stay as
// they are, out of reach. It answers how many tasks were there at the scenario's
// vendors, and how many begin now.
func (t *Tenant) Replace(w *World, now time.Time) (kept, added int) {
	t.moving.Lock()
	defer t.moving.Unlock()
	tasks := maps.Clone(*t.tasks.Load())
	for vendor, set := range w.sets {
		if there := tasks[vendor]; there != nil {
			k, a := there.replace(set, now)
			kept, added = kept+k, added+a
			continue
		}
		tasks[vendor] = t.newTasks(set, now)
		added += set.total
	}
	// The world comes last: whoever finds that it serves a vendor finds its tasks.
	t.tasks.Store(&tasks)
	t.limits.Store(newLimits(w))
	t.faults.Replace(w.Scenario.Faults)
	t.Observer.Rules(w.Scenario.Expect)
	t.world.Store(w)
	t.Clock.Renew() // what was answered before holds no longer
	if t.waits.ended() {
		t.silence() // the new tasks too
	}
	return kept, added
}
