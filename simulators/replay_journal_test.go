package simulators

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/vendorsim/vendorsim/simulators/internal/replay"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// 16 clients of one tenant at once, each with tasks of its own: however their
// requests overlapped, they are played the same. Run with -race.
func TestReplayOfManyAtOnce(t *testing.T) {
	for _, mode := range []string{"real", "x60", "x10000"} {
		s, err := New(Options{Scenario: "slow", Clock: mode, Set: []string{"limits=[]", "tasks=[{name: t, count: 64, vendor: sailpoint}]"}})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		l := httptest.NewServer(s)
		defer l.Close()
		c := recordeeOf(t, s, tenant.Demo)
		c.poll("none")
		ids := c.ids("sailpoint")
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				c := recordeeOf(t, s, tenant.Demo)
				c.url = l.URL
				for j := range 40 {
					if w := c.poll(ids[i*4+j%4]); w.Code != http.StatusOK {
						t.Error(w.Code, w.Body)
					}
				}
			})
		}
		wg.Wait()
		if t.Failed() {
			return
		}
		if done := mustBeSame(t, c.recorded(), ReplayOptions{}); done.Answers != 16*40+1 {
			t.Errorf("%s: %d answers", mode, done.Answers)
		}
	}
}

// A recording that was made while something else was under way ends before it.
func TestReplayEndsBeforeWhatIsUnderWay(t *testing.T) {
	s, _ := testServer(t, Options{})
	c := recordeeOf(t, s, tenant.Demo)
	c.poll("id12345")
	n, _ := s.tenants.Find(tenant.Demo)
	n.Arrive() // a request that is not answered yet
	c.poll("id12345")
	if done := mustBeSame(t, c.recorded(), ReplayOptions{}); done.Answers != 1 {
		t.Errorf("%d answers", done.Answers)
	}
}

// A journal that has lost entries is not exported; the answer says how many.
func TestReplayOfALossyJournal(t *testing.T) {
	s, _ := testServer(t, Options{Set: []string{"limits=[]"}})
	c := recordeeOf(t, s, tenant.Demo)
	l := httptest.NewServer(s.Control())
	defer l.Close()
	control, err := NewClient(l.URL, "")
	if err != nil {
		t.Fatal(err)
	}
	large := strings.Repeat(" ", sim.MaxBody-1000)
	for range 5 {
		c.ask("POST", "/dbvisit/task/list", http.Header{"Authorization": {"Basic ZGVtbzpz"}}, large)
	}
	if _, err := control.Replay(context.Background(), tenant.Demo); err != nil {
		t.Fatal(err)
	}
	for range 15 {
		c.ask("POST", "/dbvisit/task/list", http.Header{"Authorization": {"Basic ZGVtbzpz"}}, large)
	}
	var p *Problem
	_, err = control.Replay(context.Background(), tenant.Demo)
	if !errors.As(err, &p) || p.Status != http.StatusConflict || !strings.Contains(p.Detail, "entries have made room for later ones: what is left cannot be replayed") {
		t.Errorf("%v", err)
	}
	n, _ := s.tenants.Find(tenant.Demo)
	if _, err := s.recording(n); !errors.Is(err, replay.ErrLost) {
		t.Error(err)
	}
}
