package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// scale is the second table: what becomes of the figures among a million tasks
// and ten thousand tenants.
func (o options) scale(t *table) error {
	for _, part := range []struct {
		name string
		run  func(*table) error
	}{{"tasks", o.manyTasks}, {"lists", o.lists}, {"tenants", o.manyTenants}} {
		if !slices.Contains(o.parts, part.name) {
			continue
		}
		if err := part.run(t); err != nil {
			return err
		}
	}
	return nil
}

// sailpointTasks is a scenario like bench, with so many tasks at SailPoint. Its
// clock starts at a fixed instant, so that the same ids and dates come each time.
func sailpointTasks(n int) string {
	return fmt.Sprintf("version: 1\nname: many\nextends: bench\nvendors: [sailpoint]\nclock: {start: 2026-01-15T09:00:00Z}\ntasks: [{count: %d}]\n", n)
}

// serving starts vendorsim with a scenario of ours.
func (o options) serving(name, scenario string, args ...string) (*process, error) {
	file := filepath.Join(o.dir, name+".yaml")
	if err := os.WriteFile(file, []byte(scenario), 0o600); err != nil {
		return nil, err
	}
	return o.vendorsim(append([]string{"-f", file}, args...)...)
}

// few is how many tasks the small server has, and how many ids are hot.
const few = 100

var anyTask = call{
	vendor: "sailpoint", method: "GET", path: "/sailpoint/v2025/task-status/{pick}",
	headers: []string{"Authorization: Bearer demo", "X-SailPoint-Experimental: true"},
	good:    `"percentComplete":40`,
}

// manyTasks measures the memory of all tasks before and after each was polled
// once, and then the throughput of polls among them.
func (o options) manyTasks(t *table) error {
	tell("%s tasks:", count(o.tasks))
	ids, err := o.ids(o.tasks)
	if err != nil {
		return err
	}
	fewIDs, err := o.ids(few)
	if err != nil {
		return err
	}
	many, started, before, err := o.startMany(ids[0])
	if err != nil {
		return err
	}
	defer many.stop()
	began := time.Now()
	if err := pollAll(many.host, ids); err != nil {
		return err
	}
	took := time.Since(began)
	time.Sleep(settle)
	after, peak, err := many.memory()
	if err != nil {
		return err
	}
	if err := many.allGood(float64(len(ids))); err != nil {
		return err
	}
	t.begin(count(o.tasks)+" declared tasks", "vendorsim", "bar")
	t.row("exec to the first 200", started.spread("%.0f")+" ms", atMost(started.median(), 1000, "1 s"))
	t.row("resident when one was polled", before.spread("%.1f")+" MB", atMost(before.median(), 60, "60 MB"))
	t.row("resident after all were polled once", megabytes(after), atMost(after, 600*mb, "600 MB"))
	t.row("the same, at its peak", megabytes(peak), "reported")
	t.row("polling them all, "+fmt.Sprint(pollers)+" connections", fmt.Sprintf("%.0f s, %s requests/s", took.Seconds(), count(float64(len(ids))/took.Seconds())), "reported")
	small, err := o.serving("few", sailpointTasks(few))
	if err != nil {
		return err
	}
	defer small.stop()
	return o.hotAndUniform(t, many, small, ids, fewIDs)
}

// startMany starts the server of all tasks once a round, and leaves the last one
// running. It answers how many milliseconds it took from exec to the first good
// answer, and how many megabytes were resident then.
func (o options) startMany(id string) (p *process, started, before series, err error) {
	for range o.rounds {
		if p != nil {
			p.stop()
		}
		if p, err = o.serving("many", sailpointTasks(o.tasks)); err != nil {
			return nil, nil, nil, err
		}
		if _, _, err = anyTask.with("{pick}", id).answer(p.host); err != nil {
			break
		}
		started = append(started, milliseconds(time.Since(p.began)))
		time.Sleep(settle)
		resident, _, failed := p.memory()
		if err = failed; err != nil {
			break
		}
		before = append(before, resident/mb)
	}
	if err != nil {
		p.stop()
	}
	return p, started, before, err
}

// hotAndUniform compares the throughput of hot and of uniform ids among all tasks
// with that of a server of few tasks.
func (o options) hotAndUniform(t *table, many, small *process, ids, fewIDs []string) error {
	hot := make([]string, few)
	for i := range hot { // spread over them all
		hot[i] = ids[i*(len(ids)/few)]
	}
	sides := []contender{{process: small, lines: fewIDs}, {process: many, lines: hot}, {process: many, lines: ids}}
	rates, err := o.contest(anyTask, sides)
	if err != nil {
		return err
	}
	hotRatio, uniform := rates[1].over(rates[0]), rates[2].over(rates[0])
	t.begin("polls among "+count(len(ids))+" tasks, requests/s", "of them", fmt.Sprintf("of %d tasks", few), "ratio", "bar")
	t.row(fmt.Sprintf("%d hot ids", few), count(rates[1].median()), count(rates[0].median()), hotRatio.spread("%.2f"), atLeast(hotRatio.median(), 0.95, "0.95"))
	t.row("uniform ids", count(rates[2].median()), count(rates[0].median()), uniform.spread("%.2f"), atLeast(uniform.median(), 0.5, "0.5"))
	return nil
}

// contender is a server under one load of several that take turns. lines are
// what its requests draw from.
type contender struct {
	process *process
	lines   []string
	file    string
}

// contest loads the contenders in interleaved rounds, each going first in turn,
// and answers the requests a second of each.
func (o options) contest(c call, sides []contender) ([]series, error) {
	for i := range sides {
		s := &sides[i]
		s.file = filepath.Join(o.dir, fmt.Sprintf("lines-%d", i))
		if err := os.WriteFile(s.file, []byte(strings.Join(s.lines, "\n")), 0o600); err != nil {
			return nil, err
		}
		if _, err := (load{call: c, host: s.process.host, list: s.file, seed: -1, seconds: warmUp, strict: true}).run(o.dir); err != nil {
			return nil, err
		}
	}
	rates := make([]series, len(sides))
	for round := range o.rounds {
		for i := range sides {
			at := (round + i) % len(sides)
			r, err := load{call: c, host: sides[at].process.host, list: sides[at].file, seed: round, seconds: o.seconds}.run(o.dir)
			if err != nil {
				return nil, err
			}
			rates[at] = append(rates[at], r.rate())
		}
	}
	for _, s := range sides {
		if err := s.process.allGood(1); err != nil {
			return nil, err
		}
	}
	return rates, nil
}

// ids are the ids of the declared tasks of sailpointTasks. They are a function of
// scenario and seed, so another server tells them, and the one that is measured
// knows nothing of it.
func (o options) ids(n int) ([]string, error) {
	p, err := o.serving("ids", sailpointTasks(n))
	if err != nil {
		return nil, err
	}
	defer p.stop()
	const page = 1000
	ids := make([]string, 0, n)
	for len(ids) < n {
		text, err := get(fmt.Sprintf("%s/tenants/demo/tasks?vendor=sailpoint&limit=%d&offset=%d", p.control, page, len(ids)))
		if err != nil {
			return nil, err
		}
		var tasks struct{ Tasks []struct{ ID string } }
		if err := json.Unmarshal(text, &tasks); err != nil {
			return nil, err
		}
		if len(tasks.Tasks) == 0 {
			return nil, fmt.Errorf("the control API tells %d ids of %d", len(ids), n)
		}
		for _, t := range tasks.Tasks {
			ids = append(ids, t.ID)
		}
	}
	return ids, nil
}

// pollers is how many connections poll all tasks.
const pollers = 8

// pollAll polls each task once. wrk cannot, since it stops after a time and not
// after a count.
func pollAll(host string, ids []string) error {
	failed := make(chan error, pollers)
	var all sync.WaitGroup
	for i := range pollers {
		all.Go(func() {
			conn, err := dial(host)
			if err != nil {
				failed <- err
				return
			}
			defer conn.close()
			for j := i; j < len(ids); j += pollers {
				if _, err := conn.ask(anyTask.with("{pick}", ids[j])); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	all.Wait()
	close(failed)
	return <-failed
}

// conn is one keep-alive connection that is asked one thing after the other.
type conn struct {
	host string
	net  net.Conn
	in   *bufio.Reader
	body bytes.Buffer
}

func dial(host string) (*conn, error) {
	c, err := net.Dial("tcp", host)
	return &conn{host: host, net: c, in: bufio.NewReader(c)}, err
}

func (c *conn) close() { _ = c.net.Close() }

// ask sends a call and waits for its answer, which must be good. It answers how
// long that took.
func (c *conn) ask(what call) (time.Duration, error) {
	began := time.Now()
	if _, err := c.net.Write([]byte(what.raw(c.host))); err != nil {
		return 0, err
	}
	answer, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return 0, err
	}
	c.body.Reset()
	if _, err := c.body.ReadFrom(answer.Body); err != nil {
		return 0, err
	}
	took := time.Since(began)
	if answer.StatusCode != http.StatusOK || !bytes.Contains(c.body.Bytes(), []byte(what.good)) {
		return 0, fmt.Errorf("%s %s: %s: %.500s", what.method, what.path, answer.Status, c.body.Bytes())
	}
	return took, nil
}
