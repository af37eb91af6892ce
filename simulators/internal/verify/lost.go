package verify

import (
	"fmt"
	"time"
)

// lost judges what the client does where work was done and it did not hear.
type lost struct {
	book  *book
	open  map[attempt]lostReply
	asked []time.Duration // by vendor: when the latest good look at its state came; -1: never

	replies, blind, looked int64 // lost; repeated without and after a look
	soonest                time.Duration
	soonestAt              place
	fault                  string // of the soonest
}

// lostReply is one that was lost, and after which nothing was repeated yet.
type lostReply struct {
	real, known time.Duration // when the request came, and when the answer was lost
	fault       string
}

func (l *lost) observe(s *sighting) {
	switch s.Kind {
	case "start":
		l.start(s)
	case "poll", "list":
		if len(l.open) == 0 || s.refused() {
			return
		}
		for s.vendor >= len(l.asked) {
			l.asked = append(l.asked, -1)
		}
		l.asked[s.vendor] = max(l.asked[s.vendor], s.real)
	}
}

func (l *lost) start(s *sighting) {
	gone := s.Lost && s.Done
	if gone {
		l.replies++
	}
	if !gone && len(l.open) == 0 {
		return
	}
	call, ok := s.attempt()
	if !ok {
		return
	}
	if first, again := l.open[call]; again && s.real >= first.known {
		l.repeat(s, first)
		delete(l.open, call)
	}
	if gone && len(l.open) < mostAttempts {
		put(&l.open, call, lostReply{real: s.real, known: s.real + s.Took, fault: s.Fault})
	}
}

// repeat counts a start that was made again.
func (l *lost) repeat(s *sighting, first lostReply) {
	if s.vendor < len(l.asked) && l.asked[s.vendor] >= first.known {
		l.looked++
		return
	}
	after := s.real - first.real
	if l.blind == 0 || after < l.soonest {
		l.soonest, l.soonestAt, l.fault = after, s.place(0), first.fault
	}
	l.blind++
}

func (l *lost) judge(moment) finding {
	f := finding{figures: Figures{"lost": l.replies, "repeated_unasked": l.blind, "repeated_after_asking": l.looked,
		"not_repeated": l.replies - l.blind - l.looked}}
	switch {
	case l.blind > 0:
		f.verdict, f.worst = Failed, l.book.named(l.soonestAt)
		f.found = fmt.Sprintf("%d of %s repeated though the work was done and nobody had asked, the soonest at %s.%s, after %s",
			l.blind, count(l.replies, "lost start"), f.worst.Vendor, f.worst.Operation, length(l.soonest))
		if l.fault != "" {
			f.found += " (fault " + printable(l.fault) + ")"
		}
	case l.replies == 0:
		f.verdict, f.found = Inconclusive, "no reply to a start was lost"
	default:
		f.verdict = Passed
		f.found = fmt.Sprintf("%s, %d repeated after asking for the state, the rest not", count(l.replies, "lost start"), l.looked)
	}
	return f
}
