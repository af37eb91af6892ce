package simulators

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// twin is one of two servers that are asked the same at the same instants.
type twin struct {
	*Server
	source *clock.Manual
}

func newTwin(t *rapid.T, scenario, mode string) twin {
	source := clock.NewManual(start)
	s, err := New(Options{Scenario: scenario, Clock: mode, Set: []string{"limits=[]"}, source: source})
	if err != nil {
		t.Fatal(err)
	}
	return twin{s, source}
}

func (w twin) tenant(t *rapid.T, v *vendor) *tenant.Tenant {
	d, err := w.tenants.Accept(tenant.Credential{Name: tenant.Demo}, v.Name)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// An answer that was kept equals one rendered anew, at every instant, whatever
// moves the clock or the task.
func TestKeptAnswersAreFresh(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scenario := rapid.SampledFrom([]string{"happy", "fails", "flapping", "partial", "polls", "stuck"}).Draw(t, "scenario")
		mode := rapid.SampledFrom([]string{"real", "x60", "skip", "frozen"}).Draw(t, "clock")
		keeping, forgetting := newTwin(t, scenario, mode), newTwin(t, scenario, mode)
		defer keeping.Close()
		defer forgetting.Close()
		v := rapid.SampledFrom(keeping.vendors).Draw(t, "vendor")
		for range 15 {
			ask(t, keeping, forgetting, v)
		}
	})
}

func ask(t *rapid.T, keeping, forgetting twin, v *vendor) {
	step := time.Duration(rapid.SampledFrom([]int{0, 1, 400, 3000, 20000}).Draw(t, "step")) * time.Millisecond
	what := rapid.SampledFrom([]string{"ask", "ask", "ask", "force", "advance"}).Draw(t, "what")
	var answers []string
	for _, w := range []twin{keeping, forgetting} {
		if err := w.source.Advance(step); err != nil {
			t.Fatal(err)
		}
		d := w.tenant(t, v)
		switch what {
		case "force":
			tasks := d.Tasks(v.Name)
			for ref := range tasks.All() {
				_ = tasks.Force(ref, d.Clock.Now(), task.Whole, "failed") // not every lifecycle has it
				break
			}
		case "advance":
			if err := d.Clock.Advance(d.Clock.Now().Add(time.Second)); err != nil {
				t.Fatal(err)
			}
		}
	}
	forgetting.tenant(t, v).Answers.Drop()
	for _, w := range []twin{keeping, forgetting} {
		o := v.spec.Demo()
		e, err := o.Example(o.Routes[0], "")
		if err != nil {
			t.Fatal(err)
		}
		r, err := exampleRequest("http://127.0.0.1:7800/"+v.Name, e)
		if err != nil {
			t.Fatal(err)
		}
		v.Login(r.Header, e.Base, tenant.Demo)
		got := httptest.NewRecorder()
		w.ServeHTTP(got, r)
		answers = append(answers, fmt.Sprintf("%d\n%s", got.Code, show(got)))
	}
	if answers[0] != answers[1] || !strings.HasPrefix(answers[0], "200") {
		t.Fatalf("kept:\n%s\nfresh:\n%s", answers[0], answers[1])
	}
}
