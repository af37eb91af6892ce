package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// bench is the first table: what a request costs beside a plain handler, and
// what a start costs.
func (o options) bench(t *table) error {
	var all []*vendorFigures
	for _, vendor := range o.vendors {
		tell("%s:", vendor)
		f, err := o.measure(callOf(vendor))
		if err != nil {
			return fmt.Errorf("%s: %w", vendor, err)
		}
		all = append(all, f)
	}
	t.begin("server CPU a request", "vendorsim", "plain net/http", "ratio", "bar")
	for _, f := range all {
		ratio, bar, written := f.cpu.over(f.plainCPU), 1.6, "1.6"
		if f.vendor == "sailpoint" {
			bar, written = 1.35, "1.35"
		}
		t.row(f.vendor, f.cpu.spread("%.1f")+" us", f.plainCPU.spread("%.1f")+" us", ratio.spread("%.2f"), atMost(ratio.median(), bar, written))
	}
	t.begin("requests/s, 32 connections", "vendorsim", "plain net/http", "ratio", "bar")
	for _, f := range all {
		t.row(f.vendor, count(f.rate.median()), count(f.plainRate.median()), f.rate.over(f.plainRate).spread("%.2f"), "reported")
	}
	t.begin("p99, open loop at half of the plain handler's greatest rate", "vendorsim", "plain net/http", "ratio", "bar")
	for _, f := range all {
		ratio := f.p99.over(f.plainP99)
		t.row(fmt.Sprintf("%s, %s requests/s", f.vendor, count(f.half)), f.p99.spread("%.0f")+" us", f.plainP99.spread("%.0f")+" us",
			ratio.spread("%.2f"), atMost(ratio.median(), 1.5, "1.5"))
	}
	t.begin("allocations a request", "vendorsim", "net/http", "net/http and mux", "beyond both", "bar")
	for _, f := range all {
		beyond := f.mallocs - f.muxMallocs
		t.row(f.vendor, fmt.Sprintf("%.1f", f.mallocs), fmt.Sprintf("%.1f", f.plainMallocs), fmt.Sprintf("%.1f", f.muxMallocs), fmt.Sprintf("%.1f", beyond), atMost(beyond, 12, "12"))
	}
	if err := o.starts(t); err != nil {
		return err
	}
	return o.checkGenerator(t)
}

// vendorFigures are what is measured of one vendor: a value a round.
type vendorFigures struct {
	vendor                            string
	cpu, plainCPU                     series // microseconds a request
	rate, plainRate                   series // requests a second
	p99, plainP99                     series // microseconds
	half                              float64
	mallocs, plainMallocs, muxMallocs float64
}

// pair are vendorsim and the plain handler of the same bytes.
type pair struct{ ours, plain *process }

func (p pair) stop() {
	p.ours.stop()
	p.plain.stop()
}

// sides are both, the one that goes first in a round taking turns.
func (p pair) sides(round int) []*process {
	if round%2 == 0 {
		return []*process{p.ours, p.plain}
	}
	return []*process{p.plain, p.ours}
}

func (o options) pair(c call) (pair, error) {
	ours, err := o.vendorsim("--scenario", "bench")
	if err != nil {
		return pair{}, err
	}
	plain, err := o.plain(c, ours, "")
	if err != nil {
		ours.stop()
		return pair{}, err
	}
	return pair{ours, plain}, nil
}

// plain starts the plain handler with the bytes that a server answers.
func (o options) plain(c call, of *process, routes string) (*process, error) {
	body, media, err := c.answer(of.host)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(o.dir, c.vendor+".json")
	if err := os.WriteFile(file, body, 0o600); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return start(self, "-static", "-body", file, "-type", media, "-routes", routes)
}

// warmUp is how long each side is loaded, every body looked at, before anything
// counts.
const warmUp = 2

func (o options) measure(c call) (*vendorFigures, error) {
	p, err := o.pair(c)
	if err != nil {
		return nil, err
	}
	defer p.stop()
	f := &vendorFigures{vendor: c.vendor}
	for _, side := range p.sides(0) {
		if _, err := (load{call: c, host: side.host, seconds: warmUp, strict: true}).run(o.dir); err != nil {
			return nil, err
		}
	}
	received := 0.0
	for round := range o.rounds {
		for _, side := range p.sides(round) {
			cpu, r, err := side.loaded(load{call: c, host: side.host, seconds: o.seconds}, o.dir)
			if err != nil {
				return nil, err
			}
			if side == p.ours {
				f.cpu, f.rate = append(f.cpu, cpu), append(f.rate, r.rate())
				received += r.requests
				continue
			}
			f.plainCPU, f.plainRate = append(f.plainCPU, cpu), append(f.plainRate, r.rate())
		}
	}
	tell("  CPU a request %s us, plain %s us", f.cpu.spread("%.1f"), f.plainCPU.spread("%.1f"))
	greatest := f.plainRate.sorted()[o.rounds-1]
	f.half = float64(int(greatest/2/100) * 100)
	if err := o.pace(c, p, f); err != nil {
		return nil, err
	}
	if err := p.ours.allGood(received); err != nil {
		return nil, err
	}
	if err := p.ours.noneRefused(); err != nil {
		return nil, err
	}
	return f, o.allocations(c, p, f)
}

// loaded is the server's CPU a request under a load, in microseconds.
func (p *process) loaded(l load, dir string) (float64, result, error) {
	before, err := p.cpu()
	if err != nil {
		return 0, result{}, err
	}
	r, err := l.run(dir)
	if err != nil {
		return 0, result{}, err
	}
	after, err := p.cpu()
	return float64((after-before)/time.Microsecond) / r.requests, r, err
}

// pace measures p99 in an open loop at half of the plain handler's greatest
// rate.
func (o options) pace(c call, p pair, f *vendorFigures) error {
	for round := range o.rounds {
		for _, side := range p.sides(round) {
			got, err := openLoop{call: c, host: side.host, rate: f.half, seconds: o.seconds}.run()
			if err != nil {
				return err
			}
			p99 := float64(got.percentile(99)) / float64(time.Microsecond)
			if side == p.ours {
				f.p99 = append(f.p99, p99)
			} else {
				f.plainP99 = append(f.plainP99, p99)
			}
		}
	}
	tell("  p99 at %s requests/s %s us, plain %s us", count(f.half), f.p99.spread("%.0f"), f.plainP99.spread("%.0f"))
	return nil
}

// allocations counts what the processes allocate a request: vendorsim as it
// ships, by its own /metrics, and the plain handler with and without mux in
// front of it, with as many routes as the vendor has.
func (o options) allocations(c call, p pair, f *vendorFigures) error {
	count := func(host string, mallocs func() (float64, error)) (float64, error) {
		first, err := mallocs()
		if err != nil {
			return 0, err
		}
		before, err := mallocs() // what telling it takes is not the requests'
		if err != nil {
			return 0, err
		}
		r, err := load{call: c, host: host, seconds: o.seconds}.run(o.dir)
		if err != nil {
			return 0, err
		}
		after, err := mallocs()
		return (after - before - (before - first)) / r.requests, err
	}
	var err error
	f.mallocs, err = count(p.ours.host, func() (float64, error) {
		c, err := p.ours.counts()
		return c.mallocs, err
	})
	if err != nil {
		return err
	}
	routes, err := o.routes(c.vendor)
	if err != nil {
		return err
	}
	for _, at := range []struct {
		routes string
		into   *float64
	}{{noRoutes, &f.plainMallocs}, {routes, &f.muxMallocs}} {
		if err := o.countPlain(c, p, at.routes, at.into, count); err != nil {
			return err
		}
	}
	tell("  allocations a request %.1f, net/http %.1f, with mux %.1f", f.mallocs, f.plainMallocs, f.muxMallocs)
	return nil
}

func (o options) countPlain(c call, p pair, routes string, into *float64, count func(string, func() (float64, error)) (float64, error)) error {
	plain, err := o.plain(c, p.ours, routes)
	if err != nil {
		return err
	}
	defer plain.stop()
	*into, err = count(plain.host, func() (n float64, err error) {
		text, err := get("http://" + plain.host + mallocsPath)
		if err == nil {
			_, err = fmt.Sscan(string(text), &n)
		}
		return n, err
	})
	return err
}

// routes is a file with the vendor's routes, as the binary lists them.
func (o options) routes(vendor string) (string, error) {
	out, err := exec.Command(o.binary, "list", "operations").Output()
	if err != nil {
		return "", err
	}
	var lines []string
	for line := range strings.Lines(string(out)) {
		if fields := strings.Fields(line); len(fields) == 5 && fields[0] == vendor {
			lines = append(lines, fields[3]+" /"+vendor+fields[4])
		}
	}
	if len(lines) == 0 {
		return "", fmt.Errorf("vendorsim lists no operations of %s", vendor)
	}
	file := filepath.Join(o.dir, vendor+".routes")
	return file, os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600)
}
