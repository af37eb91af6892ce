package traffic

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// What a fault may be counted by (its "per"). Left out means PerTask.
const PerTask = "task" // PerOperation and PerTenant besides

// stageAfter is the stage of a fault that lets the work be done.
const stageAfter = "after"

// Moment is a request at its arrival, as faults look at it.
type Moment struct {
	Vendor, Operation, Kind string

	// Task is the id of the task asked for, "" for none, and Has tells that there is
	// one of that id. The rest of these is that task's, before it is read. Luck is
	// what its own draws hang on: unlike some ids, it does not depend on when the
	// tenant began.
	Task     string
	Has      bool
	TaskName string
	Luck     uint64
	Phase    scenarios.Phase
	State    string
	Age      time.Duration // its own time since it was created

	Since time.Duration // the tenant's time since its beginning
}

// Decision is what faults make of one request.
type Decision struct {
	Latency time.Duration    // how much later the answer is, in the tenant's time
	After   time.Duration    // the part of Latency that passes once the work is done
	Fire    *scenarios.Fault // what the client gets, beside the latency; nil: the vendor's own answer
	Names   []string         // the faults that fired
	Judged  []FaultJudged    // what each fault said, in order
}

// FaultJudged is what one fault said of a request.
type FaultJudged struct {
	Name  string
	Fired bool
	Why   string // a few words
}

// Decide asks all faults of one request. It is to be asked once a request, also
// for one that a fault answers: each fault counts what it selects, whatever others
// do, so that none depends on another. It waits for nobody who waits.
func (f *Faults) Decide(m Moment) Decision {
	rules := f.rules.Load()
	if rules == nil {
		return Decision{}
	}
	d := Decision{Judged: make([]FaultJudged, 0, len(*rules))}
	for _, r := range *rules {
		fired, why := r.decide(&m, &d)
		if fired {
			r.fired.Add(1)
			d.Names = append(d.Names, r.Name)
		}
		d.Judged = append(d.Judged, FaultJudged{Name: r.Name, Fired: fired, Why: why})
	}
	return d
}

// decide says what the fault does to the request, and adds it to the decision.
func (r *fault) decide(m *Moment, d *Decision) (fired bool, why string) {
	if why := r.passesOver(m); why != "" {
		return false, why
	}
	hit, why, luck := r.try(m)
	answers, late := !r.Answer.OnlyLatency(), r.Answer.Latency != nil
	taken := answers && d.Fire != nil
	switch {
	case !taken && r.takeOwed():
		why = "told to fire once"
	case !hit:
		return false, why
	case taken && !late:
		return false, "its turn, but " + d.Fire.Name + " comes first"
	case taken:
		why = "only its latency, since " + d.Fire.Name + " comes first"
	}
	if late {
		more := task.Length(*r.Answer.Latency, task.Draw(luck, "latency"))
		if d.Latency = later(d.Latency, more); r.Stage == stageAfter {
			d.After = later(d.After, more)
		}
	}
	if answers && !taken {
		d.Fire = &r.Fault
	}
	return true, why
}

// passesOver says why vendor, on, task or when do not select the request; "" if
// they do.
func (r *fault) passesOver(m *Moment) string {
	switch {
	case r.Vendor != "" && r.Vendor != m.Vendor:
		return "another vendor"
	case !scenarios.Selects(r.On, m.Vendor, m.Operation, m.Kind):
		return "another operation"
	case r.Task != "" && m.Task == "", r.When != nil && !m.Has:
		return "no task"
	case r.Task != "" && r.Task != m.Task && (!m.Has || r.Task != m.TaskName):
		return "another task"
	case r.When == nil:
		return ""
	case r.When.Phase != "" && r.When.Phase != m.Phase:
		return "another phase: " + string(m.Phase)
	case r.When.State != "" && r.When.State != m.State:
		return "another state: " + m.State
	}
	return ""
}

// try asks windows, count and chance. Why is the reason either way; luck is that
// of the request.
func (r *fault) try(m *Moment) (hit bool, why string, luck uint64) {
	switch {
	case !r.During.Contains(m.Since) && m.Since < r.During.From:
		return false, r.early, r.luck
	case !r.During.Contains(m.Since):
		return false, r.over, r.luck
	case r.Age != nil && !m.Has:
		return false, "no task", r.luck
	case !r.Age.Contains(m.Age) && m.Age < r.Age.From:
		return false, r.young, r.luck
	case !r.Age.Contains(m.Age):
		return false, r.old, r.luck
	}
	r.matched.Add(1)
	if !r.counts {
		return true, "it matches", r.luck
	}
	n, luck := r.count(m)
	if hit, why = r.turn(n); !hit || r.Chance == 0 {
		return hit, why, luck
	}
	drew := scenarios.Chance(below(task.Draw(luck, "chance"), uint64(scenarios.Certain)))
	return drew < r.Chance, r.chance + drew.String(), luck
}

// turn tells whether the fault is for the nth request that it selects.
func (r *fault) turn(n int) (hit bool, why string) {
	var word string
	var of int
	switch {
	case r.Nth > 0:
		hit, word, of = n == r.Nth, "nth", r.Nth
	case r.First > 0:
		hit, word, of = n <= r.First, "first", r.First
	case r.Every > 0:
		hit, word, of = n%r.Every == 0, "every", r.Every
	default:
		return true, "it matches"
	}
	why = word + " " + strconv.Itoa(of) + ", this is " + strconv.Itoa(n)
	if !hit {
		return false, "not its turn: " + why
	}
	return true, "its turn: " + why
}

// count counts the request, and answers the how manieth it is of its kind, from 1,
// and its luck. What it counts by never is what a client made up: a task that does
// not exist counts under its operation.
func (r *fault) count(m *Moment) (n int, luck uint64) {
	var key counted
	switch {
	case r.Per == PerTenant:
	case r.Per == PerOperation || !m.Has:
		key = counted{vendor: m.Vendor, operation: m.Operation}
	default:
		key = counted{vendor: m.Vendor, task: m.Task}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.met[key]
	if t == nil {
		t = &tries{luck: task.Draw(r.luck, key.vendor, key.operation, m.key(key))}
		key.task = strings.Clone(key.task) // it may be a piece of a long request
		r.met[key] = t
	}
	t.n++
	return t.n, task.Draw(t.luck, strconv.Itoa(t.n))
}

// key is what the luck of a task's requests hangs on; "" where they are not
// counted by task.
func (m *Moment) key(by counted) string {
	switch {
	case by.task == "":
		return ""
	case m.Luck == 0:
		return by.task
	}
	return strconv.FormatUint(m.Luck, 16)
}

// takeOwed tells whether the fault was told to fire once more than it has.
func (r *fault) takeOwed() bool {
	for {
		n := r.owed.Load()
		if n == 0 {
			return false
		}
		if r.owed.CompareAndSwap(n, n-1) {
			return true
		}
	}
}

// below maps a draw to 0..n-1, each as likely as the others but for a bias of n in
// 2^64.
func below(draw, n uint64) uint64 {
	hi, _ := bits.Mul64(draw, n)
	return hi
}

// later is the sum of two lengths, at most the longest Duration.
func later(a, b time.Duration) time.Duration {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// texts are what a fault says of its conditions, written once.
type texts struct{ early, over, young, old, chance string }

func textsOf(rule *scenarios.Fault) texts {
	var t texts
	if w := rule.During; w != nil {
		t.early, t.over = "not yet: "+w.String(), "over: "+w.String()
	}
	if w := rule.Age; w != nil {
		t.young, t.old = "the task is too young: "+w.String(), "the task is too old: "+w.String()
	}
	t.chance = "chance " + rule.Chance.String() + ": drew "
	return t
}
