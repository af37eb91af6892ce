package verify

import (
	"fmt"
)

// retries judges whether what was refused for now is asked for again.
type retries struct {
	book    *book
	pending map[attempt]refusal

	told, answered, overlooked int64
}

// refusal is a call that was told to wait and was not answered well since.
type refusal struct {
	wait
	number int64 // of those told, in their order
	again  bool  // it was made again since it was first told
}

func (r *retries) observe(s *sighting) {
	well := !s.failed() && !s.Lost
	told := !well && s.RetryAfter > 0
	if !told && len(r.pending) == 0 {
		return
	}
	call, ok := s.attempt()
	if !ok {
		return
	}
	p, met := r.pending[call]
	switch {
	case told && !met && len(r.pending) >= mostAttempts:
		r.overlooked++
	case told && !met:
		r.told++
		put(&r.pending, call, refusal{wait: s.wait(), number: r.told})
	case !met || s.real < p.known:
		// Not refused before, or it came before anybody could know: it is no
		// second attempt, and what it was answered proves nothing.
	case well:
		r.answered++
		delete(r.pending, call)
	default:
		p.again = true
		if told {
			p.wait = s.wait()
		}
		r.pending[call] = p
	}
}

func (r *retries) judge(now moment) finding {
	var missed, open int64
	var first refusal
	var at attempt
	for call, p := range r.pending {
		if !p.over(now.real, now.Lived) {
			open++
			continue
		}
		if missed++; missed == 1 || p.number < first.number {
			first, at = p, call
		}
	}
	f := finding{}
	switch {
	case missed > 0:
		f.verdict, f.worst = Failed, r.book.named(at.place())
		became := "was not made again"
		if first.again {
			became = "was made again, and never answered well"
		}
		f.found = fmt.Sprintf("%d of %s told to wait came to nothing; the first, %s, told %ds, %s",
			missed, count(r.told, "call"), r.book.operation(at.place()), first.seconds, became)
	case r.told == 0:
		f.verdict, f.found = Inconclusive, "no answer told the client to wait"
	case open > 0:
		f.verdict = Inconclusive
		f.found = fmt.Sprintf("%d of %s told to wait: the wait is not over", open, count(r.told, "call"))
	case r.overlooked > 0:
		f.verdict, f.found = Inconclusive, "more calls were told to wait than are followed"
	default:
		f.verdict = Passed
		f.found = count(r.told, "call") + " told to wait, each made again and answered well"
	}
	return f
}
