package verify

import (
	"fmt"
	"time"
)

// ends judges whether a task that was seen ended is polled again.
type ends struct {
	book  *book
	grace int // polls forgiven a task

	byTask pages[ended]

	ended, after, over int64 // tasks seen ended, polls after it, tasks polled more often than forgiven
	most               uint32
	mostAt             place
}

// ended is what is kept of a task that was seen ended.
type ended struct {
	known time.Duration // when the answer that showed it was given
	after uint32        // polls that came later
	seen  bool
}

func (e *ends) observe(s *sighting) {
	if s.Kind == "poll" && e.late(s) {
		for _, n := range s.about {
			e.count(e.byTask.at(n), s.place(n))
		}
	}
	for i, n := range s.shown {
		if n == 0 || !s.ended(i) {
			continue
		}
		known := s.real + s.Took
		if t := e.byTask.at(n); !t.seen {
			t.seen, t.known = true, known
			e.ended++
		} else if known < t.known {
			t.known = known // told of later, but given before
		}
	}
}

// late tells whether all that a poll is about had been seen ended before.
func (e *ends) late(s *sighting) bool {
	for _, n := range s.about {
		if t := e.byTask.peek(n); t == nil || !t.seen || s.real < t.known {
			return false
		}
	}
	return true
}

func (e *ends) count(t *ended, p place) {
	e.after++
	t.after++
	if int(t.after) == e.grace+1 {
		e.over++
	}
	if t.after > e.most {
		e.most, e.mostAt = t.after, p
	}
}

func (e *ends) judge(moment) finding {
	f := finding{figures: Figures{"tasks_seen_ended": e.ended, "polls_after": e.after, "tasks": e.over}}
	switch {
	case e.over > 0:
		f.verdict, f.worst = Failed, e.book.named(e.mostAt)
		f.found = fmt.Sprintf("%s: %s after an answer showed its end", e.book.subject(e.mostAt), count(e.most, "poll"))
		if e.over > 1 {
			f.found += fmt.Sprintf(" (and %s; in all %s)", count(e.over-1, "other task"), count(e.after, "poll"))
		}
	case e.ended == 0:
		f.verdict, f.found = Inconclusive, "no answer showed a task at its end"
	default:
		f.verdict = Passed
		f.found = fmt.Sprintf("%s seen ended, %s after that", count(e.ended, "task"), count(e.after, "poll"))
	}
	return f
}
