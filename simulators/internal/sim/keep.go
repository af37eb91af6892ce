package sim

import (
	"slices"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// Rendering an answer and holding it to its contract is most of a request. An
// answer that showed one task stays true until that task next changes, so it is
// kept and given again: same request, same tenant, clock not moved by hand,
// nothing new in the task's history, Until not reached. Reads have been counted
// by then: a task to which reads matter is never kept.

// shown is a task that an answer showed.
type shown struct {
	tasks   *tenant.Tasks
	ref     tenant.Ref
	version int
	steady  bool // time alone changes it
	until   time.Time
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
}

// requestKey names the request in full: two with the same name get the same
// answer from the same tenant as long as no task changes.
func (c *Call) requestKey() []byte {
	if c.key != nil {
		return c.key
	}
	key := make([]byte, 0, 256)
	add := func(part string) {
		key = append(key, part...)
		key = append(key, 0)
	}
	add(c.Op.Name)
	add(c.BaseURL)
	add(c.request.URL.EscapedPath())
	add(c.request.URL.RawQuery)
	for _, name := range c.Op.Headers() {
		for _, value := range c.Header[name] {
			add(value)
		}
		key = append(key, 1) // no header has it: so an empty one is not the next one's
	}
	c.key = append(key, c.raw...)
	return c.key
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
	if version, steady := k.shown.tasks.Version(k.shown.ref); !steady || version != k.shown.version {
		return Reply{}, false
	}
	c.asked, c.state, c.trace, c.surprised = k.asked, k.state, k.trace, slices.Clip(k.surprised)
	return k.reply, true
}

// keep remembers a good answer that showed one task which time alone changes.
func (c *Call) keep(reply Reply) {
	if reply.Status/100 != 2 || c.stale > 0 || len(c.shown) != 1 || !c.shown[0].steady {
		return
	}
	c.trace.complete(c)
	k := &kept{
		reply: reply, shown: c.shown[0], generation: c.reading.Generation, asked: c.asked, state: c.state, trace: c.trace,
		surprised: slices.Clip(c.surprised),
	}
	k.reply.Body, k.reply.kept = nil, true
	c.Tenant.Answers.Put(c.requestKey(), k, len(reply.Text))
}
