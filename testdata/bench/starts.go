package main

import (
	"fmt"
	"os"
	"time"
)

// starts measures the time from exec to the first good answer and until all five
// vendors have given one, and what the process takes while nobody asks.
func (o options) starts(t *table) error {
	tell("starts:")
	var first, all, fresh, idle series
	for n := range o.cold {
		if err := o.startOnce(n, &first, &all, &fresh, &idle); err != nil {
			return err
		}
	}
	binary, err := os.Stat(o.binary)
	if err != nil {
		return err
	}
	size := float64(binary.Size())
	t.begin("start and size", "median (least to greatest)", "bar")
	t.row("exec to the first 200, any vendor", first.spread("%.1f")+" ms", "reported")
	t.row("exec until all five vendors have answered 200", all.spread("%.1f")+" ms", atMost(all.median(), 40, "40 ms"))
	t.row("resident when it listens", fresh.spread("%.1f")+" MB", atMost(fresh.median(), 30, "30 MB"))
	t.row("resident after all five have answered, idle", idle.spread("%.1f")+" MB", atMost(idle.median(), 30, "30 MB"))
	t.row("binary, stripped", megabytes(size), atMost(size, 30*mb, "30 MB"))
	return nil
}

// settle is how long a process is left alone before it counts as idle. A process
// that is left alone longer only gives memory back.
const settle = 500 * time.Millisecond

// startOnce starts the server as `make run` does, with the scenario happy. Each
// vendor is the first one in turn.
func (o options) startOnce(n int, first, all, fresh, idle *series) error {
	p, err := o.vendorsim()
	if err != nil {
		return err
	}
	defer p.stop()
	listening, _, err := p.memory()
	if err != nil {
		return err
	}
	for i := range calls {
		c := calls[(n+i)%len(calls)]
		c.good = "" // of happy, tasks wait and run
		if _, _, err := c.answer(p.host); err != nil {
			return fmt.Errorf("start %d: %w", n+1, err)
		}
		if i == 0 {
			*first = append(*first, milliseconds(time.Since(p.began)))
		}
	}
	*all = append(*all, milliseconds(time.Since(p.began)))
	time.Sleep(settle)
	resident, _, err := p.memory()
	*fresh, *idle = append(*fresh, listening/mb), append(*idle, resident/mb)
	return err
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// checkGenerator holds our open loop against wrk where both can measure: the
// plain handler with one request at a time, which wrk's single connection makes of
// itself, and the open loop by sending half as many. The two medians should be
// about the same; ours has the way from the kernel's timer to the sending in it.
func (o options) checkGenerator(t *table) error {
	c := callOf(o.vendors[0])
	p, err := o.pair(c)
	if err != nil {
		return err
	}
	defer p.stop()
	var theirs, ours series
	for range o.rounds {
		r, err := load{call: c, host: p.plain.host, seconds: 1, conns: 1}.run(o.dir)
		if err != nil {
			return err
		}
		got, err := openLoop{call: c, host: p.plain.host, rate: r.rate() / 2, seconds: 1}.run()
		if err != nil {
			return err
		}
		theirs, ours = append(theirs, microseconds(r.p50)), append(ours, microseconds(got.percentile(50)))
	}
	t.remark("The open loop's own check, the plain handler asked one thing at a time: p50 by wrk on one connection %s us, by the open loop at half of that rate %s us.",
		theirs.spread("%.0f"), ours.spread("%.0f"))
	return nil
}

func microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
