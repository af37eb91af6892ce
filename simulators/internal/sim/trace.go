package sim

import (
	"encoding/json"
	"fmt"
	"hash/maphash"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
	"github.com/vendorsim/vendorsim/simulators/internal/verify"
)

// trace is what an operation tells of its answer beside the answer itself. It
// is kept with kept answers, so it never changes once it is complete. Until it is
// kept its lists have their first place in the call.
type trace struct {
	tasks   []journal.Shown
	seen    []verify.Task // the same, for who judges the client
	created string
	page    *verify.Page
	unread  []string
	done    bool
}

// maxShown is how many tasks of an answer are remembered.
const maxShown = 100

// show remembers a task that the answer shows. One that is shown twice is as it
// was shown last.
func (t *trace) show(e *Entry) {
	s := journal.Shown{ID: e.ID, State: e.State, Phase: string(e.Phase), Ended: e.Phase.Ended()}
	if n := len(t.tasks); n > 0 && t.tasks[n-1].ID == e.ID { // looked at, and then read
		t.tasks[n-1] = s
	} else if n < maxShown {
		t.tasks = append(t.tasks, s)
	}
}

// clone is the trace for longer than its call, whose room it has.
func (t *trace) clone() trace {
	more := *t
	more.tasks, more.seen = slices.Clone(t.tasks), slices.Clone(t.seen)
	return more
}

// complete works out what follows from the rest.
func (t *trace) complete(c *Call) {
	if t.done {
		return
	}
	t.done = true
	if len(t.tasks) > 0 {
		t.seen = c.firstSeen[:0]
		for _, s := range t.tasks {
			t.seen = append(t.seen, verify.Task{ID: s.ID, Ended: s.Ended})
		}
	}
	if c.Op != nil {
		t.unread = c.Op.Undeclared(c.contractRequest())
	}
}

// Hide tells that the answer does not let the client know of a task that the
// call has made or read.
func (c *Call) Hide(id string) {
	c.trace.tasks = slices.DeleteFunc(c.trace.tasks, func(s journal.Shown) bool { return s.ID == id })
}

// Shows tells which tasks of a list the answer shows, once the list is cut to
// its page. Read and Create tell of theirs themselves.
func (c *Call) Shows(entries ...Entry) {
	for i := range entries {
		c.trace.show(&entries[i])
	}
}

// Page tells that the answer is a page of a list: how many things stand before
// it and on it, and whether there is another after it. list is what Rest says,
// or whatever else all pages of one list have in common.
func (c *Call) Page(list string, from, shown int, more bool) {
	c.trace.page = &verify.Page{List: list, From: from, Len: shown, More: more}
}

// Rest names the list of which the call asks a page: the same for all its pages,
// another for another list. paging are the names of what the client asks a page
// by, in the query or at any depth of the body. What it asks for besides stands
// in the name as a hash: it may hold anything.
func (c *Call) Rest(paging ...string) string {
	query, body := url.Values{}, c.Body
	for name, values := range c.Query {
		query[name] = values
	}
	if c.Params != nil {
		body = c.Params
	}
	for _, name := range paging {
		query.Del(name)
	}
	return fmt.Sprintf("%s %016x", c.Op.Name, c.requestHash(query, without(body, paging)))
}

// without is a JSON value without members of some names, at any depth.
func without(v any, names []string) any {
	switch v := v.(type) {
	case map[string]any:
		rest := make(map[string]any, len(v))
		for name, value := range v {
			rest[name] = without(value, names)
		}
		for _, name := range names {
			delete(rest, name)
		}
		return rest
	case []any:
		rest := make([]any, len(v))
		for i := range v {
			rest[i] = without(v[i], names)
		}
		return rest
	}
	return v
}

// work is a hash of what a request that starts work asks for: the same for two
// that ask alike, whatever came of them. It is 0 for other requests, and for one
// that could not be read. It is not that of Creation.Body, which is not known of
// a request that was refused.
func (c *Call) work() uint64 {
	if c.kind() != "start" || c.outcome != nil {
		return 0
	}
	body := c.Body
	if c.Op.Parent != nil {
		body = c.Params // the id is another in each call
	}
	return c.requestHash(c.Query, body)
}

// requestHash is a hash of an operation, what its path says, a query and a body.
func (c *Call) requestHash(query url.Values, body any) uint64 {
	canonical, err := json.Marshal(body) // its members are sorted by name
	if err != nil {
		canonical = c.raw // a number that Go cannot write, such as 1e999
	}
	return task.Mix(strings.Join([]string{c.Op.Name, fmt.Sprint(c.Path), query.Encode(), string(canonical)}, "\x00"))
}

// tokenSeed is of this process: hashes of tokens leave it in no way.
var tokenSeed = maphash.MakeSeed()

// hashOf is a hash of a token, never 0.
func hashOf(token string) uint64 { return max(maphash.String(tokenSeed, token), 1) }

// gave remembers the token that a log-in gave: of several, the one that ends
// first, since it is the one to be renewed by then.
func (c *Call) gave(value string, life time.Duration) {
	if c.kind() != "login" {
		return
	}
	if t := &c.token; t.Given == 0 || life > 0 && (t.Life == 0 || life < t.Life) {
		t.Given, t.Life = hashOf(value), life
	}
}

// askedFor is the id of the task that the request asks for, as the spec says
// where it stands; "" for none.
func (c *Call) askedFor() string {
	if c.Op == nil || c.Op.Task == "" {
		return ""
	}
	in, path, _ := strings.Cut(c.Op.Task, ".")
	switch in {
	case "path":
		return c.Path[path]
	case "query":
		return c.Query.Get(path)
	}
	at := c.Body
	for name := range strings.SplitSeq(path, ".") {
		object, _ := at.(map[string]any)
		at = object[name]
	}
	switch id := at.(type) {
	case string:
		return id
	case json.Number:
		return id.String()
	}
	return ""
}

// asks is askedFor as the vendor calls the task, where it knows it by several
// names.
func (c *Call) asks() string {
	id := c.askedFor()
	switch {
	case id == "":
		return ""
	case len(c.trace.tasks) == 1:
		return c.trace.tasks[0].ID
	}
	tasks := c.owner.Tasks(c.vendor.Name)
	if tasks == nil {
		return id
	}
	if ref, ok := tasks.Find(id); ok {
		return tasks.ID(ref)
	}
	return id
}
