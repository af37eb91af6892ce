package verify

import (
	"fmt"
	"time"
)

// submissions judges whether work is asked for again while it is under way.
type submissions struct {
	book   *book
	open   map[submission]work
	byTask map[uint32]submission // the task that each created

	submitted, duplicates int64
	soonest               time.Duration // the least time after which the same was submitted again
	soonestAt             place
}

type submission struct {
	vendor    int
	operation string
	body      uint64
}

// work is what a submission created.
type work struct {
	task uint32
	real time.Duration
}

func (w *submissions) observe(s *sighting) {
	if s.Kind == "start" && s.Body != 0 {
		w.submit(s)
	}
	if len(w.byTask) == 0 {
		return
	}
	for i, n := range s.shown {
		if !s.ended(i) {
			continue
		}
		if key, ok := w.byTask[n]; ok {
			delete(w.open, key)
			delete(w.byTask, n)
		}
	}
}

func (w *submissions) submit(s *sighting) {
	w.submitted++
	key := submission{s.vendor, s.Operation, s.Body}
	if first, again := w.open[key]; again {
		after := max(0, s.real-first.real)
		if w.duplicates == 0 || after < w.soonest {
			w.soonest, w.soonestAt = after, s.place(first.task)
		}
		w.duplicates++
		return
	}
	if s.Created && len(s.shown) == 1 && s.shown[0] != 0 {
		put(&w.open, key, work{task: s.shown[0], real: s.real})
		put(&w.byTask, s.shown[0], key)
	}
}

func (w *submissions) judge(moment) finding {
	f := finding{figures: Figures{"submissions": w.submitted, "duplicates": w.duplicates}}
	switch {
	case w.duplicates > 0:
		f.verdict, f.worst = Failed, w.book.named(w.soonestAt)
		f.found = fmt.Sprintf("%d of %s asked again for work under way, the soonest at %s.%s, %s after it had created task %s",
			w.duplicates, count(w.submitted, "submission"), f.worst.Vendor, f.worst.Operation, length(w.soonest), printable(f.worst.Task))
	case w.submitted == 0:
		f.verdict, f.found = Inconclusive, "the client submitted no work"
	default:
		f.verdict, f.found = Passed, count(w.submitted, "submission")+", none of work under way"
	}
	return f
}
