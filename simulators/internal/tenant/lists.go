package tenant

import (
	"sync"
	"sync/atomic"
	"time"
)

// lists are what a tenant keeps of its tasks at a vendor so that a list of them
// costs what its page costs.
type lists struct {
	changes atomic.Uint64

	// rolls are those of the created tasks and of each template, nil where no list
	// has asked by state; whoever marks takes no lock.
	rolls atomic.Pointer[[]atomic.Pointer[roll]]

	mu sync.Mutex // held while rolls are brought up to date and looked through; guards:
	at time.Time  // the latest instant at which they were asked

	irregulars sync.Map // templates of which a task was forgotten by force or written to
}

// What was done to a task of a template, which no state of its lifecycle tells.
const (
	wasForgotten = 1 << iota
	wasWritten
)

// irregular says, before it is done, what is done to a task that its state does
// not tell.
func (s *lists) irregular(ref Ref, what int) {
	for {
		before, _ := s.irregulars.LoadOrStore(ref.template, what)
		both := before.(int) | what
		if s.irregulars.CompareAndSwap(ref.template, before, both) {
			return
		}
	}
}

func (s *lists) irregularities(template int) int {
	what, _ := s.irregulars.Load(template)
	n, _ := what.(int)
	return n
}

// mark says, after it was done, that something was done to a task.
func (s *lists) mark(ref Ref) {
	if r := s.roll(ref.template); r != nil {
		r.mark(ref.index)
	}
}

// roll is the roll of a template, nil if there is none.
func (s *lists) roll(template int) *roll {
	rolls := s.rolls.Load()
	if rolls == nil || template-onCreated >= len(*rolls) {
		return nil
	}
	return (*rolls)[template-onCreated].Load()
}

// upToDate is the roll of a template, with the first count tasks as they stand at
// an instant. It is called with mu held, with instants that never go back.
func (t *Tasks) upToDate(l *layout, template, count int, at time.Time) *roll {
	s := &t.lists
	r := s.roll(template)
	if r == nil {
		r = newRoll(t, l, template)
		s.keep(len(l.templates), r)
	}
	r.refresh(at, count)
	return r
}

func (s *lists) keep(templates int, r *roll) {
	rolls := s.rolls.Load()
	if size := templates - onCreated; rolls == nil || len(*rolls) < size {
		more := make([]atomic.Pointer[roll], size)
		if rolls != nil {
			for i := range *rolls {
				more[i].Store((*rolls)[i].Load())
			}
		}
		rolls = &more
		s.rolls.Store(rolls)
	}
	(*rolls)[r.template-onCreated].Store(r)
}
