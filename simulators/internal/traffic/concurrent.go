package traffic

import (
	"strings"

	"github.com/vendorsim/vendorsim/simulators/internal/journal"
)

// crowd are the requests under way that are counted together.
type crowd struct {
	said journal.Judged // but how many there are
	n    int
}

// Inside is a request that is under way. The zero value is one that no limit of
// requests at once counts. It must not be copied.
type Inside struct {
	limiter *Limiter
	crowds  []*crowd
	room    [2]*crowd // more are rare
}

// Leave ends what limits count of the request. A second call does nothing.
func (in *Inside) Leave() {
	if in.limiter == nil {
		return
	}
	in.limiter.mu.Lock()
	defer in.limiter.mu.Unlock()
	for _, g := range in.crowds {
		g.n--
	}
	*in = Inside{}
}

// Enter asks for one request to be under way, which has to leave in any case. Every
// rule of requests at once that selects it must have room; where one has none, none
// counts it. What each of those rules said is appended to judged: one that refuses
// has as many used as it grants, and no wait, since nobody knows when another request
// ends.
func (l *Limiter) Enter(r Request, in *Inside, judged []journal.Judged) (_ []journal.Judged, ok bool) {
	if len(l.atOnce) == 0 {
		return judged, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	in.crowds, ok = in.room[:0], true
	for _, i := range l.atOnce {
		rule := &l.rules[i]
		if !selects(rule, &r) {
			continue
		}
		g := l.crowd(keyOf(i, rule, &r))
		said := g.said
		said.Used = g.n
		g.n++
		judged, in.crowds, ok = append(judged, said), append(in.crowds, g), ok && said.Used < said.Of
	}
	if ok {
		in.limiter = l
		return judged, true
	}
	for _, g := range in.crowds {
		g.n--
	}
	*in = Inside{}
	return judged, false
}

func (l *Limiter) crowd(key windowKey) *crowd {
	g := l.inside[key]
	if g == nil {
		if len(l.inside) >= l.emptyAt {
			l.empty()
		}
		g = &crowd{said: l.says(key)}
		key.value = strings.Clone(key.value) // it may be a piece of a whole request
		l.inside[key] = g
	}
	return g
}

// empty forgets crowds of nobody, as sweep does windows.
func (l *Limiter) empty() {
	for key, g := range l.inside {
		if g.n == 0 {
			delete(l.inside, key)
		}
	}
	l.emptyAt = max(minSweep, 2*len(l.inside))
}
