package simulators

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// Clients poll while somebody moves the clock, forces the task, writes to it, lets
// faults come and go and replaces the scenario. Each answer must be what a second
// server, which keeps no answer, tells before or after the change that went on
// meanwhile. Run with -race.
func TestKeptAnswersAreFreshWhileAllMoves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scenario := rapid.SampledFrom([]string{"happy", "fails", "flapping", "partial", "stuck"}).Draw(t, "scenario")
		mode := rapid.SampledFrom([]string{"real", "x60", "frozen"}).Draw(t, "clock")
		keeping, forgetting := unlimited(t, scenario, mode), unlimited(t, scenario, mode)
		defer keeping.Close()
		defer forgetting.Close()
		v := rapid.SampledFrom(keeping.vendors).Draw(t, "vendor")
		changes := rapid.SliceOfN(rapid.SampledFrom(worldChanges), 5, 15).Draw(t, "changes")

		keeping.demo(v) // both tenants begin now
		truth := []string{forgetting.tell(t, v, 0)}
		var steps atomic.Int64 // 2n: n changes are done; 2n+1: one more is going on
		readers := pollAll(keeping, v, &steps)
		for i, change := range changes {
			for readers.told.Load() < int64(8*i) { // let them ask in between
				readers.wait()
			}
			steps.Add(1)
			for _, w := range []twin{keeping, forgetting} {
				if err := change(w, v, i); err != nil {
					t.Fatal(err)
				}
			}
			truth = append(truth, forgetting.tell(t, v, 0))
			steps.Add(1)
		}
		for _, a := range readers.stop() {
			if (a.to+1)/2-a.from/2 > 1 {
				continue // of several changes it may have met some: its instant is that of its arrival
			}
			fits := false
			for n := a.from / 2; n <= (a.to+1)/2; n++ {
				fits = fits || truth[n] == a.text
			}
			if !fits {
				t.Fatalf("between steps %d and %d:\n%s\nbut what was true is\n%s", a.from, a.to, a.text, strings.Join(truth[a.from/2:(a.to+1)/2+1], "\n--\n"))
			}
		}
	})
}

// worldChanges are what may change an answer. Each does the same to both servers.
var worldChanges = []func(w twin, v *vendor, n int) error{
	func(w twin, _ *vendor, _ int) error { return w.source.Advance(400 * time.Millisecond) },
	func(w twin, _ *vendor, _ int) error { return w.source.Advance(3 * time.Second) },
	func(w twin, v *vendor, _ int) error {
		clock := w.demo(v).Clock
		return clock.Advance(clock.Now().Add(2 * time.Second))
	},
	func(w twin, v *vendor, _ int) error {
		w.demo(v).Clock.SetMode(scenarios.ClockMode{Kind: scenarios.Frozen})
		return nil
	},
	func(w twin, v *vendor, _ int) error {
		w.demo(v).Clock.SetMode(scenarios.ClockMode{Kind: scenarios.Real})
		return nil
	},
	func(w twin, v *vendor, n int) error {
		return w.onTask(v, func(tasks *tenant.Tasks, ref tenant.Ref, now time.Time) {
			_ = tasks.Force(ref, now, task.Whole, []string{"failed", "running", "pending"}[n%3]) // not every lifecycle has each
		})
	},
	func(w twin, v *vendor, n int) error {
		return w.onTask(v, func(tasks *tenant.Tasks, ref tenant.Ref, _ time.Time) {
			if v.Name == "sailpoint" { // whose clients can write to tasks
				tasks.Write(ref, map[string]any{"description": fmt.Sprint("written ", n)})
			}
		})
	},
	func(w twin, v *vendor, _ int) error {
		faults := w.demo(v).Faults()
		if faults.Remove("down") {
			return nil
		}
		return faults.Add(scenarios.Fault{Name: "down", On: "poll", Answer: scenarios.Answer{Kind: "unavailable"}})
	},
	func(w twin, v *vendor, n int) error {
		world, err := w.catalog.world([]string{"slow", "happy", "stuck"}[n%3])
		if err == nil { // what its answers look like changes too
			world, err = w.catalog.profiled(world, map[string]string{v.Name: []string{tenant.Documented, tenant.Observed}[n%2]})
		}
		if err == nil {
			d := w.demo(v)
			d.Replace(world, d.Clock.Now())
		}
		return err
	},
}

func unlimited(t *rapid.T, scenario, mode string) twin {
	source := clock.NewManual(start)
	s, err := New(Options{Scenario: scenario, Clock: mode, Limits: "off", source: source})
	if err != nil {
		t.Fatal(err)
	}
	return twin{s, source}
}

func (w twin) demo(v *vendor) *tenant.Tenant {
	d, err := w.tenants.Accept(tenant.Credential{Name: tenant.Demo}, v.Name)
	if err != nil {
		panic(err) // demo is there for every vendor
	}
	return d
}

// onTask does something with the task that the vendor's example asks for.
func (w twin) onTask(v *vendor, do func(*tenant.Tasks, tenant.Ref, time.Time)) error {
	d := w.demo(v)
	tasks := d.Tasks(v.Name)
	for ref := range tasks.All() {
		do(tasks, ref, d.Clock.Now())
		return nil
	}
	return fmt.Errorf("%s has no tasks", v.Name)
}

// tell asks for the task anew and answers what is told of it.
func (w twin) tell(t *rapid.T, v *vendor, n int64) string {
	w.demo(v).Answers.Drop() // for good
	r, err := poll(v, n)
	if err != nil {
		t.Fatal(err)
	}
	return w.ask(r, n)
}

// poll is the vendor's example of a poll, which calls itself n.
func poll(v *vendor, n int64) (*http.Request, error) {
	o := v.spec.Demo()
	e, err := o.Example(o.Routes[0], "")
	if err != nil {
		return nil, err
	}
	if body, ok := e.Body.(map[string]any); ok && v.Echo.Member == "id" {
		body["id"] = pollName(n)
	}
	r, err := exampleRequest("http://127.0.0.1:7800/"+v.Name, e)
	if err != nil {
		return nil, err
	}
	if v.Echo.Header != "" {
		r.Header.Set(v.Echo.Header, pollName(n))
	}
	v.Login(r.Header, e.Base, tenant.Demo)
	return r, nil
}

func pollName(n int64) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// ask is the answer to a poll, without the poll's own name. Of a refusal it is the
// status: others of its words may count.
func (w twin) ask(r *http.Request, n int64) string {
	got := httptest.NewRecorder()
	w.ServeHTTP(got, r)
	if got.Code != http.StatusOK {
		return fmt.Sprint(got.Code)
	}
	return strings.ReplaceAll(show(got), pollName(n), "NAME")
}

// polls are clients that poll until they are stopped.
type polls struct {
	told    atomic.Int64
	over    atomic.Bool
	wg      sync.WaitGroup
	mu      sync.Mutex
	more    *sync.Cond
	answers []polled
}

// polled is an answer, and the steps between which it was asked for and came.
type polled struct {
	from, to int64
	text     string
}

func pollAll(w twin, v *vendor, steps *atomic.Int64) *polls {
	p := &polls{}
	p.more = sync.NewCond(&p.mu)
	for range 3 {
		p.wg.Go(func() {
			for !p.over.Load() {
				n := p.told.Add(1)
				r, err := poll(v, n)
				a := polled{from: steps.Load()}
				if err == nil {
					a.text = w.ask(r, n)
				}
				a.to = steps.Load()
				p.mu.Lock()
				p.answers = append(p.answers, a)
				p.more.Broadcast()
				p.mu.Unlock()
			}
		})
	}
	return p
}

// wait waits for another answer.
func (p *polls) wait() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for n := len(p.answers); len(p.answers) == n; {
		p.more.Wait()
	}
}

func (p *polls) stop() []polled {
	p.over.Store(true)
	p.wg.Wait()
	return p.answers
}
