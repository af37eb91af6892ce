package traffic

import "github.com/vendorsim/vendorsim/simulators/internal/journal"

// nothing is what a request leaves that no limit of requests at once counts.
var nothing = func() {}

// Enter asks for one request to be under way. Every rule of requests at once that
// selects it must have room; where one has none, none counts it. Leave is called
// when the request has ended, also one that was refused; a second call does
// nothing. Judged is what each of those rules said: one that refuses has as many
// used as it grants, and no wait, since nobody knows when another request ends.
func (l *Limiter) Enter(r Request) (leave func(), judged []journal.Judged, ok bool) {
	if len(l.atOnce) == 0 {
		return nothing, nil, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var keys []windowKey
	ok = true
	for _, i := range l.atOnce {
		rule := &l.rules[i]
		if !selects(rule, &r) {
			continue
		}
		key := keyOf(i, rule, &r)
		n := l.inside[key]
		judged, keys, ok = append(judged, l.says(key, n)), append(keys, key), ok && n < rule.Concurrent
	}
	if !ok || len(keys) == 0 {
		return nothing, judged, ok
	}
	for _, key := range keys {
		l.inside[key]++
	}
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, key := range keys {
			if l.inside[key]--; l.inside[key] == 0 {
				delete(l.inside, key) // what it counts by comes from clients
			}
		}
		keys = nil
	}, judged, true
}
