package tenant

import (
	"slices"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// finding chooses the page of a list. It asks of each template once which of its
// tasks belong there. Where that hangs on nothing that can change, the page is
// reckoned; else the template's roll tells in which state each task stands.
// Created tasks are asked about one by one.
type finding struct {
	tasks  *Tasks
	query  *Query
	layout *layout
	made   []createdTask

	at    time.Time
	until int64 // when time may next change the list, as task.Standing has it
	parts []part

	skip, room int
	total      int
	refs       []Ref
}

// part is some tasks that follow each other in a list: of one template, or created
// ones.
type part struct {
	template    int
	from, count int
	created     time.Time // of them all; not of created ones in the order in which they were
	sieve       *sieve    // not of created ones
}

func (f *finding) find() {
	t := f.tasks
	f.layout = t.layout.Load()
	f.made = t.madeSoFar()
	f.divide()
	rolled := len(f.made) > 0
	for i := range f.parts {
		if p := &f.parts[i]; p.template != onCreated {
			p.sieve = f.newSieve(p)
			rolled = rolled || !p.sieve.steady
		}
	}
	if rolled {
		t.lists.mu.Lock()
		defer t.lists.mu.Unlock()
		if t.lists.at.After(f.at) {
			f.at = t.lists.at // rolls do not look back
		}
		t.lists.at = f.at
	}
	for i := range f.parts {
		f.choose(&f.parts[i])
	}
}

// divide puts all tasks into parts, in the order of the list.
func (f *finding) divide() {
	templates, next := f.layout.templates, 0
	for i := range templates {
		end := next
		for end < len(f.made) && f.made[end].number < templates[i].first {
			end++
		}
		f.divideMade(next, end)
		next = end
		f.parts = append(f.parts, part{template: i, count: templates[i].count, created: f.tasks.createdIn(f.layout.Set, i)})
	}
	f.divideMade(next, len(f.made))
	if f.query.Order != AsWritten {
		slices.SortStableFunc(f.parts, func(a, b part) int { return f.query.compare(a.created, b.created) })
	}
}

// divideMade makes parts of some created tasks: one, or where the order hangs on
// it one an instant.
func (f *finding) divideMade(from, end int) {
	if f.query.Order == AsWritten {
		if from < end {
			f.parts = append(f.parts, part{template: onCreated, from: from, count: end - from})
		}
		return
	}
	for i := from; i < end; i++ {
		if last := len(f.parts) - 1; i > from && f.parts[last].created.Equal(f.made[i].created) {
			f.parts[last].count++
			continue
		}
		f.parts = append(f.parts, part{template: onCreated, from: i, count: 1, created: f.made[i].created})
	}
}

func (f *finding) choose(p *part) {
	if p.template == onCreated {
		f.chooseMade(p)
		return
	}
	if f.query.over(p.created, f.at) {
		return
	}
	switch s := p.sieve; {
	case !s.steady:
		f.chooseRolled(p)
	case f.at.Before(p.created): // the vendor knows none of them yet
		f.reckon(p, 2*s.states)
		f.lasts(p.created.UnixMicro())
	default:
		f.reckon(p, 0)
	}
	if f.query.Retention > 0 {
		f.lasts(p.created.Add(f.query.Retention).UnixMicro())
	}
}

func (f *finding) lasts(until int64) { f.until = min(f.until, until) }

// reckon chooses of a part whose tasks are all of a class, or of classes that
// belong into the list alike.
func (f *finding) reckon(p *part, class int) {
	s := p.sieve
	if !s.any[class] {
		return
	}
	first := f.layout.templates[p.template].first
	var places []int // within the first period
	for i := range min(s.period, p.count) {
		if s.lets(class, first+i) {
			places = append(places, i)
		}
	}
	if len(places) == 0 {
		return
	}
	n := p.count / s.period * len(places)
	for _, place := range places {
		if place < p.count%s.period {
			n++
		}
	}
	f.total += n
	i := min(f.skip, n)
	f.skip -= i
	for ; i < n && f.room > 0; i++ {
		f.refs = append(f.refs, Ref{template: p.template, index: i/len(places)*s.period + places[i%len(places)]})
		f.room--
	}
}

// chooseRolled chooses of a part by its roll.
func (f *finding) chooseRolled(p *part) {
	r := f.tasks.upToDate(f.layout, p.template, p.count, f.at)
	f.lasts(r.least)
	s, own := p.sieve, 2*r.states+1
	first := f.layout.templates[p.template].first
	for at, c := range *r.chunks.Load() {
		n := 0
		for class, some := range s.any[:own] {
			if some {
				n += int(c.counts[class])
			}
		}
		if c.counts[own] == 0 && (n == 0 || s.period == 1 && (f.room == 0 || f.skip >= n)) {
			f.total += n
			f.skip -= min(f.skip, n)
			continue
		}
		for i, k := range c.kinds {
			ref := Ref{template: p.template, index: at*chunkSize + i}
			switch class := k.class(r.states); {
			case class == own:
				f.chooseOwn(ref)
			case s.any[class] && s.lets(class, first+ref.index):
				f.take(ref)
			}
		}
	}
}

// chooseMade chooses of created tasks, each of which is a template of its own.
func (f *finding) chooseMade(p *part) {
	r := f.tasks.upToDate(f.layout, onCreated, len(f.made), f.at)
	f.lasts(r.least)
	chunks := *r.chunks.Load()
	for i := p.from; i < p.from+p.count; i++ {
		k, ref := chunks[i/chunkSize].kinds[i%chunkSize], Ref{template: onCreated, index: i}
		made := &f.made[i]
		switch {
		case k&(expired|future) != 0 && !f.query.Unknown || f.query.over(made.created, f.at):
			continue
		case k&odd != 0:
			f.chooseOwn(ref)
		case f.query.Match == nil || f.query.Match(f.tasks.entryOf(i, made, classShown(made.def, k, made.created))):
			f.take(ref)
		}
		if f.query.Retention > 0 {
			f.lasts(made.created.Add(f.query.Retention).UnixMicro())
		}
	}
}

// chooseOwn chooses a task that is a class of its own.
func (f *finding) chooseOwn(ref Ref) {
	if f.query.has(f.tasks.whole(ref, f.at), f.at) {
		f.take(ref)
	}
}

func (f *finding) take(ref Ref) {
	f.total++
	switch {
	case f.skip > 0:
		f.skip--
	case f.room > 0:
		f.room--
		f.refs = append(f.refs, ref)
	}
}

// sieve tells of each class of a template's tasks which of them belong to a list:
// those whose number modulo period it lets through.
type sieve struct {
	period, states int
	through        []bool // by class, and within a class by the number
	any            []bool // by class: it lets some through
	steady         bool   // nothing that happens to a task makes a difference
}

func (s *sieve) lets(class, number int) bool { return s.through[class*s.period+number%s.period] }

// newSieve asks the query about each class of a part's tasks. Of those that are
// each a class of their own it lets none through.
func (f *finding) newSieve(p *part) *sieve {
	tmpl := &f.layout.templates[p.template]
	states := tmpl.def.States()
	s := &sieve{period: max(1, f.query.Period), states: states}
	n := classes(states)
	s.through, s.any = make([]bool, n*s.period), make([]bool, n)
	ask := func(c int, k kind) {
		e := Entry{Ref: Ref{template: p.template}, Spec: tmpl.spec, Snapshot: classShown(tmpl.def, k, p.created)}
		for i := range s.period {
			e.Number = tmpl.first + i // each rest once
			if f.query.matches(e) {
				s.through[c*s.period+e.Number%s.period], s.any[c] = true, true
			}
		}
	}
	for state := range kind(states) {
		ask(int(state), state)
		if f.query.Unknown {
			ask(states+int(state), expired|state)
		}
	}
	if f.query.Unknown {
		ask(2*states, future)
	}
	s.steady = f.steady(p.template, s)
	return s
}

// steady tells whether it makes no difference to a list in which state a
// template's tasks are.
func (f *finding) steady(template int, s *sieve) bool {
	irregular := f.tasks.lists.irregularities(template)
	if irregular&wasWritten != 0 {
		return false
	}
	classes := s.states
	if irregular&wasForgotten != 0 || f.layout.templates[template].def.Lifecycle.Expires() {
		classes *= 2
	}
	for c := 1; c < classes; c++ {
		if !slices.Equal(s.through[:s.period], s.through[c*s.period:(c+1)*s.period]) {
			return false
		}
	}
	return true
}

// classShown is what all tasks of a kind show alike.
func classShown(def *task.Definition, k kind, created time.Time) task.Snapshot {
	s := def.Shown(int(k & inState))
	s.Error, s.Created, s.Expired, s.Future = nil, created, k&expired != 0, k&future != 0
	if s.Future {
		s.Phase, s.Set = scenarios.Pending, nil
	}
	return s
}
