package simulators

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/plan"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

func planText(t *testing.T, arg string, o PlanOptions) (string, scenarios.Problems) {
	t.Helper()
	var out bytes.Buffer
	problems, err := Plan(&out, arg, o)
	if err != nil || problems.Err() != nil {
		t.Fatal(err, problems)
	}
	return out.String(), problems
}

// The golden texts: "go test -update ./simulators" writes them anew, for a
// person to read before they are committed.
func TestPlanText(t *testing.T) {
	sailpoint := PlanOptions{Set: []string{"vendors=[sailpoint]"}}
	frozen := PlanOptions{Set: []string{"vendors=[sailpoint]", "seed=7"}, Clock: "frozen", Profiles: []string{"observed"}}
	for _, tt := range []struct {
		golden, arg string
		o           PlanOptions
	}{
		{"happy", "happy", PlanOptions{}},
		{"partial", "partial", PlanOptions{}},
		{"polls", "polls", sailpoint},
		{"flapping", "flapping", sailpoint},
		{"big", "big", PlanOptions{}},
		{"stuck-frozen", "stuck", frozen},
		{"retries", "testdata/plan/retries.yaml", PlanOptions{}},
		{"stormy", "testdata/plan/stormy.yaml", PlanOptions{}},
	} {
		t.Run(tt.golden, func(t *testing.T) {
			got, _ := planText(t, tt.arg, tt.o)
			for line := range strings.Lines(got) {
				if line = strings.TrimSuffix(line, "\n"); utf8.RuneCountInString(line) > plan.Width || strings.TrimRight(line, " ") != line {
					t.Errorf("not fit for a terminal: %q", line)
				}
			}
			file := filepath.Join("testdata", "plan", tt.golden+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s is:\n%s", file, got)
			}
		})
	}
}

// The JSON says the same: what a continuous build would read.
func TestPlanJSON(t *testing.T) {
	text, problems := planText(t, "testdata/plan/retries.yaml", PlanOptions{JSON: true})
	var d planDoc
	var as map[string]any
	if err := json.Unmarshal([]byte(text), &as); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"name", "seed", "clock", "start", "limits", "limits_from", "faults", "surprises", "lifecycles", "tasks", "left_out", "created", "warnings"} {
		if _, have := as[key]; !have {
			t.Errorf("no %q in %v", key, as)
		}
	}
	if len(problems) != 1 || len(d.Warnings) != 1 || d.Warnings[0] != problems[0].String() {
		t.Errorf("warnings %v, problems %v", d.Warnings, problems)
	}
	// Of job, by hand: d = 0.9 + 0.08 * 3/4 d, and the same for the others.
	ends := d.Lifecycles[0].Ends
	for i, want := range []plan.End{
		{State: "done", Phase: "succeeded", Chance: 0.9 / 0.94},
		{State: "given-up", Phase: "failed", Chance: 0.02 / 0.94},
		{State: "hung", Phase: "running", Never: true, Chance: 0.02 / 0.94},
	} {
		if got := ends[i]; got.State != want.State || got.Phase != want.Phase || got.Never != want.Never || got.Chance < want.Chance-1e-12 || got.Chance > want.Chance+1e-12 {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}

// Without anything, lists are [], never null.
func TestPlanJSONOfNothing(t *testing.T) {
	text, _ := planText(t, "happy", PlanOptions{JSON: true, Set: []string{"tasks=[]", "limits=[]"}})
	for _, want := range []string{`"tasks": []`, `"limits": []`, `"faults": []`, `"surprises": []`, `"created": []`, `"warnings": []`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	plain, _ := planText(t, "happy", PlanOptions{Set: []string{"tasks=[]", "limits=[]"}})
	if !strings.Contains(plain, "\ntasks: none\n") || !strings.Contains(plain, "  limits    none\n") {
		t.Error(plain)
	}
}

func TestPlanOptions(t *testing.T) {
	one, _ := planText(t, "partial", PlanOptions{})
	seed := int64(2)
	two, _ := planText(t, "partial", PlanOptions{Seed: &seed})
	set, _ := planText(t, "partial", PlanOptions{Set: []string{"seed=2"}})
	if one == two || two != set {
		t.Error("--seed 2 is not what seed: 2 is")
	}
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte("version: 1\n"+text), 0o644); err != nil {
			t.Fatal(err)
		}
		return file
	}
	write("mine.yaml", "name: mine\nextends: happy\ntasks: [{count: 1000000}]")
	mine, _ := planText(t, "mine", PlanOptions{ScenariosDir: dir})
	if !strings.Contains(mine, "of the first 10,000: 10,000 succeeded") || !strings.Contains(mine, " more tasks are not shown; --all shows them") {
		t.Error(mine)
	}

	all, _ := planText(t, "mine", PlanOptions{ScenariosDir: dir, All: true, Set: []string{"tasks[0].count=10000", "vendors=[sailpoint]"}})
	if n := strings.Count(all, "    #"); n != 10_000 || strings.Contains(all, "not shown") {
		t.Errorf("%d tasks of 10,000 with All", n)
	}

	broken := write("broken.yaml", "name: broken\nlifecycles: {a: {pending: {after: 1s, to: nowhere}}}")
	var out bytes.Buffer
	if problems, err := Plan(&out, broken, PlanOptions{}); err != nil || len(problems.Errors()) == 0 || !strings.Contains(problems.Error(), "nowhere") || out.Len() > 0 {
		t.Errorf("%v %v %s", problems, err, out.String())
	}
	if problems, err := Plan(&out, write("unnamed.yaml", "seed: 1"), PlanOptions{}); err != nil || len(problems.Errors()) != 1 {
		t.Errorf("%v %v", problems, err)
	}
	for name, o := range map[string]PlanOptions{
		"nosuch": {},
		"happy":  {Clock: "fast"},
		"slow":   {Profiles: []string{"imagined"}},
		"stuck":  {ScenariosDir: filepath.Join(dir, "missing")},
	} {
		if _, err := Plan(&out, name, o); err == nil || out.Len() > 0 {
			t.Errorf("%s %+v: %v", name, o, err)
		}
	}
	if _, err := Plan(&out, "nosuch", PlanOptions{}); !strings.Contains(err.Error(), "there are: bench, big, ") {
		t.Error(err)
	}
	if _, err := Plan(failingWriter{}, "happy", PlanOptions{}); !errors.Is(err, errFull) {
		t.Error(err)
	}
}

var errFull = errors.New("full")

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errFull }

// What a plan says of a task, by time alone, a tenant of that scenario shows:
// its ids, and its state just before and at each step.
func TestPlanAgreesWithTenants(t *testing.T) {
	vendors, err := loadVendors()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Date(2027, 3, 4, 5, 6, 7, 891_000_000, time.UTC)
	for _, arg := range append(scenarios.Shipped().Names(), "testdata/plan/retries.yaml") {
		world, file, problems, err := planWorld(arg, PlanOptions{}, vendors)
		if err != nil || problems.Err() != nil {
			t.Fatal(err, problems)
		}
		doc := newPlanDoc(world, vendors, file, problems, false)
		registry := tenant.NewRegistry(world.Scenario.Name, 1, func(string) (*tenant.World, error) { return world, nil },
			clock.NewManual(began), slog.New(slog.DiscardHandler))
		compared := 0
		for _, task := range doc.Tasks {
			for _, vendor := range task.Vendors {
				who, err := registry.Accept(tenant.Credential{Name: tenant.Demo}, vendor)
				if err != nil {
					t.Fatal(err)
				}
				for _, line := range task.Timelines {
					compared += compareTimeline(t, who, vendor, &task, &line)
				}
			}
		}
		if compared == 0 {
			t.Errorf("%s: nothing compared", arg)
		}
	}
}

func compareTimeline(t *testing.T, who *tenant.Tenant, vendor string, of *planTask, line *planTimeline) int {
	t.Helper()
	tasks := who.Tasks(vendor)
	id := of.ID
	if id == "" {
		id = line.IDs[vendor]
	}
	if id == "" { // made when the tenant begins: found by its key
		for ref := range tasks.All() {
			if tasks.Spec(ref).Key(vendor, ref.Index()) == line.Key {
				id = tasks.ID(ref)
				break
			}
		}
	}
	ref, found := tasks.Find(id)
	if !found {
		t.Fatalf("%s has no task %q (%s)", vendor, id, line.Key)
	}
	began := who.Clock.Began().Truncate(time.Millisecond)
	compared := 0
	for i, s := range line.Steps {
		if s.At == nil {
			break
		}
		at := began.Add(time.Duration(*of.Begins + *s.At))
		e, known := tasks.Look(ref, at)
		got := e.State
		if of.Subtasks > 0 {
			got = string(e.Phase)
		}
		if known == s.Forgotten || !s.Forgotten && got != s.State {
			t.Errorf("%s %s at %v: %q (known %t), planned %+v", vendor, id, at, got, known, s)
		}
		e, known = tasks.Look(ref, at.Add(-1))
		switch {
		case i == 0:
			if known {
				t.Errorf("%s %s is there before its creation", vendor, id)
			}
		case of.Subtasks == 0 && e.State != line.Steps[i-1].State:
			t.Errorf("%s %s just before %v: %q, planned %+v", vendor, id, at, e.State, line.Steps[i-1])
		}
		compared++
	}
	return compared
}
