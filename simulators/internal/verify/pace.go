package verify

import "time"

// pace is how often a client calls one vendor. It has a time of its own, which
// begins with the first call: real time, times N on a clock that runs N times as
// fast.
type pace struct {
	begun bool
	real  time.Duration // of the latest call, as sightings have it
	speed int           // at the latest call
	now   time.Duration // its own time at the latest call

	// seconds are the calls in each of the latest seconds, that of a second s at
	// s modulo their number.
	seconds [paceSeconds]uint32
}

// paceSeconds is how far back calls are counted.
const paceSeconds = 60

// advance moves to the instant of a call. One that is told of after a later one
// moves nothing.
func (p *pace) advance(s *sighting) {
	p.speed = s.Speed
	if !p.begun {
		p.begun, p.real = true, s.real
		return
	}
	if s.real <= p.real {
		return
	}
	then := p.now
	p.now, p.real = plus(p.now, times(s.real-p.real, s.Speed)), s.real
	from, to := int64(then/time.Second), int64(p.now/time.Second)
	for second := max(from, to-paceSeconds) + 1; second <= to; second++ {
		p.seconds[second%paceSeconds] = 0
	}
}

// count counts the call to whose instant it was moved.
func (p *pace) count() { p.seconds[int64(p.now/time.Second)%paceSeconds]++ }

// latest is how many calls were counted in the latest minute, and how long that
// is: the second under way and the 59 before it, or the time since the first call.
func (p *pace) latest() (calls uint32, in time.Duration) {
	for _, n := range p.seconds {
		calls += n
	}
	return calls, min(p.now, (paceSeconds-1)*time.Second+p.now%time.Second)
}
