package task

import "github.com/vendorsim/vendorsim/scenarios"

// progress is the percentage that shows at an instant within the present state,
// after so many reads in it.
func (c *course) progress(at int64, reads int) int {
	if c.waiting {
		return 0
	}
	s := &c.l.states[c.state]
	if s.progress != nil {
		return s.progress.From + c.ticks(s, at, reads)*direction(s.progress)
	}
	switch s.phase {
	case scenarios.Pending:
		return 0
	case scenarios.Succeeded, scenarios.Warning:
		return 100
	}
	return c.shown
}

// span is by how many percent a progress moves, and direction which way.
func span(p *scenarios.Progress) int64 { return int64(max(p.To-p.From, p.From-p.To)) }

func direction(p *scenarios.Progress) int {
	if p.To < p.From {
		return -1
	}
	return 1
}

// ticks is how many percent the present state's progress has moved.
func (c *course) ticks(s *state, at int64, reads int) int {
	n := span(s.progress)
	switch {
	case s.timed && c.length > 0:
		passed := min(max(at-c.entered, 0), c.length) / ms
		return int(passed * n / (c.length / ms))
	case s.polls > 0 && reads > 1:
		return int(int64(min(reads, s.polls)-1) * n / int64(s.polls))
	}
	return 0
}

// ticked is the instant of the i-th tick, i from 1.
func (c *course) ticked(s *state, i int) int64 {
	n, length := span(s.progress), c.length/ms
	return plus(c.entered, (length*int64(i)+n-1)/n*ms)
}

// moves tells when the progress last moved by time and when it will next:
// 0 and never if it does not.
func (c *course) moves(at int64) (last, next int64) {
	next = never
	if c.expired {
		return last, next
	}
	s := &c.l.states[c.state]
	if s.progress == nil || !s.timed || c.length == 0 {
		return last, next
	}
	i := c.ticks(s, at, 0)
	if i > 0 {
		last = c.ticked(s, i)
	}
	if int64(i) < span(s.progress) {
		next = c.ticked(s, i+1)
	}
	return last, next
}
