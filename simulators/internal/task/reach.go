package task

import "time"

// How far Reach looks.
const (
	maxReached = 10_000 // edges; a task of very many subtasks: 10 a subtask
	maxCourse  = 1000   // edges that it answers: the latest
)

// Reach is the first instant from now on at which match holds if nothing but time
// happens to the task: now, or that of an edge. Match is asked about the task now
// and after each edge, the task as a whole where it has subtasks. What it is given
// has no messages, and is its own only until it answers.
//
// Course is the edges on the way, the latest 1000 of them. If ok is false, match
// does not come to hold by time: the task comes to its end, to a state that stays
// or that only reads end, or goes in circles, of which 10,000 edges (10 a subtask,
// if that is more) are looked at. Then course says where it goes. Of the record the
// same holds as for At.
func (t Task) Reach(now time.Time, r *Record, match func(Snapshot) bool) (at time.Time, course []Edge, ok bool) {
	start := t.offset(now)
	if start < 0 && match(t.At(now, r)) {
		return now, nil, true
	}
	f := t.copyAt(start, r)
	s := newScout(f, r)
	if start >= 0 && match(s.look(r)) {
		return now, nil, true
	}
	w := f.follow()
	seen := 0
	for limit := max(maxReached, 10*t.Subtasks); seen < limit; {
		first := f.first()
		if first == nil {
			break
		}
		w.advance(first.due(), r, func(e Edge, _ *Reason) {
			seen++
			course = append(course, e)
			s.pass(e)
		})
		if match(s.look(r)) {
			return t.instant(f.at), course[max(len(course)-maxCourse, 0):], true
		}
	}
	return time.Time{}, course[max(len(course)-maxCourse, 0):], false
}

// scout looks at a task again and again while its fold is played on. At would
// begin anew each time, and ask for all edges to know since when a task with
// subtasks is in its phase.
type scout struct {
	fold    *fold
	room    []Snapshot
	events  int // of the fold when room was filled: they change more than Until knows
	entered time.Time
}

// newScout begins where the fold stands.
func newScout(f *fold, r *Record) *scout {
	s := &scout{fold: f, room: make([]Snapshot, len(f.many)), events: f.events}
	if f.many != nil && f.at >= 0 {
		sum := f.parts(make([]Snapshot, len(f.many)), r)
		s.entered = f.turned(&sum, r)
	}
	return s
}

// pass takes in an edge that the fold passed.
func (s *scout) pass(e Edge) {
	if e.Sub == Whole && !e.Expired {
		s.entered = e.At
	}
}

// look is the task as it shows where the fold stands.
func (s *scout) look(r *Record) Snapshot {
	courses := s.fold.courses()
	for i := range courses {
		courses[i].said = courses[i].said[:0]
	}
	if s.fold.many == nil {
		return s.fold.task.snapshot(&s.fold.one[0], s.fold.at, r)
	}
	if s.events != s.fold.events {
		s.events = s.fold.events
		clear(s.room)
	}
	sum := s.fold.parts(s.room, r)
	sum.Entered = s.entered
	return sum
}
