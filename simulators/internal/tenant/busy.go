package tenant

import (
	"iter"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// Busy is how many changes a move of the clock to an instant would pass in tasks
// that go in circles, counted until there are more than most. Other tasks have
// few.
func (t *Tenant) Busy(to time.Time, most int) int {
	now, n := t.Clock.Now(), 0
	for _, tasks := range *t.tasks.Load() {
		for ref := range tasks.circling() {
			if n > most {
				return n
			}
			n += tasks.busy(ref, now, to, most-n)
		}
	}
	return n
}

// circling are the tasks whose lifecycle time may lead in circles.
func (t *Tasks) circling() iter.Seq[Ref] {
	return func(yield func(Ref) bool) {
		templates := t.layout.Load().templates
		for i := range templates {
			for j := range templates[i].count {
				if !templates[i].def.Lifecycle.Circles() {
					break
				}
				if !yield(Ref{template: i, index: j}) {
					return
				}
			}
		}
		for ref := range t.Created() {
			if t.task(ref).Lifecycle.Circles() && !yield(ref) {
				return
			}
		}
	}
}

func (t *Tasks) busy(ref Ref, from, to time.Time, most int) (n int) {
	t.ask(ref, func(k task.Task, h *task.Record) { n = k.Busy(from, to, h, most) })
	return n
}
