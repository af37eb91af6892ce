package simulators

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/verify"
)

// judged is what the clients of the tests below meet: tasks that run for ten
// seconds, and no limits but those that a test adds.
const judged = `
version: 1
name: judged
default: task
lifecycles:
  task:
    pending: {after: 2s, to: running}
    running: {after: 8s, to: succeeded}
    succeeded: {}
tasks:
  - {vendor: bitdefender, id: 65f46d08c6d2865b32048ba3, subtasks: {count: 5}}
  - {vendor: checkpoint, id: "1628077538799978"}
  - {vendor: cisco, id: "133143986189"}
  - {vendor: dbvisit, id: "1"}
  - {vendor: sailpoint, id: id12345}
  - {count: 3}
`

// client is a client of one vendor. It speaks the vendor's own protocol to a
// server over HTTP, and sleeps by the clock that the test owns: nobody waits.
type client struct {
	*testing.T
	dialect
	url     string        // the vendor's base URL
	source  *clock.Manual // real time
	control *api.Client
	tenant  string
	token   string // what it sends instead of the tenant's name, once it has logged in
	started string // the task that it started last

	scroll   string // what the last page told for the next one
	answer   *http.Response
	body     string
	expected int // the status that the script expects; 0: any good one; lost: none

	more map[string]func(c *client, words []string) error // further steps, by their first word
}

// stage is a server whose real time the test owns. Its clients come one after
// the other.
type stage struct {
	source  *clock.Manual
	url     string
	control *api.Client
	clients int
}

func newStage(t *testing.T) *stage {
	t.Helper()
	source := clock.NewManual(start)
	wait := func(_ context.Context, d time.Duration) error { return source.Advance(d) } // late answers come at once, and later
	s, err := New(Options{source: source, wait: wait})
	if err != nil {
		t.Fatal(err)
	}
	vendors, control := httptest.NewServer(s), httptest.NewServer(s.Control())
	t.Cleanup(func() { vendors.Close(); control.Close(); s.Close() })
	steer, err := api.NewClient(control.URL, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	return &stage{source: source, url: vendors.URL, control: steer}
}

// client is a new one, whose tenant runs judged with more.
func (s *stage) client(t *testing.T, vendor, more string) *client {
	t.Helper()
	if !strings.Contains(more, "limits:") {
		more += "\nlimits: []\n"
	}
	return s.as(t, vendor, api.NewTenant{YAML: judged + more, File: "judged.yaml"})
}

// as is a client whose tenant is made as it is told.
func (s *stage) as(t *testing.T, vendor string, what api.NewTenant) *client {
	t.Helper()
	s.clients++
	begins := start
	what.Label, what.Start = strconv.Itoa(s.clients), &begins
	made, err := s.control.NewTenant(context.Background(), what)
	if err != nil {
		t.Fatal(err)
	}
	return &client{
		T: t, dialect: dialects[vendor], url: s.url + "/" + vendor, source: s.source, control: s.control, tenant: made.Name,
	}
}

// plays a script, whose steps stand between semicolons:
//
//	log in                 take a token, which later calls send
//	refresh                take a new one as the vendor has it
//	poll [TASK]            ask for a task: the vendor's usual one, "started" or an id
//	poll [TASK] with NAME  and send a field that the vendor does not know
//	start WORK             ask for work; two of the same name ask for the same
//	page N                 read a page of a list
//	wait D                 let real time pass
//	obey                   let as much pass as the last answer told to wait
//	move D                 move the tenant's clock, as a test does
//
// A step whose answer is to be a refusal ends in "-> STATUS", one whose answer is
// to get lost in "-> lost".
func (c *client) plays(script string) {
	c.Helper()
	for line := range strings.SplitSeq(script, ";") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		step, status, _ := strings.Cut(line, " -> ")
		switch c.expected = 0; status {
		case "":
		case "lost":
			c.expected = lost
		default:
			var err error
			if c.expected, err = strconv.Atoi(status); err != nil {
				c.Fatalf("%s: %v", line, err)
			}
		}
		if err := c.step(step); err != nil {
			c.Fatalf("%s: %v", line, err)
		}
	}
}

func (c *client) step(step string) error {
	words := strings.Fields(step)
	argument := ""
	if len(words) > 1 {
		argument = words[1]
	}
	switch words[0] {
	case "log":
		return c.logIn(c)
	case "refresh":
		return c.refresh(c)
	case "poll":
		return c.pollStep(words[1:])
	case "start":
		return c.start(c, argument)
	case "page":
		n, err := strconv.Atoi(argument)
		if err != nil {
			return err
		}
		return c.page(c, n)
	case "wait":
		d, err := time.ParseDuration(argument)
		if err != nil {
			return err
		}
		return c.source.Advance(d)
	case "obey":
		seconds, err := strconv.Atoi(c.answer.Header.Get("Retry-After"))
		if err != nil {
			return fmt.Errorf("the answer does not tell to wait: %w", err)
		}
		return c.source.Advance(time.Duration(seconds) * time.Second)
	case "move":
		_, err := c.control.Advance(context.Background(), c.tenant, api.Advance{By: argument})
		return err
	}
	if more := c.more[words[0]]; more != nil {
		return more(c, words[1:])
	}
	return fmt.Errorf("no such step")
}

func (c *client) pollStep(words []string) error {
	task, field := c.task, ""
	for i := 0; i < len(words); i++ {
		switch words[i] {
		case "with":
			i++
			field = words[i]
		case "started":
			task = c.started
		default:
			task = words[i]
		}
	}
	return c.poll(c, task, field)
}

// ask sends one request. header are names and values. The error is that of an
// answer which the script did not expect.
func (c *client) ask(method, path, body string, header ...string) error {
	r, err := http.NewRequest(method, c.url+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if c.answer, err = http.DefaultClient.Do(r); err != nil && c.expected == lost {
		return nil
	} else if err != nil {
		return err
	}
	defer c.answer.Body.Close()
	text, err := io.ReadAll(c.answer.Body)
	c.body = string(text)
	if err != nil && c.expected == lost { // only a piece of it came
		return nil
	}
	if good := c.answer.StatusCode < 300 && !strings.Contains(c.body, `"error":{`); good != (c.expected == 0) || !good && c.answer.StatusCode != c.expected {
		return fmt.Errorf("%s %s answers %d %s", method, path, c.answer.StatusCode, c.body)
	}
	return err
}

// lost is what a script expects of an answer that does not come.
const lost = -1

// credential is what the client sends as its user, its key or its token.
func (c *client) credential() string {
	if c.token != "" {
		return c.token
	}
	return c.tenant
}

// report is the control API's, now.
func (c *client) report() *verify.Report {
	c.Helper()
	r, err := c.control.Report(context.Background(), c.tenant)
	if err != nil {
		c.Fatal(err)
	}
	return r
}

// line is one line of the report card.
func (c *client) line(name string) verify.Line {
	c.Helper()
	for _, l := range c.report().Card {
		if l.Name == name {
			return l
		}
	}
	c.Fatalf("the card has no line %s", name)
	return verify.Line{}
}

// figures are a line's, as "name=value" sorted by name.
func figures(l verify.Line) string {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(l.Figures)) {
		words = append(words, fmt.Sprintf("%s=%v", name, l.Figures[name]))
	}
	return strings.Join(words, " ")
}
