package simulators

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
)

// Checked is what Check found out about one scenario.
type Checked struct {
	Name     string // the file, or the scenario's name
	Problems scenarios.Problems
	Answers  int // how many answers were rendered and held to their contract
}

// Check reads scenario files (or takes scenarios by name) and renders every
// state of each, as every vendor and in both profiles, against the contracts.
// The files may extend one another and those of dir, if one is given. Its error
// is not about a scenario.
func Check(args []string, dir string) ([]Checked, error) {
	vendors, err := loadVendors()
	if err != nil {
		return nil, err
	}
	library, known := scenarios.Shipped(), known(vendors)
	if dir != "" {
		if err := library.AddDir(dir); err != nil {
			return nil, err
		}
	}
	out := make([]Checked, len(args))
	names := make([]string, len(args))
	for i, arg := range args {
		out[i].Name = arg
		if names[i], out[i].Problems, err = named(library, arg); err != nil {
			return nil, err
		}
	}
	for i, name := range names {
		if name == "" {
			continue
		}
		s, problems := library.Load(name, known, nil)
		out[i].Problems = problems
		if problems.Err() != nil {
			continue
		}
		answers, broken := render(s, vendors)
		out[i].Answers, out[i].Problems = answers, append(problems, broken...)
	}
	return out, nil
}

// named is the name of the scenario that an argument means: a scenario's name,
// or a file, which joins the library.
func named(library *scenarios.Library, arg string) (string, scenarios.Problems, error) {
	if library.Has(arg) {
		return arg, nil, nil
	}
	name, err := library.AddFile(arg)
	var problems scenarios.Problems
	switch {
	case errors.As(err, &problems):
		return "", problems, nil
	case errors.Is(err, fs.ErrNotExist):
		return "", nil, fmt.Errorf("%q is no file and no scenario; there are: %s", arg, strings.Join(library.Names(), ", "))
	}
	return name, nil, err
}

// renderer asks for tasks in every state and notes the answers that break
// their contract.
type renderer struct {
	vendor   *vendor
	handler  http.Handler
	tenant   *tenant.Tenant
	last     traffic.Entry // what the log said of the last request
	answers  int
	problems scenarios.Problems
}

// The two tenants of a check: the scenario's own tasks, and a task of each
// lifecycle with and without subtasks.
const (
	asWritten = "as-written"
	allStates = "all-states"
)

// render renders every state of a scenario in every dialect and profile; where
// the scenario chooses a vendor's profile, only in that.
func render(s *scenarios.Scenario, vendors []*vendor) (answers int, problems scenarios.Problems) {
	for _, profile := range []string{sim.Documented, sim.Observed} {
		worlds := map[string]*tenant.World{}
		for name, tasks := range map[string][]scenarios.Task{asWritten: s.Tasks, allStates: taskOfEachLifecycle(s)} {
			worlds[name] = tenant.NewWorld(stilled(s, tasks, profile), tenantVendors(vendors), nil)
		}
		registry := tenant.NewRegistry(asWritten, len(worlds), func(name string) (*tenant.World, error) {
			return worlds[name], nil
		}, clock.System(), slog.New(slog.DiscardHandler))
		env := sim.Env{Tenants: registry, Source: clock.System(), Logger: slog.New(slog.DiscardHandler), Contract: sim.Enforce}
		for _, v := range vendors {
			if !slices.Contains(s.Vendors, v.Name) || cmp.Or(s.Profiles[v.Name], profile) != profile {
				continue
			}
			for _, name := range []string{asWritten, allStates} {
				n, found := renderTenant(v, env, name)
				answers += n
				problems = append(problems, found...)
			}
		}
	}
	return answers, problems
}

// stilled is the scenario with other tasks, on a clock that stands still and
// without limits: a check forces states, it does not wait for them.
func stilled(s *scenarios.Scenario, tasks []scenarios.Task, profile string) *scenarios.Scenario {
	c := *s
	c.Tasks, c.Limits = tasks, []scenarios.Limit{}
	c.Faults, c.Auth, c.Surprises = nil, nil, nil // what they do to an answer, no contract has
	c.Clock.Mode = scenarios.ClockMode{Kind: scenarios.Frozen, Speed: 1}
	c.Profiles = map[string]string{}
	for _, v := range s.Vendors {
		c.Profiles[v] = profile
	}
	return &c
}

func taskOfEachLifecycle(s *scenarios.Scenario) []scenarios.Task {
	var tasks []scenarios.Task
	for name := range s.Lifecycles {
		tasks = append(tasks,
			scenarios.Task{Name: "check " + name, Lifecycle: name, Count: 1},
			scenarios.Task{Name: "check parts of " + name, Lifecycle: name, Count: 1, Subtasks: &scenarios.Subtasks{Count: 2}})
	}
	return tasks
}

func tenantVendors(vendors []*vendor) []tenant.Vendor {
	out := make([]tenant.Vendor, len(vendors))
	for i, v := range vendors {
		out[i] = v.Tenants(v.spec)
	}
	return out
}

func renderTenant(v *vendor, env sim.Env, name string) (int, scenarios.Problems) {
	r := &renderer{vendor: v}
	env.Log = func(e traffic.Entry) { r.last = e }
	h, err := sim.Handler(v.Vendor, v.spec, env)
	if err != nil {
		return 0, asProblems(err)
	}
	t, err := env.Tenants.Accept(tenant.Credential{Name: name}, v.Name)
	if err != nil {
		return 0, asProblems(err)
	}
	r.handler, r.tenant = h, t
	tasks := t.Tasks(v.Name)
	for ref := range tasks.All() {
		if ref.Index() > 0 { // tasks by count are all alike
			continue
		}
		r.task(tasks, ref)
	}
	return r.answers, r.problems
}

// task shows a task in each state of its lifecycle; with subtasks, also with
// the first subtask one state further than the others.
func (r *renderer) task(tasks *tenant.Tasks, ref tenant.Ref) {
	spec := tasks.Spec(ref)
	lifecycle := r.tenant.Scenario().Lifecycles[r.tenant.Scenario().LifecycleOf(*spec)]
	for i := range lifecycle {
		r.show(tasks, ref, spec, &lifecycle[i], task.Whole)
		if spec.Subtasks != nil {
			next := &lifecycle[(i+1)%len(lifecycle)]
			r.show(tasks, ref, spec, next, 0)
		}
	}
}

func (r *renderer) show(tasks *tenant.Tasks, ref tenant.Ref, spec *scenarios.Task, state *scenarios.State, sub int) {
	if err := tasks.Force(ref, r.tenant.Clock.Now(), sub, state.Name); err != nil {
		r.problems = append(r.problems, scenarios.Problem{At: state.At, Text: err.Error()})
		return
	}
	id := tasks.ID(ref)
	for _, o := range r.vendor.spec.Operations {
		for _, leaf := range o.Leaves() {
			if leaf.Kind == "poll" {
				r.poll(leaf, id, spec, state)
			}
		}
	}
}

func (r *renderer) poll(o *openapi.Operation, id string, spec *scenarios.Task, state *scenarios.State) {
	request, err := r.request(o, id)
	if err != nil {
		r.problems = append(r.problems, asProblems(err)...)
		return
	}
	w := &recorder{header: http.Header{}}
	r.handler.ServeHTTP(w, request)
	r.answers++
	if w.status/100 == 2 && (o.Task == "" || r.last.Task == id) {
		return // an answer, and of the task: JSON-RPC says with 200 that there is none
	}
	at := state.At
	if len(spec.Set) > 0 && spec.At.Line > 0 {
		at = spec.At
	}
	r.problems = append(r.problems, scenarios.Problem{At: at, Text: fmt.Sprintf("state %q of task %s at %s: %s",
		state.Name, id, request.URL.Path, bytes.TrimSpace(w.body.Bytes()))})
}

// request is a good request of the tenant's for an operation.
func (r *renderer) request(o *openapi.Operation, id string) (*http.Request, error) {
	e, err := o.Example(o.Routes[0], id)
	if err != nil {
		return nil, err
	}
	request, err := exampleRequest("http://vendorsim.invalid", e)
	if err != nil {
		return nil, err
	}
	r.vendor.Login(request.Header, o.Routes[0].Base, r.tenant.Name)
	return request, nil
}

// exampleRequest is the HTTP request of an example, below a base URL.
func exampleRequest(base string, e openapi.Example) (*http.Request, error) {
	var body bytes.Buffer
	if e.Body != nil {
		if err := json.NewEncoder(&body).Encode(e.Body); err != nil {
			return nil, err
		}
	}
	body.WriteString(e.Form.Encode())
	target := base + e.Path
	if len(e.Query) > 0 {
		target += "?" + e.Query.Encode()
	}
	request, err := http.NewRequest(e.Method, target, &body)
	if err != nil {
		return nil, err
	}
	for name, values := range e.Header {
		request.Header[http.CanonicalHeaderKey(name)] = values
	}
	return request, nil
}

// recorder is a ResponseWriter that keeps what is written.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header { return w.header }

func (w *recorder) WriteHeader(status int) { w.status = status }

func (w *recorder) Write(b []byte) (int, error) { return w.body.Write(b) }

// asProblems are the problems that an error carries, or the error as one.
func asProblems(err error) scenarios.Problems {
	if problems, ok := err.(scenarios.Problems); ok {
		return problems
	}
	return scenarios.Problems{{Text: err.Error()}}
}
