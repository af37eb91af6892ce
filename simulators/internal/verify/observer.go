package verify

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// Observer judges the client of one tenant. It is safe for concurrent use. For
// the card it keeps some 100 bytes a task that was met, and 16 to 24 more for
// each expectation that looks at tasks one by one. Of a call that is refused it
// keeps some 200 while that lasts.
type Observer struct {
	mu    sync.Mutex
	begun bool
	real  time.Time // the real and the tenant's instant of the first request
	at    time.Time
	calls int64
	// overlooked counts the mentions of tasks that the book had no room for.
	overlooked int64

	book  *book
	card  []cardLine
	rules []rule
	wants atomic.Pointer[[]string] // asked for each request, so without the lock; nil: none
	moves moves
	seen  sighting // of the call under way
	mend  Observation

	latest  time.Time // the latest request
	batch   *batch    // nil until a client is busy
	waiting int       // in the batch
}

// A busy client's requests are judged some at a time: what judges them is cold by
// the time that the next one comes, and the second of a batch costs half as much.
const (
	batchLen = 16
	busy     = 5 * time.Millisecond // between two requests, in real time
)

type batch [batchLen]held

// held is an observation that waits to be judged, with nothing of its request's but
// what does not change.
type held struct {
	Observation
	limits [4]uint64 // room for its limits
	task   [1]Task   // and for the one task that most are about
}

// tracker keeps the aggregates of one expectation or one line of the card. It
// is called under the observer's lock only.
type tracker interface {
	observe(s *sighting)
	judge(now moment) finding
}

// rule is one expectation.
type rule struct {
	scenarios.Expect
	tracker
}

// card is what the lines of the card have counted, in one piece: each tenant has
// one.
type card struct {
	gaps        calls
	waits       waits
	tokens      tokens
	lists       lists
	ends        ends
	submissions submissions
	unknown     unknown
	backoff     backoff
	lost        lost
	recovery    recovery
}

// cardLine is one line of the card.
type cardLine struct {
	name string
	tracker
}

// moment is the instant of a report, on the scales of a sighting.
type moment struct {
	Now
	real, at time.Duration
}

// finding is what a tracker says.
type finding struct {
	verdict Verdict
	found   string // a sentence without its full stop
	figures Figures
	worst   *Case
	// more, if there is one, makes the finding. It is called without the lock,
	// since it asks others, who may be about to call the observer.
	more func() finding
}

// Now is what a report must be told of the instant at which it is made.
type Now struct {
	Real, At time.Time // the real and the tenant's instant
	Lived    time.Duration
	// Ended tells since when the vendor's task stands at its end, also after it
	// was forgotten; zero: it does not. Known is false where the vendor never had
	// such a task, or nobody can say. It is called without the observer's lock.
	// Nil: nobody can say.
	Ended func(vendor, task string) (ended time.Time, known bool)
}

// New makes the observer of one tenant. Nil rules: the report card only.
func New(rules []scenarios.Expect) *Observer {
	b := newBook()
	o := &Observer{book: b}
	c := &card{
		gaps: cardGaps(b), waits: waits{book: b}, tokens: tokens{book: b}, lists: lists{book: b}, ends: ends{book: b},
		submissions: submissions{book: b}, unknown: unknown{book: b}, backoff: backoff{book: b}, lost: lost{book: b},
		recovery: recovery{book: b},
	}
	o.card = []cardLine{
		{"poll_gaps", &c.gaps},
		{"retry_after", &c.waits},
		{"token_refresh", &c.tokens},
		{"pages", &c.lists},
		{"calls_after_end", &c.ends},
		{"duplicate_submissions", &c.submissions},
		{"unknown_fields", &c.unknown},
		{"backoff", &c.backoff},
		{"lost_replies", &c.lost},
		{"recovery", &c.recovery},
	}
	o.Rules(rules)
	return o
}

// Rules puts other expectations in force: the scenario was replaced. They are
// judged from here on; the card goes on.
func (o *Observer) Rules(rules []scenarios.Expect) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.catchUp() // by the rules that were in force
	o.rules = make([]rule, len(rules))
	for i, e := range rules {
		o.rules[i] = rule{e, newTracker(e, o.book)}
	}
	o.wants.Store(nil)
	if wants := wanted(o.rules); wants != nil {
		o.wants.Store(&wants)
	}
}

// Wants are the fields whose values Observation.Sent is to tell, such as
// params.options.returnSubtasks; nil where no rule asks for any. They must not be
// changed, and are others once the rules are.
func (o *Observer) Wants() []string {
	if wants := o.wants.Load(); wants != nil {
		return *wants
	}
	return nil
}

// newTracker makes what judges one expectation.
func newTracker(e scenarios.Expect, b *book) tracker {
	switch {
	case e.RetryAfter != "":
		return &waits{book: b}
	case e.Retried != "":
		return &retries{book: b}
	case e.NoCallsAfter != "":
		return &ends{book: b, grace: e.Grace}
	case e.EveryTask != "":
		return &everyTask{book: b, within: e.Within}
	case e.Tokens != "":
		return &tokens{book: b, margin: e.Margin}
	case e.Pages != "":
		return &lists{book: b}
	case e.Submissions != "":
		return &submissions{book: b}
	case e.UnknownFields != "":
		return &unknown{book: b}
	}
	return newCalls(e, b)
}

// Observe adds one request. It changes nothing in what it is told. The caller may use
// the observation again, its Limits, and its Tasks where it is one; what the rest of
// it points to must stay as it is, until some more requests have come or somebody asks for a report. By then
// nothing is kept but numbers and, for a task, a list or a field that is new, a copy
// of its name.
func (o *Observer) Observe(observed *Observation) {
	o.mu.Lock()
	defer o.mu.Unlock()
	isBusy := observed.Real.Sub(o.latest) < busy
	o.latest = observed.Real
	if !isBusy {
		o.catchUp()
		o.judgeOne(observed)
		return
	}
	if o.batch == nil {
		o.batch = new(batch)
	}
	h := &o.batch[o.waiting]
	h.Observation = *observed
	h.Limits = append(h.limits[:0], observed.Limits...)
	if len(observed.Tasks) <= 1 {
		h.Tasks = append(h.task[:0], observed.Tasks...)
	}
	if o.waiting++; o.waiting == batchLen {
		o.catchUp()
	}
}

// catchUp judges what waits.
func (o *Observer) catchUp() {
	if o.waiting == 0 {
		return
	}
	for i := range o.batch[:o.waiting] {
		h := &o.batch[i]
		o.judgeOne(&h.Observation)
		h.Observation, h.task = Observation{}, [1]Task{} // they hold pieces of the request
	}
	o.waiting = 0
}

// judgeOne adds a request to what is counted.
func (o *Observer) judgeOne(observed *Observation) {
	if !o.begun {
		o.begun, o.real, o.at = true, observed.Real, observed.At
	}
	o.calls++
	s := &o.seen
	s.Observation = o.mended(observed)
	s.real, s.at = s.Real.Sub(o.real), s.At.Sub(o.at)
	o.overlooked += int64(o.book.see(s))
	o.moves.see(s)
	for i := range o.card {
		o.card[i].observe(s)
	}
	for i := range o.rules {
		if r := &o.rules[i]; r.Vendor == "" || r.Vendor == s.Vendor {
			r.observe(s)
		}
	}
	if s.Observation == &o.mend {
		o.mend = Observation{} // it holds pieces of the request
	}
	s.Observation = nil
}

// mended is the observation, or a copy that says what it means: most need none.
func (o *Observer) mended(observed *Observation) *Observation {
	if !observed.Lost && observed.Speed >= 1 {
		return observed
	}
	o.mend = *observed
	o.mend.Speed = max(1, o.mend.Speed)
	if o.mend.Lost {
		o.mend.unsee()
	}
	return &o.mend
}

// Report judges what was observed so far. The caller says whose report it is:
// Tenant and Scenario.
func (o *Observer) Report(now Now) *Report {
	r, findings := o.judge(now)
	for i := range findings {
		if more := findings[i].more; more != nil {
			findings[i] = more()
		}
	}
	for i := range r.Card {
		r.Card[i].fill(findings[i], r.Overlooked)
	}
	for i := range r.Expectations {
		r.Expectations[i].fill(findings[len(r.Card)+i], r.Overlooked)
	}
	r.Verdict = overall(r.Expectations)
	return r
}

// judge makes a report without findings, and the findings: those of the card,
// then those of the expectations.
func (o *Observer) judge(now Now) (*Report, []finding) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.catchUp()
	at := moment{Now: now, real: now.Real.Sub(o.real), at: now.At.Sub(o.at)}
	r := &Report{
		At: now.At, Calls: o.calls, Overlooked: o.overlooked,
		Expectations: make([]Expectation, 0, len(o.rules)),
		Card:         make([]Line, 0, len(o.card)),
	}
	var findings []finding
	for _, l := range o.card {
		r.Card = append(r.Card, Line{Name: l.name})
		findings = append(findings, l.tracker.judge(at))
	}
	for _, e := range o.rules {
		r.Expectations = append(r.Expectations, Expectation{
			Rule: ruleWords(e.Expect), Expected: expectedWords(e.Expect), At: e.At.String(),
		})
		findings = append(findings, e.tracker.judge(at))
	}
	return r, findings
}
