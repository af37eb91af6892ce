package traffic

import (
	"strings"

	"github.com/vendorsim/vendorsim/simulators/internal/journal"
)

// under is how many requests are under way that are counted together.
type under struct {
	key windowKey
	n   int
}

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
		said := l.says(key)
		if u := l.inside[key]; u != nil {
			said.Used, key = u.n, u.key
		}
		judged, keys, ok = append(judged, said), append(keys, key), ok && said.Used < said.Of
	}
	if !ok || len(keys) == 0 {
		return nothing, judged, ok
	}
	for i, key := range keys {
		u := l.inside[key]
		if u == nil {
			key.value = strings.Clone(key.value) // it may be a piece of a whole request
			keys[i], u = key, &under{key: key}
			l.inside[key] = u
		}
		u.n++
	}
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, key := range keys {
			u := l.inside[key]
			if u.n--; u.n == 0 {
				delete(l.inside, key) // what it counts by comes from clients
			}
		}
		keys = nil
	}, judged, true
}
