package verify

import "time"

// moves notices that somebody moved the tenant's clock between two requests: more
// of its time was lived than passed. What lies between says nothing of the
// client, who waited as long as the test let it.
type moves struct {
	begun    bool
	real     time.Duration // of the latest request
	lived    time.Duration
	happened bool
	after    time.Duration // the latest request before the last move
}

// slack is what the two readings of a request's instant may be apart, in real
// time.
const slack = 20 * time.Millisecond

// see takes in a request, and tells it of the last move.
func (m *moves) see(s *sighting) {
	if m.begun && s.real >= m.real && s.Lived-m.lived > times(s.real-m.real+slack, s.Speed) {
		m.happened, m.after = true, m.real
	}
	if !m.begun || s.real >= m.real {
		m.begun, m.real, m.lived = true, s.real, s.Lived
	}
	s.moved, s.movedAfter = m.happened, m.after
}
