package sim

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// Rendering an answer and holding it to its contract is most of a request. An
// answer that showed one task stays true until that task next changes, so it is
// kept and given again: same request, same tenant, clock not moved by hand,
// nothing new in the task's history, Until not reached. Reads have been counted
// by then: a task to which reads matter is never kept. The same holds for a page
// of one list, with all that happens to any of the tasks in the place of the task's
// history.

// shown is a task that an answer showed, or a page of a list.
type shown struct {
	tasks   *tenant.Tasks
	ref     tenant.Ref
	version int
	steady  bool // time alone changes it
	until   time.Time

	list    bool // a page of a list, in the place of one task
	changes uint64
}

// same tells whether what was shown has not changed but by time.
func (s *shown) same() bool {
	if s.list {
		return s.tasks.Changes() == s.changes
	}
	version, steady := s.tasks.Version(s.ref)
	return steady && version == s.version
}

// kept is an answer with what must still hold for it to be given again.
type kept struct {
	reply      Reply
	shown      shown
	generation uint64
	asked      string
	state      string
	trace      trace
	surprised  []string // those of its making; the others come anew each time

	echo     string // the name of the call of which it was made, as JSON; "" where it repeats none
	from, to int    // where in the reply's Text it stands
	any      bool   // with any other name there both contracts hold too

	packed atomic.Pointer[journal.Packed] // nil until it is first given again
}

// requestKey names the request in full, but for its echo: two with the same name
// get the same answer from the same tenant as long as no task changes. It is empty
// for a request that is too large to be kept.
func (c *Call) requestKey() []byte {
	if len(c.key) > 0 || len(c.raw) > maxQuestion {
		return c.key
	}
	if len(c.question) == 0 {
		c.ask()
	}
	r := c.request
	key := append(c.key[:0], byte(len(schemeOf(r))))
	key = append(append(key, r.Host...), 0)
	key = append(append(key, c.prefix...), 0)
	for _, name := range c.Op.Headers() {
		values := c.Header[name]
		if name == c.handler.echoHeader && len(values) == 1 && c.echoText(values[0]) {
			key = append(key, 2)
			continue
		}
		for _, value := range values {
			key = append(append(key, value...), 0)
		}
		key = append(key, 1) // no header has it: so an empty one is not the next one's
	}
	c.key = append(key, c.question...)
	return c.key
}

// echoText takes a header's value for the name of the call, if it is plain.
func (c *Call) echoText(value string) bool {
	if len(value) == 0 || len(value) > maxEcho-2 || !plainText(value) {
		return false
	}
	c.echo = append(append(append(c.quoted[:0], '"'), value...), '"')
	c.quoted = c.echo
	return true
}

// kept is the answer that the tenant was given to this request before, if it
// is still true.
func (c *Call) kept() (Reply, bool) {
	if c.stale > 0 {
		return Reply{}, false // what is kept is fresh
	}
	k, _ := c.Tenant.Answers.Get(c.requestKey()).(*kept)
	if k == nil || k.generation != c.reading.Generation || !k.shown.until.IsZero() && !c.now.Before(k.shown.until) {
		return Reply{}, false
	}
	if !k.shown.same() {
		return Reply{}, false
	}
	reply := k.reply
	if k.echo != string(c.echo) {
		if !k.any && c.checkRequest() != nil {
			return Reply{}, false // it is asked again where what is wrong with it is told
		}
		reply.Text, reply.echoed = reply.Text[:k.from]+string(c.echo)+reply.Text[k.to:], !k.any
	}
	c.given, c.asked, c.state, c.trace, c.surprised = k, k.asked, k.state, k.trace, slices.Clip(k.surprised)
	return reply, true
}

// What a kept answer takes beside its text, roughly and in bytes: with what is packed
// of its records.
const (
	perShown = 224 // for each task that it shows
	perKept  = 384
)

// keep remembers a good answer that showed one task, or a page of one list, which
// time alone changes.
func (c *Call) keep(reply Reply) {
	if reply.Status/100 != 2 || c.stale > 0 || len(c.shown) != 1 || !c.shown[0].steady || len(c.requestKey()) == 0 ||
		!c.Tenant.Answers.Meets(c.requestKey()) {
		return
	}
	k := &kept{
		shown: c.shown[0], generation: c.reading.Generation, asked: c.asked, state: c.state,
		surprised: slices.Clip(c.surprised), echo: string(c.echo),
	}
	if k.echo != "" {
		var ok bool
		if k.from, k.to, ok = memberAt(reply.Text, c.vendor.Echo.Member); !ok || reply.Text[k.from:k.to] != k.echo {
			return
		}
		k.any = c.Op.Echoes(c.Profile, reply.Status, mediaOf(reply), c.vendor.Echo.Header, c.vendor.Echo.Member)
	}
	c.trace.complete(c)
	k.trace, k.reply = c.trace.clone(), reply
	k.reply.Body, k.reply.kept, k.reply.lines = nil, true, reply.headerLines()
	c.Tenant.Answers.Put(c.requestKey(), k, perKept+len(reply.Text)+perShown*len(c.trace.tasks))
}
