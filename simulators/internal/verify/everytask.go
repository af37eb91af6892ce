package verify

import (
	"fmt"
	"strings"
	"time"
)

// everyTask judges whether the client sees each task to its end.
type everyTask struct {
	book   *book
	within time.Duration // 0: any time

	byTask pages[course]

	tasks, done, late int64 // tasks followed, seen ended, and seen so too late
	latest            time.Duration
	latestAt          place
}

// course is how far the client has followed a task.
type course struct {
	first time.Duration // the tenant's instant of the first start or poll
	state courseState
}

type courseState uint8

const (
	unmet courseState = iota // neither started nor polled
	asked                    // the vendor has not shown it: it may be no task
	shown
	done // seen ended
)

func (e *everyTask) observe(s *sighting) {
	switch {
	case s.Created:
		for _, n := range s.shown {
			e.follow(n, s)
		}
	case s.Kind == "poll":
		for _, n := range s.about {
			e.follow(n, s)
		}
	}
	for i, n := range s.shown {
		t := e.byTask.peek(n)
		if n == 0 || t == nil || t.state == unmet || t.state == done {
			continue
		}
		t.state = shown
		if s.ended(i) {
			e.finish(t, s, n)
		}
	}
}

func (e *everyTask) follow(n uint32, s *sighting) {
	if n == 0 {
		return
	}
	if t := e.byTask.at(n); t.state == unmet {
		t.first, t.state = s.at, asked
		e.tasks++
	}
}

func (e *everyTask) finish(t *course, s *sighting, n uint32) {
	t.state = done
	e.done++
	took := s.at - t.first
	if e.done == 1 || took > e.latest {
		e.latest, e.latestAt = took, s.place(n)
	}
	if e.within > 0 && took > e.within {
		e.late++
	}
}

// unseen is a task whose end was not seen.
type unseen struct {
	Case
	shown bool
	over  bool // its time is over
}

// judge leaves the tasks whose end was not seen to be asked for.
func (e *everyTask) judge(now moment) finding {
	var rest []unseen
	e.byTask.all(func(n uint32, t *course) {
		if t.state != asked && t.state != shown {
			return
		}
		entry := e.book.tasks.at(n)
		rest = append(rest, unseen{
			Case:  Case{Vendor: e.book.vendors[entry.vendor], Task: e.book.id(n)},
			shown: t.state == shown, over: e.within > 0 && now.at-t.first > e.within,
		})
	})
	sum := courses{done: e.done, late: e.late, within: e.within}
	if e.done > 0 {
		sum.latest, sum.latestAt = e.latest, e.book.named(e.latestAt)
	}
	return finding{more: func() finding {
		for _, t := range rest {
			sum.ask(t, now.Ended)
		}
		return sum.finding()
	}}
}

// courses sums up how all tasks were followed.
type courses struct {
	within                               time.Duration
	done, late, missed, overdue, running int64
	latest                               time.Duration
	latestAt, missedAt, overdueAt        *Case
	missedSince                          time.Time
}

// ask asks how a task stands whose end was not seen.
func (c *courses) ask(t unseen, ended func(vendor, task string) (time.Time, bool)) {
	var at time.Time
	known := false
	if ended != nil {
		at, known = ended(t.Vendor, t.Task)
	}
	switch {
	case !known && !t.shown:
		// Never a task of the vendor's: the client asked for what there is not.
	case known && !at.IsZero():
		if c.missed++; c.missed == 1 {
			c.missedAt, c.missedSince = &t.Case, at
		}
	case t.over:
		if c.overdue++; c.overdue == 1 {
			c.overdueAt = &t.Case
		}
	default:
		c.running++
	}
}

func (c *courses) finding() finding {
	of := c.done + c.missed + c.overdue + c.running
	f := finding{figures: Figures{"tasks": of, "seen_ended": c.done, "late": c.late,
		"missed": c.missed, "overdue": c.overdue, "running": c.running}}
	var found []string
	add := func(worst *Case, format string, args ...any) {
		if f.worst == nil {
			f.worst = worst
		}
		found = append(found, fmt.Sprintf(format, args...))
	}
	if c.missed > 0 {
		add(c.missedAt, "%s ended unseen: %s ended at %s, and no answer showed it",
			count(c.missed, "task"), taskName(c.missedAt), c.missedSince.UTC().Format(time.RFC3339))
	}
	if c.late > 0 {
		add(c.latestAt, "%s seen ended too late: %s after %s", count(c.late, "task"), taskName(c.latestAt), length(c.latest))
	}
	if c.overdue > 0 {
		add(c.overdueAt, "%s not ended in time: %s", count(c.overdue, "task"), taskName(c.overdueAt))
	}
	switch {
	case len(found) > 0:
		f.verdict, f.found = Failed, strings.Join(found, "; ")
	case of == 0:
		f.verdict, f.found = Inconclusive, "the client started and polled no task"
	case c.running > 0:
		f.verdict, f.found = Inconclusive, fmt.Sprintf("%d of %s not known to have ended", c.running, count(of, "task"))
	default:
		f.verdict, f.worst = Passed, c.latestAt
		f.found = fmt.Sprintf("%s seen ended, the last to be after %s (%s)", count(of, "task"), length(c.latest), taskName(c.latestAt))
	}
	return f
}

func taskName(c *Case) string { return c.Vendor + " task " + printable(c.Task) }
