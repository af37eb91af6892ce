// Package tenant turns the credential that a client sends anyway into its
// isolated world: a clock, a seed, tasks, rate limits of its own. It must not
// know how a vendor reads a credential or words an answer.
package tenant

import (
	"fmt"
	"hash/fnv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vendorsim/vendorsim/fixtures"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
)

// Tenant is an isolated customer of all vendors. Safe for concurrent use.
type Tenant struct {
	*World
	Name     string
	Seed     int64
	Clock    *clock.Clock
	Limits   *traffic.Limiter
	Answers  *traffic.Answers
	Fixtures *fixtures.Data

	// Notes are what vendors keep beside tasks, by vendor and key.
	Notes Notes
	// Issued counts the tokens that the tenant was given: two are never alike.
	Issued atomic.Int64
	// Tracked counts the tracking ids that the tenant has had.
	Tracked atomic.Int64
	// Alone is held by a call that looks before it acts.
	Alone sync.Mutex

	tasks  map[string]*Tasks
	tokens tokens
	used   atomic.Int64 // real Unix nanoseconds of the last request
}

func newTenant(name string, w *World, src clock.Source, answers *traffic.Budget) *Tenant {
	s := w.Scenario
	t := &Tenant{
		World: w, Name: name, Seed: s.Seed,
		Clock:    clock.New(src, s.Clock.Mode, s.Clock.Start),
		Limits:   traffic.NewLimiter(w.limitsFor(s.Clock.Mode)),
		Answers:  traffic.NewAnswers(answers),
		Fixtures: fixtures.New(s.Seed, w.Own),
		tasks:    map[string]*Tasks{},
	}
	for vendor, set := range w.sets {
		t.tasks[vendor] = newTasks(set, t.Seed, t.Clock)
		t.tasks[vendor].jumped = t.Wake
	}
	return t
}

// Wake is for whoever moves the tenant's clock or changes how it runs: what has
// come due is told to those who listen. A clock that runs wakes them by itself.
func (t *Tenant) Wake() {
	for _, tasks := range t.tasks {
		tasks.wake()
	}
}

// silence ends all listening, for good.
func (t *Tenant) silence() {
	for _, tasks := range t.tasks {
		tasks.silence()
	}
}

// Tasks are the tenant's tasks at a vendor that its scenario is for.
func (t *Tenant) Tasks(vendor string) *Tasks { return t.tasks[vendor] }

func (t *Tenant) touch(real time.Time)              { t.used.Store(real.UnixNano()) }
func (t *Tenant) idle(real time.Time) time.Duration { return real.Sub(time.Unix(0, t.used.Load())) }

// Demo is the tenant that runs the served scenario.
const Demo = "demo"

// Wrong is the literal that every vendor refuses, as a secret or, where there is
// no secret, as the credential.
const Wrong = "wrong"

// maxLabel is how long a tenant's label may be, in bytes.
const maxLabel = 64

// splitName reads a tenant's name: demo, a scenario, or scenario~label.
func splitName(name string) (scenario string, ok bool) {
	scenario, label, labelled := strings.Cut(name, "~")
	if scenario == "" || scenario == Wrong || labelled && !validLabel(label) {
		return "", false
	}
	return scenario, !labelled || scenario != Demo
}

func validLabel(label string) bool {
	if label == "" || len(label) > maxLabel {
		return false
	}
	for _, c := range []byte(label) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && c != '.' && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

// Redact stands for a refused credential wherever one would be printed: its
// length and four hex digits of its hash. Somebody will send a real key by
// mistake.
func Redact(credential string) string {
	h := fnv.New32a()
	h.Write([]byte(credential))
	return fmt.Sprintf("%d bytes, hash %04x", len(credential), h.Sum32()&0xffff)
}
