package task

import "time"

// Circles tells whether time alone may lead a task of the lifecycle back to a
// state that it has left. One of which it does not has few edges.
func (l *Lifecycle) Circles() bool { return l.circles }

// inCircles tells whether states that time ends lead back to one of themselves.
func inCircles(states []state) bool {
	const under, done = 1, 2
	seen := make([]int, len(states))
	var back func(i int) bool
	back = func(i int) bool {
		if seen[i] != 0 || !states[i].timed {
			return seen[i] == under
		}
		seen[i] = under
		for _, b := range states[i].to {
			if back(b.state) {
				return true
			}
		}
		seen[i] = done
		return false
	}
	for i := range states {
		if back(i) {
			return true
		}
	}
	return false
}

// Busy is how many edges a task has in (from, to], its own with subtasks not
// counted, by playing it only until there are more than most. Of the record the
// same holds as for At.
func (t Task) Busy(from, to time.Time, r *Record, most int) int {
	f, end := t.copyAt(t.offset(from), r), t.offset(to)
	before := f.steps()
	for span := ms; f.at < end && f.steps()-before <= most; span = times(span, 2) {
		f.advance(min(plus(max(f.at, 0), span), end), r)
	}
	return f.steps() - before
}
