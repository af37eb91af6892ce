package task

import (
	"github.com/vendorsim/vendorsim/scenarios"
)

// MaxMessages is how many messages of a task, or of a subtask, are kept: the
// latest. Only a lifecycle that goes in circles for long has more.
const MaxMessages = 1000

// course is one life lived by a lifecycle: a task's, or a subtask's. It steps
// from one thing that happens to the next; its instants are nanoseconds after
// the task's creation. Playing it allocates nothing but messages.
type course struct {
	l     *Lifecycle
	sub   int
	luck  uint64
	birth int64 // when its first state's time begins

	// waiting: it shows its first state as pending, but has not begun it. A first
	// state that is pending itself needs no such wait.
	waiting bool
	state   int
	visit   uint64 // which visit of state this is, from 0
	steps   int    // edges so far
	entered int64
	length  int64 // how long the state lasts, if it is timed
	leave   int64 // when time ends the state
	forget  int64 // when the vendor forgets it
	stepped int64 // the last edge or message
	started int64
	ended   int64
	expired bool
	shown   int // the progress with which the state before was left

	talk, spoken     int64 // the next message's instant; the last one's
	talking, speaker int   // and their indices
	said             []said

	few  [8]uint64 // visits so far of the first states
	many []uint64  // of the others
	log  *log      // where edges go, if anybody wants them
	mute bool      // it says no messages
}

type said struct {
	at      int64
	message *scenarios.Message
}

// play lets time pass up to and with the instant to. At one instant a message
// comes before the end of its state.
func (c *course) play(to int64) {
	for {
		switch due := min(c.talk, c.leave, c.forget); {
		case due > to || due == never:
			return
		case due == c.talk:
			c.speak()
		case due == c.forget:
			c.because(ByExpiry, 0)
			c.expire(due)
		default:
			c.pass(due)
		}
	}
}

// pass goes to the state that time leads to.
func (c *course) pass(at int64) {
	switch {
	case c.steps == 0 && c.birth > 0 && c.l.states[0].phase != scenarios.Pending:
		c.because(Created, 0)
		c.waiting, c.entered, c.leave, c.stepped = true, c.birth, c.birth, at
		c.note(at, "", c.l.states[0].name, scenarios.Pending)
	case c.steps == 0:
		c.because(Created, 0)
		c.enter(0, at, c.birth)
	default:
		c.cross(at, 0)
	}
}

// cross ends the present state, which so many reads had shown; 0: time ends it.
func (c *course) cross(at int64, reads int) {
	next := 0
	if !c.waiting {
		next = c.next()
	}
	if reads > 0 {
		c.because(ByRead, reads)
	} else {
		c.because(ByTime, 0)
	}
	c.close(at, reads)
	if s := &c.l.states[c.state]; !c.waiting && s.progress != nil && (at > c.entered || reads > 0) {
		c.shown = s.progress.To // it was gone through to its end
	}
	c.enter(next, at, at)
}

// next is the state to which the present one leads.
func (c *course) next() int {
	s := &c.l.states[c.state]
	if len(s.to) == 0 {
		return c.state
	}
	return s.to[c.branch(s)].state
}

// branch is which way out of the present state it goes.
func (c *course) branch(s *state) int {
	if len(s.to) < 2 {
		return 0
	}
	return s.pick(c.drew(s))
}

// drew is the draw among the branches of the present state: below the sum of
// their weights.
func (c *course) drew(s *state) uint64 {
	return below(join(join(c.luck, s.toKey), c.visit), s.weights)
}

// close keeps of the present state what outlives it. A state that took no time
// and no read showed no progress.
func (c *course) close(at int64, reads int) {
	if !c.waiting && (at > c.entered || reads > 0) {
		c.shown = c.progress(at-1, reads)
	}
}

// enter begins a state: its edge is at an instant, its time runs from another,
// later only in a first state that waits for its stagger.
func (c *course) enter(state int, at, from int64) {
	s, before := &c.l.states[state], c.present()
	name := ""
	if c.steps > 0 {
		name = c.l.states[c.state].name
	}
	c.waiting, c.state, c.visit = false, state, c.visited(state)
	c.entered, c.stepped, c.leave, c.forget = from, at, never, never
	if s.timed {
		c.length = s.after.draw(join(join(c.luck, s.afterKey), c.visit))
		c.leave = plus(from, c.length)
	}
	if s.phase != scenarios.Pending && c.started == never {
		c.started = at
	}
	if !s.phase.Ended() {
		c.ended = never
	} else if c.ended == never || before != s.phase {
		c.ended = at
	}
	if s.expires != nil {
		c.forget = max(at, plus(c.ended, c.kept(s)))
	}
	c.spoken, c.speaker = -1, -1
	c.listen()
	c.note(at, name, s.name, s.phase)
}

// kept is how long after its end the vendor forgets the present state, if it does.
func (c *course) kept(s *state) int64 {
	return s.expires.draw(join(join(c.luck, s.expiresKey), c.visit))
}

// present is the phase that shows; "" before creation.
func (c *course) present() scenarios.Phase {
	switch {
	case c.steps == 0:
		return ""
	case c.waiting:
		return scenarios.Pending
	}
	return c.l.states[c.state].phase
}

// visited counts a visit and tells how many there were before.
func (c *course) visited(state int) uint64 {
	if state < len(c.few) {
		c.few[state]++
		return c.few[state] - 1
	}
	if c.many == nil {
		c.many = make([]uint64, len(c.l.states)-len(c.few))
	}
	state -= len(c.few)
	c.many[state]++
	return c.many[state] - 1
}

// expire makes the vendor forget it. Nothing happens to it any more.
func (c *course) expire(at int64) {
	from := ""
	if c.steps > 0 {
		from = c.l.states[c.state].name
	}
	phase := c.present()
	c.expired, c.stepped = true, at
	c.leave, c.forget, c.talk = never, never, never
	c.note(at, from, "", phase)
}

// note counts an edge and logs it.
func (c *course) note(at int64, from, to string, phase scenarios.Phase) {
	c.steps++
	if c.log != nil {
		c.log.add(at, c.sub, from, to, phase, c.expired)
	}
}

// apply does what one event of the history did to it.
func (c *course) apply(e *Event, at int64, r *Record) {
	c.play(at)
	if c.expired || c.steps == 0 {
		return
	}
	reads := r.reads.of(entry{c.sub, c.steps}).count
	switch e.Kind {
	case Crossed:
		if s := &c.l.states[c.state]; s.polls > 0 {
			c.cross(at, s.polls)
		}
	case Forced:
		if i, have := c.l.index[e.State]; have {
			c.because(ByForce, 0)
			c.force(i, at, reads)
		}
	case Ended:
		if c.present().Ended() {
			c.leave = never // it keeps its end, and for good
		} else if i, have := c.l.ends[e.Phase]; have {
			c.because(ByEnd, 0)
			c.force(i, at, reads)
		}
	case Expired:
		c.because(ByOrder, 0)
		c.expire(at)
	}
}

// force puts it into a state anew; one that had not begun begins.
func (c *course) force(state int, at int64, reads int) {
	c.birth = min(c.birth, at)
	c.close(at, reads)
	c.ended = never
	c.enter(state, at, at)
}

// speak says the message that is due.
func (c *course) speak() {
	if len(c.said) == 2*MaxMessages {
		c.said = append(c.said[:0], c.said[MaxMessages+1:]...)
	}
	c.said = append(c.said, said{c.talk, &c.l.states[c.state].messages[c.talking]})
	c.stepped = c.talk
	c.spoken, c.speaker = c.talk, c.talking
	c.listen()
}

// listen finds the state's next message after the last one said: by instant,
// at one instant by the order written.
func (c *course) listen() {
	c.talk = never
	if c.mute {
		return
	}
	s := &c.l.states[c.state]
	for i := range s.messages {
		at := c.moment(s, s.messages[i].When)
		if (at > c.spoken || at == c.spoken && i > c.speaker) && at < c.talk {
			c.talk, c.talking = at, i
		}
	}
}

// moment is the instant of a moment of the present state. A percentage of a
// state whose length is not known never comes, but for 0.
func (c *course) moment(s *state, m scenarios.Moment) int64 {
	switch {
	case m.Percent == 0:
		return plus(c.entered, max(int64(m.After), 0))
	case !s.timed:
		return never
	}
	return plus(c.entered, c.length/ms*int64(m.Percent)/100*ms)
}
